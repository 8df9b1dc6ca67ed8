use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use domain::{AccountId, Call, CallId, Completion, Timestamp, WebhookId, parse_completion};
use futures_util::future::{join_all, join4};
use queues::FanOutRest;
use store::{InvalidItem, Settled, StoreError};
use tokio::time::timeout;

use crate::completed_call::{CompletionError, completed_call};
use crate::fanout::{Fanout, FanoutError};
use crate::one_step::OneStep;

/// A completion that was settled this short a time ago, and is not fanned out, is in the hands of another invocation: longer
/// than the function's timeout, shorter than the queue's visibility timeout.
const IN_HANDS: Duration = Duration::from_secs(60);

/// How long the completions of one account may take, of the function's 30 s. Those of the accounts beside it are done by then,
/// and an invocation that ends in time says so: only what is not done counts as received in vain.
const ONE_ACCOUNT: Duration = Duration::from_secs(20);

/// What became of a message: it is done, but for a rest.
type Handled<'a> = (&'a SqsMessage, Result<Option<FanOutRest>, FanoutError>);

impl Fanout {
    /// Handles a batch and names the messages that must come again. Accounts go side by side and do not wait for each other;
    /// completions of one account share what is read and sent for them. An account with very many webhooks takes one step of
    /// them. What is left comes again as a message of its own, which is sent when everybody has had a step.
    pub async fn handle_batch(&self, batch: SqsEvent) -> SqsBatchResponse {
        let mut by_account: BTreeMap<AccountId, Vec<(&SqsMessage, Completion)>> = BTreeMap::new();
        let (mut rests, mut happened, mut unusable) = (Vec::new(), Vec::new(), Vec::new());
        for record in &batch.records {
            let body = record.body.as_deref().unwrap_or_default();
            if record.event_source_arn.as_deref() == Some(&self.account_events_arn) {
                let told = async move { vec![(record, self.tell_account(body).await.map(|()| None))] };
                happened.push(in_time(vec![record], told));
                continue;
            }
            if record.event_source_arn.as_deref() == Some(&self.rests_arn) {
                rests.push(in_time(vec![record], self.take_a_step(record, body)));
                continue;
            }
            match parse_completion(body, self.received_at(record)) {
                Ok(completion) => {
                    log_notes(&completion);
                    let of_account = by_account.entry(completion.account_id.clone()).or_default();
                    of_account.push((record, completion));
                }
                Err(invalid) => unusable.push((record, CompletionError::from(invalid))),
            }
        }
        let completed = by_account.into_iter().map(|(account, received)| {
            let records = received.iter().map(|(record, _)| *record).collect();
            in_time(records, self.handle_account(account, received))
        });
        let unusable = unusable.into_iter().map(async |(record, why)| (record, self.bury(record, why).await));
        let (completed, rests, happened, unusable) =
            join4(join_all(completed), join_all(rests), join_all(happened), join_all(unusable)).await;
        let handled = completed.into_iter().chain(rests).chain(happened).flatten().chain(unusable);
        let handled = join_all(handled.map(|handled| self.hand_on(handled))).await;
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = handled.into_iter().filter_map(must_come_again).collect();
        response
    }

    /// When the queue took a message: the same at every time that it comes.
    fn received_at(&self, record: &SqsMessage) -> Timestamp {
        let sent = record.attributes.get("SentTimestamp").and_then(|millis| millis.parse().ok());
        sent.map_or_else(|| self.clock.now(), Timestamp::from_millis)
    }

    /// Sends what is left of a fan-out, which is then in the hands of the queue.
    async fn hand_on<'a>(&self, (record, handled): Handled<'a>) -> (&'a SqsMessage, Result<(), FanoutError>) {
        let handed_on = match handled {
            Ok(Some(rest)) => match self.rests.send(&rest).await {
                Ok(()) => self.mark_fanned_out(&rest.call_id).await,
                Err(error) => Err(error.into()),
            },
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        (record, handed_on)
    }

    /// Goes on with a fan-out whose first webhooks are done. What is no rest comes again until it is a dead letter: only we
    /// write them.
    async fn take_a_step<'a>(&self, record: &'a SqsMessage, body: &str) -> Vec<Handled<'a>> {
        let Some(rest) = FanOutRest::parse(body) else { return vec![(record, Err(FanoutError::NoRest))] };
        let FanOutRest { account_id, call_id, after, .. } = rest;
        let call = match self.settlements.calls(&[&call_id]).await {
            Ok(mut calls) => calls.pop().transpose().map(Option::flatten).map_err(StoreError::from),
            Err(error) => Err(error),
        };
        match call {
            Ok(Some(call)) if call.account_id == account_id && call.settled_at.is_some() => {
                self.fan_out(&account_id, vec![(record, call)], Some(&after)).await
            }
            Ok(_) => vec![(record, Err(FanoutError::NoRest))],
            Err(error) => vec![(record, Err(error.into()))],
        }
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
            Err(error) => {
                return all_not_done(received.into_iter().map(|(record, _)| record), &error.into());
            }
        };
        let settled = received
            .into_iter()
            .zip(recorded)
            .map(async |((record, completion), call)| (record, self.settle(record, completion, call).await));
        let (mut handled, mut calls) = (Vec::new(), Vec::new());
        for (record, settled) in join_all(settled).await {
            match settled {
                Ok(Some(call)) => calls.push((record, call)),
                Ok(None) => handled.push((record, Ok(None))),
                Err(not_done) => handled.push((record, Err(not_done))),
            }
        }
        handled.extend(self.fan_out(account, calls, None).await);
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
            Err(unusable) => return self.bury(record, unusable).await.map(|_| None),
        };
        let unusable = match self.settlements.settle(&completed, now).await? {
            Settled::Now => return Ok(Some(completed.call)),
            Settled::Before => return Err(FanoutError::InOtherHands),
            Settled::UnknownAccount => CompletionError::UnknownAccount,
            Settled::TooLarge => CompletionError::TooLarge,
        };
        self.bury(record, unusable).await.map(|_| None)
    }

    /// Leaves no rest.
    async fn bury(
        &self,
        record: &SqsMessage,
        unusable: CompletionError,
    ) -> Result<Option<FanOutRest>, FanoutError> {
        let (code, reason) = (unusable.code(), unusable.to_string());
        self.dead_letters.send(record.body.as_deref().unwrap_or_default(), code, &reason).await?;
        let message_id = record.message_id.as_deref().unwrap_or_default();
        tracing::error!(
            sqs.message_id = message_id,
            code,
            reason,
            "message {message_id} went to the dead letters: {reason}"
        );
        Ok(None)
    }

    /// Queues the deliveries of these calls of an account, for one step of its webhooks, and marks each call that it was the last
    /// step of.
    async fn fan_out<'a>(
        &self,
        account: &AccountId,
        calls: Vec<(&'a SqsMessage, Call)>,
        after: Option<&WebhookId>,
    ) -> Vec<Handled<'a>> {
        if calls.is_empty() {
            return Vec::new();
        }
        let step = match self.queue_deliveries(account, &calls, after).await {
            Ok(step) => step,
            Err(not_done) => return all_not_done(calls.into_iter().map(|(record, _)| record), &not_done),
        };
        let ended = calls.into_iter().zip(&step.counts).map(async |((record, Call { id, .. }), deliveries)| {
            if let Some(after) = step.rest_after.clone() {
                tracing::info!(call.id = %id, deliveries, "call {id}: {deliveries} deliveries, and there are more");
                return (record, Ok(Some(FanOutRest::new(account.clone(), id, after))));
            }
            tracing::info!(call.id = %id, deliveries, "call {id} is completed: {deliveries} deliveries");
            (record, self.mark_fanned_out(&id).await.map(|()| None))
        });
        join_all(ended).await
    }

    async fn queue_deliveries(
        &self,
        account: &AccountId,
        calls: &[(&SqsMessage, Call)],
        after: Option<&WebhookId>,
    ) -> Result<OneStep, FanoutError> {
        let (webhooks, there_are_more) = self.settlements.webhooks(account, after).await?;
        let calls: Vec<&Call> = calls.iter().map(|(_, call)| call).collect();
        let step = OneStep::of(&calls, &webhooks, there_are_more);
        self.deliveries.send_all(&step.messages).await?;
        Ok(step)
    }

    async fn mark_fanned_out(&self, id: &CallId) -> Result<(), FanoutError> {
        Ok(self.settlements.mark_fanned_out(id, self.clock.now()).await?)
    }
}

/// The notes name parts and quote nothing.
fn log_notes(Completion { call_id, notes, .. }: &Completion) {
    if !notes.is_empty() {
        let notes = notes.join("; ");
        tracing::warn!(call.id = %call_id, notes, "the completion of call {call_id} breaks the contract: {notes}");
    }
}

/// What becomes of these messages of one account, or that it took too long.
async fn in_time<'a>(
    records: Vec<&'a SqsMessage>,
    handling: impl Future<Output = Vec<Handled<'a>>>,
) -> Vec<Handled<'a>> {
    let handled = timeout(ONE_ACCOUNT, handling).await;
    handled.unwrap_or_else(|_| all_not_done(records, &FanoutError::TookTooLong))
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

fn all_not_done<'a>(
    messages: impl IntoIterator<Item = &'a SqsMessage>,
    why: &FanoutError,
) -> Vec<Handled<'a>> {
    messages.into_iter().map(|record| (record, Err(why.clone()))).collect()
}

fn must_come_again((record, handled): (&SqsMessage, Result<(), FanoutError>)) -> Option<BatchItemFailure> {
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

#[cfg(test)]
#[path = "fan_out_tests.rs"]
mod tests;
