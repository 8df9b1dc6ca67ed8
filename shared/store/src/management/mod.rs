mod account;
mod apart;
mod attempts;
mod bindings;
mod calls;
mod campaigns;
mod counts;
mod deliveries;
mod hours;
mod requests;
mod webhooks;

use aws_sdk_dynamodb::Client;
use domain::Randomness;
use environment::{InvalidVariable, parsed_var, required_var};

pub use self::apart::{Apart, ApartChange};
pub use self::attempts::AttemptFilter;
pub use self::bindings::Bound;
pub use self::calls::CallListFilter;
pub use self::hours::Hours;

/// What `manage` reads and writes. Every method takes the account, and touches nothing of another one; those of the two logs
/// take a webhook, of which the caller has checked whose it is.
///
/// A change is written only over the state that it was worked out from, so that two of them at once do not undo each other.
#[derive(Debug, Clone)]
pub struct Management {
    client: Client,
    randomness: Randomness,
    accounts: String,
    calls: String,
    campaigns: String,
    counts: String,
    delivery_logs: String,
    ledger: String,
    request_logs: String,
    webhooks: String,
    log_days: u64,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It is written.
    Done,
    /// Nothing is written: somebody else changed it meanwhile. Read it again.
    Outdated,
    /// Nothing is written: the binding that is a part of it cannot be made.
    NotBound(Bound),
}

impl Management {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client, randomness: Randomness) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            randomness,
            accounts: required_var("ACCOUNTS_TABLE")?,
            calls: required_var("CALLS_TABLE")?,
            campaigns: required_var("CAMPAIGNS_TABLE")?,
            counts: required_var("COUNTS_TABLE")?,
            delivery_logs: required_var("DELIVERY_LOGS_TABLE")?,
            ledger: required_var("LEDGER_TABLE")?,
            request_logs: required_var("REQUEST_LOGS_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            log_days: parsed_var("DELIVERY_LOG_DAYS", str::parse)?,
        })
    }
}
