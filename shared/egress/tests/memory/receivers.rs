//! The receivers' process: this test binary, started by itself, with a port for each of them.

use std::io::{BufRead, BufReader, Read, Result, Write, stdin};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::{env, thread};

use egress::Roots;
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::endpoint_answers::{Receiver, all_receivers};
use crate::tls::Session;

const CERTIFICATE: &str = "RECEIVERS_CERTIFICATE";
const KEY: &str = "RECEIVERS_KEY";
const HOST: &str = "127.0.0.1";

pub(crate) trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// What a receiver does with a connection.
pub(crate) enum Play {
    /// In plain HTTP.
    Http(fn(&mut dyn Stream) -> Result<()>),
    /// In a TLS session.
    Tls(fn(&mut Session) -> Result<()>),
    /// Where a TLS handshake is expected.
    Handshake(fn(&mut dyn Stream) -> Result<()>),
    /// A TLS handshake with its certificate a thousand times.
    LongChain,
}

/// The certificate of the receivers that speak TLS; in the environment of their process.
pub(crate) struct Identity {
    certificate: String,
    key: String,
}

impl Identity {
    pub(crate) fn made() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([HOST.to_owned()]).unwrap().self_signed(&key).unwrap();
        Self { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// There in the receivers' process only.
    pub(crate) fn from_environment() -> Option<Self> {
        Some(Self { certificate: env::var(CERTIFICATE).ok()?, key: env::var(KEY).ok()? })
    }

    /// This certificate as the only one that is trusted.
    pub(crate) fn roots(&self) -> Roots {
        Roots::of([self.certificate()])
    }

    fn certificate(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()
    }

    /// Presents the certificate this many times.
    fn config(&self, times: usize) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate(); times], key)
            .unwrap();
        Arc::new(config)
    }
}

/// The receivers' process as the sender's sees it. It ends with its standard input.
pub(crate) struct Receivers {
    process: Child,
    ports: Vec<u16>,
}

impl Receivers {
    /// Starts this binary's test of that name in the receivers' role.
    pub(crate) fn started(test: &str, identity: &Identity) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(CERTIFICATE, &identity.certificate)
            .env(KEY, &identity.key)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(process.stderr.as_mut().unwrap()).read_line(&mut said).unwrap();
        let ports = said.split_whitespace().map(|port| port.parse().unwrap()).collect();
        Self { process, ports }
    }

    pub(crate) fn url(&self, name: &str) -> String {
        let (receiver, port) =
            all_receivers().into_iter().zip(&self.ports).find(|(receiver, _)| receiver.name == name).unwrap();
        let scheme = if matches!(receiver.play, Play::Http(_)) { "http" } else { "https" };
        format!("{scheme}://{HOST}:{port}/hook")
    }
}

impl Drop for Receivers {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// In the receivers' process: says the ports, in their order, and plays until nobody wants it any more.
pub(crate) fn play(identity: &Identity) {
    let (plain, long) = (identity.config(1), identity.config(1_000));
    let ports: Vec<String> = all_receivers()
        .into_iter()
        .map(|receiver| {
            let listener = TcpListener::bind((HOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let tls = Arc::clone(if matches!(receiver.play, Play::LongChain) { &long } else { &plain });
            thread::spawn(move || receive(&listener, &receiver, &tls));
            port.to_string()
        })
        .collect();
    eprintln!("{}", ports.join(" "));
    let _ = stdin().read_to_end(&mut Vec::new());
}

/// One connection after the other; the sender may have enough at any time.
fn receive(listener: &TcpListener, receiver: &Receiver, tls: &Arc<ServerConfig>) {
    for stream in listener.incoming() {
        let mut stream: TcpStream = stream.unwrap();
        let session = |stream| StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), stream);
        let _ = match receiver.play {
            Play::Http(play) | Play::Handshake(play) => play(&mut stream),
            Play::Tls(play) => play(&mut session(stream)),
            Play::LongChain => session(stream).read(&mut [0]).map(|_| ()),
        };
    }
}
