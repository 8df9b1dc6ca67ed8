use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::values::{AccountId, PortalTokenId, Randomness, Timestamp};

/// Random bytes of a token's secret part.
const SECRET_BYTES: usize = 32;

/// What a portal token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PortalTokenKind {
    /// It is swapped for a session, once.
    Link,
    /// It is sent with each request, in an API key's place.
    Session,
}

impl PortalTokenKind {
    const ALL: [Self; 2] = [Self::Link, Self::Session];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Link => "plk_",
            Self::Session => "pst_",
        }
    }
}

/// The token of a link or a session in clear: `pst_<account>_<id>_<43 characters of base64url>`. Account and id find the record;
/// the record has its hash only. (The account's id has no `_` after its prefix: we made it.)
///
/// A secret: `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct PortalToken {
    kind: PortalTokenKind,
    account: AccountId,
    id: PortalTokenId,
    text: String,
}

/// The text is no portal token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a portal token")]
pub struct InvalidPortalToken;

impl PortalToken {
    /// A new random token.
    #[must_use]
    pub fn generate(
        kind: PortalTokenKind,
        account: &AccountId,
        now: Timestamp,
        randomness: &Randomness,
    ) -> Self {
        let id = PortalTokenId::new(now, randomness);
        let secret: [u8; SECRET_BYTES] = randomness.bytes();
        let parts = [account.as_str().trim_start_matches("acc_"), id.as_str().trim_start_matches("ptk_")];
        let text = format!("{}{}_{}", kind.prefix(), parts.join("_"), URL_SAFE_NO_PAD.encode(secret));
        Self { kind, account: account.clone(), id, text }
    }

    /// Reads a token that a request brought.
    ///
    /// # Errors
    ///
    /// [`InvalidPortalToken`] when it has not the shape of one.
    pub fn parse(text: &str) -> Result<Self, InvalidPortalToken> {
        let read =
            PortalTokenKind::ALL.into_iter().find_map(|kind| Some((kind, text.strip_prefix(kind.prefix())?)));
        let (kind, rest) = read.ok_or(InvalidPortalToken)?;
        let mut parts = rest.splitn(3, '_');
        let (Some(account), Some(id), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidPortalToken);
        };
        if URL_SAFE_NO_PAD.decode(secret).map_or(true, |bytes| bytes.len() != SECRET_BYTES) {
            return Err(InvalidPortalToken);
        }
        let account = AccountId::parse(&format!("acc_{account}")).map_err(|_| InvalidPortalToken)?;
        let id = PortalTokenId::parse(&format!("ptk_{id}")).map_err(|_| InvalidPortalToken)?;
        Ok(Self { kind, account, id, text: text.to_owned() })
    }

    /// The token in clear, for the one time that it is shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What it is good for.
    #[must_use]
    pub fn kind(&self) -> PortalTokenKind {
        self.kind
    }

    /// The account that it says it opens. Whether it does, its record knows.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The public part.
    #[must_use]
    pub fn id(&self) -> &PortalTokenId {
        &self.id
    }

    /// What is stored of it: SHA-256, base64url. A fast hash is enough for 256 random bits.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.text.as_bytes()))
    }
}

impl fmt::Debug for PortalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortalToken(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_730_179_200);

    fn token(kind: PortalTokenKind) -> PortalToken {
        let randomness = Randomness::system();
        PortalToken::generate(kind, &AccountId::new(NOW, &randomness), NOW, &randomness)
    }

    #[test]
    fn a_token_reads_back_and_says_what_it_is() {
        for kind in PortalTokenKind::ALL {
            let token = token(kind);
            assert_eq!(PortalToken::parse(token.expose()), Ok(token.clone()));
            assert_eq!(token.kind(), kind);
            assert!(token.expose().starts_with(kind.prefix()));
            assert_eq!(format!("{token:?}"), "PortalToken(***)");
            assert!(!token.hash().contains(token.expose()));
        }
    }

    #[test]
    fn two_tokens_of_the_same_moment_have_other_hashes() {
        assert_ne!(token(PortalTokenKind::Session).hash(), token(PortalTokenKind::Session).hash());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let secret = "A".repeat(43);
        assert!(PortalToken::parse(&format!("pst_1_2_{secret}")).is_ok());
        for wrong in [
            String::new(),
            "pst_".into(),
            "pst_1_2_short".into(),
            format!("pst_1_{secret}"),
            format!("whk_1_2_{secret}"),
            format!("pst_a.b_2_{secret}"),
            format!("pst_1_a.b_{secret}"),
            format!("pst_1_2_{}", "!".repeat(43)),
        ] {
            assert_eq!(PortalToken::parse(&wrong), Err(InvalidPortalToken), "{wrong}");
        }
    }
}
