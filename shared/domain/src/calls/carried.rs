//! What comes along with a call and is nobody's to read here: `metadata`, the sender's own ids, comes back with the result;
//! `variables` are words for the script; `extracted` is what the dialer has filled in.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::calls::Unusable;
use crate::values::{Fields, JsonObject, Lenient};

/// Largest `metadata`, in bytes of JSON without white space.
pub const MAX_METADATA_BYTES: usize = 4 * 1024;

/// Largest `extracted`, in bytes of JSON without white space.
pub const MAX_EXTRACTED_BYTES: usize = 16 * 1024;

/// Most variables of a call. (The script of a call has no use for more.)
const MAX_VARIABLES: usize = 50;

/// Longest name of a variable, in characters.
const MAX_VARIABLE_NAME_CHARS: usize = 100;

/// Longest text of a variable, in characters.
const MAX_VARIABLE_CHARS: usize = 1_000;

/// How deep lists and objects may lie in each other. Readers give up at about a hundred levels.
const MAX_DEPTH: usize = 32;

/// An object that is handed on as it was sent: its keys in their order, its numbers with their digits, without white space and
/// without what no receiver can store. `None` when there is none.
pub(crate) fn carried_object(value: Lenient<'_>, max_bytes: usize) -> Result<Option<JsonObject>, Unusable> {
    match value {
        Lenient::Null => Ok(None),
        Lenient::Object(fields) => {
            let mut json = String::new();
            write_object(&fields, MAX_DEPTH, &mut json)?;
            if json.len() > max_bytes {
                return Err(Unusable);
            }
            JsonObject::try_from(json).map(Some).map_err(|_| Unusable)
        }
        _ => Err(Unusable),
    }
}

/// The variables that can be used, and whether there was one that cannot. Of a blank one, nothing is left.
pub(crate) fn variables(value: Lenient<'_>) -> Result<(Option<JsonObject>, bool), Unusable> {
    let fields = match value {
        Lenient::Null => return Ok((None, false)),
        Lenient::Object(fields) => fields,
        _ => return Err(Unusable),
    };
    let (mut json, mut count, mut some_unusable) = (String::new(), 0, false);
    for (name, value) in last_of_each_name(&fields) {
        match variable(value) {
            Ok(None) => {}
            Ok(Some(value)) if is_name(&name) && count < MAX_VARIABLES => {
                json.push(if count == 0 { '{' } else { ',' });
                write_text(&name, &mut json)?;
                json.push(':');
                json.push_str(&value);
                count += 1;
            }
            Ok(Some(_)) | Err(Unusable) => some_unusable = true,
        }
    }
    if count == 0 {
        return Ok((None, some_unusable));
    }
    json.push('}');
    JsonObject::try_from(json).map(|object| (Some(object), some_unusable)).map_err(|_| Unusable)
}

/// Whether a value is one that a variable can have.
pub(crate) fn is_variable(value: Lenient<'_>) -> bool {
    variable(value).is_ok_and(|json| json.is_some())
}

/// A variable's value as JSON; `None` when it is blank.
fn variable(value: Lenient<'_>) -> Result<Option<String>, Unusable> {
    match value {
        Lenient::Null => Ok(None),
        Lenient::Text(text, _) if text.trim().is_empty() => Ok(None),
        Lenient::Text(text, _) if text.chars().count() > MAX_VARIABLE_CHARS => Err(Unusable),
        Lenient::Number(number) if number.len() > MAX_VARIABLE_CHARS => Err(Unusable),
        Lenient::List(_) | Lenient::Object(_) => Err(Unusable),
        plain => {
            let mut json = String::new();
            write(plain, 0, &mut json)?;
            Ok(Some(json))
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= MAX_VARIABLE_NAME_CHARS
}

fn write(value: Lenient<'_>, depth: usize, json: &mut String) -> Result<(), Unusable> {
    match value {
        Lenient::Null => json.push_str("null"),
        Lenient::Flag(flag) => json.push_str(if flag { "true" } else { "false" }),
        // No machine has it: a reader would refuse all of the payload for it.
        Lenient::Number(number) if !number.parse::<f64>().is_ok_and(f64::is_finite) => return Err(Unusable),
        Lenient::Number(number) => json.push_str(number),
        Lenient::Text(text, _) => write_text(&text, json)?,
        Lenient::List(items) => {
            let depth = depth.checked_sub(1).ok_or(Unusable)?;
            json.push('[');
            for (at, item) in items.into_iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                write(Lenient::of(item), depth, json)?;
            }
            json.push(']');
        }
        Lenient::Object(fields) => write_object(&fields, depth, json)?,
    }
    Ok(())
}

fn write_object(fields: &Fields<'_>, depth: usize, json: &mut String) -> Result<(), Unusable> {
    let depth = depth.checked_sub(1).ok_or(Unusable)?;
    json.push('{');
    for (at, (name, value)) in last_of_each_name(fields).into_iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        write_text(&name, json)?;
        json.push(':');
        write(value, depth, json)?;
    }
    json.push('}');
    Ok(())
}

/// Of two fields with one name the later counts, as everywhere. Names are without U+0000, as texts are.
fn last_of_each_name<'a>(fields: &'a Fields<'_>) -> Vec<(Cow<'a, str>, Lenient<'a>)> {
    let mut seen = HashSet::new();
    let cleaned = fields.iter().map(|(name, value)| (without_nulls(name), value));
    let mut last: Vec<_> = cleaned.rev().filter(|(name, _)| seen.insert(name.clone())).collect();
    last.reverse();
    last
}

fn without_nulls(name: &str) -> Cow<'_, str> {
    if name.contains('\0') { Cow::Owned(name.replace('\0', "")) } else { Cow::Borrowed(name) }
}

fn write_text(text: &str, json: &mut String) -> Result<(), Unusable> {
    json.push_str(&serde_json::to_string(text).map_err(|_| Unusable)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn carried(json: &str) -> Result<Option<String>, Unusable> {
        let value = Lenient::parse(json).expect(json);
        Ok(carried_object(value, MAX_METADATA_BYTES)?.map(String::from))
    }

    fn read_variables(json: &str) -> (Option<String>, bool) {
        let (object, some_unusable) = variables(Lenient::parse(json).expect(json)).expect(json);
        (object.map(String::from), some_unusable)
    }

    #[test]
    fn an_object_is_carried_with_its_order_its_digits_and_without_what_no_receiver_can_store() {
        for (sent, kept) in [
            (
                r#"{ "b" : [ 1 , "x" ], "a": {"c": null, "d": false} }"#,
                r#"{"b":[1,"x"],"a":{"c":null,"d":false}}"#,
            ),
            (r#"{"id":12345678901234567890123,"n":1.50}"#, r#"{"id":12345678901234567890123,"n":1.50}"#),
            (r#"{"a":"x\u0000y","b":"\ud83d","c\u0000":1}"#, "{\"a\":\"xy\",\"b\":\"\u{fffd}\",\"c\":1}"),
            (r#"{"a":1,"b":2,"a\u0000":3}"#, r#"{"b":2,"a":3}"#),
            ("{}", "{}"),
        ] {
            assert_eq!(carried(sent), Ok(Some(kept.to_owned())), "{sent}");
        }
        assert_eq!(carried("null"), Ok(None));
    }

    #[test]
    fn the_largest_objects_are_those_of_the_documentation() {
        assert_eq!((MAX_METADATA_BYTES, MAX_EXTRACTED_BYTES), (4_096, 16_384));
    }

    #[test]
    fn what_is_no_object_too_large_too_deep_or_no_number_is_unusable() {
        let deep = |levels: usize| format!("{}{}", "{\"a\":".repeat(levels), "1") + &"}".repeat(levels);
        let wide = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8));
        assert!(carried(&deep(MAX_DEPTH)).is_ok() && carried(&wide(MAX_METADATA_BYTES)).is_ok());
        for sent in [
            "[]",
            "\"{}\"",
            "7",
            "true",
            r#"{"a":1e999}"#,
            &deep(MAX_DEPTH + 1),
            &wide(MAX_METADATA_BYTES + 1),
        ] {
            assert_eq!(carried(sent), Err(Unusable), "{}", &sent[..sent.len().min(40)]);
        }
    }

    #[test]
    fn variables_are_texts_numbers_and_flags_and_what_else_stands_among_them_is_left_out() {
        for (sent, kept, some_unusable) in [
            (
                r#"{"offer":"10 %","left":3,"vip":true}"#,
                Some(r#"{"offer":"10 %","left":3,"vip":true}"#),
                false,
            ),
            (r#"{"a":null,"b":" ","c":"x"}"#, Some(r#"{"c":"x"}"#), false),
            (r#"{"a":[1],"b":{},"c":"x"}"#, Some(r#"{"c":"x"}"#), true),
            (r#"{"":"x"," ":1}"#, None, true),
            ("{}", None, false),
            ("null", None, false),
        ] {
            assert_eq!(read_variables(sent), (kept.map(str::to_owned), some_unusable), "{sent}");
        }
        for none in ["[]", "\"a\"", "7"] {
            assert_eq!(variables(Lenient::parse(none).expect(none)).err(), Some(Unusable), "{none}");
        }
    }

    #[test]
    fn a_variable_can_be_a_text_a_number_or_a_flag() {
        for (sent, is) in [
            (r#""x""#, true),
            ("7", true),
            ("false", true),
            (r#"" ""#, false),
            ("null", false),
            ("[7]", false),
        ] {
            assert_eq!(is_variable(Lenient::parse(sent).expect(sent)), is, "{sent}");
        }
    }

    #[test]
    fn there_are_fifty_variables_of_a_thousand_characters_at_most() {
        let of = |count: usize, chars: usize| {
            let pairs: Vec<_> = (0..count).map(|at| format!(r#""v{at}":"{}""#, "é".repeat(chars))).collect();
            let (kept, some_unusable) = read_variables(&format!("{{{}}}", pairs.join(",")));
            (kept.map_or(0, |kept| kept.matches("\"v").count()), some_unusable)
        };
        assert_eq!((of(50, 1_000), of(51, 1), of(1, 1_001)), ((50, false), (50, true), (0, true)));
        let named = |chars: usize| read_variables(&format!(r#"{{"{}":1}}"#, "é".repeat(chars))).1;
        assert_eq!((named(100), named(101)), (false, true));
        let number = |digits: usize| read_variables(&format!(r#"{{"a":0.{}}}"#, "1".repeat(digits - 2))).1;
        assert_eq!((number(1_000), number(1_001)), (false, true));
    }

    proptest! {
        #[test]
        fn what_is_carried_is_the_same_json_and_is_carried_the_same_again(
            names in proptest::collection::vec("\\PC{0,4}", 0..6), text in "\\PC{0,8}", number in any::<i64>(),
        ) {
            let object: Value = names.iter().map(|name| (name.clone(), serde_json::json!([text, number]))).collect();
            let kept = carried(&object.to_string()).expect("usable").expect("there");
            prop_assert_eq!(&kept, &object.to_string());
            prop_assert_eq!(carried(&kept), Ok(Some(kept.clone())));
        }
    }
}
