//! Webhooks, their endpoints, and who is told of a call.

mod endpoints;
mod event;
mod webhook;

pub use endpoints::{ChosenEndpoint, NoEndpoint, choose_endpoints};
pub use event::Event;
pub use webhook::{
    DeliveryMethod, DisabledState, Endpoint, ResponseWebhook, SealedBytes, SealedSecret, Webhook, WebhookKind,
};
