use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;

use crate::QueueError;

/// The dead-letter queue of `call-completions`. What can never be used goes there at once and with its reason, instead of
/// after five tries and without one.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: Client,
    queue_url: String,
}

impl DeadLetters {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Puts a message there, with the attributes `code` and `reason`.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS did not take it.
    pub async fn send(&self, body: &str, code: &str, reason: &str) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(&self.queue_url)
            .message_body(body)
            .message_attributes("code", text_attribute(code)?)
            .message_attributes("reason", text_attribute(reason)?)
            .send()
            .await?;
        Ok(())
    }
}

fn text_attribute(text: &str) -> Result<MessageAttributeValue, QueueError> {
    Ok(MessageAttributeValue::builder().data_type("String").string_value(text).build()?)
}
