use std::net::IpAddr;

use domain::TargetUrl;
use http::Uri;
use url::Host;

use crate::{AddressFilter, EndpointPorts, TrustedNetworks};

/// Which endpoints may be saved. What is refused here could never be delivered to; what a name leads to is judged at every
/// attempt, by the sender.
#[derive(Debug, Clone)]
pub struct EndpointPolicy {
    filter: AddressFilter,
    ports: EndpointPorts,
    /// A name can lead into the trusted networks, where plain `http` and any port are allowed.
    trusts_some: bool,
}

/// Why a URL may not be saved; the text goes on after the name of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointUrlError {
    /// Plain `http`, in a deployment that trusts no network.
    #[error("must start with https://")]
    PlainHttp,
    /// Plain `http` to an address outside the trusted networks.
    #[error("must start with https://, since {0} is outside the trusted networks")]
    PlainHttpOutside(IpAddr),
    /// An address that no request may go to.
    #[error("leads to {0}, which is not a public address")]
    NotPublic(IpAddr),
    /// A port that is not for endpoints, outside the trusted networks.
    #[error("has the port {0}, which is not one that endpoints may have")]
    Port(u16),
    /// A host that URLs may have, and HTTP requests or the DNS may not, such as `a"b.example` or `a..example`.
    #[error("has a host that no request can reach")]
    Host,
}

impl EndpointPolicy {
    /// The policy of a deployment that trusts these networks, and sends to these ports of others.
    #[must_use]
    pub fn new(trusted: TrustedNetworks, ports: EndpointPorts) -> Self {
        Self { trusts_some: !trusted.is_empty(), filter: AddressFilter::new(trusted), ports }
    }

    /// Whether an endpoint may have this URL.
    ///
    /// # Errors
    ///
    /// [`EndpointUrlError`] when it may not.
    pub fn admit(&self, url: &TargetUrl) -> Result<(), EndpointUrlError> {
        if Uri::try_from(url.url().as_str()).is_err() || !can_be_looked_up(url) {
            return Err(EndpointUrlError::Host);
        }
        let address = literal_address(url);
        let may_be_trusted = address.map_or(self.trusts_some, |address| self.filter.trusts(address));
        if may_be_trusted {
            return Ok(());
        }
        if !url.is_https() {
            return Err(match address {
                Some(address) if self.trusts_some => EndpointUrlError::PlainHttpOutside(address),
                _ => EndpointUrlError::PlainHttp,
            });
        }
        if let Some(address) = address.filter(|address| !self.filter.permits(*address)) {
            return Err(EndpointUrlError::NotPublic(address));
        }
        let port = url.url().port_or_known_default().unwrap_or_default();
        if self.ports.contain(port) { Ok(()) } else { Err(EndpointUrlError::Port(port)) }
    }
}

/// RFC 1035, 2.3.4: labels of 1 to 63 bytes, 253 with the dots between them. A dot at the end is the root's.
fn can_be_looked_up(url: &TargetUrl) -> bool {
    let Some(Host::Domain(name)) = url.host() else { return true };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()))
}

fn literal_address(url: &TargetUrl) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(trusted: &str, url: &str) -> bool {
        let trusted = TrustedNetworks::parse(trusted).expect("networks");
        let policy = EndpointPolicy::new(trusted, EndpointPorts::parse("9443").expect("ports"));
        policy.admit(&TargetUrl::parse(url).expect("a URL")).is_ok()
    }

    #[test]
    fn only_https_to_public_addresses_is_saved() {
        for url in ["https://example.com/", "https://93.184.215.14/", "https://[2606:2800:21f:cb07::1]/"] {
            assert!(admits("", url), "{url}");
        }
        for url in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/",
        ] {
            assert!(!admits("", url), "{url}");
        }
    }

    #[test]
    fn a_host_that_no_request_can_name_is_not_saved() {
        for url in [r#"https://a"b.example/"#, "http://a`b.example/", "https://a{b}.example/"] {
            assert!(!admits("", url) && !admits("10.0.0.0/8", url), "{url}");
        }
        for url in ["https://bücher.example/", "https://a_b.example/", "https://example.com/a\"b?c={d}|e"] {
            assert!(admits("", url), "{url}");
        }
    }

    #[test]
    fn a_name_that_no_name_server_can_know_is_not_saved() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        for name in
            ["a..example", ".example", "example..", &format!("{label}a.example"), &format!("{longest}a")]
        {
            let url = format!("https://{name}/");
            assert!(!admits("", &url) && !admits("10.0.0.0/8", &url), "{url}");
        }
        for name in ["example.com.", &format!("{label}.example"), &longest] {
            assert!(admits("", &format!("https://{name}/")), "{name}");
        }
    }

    #[test]
    fn inside_trusted_networks_private_addresses_and_plain_http_are_saved() {
        for url in ["http://10.1.2.3/", "https://10.1.2.3/", "http://crm.internal/"] {
            assert!(admits("10.0.0.0/8", url), "{url}");
        }
        for url in ["http://93.184.215.14/", "http://127.0.0.1/", "https://127.0.0.1/"] {
            assert!(!admits("10.0.0.0/8", url), "{url}");
        }
    }

    #[test]
    fn outside_trusted_networks_only_the_ports_of_endpoints_are_saved() {
        for url in ["https://example.com:8443/", "https://93.184.215.14:9443/", "https://example.com:443/"] {
            assert!(admits("", url), "{url}");
        }
        for url in ["https://example.com:22/", "https://example.com:80/", "https://93.184.215.14:5432/"] {
            assert!(!admits("", url), "{url}");
        }
        assert!(!admits("10.0.0.0/8", "https://93.184.215.14:5432/"));
        // A name may lead into the trusted networks; the sender looks where it does.
        for url in ["https://10.1.2.3:5432/", "http://10.1.2.3:5432/", "https://crm.internal:5432/"] {
            assert!(admits("10.0.0.0/8", url), "{url}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong_with_the_url() {
        let refused = |trusted: &str, url: &str| {
            let trusted = TrustedNetworks::parse(trusted).expect("networks");
            let url = TargetUrl::parse(url).expect("a URL");
            EndpointPolicy::new(trusted, EndpointPorts::default()).admit(&url).expect_err("is refused")
        };
        let (public, private) = ("93.184.215.14", "192.168.0.1");
        let outside = EndpointUrlError::PlainHttpOutside(public.parse().expect("an address"));
        assert_eq!(refused("10.0.0.0/8", "http://93.184.215.14/"), outside);
        assert_eq!(refused("", "http://93.184.215.14/"), EndpointUrlError::PlainHttp);
        assert_eq!(refused("", "http://example.com/"), EndpointUrlError::PlainHttp);
        let not_public = EndpointUrlError::NotPublic(private.parse().expect("an address"));
        assert_eq!(refused("10.0.0.0/8", "https://192.168.0.1/"), not_public);
        assert_eq!(refused("", "https://example.com:22/"), EndpointUrlError::Port(22));
        assert_eq!(refused("", "https://a..example/"), EndpointUrlError::Host);
    }
}
