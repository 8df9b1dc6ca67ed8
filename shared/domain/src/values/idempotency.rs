use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

/// The value of an `Idempotency-Key` header: 1 to 255 bytes of visible ASCII or space, without a comma. Commas are what several
/// headers of one name are joined by.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

crate::values::shows_only!(IdempotencyKey {});

/// The header's value is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an Idempotency-Key has 1 to 255 bytes of printable ASCII, no comma among them; a request has one")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Longest key, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Reads a key; white space around it does not count. The same key several times, with commas between, is that key.
    ///
    /// # Errors
    ///
    /// [`InvalidIdempotencyKey`] when it is empty, too long or not printable, or when two keys differ.
    pub fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let mut keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
        let text = keys.next().ok_or(InvalidIdempotencyKey)?;
        if keys.any(|other| other != text) {
            return Err(InvalidIdempotencyKey);
        }
        let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if (1..=Self::MAX_BYTES).contains(&text.len()) && printable {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidIdempotencyKey)
        }
    }

    /// The key as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of a request's body: tells a repeat from another request under the same key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BodyDigest(String);

impl BodyDigest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, body)))
    }
}

impl fmt::Display for BodyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_255_printable_bytes() {
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        assert!(IdempotencyKey::parse(" order 7 ").is_ok_and(|key| key.as_str() == "order 7"));
        for wrong in ["", "  ", ",", "k,l", "k, k, l", "a\nb", "schlüssel", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(wrong), Err(InvalidIdempotencyKey), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_that_is_sent_several_times_is_that_key() {
        for several in ["k, k", "k,k,k", ", k", "k ,"] {
            assert_eq!(IdempotencyKey::parse(several), IdempotencyKey::parse("k"), "{several}");
        }
    }

    #[test]
    fn another_body_has_another_digest() {
        assert_eq!(BodyDigest::of(b"{}"), BodyDigest::of(b"{}"));
        assert_ne!(BodyDigest::of(b"{}"), BodyDigest::of(b"{ }"));
        // As `printf '{}' | openssl dgst -sha256 -binary | base64` has it.
        assert_eq!(BodyDigest::of(b"{}").to_string(), "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o");
    }
}
