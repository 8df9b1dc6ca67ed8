use std::collections::{BTreeMap, HashMap};

use domain::{AccountId, Call, CallId, CallJob, CallStatus, Campaign, CampaignId, Event};
use queues::{AccountEvent, AccountEvents, CallJobs, Happening, QueueError};
use store::{InvalidItem, Outbox, StoreError};

use crate::stream_batch::StreamBatch;

/// Everything that a batch needs.
#[derive(Debug)]
pub struct Relay {
    /// Calls and campaigns.
    pub outbox: Outbox,
    /// The dialer's queue.
    pub call_jobs: CallJobs,
    /// Where it is said that calls were cancelled.
    pub account_events: AccountEvents,
}

/// The batch must come again: whole, since sending a job twice does no harm. The runtime logs it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RelayError {
    #[error("what a batch needs was not read, it comes again: {0}")]
    Store(#[from] StoreError),
    #[error("what a batch leads to was not all sent, it comes again: {0}")]
    Queue(#[from] QueueError),
}

type Campaigns = HashMap<(AccountId, CampaignId), Result<Campaign, InvalidItem>>;

impl Relay {
    /// Sends the jobs of a batch. What can never be sent is logged and left behind: it must not hold up what comes after it.
    ///
    /// # Errors
    ///
    /// [`RelayError`] when the batch must come again.
    pub async fn handle(&self, committed: StreamBatch) -> Result<(), RelayError> {
        for record in committed.unusable() {
            tracing::error!(record.id = record, "record {record} of the stream names no call");
        }
        let (calls, cancelled) = self.calls(&committed).await?;
        let campaigns = self.campaigns_of(&calls).await?;
        let jobs: Vec<CallJob> = calls.iter().filter_map(|call| job_of(call, &campaigns)).collect();
        for refused in self.call_jobs.send_all(&jobs).await? {
            let (call, reason) = (refused.call_id, refused.reason);
            tracing::error!(call.id = %call, reason, "the job of call {call} can never be sent: {reason}");
        }
        self.tell_of(cancelled).await?;
        let (records, jobs) = (committed.records.len(), jobs.len());
        tracing::info!(records, jobs, "{jobs} jobs for {records} new calls");
        Ok(())
    }

    /// The calls that the dialer is to have, as they are now: one that was settled since it was committed needs no job any more,
    /// and five minutes later the queue would no longer know that it has seen it. And those that will not ring.
    async fn calls(&self, committed: &StreamBatch) -> Result<(Vec<Call>, Vec<Call>), StoreError> {
        let ids = committed.calls();
        let (mut awaiting, mut cancelled) = (Vec::new(), Vec::new());
        for (id, call) in ids.iter().zip(self.outbox.calls(&ids).await?) {
            match call {
                Ok(call) if call.awaits_dialer() => awaiting.push(call),
                Ok(call) if call.status == CallStatus::Cancelled => cancelled.push(call),
                Ok(_) => {}
                Err(error) => tracing::error!(call.id = %id, %error, "call {id} gets no job"),
            }
        }
        Ok((awaiting, cancelled))
    }

    /// Says which calls were cancelled: a message for each account that asks, whatever number of them a flood has made.
    async fn tell_of(&self, cancelled: Vec<Call>) -> Result<(), RelayError> {
        if cancelled.is_empty() {
            return Ok(());
        }
        let mut by_account: BTreeMap<AccountId, Vec<CallId>> = BTreeMap::new();
        for call in cancelled {
            by_account.entry(call.account_id).or_default().push(call.id);
        }
        let asked = self.outbox.asked_events(&by_account.keys().collect::<Vec<_>>()).await?;
        let asking = by_account.into_iter().zip(asked).filter(|(_, asked)| asked.has(Event::CallCancelled));
        let events: Vec<AccountEvent> = asking
            .map(|((account, call_ids), _)| {
                AccountEvent::new(account, Happening::CallsCancelled { call_ids })
            })
            .collect();
        Ok(self.account_events.send_all(&events).await?)
    }

    async fn campaigns_of(&self, calls: &[Call]) -> Result<Campaigns, StoreError> {
        let mut keys: Vec<_> = calls.iter().map(campaign_key).collect();
        keys.sort_unstable();
        keys.dedup();
        let campaigns = self.outbox.campaigns(&keys).await?;
        Ok(keys.into_iter().zip(campaigns).collect())
    }
}

fn campaign_key(call: &Call) -> (AccountId, CampaignId) {
    (call.account_id.clone(), call.campaign.id.clone())
}

fn job_of<'a>(call: &'a Call, campaigns: &'a Campaigns) -> Option<CallJob<'a>> {
    match campaigns.get(&campaign_key(call))? {
        Ok(campaign) if campaign.has_prompt() => return CallJob::of(call, campaign),
        Ok(_) => {
            tracing::error!(call.id = %call.id, "call {} gets no job: its campaign has no prompt any more", call.id);
        }
        Err(error) => tracing::error!(call.id = %call.id, %error, "call {} gets no job", call.id),
    }
    None
}
