//! What is sealed of a webhook, and what binds it to that webhook: a value that is moved to another webhook, or to another
//! account, cannot be opened there.

use std::str;

use domain::{AccountId, CustomHeaders, Endpoint, SealedBytes, Webhook, WebhookId};
use signing::SigningSecret;

use crate::{Purpose, SealContext, Vault, VaultError};

/// The sealed parts of an endpoint cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// KMS would not, or did not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What was sealed is no signing secret, or no list of headers.
    #[error("what was sealed as {0} is something else")]
    Content(&'static str),
}

impl OpenError {
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
/// [`OpenError`] when KMS cannot open them.
pub async fn open_headers(
    vault: &Vault,
    webhook: &Webhook,
    endpoint: &Endpoint,
) -> Result<CustomHeaders, OpenError> {
    let Some(sealed) = &endpoint.sealed_headers else { return Ok(CustomHeaders::default()) };
    let context = seal_context(&webhook.account_id, &webhook.id, Purpose::Headers);
    let opened = vault.open(&context, &sealed.0).await?;
    str::from_utf8(opened.as_bytes())
        .ok()
        .and_then(CustomHeaders::from_lines)
        .ok_or(OpenError::Content("custom headers"))
}

/// A signing secret of this webhook.
///
/// # Errors
///
/// [`OpenError`] when KMS cannot open it.
pub async fn open_secret(
    vault: &Vault,
    webhook: &Webhook,
    sealed: &SealedBytes,
) -> Result<SigningSecret, OpenError> {
    let context = seal_context(&webhook.account_id, &webhook.id, Purpose::SigningSecret);
    let opened = vault.open(&context, &sealed.0).await?;
    str::from_utf8(opened.as_bytes())
        .ok()
        .and_then(|text| SigningSecret::parse(text).ok())
        .ok_or(OpenError::Content("a signing secret"))
}

fn seal_context(account: &AccountId, webhook: &WebhookId, purpose: Purpose) -> SealContext {
    SealContext { account: account.to_string(), webhook: webhook.to_string(), purpose }
}

#[cfg(test)]
mod tests {
    use domain::{Clock, DeliveryMethod, DisabledState, Event, TargetUrl, Timestamp, WebhookKind};
    use environment::aws_client;
    use scripted_aws::{Answer, scripted};
    use serde_json::{Value, json};

    use super::*;

    /// A vault whose KMS opens a value under the context that it was sealed under, and under no other. (Its ciphertext is the
    /// text itself: the SDK takes any bytes.)
    fn vault() -> Vault {
        let mut sealed: Vec<(Value, Value)> = Vec::new();
        let config = scripted(move |asked| {
            let mut request: Value = serde_json::from_str(&asked.body).expect("JSON");
            let context = request["EncryptionContext"].take();
            if asked.operation == "Encrypt" {
                let text = request["Plaintext"].take();
                sealed.push((context, text.clone()));
                return Answer::ok(json!({"CiphertextBlob": text}).to_string());
            }
            let text = request["CiphertextBlob"].take();
            if sealed.contains(&(context, text.clone())) {
                Answer::ok(json!({"Plaintext": text}).to_string())
            } else {
                Answer::refused("InvalidCiphertextException", "")
            }
        });
        Vault::new(aws_client!(aws_sdk_kms, &config), "a-key", Clock::system())
    }

    fn endpoint(sealed_headers: Option<SealedBytes>) -> Endpoint {
        let url = TargetUrl::parse("https://example.com/").expect("a URL");
        Endpoint { sealed_headers, ..Endpoint::new(url, DeliveryMethod::Post) }
    }

    fn webhook(account: &str, id: &str) -> Webhook {
        let now = Timestamp::from_millis(1);
        Webhook {
            account_id: AccountId::parse(account).expect("an id"),
            id: WebhookId::parse(id).expect("an id"),
            name: "CRM".into(),
            state: DisabledState::Enabled,
            signing_secret: SealedBytes(Vec::new()),
            previous_secrets: Vec::new(),
            managed_by: None,
            created_at: now,
            updated_at: now,
            kind: WebhookKind::Outbound {
                endpoint: endpoint(None),
                filter: None,
                events: Event::BY_DEFAULT.to_vec(),
            },
        }
    }

    fn is_unopenable<T>(opened: Result<T, OpenError>) -> bool {
        opened.is_err_and(|error| {
            error.is_permanent() && matches!(error, OpenError::Vault(VaultError::Unopenable))
        })
    }

    fn headers() -> CustomHeaders {
        CustomHeaders::parse(vec![("X-Key".into(), "k".into())]).expect("headers")
    }

    #[tokio::test]
    async fn a_sealed_secret_opens_for_its_webhook_and_for_no_other() {
        let (vault, own) = (vault(), webhook("acc_1", "wh_1"));
        let secret = SigningSecret::generate(|bytes| bytes.fill(7));
        let sealed = seal_secret(&vault, &own.account_id, &own.id, &secret).await.expect("is sealed");
        let opened = open_secret(&vault, &own, &sealed).await.expect("is opened");
        assert_eq!(opened.expose(), secret.expose());
        for other in [webhook("acc_1", "wh_2"), webhook("acc_2", "wh_1")] {
            assert!(is_unopenable(open_secret(&vault, &other, &sealed).await), "{:?}", other.id);
        }
        assert!(is_unopenable(open_headers(&vault, &own, &endpoint(Some(sealed))).await));
    }

    #[tokio::test]
    async fn sealed_headers_open_for_their_webhook_and_where_there_are_none_nothing_is_sealed() {
        let (vault, own) = (vault(), webhook("acc_1", "wh_1"));
        let sealed = seal_headers(&vault, &own.account_id, &own.id, &headers()).await.expect("is sealed");
        assert!(sealed.is_some());
        let opened = open_headers(&vault, &own, &endpoint(sealed.clone())).await.expect("is opened");
        assert_eq!(opened, headers());
        assert!(is_unopenable(open_headers(&vault, &webhook("acc_1", "wh_2"), &endpoint(sealed)).await));
        let none = seal_headers(&vault, &own.account_id, &own.id, &CustomHeaders::default()).await;
        assert_eq!(none.expect("nothing to seal"), None);
        let opened = open_headers(&vault, &own, &endpoint(None)).await;
        assert!(opened.is_ok_and(|headers| headers.is_empty()));
    }

    #[tokio::test]
    async fn what_was_sealed_as_something_else_can_never_be_used() {
        let (vault, own) = (vault(), webhook("acc_1", "wh_1"));
        for (purpose, text) in [(Purpose::SigningSecret, "no secret"), (Purpose::Headers, "no headers")] {
            let context = seal_context(&own.account_id, &own.id, purpose);
            let sealed = SealedBytes(vault.seal(&context, text.as_bytes()).await.expect("is sealed"));
            let error = match purpose {
                Purpose::SigningSecret => open_secret(&vault, &own, &sealed).await.err(),
                Purpose::Headers => open_headers(&vault, &own, &endpoint(Some(sealed))).await.err(),
            };
            let error = error.expect(text);
            assert!(matches!(error, OpenError::Content(_)) && error.is_permanent(), "{error:?}");
        }
    }

    #[test]
    fn a_kms_that_did_not_answer_may_be_asked_again() {
        assert!(!OpenError::from(VaultError::Unavailable("busy".into())).is_permanent());
    }
}
