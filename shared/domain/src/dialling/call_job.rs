use serde::Serialize;
use serde_json::value::RawValue;

use crate::calls::{Call, Recipient, Source};
use crate::dialling::Campaign;
use crate::values::{AccountId, CallId, CampaignId, JsonObject, Timestamp, WebhookId};

/// Version of the `call-jobs` contract; `infra/schemas/call-job.v1.json` is its schema.
const VERSION: u32 = 1;

/// What the dialer is asked to do: one message of `call-jobs`. It carries the campaign's settings as they are when the job
/// is made, with the request or a moment later, so that a later edit changes later calls only.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallJob<'a> {
    version: u32,
    r#type: &'static str,
    call_id: &'a CallId,
    account_id: &'a AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_id: Option<&'a WebhookId>,
    created_at: Timestamp,
    recipient: &'a Recipient,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<&'a RawValue>,
    campaign: JobCampaign<'a>,
}

crate::values::shows_only!(CallJob<'_> { call_id, account_id, source, webhook_id, created_at });

#[derive(Serialize)]
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

crate::values::shows_only!(JobCampaign<'_> { id });

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
    /// The job of this call; `None` when the dialer is to have none, as [`Call::awaits_dialer`] says.
    #[must_use]
    pub fn of(call: &'a Call, campaign: &'a Campaign) -> Option<Self> {
        // A test call comes from no webhook: its job names the one whose calls it stands for.
        let (source, webhook_id) = match call.source {
            Source::Test => (Some(Source::Test), campaign.webhook_id.as_ref()),
            Source::Inbound | Source::Campaign => (None, call.webhook_id.as_ref()),
        };
        let recipient = call.recipient.as_ref().filter(|_| call.awaits_dialer())?;
        Some(Self {
            version: VERSION,
            r#type: "call.job",
            call_id: &call.id,
            account_id: &call.account_id,
            source,
            webhook_id,
            created_at: call.created_at,
            recipient,
            metadata: call.metadata.as_ref().map(JsonObject::as_raw),
            variables: call.variables.as_ref().map(JsonObject::as_raw),
            campaign: campaign.into(),
        })
    }

    /// The call that it is for.
    #[must_use]
    pub fn call_id(&self) -> &'a CallId {
        self.call_id
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::calls::{CallStatus, sample_call};
    use crate::dialling::{CampaignSettings, CampaignStatus};

    fn campaign(settings: CampaignSettings) -> Campaign {
        let now = Timestamp::from_millis(1);
        Campaign {
            account_id: AccountId::parse("acc_1").expect("an id"),
            id: CampaignId::parse("cmp_1").expect("an id"),
            name: "Leads".into(),
            status: CampaignStatus::Active,
            webhook_id: None,
            settings,
            created_at: now,
            updated_at: now,
        }
    }

    fn queued_call() -> Call {
        Call {
            id: CallId::parse("call_1").expect("an id"),
            account_id: AccountId::parse("acc_1").expect("an id"),
            source: Source::Inbound,
            webhook_id: WebhookId::parse("wh_1").ok(),
            recipient: crate::values::PhoneNumber::parse("+15551234567").ok().map(Recipient::new),
            status: CallStatus::Queued,
            created_at: Timestamp::from_millis(1_730_179_200_000),
            ..sample_call()
        }
    }

    #[test]
    fn a_job_carries_the_settings_that_the_campaign_has_and_leaves_out_the_others() {
        let follow_ups = json!({"sms": {"text": "Thanks"}, "email": true});
        let campaign = campaign(CampaignSettings {
            prompt: Some("Be kind.".into()),
            follow_ups: JsonObject::new(follow_ups.as_object().expect("an object")).ok(),
            ..CampaignSettings::default()
        });
        let call = queued_call();
        let job = serde_json::to_value(CallJob::of(&call, &campaign).expect("a job")).expect("JSON");
        let expected = json!({
            "version": 1, "type": "call.job", "callId": "call_1", "accountId": "acc_1", "webhookId": "wh_1",
            "createdAt": 1_730_179_200_000_u64, "recipient": {"phoneNumber": "+15551234567"},
            "campaign": {"id": "cmp_1", "name": "Leads", "prompt": "Be kind.", "followUps": follow_ups}
        });
        assert_eq!(job, expected);
    }

    #[test]
    fn a_job_carries_what_its_request_brought_along() {
        let object = |json: &str| JsonObject::try_from(json.to_owned()).ok();
        let call = Call {
            metadata: object(r#"{"personId":12345678901234567890123}"#),
            variables: object(r#"{"offer":"10 %"}"#),
            ..queued_call()
        };
        let campaign = campaign(CampaignSettings::default());
        let job = serde_json::to_string(&CallJob::of(&call, &campaign).expect("a job")).expect("JSON");
        let brought =
            r#""metadata":{"personId":12345678901234567890123},"variables":{"offer":"10 %"},"campaign":"#;
        assert!(job.contains(brought), "{job}");
    }

    #[test]
    fn a_call_that_is_not_queued_has_no_job() {
        let campaign = campaign(CampaignSettings::default());
        assert!(CallJob::of(&Call { status: CallStatus::Cancelled, ..queued_call() }, &campaign).is_none());
    }

    #[test]
    fn the_job_of_a_test_call_says_so_and_names_the_webhook_that_its_campaign_is_bound_to() {
        let call = Call { source: Source::Test, webhook_id: None, ..queued_call() };
        let (unbound, webhook_id) = (campaign(CampaignSettings::default()), WebhookId::parse("wh_7").ok());
        for campaign in [Campaign { webhook_id, ..unbound.clone() }, unbound] {
            let job = serde_json::to_value(CallJob::of(&call, &campaign).expect("a job")).expect("JSON");
            assert_eq!(job["source"], "test");
            assert_eq!(
                job.get("webhookId").and_then(Value::as_str),
                campaign.webhook_id.as_ref().map(WebhookId::as_str)
            );
        }
    }
}
