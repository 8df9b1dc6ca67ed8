use std::time::Duration;

/// Attempts of a batch, which are made side by side: so many connections are kept for one host.
pub(crate) const ATTEMPTS_AT_ONCE: usize = 10;

/// How long one attempt may take and how much of an answer is taken in.
///
/// The default holds the product's numbers; tests shorten the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the name's addresses. Shorter than `connect`, which it is a part of, so that a name server that is silent
    /// is told apart from a receiver that is.
    pub resolve: Duration,
    /// For the connection as a whole: addresses, TCP and TLS.
    pub connect: Duration,
    /// For everything until the answer's status line and headers are there, the name's lookup included.
    pub head: Duration,
    /// For the answer's body after that. It is read for the log only.
    pub body: Duration,
    /// Bytes of the answer's body that are read; then the connection is dropped.
    pub answer_read: usize,
    /// Bytes of the answer's body that are kept, at most; a character is never cut.
    pub answer_kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            resolve: Duration::from_millis(2_500),
            connect: Duration::from_secs(3),
            head: Duration::from_secs(10),
            body: Duration::from_secs(2),
            answer_read: 16 * 1024,
            answer_kept: 2 * 1024,
        }
    }
}
