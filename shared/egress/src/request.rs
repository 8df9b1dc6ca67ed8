use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use url::Url;

/// The methods a delivery can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The payload is the body.
    Post,
    /// The payload is in the URL's query; `body` is not sent.
    Get,
}

/// One request, ready to be sent as it is.
///
/// `Debug` shows the method, the host, the headers' names and the body's length: the URL's path and query and the
/// headers' values can be secrets.
#[derive(Clone)]
pub struct Request {
    /// POST or GET.
    pub method: Method,
    /// `https`, or `http` inside the trusted networks. Its query is sent as it stands, byte for byte.
    pub url: Url,
    /// Sent after `user-agent` and `accept`, which they may replace. Headers that frame the request
    /// (`host`, `content-length`, `transfer-encoding`, `connection`, …) are the sender's own: a request with one of
    /// them is not sent. Where an answer repeats a value that is marked as sensitive, it is masked.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body of a POST.
    pub body: Bytes,
    /// On whose kept connections it may go out: one connection never carries the requests of two owners. Without an owner it
    /// goes out on a connection of its own.
    pub owner: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
