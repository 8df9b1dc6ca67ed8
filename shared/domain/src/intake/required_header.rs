use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::HeaderName;
use serde::{Deserialize, Serialize};

use crate::values::is_reserved_header;

/// Headers that API Gateway writes or changes, besides those that no custom header may be.
const WRITTEN_BY_GATEWAY: [&str; 3] = ["x-forwarded-", "x-amzn-", "x-amz-"];

/// A header without which a webhook takes no request. Of its value the SHA-256 is kept: enough to compare, and nothing that a
/// reader of the table could send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequiredHeader {
    name: String,
    value_sha256: String,
}

/// Why a header cannot be required. Quotes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequiredHeader {
    /// Not a token of RFC 9110, or too long.
    #[error("has 1 to {} letters, digits and !#$%&'*+-.^_`|~ only", RequiredHeader::MAX_NAME_BYTES)]
    Name,
    /// A header that HTTP or the gateway writes.
    #[error("is a header that every request has, or that is changed on its way here")]
    Reserved,
    /// Too short to be a secret, too long, or not printable.
    #[error(
        "has {} to {} printable characters of ASCII, without white space around them",
        RequiredHeader::MIN_VALUE_BYTES,
        RequiredHeader::MAX_VALUE_BYTES
    )]
    Value,
}

impl InvalidRequiredHeader {
    /// The field that it is about.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Name | Self::Reserved => "name",
            Self::Value => "value",
        }
    }
}

impl RequiredHeader {
    /// Longest name.
    pub const MAX_NAME_BYTES: usize = 100;
    /// Shortest value: its SHA-256 must not be undone by trying.
    pub const MIN_VALUE_BYTES: usize = 16;
    /// Longest value.
    pub const MAX_VALUE_BYTES: usize = 1_000;

    /// The header with this name and this secret value.
    ///
    /// # Errors
    ///
    /// [`InvalidRequiredHeader`], the name's first.
    pub fn new(name: &str, value: &str) -> Result<Self, InvalidRequiredHeader> {
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| InvalidRequiredHeader::Name)?;
        if name.len() > Self::MAX_NAME_BYTES {
            return Err(InvalidRequiredHeader::Name);
        }
        let by_gateway = WRITTEN_BY_GATEWAY.iter().any(|prefix| parsed.as_str().starts_with(prefix));
        if by_gateway || is_reserved_header(parsed.as_str()) {
            return Err(InvalidRequiredHeader::Reserved);
        }
        let is_printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let has_length = (Self::MIN_VALUE_BYTES..=Self::MAX_VALUE_BYTES).contains(&value.len());
        if !is_printable || !has_length || value.trim() != value {
            return Err(InvalidRequiredHeader::Value);
        }
        Ok(Self { name: name.to_owned(), value_sha256: sha256(value.as_bytes()) })
    }

    /// Its name, as its owner wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this is its value. How long that takes says nothing about the right one.
    #[must_use]
    pub fn has_value(&self, value: &[u8]) -> bool {
        verify_slices_are_equal(sha256(value).as_bytes(), self.value_sha256.as_bytes()).is_ok()
    }
}

fn sha256(value: &[u8]) -> String {
    STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALUE: &str = "a secret of the CRM";

    #[test]
    fn it_has_its_value_and_no_other_and_keeps_none_in_the_clear() {
        let header = RequiredHeader::new("X-Crm-Key", VALUE).expect("a header");
        assert!(header.has_value(VALUE.as_bytes()));
        assert_eq!(header.name(), "X-Crm-Key");
        for other in ["", "a secret of the CRm", "a secret of the CRM ", "A SECRET OF THE CRM"] {
            assert!(!header.has_value(other.as_bytes()), "{other}");
        }
        let stored = serde_json::to_string(&header).expect("JSON");
        assert!(!stored.contains(VALUE) && !format!("{header:?}").contains(VALUE), "{stored}");
        assert_eq!(serde_json::from_str::<RequiredHeader>(&stored).expect("a header"), header);
    }

    #[test]
    fn what_is_no_header_or_no_secret_is_refused_with_its_field() {
        let long = "n".repeat(101);
        for (name, value, field) in [
            ("", VALUE, "name"),
            ("X Key", VALUE, "name"),
            (&long, VALUE, "name"),
            ("Host", VALUE, "name"),
            ("content_type", VALUE, "name"),
            ("X-Forwarded-For", VALUE, "name"),
            ("X-Key", "fifteen letters", "value"),
            ("X-Key", " a secret of the CRM", "value"),
            ("X-Key", "a secret of the\nCRM", "value"),
            ("X-Key", "ein Schlüssel des CRM", "value"),
            ("X-Key", &"v".repeat(1_001), "value"),
        ] {
            assert_eq!(RequiredHeader::new(name, value).expect_err(name).field(), field, "{name}: {value}");
        }
        for (name, value) in [("Authorization", "Bearer 0123456789"), ("x-key", &"v".repeat(1_000))] {
            assert!(RequiredHeader::new(name, value).is_ok(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn another_value_is_never_taken(value in "[ -~]{20,40}", other in proptest::collection::vec(any::<u8>(), 0..60)) {
            let value = format!("v{}v", value);
            let header = RequiredHeader::new("X-Key", &value).expect("a header");
            prop_assert!(header.has_value(value.as_bytes()));
            prop_assert_eq!(header.has_value(&other), other == value.as_bytes());
        }
    }
}
