//! The management API (`/v1`, with an API key) and the operator API (`/operator`, signed with AWS credentials).
//!
//! Errors have one form, `{"error":{"code","message"[,"field"]}}`. What the client reads is decided here, in [`problem`]; what
//! went wrong behind it is logged once, where the request ends, and never shown.

mod account;
mod calls;
mod campaigns;
mod edit_webhook;
mod endpoint_policy;
mod fields;
mod listing;
mod logs;
mod operator;
mod problem;
mod reply;
mod resend;
mod rotation;
mod router;
mod test_button;
mod view;
mod webhooks;
mod zapier;

pub use endpoint_policy::EndpointPolicy;
pub use router::Manage;
