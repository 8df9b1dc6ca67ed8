//! Webhooks, their endpoints, and who is told of a call.

mod call_filter;
mod endpoint_payload;
mod endpoints;
mod event;
mod limits;
mod webhook;

pub use call_filter::CallFilter;
pub use endpoint_payload::EndpointPayload;
pub use endpoints::{ChosenEndpoint, NoEndpointError, choose_endpoints};
pub use event::Event;
pub use limits::{AccountLimits, Limited};
#[cfg(test)]
pub(crate) use webhook::samples;
pub use webhook::{
    DeliveryMethod, DisabledState, Endpoint, ResponseWebhook, SealedBytes, SealedSecret, Webhook, WebhookKind,
};
