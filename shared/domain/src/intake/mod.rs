//! What a CRM sends in our form or in its own, what is asked of it, and how it is logged.

mod body_path;
mod form_body;
mod inbound_request;
mod intake_rules;
mod mapped_request;
mod mapping;
mod request_log;
mod required_header;

pub use body_path::InvalidPath;
pub use inbound_request::{InboundRequest, InvalidRequest, MAX_BODY_BYTES, Shape, parse_inbound_request};
pub use intake_rules::IntakeRules;
pub use mapped_request::{MappedRequest, parse_mapped_request};
pub use mapping::{InvalidMapping, MAX_MAPPING_BYTES, Mapping, MappingError};
pub use request_log::{RequestOutcome, RequestRecord};
pub use required_header::{InvalidRequiredHeader, RequiredHeader};
