//! What people and CRMs write for a phone number. It becomes the number that they mean, or is refused: never another one.

use std::ops::RangeInclusive;

use super::blank::is_invisible;
use super::number_reading::{is_assigned, number_of};
use super::phone::{CountryCode, PhoneNumber};
use super::trunk_zero::split_at_trunk_zero;

/// How many digits a whole number has: with its country's code at least 7, without it as few as 4 (Tokelau); at most those that
/// it has behind a trunk prefix or an exit code. With fewer in front, a bracket or a slash is a part of the number; with more,
/// nothing in front is one.
const WHOLE_NUMBER: RangeInclusive<usize> = 4..=24;

/// As many digits behind a number are a second one; fewer are an extension.
const SECOND_NUMBER: usize = 7;

/// A `+`, a country code and the longest area code, such as `+49 33094`: a bracket or a slash behind it ends no number, unless
/// the country has numbers that are so short.
const COUNTRY_AND_AREA: usize = 9;

/// Why a text is not taken for a phone number. `Display` is worded for whoever wrote it, and quotes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No country has such a number, or it is not complete.
    #[error("is not a whole phone number; write it with + and its country code, like +15551234567")]
    NotANumber,
    /// A number and something behind it, such as an extension.
    #[error("has something after the number; leave extensions out, nobody dials them")]
    WithExtension,
    /// Letters among the digits.
    #[error("has letters in it; write the number in digits")]
    WithLetters,
    /// Two numbers or more.
    #[error("holds more than one number; send one request for each call")]
    Several,
}

impl PhoneError {
    /// The code that an answer carries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "invalid_phone_number",
            Self::WithExtension => "phone_number_with_extension",
            Self::WithLetters => "phone_number_with_letters",
            Self::Several => "several_phone_numbers",
        }
    }
}

/// Makes a phone number of what is written: marks that nobody sees go, separators go, and what is left is read as somebody in the
/// `default` country would dial it.
///
/// # Errors
///
/// [`PhoneError`] when it is no number, or could be more than one.
pub fn normalise_phone(text: &str, default: CountryCode) -> Result<PhoneNumber, PhoneError> {
    normalise(text, Some(default))
}

/// The same for a number with its country's code and a `+`, which needs no default.
///
/// # Errors
///
/// [`PhoneError`], also for a number without a `+`.
pub(crate) fn normalise_international(text: &str) -> Result<PhoneNumber, PhoneError> {
    normalise(text, None)
}

fn normalise(text: &str, default: Option<CountryCode>) -> Result<PhoneNumber, PhoneError> {
    let plain = plain_text(text);
    let written = without_wrapping(&plain);
    if let Some(foreign) = written.find(|c| !belongs_to_a_number(c)) {
        let (before, rest) = written.split_at(foreign);
        return Err(read(before, default).map_or_else(|| refusal(written), |_| behind_a_number(rest)));
    }
    for (before, rest) in possible_ends(written) {
        let is_whole = |number: PhoneNumber| number.as_str().len() > COUNTRY_AND_AREA || is_assigned(&number);
        if read(before, default).is_some_and(is_whole) {
            return Err(behind_a_number(rest));
        }
    }
    read(written, default).ok_or(PhoneError::NotANumber)
}

/// The text in plain characters: full-width ones as ASCII, one kind of space, of line break and of dash, and no invisible marks.
fn plain_text(text: &str) -> String {
    let plain = |c: char| match c {
        // The full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    text.chars().filter(|c| !is_invisible(*c)).map(plain).collect()
}

/// What programs put in front of a number: a URI's scheme, and the mark of exported lead forms.
const MARKS: [&str; 2] = ["tel:", "p:"];

/// What stands around a number and says nothing: a separator whose other side is empty, as a template leaves it, and quotes.
fn says_nothing(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '/' | ',' | ';' | ':' | '-' | '.' | '"' | '\'' | '`' | '«' | '»' | '‘'..='‟')
}

/// Without these, without such a mark, and without the `.0` or `.00` that a spreadsheet puts behind a number that it takes for a
/// quantity.
fn without_wrapping(plain: &str) -> &str {
    // A bracket in front may be that of a `(0)`.
    let plain = plain.trim_start_matches(says_nothing);
    let plain = plain.trim_end_matches(|c| says_nothing(c) || matches!(c, '(' | ')'));
    let behind = |mark: &&str| {
        let (front, rest) = plain.split_at_checked(mark.len())?;
        front.eq_ignore_ascii_case(mark).then(|| rest.trim_start())
    };
    let plain = MARKS.iter().find_map(behind).unwrap_or(plain);
    match plain.split_once('.') {
        Some((whole, "0")) => whole,
        // Among other separators, two zeros are the number's own.
        Some((whole, "00")) if !whole.contains(|c: char| !c.is_ascii_digit() && c != '+') => whole,
        _ => plain,
    }
}

fn belongs_to_a_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | ' ' | '\n' | '-' | '(' | ')' | '.' | '/' | '~')
}

/// The places where one number may have ended and something else begins, with what stands before and behind.
fn possible_ends(written: &str) -> impl Iterator<Item = (&str, &str)> {
    let (mut digits, mut last) = (0, 0);
    let ends = written.char_indices().filter(move |(_, c)| {
        digits += usize::from(c.is_ascii_digit());
        let ends =
            matches!(c, '+' | '(' | '/' | '\n' | '~') && WHOLE_NUMBER.contains(&digits) && digits != last;
        if ends {
            last = digits;
        }
        ends
    });
    ends.map(|(at, _)| written.split_at(at))
}

/// What the part behind a number makes of the whole.
fn behind_a_number(rest: &str) -> PhoneError {
    let digits = rest.chars().filter(|c| c.is_numeric()).count();
    if digits >= SECOND_NUMBER { PhoneError::Several } else { PhoneError::WithExtension }
}

/// Why a text without a number in front is refused.
fn refusal(written: &str) -> PhoneError {
    let has = |kind: fn(char) -> bool| written.contains(kind);
    if has(char::is_alphabetic) && has(char::is_numeric) {
        PhoneError::WithLetters
    } else {
        PhoneError::NotANumber
    }
}

/// Reads what has nothing but digits, separators and plus signs.
fn read(written: &str, default: Option<CountryCode>) -> Option<PhoneNumber> {
    let Some((starts, behind)) = split_at_trunk_zero(written, default) else {
        return read_digits(written, default);
    };
    let [start] = starts.as_slice() else { return None };
    let with = read_digits(&format!("{start}0{behind}"), default);
    let without = read_digits(&format!("{start}{behind}"), default);
    let assigned = |number: &Option<PhoneNumber>| number.as_ref().is_some_and(is_assigned);
    match (assigned(&without), assigned(&with)) {
        _ if without == with => with,
        (true, false) => without,
        // Italy's landlines keep their 0.
        (false, true) => with,
        (true, true) => None,
        (false, false) => without.filter(|_| with.is_none()),
    }
}

/// The one plus sign comes before every digit.
fn read_digits(written: &str, default: Option<CountryCode>) -> Option<PhoneNumber> {
    let dialled: String = written.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let stray_plus = dialled.get(1..).is_some_and(|rest| rest.contains('+'));
    if stray_plus { None } else { number_of(&dialled, default) }
}

#[cfg(test)]
#[path = "written_phone_tests.rs"]
mod tests;
