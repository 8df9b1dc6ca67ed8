use std::collections::HashMap;

/// What a sealed value belongs to. It can be opened under exactly this context and no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SealContext {
    /// The account's id.
    pub account: String,
    /// The webhook's id.
    pub webhook: String,
    /// What the value is for.
    pub purpose: Purpose,
}

/// What a sealed value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The custom headers of a webhook's deliveries.
    Headers,
    /// The secrets that sign a webhook's deliveries.
    SigningSecret,
}

impl Purpose {
    /// The value of the encryption context's `purpose`. Stored ciphertexts are bound to it: never change one.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::SigningSecret => "signing-secret",
        }
    }
}

impl SealContext {
    /// The context as KMS takes it. The functions' policies allow these three keys.
    pub(crate) fn for_kms(&self) -> HashMap<String, String> {
        [
            ("account", self.account.as_str()),
            ("webhook", self.webhook.as_str()),
            ("purpose", self.purpose.as_str()),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
    }
}
