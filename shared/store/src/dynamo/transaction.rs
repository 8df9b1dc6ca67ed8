//! Transactions that meet on one account's item: DynamoDB cancels one of them, and it is tried again.
//!
//! A try that was cancelled is over, and the next one is a transaction of its own. A try that is in progress is not: it may
//! still commit. It is asked for again under the token that it has, and DynamoDB answers what came of it instead of writing
//! everything twice (`TransactWriteItems`, "ClientRequestToken": for ten minutes, which is longer than our budget). The SDK
//! repeats a request whose answer was lost under that token, too.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Randomness;
use tokio::time::Instant;

use crate::StoreError;

/// How long a transaction that meets others is tried again.
const BUDGET: Duration = Duration::from_secs(6);
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

/// What became of a transaction.
pub(crate) enum Transacted {
    Committed,
    /// Nothing was written, since the conditions of the items at these places did not hold.
    Refused(Vec<bool>),
}

impl Transacted {
    /// Whether the condition of the item at this place failed.
    pub(crate) fn refused_at(reasons: &[bool], place: usize) -> bool {
        reasons.get(place).copied().unwrap_or(false)
    }
}

/// Writes all items or none; tries again, after a random pause, while another transaction is in the way.
pub(crate) async fn transact(
    client: &Client,
    randomness: &Randomness,
    items: Vec<TransactWriteItem>,
) -> Result<Transacted, StoreError> {
    let deadline = Instant::now() + BUDGET;
    let mut pause = FIRST_PAUSE;
    let mut token = new_token(randomness);
    loop {
        let request = client
            .transact_write_items()
            .client_request_token(&token)
            .set_transact_items(Some(items.clone()));
        let error = match request.send().await {
            Ok(_) => return Ok(Transacted::Committed),
            Err(error) => error,
        };
        match obstacle(&error) {
            Obstacle::Conditions(failed) => return Ok(Transacted::Refused(failed)),
            Obstacle::Other => return Err(error.into()),
            Obstacle::Contention | Obstacle::InProgress if Instant::now() + pause >= deadline => {
                return Err(error.into());
            }
            Obstacle::Contention => token = new_token(randomness),
            Obstacle::InProgress => {}
        }
        tokio::time::sleep(pause.mul_f64(fraction(randomness))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

enum Obstacle {
    Conditions(Vec<bool>),
    /// This try was cancelled: nothing of it will be written.
    Contention,
    /// An earlier request with this token is not over.
    InProgress,
    Other,
}

fn obstacle<R>(error: &SdkError<TransactWriteItemsError, R>) -> Obstacle {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = cancelled.cancellation_reasons();
            let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
            if has("ConditionalCheckFailed") {
                let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
                Obstacle::Conditions(reasons.iter().map(failed).collect())
            } else if has("TransactionConflict")
                || has("ThrottlingError")
                || has("ProvisionedThroughputExceeded")
            {
                Obstacle::Contention
            } else {
                Obstacle::Other
            }
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Obstacle::InProgress,
        _ => Obstacle::Other,
    }
}

/// Names one transaction: 24 of the 36 characters that DynamoDB takes.
fn new_token(randomness: &Randomness) -> String {
    URL_SAFE_NO_PAD.encode(randomness.bytes::<18>())
}

/// 0.5 to 1.
fn fraction(randomness: &Randomness) -> f64 {
    let [byte] = randomness.bytes();
    0.5 + f64::from(byte) / 510.0
}

#[cfg(test)]
#[path = "transaction_tests.rs"]
mod tests;
