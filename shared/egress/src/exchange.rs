use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What came of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The answer, or why there is none.
    pub outcome: ExchangeOutcome,
    /// From the start of the name's lookup to the outcome.
    pub duration: Duration,
}

/// An HTTP answer, or none.
#[derive(Clone, PartialEq, Eq)]
pub enum ExchangeOutcome {
    /// The receiver answered, with whatever status: a redirect is an answer, too.
    Answered {
        /// The HTTP status, 100 to 999.
        status: u16,
        /// The start of the body as text, at most 2 KiB; what is not UTF-8 is replaced by `U+FFFD`. A compressed body is
        /// not expanded. Sensitive header values that were sent are masked.
        body: String,
        /// The `Retry-After` header as it came, when it is text of at most 64 characters.
        retry_after: Option<String>,
        /// What was odd about the answer, or what its reader should do: a sentence for the owner of the webhook. It can
        /// name the URL of a redirect.
        note: Option<String>,
    },
    /// There was no HTTP answer: no complete status line and headers.
    Errored {
        /// What kind of failure it was.
        code: ErrorCode,
        /// A sentence for the owner of the webhook. It names the host, never the path, the query or a header's value.
        message: String,
    },
}

/// `Debug` leaves the answer's body and the note out: a receiver can put anything there, personal data included.
impl fmt::Debug for ExchangeOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { status, body, retry_after, note: _ } => f
                .debug_struct("Answered")
                .field("status", status)
                .field("body_bytes", &body.len())
                .field("retry_after", retry_after)
                .finish_non_exhaustive(),
            Self::Errored { code, message } => {
                f.debug_struct("Errored").field("code", code).field("message", message).finish()
            }
        }
    }
}

/// Why an attempt got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The host is an address that requests may not go to, or the port is one that they may not go to.
    BlockedAddress,
    /// The host's name has no address that requests may go to, or its name servers did not say in time. Which of them is
    /// not said: it would tell a stranger what a private name server knows.
    Dns,
    /// There was no connection: refused, unreachable.
    Connect,
    /// The connection was there, but not a trustworthy TLS session: certificate expired, for another name, …
    Tls,
    /// A time limit passed, for the connection or for the answer's status line and headers.
    Timeout,
    /// What the receiver sent is not the head of an HTTP answer.
    Protocol,
    /// The request is one that can never be sent as it is.
    Unsendable,
}

impl ErrorCode {
    /// The code as the API and the log show it; the same as its JSON form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BlockedAddress => "blocked_address",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Unsendable => "unsendable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_what_became_of_an_exchange_and_nothing_that_a_receiver_wrote() {
        let answered = ExchangeOutcome::Answered {
            status: 200,
            body: "jane@example.com".to_owned(),
            retry_after: Some("120".to_owned()),
            note: Some("redirects to https://example.com/jane".to_owned()),
        };
        assert_eq!(
            format!("{answered:?}"),
            r#"Answered { status: 200, body_bytes: 16, retry_after: Some("120"), .. }"#
        );
    }
}
