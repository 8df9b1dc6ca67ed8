use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use environment::describe_aws_error;

/// A call to DynamoDB did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB refused it, or did not answer in time: trying again may help.
    #[error("DynamoDB is unavailable: {0}")]
    Unavailable(String),
    /// Trying again does not help.
    #[error(transparent)]
    Item(#[from] InvalidItem),
}

impl StoreError {
    /// The webhook says that it has a payload of its own, and none is there. Who tries again finds the webhook without it.
    #[must_use]
    pub fn payload_taken_away() -> Self {
        Self::Unavailable("a payload was taken away between two reads".into())
    }
}

/// An item has not the shape that this version writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item of {table} cannot be read: {reason}")]
pub struct InvalidItem {
    /// The entity.
    pub table: &'static str,
    /// What is wrong.
    pub reason: String,
}

impl<E: ProvideErrorMetadata> From<SdkError<E>> for StoreError {
    fn from(error: SdkError<E>) -> Self {
        Self::Unavailable(describe_aws_error(&error))
    }
}

impl From<aws_sdk_dynamodb::error::BuildError> for StoreError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use environment::aws_client;
    use scripted_aws::{Answer, REQUEST_ID, scripted};

    use super::*;

    /// What a read says of this answer, in both ways in which it could be logged.
    async fn said_of(answer: Answer) -> String {
        let client = aws_client!(aws_sdk_dynamodb, &scripted(move |_| answer.clone()));
        let error = client.get_item().table_name("Calls").send().await.expect_err("no item");
        let error = StoreError::from(error);
        format!("{error} {error:?}")
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_cut_is_told_by_the_id_of_its_request_and_not_by_its_text() {
        let cut = r#"{"Item":{"phoneNumber":{"S":"+15551234567"},"email":{"S":"jane@example.com"},"slug":{"S":"5ec"#;
        for status in [200, 400, 500] {
            let said = said_of(Answer::Status(status, cut.into())).await;
            for personal in ["5551234567", "jane@", "5ec", "phoneNumber"] {
                assert!(!said.contains(personal), "{said}");
            }
            assert!(said.contains(REQUEST_ID) && said.contains(&status.to_string()), "{said}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_told_by_its_code_and_message() {
        let said = said_of(Answer::refused("ResourceNotFoundException", r#","Item":"+15551234567""#)).await;
        assert!(said.contains("ResourceNotFoundException: ResourceNotFoundException said"), "{said}");
        assert!(said.contains(REQUEST_ID) && !said.contains("+1555"), "{said}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_connection_is_told_by_its_kind() {
        let said = said_of(Answer::Lost).await;
        assert!(said.contains("not reached: connection reset"), "{said}");
    }
}
