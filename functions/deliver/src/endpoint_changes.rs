//! What became of an endpoint, told to those who did not see it happen.

use domain::{DisabledState, EndpointEvent, EndpointStatus, Timestamp, Webhook, WebhookKind};
use queues::{AccountEvent, Happening, WebhookDisabled};
use store::AskedEvents;

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::DueAttempt;

/// Says again that the endpoint was disabled, when the invocation that did it may have died before it said so: the message of
/// the attempt that it did it for comes again, and finds the endpoint disabled and no row.
pub(crate) async fn tell_again(
    deliverer: &Deliverer,
    due: &DueAttempt,
    webhook: &Webhook,
    asked: AskedEvents,
) -> Result<(), DeliverError> {
    match webhook.endpoint_state(due.message.event) {
        Some(DisabledState::Disabled { disabled_reason, disabled_at })
            if due.is_redelivery && matches!(disabled_reason.as_str(), "gone" | "failing") =>
        {
            tell_disabled(deliverer, webhook, asked, disabled_reason, *disabled_at).await
        }
        _ => Ok(()),
    }
}

/// Tells the operator, and those of the owner's other endpoints that ask for it.
pub(crate) async fn tell_disabled(
    deliverer: &Deliverer,
    webhook: &Webhook,
    asked: AskedEvents,
    reason: &str,
    disabled_at: Timestamp,
) -> Result<(), DeliverError> {
    let event = WebhookDisabled {
        account_id: &webhook.account_id,
        webhook_id: &webhook.id,
        endpoint: match webhook.kind {
            WebhookKind::Outbound { .. } => "outbound",
            WebhookKind::Inbound { .. } => "response",
        },
        reason,
        disabled_at,
    };
    deliverer.events.webhook_disabled(event).await?;
    tell_account(deliverer, webhook, asked, (EndpointStatus::Disabled, Some(reason)), disabled_at).await
}

/// Says what became of a webhook's endpoint, with the reason, where anybody asks for it; `fanout` finds who.
pub(crate) async fn tell_account(
    deliverer: &Deliverer,
    webhook: &Webhook,
    asked: AskedEvents,
    what: (EndpointStatus, Option<&str>),
    since: Timestamp,
) -> Result<(), DeliverError> {
    let Some(endpoint) = webhook.endpoint() else { return Ok(()) };
    let about = EndpointEvent::new(webhook, endpoint, what, since);
    let change = (webhook.id.clone(), what.0, since);
    if !asked.has(about.event()) || !deliverer.told_changes.begin(&change) {
        return Ok(());
    }
    let happening = Happening::EndpointChanged { about, url_digest: endpoint.url.digest() };
    let event = AccountEvent::new(webhook.account_id.clone(), happening);
    let sent = deliverer.account_events.send_all(&[event]).await;
    if sent.is_err() {
        deliverer.told_changes.take_back(&change);
    }
    Ok(sent?)
}
