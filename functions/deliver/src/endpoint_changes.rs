//! What became of an endpoint, told to those who did not see it happen.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{DisabledState, EndpointEvent, EndpointStatus, Timestamp, Webhook, WebhookId, WebhookKind};
use queues::{AccountEvent, Happening, WebhookDisabled};

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::DueAttempt;

/// As many changes an environment remembers to have told.
const REMEMBERED: usize = 1_000;

/// The changes of endpoints that this environment has told. Attempts that end side by side, or in one batch, see an endpoint as it
/// was before all of them: each would tell of the same change.
#[derive(Default)]
pub struct ToldChanges(Mutex<HashSet<Change>>);

type Change = (WebhookId, EndpointStatus, Timestamp);

domain::shows_only!(ToldChanges {});

impl ToldChanges {
    /// Whether nobody tells of it yet.
    fn begin(&self, change: &Change) -> bool {
        let mut told = self.told();
        if told.len() >= REMEMBERED {
            told.clear();
        }
        told.insert(change.clone())
    }

    /// It could not be told.
    fn take_back(&self, change: &Change) {
        self.told().remove(change);
    }

    fn told(&self) -> MutexGuard<'_, HashSet<Change>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_and_again_when_it_could_not_be() {
        let id = WebhookId::parse("wh_1").expect("an id");
        let change = |status, since| (id.clone(), status, Timestamp::from_millis(since));
        let told = ToldChanges::default();
        let failing = change(EndpointStatus::Failing, 7);
        assert!(told.begin(&failing));
        assert!(!told.begin(&failing));
        assert!(told.begin(&change(EndpointStatus::Recovered, 7)), "another change");
        assert!(told.begin(&change(EndpointStatus::Failing, 8)), "another time that it fails");
        told.take_back(&failing);
        assert!(told.begin(&failing));
    }

    #[test]
    fn an_environment_does_not_remember_for_ever() {
        let id = WebhookId::parse("wh_1").expect("an id");
        let told = ToldChanges::default();
        for since in 0..2_500 {
            assert!(told.begin(&(id.clone(), EndpointStatus::Failing, Timestamp::from_millis(since))));
            assert!(told.told().len() <= REMEMBERED);
        }
    }
}
