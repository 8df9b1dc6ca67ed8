use domain::{AccountId, CustomHeaders, DeliveryMethod, Endpoint, TargetUrl, Timestamp, Webhook};
use signing::SigningSecret;
use vault::{OpenError, Vault, open_headers, open_secret};

/// Where an attempt goes, with everything that it needs in clear: for the length of the attempt only.
#[derive(Debug)]
pub struct Destination {
    pub(crate) url: TargetUrl,
    pub(crate) method: DeliveryMethod,
    pub(crate) headers: CustomHeaders,
    pub(crate) secrets: Vec<SigningSecret>,
    /// Whose endpoint it is; nobody's yet, when it is not saved.
    pub(crate) owner: Option<AccountId>,
}

impl Destination {
    /// An endpoint that is not saved: it has no secret yet, so what goes there is not signed.
    #[must_use]
    pub fn unsaved(url: TargetUrl, method: DeliveryMethod, headers: CustomHeaders) -> Self {
        Self { url, method, headers, secrets: Vec::new(), owner: None }
    }

    /// A saved endpoint of `webhook`: opens its headers and its secrets, those before included while they are in their overlap.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when KMS cannot open one of them.
    pub async fn open(
        vault: &Vault,
        webhook: &Webhook,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let mut secrets = Vec::new();
        for sealed in webhook.secrets_that_sign(now) {
            secrets.push(open_secret(vault, webhook, sealed).await?);
        }
        let headers = open_headers(vault, webhook, endpoint).await?;
        let owner = Some(webhook.account_id.clone());
        Ok(Self { url: endpoint.url.clone(), method: endpoint.method, headers, secrets, owner })
    }
}
