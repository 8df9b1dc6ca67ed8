//! A batch of messages: its attempts are made side by side, logged, and followed by the next ones.

use std::pin::pin;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use domain::{AttemptRecord, Timestamp, Webhook};
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use queues::{DeliveryMessage, MAX_DELAY};
use store::{Loaded, StoreError};

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::{DueAttempt, read_due_attempts};
use crate::one_attempt::{MadeAttempt, make};
use crate::tallies::Tallies;

/// Attempts that end within this time of each other are logged together: one request for the usual batch, and no row waits
/// for a neighbour that hangs.
const TOGETHER: Duration = Duration::from_millis(25);

/// More than a batch has.
const MOST_TOGETHER: usize = 100;

/// What follows an attempt.
enum Next {
    Nothing,
    /// The message of the next attempt waits in the slow lane.
    SlowLane(DeliveryMessage, Duration),
    /// It is further away than a queue can delay it.
    Schedule(DeliveryMessage, Timestamp),
}

impl Deliverer {
    /// Makes the attempts of a batch side by side, so that a slow endpoint delays no other of its batch, and names the messages
    /// that must come again.
    pub async fn handle_batch(&self, batch: SqsEvent) -> SqsBatchResponse {
        let (due, unreadable) = read_due_attempts(batch, &self.slow_lane_arn);
        let mut response = SqsBatchResponse::default();
        let unreadable = unreadable.into_iter();
        response.batch_item_failures =
            unreadable.map(|message| again(message.message_id, &message.error.into())).collect();
        response.batch_item_failures.extend(make_all(self, due).await);
        response
    }
}

/// Makes attempts, and names the messages of those that are not made and recorded.
async fn make_all(deliverer: &Deliverer, due: Vec<DueAttempt>) -> Vec<BatchItemFailure> {
    let ids: Vec<_> = due.iter().map(DueAttempt::ids).collect();
    let loaded = deliverer.attempts.load(&ids).await;
    drop(ids);
    let loaded = match &loaded {
        Ok(loaded) => loaded,
        Err(error) => return all_again(due, &error.clone().into()),
    };
    let templates = deliverer.templates.load(&deliverer.attempts, &with_own_payload(&due, loaded)).await;
    let templates = &templates;
    let making = due.into_iter().map(async |due| {
        let made = make(deliverer, &due, loaded, templates).await;
        (due, made)
    });
    let making: FuturesUnordered<_> = making.collect();
    // Groups of those that end at about the same time. One group is logged while others are still being made.
    let groups = tokio_stream::StreamExt::chunks_timeout(making, MOST_TOGETHER, TOGETHER);
    let mut concluded = pin!(groups.map(|group| conclude(deliverer, group)).buffer_unordered(MOST_TOGETHER));
    let (mut failures, mut tallies) = (Vec::new(), Tallies::default());
    while let Some((some, counted)) = concluded.next().await {
        failures.extend(some);
        tallies.add(&counted);
    }
    // When every delivery is where it belongs.
    tallies.write(deliverer).await;
    failures
}

/// The webhooks of attempts that are to be made in a payload of their owners' own design, with its version.
fn with_own_payload<'a>(due: &[DueAttempt], loaded: &'a Loaded) -> Vec<(&'a Webhook, Timestamp)> {
    let of_one = |due: &DueAttempt| {
        let ids = due.ids();
        let webhook = loaded.webhook(&ids).ok().flatten()?;
        let version = webhook.payload_version(due.message.event)?;
        matches!(loaded.logged(&ids), Ok(None)).then_some((webhook, version))
    };
    due.iter().filter_map(of_one).collect()
}

/// Logs attempts, then queues what follows them, and names the messages of which one of the two failed. What is logged now is
/// counted.
async fn conclude(
    deliverer: &Deliverer,
    group: Vec<(DueAttempt, Result<MadeAttempt, DeliverError>)>,
) -> (Vec<BatchItemFailure>, Tallies) {
    let rows: Vec<&AttemptRecord> = group.iter().filter_map(|(_, made)| new_row(made)).collect();
    let logged = deliverer.attempts.log(&rows).await;
    let mut tallies = Tallies::default();
    if logged.is_ok() {
        let new = group.iter().filter_map(|(due, made)| Some((due, new_row(made)?)));
        new.for_each(|(due, row)| tallies.count(&due.message.account_id, row));
    }
    let now = deliverer.clock.now();
    let with_next = group.into_iter().map(|(due, made)| {
        let next = made.and_then(|made| what_follows(&due, made, &logged, now));
        (due, next)
    });
    (queue(deliverer, with_next.collect()).await, tallies)
}

/// The row that is to be written, if the attempt was made now.
fn new_row(made: &Result<MadeAttempt, DeliverError>) -> Option<&AttemptRecord> {
    match made {
        Ok(MadeAttempt::Now(record, _)) => Some(record),
        _ => None,
    }
}

async fn queue(
    deliverer: &Deliverer,
    with_next: Vec<(DueAttempt, Result<Next, DeliverError>)>,
) -> Vec<BatchItemFailure> {
    let near: Vec<(DeliveryMessage, Duration)> = with_next
        .iter()
        .filter_map(|(_, next)| match next {
            Ok(Next::SlowLane(message, wait)) => Some((message.clone(), *wait)),
            _ => None,
        })
        .collect();
    let sent = deliverer.slow_lane.send_later(&near).await;
    let failed = with_next.into_iter().map(async |(due, next)| {
        let queued = match next {
            Ok(Next::Nothing) => Ok(()),
            Ok(Next::SlowLane(..)) => sent.clone().map_err(DeliverError::from),
            Ok(Next::Schedule(message, at)) => {
                deliverer.schedules.send_at(&message, at).await.map_err(DeliverError::from)
            }
            Err(error) => Err(error),
        };
        match queued {
            Ok(()) => Vec::new(),
            Err(error) => all_again(vec![due], &error),
        }
    });
    join_all(failed).await.concat()
}

/// What follows an attempt whose row is written, if it has one.
fn what_follows(
    due: &DueAttempt,
    made: MadeAttempt,
    logged: &Result<(), StoreError>,
    now: Timestamp,
) -> Result<Next, DeliverError> {
    let record = match made {
        MadeAttempt::Postponed => return Ok(Next::SlowLane(due.message.clone(), Duration::ZERO)),
        // A hurried attempt has two messages, and one next attempt: the one that made it queues that.
        MadeAttempt::Before(record) if record.hurried != due.message.hurried => return Ok(Next::Nothing),
        MadeAttempt::Before(record) => record,
        MadeAttempt::Now(record, waited) => {
            logged.clone()?;
            say(&record, waited);
            record
        }
    };
    let Some(at) = record.next_attempt_at else { return Ok(Next::Nothing) };
    let wait = at.since(now);
    let message = due.message.next();
    Ok(if wait <= MAX_DELAY { Next::SlowLane(message, wait) } else { Next::Schedule(message, at) })
}

/// What came of it. By these lines attempts are counted and measured, so what was no attempt has no outcome.
fn say(record: &AttemptRecord, waited: Option<Duration>) {
    let (delivery, webhook) = (&record.delivery_id, &record.webhook_id);
    let error = record.error.as_ref().map(|error| error.code.as_str());
    if !record.is_attempt() {
        tracing::info!(delivery.id = %delivery, webhook.id = %webhook, error, "delivery {delivery} ends without an attempt");
        return;
    }
    let (attempt, outcome) = (record.attempt, record.outcome.as_str());
    tracing::info!(
        delivery.id = %delivery,
        webhook.id = %webhook,
        attempt,
        outcome,
        status_code = record.status_code,
        error,
        duration_ms = record.duration_ms,
        waited_ms = waited.map(|waited| u64::try_from(waited.as_millis()).unwrap_or(u64::MAX)),
        is_last = record.next_attempt_at.is_none(),
        "attempt {attempt} of delivery {delivery}: {outcome}"
    );
}

fn all_again(due: Vec<DueAttempt>, error: &DeliverError) -> Vec<BatchItemFailure> {
    due.into_iter().flat_map(|due| due.message_ids).map(|id| again(id, error)).collect()
}

fn again(message_id: String, error: &DeliverError) -> BatchItemFailure {
    tracing::error!(sqs.message_id = message_id, %error, "an attempt was not made or not recorded; it comes again");
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}
