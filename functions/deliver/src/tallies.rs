//! What a batch adds to the counters of its endpoints.

use std::collections::BTreeMap;

use domain::{AccountId, AttemptRecord, Tally, WebhookId};
use futures_util::future::join_all;

use crate::deliverer::Deliverer;

/// How the attempts of a batch went, by endpoint.
#[derive(Debug, Default)]
pub(crate) struct Tallies(BTreeMap<(AccountId, WebhookId), Tally>);

impl Tallies {
    /// Counts an attempt. A delivery that has ended without one is none.
    pub(crate) fn count(&mut self, account: &AccountId, record: &AttemptRecord) {
        if record.is_attempt() {
            let tally = self.0.entry((account.clone(), record.webhook_id.clone())).or_default();
            tally.count(record.outcome, record.duration_ms);
        }
    }

    /// Adds those of a part of the batch.
    pub(crate) fn add(&mut self, part: &Self) {
        for (endpoint, tally) in &part.0 {
            self.0.entry(endpoint.clone()).or_default().add(tally);
        }
    }

    /// Adds them to what is counted: a write for each endpoint, made once. A count that is lost is missed by nobody; a delivery
    /// that waits for it would be.
    pub(crate) async fn write(&self, deliverer: &Deliverer) {
        let now = deliverer.clock.now();
        let writes = self.0.iter().map(async |((account, webhook), tally)| {
            if let Err(error) = deliverer.attempts.count(account, webhook, tally, now).await {
                tracing::warn!(webhook.id = %webhook, %error, "attempts at webhook {webhook} were not counted");
            }
        });
        join_all(writes).await;
    }
}
