//! What became of an endpoint, told to those who did not see it happen.

use domain::{DisabledState, EndpointEvent, EndpointStatus, Timestamp, Webhook, WebhookKind};
use queues::{AccountEvent, Happening, WebhookDisabled};
use store::AskedEvents;

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::DueAttempt;
use crate::told_changes::Telling;

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
    let what = (EndpointStatus::Disabled, Some(reason));
    tell_account(deliverer, webhook, asked, what, disabled_at).await.map(drop)
}

/// Says what became of a webhook's endpoint, with the reason, where anybody asks for it; `fanout` finds who. Whether it is said by now:
/// not when another attempt is at it, which may fail.
pub(crate) async fn tell_account(
    deliverer: &Deliverer,
    webhook: &Webhook,
    asked: AskedEvents,
    what: (EndpointStatus, Option<&str>),
    since: Timestamp,
) -> Result<bool, DeliverError> {
    let Some(endpoint) = webhook.endpoint() else { return Ok(true) };
    let about = EndpointEvent::new(webhook, endpoint, what, since);
    if !asked.has(about.event()) {
        return Ok(true);
    }
    let change = (webhook.id.clone(), what.0, since);
    match deliverer.told_changes.begin(&change) {
        Telling::Begun => {}
        Telling::UnderWay => return Ok(false),
        Telling::Done => return Ok(true),
    }
    let happening = Happening::EndpointChanged { about, url_digest: endpoint.url.digest() };
    let event = AccountEvent::new(webhook.account_id.clone(), happening);
    let sent = deliverer.account_events.send_all(&[event]).await;
    deliverer.told_changes.end(&change, sent.is_ok());
    sent?;
    Ok(true)
}
