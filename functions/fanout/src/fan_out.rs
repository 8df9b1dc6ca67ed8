use std::collections::HashMap;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use domain::{
    Call, CallId, Completion, DeliveryId, InvalidCompletion, Timestamp, choose_endpoints, parse_completion,
};
use futures_util::future::join_all;
use queues::{DeadLetters, Deliveries, DeliveryMessage, NotSent};
use store::{Settled, Settlements, StoreError};

use crate::completed_call::{Unusable, completed_call};

/// A completion that was settled this short a time ago, and is not fanned out, is in the hands of another invocation: longer
/// than the function's timeout, shorter than the queue's visibility timeout.
const IN_HANDS: Duration = Duration::from_secs(60);

/// Everything that a completion needs.
#[derive(Debug)]
pub struct Fanout {
    /// Calls, credits and the account's webhooks.
    pub settlements: Settlements,
    /// Where the deliveries go.
    pub deliveries: Deliveries,
    /// Where completions go that can never be used.
    pub dead_letters: DeadLetters,
}

/// The message must come again.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] NotSent),
    #[error("another invocation is at this call")]
    InOtherHands,
}

impl Fanout {
    /// Handles a batch and names the messages that must come again. Completions of different calls go side by side; those of
    /// one call one after the other, so that the second finds the first one's marks.
    pub async fn handle_batch(&self, batch: SqsEvent) -> SqsBatchResponse {
        let mut by_call: HashMap<Option<CallId>, Vec<(&SqsMessage, Parsed)>> = HashMap::new();
        for record in &batch.records {
            let parsed = parse_completion(record.body.as_deref().unwrap_or_default());
            let call = parsed.as_ref().ok().map(|completion| completion.call_id.clone());
            by_call.entry(call).or_default().push((record, parsed));
        }
        let failures = join_all(by_call.into_values().map(|records| self.handle_in_turn(records))).await;
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = failures.into_iter().flatten().collect();
        response
    }

    async fn handle_in_turn(&self, records: Vec<(&SqsMessage, Parsed)>) -> Vec<BatchItemFailure> {
        let mut failures = Vec::new();
        for (record, parsed) in records {
            let message_id = record.message_id.clone().unwrap_or_default();
            match self.handle(record.body.as_deref().unwrap_or_default(), parsed, &message_id).await {
                Ok(()) => continue,
                Err(NotDone::InOtherHands) => {
                    tracing::info!(
                        sqs.message_id = message_id,
                        "message {message_id} comes again: its call is in other hands"
                    );
                }
                Err(error) => {
                    tracing::error!(sqs.message_id = message_id, %error, "message {message_id} was not handled; it comes again");
                }
            }
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message_id;
            failures.push(failure);
        }
        failures
    }

    async fn handle(&self, body: &str, parsed: Parsed, message_id: &str) -> Result<(), NotDone> {
        let unusable = match parsed {
            Err(invalid) => Unusable::from(invalid),
            Ok(completion) => match self.complete(completion).await? {
                Ok(()) => return Ok(()),
                Err(unusable) => unusable,
            },
        };
        let (code, reason) = (unusable.code(), unusable.to_string());
        self.dead_letters.send(body, code, &reason).await?;
        tracing::error!(
            sqs.message_id = message_id,
            code,
            reason,
            "message {message_id} went to the dead letters: {reason}"
        );
        Ok(())
    }

    async fn complete(&self, completion: Completion) -> Result<Result<(), Unusable>, NotDone> {
        let now = Timestamp::now();
        let call_id = completion.call_id.clone();
        let recorded = self.settlements.call(&call_id).await?;
        let settled_before = recorded.as_ref().is_some_and(|call| call.settled_at.is_some());
        if settled_before && recorded.as_ref().is_some_and(|call| call.account_id == completion.account_id) {
            return self.resume(&call_id, recorded, now).await.map(Ok);
        }
        let completed = match completed_call(completion, recorded, now) {
            Ok(completed) => completed,
            Err(unusable) => return Ok(Err(unusable)),
        };
        match self.settlements.settle(&completed, now).await? {
            Ok(Settled::Now) => self.queue_deliveries(&completed.call).await.map(Ok),
            Ok(Settled::Before) => Err(NotDone::InOtherHands),
            Ok(Settled::UnknownAccount) => Ok(Err(Unusable::UnknownAccount)),
            Err(too_large) => Ok(Err(too_large.into())),
        }
    }

    /// A completion that was settled before: a duplicate, or one whose deliveries were not all queued.
    async fn resume(&self, call_id: &CallId, recorded: Option<Call>, now: Timestamp) -> Result<(), NotDone> {
        match recorded {
            Some(call) if call.fanned_out_at.is_none() => {
                if call.settled_at.is_some_and(|settled_at| now.since(settled_at) < IN_HANDS) {
                    return Err(NotDone::InOtherHands);
                }
                self.queue_deliveries(&call).await
            }
            _ => {
                tracing::info!(call.id = %call_id, "the completion of call {call_id} came again");
                Ok(())
            }
        }
    }

    async fn queue_deliveries(&self, call: &Call) -> Result<(), NotDone> {
        let webhooks = self.settlements.webhooks(&call.account_id).await?;
        let finished_at = call.finished_at.unwrap_or(call.created_at);
        let messages: Vec<DeliveryMessage> = choose_endpoints(call, &webhooks)
            .map(|endpoint| {
                let delivery_id = DeliveryId::derived(&call.id, &endpoint.webhook_id, finished_at);
                let account_id = call.account_id.clone();
                DeliveryMessage::first(
                    delivery_id,
                    account_id,
                    endpoint.webhook_id,
                    call.id.clone(),
                    endpoint.event,
                )
            })
            .collect();
        self.deliveries.send_all(&messages).await?;
        self.settlements.mark_fanned_out(&call.id, Timestamp::now()).await?;
        tracing::info!(
            call.id = %call.id,
            deliveries = messages.len(),
            "call {} is completed: {} deliveries",
            call.id,
            messages.len()
        );
        Ok(())
    }
}

type Parsed = Result<Completion, InvalidCompletion>;
