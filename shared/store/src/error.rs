use std::error::Error;

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};

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

/// An item has not the shape that this version writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item of {table} cannot be read: {reason}")]
pub struct InvalidItem {
    /// The entity.
    pub table: &'static str,
    /// What is wrong.
    pub reason: String,
}

impl<E: Error + 'static, R: std::fmt::Debug + 'static> From<SdkError<E, R>> for StoreError {
    fn from(error: SdkError<E, R>) -> Self {
        Self::Unavailable(DisplayErrorContext(error).to_string())
    }
}

impl From<aws_sdk_dynamodb::error::BuildError> for StoreError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
