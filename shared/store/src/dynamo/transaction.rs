//! Transactions that meet on one account's item: DynamoDB cancels one of them, and it is tried again.

use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};

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
    items: Vec<TransactWriteItem>,
) -> Result<Transacted, StoreError> {
    let deadline = Instant::now() + BUDGET;
    let mut pause = FIRST_PAUSE;
    loop {
        let request = client.transact_write_items().set_transact_items(Some(items.clone()));
        let error = match request.send().await {
            Ok(_) => return Ok(Transacted::Committed),
            Err(error) => error,
        };
        match obstacle(&error) {
            Obstacle::Conditions(failed) => return Ok(Transacted::Refused(failed)),
            Obstacle::Contention if Instant::now() + pause < deadline => {
                tokio::time::sleep(pause.mul_f64(random_fraction())).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Obstacle::Contention | Obstacle::Other => return Err(error.into()),
        }
    }
}

enum Obstacle {
    Conditions(Vec<bool>),
    Contention,
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
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Obstacle::Contention,
        _ => Obstacle::Other,
    }
}

/// 0.5 to 1.
fn random_fraction() -> f64 {
    let mut byte = [0];
    let _ = rand::fill(&mut byte);
    0.5 + f64::from(byte[0]) / 510.0
}
