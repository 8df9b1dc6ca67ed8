//! What stands behind a `|`. What is absent is an empty text to all of them.

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Value};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::{parse_strftime_borrowed, well_known::Rfc3339};

use crate::MAX_BODY;
use crate::loose::is_absent;
use crate::number::{digits_of, number};
use crate::output::{TOO_LONG, charge, joined, json_of, text_of};

pub(crate) const NAMES: [&str; 12] = [
    "default", "lower", "upper", "trim", "truncate", "join", "date", "number", "round", "digits", "email",
    "json",
];

pub(crate) fn add_to(environment: &mut Environment<'static>) {
    environment.add_filter("default", default);
    environment.add_filter("lower", |value: &Value| answer(text_of(value).map(|text| text.to_lowercase())));
    environment.add_filter("upper", |value: &Value| answer(text_of(value).map(|text| text.to_uppercase())));
    environment.add_filter("trim", |value: &Value| answer(text_of(value).map(|text| text.trim().to_owned())));
    environment.add_filter("truncate", |value: &Value, length: usize| {
        answer(text_of(value).map(|text| truncated(&text, length)))
    });
    environment.add_filter("join", |value: &Value, separator: Option<String>| {
        answer(joined(value, separator.as_deref().unwrap_or(", ")))
    });
    environment
        .add_filter("date", |value: &Value, format: Option<String>| answer(date(value, format.as_deref())));
    environment.add_filter("number", number_of);
    environment.add_filter("round", |value: &Value, places: Option<i32>| round(value, places.unwrap_or(0)));
    environment.add_filter("digits", |value: &Value| {
        answer(text_of(value).map(|text| text.chars().filter(char::is_ascii_digit).collect()))
    });
    environment.add_filter("email", |value: &Value| match value.as_str() {
        Some(text) if is_email(text) => value.clone(),
        _ => Value::from(()),
    });
    environment.add_filter("json", |value: &Value| answer(json_of(value)));
}

fn answer(text: Result<String, String>) -> Result<Value, Error> {
    match text {
        Ok(text) if text.len() <= MAX_BODY => Ok(text.into()),
        Ok(_) => Err(refused(TOO_LONG)),
        Err(reason) => Err(refused(&reason)),
    }
}

fn refused(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, reason.trim_end_matches('.').to_owned())
}

/// Whether it is absent, or an empty text: in the context, an absent text is one.
fn is_empty(value: &Value) -> bool {
    is_absent(value) || value.as_str().is_some_and(str::is_empty)
}

/// Instead of what is empty. (`Option` would take `default(none)` for `default`.)
fn default(value: &Value, instead: Rest<Value>) -> Result<Value, Error> {
    match instead.as_slice() {
        [_, _, ..] => Err(Error::from(ErrorKind::TooManyArguments)),
        _ if !is_empty(value) => Ok(value.clone()),
        [instead] => Ok(instead.clone()),
        [] => Ok(Value::from("")),
    }
}

/// The number that a text is, with every digit. Nothing becomes `null`, so that a member can be left out.
fn number_of(value: &Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::Number || digits_of(value).is_some() {
        return Ok(value.clone());
    }
    let text = value.as_str().map(str::trim);
    if is_absent(value) || text == Some("") {
        return Ok(Value::from(()));
    }
    let written = text
        .filter(|text| is_number(text))
        .ok_or_else(|| refused("`number` wants a number, or a text that is one in JSON"))?;
    charge(written.len()).map_err(|reason| refused(&reason))?;
    Ok(number(written))
}

/// As JSON has them, so `00123` is none: whoever sends zeros in front means a text. And one that a machine has, or a receiver
/// would refuse all of the body for it.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok() && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether a text looks like an e-mail address that the APIs of other systems take. People write `n/a`, two of them, or a name
/// around it, and the API refuses all of the body for it.
fn is_email(text: &str) -> bool {
    // Of RFC 5321: 64 before the @, 254 in all.
    let Some((local, domain)) = text.split_once('@').filter(|_| text.len() <= 254) else { return false };
    let is_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_label = |label: &str| {
        let inner = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let has_its_dots_inside = local.split('.').all(|part| !part.is_empty());
    let is_local = has_its_dots_inside && local.len() <= 64 && local.chars().all(is_local);
    is_local && domain.contains('.') && domain.split('.').all(is_label)
}

/// At most so many characters, of which the last says that there were more.
fn truncated(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        None => text.to_owned(),
        Some(_) if length == 0 => String::new(),
        Some(_) => text.chars().take(length - 1).chain(['…']).collect(),
    }
}

/// Of milliseconds since 1970, or of an RFC 3339 date-time; in UTC.
fn date(value: &Value, format: Option<&str>) -> Result<String, String> {
    let none = "`date` wants milliseconds since 1970, or an RFC 3339 date-time";
    if is_empty(value) {
        return Ok(String::new());
    }
    let moment = match value.as_str() {
        Some(text) => OffsetDateTime::parse(text, &Rfc3339).map_err(|_| none)?,
        None => {
            let millis = value.as_i64().ok_or(none)?;
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).map_err(|_| none)?
        }
    };
    let utc = moment.to_offset(time::UtcOffset::UTC);
    let Some(format) = format else {
        return utc.format(&Rfc3339).map_err(|_| none.into());
    };
    // Not what is wrong with it: a format may be taken from a call. (`YYYY-MM-DD` would be sent as it is.)
    let unknown = "`date` does not know this format; `%Y-%m-%d` is one";
    let parts = Some(format).filter(|format| format.contains('%')).ok_or(unknown)?;
    let parts = parse_strftime_borrowed(parts).map_err(|_| unknown)?;
    utc.format(&parts).map_err(|_| "`date` cannot write this format".into())
}

fn round(value: &Value, places: i32) -> Result<Value, Error> {
    let wanted = || refused("`round` wants a number");
    if value.is_integer() && places >= 0 {
        return Ok(value.clone());
    }
    let number = match digits_of(value) {
        Some(digits) => digits.parse().map_err(|_| wanted())?,
        None => f64::try_from(value.clone()).map_err(|_| wanted())?,
    };
    let factor = 10_f64.powi(places.clamp(-18, 18));
    let rounded = (number * factor).round() / factor;
    // Too large for so many places; and it has none.
    if !rounded.is_finite() {
        return Ok(value.clone());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what has no fraction and is below 2^53 is a whole number"
    )]
    if places <= 0 && rounded.abs() < 9e15 {
        Ok(Value::from(rounded as i64))
    } else {
        Ok(Value::from(rounded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_looks_like_one() {
        let long =
            |local: usize, domain: usize| format!("{}@{}.example", "a".repeat(local), "b".repeat(domain));
        for address in
            ["jane@example.com", "j.o'neil+crm@mail.example.co.uk", "1_a@3-b.example", &long(64, 181)]
        {
            assert!(is_email(address), "{address}");
        }
        for other in [
            "",
            "n/a",
            "none",
            "@",
            "jane@",
            "@example.com",
            "jane@example",
            "jane@.com",
            "jane@example.",
            "jane@example..com",
            "jane@-a.example",
            "jane@a-.example",
            ".jane@example.com",
            "ja..ne@example.com",
            "jane.@example.com",
            "jane@@example.com",
            "jane@example.com@example.com",
            " jane@example.com",
            "jane@example.com\n",
            "jane doe@example.com",
            "Jane <jane@example.com>",
            "jane@example.com, joe@example.com",
            "jane@example.com;joe@example.com",
            "jane@ex_ample.com",
            "jané@example.com",
            "jane@exämple.com",
            &long(65, 10),
            &long(64, 182),
        ] {
            assert!(!is_email(other), "{other}");
        }
    }
}
