use domain::{Clock, Randomness};
use store::Accounts;

/// A request of the operator, to one of the routes.
pub(crate) type Asked<'a> = api::Asked<'a, ()>;

/// Everything that a request needs.
#[derive(Debug)]
pub struct Operator {
    /// Accounts, credits and API keys.
    pub accounts: Accounts,
    /// The time.
    pub clock: Clock,
    /// Of ids and keys.
    pub randomness: Randomness,
}
