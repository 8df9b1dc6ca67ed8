//! A form (`application/x-www-form-urlencoded`) as the JSON that it stands for: brackets and dots in a name are nesting.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// Most fields of a form that are read. (A body has 64 KiB, and no CRM has so many.)
const MAX_FIELDS: usize = 1_000;

/// How deep names may nest: as deep as a path can reach.
const MAX_DEPTH: usize = 10;

/// The form as a JSON object. `contact[phone]` and `contact.phone` are both the `phone` of `contact`; a list is an object
/// with the keys `0`, `1`, …, and `tags[]` is its next member. Of two fields in one place the later counts. A name that nests too deep
/// is left out, and so is what comes after the thousandth field.
pub(super) fn form_as_json(body: &str) -> Value {
    let mut form = Map::new();
    for (name, value) in form_urlencoded::parse(body.as_bytes()).take(MAX_FIELDS) {
        let keys = keys_of(&name);
        if keys.len() <= MAX_DEPTH {
            insert(&mut form, &keys, &value);
        }
    }
    Value::Object(form)
}

/// The keys of a name. `a[b].c` has three; a name with a bracket that nobody closes has itself.
fn keys_of(name: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let (head, mut rest) = name.split_at(name.find(['[', '.']).unwrap_or(name.len()));
    keys.push(head);
    while !rest.is_empty() {
        let bracketed = rest.strip_prefix('[').and_then(|inside| inside.split_once(']'));
        let (key, left) = match (bracketed, rest.strip_prefix('.')) {
            (Some(found), _) => found,
            (None, Some(dotted)) => dotted.split_at(dotted.find(['[', '.']).unwrap_or(dotted.len())),
            (None, None) => return vec![name],
        };
        keys.push(key);
        rest = left;
    }
    keys
}

fn insert(object: &mut Map<String, Value>, keys: &[&str], value: &str) {
    let Some((key, others)) = keys.split_first() else { return };
    let key = if key.is_empty() { object.len().to_string() } else { (*key).to_owned() };
    if others.is_empty() {
        object.insert(key, Value::from(value));
        return;
    }
    let inner = object.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    if let Value::Object(inner) = inner {
        insert(inner, others, value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_and_dots_are_nesting() {
        for (form, expected) in [
            ("phone=%2B1+555&Name=Jos%C3%A9", json!({"phone": "+1 555", "Name": "José"})),
            ("contact[phone]=1&contact.email=a@b", json!({"contact": {"phone": "1", "email": "a@b"}})),
            ("items[0][id]=7&items[1].id=8", json!({"items": {"0": {"id": "7"}, "1": {"id": "8"}}})),
            ("tags[]=a&tags[]=b", json!({"tags": {"0": "a", "1": "b"}})),
            ("First+Name=Jo&x=", json!({"First Name": "Jo", "x": ""})),
            ("a=1&a=2", json!({"a": "2"})),
            ("a=1&a[b]=2", json!({"a": {"b": "2"}})),
            ("a[b]=1&a=2", json!({"a": "2"})),
            ("a[b=1&a]=2", json!({"a[b": "1", "a]": "2"})),
            ("a[b]c=1", json!({"a[b]c": "1"})),
            ("n=%ff%zz", json!({"n": "\u{fffd}%zz"})),
            ("", json!({})),
        ] {
            assert_eq!(form_as_json(form), expected, "{form}");
        }
    }

    #[test]
    fn a_form_is_bounded_in_depth_and_in_fields() {
        let deep = |levels: usize| format!("a{}=1", "[b]".repeat(levels - 1));
        assert_ne!(form_as_json(&deep(10)), json!({}));
        assert_eq!(form_as_json(&deep(11)), json!({}));
        let many: Vec<_> = (0..1_001).map(|at| format!("f{at}=1")).collect();
        assert_eq!(form_as_json(&many.join("&")).as_object().map(Map::len), Some(1_000));
    }

    proptest! {
        #[test]
        fn every_value_reads_back(name in "[^\\[\\].]{1,10}", inner in "[^\\[\\].]{1,10}", value in "\\PC{0,20}") {
            let form = form_urlencoded::Serializer::new(String::new()).append_pair(&format!("{name}[{inner}]"), &value).finish();
            prop_assert_eq!(&form_as_json(&form)[&name][&inner], &Value::from(value));
        }

        #[test]
        fn no_form_makes_the_reader_panic(form in "[ab=&.\\[\\]%0-9+]{0,60}") {
            prop_assert!(form_as_json(&form).is_object());
        }
    }
}
