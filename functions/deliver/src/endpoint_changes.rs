//! What became of an endpoint, told to those who did not see it happen.

use domain::{DisabledState, EndpointEvent, EndpointStatus, Timestamp, Webhook, WebhookKind};
use queues::{AccountEvent, Happening, WebhookDisabled};

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::DueAttempt;

/// Says again that the endpoint was disabled, when the invocation that did it may have died before it said so: the message of
/// the attempt that it did it for comes again, and finds the endpoint disabled and no row.
pub(crate) async fn tell_again(
    deliverer: &Deliverer,
    due: &DueAttempt,
    webhook: &Webhook,
) -> Result<(), DeliverError> {
    match webhook.endpoint_state(due.message.event) {
        Some(DisabledState::Disabled { disabled_reason, disabled_at })
            if due.is_redelivery && matches!(disabled_reason.as_str(), "gone" | "failing") =>
        {
            tell_disabled(deliverer, webhook, disabled_reason, *disabled_at).await
        }
        _ => Ok(()),
    }
}

/// Tells the operator, and the owner's other endpoints.
pub(crate) async fn tell_disabled(
    deliverer: &Deliverer,
    webhook: &Webhook,
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
    tell_account(deliverer, webhook, (EndpointStatus::Disabled, Some(reason)), disabled_at).await
}

/// Says what became of a webhook's endpoint, with the reason; `fanout` finds who asks for it.
pub(crate) async fn tell_account(
    deliverer: &Deliverer,
    webhook: &Webhook,
    what: (EndpointStatus, Option<&str>),
    since: Timestamp,
) -> Result<(), DeliverError> {
    let Some(endpoint) = webhook.endpoint() else { return Ok(()) };
    let change = (webhook.id.clone(), what.0, since);
    if !deliverer.told_changes.begin(&change) {
        return Ok(());
    }
    let about = EndpointEvent::new(webhook, endpoint, what, since);
    let happening = Happening::EndpointChanged { about, url_digest: endpoint.url.digest() };
    let event = AccountEvent::new(webhook.account_id.clone(), happening);
    let sent = deliverer.account_events.send_all(&[event]).await;
    if sent.is_err() {
        deliverer.told_changes.take_back(&change);
    }
    Ok(sent?)
}
