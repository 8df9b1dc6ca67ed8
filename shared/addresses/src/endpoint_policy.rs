use std::net::IpAddr;

use domain::TargetUrl;
use url::Host;

use crate::{AddressFilter, TrustedNetworks};

/// Which endpoints may be saved. What is refused here could never be delivered to; what a name leads to is judged at every
/// attempt, by the sender.
#[derive(Debug, Clone)]
pub struct EndpointPolicy {
    filter: AddressFilter,
    plain_http: bool,
}

/// Why a URL may not be saved; the text goes on after the name of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedUrl {
    /// Plain `http`, in a deployment that trusts no network.
    #[error("must start with https://")]
    PlainHttp,
    /// Plain `http` to an address outside the trusted networks.
    #[error("must start with https://, since {0} is outside the trusted networks")]
    PlainHttpOutside(IpAddr),
    /// An address that no request may go to.
    #[error("leads to {0}, which is not a public address")]
    NotPublic(IpAddr),
}

impl EndpointPolicy {
    /// The policy of a deployment that trusts these networks.
    #[must_use]
    pub fn new(trusted: TrustedNetworks) -> Self {
        Self { plain_http: !trusted.is_empty(), filter: AddressFilter::new(trusted) }
    }

    /// Whether an endpoint may have this URL.
    ///
    /// # Errors
    ///
    /// [`RefusedUrl`] when it may not.
    pub fn admit(&self, url: &TargetUrl) -> Result<(), RefusedUrl> {
        if !url.is_https() && !self.plain_http {
            return Err(RefusedUrl::PlainHttp);
        }
        match literal_address(url) {
            Some(address) if url.is_https() && !self.filter.permits(address) => {
                Err(RefusedUrl::NotPublic(address))
            }
            Some(address) if !url.is_https() && !self.filter.trusts(address) => {
                Err(RefusedUrl::PlainHttpOutside(address))
            }
            _ => Ok(()),
        }
    }
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
        let policy = EndpointPolicy::new(TrustedNetworks::parse(trusted).expect("networks"));
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
    fn inside_trusted_networks_private_addresses_and_plain_http_are_saved() {
        for url in ["http://10.1.2.3/", "https://10.1.2.3/", "http://crm.internal/"] {
            assert!(admits("10.0.0.0/8", url), "{url}");
        }
        for url in ["http://93.184.215.14/", "http://127.0.0.1/", "https://127.0.0.1/"] {
            assert!(!admits("10.0.0.0/8", url), "{url}");
        }
    }
}
