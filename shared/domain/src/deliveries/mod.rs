//! What an endpoint is sent, when it is sent again, and what the log keeps of it.

mod delivery_log;
mod health;
mod payload;
mod payload_query;
mod query_parameters;
mod retry;

pub use delivery_log::{AttemptError, AttemptRecord, DeliveryHistory, Outcome, Resend, RunClaim};
pub use health::HealthChange;
pub use payload::Payload;
pub use retry::{MAX_ATTEMPTS, next_attempt_at, retry_after};
