use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What every written secret starts with (Standard Webhooks 1.0, "Signature scheme").
const PREFIX: &str = "whsec_";

/// Bytes of a secret we make.
const GENERATED_BYTES: usize = 32;

/// Bytes a secret may have: Standard Webhooks 1.0 asks for 192 to 512 bits.
const ALLOWED_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The key that signs one webhook's deliveries: 24 to 64 bytes.
///
/// The bytes are wiped from memory on drop, `Debug` prints `***`, and there is no `Serialize`. The one way out is
/// [`SigningSecret::expose`].
#[derive(Clone)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// Why a text is not a signing secret. Carries nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// The text does not start with `whsec_`.
    #[error("a signing secret starts with \"whsec_\"")]
    Prefix,
    /// Nothing follows `whsec_`: it would sign with an empty key, which anyone can do.
    #[error("the signing secret is empty")]
    Empty,
    /// What follows `whsec_` is not base64 with the standard alphabet and padding.
    #[error("what follows \"whsec_\" is not base64")]
    Base64,
    /// The key's length is outside 24 to 64 bytes.
    #[error("a signing secret has 24 to 64 bytes, this one has {bytes}")]
    Length {
        /// Length of the decoded key.
        bytes: usize,
    },
}

impl SigningSecret {
    /// A new secret of 32 bytes, which `fill` overwrites with random ones.
    pub fn generate(fill: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new(vec![0; GENERATED_BYTES]);
        fill(&mut bytes);
        Self(bytes)
    }

    /// Reads a secret written as `whsec_<base64>`.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`], naming the rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret::Prefix)?;
        if encoded.is_empty() {
            return Err(InvalidSecret::Empty);
        }
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| InvalidSecret::Base64)?);
        if !ALLOWED_BYTES.contains(&bytes.len()) {
            return Err(InvalidSecret::Length { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The secret in its written form, `whsec_<base64>`: for sealing it, and for showing it once to its owner.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut text = String::with_capacity(PREFIX.len() + self.0.len().div_ceil(3) * 4);
        text.push_str(PREFIX);
        STANDARD.encode_string(self.0.as_slice(), &mut text);
        text
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(***)")
    }
}
