use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::{AccountId, AttemptRecord, CallId, DeliveryId, Event, WebhookId};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::NotSent;

/// Longest wait of a message (SQS, `DelaySeconds`).
pub const MAX_DELAY: Duration = Duration::from_secs(900);

/// Messages in one request (SQS, `SendMessageBatch`).
const BATCH: usize = 10;

/// Requests under way at once: enough to hide the round trips, too few to be throttled.
const BATCHES_AT_ONCE: usize = 8;

/// One attempt of one delivery. Ids only: `deliver` renders the payload from the stored call, the same bytes each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryMessage {
    /// Version of this contract.
    version: Version,
    /// The `webhook-id`.
    pub delivery_id: DeliveryId,
    /// Whose endpoint.
    pub account_id: AccountId,
    /// Which.
    pub webhook_id: WebhookId,
    /// The call that it tells of.
    pub call_id: CallId,
    /// In which words.
    pub event: Event,
    /// 1 to 10.
    pub attempt: u32,
    /// Names the resend that this attempt belongs to; absent in a delivery's first run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Version;

impl TryFrom<u32> for Version {
    type Error = &'static str;
    fn try_from(version: u32) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("\"version\" must be 1") }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

/// A message of the queue that is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("not a delivery message: {0}")]
pub struct InvalidDeliveryMessage(#[from] serde_json::Error);

impl DeliveryMessage {
    /// The first attempt of a delivery.
    #[must_use]
    pub fn first(
        delivery_id: DeliveryId,
        account_id: AccountId,
        webhook_id: WebhookId,
        call_id: CallId,
        event: Event,
    ) -> Self {
        Self { version: Version, delivery_id, account_id, webhook_id, call_id, event, attempt: 1, run: None }
    }

    /// The same delivery, begun anew as the run of this name.
    #[must_use]
    pub fn in_run(self, run: String) -> Self {
        Self { run: Some(run), ..self }
    }

    /// The attempt after this one.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { attempt: self.attempt + 1, ..self.clone() }
    }

    /// Names this attempt of this run of this delivery: at most 64 characters of `[a-zA-Z0-9._-]`.
    #[must_use]
    pub fn attempt_name(&self) -> String {
        format!("{}.{}", self.delivery_id, self.attempt_key())
    }

    /// The key of this attempt in the delivery log.
    #[must_use]
    pub fn attempt_key(&self) -> String {
        AttemptRecord::key(self.run.as_deref(), self.attempt)
    }

    /// Reads a message's body.
    ///
    /// # Errors
    ///
    /// [`InvalidDeliveryMessage`] when it is no version 1 message.
    pub fn parse(body: &str) -> Result<Self, InvalidDeliveryMessage> {
        Ok(serde_json::from_str(body)?)
    }

    /// The message's body.
    ///
    /// # Errors
    ///
    /// None that a value of this type can cause; serde's signature has one.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// A queue of deliveries: `deliveries`, or the slow lane. Standard queues, whose messages carry their account as
/// `MessageGroupId`, which makes them fair queues: one account's backlog does not delay another's messages.
#[derive(Debug, Clone)]
pub struct Deliveries {
    client: Client,
    queue_url: String,
}

impl Deliveries {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Sends attempts that are to be made now.
    ///
    /// # Errors
    ///
    /// [`NotSent`] when SQS did not take all of them; some may have been sent, and sending all again does no harm.
    pub async fn send_all(&self, messages: &[DeliveryMessage]) -> Result<(), NotSent> {
        self.send(messages.iter().map(|message| (message, Duration::ZERO)).collect()).await
    }

    /// Sends attempts, each to be made after its delay (whole seconds, at most [`MAX_DELAY`]; what is longer is cut).
    ///
    /// # Errors
    ///
    /// As [`Deliveries::send_all`].
    pub async fn send_later(&self, messages: &[(DeliveryMessage, Duration)]) -> Result<(), NotSent> {
        self.send(messages.iter().map(|(message, delay)| (message, *delay)).collect()).await
    }

    async fn send(&self, messages: Vec<(&DeliveryMessage, Duration)>) -> Result<(), NotSent> {
        for some in messages.chunks(BATCH * BATCHES_AT_ONCE) {
            try_join_all(some.chunks(BATCH).map(|batch| self.send_batch(batch))).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, messages: &[(&DeliveryMessage, Duration)]) -> Result<(), NotSent> {
        let mut request = self.client.send_message_batch().queue_url(&self.queue_url);
        for (index, (message, delay)) in messages.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(message.account_id.as_str())
                .message_body(message.to_json().map_err(NotSent::from_sdk)?)
                .set_delay_seconds(Some(whole_seconds(*delay)).filter(|seconds| *seconds > 0))
                .build()
                .map_err(NotSent::from_sdk)?;
            request = request.entries(entry);
        }
        let answer = request.send().await.map_err(NotSent::from_sdk)?;
        match answer.failed().first() {
            None => Ok(()),
            Some(failed) => {
                Err(NotSent::because(format!("{} of a batch: {}", answer.failed().len(), failed.code())))
            }
        }
    }
}

/// `DelaySeconds`: rounded up, so that nothing comes early.
#[expect(clippy::cast_possible_truncation, reason = "at most 900")]
fn whole_seconds(delay: Duration) -> i32 {
    delay.min(MAX_DELAY).as_secs_f64().ceil() as i32
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    fn message() -> DeliveryMessage {
        let now = Timestamp::from_millis(1);
        let (call, webhook) = (CallId::new(now), WebhookId::new(now));
        let id = DeliveryId::derived(&call, &webhook, now);
        DeliveryMessage::first(id, AccountId::new(now), webhook, call, Event::CallFinished)
    }

    #[test]
    fn a_message_reads_back() {
        let next = message().next();
        assert_eq!(next.attempt, 2);
        let json = next.to_json().expect("JSON");
        assert!(json.starts_with(r#"{"version":1,"#), "{json}");
        assert_eq!(DeliveryMessage::parse(&json).expect("a message"), next);
    }

    #[test]
    fn another_version_is_refused() {
        let json = message().to_json().expect("JSON").replace(r#""version":1"#, r#""version":2"#);
        assert!(DeliveryMessage::parse(&json).is_err());
        assert!(DeliveryMessage::parse("{}").is_err());
    }
}
