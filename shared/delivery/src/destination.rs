use std::str;

use domain::{CustomHeaders, DeliveryMethod, Endpoint, SealedBytes, TargetUrl, Timestamp, Webhook};
use signing::SigningSecret;
use vault::{Purpose, SealContext, Vault, VaultError};

/// Where an attempt goes, with everything that it needs in clear: for the length of the attempt only.
#[derive(Debug)]
pub struct Destination {
    pub(crate) url: TargetUrl,
    pub(crate) method: DeliveryMethod,
    pub(crate) headers: CustomHeaders,
    pub(crate) secrets: Vec<SigningSecret>,
}

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

impl Destination {
    /// An endpoint that is not saved: it has no secret yet, so what goes there is not signed.
    #[must_use]
    pub fn unsaved(url: TargetUrl, method: DeliveryMethod, headers: CustomHeaders) -> Self {
        Self { url, method, headers, secrets: Vec::new() }
    }

    /// A saved endpoint of `webhook`: opens its headers and its secrets, the one before included while it is in its overlap.
    ///
    /// # Errors
    ///
    /// [`CannotOpen`] when KMS cannot open one of them.
    pub async fn open(
        vault: &Vault,
        webhook: &Webhook,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> Result<Self, CannotOpen> {
        let mut secrets = vec![open_secret(vault, webhook, &webhook.signing_secret).await?];
        if let Some(previous) = webhook.previous_secret.as_ref().filter(|previous| previous.expires_at > now)
        {
            secrets.push(open_secret(vault, webhook, &previous.sealed).await?);
        }
        let headers = match &endpoint.sealed_headers {
            None => CustomHeaders::default(),
            Some(sealed) => open_headers(vault, webhook, sealed).await?,
        };
        Ok(Self { url: endpoint.url.clone(), method: endpoint.method, headers, secrets })
    }
}

/// What binds a sealed value to the webhook that it was sealed for.
fn seal_context(webhook: &Webhook, purpose: Purpose) -> SealContext {
    SealContext { account: webhook.account_id.to_string(), webhook: webhook.id.to_string(), purpose }
}

async fn open_secret(
    vault: &Vault,
    webhook: &Webhook,
    sealed: &SealedBytes,
) -> Result<SigningSecret, CannotOpen> {
    let opened = vault.open(&seal_context(webhook, Purpose::SigningSecret), &sealed.0).await?;
    str::from_utf8(opened.as_bytes())
        .ok()
        .and_then(|text| SigningSecret::parse(text).ok())
        .ok_or(CannotOpen::Content("a signing secret"))
}

async fn open_headers(
    vault: &Vault,
    webhook: &Webhook,
    sealed: &SealedBytes,
) -> Result<CustomHeaders, CannotOpen> {
    let opened = vault.open(&seal_context(webhook, Purpose::Headers), &sealed.0).await?;
    str::from_utf8(opened.as_bytes())
        .ok()
        .and_then(CustomHeaders::from_lines)
        .ok_or(CannotOpen::Content("custom headers"))
}
