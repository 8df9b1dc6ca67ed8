use domain::{Clock, Randomness};
use store::{Accounts, PortalTokens};

use crate::Operators;

/// A request of the operator, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, ()>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Operator {
    /// Who may ask.
    pub operators: Operators,
    /// Accounts, credits and API keys.
    pub accounts: Accounts,
    /// Links and sessions of the portal.
    pub portal_tokens: PortalTokens,
    /// The time.
    pub clock: Clock,
    /// Of ids and keys.
    pub randomness: Randomness,
    /// Base URL of the API; empty when it is the one that a request came to.
    pub public_url: String,
}
