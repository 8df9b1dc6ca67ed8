use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use domain::{
    AccountId, Call, Clock, Completion, DeliveryId, Timestamp, Webhook, choose_endpoints, parse_completion,
};
use futures_util::future::{join, join_all};
use queues::{DeadLetters, Deliveries, DeliveryMessage, QueueError};
use store::{InvalidItem, Settled, Settlements, StoreError};

use crate::completed_call::{CompletionError, completed_call};

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
    /// The time.
    pub clock: Clock,
}

/// What became of a message.
type Handled<'a> = (&'a SqsMessage, Result<(), FanoutError>);

/// The message must come again.
#[derive(Debug, Clone, thiserror::Error)]
enum FanoutError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("another invocation is at this call")]
    InOtherHands,
}

impl Fanout {
    /// Handles a batch and names the messages that must come again. Accounts go side by side and do not wait for each other;
    /// completions of one account share what is read and sent for them.
    pub async fn handle_batch(&self, batch: SqsEvent) -> SqsBatchResponse {
        let mut by_account: HashMap<AccountId, Vec<(&SqsMessage, Completion)>> = HashMap::new();
        let mut unusable = Vec::new();
        for record in &batch.records {
            match parse_completion(record.body.as_deref().unwrap_or_default(), self.received_at(record)) {
                Ok(completion) => {
                    log_notes(&completion);
                    let of_account = by_account.entry(completion.account_id.clone()).or_default();
                    of_account.push((record, completion));
                }
                Err(invalid) => unusable.push((record, CompletionError::from(invalid))),
            }
        }
        let usable = by_account.into_iter().map(|(account, received)| self.handle_account(account, received));
        let unusable = unusable.into_iter().map(async |(record, why)| (record, self.bury(record, why).await));
        let (usable, unusable) = join(join_all(usable), join_all(unusable)).await;
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures =
            usable.into_iter().flatten().chain(unusable).filter_map(must_come_again).collect();
        response
    }

    /// When the queue took a message: the same at every time that it comes.
    fn received_at(&self, record: &SqsMessage) -> Timestamp {
        let sent = record.attributes.get("SentTimestamp").and_then(|millis| millis.parse().ok());
        sent.map_or_else(|| self.clock.now(), Timestamp::from_millis)
    }

    /// Of several completions of one call, each is handled after the one before it, whose marks it then finds.
    async fn handle_account<'a>(
        &self,
        account: AccountId,
        mut received: Vec<(&'a SqsMessage, Completion)>,
    ) -> Vec<Handled<'a>> {
        let mut handled = Vec::new();
        while !received.is_empty() {
            let mut calls = HashSet::new();
            let (first, later): (Vec<_>, Vec<_>) =
                received.into_iter().partition(|(_, completion)| calls.insert(completion.call_id.clone()));
            handled.extend(self.complete_all(&account, first).await);
            received = later;
        }
        handled
    }

    /// Completions of different calls of one account.
    async fn complete_all<'a>(
        &self,
        account: &AccountId,
        received: Vec<(&'a SqsMessage, Completion)>,
    ) -> Vec<Handled<'a>> {
        let ids: Vec<_> = received.iter().map(|(_, completion)| &completion.call_id).collect();
        let recorded = match self.settlements.calls(&ids).await {
            Ok(recorded) => recorded,
            Err(error) => return all_not_done(received, &error.into()),
        };
        let settled = received
            .into_iter()
            .zip(recorded)
            .map(async |((record, completion), call)| (record, self.settle(record, completion, call).await));
        let (mut handled, mut calls) = (Vec::new(), Vec::new());
        for (record, settled) in join_all(settled).await {
            match settled {
                Ok(Some(call)) => calls.push((record, call)),
                Ok(None) => handled.push((record, Ok(()))),
                Err(not_done) => handled.push((record, Err(not_done))),
            }
        }
        handled.extend(self.fan_out(account, calls).await);
        handled
    }

    /// Settles a call, or buries its completion. The call, when its deliveries are to be queued now.
    async fn settle(
        &self,
        record: &SqsMessage,
        completion: Completion,
        recorded: Result<Option<Call>, InvalidItem>,
    ) -> Result<Option<Call>, FanoutError> {
        let (recorded, now) = (recorded.map_err(StoreError::from)?, self.clock.now());
        if let Some(call) = &recorded
            && let Some(settled_at) = call.settled_at
            && call.account_id == completion.account_id
        {
            return resume(call, settled_at, now);
        }
        let completed = match completed_call(completion, recorded, now) {
            Ok(completed) => completed,
            Err(unusable) => return self.bury(record, unusable).await.map(|()| None),
        };
        let unusable = match self.settlements.settle(&completed, now).await? {
            Settled::Now => return Ok(Some(completed.call)),
            Settled::Before => return Err(FanoutError::InOtherHands),
            Settled::UnknownAccount => CompletionError::UnknownAccount,
            Settled::TooLarge => CompletionError::TooLarge,
        };
        self.bury(record, unusable).await.map(|()| None)
    }

    async fn bury(&self, record: &SqsMessage, unusable: CompletionError) -> Result<(), FanoutError> {
        let (code, reason) = (unusable.code(), unusable.to_string());
        self.dead_letters.send(record.body.as_deref().unwrap_or_default(), code, &reason).await?;
        let message_id = record.message_id.as_deref().unwrap_or_default();
        tracing::error!(
            sqs.message_id = message_id,
            code,
            reason,
            "message {message_id} went to the dead letters: {reason}"
        );
        Ok(())
    }

    /// Queues the deliveries of these calls of an account, and marks each call.
    async fn fan_out<'a>(&self, account: &AccountId, calls: Vec<(&'a SqsMessage, Call)>) -> Vec<Handled<'a>> {
        if calls.is_empty() {
            return Vec::new();
        }
        let counts = match self.queue_deliveries(account, &calls).await {
            Ok(counts) => counts,
            Err(not_done) => return all_not_done(calls, &not_done),
        };
        let marked = calls
            .into_iter()
            .zip(counts)
            .map(async |((record, call), count)| (record, self.mark_fanned_out(&call, count).await));
        join_all(marked).await
    }

    /// How many there are of each call.
    async fn queue_deliveries(
        &self,
        account: &AccountId,
        calls: &[(&SqsMessage, Call)],
    ) -> Result<Vec<usize>, FanoutError> {
        let webhooks = self.settlements.webhooks(account).await?;
        let messages: Vec<_> = calls.iter().map(|(_, call)| deliveries(call, &webhooks)).collect();
        self.deliveries.send_all(&messages.concat()).await?;
        Ok(messages.iter().map(Vec::len).collect())
    }

    async fn mark_fanned_out(&self, Call { id, .. }: &Call, deliveries: usize) -> Result<(), FanoutError> {
        self.settlements.mark_fanned_out(id, self.clock.now()).await?;
        tracing::info!(call.id = %id, deliveries, "call {id} is completed: {deliveries} deliveries");
        Ok(())
    }
}

/// The notes name parts and quote nothing.
fn log_notes(Completion { call_id, notes, .. }: &Completion) {
    if !notes.is_empty() {
        let notes = notes.join("; ");
        tracing::warn!(call.id = %call_id, notes, "the completion of call {call_id} breaks the contract: {notes}");
    }
}

/// A completion of a call that was settled before: a duplicate, or one whose deliveries were not all queued.
fn resume(call: &Call, settled_at: Timestamp, now: Timestamp) -> Result<Option<Call>, FanoutError> {
    if call.fanned_out_at.is_some() {
        tracing::info!(call.id = %call.id, "the completion of call {} came again", call.id);
        return Ok(None);
    }
    if now.since(settled_at) < IN_HANDS {
        return Err(FanoutError::InOtherHands);
    }
    Ok(Some(call.clone()))
}

/// One for each endpoint that is told of the call.
fn deliveries(call: &Call, webhooks: &[Webhook]) -> Vec<DeliveryMessage> {
    let finished_at = call.finished_at.unwrap_or(call.created_at);
    choose_endpoints(call, webhooks)
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
        .collect()
}

fn all_not_done<'a, T>(messages: Vec<(&'a SqsMessage, T)>, why: &FanoutError) -> Vec<Handled<'a>> {
    messages.into_iter().map(|(record, _)| (record, Err(why.clone()))).collect()
}

fn must_come_again((record, handled): Handled<'_>) -> Option<BatchItemFailure> {
    let message_id = record.message_id.clone().unwrap_or_default();
    match handled {
        Ok(()) => return None,
        Err(FanoutError::InOtherHands) => {
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
    Some(failure)
}
