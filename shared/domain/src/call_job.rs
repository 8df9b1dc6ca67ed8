use serde::Serialize;
use serde_json::value::RawValue;

use crate::{AccountId, CallId, Campaign, CampaignId, JsonObject, Recipient, Timestamp, WebhookId};

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
#[serde(rename_all = "camelCase")]
struct JobCampaign<'a> {
    id: &'a CampaignId,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voicemail_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_ups: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_forwarding: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keypad_navigation: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background_ambience: Option<&'a str>,
}

impl<'a> From<&'a Campaign> for JobCampaign<'a> {
    fn from(campaign: &'a Campaign) -> Self {
        let settings = &campaign.settings;
        Self {
            id: &campaign.id,
            name: &campaign.name,
            prompt: settings.prompt.as_deref(),
            voice: settings.voice.as_deref(),
            language: settings.language.as_deref(),
            voicemail_message: settings.voicemail_message.as_deref(),
            follow_ups: settings.follow_ups.as_ref().map(JsonObject::as_raw),
            call_forwarding: settings.call_forwarding.as_ref().map(JsonObject::as_raw),
            keypad_navigation: settings.keypad_navigation.as_ref().map(JsonObject::as_raw),
            background_ambience: settings.background_ambience.as_deref(),
        }
    }
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
            campaign: campaign.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{CampaignSettings, CampaignStatus, PhoneNumber};

    #[test]
    fn a_job_carries_the_settings_that_the_campaign_has_and_leaves_out_the_others() {
        let now = Timestamp::from_millis(1_730_179_200_000);
        let follow_ups = json!({"sms": {"text": "Thanks"}, "email": true});
        let campaign = Campaign {
            account_id: AccountId::parse("acc_1").expect("an id"),
            id: CampaignId::parse("cmp_1").expect("an id"),
            name: "Leads".into(),
            status: CampaignStatus::Active,
            webhook_id: None,
            settings: CampaignSettings {
                prompt: Some("Be kind.".into()),
                follow_ups: JsonObject::new(follow_ups.as_object().expect("an object")).ok(),
                ..CampaignSettings::default()
            },
            created_at: now,
            updated_at: now,
        };
        let recipient = Recipient::new(PhoneNumber::parse("+15551234567").expect("a number"));
        let (call, webhook) =
            (CallId::parse("call_1").expect("an id"), WebhookId::parse("wh_1").expect("an id"));
        let job =
            serde_json::to_value(CallJob::new(&call, &webhook, now, &recipient, &campaign)).expect("JSON");
        let expected = json!({
            "version": 1, "type": "call.job", "callId": "call_1", "accountId": "acc_1", "webhookId": "wh_1",
            "createdAt": 1_730_179_200_000_u64, "recipient": {"phoneNumber": "+15551234567"},
            "campaign": {"id": "cmp_1", "name": "Leads", "prompt": "Be kind.", "followUps": follow_ups}
        });
        assert_eq!(job, expected);
    }
}
