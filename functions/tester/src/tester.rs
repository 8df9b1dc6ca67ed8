use addresses::EndpointPolicy;
use domain::{AccountId, Clock, Randomness};
use egress::Sender;
use store::{Access, Budgets, EndpointTests};
use vault::Vault;

/// A request of an account, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, AccountId>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Tester {
    /// Which account an API key or a session opens.
    pub access: Access,
    /// Webhooks, and the log of their tests.
    pub tests: EndpointTests,
    /// How many tests an account may make.
    pub budgets: Budgets,
    /// Opens headers and secrets.
    pub vault: Vault,
    /// Which endpoints may be tested.
    pub endpoints: EndpointPolicy,
    /// Sends the sample.
    pub sender: Sender,
    /// The time.
    pub clock: Clock,
    /// Of ids.
    pub randomness: Randomness,
}
