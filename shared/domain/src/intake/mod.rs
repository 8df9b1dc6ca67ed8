//! What a CRM sends, and how it is logged.

mod inbound_request;
mod intake_rules;
mod request_log;
mod required_header;

pub use inbound_request::{InboundRequest, InvalidRequest, MAX_BODY_BYTES, Shape, parse_inbound_request};
pub use intake_rules::IntakeRules;
pub use request_log::{RequestOutcome, RequestRecord};
pub use required_header::{InvalidRequiredHeader, RequiredHeader};
