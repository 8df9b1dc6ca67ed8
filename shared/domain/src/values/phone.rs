use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number in the shape of E.164: `+`, a first digit of 1 to 9, 7 to 15 digits in all.
///
/// The shape is all that is checked: which numbers exist is the dialer's to know.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text has not the shape of a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is \"+\" and 7 to 15 digits")]
pub struct InvalidPhone;

/// A country calling code without its `+`: 1 to 3 digits, the first not 0. What a national number of ten digits gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryCode(String);

/// The text is no country calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country code has 1 to 3 digits, the first not 0, and no \"+\"")]
pub struct InvalidCountryCode;

impl PhoneNumber {
    /// Reads a number that has the shape of E.164 already.
    ///
    /// # Errors
    ///
    /// [`InvalidPhone`] when it has not.
    pub fn parse(text: &str) -> Result<Self, InvalidPhone> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhone)?;
        let shaped = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if shaped { Ok(Self(text.to_owned())) } else { Err(InvalidPhone) }
    }

    /// The number, `+` first.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    /// Personal data: shows nothing of the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(***)")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhone;
    fn try_from(text: String) -> Result<Self, InvalidPhone> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(phone: PhoneNumber) -> Self {
        phone.0
    }
}

impl CountryCode {
    /// Reads a code such as `1` or `44`.
    ///
    /// # Errors
    ///
    /// [`InvalidCountryCode`] when it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidCountryCode> {
        let digits = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && !text.starts_with('0') { Ok(Self(text.to_owned())) } else { Err(InvalidCountryCode) }
    }
}

/// Makes a phone number of what CRMs write: spaces, NBSP and `( ) . -` go; `00` and `011` in front become `+`; ten digits, or
/// the country code and ten digits, get `+` and the `default` country code.
///
/// # Errors
///
/// [`InvalidPhone`] when the result has not the shape of E.164.
pub fn normalise_phone(text: &str, default: &CountryCode) -> Result<PhoneNumber, InvalidPhone> {
    let bare: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '.' | '-')).collect();
    let code = default.0.as_str();
    let normal = if bare.starts_with('+') {
        bare
    } else if let Some(rest) = bare.strip_prefix("011").or_else(|| bare.strip_prefix("00")) {
        format!("+{rest}")
    } else if bare.len() == 10 {
        format!("+{code}{bare}")
    } else if bare.starts_with(code) && bare.len() == code.len() + 10 {
        format!("+{bare}")
    } else {
        return Err(InvalidPhone);
    };
    PhoneNumber::parse(&normal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> Option<String> {
        let code = CountryCode::parse("1").expect("a code");
        normalise_phone(text, &code).ok().map(String::from)
    }

    #[test]
    fn what_crms_write_becomes_e164() {
        for text in [
            "+15551234567",
            "5551234567",
            "15551234567",
            "(555) 123-4567",
            "+1 (555) 123.4567",
            "+1\u{a0}555\u{a0}123\u{a0}4567",
            "0015551234567",
            "01115551234567",
            "  555-123-4567\t",
        ] {
            assert_eq!(normal(text).as_deref(), Some("+15551234567"), "{text:?}");
        }
        assert_eq!(normal("0049 30 1234567").as_deref(), Some("+49301234567"));
        assert_eq!(normal("+4915112345678").as_deref(), Some("+4915112345678"));
    }

    #[test]
    fn what_cannot_be_a_number_is_refused() {
        for text in [
            "",
            "+",
            "abc",
            "+0123456789",
            "123456",
            "+123456",
            "+1234567890123456",
            "555123456",
            "25551234567",
            "+1555123456x",
            "+1+5551234567",
            "٥٥٥١٢٣٤٥٦٧",
            "00",
            "011",
            "+1/5551234567",
        ] {
            assert_eq!(normal(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_shortest_and_the_longest_number_pass() {
        assert!(normal("+1234567").is_some());
        assert!(normal("+123456789012345").is_some());
    }

    #[test]
    fn another_default_country_code_is_used_for_national_numbers() {
        let code = CountryCode::parse("49").expect("a code");
        let phone = normalise_phone("3012345678", &code).map(String::from);
        assert_eq!(phone.as_deref(), Ok("+493012345678"));
        let phone = normalise_phone("493012345678", &code).map(String::from);
        assert_eq!(phone.as_deref(), Ok("+493012345678"));
    }

    proptest! {
        #[test]
        fn whatever_comes_in_only_e164_comes_out(text in "\\PC{0,40}") {
            if let Some(phone) = normal(&text) {
                prop_assert!(PhoneNumber::parse(&phone).is_ok());
            }
        }

        #[test]
        fn normalising_twice_changes_nothing(digits in "[1-9][0-9]{6,14}") {
            let phone = format!("+{digits}");
            prop_assert_eq!(normal(&phone), Some(phone));
        }
    }
}
