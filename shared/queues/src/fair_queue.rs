//! Standard queues whose messages carry their account as `MessageGroupId`, which makes them fair queues: one account's backlog does
//! not delay another's messages.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::AccountId;

use crate::QueueError;

/// Longest wait of a message (SQS, `DelaySeconds`).
pub const MAX_DELAY: Duration = Duration::from_secs(900);

/// Messages in one request (SQS, `SendMessageBatch`).
pub(crate) const BATCH: usize = 10;

/// One message: whose it is, its body, and how long it waits.
pub(crate) type Message<'a> = (&'a AccountId, String, Duration);

/// Sends [`BATCH`] messages at most.
///
/// # Errors
///
/// [`QueueError`] when SQS did not take all of them; some may have been sent.
pub(crate) async fn send_batch(
    client: &Client,
    queue_url: &str,
    messages: impl Iterator<Item = Result<Message<'_>, QueueError>>,
) -> Result<(), QueueError> {
    let mut request = client.send_message_batch().queue_url(queue_url);
    for (index, message) in messages.enumerate() {
        let (account, body, delay) = message?;
        let entry = SendMessageBatchRequestEntry::builder()
            .id(index.to_string())
            .message_group_id(account.as_str())
            .message_body(body)
            .set_delay_seconds(Some(whole_seconds(delay)).filter(|seconds| *seconds > 0))
            .build()?;
        request = request.entries(entry);
    }
    let answer = request.send().await?;
    match answer.failed().first() {
        None => Ok(()),
        Some(failed) => {
            Err(QueueError::because(format!("{} of a batch: {}", answer.failed().len(), failed.code())))
        }
    }
}

/// `DelaySeconds`: rounded up, so that nothing comes early.
#[expect(clippy::cast_possible_truncation, reason = "at most 900")]
fn whole_seconds(delay: Duration) -> i32 {
    delay.min(MAX_DELAY).as_secs_f64().ceil() as i32
}
