//! TLS: whom the sender trusts, and what it says of those whom it does not.

use std::time::Duration;

use egress::ErrorCode::{Timeout, Tls};
use egress::{Exchange, Roots};
use rustls::ALL_VERSIONS;
use rustls::version::TLS12;
use tokio::time::sleep;

use crate::certificates::{Authority, Identity, expired, not_yet_valid, self_signed, tls_receiver};
use crate::receivers::Receiver;
use crate::resolvers::Scripted;
use crate::{answered, errored, post, sender_with};

/// One attempt at `https://{host}`, which stands for loopback.
async fn attempt(host: &str, port: u16, roots: Roots) -> Exchange {
    let resolver = Scripted::saying(&[&["127.0.0.1"]]);
    sender_with(resolver, "127.0.0.0/8", roots).send(post(&format!("https://{host}:{port}/s3cret"))).await
}

/// The same at a receiver with this certificate, which never gets to see the request.
async fn refused(identity: Identity, roots: Roots) -> String {
    let receiver = tls_receiver(identity, ALL_VERSIONS).await;
    let attempt = attempt("receiver.test", receiver.port, roots).await;
    let (code, message) = errored(&attempt);
    assert_eq!(code, Tls, "{message}");
    assert_eq!((receiver.connections(), receiver.requests().len()), (1, 0));
    message.to_owned()
}

#[tokio::test]
async fn a_receiver_with_a_certificate_of_a_known_authority_is_called() {
    let authority = Authority::named("a test authority");
    let receiver = tls_receiver(authority.issue("receiver.test", |_| {}), ALL_VERSIONS).await;
    for host in ["receiver.test", "Receiver.Test", "receiver.test."] {
        assert_eq!(answered(&attempt(host, receiver.port, authority.roots()).await), (200, "ok"));
    }
    assert!(receiver.requests()[0].starts_with("POST /s3cret HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_receiver_that_is_an_address_is_called_with_a_certificate_for_it() {
    let authority = Authority::named("a test authority");
    let receiver = tls_receiver(authority.issue("127.0.0.1", |_| {}), ALL_VERSIONS).await;
    assert_eq!(answered(&attempt("127.0.0.1", receiver.port, authority.roots()).await), (200, "ok"));
}

#[tokio::test]
async fn a_receiver_with_tls_1_2_is_called() {
    let authority = Authority::named("a test authority");
    let receiver = tls_receiver(authority.issue("receiver.test", |_| {}), &[&TLS12]).await;
    assert_eq!(answered(&attempt("receiver.test", receiver.port, authority.roots()).await), (200, "ok"));
}

#[tokio::test]
async fn an_expired_certificate_is_a_tls_error() {
    let authority = Authority::named("a test authority");
    let message = refused(authority.issue("receiver.test", expired), authority.roots()).await;
    assert_eq!(message, "the TLS certificate of receiver.test has expired");
}

#[tokio::test]
async fn a_certificate_that_is_not_valid_yet_is_a_tls_error() {
    let authority = Authority::named("a test authority");
    let message = refused(authority.issue("receiver.test", not_yet_valid), authority.roots()).await;
    assert_eq!(message, "the TLS certificate of receiver.test is not valid yet");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_a_tls_error() {
    let authority = Authority::named("a test authority");
    let message = refused(authority.issue("other.test", |_| {}), authority.roots()).await;
    assert_eq!(message, "the TLS certificate of receiver.test is for another name");
}

#[tokio::test]
async fn a_self_signed_certificate_is_a_tls_error() {
    let message = refused(self_signed("receiver.test"), Authority::named("a test authority").roots()).await;
    assert!(message.contains("does not come from a known authority: it is self-signed"), "{message}");
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_a_tls_error() {
    let identity = Authority::named("a stranger").issue("receiver.test", |_| {});
    let message = refused(identity, Authority::named("a test authority").roots()).await;
    assert!(message.contains("does not come from a known authority"), "{message}");
}

#[tokio::test]
async fn without_authorities_of_its_own_the_deployment_is_named_as_the_cause() {
    let identity = Authority::named("a test authority").issue("receiver.test", |_| {});
    let message = refused(identity, Roots::of([])).await;
    assert_eq!(message, "this deployment has no certificate authorities to check certificates by");
}

#[tokio::test]
async fn a_certificate_is_checked_at_every_attempt() {
    let authority = Authority::named("a test authority");
    let receiver = tls_receiver(authority.issue("receiver.test", |_| {}), ALL_VERSIONS).await;
    let port = receiver.port;
    let resolver = Scripted::saying(&[&["127.0.0.1"]]);
    let sender = sender_with(resolver, "127.0.0.0/8", authority.roots());
    for _ in 0..3 {
        answered(&sender.send(post(&format!("https://receiver.test:{port}/"))).await);
        errored(&sender.send(post(&format!("https://other.test:{port}/"))).await);
    }
}

#[tokio::test]
async fn a_port_that_does_not_speak_tls_is_a_tls_error() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
        sleep(Duration::from_millis(500)).await;
    })
    .await;
    let attempt = attempt("receiver.test", receiver.port, Roots::of([])).await;
    let expected = format!("receiver.test:{} does not speak TLS", receiver.port);
    assert_eq!(errored(&attempt), (Tls, &*expected));
}

#[tokio::test]
async fn what_a_receiver_refuses_tls_for_is_said() {
    let no_cipher_suite = "refused the TLS connection: it shares no cipher suite (TLS 1.3, or TLS 1.2 with ECDHE and \
                           AES-GCM or ChaCha20-Poly1305), or asks for a client certificate";
    for (alert, expected) in [
        (40, no_cipher_suite),
        (71, no_cipher_suite),
        (70, "does not support TLS 1.2 or 1.3"),
        (112, "does not know the name receiver.test"),
        (116, "asks for a client certificate"),
        (80, "refused the TLS connection"),
    ] {
        let receiver = Receiver::behaving(move |mut stream, _| async move {
            // A fatal alert.
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &[21, 3, 3, 0, 2, 2, alert]).await;
            sleep(Duration::from_millis(500)).await;
        })
        .await;
        let attempt = attempt("receiver.test", receiver.port, Roots::of([])).await;
        let expected = format!("receiver.test:{} {expected}", receiver.port);
        assert_eq!(errored(&attempt), (Tls, &*expected));
    }
}

#[tokio::test]
async fn a_connection_closed_during_the_handshake_is_a_tls_error() {
    let receiver = Receiver::behaving(|_, _| async {}).await;
    let attempt = attempt("receiver.test", receiver.port, Roots::of([])).await;
    assert_eq!(errored(&attempt).0, Tls);
}

#[tokio::test]
async fn silence_during_the_handshake_is_a_timeout() {
    let receiver = Receiver::behaving(|stream, _| async move {
        sleep(Duration::from_mins(1)).await;
        drop(stream);
    })
    .await;
    let attempt = attempt("receiver.test", receiver.port, Roots::of([])).await;
    let expected = format!("no connection to receiver.test:{} within 0.6 s", receiver.port);
    assert_eq!(errored(&attempt), (Timeout, &*expected));
}
