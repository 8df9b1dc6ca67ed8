//! Certificates made for a test, and receivers that present them.

use std::sync::Arc;

use egress::Roots;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use crate::receivers::{Receiver, read_request};

/// A certificate authority of a test's own.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// This authority as the only one that is trusted.
    pub(crate) fn roots(&self) -> Roots {
        Roots::of([self.0.der().clone()])
    }

    /// A certificate for this host, changed as `change` wants.
    pub(crate) fn issue(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let issuer: &Issuer<'_, KeyPair> = &self.0;
        identity(host, change, |params, key| params.signed_by(key, issuer))
    }
}

/// A certificate that is signed by itself.
pub(crate) fn self_signed(host: &str) -> Identity {
    identity(host, |_| {}, CertificateParams::self_signed)
}

fn identity(
    host: &str,
    change: impl FnOnce(&mut CertificateParams),
    sign: impl FnOnce(&CertificateParams, &KeyPair) -> Result<rcgen::Certificate, rcgen::Error>,
) -> Identity {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, host);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = sign(&params, &key).unwrap();
    Identity {
        certificate: certificate.der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    }
}

pub(crate) fn expired(params: &mut CertificateParams) {
    params.not_after = date_time_ymd(2020, 1, 1);
}

pub(crate) fn not_yet_valid(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2999, 1, 1);
}

/// A receiver that presents this certificate and answers `200 ok`.
pub(crate) async fn tls_receiver(
    identity: Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Receiver {
    let acceptor = acceptor(identity, versions);
    Receiver::behaving(move |stream, requests| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let request = read_request(&mut stream).await;
            requests.lock().unwrap().push(request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

/// A receiver that reads a request by TLS, answers with these bytes, and closes the socket without TLS's close_notify.
pub(crate) async fn tls_receiver_hanging_up(identity: Identity, answer: String) -> Receiver {
    let acceptor = acceptor(identity, rustls::ALL_VERSIONS);
    Receiver::behaving(move |stream, _| {
        let (acceptor, answer) = (acceptor.clone(), answer.clone());
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            read_request(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.flush().await;
        }
    })
    .await
}

fn acceptor(identity: Identity, versions: &[&'static rustls::SupportedProtocolVersion]) -> TlsAcceptor {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate], identity.key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
