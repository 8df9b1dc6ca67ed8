//! What is carried and not read must come out as it went in, or be refused.

use std::collections::HashMap;

use domain::fits_64_bits;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The first field of a body whose object holds a number that is another once it is read: `Value` has 64 bits for it.
pub(crate) fn field_with_a_changed_number(body: &[u8]) -> Option<String> {
    let fields: HashMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    let mut changed: Vec<_> = fields.into_iter().filter(|(_, raw)| has_a_changed_number(raw.get())).collect();
    changed.sort_by(|(one, _), (other, _)| one.cmp(other));
    changed.into_iter().map(|(name, _)| name).next()
}

fn has_a_changed_number(object: &str) -> bool {
    object.starts_with('{') && numbers_in(object).any(|number| !fits_64_bits(number))
}

/// The numbers of a JSON text, as they are written.
fn numbers_in(json: &str) -> impl Iterator<Item = &str> {
    let (mut in_text, mut escaped) = (false, false);
    let mut is_part_of_a_number = move |c: char| {
        let quotes = c == '"' && !escaped;
        escaped = in_text && c == '\\' && !escaped;
        in_text ^= quotes;
        !in_text && (c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))
    };
    let others = json.split(move |c| !is_part_of_a_number(c));
    // `true` and `false` end in an e.
    others.filter(|part| part.contains(|c: char| c.is_ascii_digit()))
}

/// Without U+0000, which databases of receivers refuse, in names and in texts.
pub(crate) fn without_nulls(object: Map<String, Value>) -> Map<String, Value> {
    object.into_iter().map(|(name, value)| (name.replace('\0', ""), value_without_nulls(value))).collect()
}

fn value_without_nulls(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(items) => Value::Array(items.into_iter().map(value_without_nulls).collect()),
        Value::Object(object) => Value::Object(without_nulls(object)),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_that_would_be_another_is_found_and_its_field_named() {
        for number in [
            "123456789012345678901234567890",
            "18446744073709551616",
            "-9223372036854775809",
            "0.1234567890123456789",
            "1e-400",
            "9007199254740993.0",
        ] {
            let body =
                format!(r#"{{"name":"Q4 1e999","followUps":{{"a":[true,{{"b":{number}}}]}},"x":{number}}}"#);
            assert_eq!(
                field_with_a_changed_number(body.as_bytes()).as_deref(),
                Some("followUps"),
                "{number}"
            );
        }
    }

    #[test]
    fn a_number_that_stays_the_same_may_be_written_in_any_way() {
        for number in [
            "0",
            "-0",
            "0.0",
            "1.10",
            "1e5",
            "1E+5",
            "-2.50e-3",
            "18446744073709551615",
            "0.30000000000000004",
            "1e300",
        ] {
            let body = format!(r#"{{"followUps":{{"a":{number},"b":[{number}]}}}}"#);
            assert_eq!(field_with_a_changed_number(body.as_bytes()), None, "{number}");
        }
    }

    #[test]
    fn digits_in_a_text_or_a_name_are_no_number() {
        let long = "123456789012345678901234567890";
        let body = format!(
            r#"{{"followUps":{{"{long}":"{long}","\\\"{long}":"\\\\","t":true,"c":"\"{long}"}},"x":"{{{long}}}"}}"#
        );
        assert!(serde_json::from_str::<Value>(&body).is_ok(), "{body}");
        assert_eq!(field_with_a_changed_number(body.as_bytes()), None, "{body}");
    }

    #[test]
    fn a_carried_object_has_no_null_character() {
        let object = json!({"a\0": ["b\0", {"c": "\0d"}], "e": 7});
        let kept = without_nulls(object.as_object().expect("an object").clone());
        assert_eq!(Value::Object(kept), json!({"a": ["b", {"c": "d"}], "e": 7}));
    }
}
