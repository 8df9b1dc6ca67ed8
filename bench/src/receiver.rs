//! Endpoints: they answer 200 at once and note when each delivery arrived.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::Outcome;
use crate::http_server::{Asked, Server, answer, serve};

/// Arrivals by `webhook-id`.
pub type Arrivals = HashMap<String, Instant>;

/// A certificate for 127.0.0.1 that the receivers share.
pub struct Certificate {
    /// What a function has to trust.
    pub pem: String,
    acceptor: TlsAcceptor,
}

/// Some endpoints on loopback, each on a port of its own.
pub struct Receivers {
    servers: Vec<Server>,
    scheme: &'static str,
    arrivals: Arc<Mutex<Arrivals>>,
    status: Arc<AtomicU16>,
}

impl Certificate {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When the crypto provider refuses.
    pub fn new() -> Outcome<Self> {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)?;
        Ok(Self { pem: cert.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

impl Receivers {
    /// Starts `count` endpoints, with TLS when there is a certificate.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(count: usize, certificate: Option<&Certificate>) -> Outcome<Self> {
        let arrivals = Arc::<Mutex<Arrivals>>::default();
        let status = Arc::new(AtomicU16::new(200));
        let mut servers = Vec::new();
        for _ in 0..count {
            let (arrivals, status) = (Arc::clone(&arrivals), Arc::clone(&status));
            let note = move |asked: Asked| {
                let now = Instant::now();
                if let Some(id) = asked.headers().get("webhook-id").and_then(|id| id.to_str().ok()) {
                    arrivals.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), now);
                }
                let status = status.load(Ordering::Relaxed);
                async move { answer(status, "text/plain", "ok") }
            };
            servers.push(serve(certificate.map(|certificate| certificate.acceptor.clone()), note).await?);
        }
        let scheme = if certificate.is_some() { "https" } else { "http" };
        Ok(Self { servers, scheme, arrivals, status })
    }

    /// The endpoints' URLs.
    pub fn urls(&self) -> impl Iterator<Item = String> {
        self.servers.iter().map(|server| format!("{}://{}/hooks/calls", self.scheme, server.address))
    }

    /// Answers with another status from now on.
    pub fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// What has arrived since this was asked the last time.
    #[must_use]
    pub fn take_arrivals(&self) -> Arrivals {
        std::mem::take(&mut *self.arrivals.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
