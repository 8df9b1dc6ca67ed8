use addresses::EndpointPolicy;
use api::Problem;
use domain::{AccountId, Caller, Clock, CountryCode, Randomness};
use lambda_http::Request;
use queues::Deliveries;
use store::{Access, Budgets, Management, PortalTokens};
use vault::Vault;

/// A request of an account, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, AccountId>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Manage {
    /// Which account an API key or a session opens.
    pub access: Access,
    /// The tables.
    pub store: Management,
    /// Links and sessions of the portal.
    pub portal_tokens: PortalTokens,
    /// How much an account may resend.
    pub budgets: Budgets,
    /// Seals headers and secrets, and opens headers that are to be kept.
    pub vault: Vault,
    /// Which endpoints may be saved.
    pub endpoints: EndpointPolicy,
    /// Where resent deliveries go.
    pub deliveries: Deliveries,
    /// Of phone numbers without one, in a preview.
    pub country: CountryCode,
    /// The time.
    pub clock: Clock,
    /// Of ids, slugs and secrets.
    pub randomness: Randomness,
    /// Base URL of the inbound webhooks; empty when it is the one that a request came to.
    pub public_url: String,
}

impl Manage {
    /// Who asks.
    pub(crate) async fn caller(&self, request: &Request) -> Result<Caller, Problem> {
        let credential = api::credential(request)?;
        let caller = self.access.caller(&credential, self.clock.now()).await?;
        caller.ok_or_else(Problem::unauthorized)
    }

    /// The URL that slugs are added to.
    pub(crate) fn base_url(&self, request: &Request) -> String {
        api::base_url(&self.public_url, request)
    }
}
