use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError, PeerIncompatible, PeerMisbehaved};
use url::Url;

use crate::resolver::ResolveError;
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

/// In which way a request goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// `https`, at a port for endpoints.
    Https,
    /// `https`, at another port: inside the trusted networks only.
    OtherPort,
    /// Plain `http`: inside the trusted networks only.
    PlainHttp,
}

/// Who a failure is about, as messages name it, and what the failure is judged by.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    host: &'a str,
    port: u16,
    pub(crate) way: Way,
    limits: &'a Limits,
    /// Without roots, the fault is this deployment's and not the receiver's.
    has_roots: bool,
}

impl<'a> Target<'a> {
    pub(crate) fn new(url: &'a Url, way: Way, limits: &'a Limits, has_roots: bool) -> Self {
        let host = url.host_str().unwrap_or_default();
        Self { host, port: url.port_or_known_default().unwrap_or_default(), way, limits, has_roots }
    }

    /// No status line and headers came before the time was up.
    pub(crate) fn no_answer(&self) -> Failure {
        let Self { host, port, limits, .. } = self;
        let message = format!("no answer from {host}:{port} within {}", seconds(limits.head));
        Failure::new(ErrorCode::Timeout, message)
    }

    /// The host is an address that the request may not go to.
    pub(crate) fn blocked(&self) -> Failure {
        let Self { host, way, .. } = self;
        let message = match way {
            Way::Https => format!("{host} is not on the public internet"),
            Way::OtherPort => self.other_port(),
            Way::PlainHttp => {
                format!("{host} may only be called over https: it is outside the trusted networks")
            }
        };
        Failure::new(ErrorCode::BlockedAddress, message)
    }

    /// The host is a name without an address that the request may go to. Its addresses stay unsaid, and whether it has any:
    /// they would tell a stranger what a private name server knows.
    fn refused(&self, refusal: ResolveError) -> Failure {
        let Self { host, way, limits, .. } = self;
        let message = match (way, refusal) {
            (Way::OtherPort, _) => return Failure::new(ErrorCode::BlockedAddress, self.other_port()),
            (_, ResolveError::TimedOut) => {
                format!("{host} did not resolve to an address within {}", seconds(limits.resolve))
            }
            (Way::Https, ResolveError::NoAddress) => format!("{host} does not resolve to a public address"),
            (Way::PlainHttp, ResolveError::NoAddress) => format!(
                "{host} does not resolve to an address in the trusted networks; others are called over https only"
            ),
        };
        Failure::new(ErrorCode::Dns, message)
    }

    fn other_port(&self) -> String {
        let Self { host, port, .. } = self;
        format!(
            "{host}:{port} may not be called: outside the trusted networks, port {port} is not for endpoints"
        )
    }

    /// What an error of reqwest means, judged by the types along its chain of sources, never by their texts.
    pub(crate) fn classify(&self, error: &reqwest::Error) -> Failure {
        if let Some(refusal) = find::<ResolveError>(error) {
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
        self.protocol_failure(error)
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
        self.broken_off(root_io_error(error))
    }

    /// The system's word for why a connection could not be made.
    fn broken_off(&self, kind: Option<ErrorKind>) -> Failure {
        let Self { host, port, .. } = self;
        match kind {
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
            rustls::Error::AlertReceived(alert) => self.alert_message(*alert),
            rustls::Error::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedCipherSuite)
            | rustls::Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon) => {
                self.no_cipher_suite()
            }
            rustls::Error::PeerIncompatible(_) => format!("{host}:{port} does not support TLS 1.2 or 1.3"),
            _ => format!("the TLS connection with {host}:{port} failed"),
        }
    }

    /// What a receiver's refusal means: TLS has a word for it, but not for its reason.
    fn alert_message(&self, alert: AlertDescription) -> String {
        let Self { host, port, .. } = self;
        match alert {
            // A receiver that shares no cipher suite can say nothing else.
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
                self.no_cipher_suite()
            }
            AlertDescription::ProtocolVersion => format!("{host}:{port} does not support TLS 1.2 or 1.3"),
            AlertDescription::CertificateRequired => format!("{host}:{port} asks for a client certificate"),
            AlertDescription::UnrecognisedName => format!("{host}:{port} does not know the name {host}"),
            _ => format!("{host}:{port} refused the TLS connection"),
        }
    }

    fn no_cipher_suite(&self) -> String {
        let Self { host, port, .. } = self;
        format!(
            "{host}:{port} refused the TLS connection: it shares no cipher suite (TLS 1.3, or TLS 1.2 with ECDHE and \
             AES-GCM or ChaCha20-Poly1305), or asks for a client certificate"
        )
    }

    fn protocol_failure(&self, error: &reqwest::Error) -> Failure {
        let Self { host, port, .. } = self;
        match find::<hyper::Error>(error) {
            None if error.is_builder() => {
                Failure::new(ErrorCode::Unsendable, format!("no HTTP request can be made for {host}:{port}"))
            }
            None => {
                let message = format!("the request to {host}:{port} could not be sent");
                Failure::new(ErrorCode::Protocol, message)
            }
            Some(http) if http.is_parse() => Failure::new(
                ErrorCode::Protocol,
                format!(
                    "the answer from {host}:{port} is not HTTP/1.1, or its headers cannot be read, are too many or too large"
                ),
            ),
            Some(_) => Failure::new(
                ErrorCode::Protocol,
                format!("{host}:{port} closed the connection before its answer was complete"),
            ),
        }
    }
}

/// What was odd about a body whose head came, in the words of the log.
pub(crate) fn cut_body_note(error: &reqwest::Error) -> String {
    let note = if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse)
        || root_io_error(error)
            .is_some_and(|kind| matches!(kind, ErrorKind::InvalidInput | ErrorKind::InvalidData))
    {
        "the answer's body is not what its headers say"
    } else {
        "the connection ended before the answer's body did, or without TLS's close_notify"
    };
    note.to_owned()
}

/// The same of one that did not end in time.
pub(crate) fn slow_body_note(limits: &Limits) -> String {
    format!("the answer's body did not end within {}", seconds(limits.body))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn message_of(failing: impl FnOnce(&Target<'_>) -> Failure) -> (ErrorCode, String) {
        let (url, limits) = (Url::parse("https://example.com/hook").expect("a URL"), Limits::default());
        let Failure { code, message } = failing(&Target::new(&url, Way::Https, &limits, true));
        assert!(message.contains("example.com"), "{message}");
        (code, message)
    }

    #[test]
    fn each_way_to_get_no_connection_is_told_apart() {
        for (kind, code, told) in [
            (ErrorKind::ConnectionReset, ErrorCode::Tls, "during the TLS handshake"),
            (ErrorKind::UnexpectedEof, ErrorCode::Tls, "during the TLS handshake"),
            (ErrorKind::BrokenPipe, ErrorCode::Tls, "during the TLS handshake"),
            (ErrorKind::ConnectionRefused, ErrorCode::Connect, "connection refused by"),
            (ErrorKind::HostUnreachable, ErrorCode::Connect, "cannot be reached"),
            (ErrorKind::NetworkUnreachable, ErrorCode::Connect, "cannot be reached"),
            (ErrorKind::AddrNotAvailable, ErrorCode::Connect, "no connection to"),
        ] {
            let (is, message) = message_of(|target| target.broken_off(Some(kind)));
            assert!(is == code && message.contains(told), "{kind}: {is:?} {message}");
        }
    }

    #[test]
    fn what_tls_says_is_told_in_words_that_help() {
        for (error, told) in [
            (PeerIncompatible::ServerDoesNotSupportTls12Or13.into(), "does not support TLS 1.2 or 1.3"),
            (PeerIncompatible::NoCipherSuitesInCommon.into(), "shares no cipher suite"),
            (PeerMisbehaved::SelectedUnofferedCipherSuite.into(), "shares no cipher suite"),
            (
                rustls::Error::AlertReceived(AlertDescription::ProtocolVersion),
                "does not support TLS 1.2 or 1.3",
            ),
            (rustls::Error::AlertReceived(AlertDescription::InsufficientSecurity), "shares no cipher suite"),
            (rustls::Error::AlertReceived(AlertDescription::UnrecognisedName), "does not know the name"),
            (rustls::Error::AlertReceived(AlertDescription::BadRecordMac), "refused the TLS connection"),
            (rustls::Error::InvalidCertificate(CertificateError::Revoked), "is revoked"),
            (rustls::Error::InvalidCertificate(CertificateError::BadSignature), "is not valid for a server"),
            (rustls::Error::DecryptError, "failed"),
        ] {
            let (_, message) = message_of(|target| Failure::new(ErrorCode::Tls, target.tls_message(&error)));
            assert!(message.contains(told), "{error:?}: {message}");
        }
    }

    #[test]
    fn a_request_that_cannot_be_made_is_not_one_that_could_not_be_sent() {
        let unmade = reqwest::Request::try_from(http::Request::get("/hook").body("").expect("a request"));
        let unmade = unmade.expect_err("no URL");
        let (code, message) = message_of(|target| target.classify(&unmade));
        assert!(
            code == ErrorCode::Unsendable && message.contains("no HTTP request can be made"),
            "{message}"
        );
        let mut refused = http::Response::new("");
        *refused.status_mut() = http::StatusCode::BAD_REQUEST;
        let unsent = reqwest::Response::from(refused).error_for_status().expect_err("an error");
        let (code, message) = message_of(|target| target.classify(&unsent));
        assert!(code == ErrorCode::Protocol && message.contains("could not be sent"), "{message}");
    }
}
