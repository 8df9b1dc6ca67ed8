use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use domain::{CallId, CallJob};
use futures_util::future::try_join_all;

use crate::QueueError;
use crate::body::to_body;

/// Messages in one request (SQS, `SendMessageBatch`).
const BATCH: usize = 10;

/// Bytes of one message, and of all messages of one request (SQS, `SendMessageBatch`: 1 MiB).
const MAX_BYTES: usize = 1_048_576;

/// Requests under way at once: enough to hide the round trips, too few to be throttled.
const BATCHES_AT_ONCE: usize = 8;

/// What SQS says of a message that it will never take (`SendMessage`, "Errors").
const NEVER_TAKEN: [&str; 2] = ["InvalidMessageContents", "InvalidParameterValue"];

/// `call-jobs`, the FIFO queue that the dialer reads.
///
/// Group and deduplication id of a message are the call's id, so that a job which is sent again within five minutes is queued
/// once.
#[derive(Debug, Clone)]
pub struct CallJobs {
    client: Client,
    queue_url: String,
}

/// A job that SQS will never take, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedJob {
    /// The call that it is for.
    pub call_id: CallId,
    /// What is wrong with it.
    pub reason: String,
}

/// One message, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    call_id: CallId,
    body: String,
}

impl Message {
    fn of(job: &CallJob<'_>) -> Result<Self, QueueError> {
        Ok(Self { call_id: job.call_id().clone(), body: to_body(job)? })
    }
}

impl CallJobs {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Opens the connection to SQS, by asking for an attribute of the queue.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS does not answer.
    pub async fn connect(&self) -> Result<(), QueueError> {
        self.client
            .get_queue_attributes()
            .queue_url(&self.queue_url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await?;
        Ok(())
    }

    /// Sends one job.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS did not take it; it may have done so all the same when the answer was lost.
    pub async fn send(&self, job: &CallJob<'_>) -> Result<(), QueueError> {
        let message = Message::of(job)?;
        self.client
            .send_message()
            .queue_url(&self.queue_url)
            .message_group_id(message.call_id.as_str())
            .message_deduplication_id(message.call_id.as_str())
            .message_body(message.body)
            .send()
            .await?;
        Ok(())
    }

    /// Sends many jobs, and answers with those that SQS will never take.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS did not take all the others; some may have been sent, and sending all again does no harm.
    pub async fn send_all(&self, jobs: &[CallJob<'_>]) -> Result<Vec<RefusedJob>, QueueError> {
        let messages = jobs.iter().map(Message::of).collect::<Result<Vec<_>, _>>()?;
        let (batches, mut refused) = in_batches(messages);
        for some in batches.chunks(BATCHES_AT_ONCE) {
            let answers = try_join_all(some.iter().map(|batch| self.send_batch(batch))).await?;
            refused.extend(answers.into_iter().flatten());
        }
        Ok(refused)
    }

    async fn send_batch(&self, batch: &[Message]) -> Result<Vec<RefusedJob>, QueueError> {
        let mut request = self.client.send_message_batch().queue_url(&self.queue_url);
        for (index, message) in batch.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(message.call_id.as_str())
                .message_deduplication_id(message.call_id.as_str())
                .message_body(&message.body)
                .build()?;
            request = request.entries(entry);
        }
        let answer = request.send().await?;
        let mut refused = Vec::new();
        for failed in answer.failed() {
            let message = failed.id().parse().ok().and_then(|index: usize| batch.get(index));
            match message {
                Some(message) if NEVER_TAKEN.contains(&failed.code()) => {
                    let reason = failed.code().to_owned();
                    refused.push(RefusedJob { call_id: message.call_id.clone(), reason });
                }
                _ => return Err(QueueError::because(format!("a message of a batch: {}", failed.code()))),
            }
        }
        Ok(refused)
    }
}

/// Sorts messages into requests that SQS takes, and sorts out those that fit into none.
fn in_batches(messages: Vec<Message>) -> (Vec<Vec<Message>>, Vec<RefusedJob>) {
    let (mut batches, mut refused): (Vec<Vec<Message>>, _) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for message in messages {
        if message.body.len() > MAX_BYTES {
            let reason = format!("its job has {} bytes", message.body.len());
            refused.push(RefusedJob { call_id: message.call_id, reason });
            continue;
        }
        bytes += message.body.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH && bytes <= MAX_BYTES => batch.push(message),
            _ => {
                bytes = message.body.len();
                batches.push(vec![message]);
            }
        }
    }
    (batches, refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(sizes: &[usize]) -> Vec<Message> {
        let id = |n: usize| CallId::parse(&format!("call_{n}")).expect("an id");
        sizes
            .iter()
            .enumerate()
            .map(|(n, size)| Message { call_id: id(n), body: "x".repeat(*size) })
            .collect()
    }

    fn lengths(sizes: &[usize]) -> Vec<usize> {
        in_batches(messages(sizes)).0.iter().map(Vec::len).collect()
    }

    #[test]
    fn a_request_has_ten_messages_and_a_mebibyte_at_most() {
        assert_eq!(lengths(&[]), Vec::<usize>::new());
        assert_eq!(lengths(&[500; 25]), [10, 10, 5]);
        assert_eq!(lengths(&[MAX_BYTES / 2; 3]), [2, 1]);
        assert_eq!(lengths(&[400_000, 400_000, 400_000, 1]), [2, 2]);
    }

    #[test]
    fn a_message_that_fits_into_no_request_is_sorted_out_and_holds_up_no_other() {
        let (batches, refused) = in_batches(messages(&[1, MAX_BYTES + 1, MAX_BYTES]));
        let sent: Vec<&str> = batches.iter().flatten().map(|message| message.call_id.as_str()).collect();
        assert_eq!(sent, ["call_0", "call_2"]);
        assert_eq!(refused[0].call_id.as_str(), "call_1");
    }
}
