//! An error is known by its name: it ends in `Error`, or begins with `Invalid` when it says what is wrong with a value.

mod sources;

use sources::{checkout, folders, sources};

/// The types of a source that derive `thiserror::Error`.
fn errors(source: &str) -> Vec<&str> {
    let behind = source.split("thiserror::Error").skip(1);
    behind.filter_map(|rest| rest.lines().find_map(declared)).collect()
}

/// The name of the type that a line declares.
fn declared(line: &str) -> Option<&str> {
    let (_, name) = line.split_once("enum ").or_else(|| line.split_once("struct "))?;
    name.split(|c: char| !c.is_alphanumeric()).next()
}

#[test]
fn an_error_is_known_by_its_name() {
    let mut found = 0;
    for parent in ["functions", "shared"] {
        let packages = folders(&checkout().join(parent));
        for (file, text) in
            packages.iter().flat_map(|of| sources(&checkout().join(parent).join(of).join("src")))
        {
            for name in errors(&text) {
                found += 1;
                let is_known = name.ends_with("Error") || name.starts_with("Invalid");
                assert!(is_known, "{}: {name}", file.display());
            }
        }
    }
    assert!(found > 30, "{found} errors are found");
}
