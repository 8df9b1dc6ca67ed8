use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Longest URL of an endpoint, in bytes.
const MAX_BYTES: usize = 2_048;

/// The URL of an endpoint: `https` or `http` (whether `http` may be used is the deployment's to say), with a host, and
/// without a user name or password in it. Kept as its owner wrote it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TargetUrl {
    text: String,
    url: Url,
}

/// Why a text is no endpoint's URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It cannot be read as an absolute URL with a host.
    #[error("is not an absolute URL like https://example.com/hook")]
    Syntax,
    /// Another scheme.
    #[error("must start with https://")]
    Scheme,
    /// `user:password@` in it.
    #[error("must not contain a user name or password; use a custom header")]
    Credentials,
    /// Too long.
    #[error("is longer than {MAX_BYTES} bytes")]
    TooLong,
}

impl TargetUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`], naming the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(InvalidUrl::TooLong);
        }
        let mut url = Url::parse(text).map_err(|_| InvalidUrl::Syntax)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(InvalidUrl::Scheme);
        }
        if url.host().is_none() {
            return Err(InvalidUrl::Syntax);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUrl::Credentials);
        }
        url.set_fragment(None);
        Ok(Self { text: text.to_owned(), url })
    }

    /// The URL as its owner wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL as it is requested: normalised, without a fragment.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host, normalised: `0x7f.1` is `127.0.0.1`.
    #[must_use]
    pub fn host(&self) -> Option<Host<&str>> {
        self.url.host()
    }

    /// Scheme, host and port. What follows may carry a token.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// SHA-256 of the URL as it is requested, to compare it where it must not be read.
    #[must_use]
    pub fn digest(&self) -> String {
        STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, self.url.as_str().as_bytes()))
    }

    /// Whether the traffic is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether requests to both go to the same scheme, host and port, so that what one may see the other may see too.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.url.origin() == other.url.origin()
    }
}

impl fmt::Debug for TargetUrl {
    /// Paths and queries carry tokens: shows the origin only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TargetUrl({}/***)", self.url.origin().ascii_serialization())
    }
}

impl TryFrom<String> for TargetUrl {
    type Error = InvalidUrl;
    fn try_from(text: String) -> Result<Self, InvalidUrl> {
        Self::parse(&text)
    }
}

impl From<TargetUrl> for String {
    fn from(url: TargetUrl) -> Self {
        url.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_kept_as_it_was_written_and_requested_normalised() {
        let url = TargetUrl::parse(" https://Example.com#top ").expect("a URL");
        assert_eq!(url.as_str(), "https://Example.com#top");
        assert_eq!(url.url().as_str(), "https://example.com/");
    }

    #[test]
    fn two_urls_have_one_digest_when_they_are_requested_alike() {
        let digest = |text: &str| TargetUrl::parse(text).expect("a URL").digest();
        assert_eq!(digest("https://Example.com#top"), digest("https://example.com/"));
        assert_ne!(digest("https://example.com/a"), digest("https://example.com/b"));
    }

    #[test]
    fn what_is_no_endpoint_is_refused_with_its_reason() {
        for (text, error) in [
            ("", InvalidUrl::Syntax),
            ("example.com/hook", InvalidUrl::Syntax),
            ("https://", InvalidUrl::Syntax),
            ("https://exa mple.com", InvalidUrl::Syntax),
            ("ftp://example.com", InvalidUrl::Scheme),
            ("file:///etc/passwd", InvalidUrl::Scheme),
            ("javascript:alert(1)", InvalidUrl::Scheme),
            ("https://user@example.com", InvalidUrl::Credentials),
            ("https://:pass@example.com", InvalidUrl::Credentials),
        ] {
            assert_eq!(TargetUrl::parse(text).expect_err(text), error, "{text}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2_048));
        assert_eq!(TargetUrl::parse(&long).expect_err("too long"), InvalidUrl::TooLong);
    }

    #[test]
    fn debug_output_hides_the_path_and_the_query() {
        let url = TargetUrl::parse("https://example.com/secret?token=1").expect("a URL");
        assert_eq!(format!("{url:?}"), "TargetUrl(https://example.com/***)");
    }

    fn url(text: &str) -> TargetUrl {
        TargetUrl::parse(text).expect(text)
    }

    #[test]
    fn only_scheme_host_and_port_make_the_origin() {
        let saved = url("https://example.com/hook?a=1");
        for same in ["https://example.com/", "https://EXAMPLE.com:443/other?b=2#top"] {
            assert!(saved.same_origin(&url(same)) && url(same).same_origin(&saved), "{same}");
        }
        for other in [
            "http://example.com/hook?a=1",
            "https://example.com:8443/hook?a=1",
            "https://www.example.com/hook?a=1",
            "https://example.org/hook?a=1",
        ] {
            assert!(!saved.same_origin(&url(other)) && !url(other).same_origin(&saved), "{other}");
        }
    }

    #[test]
    fn a_url_has_2048_bytes_at_most() {
        let of_length = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
        assert!(TargetUrl::parse(&of_length(2_048)).is_ok());
        assert_eq!(TargetUrl::parse(&of_length(2_049)), Err(InvalidUrl::TooLong));
    }

    #[test]
    fn the_host_is_the_one_that_is_connected_to() {
        assert_eq!(url("https://0x7f.1/").host(), Some(Host::Ipv4([127, 0, 0, 1].into())));
        assert_eq!(url("https://Example.com/").host(), Some(Host::Domain("example.com")));
    }

    #[test]
    fn only_https_is_encrypted() {
        assert!(url("https://example.com/").is_https());
        assert!(!url("http://example.com/").is_https());
    }

    #[test]
    fn a_stored_url_is_read_back_as_it_was_written() {
        let stored = serde_json::to_string(&url("https://Example.com#top")).expect("JSON");
        assert_eq!(stored, "\"https://Example.com#top\"");
        let read: TargetUrl = serde_json::from_str(&stored).expect("a URL");
        assert_eq!(read, url("https://Example.com#top"));
        assert!(serde_json::from_str::<TargetUrl>("\"ftp://example.com\"").is_err());
    }
}
