//! The management API, `/v1` with an API key or a portal session: everything that an account owns.
//!
//! [`routes::ROUTES`] is the list of what it answers; each route leads to a function of the module that is named for its
//! resource. The conventions that all of them share are in the crate `api`.

mod account;
mod calls;
mod campaigns;
mod deliveries;
mod edits;
mod limits;
mod manage;
mod payload_preview;
pub mod portal;
mod presets;
mod request_preview;
mod requests;
pub mod routes;
mod stats;
mod webhooks;

pub use manage::Manage;
