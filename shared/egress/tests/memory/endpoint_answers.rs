//! Receivers of every temperament, and what an attempt at each comes to.

use egress::{ErrorCode, Exchange, ExchangeOutcome};

use crate::receivers::Play;
use crate::{http, tls};

/// What an attempt comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Comes {
    ToAnswer(u16),
    ToError(ErrorCode),
}

impl Comes {
    pub(crate) fn of(attempt: &Exchange) -> Self {
        match attempt.outcome {
            ExchangeOutcome::Answered { status, .. } => Self::ToAnswer(status),
            ExchangeOutcome::Errored { code, .. } => Self::ToError(code),
        }
    }
}

/// One receiver.
pub(crate) struct Receiver {
    pub(crate) name: &'static str,
    pub(crate) play: Play,
    pub(crate) comes_to: Comes,
}

/// The receivers that mean no harm.
pub(crate) const ORDINARY: [&str; 2] = ["an ordinary answer", "an ordinary answer by TLS"];

pub(crate) fn all_receivers() -> Vec<Receiver> {
    let mut all = over_http();
    all.extend(over_tls());
    all
}

fn over_http() -> Vec<Receiver> {
    use Comes::{ToAnswer, ToError};
    use ErrorCode::{Protocol, Timeout};
    let http = |name, play, comes_to| Receiver { name, play: Play::Http(play), comes_to };
    vec![
        http(ORDINARY[0], http::ordinary, ToAnswer(200)),
        http("a gigabyte, announced", http::gigabyte, ToAnswer(200)),
        http("a gigabyte, unannounced", http::unannounced_gigabyte, ToAnswer(200)),
        http("a gzip bomb", http::gzip_bomb, ToAnswer(200)),
        http("endless small chunks", http::small_chunks, ToAnswer(500)),
        http("one endless chunk", http::endless_chunk, ToAnswer(200)),
        http("an endless chunk extension", http::chunk_extension, ToAnswer(200)),
        http("endless trailers", http::trailers, ToAnswer(200)),
        http("ten thousand headers", http::ten_thousand_headers, ToError(Protocol)),
        http("a hundred headers of 4,000 bytes", http::large_headers, ToAnswer(200)),
        http("a header of 4 MB", http::header_of_megabytes, ToError(Protocol)),
        http("an endless header", http::endless_header, ToError(Protocol)),
        http("an endless reason", http::endless_reason, ToError(Protocol)),
        http("endless empty lines", http::empty_lines, ToError(Protocol)),
        http("endless 100 Continue", http::continues, ToError(Timeout)),
        http("endless 103 with large headers", http::early_hints, ToError(Timeout)),
        http("a switch of protocols", http::upgrade, ToAnswer(101)),
        http("a redirect to a location of 300 KB", http::large_redirect, ToAnswer(302)),
        http("a dribbled head", http::dribbled_head, ToError(Timeout)),
        http("a dribbled body", http::dribbled_body, ToAnswer(200)),
        http("silence before the head", http::silence, ToError(Timeout)),
        http("silence within the head", http::silence_within_head, ToError(Timeout)),
        http("silence after the head", http::silence_after_head, ToAnswer(200)),
        http("half an answer", http::half, ToAnswer(200)),
        http("a closed connection", http::close, ToError(Protocol)),
        http("something that is not HTTP", http::not_http, ToError(Protocol)),
        http("a gigabyte that is not HTTP", http::gigabyte_of_nothing, ToError(Protocol)),
    ]
}

fn over_tls() -> Vec<Receiver> {
    use Comes::{ToAnswer, ToError};
    use ErrorCode::{Timeout, Tls};
    let session = |name, play, comes_to| Receiver { name, play: Play::Tls(play), comes_to };
    let handshake = |name, play, comes_to| Receiver { name, play: Play::Handshake(play), comes_to };
    vec![
        session(ORDINARY[1], tls::ordinary, ToAnswer(200)),
        session("a gigabyte by TLS", tls::gigabyte, ToAnswer(200)),
        session("an endless header by TLS", tls::endless_header, ToError(ErrorCode::Protocol)),
        session("endless new keys", tls::new_keys, ToError(Tls)),
        session("records of a byte", tls::small_records, ToAnswer(200)),
        handshake("silence in place of a handshake", http::silence, ToError(Timeout)),
        handshake("a gigabyte in place of a handshake", tls::not_tls, ToError(Tls)),
        handshake("an endless handshake message", tls::endless_handshake, ToError(Tls)),
        Receiver {
            name: "a chain of a thousand certificates",
            play: Play::LongChain,
            comes_to: ToError(Tls),
        },
    ]
}
