use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use domain::{AttemptRecord, Timestamp};
use egress::Sender;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use queues::{
    Deliveries, DeliveryMessage, InvalidDeliveryMessage, MAX_DELAY, NotSent, OperationalEvents, Schedules,
};
use store::{Attempts, StoreError};
use vault::{CannotOpen, Vault};

use crate::one_attempt::Made;
use crate::tasks::{Task, read_tasks};

/// Attempts that end within this time of each other are logged together: one request for the usual batch, and no row waits
/// for a neighbour that hangs.
const TOGETHER: Duration = Duration::from_millis(25);

/// More than a batch has.
const MOST_TOGETHER: usize = 100;

/// Everything that an attempt needs.
#[derive(Debug)]
pub struct Deliverer {
    /// What deliveries are made of, and their log.
    pub attempts: Attempts,
    /// Where the next attempt goes when it is near.
    pub slow_lane: Deliveries,
    /// That queue's ARN, by which its messages are told from first attempts.
    pub slow_lane_arn: String,
    /// Where it goes when it is further away than a queue can delay it.
    pub schedules: Schedules,
    /// Where it is said that an endpoint was disabled.
    pub events: OperationalEvents,
    /// Sends the requests.
    pub sender: Sender,
    /// Opens headers and secrets.
    pub vault: Vault,
}

/// The message must come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error(transparent)]
    Message(#[from] InvalidDeliveryMessage),
    #[error("the account has no call with the delivery's call id")]
    NoCall,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Open(#[from] CannotOpen),
    #[error(transparent)]
    Queue(#[from] NotSent),
    #[error("the payload cannot be rendered: {0}")]
    Payload(#[from] serde_json::Error),
}

/// What follows a task.
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
        let (tasks, unreadable) = read_tasks(batch, &self.slow_lane_arn);
        let unreadable =
            unreadable.into_iter().map(|message| again(message.message_id, &message.error.into()));
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = unreadable.collect();
        let ids: Vec<_> = tasks.iter().map(Task::ids).collect();
        let loaded = self.attempts.load(&ids).await;
        drop(ids);
        let failures = match loaded {
            Ok(loaded) => {
                let loaded = &loaded;
                let made = tasks.into_iter().map(async |task| {
                    let made = self.make(&task, loaded).await;
                    (task, made)
                });
                let together = tokio_stream::StreamExt::chunks_timeout(
                    made.collect::<FuturesUnordered<_>>(),
                    MOST_TOGETHER,
                    TOGETHER,
                );
                together.map(|made| self.conclude(made)).buffer_unordered(MOST_TOGETHER).concat().await
            }
            Err(error) => all_again(tasks, &error.into()),
        };
        response.batch_item_failures.extend(failures);
        response
    }

    /// Logs attempts, then queues what follows them, and names the messages of which one of the two failed.
    async fn conclude(&self, made: Vec<(Task, Result<Made, NotDone>)>) -> Vec<BatchItemFailure> {
        let rows: Vec<&AttemptRecord> = made
            .iter()
            .filter_map(|(_, made)| match made {
                Ok(Made::Now(record)) => Some(record),
                _ => None,
            })
            .collect();
        let logged = self.attempts.log(&rows).await;
        let next: Vec<(Task, Result<Next, NotDone>)> = made
            .into_iter()
            .map(|(task, made)| {
                let next = made.and_then(|made| what_follows(&task, made, &logged));
                (task, next)
            })
            .collect();
        self.queue(next).await
    }

    async fn queue(&self, next: Vec<(Task, Result<Next, NotDone>)>) -> Vec<BatchItemFailure> {
        let near: Vec<(DeliveryMessage, Duration)> = next
            .iter()
            .filter_map(|(_, next)| match next {
                Ok(Next::SlowLane(message, wait)) => Some((message.clone(), *wait)),
                _ => None,
            })
            .collect();
        let sent = self.slow_lane.send_later(&near).await;
        let queued = join_all(next.into_iter().map(async |(task, next)| {
            let queued = match next {
                Ok(Next::Nothing) => Ok(()),
                Ok(Next::SlowLane(..)) => sent.clone().map_err(NotDone::from),
                Ok(Next::Schedule(message, at)) => {
                    self.schedules.send_at(&message, at).await.map_err(NotDone::from)
                }
                Err(error) => Err(error),
            };
            queued.map_err(|error| all_again(vec![task], &error)).err().unwrap_or_default()
        }));
        queued.await.concat()
    }
}

/// What follows a task whose row is written, if it has one.
fn what_follows(task: &Task, made: Made, logged: &Result<(), StoreError>) -> Result<Next, NotDone> {
    let record = match made {
        Made::Postponed => return Ok(Next::SlowLane(task.message.clone(), Duration::ZERO)),
        Made::Before(record) => record,
        Made::Now(record) => {
            logged.clone()?;
            say(&record);
            record
        }
    };
    let Some(at) = record.next_attempt_at else { return Ok(Next::Nothing) };
    let wait = at.since(Timestamp::now());
    let message = task.message.next();
    Ok(if wait <= MAX_DELAY { Next::SlowLane(message, wait) } else { Next::Schedule(message, at) })
}

fn say(record: &AttemptRecord) {
    tracing::info!(
        delivery.id = %record.delivery_id,
        webhook.id = %record.webhook_id,
        attempt = record.attempt,
        outcome = record.outcome.as_str(),
        status_code = record.status_code,
        error = record.error.as_ref().map(|error| error.code.as_str()),
        duration_ms = record.duration_ms,
        "attempt {} of delivery {}: {}",
        record.attempt,
        record.delivery_id,
        record.outcome.as_str(),
    );
}

fn all_again(tasks: Vec<Task>, error: &NotDone) -> Vec<BatchItemFailure> {
    tasks.into_iter().flat_map(|task| task.message_ids).map(|id| again(id, error)).collect()
}

fn again(message_id: String, error: &NotDone) -> BatchItemFailure {
    tracing::error!(sqs.message_id = message_id, %error, "an attempt was not made or not recorded; it comes again");
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}
