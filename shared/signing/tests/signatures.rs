//! Signatures as receivers see them: checked with the published `standardwebhooks` verifier, never with our own signer.

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use proptest::prelude::*;
use signing::{NoSecretError, SigningSecret, sign};
use standardwebhooks::Webhook;

#[expect(clippy::disallowed_methods, reason = "nobody hands a test its randomness")]
fn random(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("random bytes");
}

/// The verifier refuses timestamps more than five minutes away.
#[expect(clippy::disallowed_methods, reason = "nobody hands a test its clock")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn verifies(secret: &SigningSecret, signature: &str, id: &str, timestamp: u64, body: &[u8]) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", id.parse().expect("a header value"));
    headers.insert("webhook-timestamp", timestamp.into());
    headers.insert("webhook-signature", signature.parse().expect("a header value"));
    Webhook::new(&secret.expose()).expect("a secret").verify(body, &headers).is_ok()
}

#[test]
fn the_published_example_has_the_published_signature() {
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("is valid");
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let signature = sign(&[secret], id, 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signature.as_deref(), Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
}

#[test]
fn nothing_is_signed_without_a_secret() {
    assert_eq!(sign(&[], "msg_1", now(), b"{}"), Err(NoSecretError));
}

#[test]
fn during_an_overlap_the_old_and_the_new_secret_both_verify() {
    let secrets = [SigningSecret::generate(random), SigningSecret::generate(random)];
    let timestamp = now();
    let signature = sign(&secrets, "msg_1", timestamp, b"{}").expect("is signed");
    assert_eq!(signature.split(' ').count(), 2);
    for secret in &secrets {
        assert!(verifies(secret, &signature, "msg_1", timestamp, b"{}"));
    }
    assert!(!verifies(&SigningSecret::generate(random), &signature, "msg_1", timestamp, b"{}"));
}

#[test]
fn a_changed_id_timestamp_or_body_does_not_verify() {
    let secret = SigningSecret::generate(random);
    let timestamp = now();
    let signature = sign(std::slice::from_ref(&secret), "msg_1", timestamp, b"{}").expect("is signed");
    assert!(verifies(&secret, &signature, "msg_1", timestamp, b"{}"));
    assert!(!verifies(&secret, &signature, "msg_2", timestamp, b"{}"));
    assert!(!verifies(&secret, &signature, "msg_1", timestamp - 1, b"{}"));
    assert!(!verifies(&secret, &signature, "msg_1", timestamp, b"{ }"));
}

proptest! {
    #[test]
    fn every_delivery_verifies_with_the_published_library(
        id in "msg_[a-zA-Z0-9]{1,40}",
        body in any::<String>(), // the published library takes text only
    ) {
        let secret = SigningSecret::generate(random);
        let timestamp = now();
        let signature = sign(std::slice::from_ref(&secret), &id, timestamp, body.as_bytes()).expect("is signed");
        prop_assert!(verifies(&secret, &signature, &id, timestamp, body.as_bytes()));
    }
}
