use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::SigningSecret;

/// [`sign`] was called without a secret; an unsigned delivery must never look like a signed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no secret to sign with")]
pub struct NoSecretError;

/// The value of the `webhook-signature` header: one `v1,<base64>` per secret, in the order given, separated by spaces.
///
/// `id` is the `webhook-id` (no dots), `timestamp_seconds` the `webhook-timestamp` (seconds since 1970), `body` the bytes
/// of the request's body, or of the raw query string for a GET delivery.
///
/// # Errors
///
/// [`NoSecretError`] when `secrets` is empty.
pub fn sign(
    secrets: &[SigningSecret],
    id: &str,
    timestamp_seconds: u64,
    body: &[u8],
) -> Result<String, NoSecretError> {
    if secrets.is_empty() {
        return Err(NoSecretError);
    }
    let head = format!("{id}.{timestamp_seconds}.");
    let signatures: Vec<String> =
        secrets.iter().map(|secret| sign_with(secret, head.as_bytes(), body)).collect();
    Ok(signatures.join(" "))
}

/// The head and the body are fed one after the other, so that a large body is not copied.
fn sign_with(secret: &SigningSecret, head: &[u8], body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
    let mut content = hmac::Context::with_key(&key);
    content.update(head);
    content.update(body);
    format!("v1,{}", STANDARD.encode(content.sign()))
}
