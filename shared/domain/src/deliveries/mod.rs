//! What an endpoint is sent, when it is sent again, and what the log keeps of it.

mod budget;
mod delivery_log;
mod delivery_request;
mod endpoint_event;
mod health;
mod payload;
mod payload_query;
mod query_parameters;
mod resend;
mod retry;
mod tally;
mod told;

pub use budget::{Budget, BudgetLimit};
pub use delivery_log::{AttemptError, AttemptRecord, Ended, Outcome};
pub use delivery_request::DeliveryRequest;
pub use endpoint_event::{EndpointEvent, EndpointFacts, EndpointStatus};
pub use health::{FAILURES_WHEN_TOLD, HealthChange, Mark, slowness};
pub use payload::Payload;
pub use resend::{DeliveryHistory, Resend, ResendClaim, Resent};
pub use retry::{MAX_ATTEMPTS, next_attempt_at, retry_after};
pub use tally::Tally;
pub use told::Told;
