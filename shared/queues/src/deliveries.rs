use std::time::Duration;

use aws_sdk_sqs::Client;
use futures_util::future::try_join_all;

use crate::fair_queue::{self, BATCH};
use crate::{DeliveryMessage, QueueError};

/// Requests under way at once: enough to hide the round trips, too few to be throttled.
const BATCHES_AT_ONCE: usize = 8;

/// A queue of deliveries: `deliveries`, or the slow lane. Fair queues: one account's backlog does not delay another's messages.
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
    /// [`QueueError`] when SQS did not take all of them; some may have been sent, and sending all again does no harm.
    pub async fn send_all(&self, messages: &[DeliveryMessage]) -> Result<(), QueueError> {
        self.send(messages.iter().map(|message| (message, Duration::ZERO)).collect()).await
    }

    /// Sends attempts, each to be made after its delay (whole seconds, at most [`crate::MAX_DELAY`]; what is longer is cut).
    ///
    /// # Errors
    ///
    /// As [`Deliveries::send_all`].
    pub async fn send_later(&self, messages: &[(DeliveryMessage, Duration)]) -> Result<(), QueueError> {
        self.send(messages.iter().map(|(message, delay)| (message, *delay)).collect()).await
    }

    async fn send(&self, messages: Vec<(&DeliveryMessage, Duration)>) -> Result<(), QueueError> {
        for some in messages.chunks(BATCH * BATCHES_AT_ONCE) {
            try_join_all(some.chunks(BATCH).map(|batch| self.send_batch(batch))).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, messages: &[(&DeliveryMessage, Duration)]) -> Result<(), QueueError> {
        let entries =
            messages.iter().map(|(message, delay)| Ok((&message.account_id, message.to_json()?, *delay)));
        fair_queue::send_batch(&self.client, &self.queue_url, entries).await
    }
}
