//! What has happened in an account and is no completion: who asks for it is told, one step of its webhooks at a time.

use domain::{AccountId, BudgetLimit, Call, CallId, CallStatus, Event};
use queues::{AccountEvent, Happening};
use store::StoreError;

use crate::fan_out::{Fanout, FanoutError};
use crate::one_step::OneStep;

impl Fanout {
    /// Queues the deliveries of an event to the next of its account's webhooks. When others are left, the rest is in the hands of
    /// the queue. What is no event comes again until it is a dead letter: only we write them.
    pub(crate) async fn tell_account(&self, body: &str) -> Result<(), FanoutError> {
        let event = AccountEvent::parse(body).ok_or(FanoutError::NoEvent)?;
        let Happening::CallsCancelled { call_ids } = &event.happening;
        let (account, after) = (&event.account_id, event.after.as_ref());
        let (webhooks, there_are_more) = self.settlements.webhooks(account, after).await?;
        // Most accounts do not ask. A flood of calls that are not placed must cost no more than this.
        if !there_are_more && !webhooks.iter().any(|webhook| webhook.asks_for(Event::CallCancelled)) {
            return Ok(());
        }
        let mut calls = self.cancelled(account, call_ids).await?;
        if after.is_none() {
            let wanted = OneStep::of(&calls.iter().collect::<Vec<_>>(), &webhooks, there_are_more);
            let mut counts = wanted.counts.iter();
            let is_told = |_: &Call| wanted.rest_after.is_some() || counts.next().is_some_and(|n| *n > 0);
            calls.retain(is_told);
            let granted = self.granted(account, calls.len()).await?;
            calls.truncate(granted);
        }
        let step = OneStep::of(&calls.iter().collect::<Vec<_>>(), &webhooks, there_are_more);
        self.deliveries.send_all(&step.messages).await?;
        let Some(last) = step.rest_after.filter(|_| !calls.is_empty()) else { return Ok(()) };
        let call_ids = calls.into_iter().map(|call| call.id).collect();
        let rest = event.rest(Happening::CallsCancelled { call_ids }, last);
        Ok(self.account_events.send_all(&[rest]).await?)
    }

    /// Those of these calls that are the account's, and were cancelled.
    async fn cancelled(&self, account: &AccountId, ids: &[CallId]) -> Result<Vec<Call>, FanoutError> {
        let read = self.settlements.calls(&ids.iter().collect::<Vec<_>>()).await?;
        let read: Vec<Option<Call>> = read.into_iter().collect::<Result<_, _>>().map_err(StoreError::from)?;
        let cancelled = |call: &Call| call.account_id == *account && call.status == CallStatus::Cancelled;
        Ok(read.into_iter().flatten().filter(cancelled).collect())
    }

    /// How many of so many calls may be told in this minute.
    async fn granted(&self, account: &AccountId, wanted: usize) -> Result<usize, FanoutError> {
        let asked = u32::try_from(wanted).unwrap_or(u32::MAX);
        if asked == 0 {
            return Ok(0);
        }
        let granted = self.budgets.take_some(account, &BudgetLimit::CANCELLED_CALLS, asked).await?;
        let untold = asked - granted;
        if untold > 0 {
            tracing::warn!(account.id = %account, untold, "account {account} is not told of {untold} cancelled calls: that is 60 in this minute");
        }
        Ok(usize::try_from(granted).unwrap_or(wanted))
    }
}
