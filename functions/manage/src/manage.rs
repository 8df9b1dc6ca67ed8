use addresses::EndpointPolicy;
use domain::{AccountId, Clock, Randomness};
use lambda_http::Request;
use queues::Deliveries;
use store::{Access, Budgets, Management};
use vault::Vault;

/// A request of an account, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, AccountId>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Manage {
    /// Which account an API key opens.
    pub access: Access,
    /// The tables.
    pub store: Management,
    /// How much an account may resend.
    pub budgets: Budgets,
    /// Seals headers and secrets, and opens headers that are to be kept.
    pub vault: Vault,
    /// Which endpoints may be saved.
    pub endpoints: EndpointPolicy,
    /// Where resent deliveries go.
    pub deliveries: Deliveries,
    /// The time.
    pub clock: Clock,
    /// Of ids, slugs and secrets.
    pub randomness: Randomness,
    /// Base URL of the inbound webhooks; empty when it is the one that a request came to.
    pub public_url: String,
}

impl Manage {
    /// The URL that slugs are added to.
    pub(crate) fn base_url(&self, request: &Request) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.clone();
        }
        let domain = api::http_context(request).and_then(|context| context.domain_name).unwrap_or_default();
        format!("https://{domain}")
    }
}
