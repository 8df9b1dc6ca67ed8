//! JSON that others write, read only where somebody looks at it.
//!
//! A part is taken as it was written, and read when it is asked for. So what nobody reads cannot refuse a message: half a
//! surrogate pair, a number that no machine has, lists in lists in lists. (serde_json checks none of these in what it skips.)

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Longest number that is written out when it comes with an exponent. Beyond it lies nothing that is a phone number or a code.
const MAX_DIGITS: i64 = 40;

/// The text of a message: without a byte order mark, and with U+FFFD for what is not UTF-8.
pub(crate) fn text_of(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
}

/// A JSON value, read one level deep.
pub(crate) enum Lenient<'a> {
    Null,
    Flag(bool),
    /// As it was written.
    Number(&'a str),
    /// With U+FFFD for half a surrogate pair, and without `\u0000`, which databases of receivers refuse; and whether that has
    /// changed it.
    Text(String, bool),
    List(Vec<&'a RawValue>),
    Object(Fields<'a>),
}

impl<'a> Lenient<'a> {
    /// Reads a whole message.
    pub(crate) fn parse(text: &'a str) -> Result<Self, BrokenJson> {
        let whole: &RawValue = serde_json::from_str(text).map_err(|error| BrokenJson::at(text, &error))?;
        Ok(Self::of(whole))
    }

    /// Reads a part of a message. Its grammar was checked with the whole, so that none is taken for `null`.
    pub(crate) fn of(raw: &'a RawValue) -> Self {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text).map_or(Self::Null, |LenientText(text, has_halves)| {
                Self::Text(text.replace('\0', ""), has_halves || text.contains('\0'))
            }),
            Some(b'{') => serde_json::from_str(text).map_or(Self::Null, Self::Object),
            Some(b'[') => serde_json::from_str(text).map_or(Self::Null, Self::List),
            Some(b't') => Self::Flag(true),
            Some(b'f') => Self::Flag(false),
            Some(b'-' | b'0'..=b'9') => Self::Number(text),
            _ => Self::Null,
        }
    }
}

/// The fields of a JSON object. Of two with one name the later counts.
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// The field with this name; `Null` when there is none.
    pub(crate) fn get(&self, name: &str) -> Lenient<'a> {
        self.raw(name).map_or(Lenient::Null, Lenient::of)
    }

    /// The field with this name, as it is written.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, raw)| *raw)
    }

    /// All of them, in their order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, Lenient<'a>)> {
        self.0.iter().map(|(name, raw)| (name.as_ref(), Lenient::of(raw)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(LenientText(name, _)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A JSON text. Read as bytes, since serde_json lets half a surrogate pair through there, in three bytes as if it were a
/// character of its own (WTF-8). Says whether there was one.
struct LenientText<'a>(Cow<'a, str>, bool);

impl<'de: 'a, 'a> Deserialize<'de> for LenientText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = LenientText<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(match str::from_utf8(bytes) {
                    Ok(text) => LenientText(Cow::Borrowed(text), false),
                    Err(_) => LenientText(Cow::Owned(without_halves(bytes)), true),
                })
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(LenientText(Cow::Owned(without_halves(bytes)), str::from_utf8(bytes).is_err()))
            }
        }
        deserializer.deserialize_bytes(Reader)
    }
}

/// U+FFFD for each half of a surrogate pair. All three of its bytes are invalid; the first says so once.
fn without_halves(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().first().is_some_and(|byte| *byte >= 0xc0) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// A number as a text: `78701.0` and `7.8701e4` are `78701`, as spreadsheets write it. Any other keeps its digits, however many.
pub(crate) fn number_text(number: &str) -> String {
    whole_digits(number).unwrap_or_else(|| number.to_owned())
}

/// The digits of a phone number that is written as a JSON number; `None` for a fraction, and where an exponent makes up digits
/// (`1.55512E+10`: a spreadsheet has rounded it).
pub(crate) fn phone_digits(number: &str) -> Option<String> {
    let text = number_text(number);
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let written = mantissa.bytes().filter(u8::is_ascii_digit).count();
    (text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= written).then_some(text)
}

/// The digits of a whole number; `None` for a fraction.
fn whole_digits(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let digits = format!("{whole}{fraction}");
    if exponent == 0 {
        return fraction.bytes().all(|digit| digit == b'0').then(|| format!("{sign}{whole}"));
    }
    // Where the point stands, counted from the left.
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if !(1..=MAX_DIGITS).contains(&point) {
        return None;
    }
    let point = usize::try_from(point).ok()?;
    let (before, after) = digits.split_at(point.min(digits.len()));
    let before = format!("{before:0<point$}");
    let before = before.trim_start_matches('0');
    after
        .bytes()
        .all(|digit| digit == b'0')
        .then(|| format!("{sign}{}", if before.is_empty() { "0" } else { before }))
}

/// Where and why a message is not JSON. Quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenJson {
    why: Why,
    line: usize,
    column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Empty,
    Form,
    EndsEarly,
    ControlCharacter,
    Grammar,
}

impl BrokenJson {
    /// Whether it is no JSON at all, but `name=value`.
    #[must_use]
    pub fn looks_like_a_form(self) -> bool {
        self.why == Why::Form
    }

    fn at(text: &str, error: &serde_json::Error) -> Self {
        let start = text.trim_start();
        let why = if start.is_empty() {
            Why::Empty
        } else if !start.starts_with(['{', '[', '"']) && start.contains('=') {
            Why::Form
        } else if error.is_eof() {
            Why::EndsEarly
        } else if error.to_string().starts_with("control character") {
            Why::ControlCharacter
        } else {
            Why::Grammar
        };
        Self { why, line: error.line(), column: error.column() }
    }
}

impl fmt::Display for BrokenJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, line, column } = self;
        match why {
            Why::Empty => f.write_str("it is empty"),
            Why::Form => f.write_str("it looks like a form (name=value)"),
            Why::EndsEarly => write!(f, "it ends too early, at line {line}, column {column}"),
            Why::ControlCharacter => write!(
                f,
                "a text holds a raw line break, tab or control character at line {line}, column {column}; write it as \\n, \\t or \\u"
            ),
            Why::Grammar => write!(f, "it breaks at line {line}, column {column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(json: &str) -> Option<String> {
        match Lenient::parse(json) {
            Ok(Lenient::Text(text, _)) => Some(text),
            _ => None,
        }
    }

    fn broken(json: &str) -> String {
        Lenient::parse(json).err().expect(json).to_string()
    }

    #[test]
    fn half_a_surrogate_pair_is_one_replacement_character_and_a_whole_pair_is_its_character() {
        for (json, expected) in [
            (r#""Nice \ud83d""#, "Nice \u{fffd}"),
            (r#""\ude00 a \ud83d""#, "\u{fffd} a \u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ud83d\ude00 é""#, "\u{1f600} é"),
            (r#""a\u0000b""#, "ab"),
        ] {
            assert_eq!(text(json).as_deref(), Some(expected), "{json}");
            let is_changed = !matches!(serde_json::from_str::<String>(json), Ok(text) if text == expected);
            assert!(
                matches!(Lenient::parse(json), Ok(Lenient::Text(_, changed)) if changed == is_changed),
                "{json}"
            );
        }
    }

    #[test]
    fn what_nobody_reads_may_be_any_json() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for value in ["1e999", r#""\ud83d""#, r#"{"\udc00":-1e-999}"#, &deep] {
            let json = format!(r#"{{"\ud83d":1,"a":{value},"b":{{"c":{value},"d":"e"}}}}"#);
            let Ok(Lenient::Object(fields)) = Lenient::parse(&json) else { panic!("{json}") };
            let Lenient::Object(inner) = fields.get("b") else { panic!("{json}") };
            assert!(matches!(inner.get("d"), Lenient::Text(text, false) if text == "e"));
        }
    }

    #[test]
    fn of_two_fields_with_one_name_the_later_counts() {
        let Ok(Lenient::Object(fields)) = Lenient::parse(r#"{"a":1,"a":true}"#) else { panic!() };
        assert!(matches!(fields.get("a"), Lenient::Flag(true)));
        assert!(matches!(fields.get("b"), Lenient::Null));
    }

    #[test]
    fn a_number_keeps_its_digits_and_a_whole_one_is_written_without_point_and_exponent() {
        for (number, expected) in [
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("78701.0", "78701"),
            ("78701.00", "78701"),
            ("7.8701e4", "78701"),
            ("7.8701E+4", "78701"),
            ("1e3", "1000"),
            ("15000e-3", "15"),
            ("0e5", "0"),
            ("0.001e3", "1"),
            ("-5.0", "-5"),
            ("1.50", "1.50"),
            ("1.5e-3", "1.5e-3"),
            ("1e999", "1e999"),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ] {
            assert_eq!(number_text(number), expected, "{number}");
        }
    }

    #[test]
    fn a_phone_number_that_is_written_as_a_number_keeps_the_digits_that_were_written() {
        for (number, digits) in [
            ("15551234567", Some("15551234567")),
            ("15551234567.0", Some("15551234567")),
            ("1.5551234567e10", Some("15551234567")),
            ("1.55512E+10", None),
            ("1555123456.7", None),
            ("-15551234567", None),
        ] {
            assert_eq!(phone_digits(number).as_deref(), digits, "{number}");
        }
    }

    #[test]
    fn a_break_is_told_with_its_place() {
        assert_eq!(broken(" \n"), "it is empty");
        assert_eq!(broken("type=calls.execute&data=x"), "it looks like a form (name=value)");
        assert_eq!(broken("calls.execute"), "it breaks at line 1, column 1");
        assert_eq!(broken("{\"a\":\"x="), "it ends too early, at line 1, column 8");
        assert_eq!(broken("{\"a\":1,\n \"b\" 2}"), "it breaks at line 2, column 6");
        assert_eq!(broken("{\"a\":\"x"), "it ends too early, at line 1, column 7");
        let line_break = broken("{\"a\":1,\n\"note\":\"two\nlines\"}");
        assert!(
            line_break
                .starts_with("a text holds a raw line break, tab or control character at line 2, column 1"),
            "{line_break}"
        );
    }

    #[test]
    fn a_message_may_begin_with_a_byte_order_mark_and_need_not_be_utf8() {
        assert_eq!(text_of(b"\xef\xbb\xbf{}"), "{}");
        assert_eq!(text_of(b"Jos\xe9"), "Jos\u{fffd}");
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_serde_json_reads_it(text_given in "\\PC{0,40}") {
            let json = serde_json::to_string(&text_given).expect("JSON");
            prop_assert_eq!(text(&json), Some(text_given));
        }

        #[test]
        fn a_number_is_the_same_number_as_a_text(mantissa in any::<i32>(), exponent in -12_i32..12) {
            let number = format!("{mantissa}e{exponent}");
            let (given, kept): (f64, f64) = (number.parse().expect("a number"), number_text(&number).parse().expect("a number"));
            prop_assert!((given - kept).abs() <= given.abs() * 1e-12, "{} {}", given, kept);
        }

        #[test]
        fn what_serde_json_reads_is_read_here(json in "[\\[\\]{}\":,0-9a\\\\u .eE+-]{0,24}") {
            if serde_json::from_str::<serde_json::Value>(&json).is_ok() {
                prop_assert!(Lenient::parse(&json).is_ok());
            }
        }
    }
}
