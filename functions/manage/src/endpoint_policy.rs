use std::net::IpAddr;

use domain::TargetUrl;
use egress::{AddressFilter, TrustedNetworks};
use url::Host;

use crate::fields::Fields;
use crate::problem::Problem;

/// Longest URL that is read at all; `TargetUrl` has a limit of its own.
const MAX_URL_CHARS: usize = 10_000;

/// Which endpoints may be saved. What is refused here could never be delivered to; what a name leads to is judged at every
/// attempt, by the sender.
#[derive(Debug, Clone)]
pub struct EndpointPolicy {
    filter: AddressFilter,
    plain_http: bool,
}

impl EndpointPolicy {
    /// The policy of a deployment that trusts these networks.
    #[must_use]
    pub fn new(trusted: TrustedNetworks) -> Self {
        Self { plain_http: !trusted.is_empty(), filter: AddressFilter::new(trusted) }
    }

    /// The URL in this field.
    pub(crate) fn url(&self, fields: &mut Fields, name: &str) -> Result<Option<TargetUrl>, Problem> {
        let Some(text) = fields.text(name, MAX_URL_CHARS)? else { return Ok(None) };
        let refuse = |reason: String| Problem::invalid_field(fields.at(name), reason);
        let url = TargetUrl::parse(&text).map_err(|error| refuse(error.to_string()))?;
        if !url.is_https() && !self.plain_http {
            return Err(refuse("must start with https://".into()));
        }
        match literal_address(&url) {
            Some(address) if url.is_https() && !self.filter.permits(address) => {
                Err(refuse(format!("leads to {address}, which is not a public address")))
            }
            Some(address) if !url.is_https() && !self.filter.trusts(address) => Err(refuse(format!(
                "must start with https://, since {address} is outside the trusted networks"
            ))),
            _ => Ok(Some(url)),
        }
    }

    pub(crate) fn required_url(&self, fields: &mut Fields, name: &str) -> Result<TargetUrl, Problem> {
        self.url(fields, name)?.ok_or_else(|| Problem::missing_field(fields.at(name)))
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
        let body = serde_json::json!({ "url": url }).to_string();
        let mut fields = Fields::parse(body.as_bytes(), &["url"]).expect("a body");
        policy.required_url(&mut fields, "url").is_ok()
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
