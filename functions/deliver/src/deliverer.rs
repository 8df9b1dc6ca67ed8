use std::collections::HashMap;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use delivery::{Attempted, CannotOpen, Destination, attempt};
use domain::{
    AttemptRecord, Endpoint, HealthChange, NoEndpoint, Outcome, Payload, Timestamp, Webhook, next_attempt_at,
};
use egress::Sender;
use futures_util::future::join_all;
use queues::{Deliveries, DeliveryMessage, InvalidDeliveryMessage, MAX_DELAY, NotSent, Schedules};
use store::{Attempts, Loaded, StoreError};
use vault::Vault;

/// Everything that an attempt needs.
#[derive(Debug)]
pub struct Deliverer {
    /// What deliveries are made of, and their log.
    pub attempts: Attempts,
    /// Where the next attempt goes when it is near.
    pub deliveries: Deliveries,
    /// Where it goes when it is further away than a queue can delay it.
    pub schedules: Schedules,
    /// Sends the requests.
    pub sender: Sender,
    /// Opens headers and secrets.
    pub vault: Vault,
}

/// What an attempt means for its endpoint.
enum Verdict {
    Keep,
    /// Why.
    Disable(&'static str),
}

/// The message must come again.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error(transparent)]
    Message(#[from] InvalidDeliveryMessage),
    #[error("the account has no call with the delivery's call id")]
    NoCall,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Open(#[from] CannotOpen),
    #[error(transparent)]
    Queue(#[from] NotSent),
    #[error("the payload cannot be rendered: {0}")]
    Payload(#[from] serde_json::Error),
}

impl Deliverer {
    /// Makes the attempts of a batch side by side, so that a slow endpoint delays no other of its batch, and names the messages
    /// that must come again.
    pub async fn handle_batch(&self, batch: SqsEvent) -> SqsBatchResponse {
        let mut by_attempt: HashMap<Option<String>, Vec<(&SqsMessage, Parsed)>> = HashMap::new();
        for record in &batch.records {
            let parsed = DeliveryMessage::parse(record.body.as_deref().unwrap_or_default());
            let attempt = parsed.as_ref().ok().map(DeliveryMessage::attempt_name);
            by_attempt.entry(attempt).or_default().push((record, parsed));
        }
        let failures = join_all(by_attempt.into_values().map(|records| self.handle_in_turn(records))).await;
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = failures.into_iter().flatten().collect();
        response
    }

    /// A message that is in the batch twice: the second finds the first one's row.
    async fn handle_in_turn(&self, records: Vec<(&SqsMessage, Parsed)>) -> Vec<BatchItemFailure> {
        let mut failures = Vec::new();
        for (record, parsed) in records {
            failures.extend(self.handle(record, parsed).await);
        }
        failures
    }

    async fn handle(&self, record: &SqsMessage, parsed: Parsed) -> Option<BatchItemFailure> {
        let error = self.make_attempt(parsed).await.err()?;
        let message_id = record.message_id.clone().unwrap_or_default();
        tracing::error!(sqs.message_id = message_id, %error, "an attempt was not made or not recorded; it comes again");
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message_id;
        Some(failure)
    }

    async fn make_attempt(&self, parsed: Parsed) -> Result<(), NotDone> {
        let message = parsed?;
        let attempt_key = message.attempt_key();
        let loaded = self
            .attempts
            .load(
                &message.account_id,
                &message.webhook_id,
                &message.call_id,
                (&message.delivery_id, &attempt_key),
            )
            .await?;
        let record = match loaded.logged {
            Some(record) => record,
            None => self.attempt_and_log(&message, loaded).await?,
        };
        match record.next_attempt_at {
            Some(at) => self.queue_next(&message, at).await,
            None => Ok(()),
        }
    }

    async fn attempt_and_log(
        &self,
        message: &DeliveryMessage,
        loaded: Loaded,
    ) -> Result<AttemptRecord, NotDone> {
        let Some(webhook) = &loaded.webhook else {
            return self.end(message, "webhook_deleted", "the webhook was deleted").await;
        };
        let endpoint = match webhook.endpoint_for(message.event) {
            Ok(endpoint) => endpoint,
            Err(NoEndpoint::Disabled) => {
                return self.end(message, "webhook_disabled", "the webhook is disabled").await;
            }
            Err(NoEndpoint::Absent) => {
                return self.end(message, "webhook_deleted", "the response webhook was removed").await;
            }
        };
        // The account is compared, so that no message can lead one account's call to another's endpoint.
        let (call, transcript) =
            loaded.call.filter(|(call, _)| call.account_id == message.account_id).ok_or(NotDone::NoCall)?;
        let payload = Payload {
            event: message.event,
            webhook_id: message.webhook_id.as_str(),
            call: &call,
            transcript: transcript.as_deref(),
        };
        let now = Timestamp::now();
        let attempted = match Destination::open(&self.vault, webhook, endpoint, now).await {
            Ok(destination) => {
                attempt(&self.sender, &destination, &message.delivery_id, &payload, now).await?
            }
            Err(error) if error.is_permanent() => {
                tracing::error!(webhook.id = %webhook.id, %error, "what is sealed for webhook {} cannot be opened", webhook.id);
                Attempted::undecryptable(now)
            }
            Err(error) => return Err(error.into()),
        };
        self.record(message, webhook, endpoint, attempted).await
    }

    async fn record(
        &self,
        message: &DeliveryMessage,
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
        let mut record = attempted.into_record(
            message.delivery_id.clone(),
            message.webhook_id.clone(),
            Some(message.call_id.clone()),
            message.attempt,
            message.run.as_deref(),
        );
        match verdict {
            Verdict::Disable(reason) => {
                self.attempts.disable_endpoint(webhook, reason, now).await?;
                tracing::warn!(webhook.id = %webhook.id, reason, "webhook {} is disabled: {reason}", webhook.id);
            }
            Verdict::Keep if record.outcome != Outcome::Succeeded => {
                record.next_attempt_at =
                    next_attempt_at(&message.delivery_id, message.attempt, now, retry_after);
            }
            Verdict::Keep => {}
        }
        self.log(&record).await?;
        Ok(record)
    }

    async fn note_health(
        &self,
        webhook: &Webhook,
        change: HealthChange,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        match change {
            HealthChange::None => {}
            HealthChange::BeginsToFail => self.attempts.note_health(webhook, Some(now)).await?,
            HealthChange::Recovers => self.attempts.note_health(webhook, None).await?,
            HealthChange::GivenUp => return Ok(Verdict::Disable("failing")),
        }
        Ok(Verdict::Keep)
    }

    /// Ends a delivery without an attempt, and says so in its log.
    async fn end(
        &self,
        message: &DeliveryMessage,
        code: &'static str,
        reason: &str,
    ) -> Result<AttemptRecord, NotDone> {
        let attempted = Attempted::not_sent(Timestamp::now(), code, reason);
        let record = attempted.into_record(
            message.delivery_id.clone(),
            message.webhook_id.clone(),
            Some(message.call_id.clone()),
            message.attempt,
            message.run.as_deref(),
        );
        self.log(&record).await?;
        Ok(record)
    }

    async fn log(&self, record: &AttemptRecord) -> Result<(), StoreError> {
        self.attempts.log(record).await?;
        tracing::info!(
            delivery.id = %record.delivery_id,
            webhook.id = %record.webhook_id,
            attempt = record.attempt,
            outcome = record.outcome.as_str(),
            status_code = record.status_code,
            error = record.error.as_ref().map(|error| error.code.as_str()),
            duration_ms = record.duration_ms,
            "attempt {} of delivery {}: {}",
            record.attempt,
            record.delivery_id,
            record.outcome.as_str(),
        );
        Ok(())
    }

    async fn queue_next(&self, message: &DeliveryMessage, at: Timestamp) -> Result<(), NotDone> {
        let wait = at.since(Timestamp::now());
        let next = message.next();
        if wait <= MAX_DELAY {
            self.deliveries.send(&next, wait).await?;
        } else {
            self.schedules.send_at(&next, at).await?;
        }
        Ok(())
    }
}

type Parsed = Result<DeliveryMessage, InvalidDeliveryMessage>;
