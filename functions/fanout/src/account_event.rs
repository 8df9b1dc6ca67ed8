//! What has happened in an account and is no completion: who asks for it is told, one step of its webhooks at a time.

use domain::{
    AccountId, BudgetLimit, Call, CallId, CallStatus, DeliveryId, EndpointEvent, Event, Webhook, WebhookId,
};
use queues::{AccountEvent, DeliveryMessage, Happening};
use store::StoreError;

use crate::fanout::{Fanout, FanoutError};
use crate::one_step::OneStep;

impl Fanout {
    /// Queues the deliveries of an event to the next of its account's webhooks. When others are left, the rest is in the hands of
    /// the queue. What is no event comes again until it is a dead letter: only we write them.
    pub(crate) async fn tell_account(&self, body: &str) -> Result<(), FanoutError> {
        let event = AccountEvent::parse(body).ok_or(FanoutError::NoEvent)?;
        let account = &event.account_id;
        let (webhooks, there_are_more) = self.settlements.webhooks(account, event.after.as_ref()).await?;
        let (messages, rest) = match &event.happening {
            Happening::CallsCancelled { call_ids } => {
                self.of_calls(&event, call_ids, &webhooks, there_are_more).await?
            }
            Happening::EndpointChanged { about, url_digest } => {
                let told = webhooks.iter().filter(|webhook| about.is_for(webhook, url_digest));
                let messages = told.map(|webhook| of_endpoint(account, about, webhook)).collect();
                let last = webhooks.last().filter(|_| there_are_more);
                (messages, last.map(|last| (event.happening.clone(), last.id.clone())))
            }
        };
        self.deliveries.send_all(&messages).await?;
        match rest {
            Some((left, last)) => Ok(self.account_events.send_all(&[event.rest(left, last)]).await?),
            None => Ok(()),
        }
    }

    /// The deliveries of cancelled calls to these webhooks, and what is left behind one of them.
    async fn of_calls(
        &self,
        event: &AccountEvent,
        ids: &[CallId],
        webhooks: &[Webhook],
        there_are_more: bool,
    ) -> Result<(Vec<DeliveryMessage>, Option<(Happening, WebhookId)>), FanoutError> {
        // Most accounts do not ask. A flood of calls that are not placed must cost no more than this.
        if !there_are_more && !webhooks.iter().any(|webhook| webhook.asks_for(Event::CallCancelled)) {
            return Ok((Vec::new(), None));
        }
        let account = &event.account_id;
        let mut calls = self.cancelled(account, ids).await?;
        let step = |calls: &[Call]| OneStep::of(&calls.iter().collect::<Vec<_>>(), webhooks, there_are_more);
        if event.after.is_none() {
            let wanted = step(&calls);
            let mut counts = wanted.counts.iter();
            calls.retain(|_| counts.next().is_some_and(|count| *count > 0) || wanted.rest_after.is_some());
            calls.truncate(self.granted(account, ids, calls.len()).await?);
        }
        let OneStep { messages, rest_after, .. } = step(&calls);
        let call_ids: Vec<CallId> = calls.into_iter().map(|call| call.id).collect();
        let rest = rest_after.filter(|_| !call_ids.is_empty());
        Ok((messages, rest.map(|last| (Happening::CallsCancelled { call_ids }, last))))
    }

    /// Those of these calls that are the account's, and were cancelled.
    async fn cancelled(&self, account: &AccountId, ids: &[CallId]) -> Result<Vec<Call>, FanoutError> {
        let read = self.settlements.calls(&ids.iter().collect::<Vec<_>>()).await?;
        let read: Vec<Option<Call>> = read.into_iter().collect::<Result<_, _>>().map_err(StoreError::from)?;
        let cancelled = |call: &Call| call.account_id == *account && call.status == CallStatus::Cancelled;
        Ok(read.into_iter().flatten().filter(cancelled).collect())
    }

    /// How many of so many calls may be told in this minute. An event that comes again has its share already: it is known by its
    /// first call and their number. In another batch, as of one that is halved, it counts anew.
    async fn granted(
        &self,
        account: &AccountId,
        ids: &[CallId],
        wanted: usize,
    ) -> Result<usize, FanoutError> {
        let asked = u32::try_from(wanted).unwrap_or(u32::MAX);
        let Some(first) = ids.first().filter(|_| asked > 0) else { return Ok(0) };
        let holder = format!("{first}+{}", ids.len());
        let share = (holder.as_str(), asked);
        let granted = self.budgets.take_some(account, &BudgetLimit::CANCELLED_CALLS, share).await?;
        let untold = asked - granted;
        if untold > 0 {
            tracing::warn!(account.id = %account, untold, "account {account} is not told of {untold} cancelled calls: that is 60 in this minute");
        }
        Ok(usize::try_from(granted).unwrap_or(wanted))
    }
}

fn of_endpoint(account: &AccountId, about: &EndpointEvent, to: &Webhook) -> DeliveryMessage {
    let facts = &about.webhook;
    let id = DeliveryId::of_event(&facts.id, facts.status.as_str(), facts.since, &to.id);
    DeliveryMessage::first(id, account.clone(), to.id.clone(), about.clone(), about.event())
}
