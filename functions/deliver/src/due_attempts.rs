use std::collections::HashMap;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use queues::{DeliveryMessage, InvalidDeliveryMessage};
use store::AttemptIds;

/// Which queue a message came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// `deliveries`: first attempts.
    Fast,
    /// `slow-deliveries`: everything about endpoints that fail.
    Slow,
}

/// One attempt that a batch asks for.
#[derive(Debug)]
pub(crate) struct DueAttempt {
    pub(crate) message: DeliveryMessage,
    pub(crate) lane: Lane,
    /// Whether an invocation before this one had the message, and did not finish it.
    pub(crate) is_redelivery: bool,
    /// The ids of its messages in SQS: more than one when the batch has it twice.
    pub(crate) message_ids: Vec<String>,
}

impl DueAttempt {
    pub(crate) fn ids(&self) -> AttemptIds<'_> {
        AttemptIds {
            account: &self.message.account_id,
            webhook: &self.message.webhook_id,
            call: self.message.subject.call(),
            delivery: &self.message.delivery_id,
            key: self.message.attempt_key(),
        }
    }
}

/// A message that is none of ours.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) message_id: String,
    pub(crate) error: InvalidDeliveryMessage,
}

/// The attempts that a batch asks for, each once.
pub(crate) fn read_due_attempts(batch: SqsEvent, slow_lane_arn: &str) -> (Vec<DueAttempt>, Vec<Unreadable>) {
    let mut due: HashMap<String, DueAttempt> = HashMap::new();
    let mut unreadable = Vec::new();
    for record in batch.records {
        let is_redelivery = received_before(&record);
        let slow = record.event_source_arn.as_deref() == Some(slow_lane_arn);
        let lane = if slow { Lane::Slow } else { Lane::Fast };
        let message_id = record.message_id.unwrap_or_default();
        match DeliveryMessage::parse(record.body.as_deref().unwrap_or_default()) {
            Err(error) => unreadable.push(Unreadable { message_id, error }),
            Ok(message) => {
                let task = due.entry(message.attempt_name()).or_insert_with(|| DueAttempt {
                    message,
                    lane,
                    is_redelivery,
                    message_ids: Vec::new(),
                });
                task.is_redelivery |= is_redelivery;
                task.message_ids.push(message_id);
            }
        }
    }
    (due.into_values().collect(), unreadable)
}

/// SQS counts how often it handed a message out.
fn received_before(record: &SqsMessage) -> bool {
    record.attributes.get("ApproximateReceiveCount").is_some_and(|count| count != "1")
}

#[cfg(test)]
mod tests {
    use domain::{AccountId, CallId, DeliveryId, Event, Randomness, Timestamp, WebhookId};

    use super::*;

    const SLOW: &str = "arn:aws:sqs:eu-central-1:123456789012:slow-deliveries";

    fn first_attempt() -> DeliveryMessage {
        let now = Timestamp::from_millis(1);
        let (call, webhook) =
            (CallId::new(now, &Randomness::system()), WebhookId::new(now, &Randomness::system()));
        let delivery = DeliveryId::derived(&call, &webhook, now);
        DeliveryMessage::first(
            delivery,
            AccountId::new(now, &Randomness::system()),
            webhook,
            call,
            Event::CallFinished,
        )
    }

    fn record(id: &str, body: String, queue: &str, received: &str) -> SqsMessage {
        let mut record = SqsMessage::default();
        record.message_id = Some(id.to_owned());
        record.body = Some(body);
        record.event_source_arn = Some(queue.to_owned());
        record.attributes.insert("ApproximateReceiveCount".to_owned(), received.to_owned());
        record
    }

    fn batch(records: Vec<SqsMessage>) -> SqsEvent {
        let mut batch = SqsEvent::default();
        batch.records = records;
        batch
    }

    #[test]
    fn a_message_that_is_in_the_batch_twice_is_one_task() {
        let message = first_attempt();
        let json = || message.to_json().expect("JSON");
        let (due, unreadable) = read_due_attempts(
            batch(vec![record("a", json(), "fast", "1"), record("b", json(), "fast", "2")]),
            SLOW,
        );
        assert!(unreadable.is_empty());
        let [task] = &due[..] else { panic!("{} due", due.len()) };
        assert_eq!((&task.message, task.lane, task.is_redelivery), (&message, Lane::Fast, true));
        assert_eq!(task.message_ids, ["a", "b"]);
    }

    #[test]
    fn the_attempts_of_one_delivery_are_tasks_of_their_own() {
        let message = first_attempt();
        let bodies = [message.next().to_json(), message.in_run("r1".to_owned()).to_json()];
        let records =
            bodies.into_iter().map(|body| record("m", body.expect("JSON"), SLOW, "1")).collect::<Vec<_>>();
        let (due, _) = read_due_attempts(batch(records), SLOW);
        assert_eq!(due.len(), 2);
        assert!(due.iter().all(|task| task.lane == Lane::Slow && !task.is_redelivery));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let (due, unreadable) = read_due_attempts(batch(vec![record("x", "{}".to_owned(), SLOW, "1")]), SLOW);
        assert!(due.is_empty());
        assert_eq!(unreadable[0].message_id, "x");
    }
}
