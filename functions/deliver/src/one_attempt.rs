//! One attempt: from what is on record to the row that says how it went.

use delivery::{Attempted, Destination, attempt};
use domain::{
    AttemptRecord, DisabledState, Endpoint, HealthChange, NoEndpoint, Outcome, Payload, Timestamp, Webhook,
    WebhookKind, next_attempt_at,
};
use queues::WebhookDisabled;
use store::Loaded;

use crate::deliverer::{Deliverer, NotDone};
use crate::tasks::{Lane, Task};

/// What became of a task.
#[derive(Debug)]
pub(crate) enum Made {
    /// The attempt is made, or the delivery has ended without it: the row that is to be written.
    Now(AttemptRecord),
    /// The attempt was made before: its row.
    Before(AttemptRecord),
    /// It is for the slow lane to make.
    Postponed,
}

/// What an attempt means for its endpoint.
enum Verdict {
    Keep,
    /// Why.
    Disable(&'static str),
}

impl Deliverer {
    pub(crate) async fn make(&self, task: &Task, loaded: &Loaded) -> Result<Made, NotDone> {
        let ids = task.ids();
        if let Some(record) = loaded.logged(&ids)? {
            return Ok(Made::Before(record.clone()));
        }
        let Some(webhook) = loaded.webhook(&ids)? else {
            return Ok(ended(task, "webhook_deleted", "the webhook was deleted"));
        };
        let endpoint = match webhook.endpoint_for(task.message.event) {
            Ok(endpoint) => endpoint,
            Err(NoEndpoint::Disabled) => {
                self.tell_again(task, webhook).await?;
                return Ok(ended(task, "webhook_disabled", "the webhook is disabled"));
            }
            Err(NoEndpoint::Absent) => {
                return Ok(ended(task, "webhook_deleted", "the response webhook was removed"));
            }
        };
        if task.lane == Lane::Fast && endpoint.failing_since.is_some() {
            return Ok(Made::Postponed);
        }
        let (call, transcript) = loaded.call(&ids)?.ok_or(NotDone::NoCall)?;
        let payload = Payload {
            event: task.message.event,
            webhook_id: task.message.webhook_id.as_str(),
            call,
            transcript,
        };
        let now = Timestamp::now();
        let attempted = match Destination::open(&self.vault, webhook, endpoint, now).await {
            Ok(destination) => {
                attempt(&self.sender, &destination, &task.message.delivery_id, &payload, now).await?
            }
            Err(error) if error.is_permanent() => {
                tracing::error!(webhook.id = %webhook.id, %error, "what is sealed for webhook {} cannot be opened", webhook.id);
                Attempted::undecryptable(now)
            }
            Err(error) => return Err(error.into()),
        };
        self.judge(task, webhook, endpoint, attempted).await.map(Made::Now)
    }

    /// What the attempt means for its endpoint is written before its row is: the other way round, a crash would leave an
    /// endpoint enabled that has asked to be left alone.
    async fn judge(
        &self,
        task: &Task,
        webhook: &Webhook,
        endpoint: &Endpoint,
        attempted: Attempted,
    ) -> Result<AttemptRecord, NotDone> {
        let now = Timestamp::now();
        let retry_after = attempted.retry_after;
        let verdict = if attempted.status_code == Some(410) {
            Verdict::Disable("gone")
        } else {
            self.note_health(webhook, endpoint.health_after(attempted.outcome, now), now).await?
        };
        let mut record = row(task, attempted);
        match verdict {
            Verdict::Disable(reason) => self.disable(webhook, reason, now).await?,
            Verdict::Keep if record.outcome != Outcome::Succeeded => {
                let message = &task.message;
                record.next_attempt_at =
                    next_attempt_at(&message.delivery_id, message.attempt, now, retry_after);
            }
            Verdict::Keep => {}
        }
        Ok(record)
    }

    async fn note_health(
        &self,
        webhook: &Webhook,
        change: HealthChange,
        now: Timestamp,
    ) -> Result<Verdict, NotDone> {
        match change {
            HealthChange::None => {}
            HealthChange::BeginsToFail => self.attempts.note_health(webhook, Some(now)).await?,
            HealthChange::Recovers => self.attempts.note_health(webhook, None).await?,
            HealthChange::GivenUp => return Ok(Verdict::Disable("failing")),
        }
        Ok(Verdict::Keep)
    }

    async fn disable(&self, webhook: &Webhook, reason: &'static str, now: Timestamp) -> Result<(), NotDone> {
        if self.attempts.disable_endpoint(webhook, reason, now).await? {
            tracing::warn!(webhook.id = %webhook.id, reason, "webhook {} is disabled: {reason}", webhook.id);
            self.tell(webhook, reason, now).await?;
        }
        Ok(())
    }

    /// Says again that the endpoint was disabled, when the invocation that did it may have died before it said so: the
    /// message of the attempt that it did it for comes again, and finds the endpoint disabled and no row.
    async fn tell_again(&self, task: &Task, webhook: &Webhook) -> Result<(), NotDone> {
        match webhook.endpoint_state(task.message.event) {
            Some(DisabledState::Disabled { disabled_reason, disabled_at })
                if task.is_redelivery && matches!(disabled_reason.as_str(), "gone" | "failing") =>
            {
                self.tell(webhook, disabled_reason, *disabled_at).await
            }
            _ => Ok(()),
        }
    }

    async fn tell(&self, webhook: &Webhook, reason: &str, disabled_at: Timestamp) -> Result<(), NotDone> {
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
        Ok(self.events.webhook_disabled(event).await?)
    }
}

/// A delivery that ends without an attempt says so in its log.
fn ended(task: &Task, code: &'static str, reason: &str) -> Made {
    Made::Now(row(task, Attempted::not_sent(Timestamp::now(), code, reason)))
}

fn row(task: &Task, attempted: Attempted) -> AttemptRecord {
    let message = &task.message;
    attempted.into_record(
        message.delivery_id.clone(),
        message.webhook_id.clone(),
        Some(message.call_id.clone()),
        message.attempt,
        message.run.as_deref(),
    )
}
