use std::error::Error;

use aws_sdk_sqs::error::DisplayErrorContext;

/// A message was not sent, or it is not known whether it was.
#[derive(Debug, Clone, thiserror::Error)]
#[error("SQS did not take the message: {0}")]
pub struct QueueError(String);

impl QueueError {
    pub(crate) fn from_sdk(error: impl Error) -> Self {
        Self(DisplayErrorContext(error).to_string())
    }

    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}
