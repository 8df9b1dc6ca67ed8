use serde::{Deserialize, Serialize};

use crate::values::{AccountId, ApiKey, PortalToken, PortalTokenId, PortalTokenKind};

/// What a request shows to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// An API key.
    ApiKey(ApiKey),
    /// The token of a portal session.
    Session(PortalToken),
}

impl Credential {
    /// Reads a bearer; `None` when it has the shape of none. The token of a link is none: it is swapped first.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match PortalToken::parse(text) {
            Ok(token) => (token.kind() == PortalTokenKind::Session).then_some(Self::Session(token)),
            Err(_) => ApiKey::parse(text).ok().map(Self::ApiKey),
        }
    }
}

/// What somebody in the portal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What an API key may, but for links and sessions.
    Editor,
    /// Read, without slugs and the paths of endpoints.
    Viewer,
}

impl Role {
    /// The roles by their names.
    pub const BY_NAME: [(&'static str, Self); 2] = [("editor", Self::Editor), ("viewer", Self::Viewer)];
}

/// Who asks, once a credential was found to be good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account that is opened.
    pub account: AccountId,
    /// What with.
    pub entry: Entry,
}

/// What an account was opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An API key.
    ApiKey,
    /// A portal session.
    Session {
        /// Its token's.
        id: PortalTokenId,
        /// What it may do.
        role: Role,
    },
}

impl Caller {
    /// Whether the caller may read and nothing else.
    #[must_use]
    pub fn is_viewer(&self) -> bool {
        matches!(self.entry, Entry::Session { role: Role::Viewer, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_is_an_api_key_or_a_session_and_never_a_link() {
        let secret = "A".repeat(43);
        let read = |text: &str| Credential::parse(&format!("{text}_{secret}"));
        assert!(matches!(read("whk_1"), Some(Credential::ApiKey(_))));
        assert!(matches!(read("pst_1_2"), Some(Credential::Session(_))));
        assert_eq!(read("plk_1_2"), None);
        assert_eq!(Credential::parse("nonsense"), None);
    }

    #[test]
    fn only_a_session_of_a_viewer_may_read_and_nothing_else() {
        let now = crate::values::Clock::system().now();
        let randomness = crate::values::Randomness::system();
        let account = AccountId::new(now, &randomness);
        let caller = |entry| Caller { account: account.clone(), entry };
        let session = |role| Entry::Session { id: PortalTokenId::new(now, &randomness), role };
        assert!(caller(session(Role::Viewer)).is_viewer());
        assert!(!caller(session(Role::Editor)).is_viewer());
        assert!(!caller(Entry::ApiKey).is_viewer());
    }
}
