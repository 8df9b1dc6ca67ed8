//! A path into a request's body, as a mapping has it: `properties.phone.value`, `contacts[0].phone`, `properties["First Name"]`.

use serde_json::value::RawValue;

use crate::values::{Fields, Lenient, is_blank};

/// Longest path, in characters.
const MAX_CHARS: usize = 200;

/// Most steps of a path.
const MAX_STEPS: usize = 10;

/// Where something stands in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BodyPath(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    /// Of a list, counted from 0. A form has its lists as objects with such keys.
    Place(String),
}

/// Why a text is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// Nothing stands there.
    #[error("is empty; a path is like properties.phone.value")]
    Empty,
    /// More characters than a path may have.
    #[error("has more than {MAX_CHARS} characters")]
    TooLong,
    /// More steps than a path may have.
    #[error("has more than {MAX_STEPS} steps")]
    TooDeep,
    /// It breaks at this character, counted from 1.
    #[error(
        "breaks at character {0}; write contacts[0].phone, and properties[\"First Name\"] for a key with dots, commas or blanks"
    )]
    Broken(usize),
}

impl BodyPath {
    /// Reads a path. White space around it does not count.
    pub(super) fn parse(text: &str) -> Result<Self, InvalidPath> {
        let text = text.trim();
        if is_blank(text) {
            return Err(InvalidPath::Empty);
        }
        if text.chars().count() > MAX_CHARS {
            return Err(InvalidPath::TooLong);
        }
        let (mut steps, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let broken = || InvalidPath::Broken(text[..text.len() - rest.len()].chars().count() + 1);
            let is_first = steps.is_empty();
            let (step, left) = next_step(rest, is_first).ok_or_else(broken)?;
            if steps.len() == MAX_STEPS {
                return Err(InvalidPath::TooDeep);
            }
            steps.push(step);
            rest = left;
        }
        Ok(Self(steps))
    }

    /// What stands there in a body; `None` when nothing does.
    pub(super) fn find<'a>(&self, body: &Fields<'a>) -> Option<&'a RawValue> {
        let (first, others) = self.0.split_first()?;
        let (Step::Key(name) | Step::Place(name)) = first;
        let mut found = body.raw(name)?;
        for step in others {
            found = match (Lenient::of(found), step) {
                (Lenient::Object(fields), Step::Key(name) | Step::Place(name)) => fields.raw(name)?,
                (Lenient::List(items), Step::Place(place)) => items.get(place.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(found)
    }
}

/// The step that a text begins with, and what is left of it.
fn next_step(text: &str, is_first: bool) -> Option<(Step, &str)> {
    if let Some(inside) = text.strip_prefix('[') {
        if inside.starts_with('"') {
            let (key, left) = quoted(inside)?;
            return Some((Step::Key(key), left.strip_prefix(']')?));
        }
        let (digits, left) = inside.split_once(']')?;
        let is_place = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        return is_place.then(|| (Step::Place(digits.to_owned()), left));
    }
    let text = if is_first { text } else { text.strip_prefix('.')? };
    let end =
        text.find(|c: char| matches!(c, '.' | ',' | '[' | ']' | '"') || c.is_whitespace() || c.is_control());
    let (key, left) = text.split_at(end.unwrap_or(text.len()));
    (!key.is_empty()).then(|| (Step::Key(key.to_owned()), left))
}

/// The JSON text that a text begins with, and what is left of it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    let (written, left) = text.split_at(end?.0 + 1);
    Some((serde_json::from_str(written).ok()?, left))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(path: &str, body: &str) -> Option<String> {
        let Ok(Lenient::Object(fields)) = Lenient::parse(body) else { panic!("{body}") };
        BodyPath::parse(path).expect(path).find(&fields).map(|raw| raw.get().to_owned())
    }

    #[test]
    fn a_path_leads_through_objects_and_lists() {
        let body = r#"{"properties":{"phone":{"value":"1"},"First Name":"Jo","a.b":2,"say \"x\"":3},
            "contacts":[{"phone":"4"},[5,6]],"0":7,"vorname":"é","form":{"0":"8"}}"#;
        for (path, expected) in [
            ("properties.phone.value", Some("\"1\"")),
            (r#"properties["First Name"]"#, Some("\"Jo\"")),
            (r#" properties["a.b"] "#, Some("2")),
            (r#"["properties"]["say \"x\""]"#, Some("3")),
            ("contacts[0].phone", Some("\"4\"")),
            ("contacts[1][1]", Some("6")),
            ("[0]", Some("7")),
            ("form[0]", Some("\"8\"")),
            ("vorname", Some("\"é\"")),
            ("contacts[2]", None),
            ("contacts.phone", None),
            ("properties[0]", None),
            ("vorname.x", None),
            ("nothing.here", None),
        ] {
            assert_eq!(found(path, body).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused_with_the_place_where_it_breaks() {
        for (text, expected) in [
            ("", InvalidPath::Empty),
            (" \t", InvalidPath::Empty),
            ("\u{200b}", InvalidPath::Empty),
            (".a", InvalidPath::Broken(1)),
            ("a..b", InvalidPath::Broken(2)),
            ("a.", InvalidPath::Broken(2)),
            ("é b", InvalidPath::Broken(2)),
            ("a[b]", InvalidPath::Broken(2)),
            ("a[-1]", InvalidPath::Broken(2)),
            ("a[10000]", InvalidPath::Broken(2)),
            ("a[0]b", InvalidPath::Broken(5)),
            ("a[\"b", InvalidPath::Broken(2)),
            ("a[\"b\"", InvalidPath::Broken(2)),
            ("a]", InvalidPath::Broken(2)),
            ("a, b", InvalidPath::Broken(2)),
            (&"a".repeat(201), InvalidPath::TooLong),
            (&["a"; 11].join("."), InvalidPath::TooDeep),
        ] {
            assert_eq!(BodyPath::parse(text), Err(expected), "{text:?}");
        }
        assert!(BodyPath::parse(&"a".repeat(200)).is_ok() && BodyPath::parse(&["a"; 10].join(".")).is_ok());
    }

    proptest! {
        #[test]
        fn every_key_can_be_named(key in "\\PC{1,20}", inner in "\\PC{1,20}") {
            let quoted = |key: &str| serde_json::to_string(key).expect("JSON");
            let body = format!(r#"{{{}:[{{{}:7}}]}}"#, quoted(&key), quoted(&inner));
            prop_assert_eq!(found(&format!("[{}][0][{}]", quoted(&key), quoted(&inner)), &body), Some("7".into()));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[a-c.\\[\\]\"\\\\0-9 é]{0,30}") {
            let _ = BodyPath::parse(&text);
        }
    }
}
