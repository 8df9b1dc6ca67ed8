use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;
use std::time::Duration;

use rustls::CertificateError;
use url::Url;

use crate::resolver::Refusal;
use crate::{ErrorCode, ExchangeOutcome, Limits};

/// A failure on its way to becoming [`ExchangeOutcome::Errored`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<Failure> for ExchangeOutcome {
    fn from(Failure { code, message }: Failure) -> Self {
        Self::Errored { code, message }
    }
}

/// Who a failure is about, as messages name it, and what the failure is judged by.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    host: &'a str,
    port: u16,
    limits: &'a Limits,
    /// Without roots, the fault is this deployment's and not the receiver's.
    has_roots: bool,
}

impl<'a> Target<'a> {
    pub(crate) fn new(url: &'a Url, limits: &'a Limits, has_roots: bool) -> Self {
        let host = url.host_str().unwrap_or_default();
        Self { host, port: url.port_or_known_default().unwrap_or_default(), limits, has_roots }
    }

    /// No status line and headers came before the time was up.
    pub(crate) fn no_answer(&self) -> Failure {
        let Self { host, port, limits, .. } = self;
        let message = format!("no answer from {host}:{port} within {}", seconds(limits.exchange));
        Failure::new(ErrorCode::Timeout, message)
    }

    /// The answer began, and its body did not end before the time was up.
    pub(crate) fn incomplete_answer(&self) -> Failure {
        let Self { host, port, limits, .. } = self;
        let message = format!("no complete answer from {host}:{port} within {}", seconds(limits.exchange));
        Failure::new(ErrorCode::Timeout, message)
    }

    /// The host is an address, or resolves to addresses, that the request may not go to.
    pub(crate) fn refused(&self, refusal: Refusal) -> Failure {
        let host = self.host;
        match refusal {
            Refusal::NotFound => {
                Failure::new(ErrorCode::Dns, format!("{host} does not resolve to an address"))
            }
            Refusal::TimedOut => {
                let limit = seconds(self.limits.resolve);
                Failure::new(ErrorCode::Dns, format!("{host} did not resolve to an address within {limit}"))
            }
            // The addresses of a name stay unsaid: they would tell a stranger what a private name server knows.
            Refusal::NotPublic => {
                Failure::new(ErrorCode::BlockedAddress, format!("{host} is not on the public internet"))
            }
            Refusal::NotTrusted => Failure::new(
                ErrorCode::BlockedAddress,
                format!("{host} may only be called over https: it is outside the trusted networks"),
            ),
        }
    }

    /// What an error of reqwest means, judged by the types along its chain of sources, never by their texts.
    pub(crate) fn classify(&self, error: &reqwest::Error) -> Failure {
        if let Some(refusal) = find::<Refusal>(error) {
            return self.refused(*refusal);
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Failure::new(ErrorCode::Tls, self.tls_message(tls));
        }
        if error.is_connect() {
            return self.no_connection(error);
        }
        if error.is_timeout() {
            return self.no_answer();
        }
        Failure::new(ErrorCode::Protocol, self.protocol_message(error))
    }

    fn no_connection(&self, error: &reqwest::Error) -> Failure {
        let Self { host, port, limits, .. } = self;
        if error.is_timeout() {
            let limit = seconds(limits.connect);
            return Failure::new(
                ErrorCode::Timeout,
                format!("no connection to {host}:{port} within {limit}"),
            );
        }
        match root_io_error(error) {
            // Of a connection that is being made, only a TLS handshake can be cut off.
            Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                Failure::new(
                    ErrorCode::Tls,
                    format!("{host}:{port} closed the connection during the TLS handshake"),
                )
            }
            Some(ErrorKind::ConnectionRefused) => {
                Failure::new(ErrorCode::Connect, format!("connection refused by {host}:{port}"))
            }
            Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
                Failure::new(ErrorCode::Connect, format!("{host}:{port} cannot be reached"))
            }
            _ => Failure::new(ErrorCode::Connect, format!("no connection to {host}:{port}")),
        }
    }

    fn tls_message(&self, error: &rustls::Error) -> String {
        let Self { host, port, has_roots, .. } = self;
        match error {
            rustls::Error::InvalidCertificate(reason) => match reason {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    format!("the TLS certificate of {host} has expired")
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    format!("the TLS certificate of {host} is not valid yet")
                }
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    format!("the TLS certificate of {host} is for another name")
                }
                CertificateError::UnknownIssuer if !has_roots => {
                    "this deployment has no certificate authorities to check certificates by".to_owned()
                }
                CertificateError::UnknownIssuer => format!(
                    "the TLS certificate of {host} does not come from a known authority: \
                     it is self-signed, or its intermediate certificate is not sent along"
                ),
                CertificateError::Revoked => format!("the TLS certificate of {host} is revoked"),
                _ => format!("the TLS certificate of {host} is not valid for a server"),
            },
            rustls::Error::InvalidMessage(_) => format!("{host}:{port} does not speak TLS"),
            rustls::Error::AlertReceived(_) => format!("{host}:{port} refused the TLS connection"),
            rustls::Error::PeerIncompatible(_) => format!("{host}:{port} does not support TLS 1.2 or 1.3"),
            _ => format!("the TLS connection with {host}:{port} failed"),
        }
    }

    fn protocol_message(&self, error: &reqwest::Error) -> String {
        let Self { host, port, .. } = self;
        let Some(http) = find::<hyper::Error>(error) else {
            return format!("the request to {host}:{port} could not be sent");
        };
        if http.is_parse() {
            format!("the answer from {host}:{port} is not HTTP/1.1, or its headers are too many or too large")
        } else {
            format!("{host}:{port} closed the connection before its answer was complete")
        }
    }
}

/// Whether a connection that was there ended before an answer began. That includes hyper's own word that it never wrote a byte
/// of the request (`is_canceled`).
pub(crate) fn connection_ended(error: &reqwest::Error) -> bool {
    if error.is_connect() {
        return false;
    }
    let by_hyper = find::<hyper::Error>(error)
        .is_some_and(|error| error.is_incomplete_message() || error.is_canceled() || error.is_closed());
    let by_the_system = matches!(
        root_io_error(error),
        Some(
            ErrorKind::ConnectionReset
                | ErrorKind::BrokenPipe
                | ErrorKind::ConnectionAborted
                | ErrorKind::TimedOut
                | ErrorKind::UnexpectedEof
        )
    );
    by_hyper || by_the_system
}

/// The first error of this type in the chain.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The kind of the last I/O error in the chain: those before it only wrap it, and say `Other`.
fn root_io_error(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// The error and its sources, one beneath the other.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |error| beneath(*error))
}

/// The error beneath this one. `io::Error::source` passes over the error that it wraps, which is where rustls' are.
fn beneath<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// A time limit as a reader writes it: `10 s`, `2.5 s`.
fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}
