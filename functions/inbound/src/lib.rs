//! Takes a CRM's request and queues a call.
//!
//! One accepted request is one call: the call and its credit are recorded in one transaction before anything else, and nothing
//! after it may answer 5xx, since CRMs repeat what got a 5xx, and a person's phone would ring twice. What fails after it is
//! made good by `relay`. A campaign's test call is committed in the same way, for an account that asks for it by its API key.

mod answer;
mod inbound;
mod read_request;
mod request_outcome;
pub mod routes;
mod targets;
mod test_call;

pub use inbound::Inbound;
pub use targets::Targets;
