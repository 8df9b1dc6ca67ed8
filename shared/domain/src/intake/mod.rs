//! What a CRM sends, and how it is logged.

mod inbound_request;
mod request_log;

pub use inbound_request::{InboundRequest, InvalidRequest, MAX_BODY_BYTES, Shape, parse_inbound_request};
pub use request_log::{RequestOutcome, RequestRecord};
