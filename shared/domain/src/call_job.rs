use serde::Serialize;

use crate::{AccountId, CallId, Campaign, CampaignId, CampaignSettings, Recipient, Timestamp, WebhookId};

/// Version of the `call-jobs` contract; `infra/schemas/call-job.v1.json` is its schema.
const VERSION: u32 = 1;

/// What the dialer is asked to do: one message of `call-jobs`. It carries the campaign's settings as they were when the
/// request was accepted, so that a later edit changes later calls only.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallJob<'a> {
    version: u32,
    r#type: &'static str,
    call_id: &'a CallId,
    account_id: &'a AccountId,
    webhook_id: &'a WebhookId,
    created_at: Timestamp,
    recipient: &'a Recipient,
    campaign: JobCampaign<'a>,
}

#[derive(Debug, Serialize)]
struct JobCampaign<'a> {
    id: &'a CampaignId,
    name: &'a str,
    #[serde(flatten)]
    settings: &'a CampaignSettings,
}

impl<'a> CallJob<'a> {
    /// The job for an accepted call.
    #[must_use]
    pub fn new(
        call_id: &'a CallId,
        webhook_id: &'a WebhookId,
        created_at: Timestamp,
        recipient: &'a Recipient,
        campaign: &'a Campaign,
    ) -> Self {
        Self {
            version: VERSION,
            r#type: "call.job",
            call_id,
            account_id: &campaign.account_id,
            webhook_id,
            created_at,
            recipient,
            campaign: JobCampaign { id: &campaign.id, name: &campaign.name, settings: &campaign.settings },
        }
    }
}
