//! What became of an endpoint, told to those who did not see it happen.

use std::time::Duration;

use domain::{DisabledState, EndpointEvent, EndpointStatus, Timestamp, Webhook, WebhookKind};
use queues::{AccountEvent, Happening, WebhookDisabled};
use store::AskedEvents;

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::DueAttempt;
use crate::told_changes::Told;

/// Whoever disabled an endpoint so long ago tells nobody any more: longer than the function's timeout.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(60);

/// Whether an attempt has its row in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HasRow {
    /// It was made, or its delivery ended with it.
    Yes,
    /// Nobody has come so far.
    No,
}

/// Says that the endpoint was disabled, when whoever did it may have died before it said so. The message that it did it for comes
/// again and finds the endpoint disabled and no row; or the mark, where a second message of the delivery has written the row
/// meanwhile. Should it have become a dead letter, whatever comes a minute later finds the mark.
pub(crate) async fn tell_again(
    deliverer: &Deliverer,
    due: &DueAttempt,
    webhook: &Webhook,
    asked: AskedEvents,
    has_row: HasRow,
) -> Result<(), DeliverError> {
    let told = match webhook.endpoint_state(due.message.event) {
        Some(DisabledState::Disabled { disabled_reason, disabled_at, is_untold })
            if matches!(disabled_reason.as_str(), "gone" | "failing")
                && (due.is_redelivery && (*is_untold || has_row == HasRow::No)
                    || *is_untold && deliverer.clock.now().since(*disabled_at) > GIVEN_UP_AFTER) =>
        {
            tell_disabled(deliverer, webhook, asked, disabled_reason, *disabled_at).await
        }
        _ => Ok(()),
    };
    // It is the message of who disabled it, or of somebody who is there by chance and must not wait for it.
    match told {
        Err(error) if !due.is_redelivery => {
            tracing::error!(webhook.id = %webhook.id, %error, "that webhook {} is disabled is not told yet", webhook.id);
            Ok(())
        }
        told => told,
    }
}

/// Tells the operator, and those of the owner's other endpoints that ask for it; and notes that they know.
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
    if tell_account(deliverer, webhook, asked, what, disabled_at).await? {
        deliverer.attempts.note_disabled_told(webhook, disabled_at).await?;
    }
    Ok(())
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
    let telling = match deliverer.told_changes.begin(change) {
        Told::Not(telling) => telling,
        Told::UnderWay => return Ok(false),
        Told::Done => return Ok(true),
    };
    let happening = Happening::EndpointChanged { about, url_digest: endpoint.url.digest() };
    let event = AccountEvent::new(webhook.account_id.clone(), happening);
    deliverer.account_events.send_all(&[event]).await?;
    telling.done();
    Ok(true)
}
