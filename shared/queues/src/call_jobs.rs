use aws_sdk_sqs::Client;
use domain::{CallId, CallJob};

use crate::NotSent;

/// `call-jobs`, the FIFO queue that the dialer reads.
#[derive(Debug, Clone)]
pub struct CallJobs {
    client: Client,
    queue_url: String,
}

impl CallJobs {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Sends the job of this call. Group and deduplication id are the call's id, so that a job which is sent again, because
    /// the first answer was lost, is queued once.
    ///
    /// # Errors
    ///
    /// [`NotSent`] when SQS did not take it; it may have done so all the same when the answer was lost.
    pub async fn send(&self, call: &CallId, job: &CallJob<'_>) -> Result<(), NotSent> {
        let body = serde_json::to_string(job).map_err(NotSent::from_sdk)?;
        self.client
            .send_message()
            .queue_url(&self.queue_url)
            .message_group_id(call.as_str())
            .message_deduplication_id(call.as_str())
            .message_body(body)
            .send()
            .await
            .map_err(NotSent::from_sdk)?;
        Ok(())
    }
}
