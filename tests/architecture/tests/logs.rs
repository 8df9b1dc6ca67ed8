//! What a line of the log is made of. An error of the SDK shows a whole answer by its `Debug`, and the words of a stranger by
//! others: a line has what `Display` says, which somebody has written to be read.

mod sources;

use std::path::PathBuf;

use sources::{checkout, folders, sources};

/// The arguments of each call of tracing's macros that writes a line.
fn lines(source: &str) -> Vec<&str> {
    let calls = source.split("tracing::").skip(1);
    let written = calls.filter_map(|call| {
        let (level, rest) = call.split_once("!(")?;
        ["trace", "debug", "info", "warn", "error", "event"].contains(&level).then_some(rest)
    });
    written.map(|rest| &rest[..end_of_arguments(rest)]).collect()
}

/// Where the parenthesis closes that stands open before the text. Those in the text of a message come in pairs.
fn end_of_arguments(text: &str) -> usize {
    let mut open = 1;
    let closes = text.char_indices().find(|(_, char)| {
        open += match char {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    closes.expect("a closing parenthesis").0
}

/// `?value`, `name = ?value`, or `{value:?}` in the message.
fn shows_a_debug(arguments: &str) -> bool {
    let has_sigil = arguments.split([',', '=', '{']).any(|part| part.trim_start().starts_with('?'));
    has_sigil || writes_a_debug(arguments)
}

/// `{value:?}` in a text, or what writes one. (Clippy forbids the last by `use`, and overlooks it where it stands with its path.)
fn writes_a_debug(code: &str) -> bool {
    [":?}", ":#?}", "field::debug(", "DisplayErrorContext"].iter().any(|form| code.contains(form))
}

/// The files of what is deployed, each with its text.
fn deployed() -> Vec<(PathBuf, String)> {
    let parents = ["functions", "shared"].map(|parent| checkout().join(parent));
    let packages =
        parents.iter().flat_map(|parent| folders(parent).into_iter().map(|name| parent.join(name)));
    packages.flat_map(|package| sources(&package.join("src"))).collect()
}

#[test]
fn no_line_of_the_log_shows_a_debug() {
    let mut looked_at = 0;
    for (file, text) in deployed() {
        for line in lines(&text) {
            looked_at += 1;
            assert!(!shows_a_debug(line), "{}: {line}", file.display());
        }
    }
    assert!(looked_at > 30, "{looked_at} lines are found");
}

/// It could come to the log later, as the reason of an error.
#[test]
fn no_text_at_all_is_made_of_a_debug() {
    let mut looked_at = 0;
    for (file, text) in deployed() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if !file.to_string_lossy().ends_with("tests.rs") {
            looked_at += 1;
            assert_eq!(code.lines().find(|line| writes_a_debug(line)), None, "{}", file.display());
        }
    }
    assert!(looked_at > 200, "{looked_at} files are found");
}

#[test]
fn a_debug_is_found_in_each_form_that_it_has() {
    for source in [
        "tracing::warn!(?error, \"no\")",
        "tracing::warn!(call.id = %id, ?error, \"no\")",
        "tracing::warn!(error = ?error, \"no\")",
        "tracing::warn!(\"no: {error:?}\")",
        "tracing::warn!(\"no: {:#?}\", error)",
        "tracing::warn!(error = field::debug(&error), \"no\")",
    ] {
        assert_eq!(lines(source).into_iter().filter(|line| shows_a_debug(line)).count(), 1, "{source}");
    }
    let harmless = "tracing::warn!(%error, \"why (1)? {error}\"); let read = read(?)";
    assert_eq!(lines(harmless), ["%error, \"why (1)? {error}\""]);
    assert!(!shows_a_debug(lines(harmless)[0]));
}
