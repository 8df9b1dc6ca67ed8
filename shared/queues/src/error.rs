use aws_sdk_sqs::error::{BuildError, ProvideErrorMetadata, SdkError};
use environment::describe_aws_error;

/// A message was not sent, or it is not known whether it was.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the message was not taken: {0}")]
pub struct QueueError(String);

impl QueueError {
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Of SQS and of the scheduler.
impl<E: ProvideErrorMetadata> From<SdkError<E>> for QueueError {
    fn from(error: SdkError<E>) -> Self {
        Self(describe_aws_error(&error))
    }
}

/// A request that lacks a field.
impl From<BuildError> for QueueError {
    fn from(error: BuildError) -> Self {
        Self(error.to_string())
    }
}

/// A message that cannot be written, which no value of ours is.
impl From<serde_json::Error> for QueueError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use environment::aws_client;
    use scripted_aws::{Answer, REQUEST_ID, scripted};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_cut_is_told_by_the_id_of_its_request_and_not_by_its_text() {
        let cut = r#"{"Attributes":{"QueueArn":"+15551234567 jane@exam"#;
        for status in [200, 400, 500] {
            let client = aws_client!(aws_sdk_sqs, &scripted(move |_| Answer::Status(status, cut.into())));
            let error = client.get_queue_attributes().queue_url("https://sqs.example/q").send().await;
            let error = QueueError::from(error.expect_err("unreadable"));
            let said = format!("{error} {error:?}");
            assert!(!said.contains("5551234567") && !said.contains("jane@"), "{said}");
            assert!(said.contains(REQUEST_ID), "{said}");
        }
    }
}
