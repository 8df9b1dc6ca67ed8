//! Takes a CRM's request and queues a call.
//!
//! One accepted request is one call: the call and its credit are recorded in one transaction before anything else, and nothing
//! after it may answer 5xx, since CRMs repeat what got a 5xx, and a person's phone would ring twice. What fails after it is
//! made good by `relay`.

mod answer;
mod inbound;
mod request_outcome;
mod targets;

pub use inbound::Inbound;
pub use targets::Targets;
