use std::fmt;

use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::values::{ApiKeyId, Timestamp};

/// What every API key starts with.
const PREFIX: &str = "whk_";

/// Random bytes of a key's secret half.
const SECRET_BYTES: usize = 32;

/// An API key in clear: `whk_<id>_<43 characters of base64url>`. Its id finds the record; the record has its hash only.
///
/// A secret: `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    id: ApiKeyId,
    text: String,
}

/// The text is no API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an API key")]
pub struct InvalidApiKey;

impl ApiKey {
    /// A new random key.
    #[must_use]
    pub fn generate(now: Timestamp) -> Self {
        let id = ApiKeyId::new(now);
        let mut secret = [0; SECRET_BYTES];
        let _ = rand::fill(&mut secret);
        let text = format!("{PREFIX}{}_{}", id_part(&id), URL_SAFE_NO_PAD.encode(secret));
        Self { id, text }
    }

    /// Reads a key that a request brought.
    ///
    /// # Errors
    ///
    /// [`InvalidApiKey`] when it has not the shape of one.
    pub fn parse(text: &str) -> Result<Self, InvalidApiKey> {
        let (id, secret) =
            text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(InvalidApiKey)?;
        let secret_fits = URL_SAFE_NO_PAD.decode(secret).is_ok_and(|bytes| bytes.len() == SECRET_BYTES);
        let id = ApiKeyId::parse(&format!("key_{id}")).map_err(|_| InvalidApiKey)?;
        if secret_fits { Ok(Self { id, text: text.to_owned() }) } else { Err(InvalidApiKey) }
    }

    /// The key in clear, for the one time that it is shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The public half.
    #[must_use]
    pub fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// What is stored of it: SHA-256, base64url. A fast hash is enough for 256 random bits.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.text.as_bytes()))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

fn id_part(id: &ApiKeyId) -> &str {
    id.as_str().trim_start_matches("key_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_another_has_another_hash() {
        let now = Timestamp::now();
        let api_key = ApiKey::generate(now);
        assert_eq!(ApiKey::parse(api_key.expose()), Ok(api_key.clone()));
        assert_ne!(api_key.hash(), ApiKey::generate(now).hash());
        assert!(!api_key.hash().contains(api_key.expose()));
        assert_eq!(format!("{api_key:?}"), "ApiKey(***)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for wrong in [
            "",
            "whk_",
            "whk_1_short",
            "sk_live_1",
            "Bearer whk_1",
            "whk_a.b_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(ApiKey::parse(wrong), Err(InvalidApiKey), "{wrong}");
        }
    }
}
