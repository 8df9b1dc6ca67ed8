//! What is sealed of a webhook, and what binds it to that webhook: a value that is moved to another webhook, or to another
//! account, cannot be opened there.

use std::str;

use domain::{AccountId, CustomHeaders, Endpoint, SealedBytes, Webhook, WebhookId};
use signing::SigningSecret;

use crate::{Purpose, SealContext, Vault, VaultError};

/// The sealed parts of an endpoint cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    /// KMS would not, or did not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What was sealed is no signing secret, or no list of headers.
    #[error("what was sealed as {0} is something else")]
    Content(&'static str),
}

impl CannotOpen {
    /// Whether trying again cannot help.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        !matches!(self, Self::Vault(VaultError::Unavailable(_)))
    }
}

/// Seals a signing secret for this webhook of this account.
///
/// # Errors
///
/// [`VaultError`] when KMS does not answer.
pub async fn seal_secret(
    vault: &Vault,
    account: &AccountId,
    webhook: &WebhookId,
    secret: &SigningSecret,
) -> Result<SealedBytes, VaultError> {
    let context = seal_context(account, webhook, Purpose::SigningSecret);
    vault.seal(&context, secret.expose().as_bytes()).await.map(SealedBytes)
}

/// Seals custom headers for this webhook of this account; `None` when there is none to seal.
///
/// # Errors
///
/// [`VaultError`] when KMS does not answer.
pub async fn seal_headers(
    vault: &Vault,
    account: &AccountId,
    webhook: &WebhookId,
    headers: &CustomHeaders,
) -> Result<Option<SealedBytes>, VaultError> {
    if headers.is_empty() {
        return Ok(None);
    }
    let context = seal_context(account, webhook, Purpose::Headers);
    vault.seal(&context, headers.to_lines().as_bytes()).await.map(|sealed| Some(SealedBytes(sealed)))
}

/// The custom headers of an endpoint of this webhook.
///
/// # Errors
///
/// [`CannotOpen`] when KMS cannot open them.
pub async fn open_headers(
    vault: &Vault,
    webhook: &Webhook,
    endpoint: &Endpoint,
) -> Result<CustomHeaders, CannotOpen> {
    let Some(sealed) = &endpoint.sealed_headers else { return Ok(CustomHeaders::default()) };
    let context = seal_context(&webhook.account_id, &webhook.id, Purpose::Headers);
    let opened = vault.open(&context, &sealed.0).await?;
    str::from_utf8(opened.as_bytes())
        .ok()
        .and_then(CustomHeaders::from_lines)
        .ok_or(CannotOpen::Content("custom headers"))
}

/// A signing secret of this webhook.
///
/// # Errors
///
/// [`CannotOpen`] when KMS cannot open it.
pub async fn open_secret(
    vault: &Vault,
    webhook: &Webhook,
    sealed: &SealedBytes,
) -> Result<SigningSecret, CannotOpen> {
    let context = seal_context(&webhook.account_id, &webhook.id, Purpose::SigningSecret);
    let opened = vault.open(&context, &sealed.0).await?;
    str::from_utf8(opened.as_bytes())
        .ok()
        .and_then(|text| SigningSecret::parse(text).ok())
        .ok_or(CannotOpen::Content("a signing secret"))
}

fn seal_context(account: &AccountId, webhook: &WebhookId, purpose: Purpose) -> SealContext {
    SealContext { account: account.to_string(), webhook: webhook.to_string(), purpose }
}
