use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number in the shape of E.164: `+`, a first digit of 1 to 9, 7 to 15 digits in all.
///
/// The shape is all that is checked, since a stored call and a completion of the dialer's must stay readable. What a CRM writes is
/// read more strictly, by [`normalise_phone`](super::normalise_phone).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text has not the shape of a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is \"+\" and 7 to 15 digits")]
pub struct InvalidPhone;

/// A country calling code without its `+`: 1 to 3 digits, the first not 0. A number without a code is read as this country's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryCode(u16);

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
        let code = text.parse().map_err(|_| InvalidCountryCode)?;
        if digits && !text.starts_with('0') { Ok(Self(code)) } else { Err(InvalidCountryCode) }
    }

    /// The code as a number.
    pub(crate) fn number(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_plus_sign_and_7_to_15_digits() {
        for text in ["+1234567", "+123456789012345", "+15551234567"] {
            assert_eq!(PhoneNumber::parse(text).expect(text).as_str(), text);
        }
        for text in [
            "",
            "+",
            "15551234567",
            "+123456",
            "+1234567890123456",
            "+0123456789",
            "+1 5551234567",
            "+١٢٣٤٥٦٧",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(InvalidPhone), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_number() {
        let number = PhoneNumber::parse("+15551234567").expect("a number");
        assert_eq!(format!("{number:?}"), "PhoneNumber(***)");
    }

    #[test]
    fn a_country_code_is_1_to_3_digits_and_does_not_begin_with_0() {
        for text in ["1", "44", "998"] {
            assert!(CountryCode::parse(text).is_ok(), "{text}");
        }
        for text in ["", "0", "044", "+1", "1234", "1a", "١"] {
            assert_eq!(CountryCode::parse(text), Err(InvalidCountryCode), "{text:?}");
        }
    }

    #[test]
    fn a_stored_number_is_read_back_and_checked() {
        let number = PhoneNumber::parse("+15551234567").expect("a number");
        let stored = serde_json::to_string(&number).expect("JSON");
        assert_eq!(stored, "\"+15551234567\"");
        assert_eq!(serde_json::from_str::<PhoneNumber>(&stored).expect("a number"), number);
        assert!(serde_json::from_str::<PhoneNumber>("\"5551234567\"").is_err());
    }
}
