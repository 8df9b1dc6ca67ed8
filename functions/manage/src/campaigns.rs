use domain::{AccountId, Campaign, CampaignId, CampaignSettings, CampaignStatus, Timestamp};
use lambda_http::Request;
use store::Bound;

use crate::fields::Fields;
use crate::operator::MAX_NAME_CHARS;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

const FIELDS: [&str; 11] = [
    "name",
    "webhookId",
    "status",
    "prompt",
    "voice",
    "language",
    "voicemailMessage",
    "followUps",
    "callForwarding",
    "keypadNavigation",
    "backgroundAmbience",
];

/// Longest script, in characters: with everything else it stays far below DynamoDB's and SQS's limits.
const MAX_PROMPT_CHARS: usize = 50_000;
const MAX_MESSAGE_CHARS: usize = 4_096;
const MAX_LABEL_CHARS: usize = 100;

const STATUSES: [(&str, CampaignStatus); 3] = [
    ("draft", CampaignStatus::Draft),
    ("active", CampaignStatus::Active),
    ("paused", CampaignStatus::Paused),
];

impl Manage {
    pub(crate) async fn create_campaign(&self, account: &AccountId, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &FIELDS)?;
        let now = Timestamp::now();
        let campaign = Campaign {
            account_id: account.clone(),
            id: CampaignId::new(now),
            name: fields.required_text("name", MAX_NAME_CHARS)?,
            status: fields.choice("status", &STATUSES)?.unwrap_or(CampaignStatus::Draft),
            webhook_id: fields.webhook_id("webhookId")?,
            settings: settings(&mut fields)?,
            created_at: now,
            updated_at: now,
        };
        match self.store.create_campaign(&campaign).await? {
            Bound::Done => Ok(Reply::Created(view::campaign(&campaign))),
            Bound::Unknown => Err(Problem::unknown_reference("unknown_webhook", "webhookId")),
            Bound::Taken => {
                Err(Problem::conflict("webhook_already_bound", "the webhook is bound to a campaign already"))
            }
        }
    }

    pub(crate) async fn show_campaign(&self, account: &AccountId, id: &CampaignId) -> Answer {
        let campaign = self.store.campaign(account, id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::campaign(&campaign)))
    }

    pub(crate) async fn list_campaigns(&self, account: &AccountId, request: &Request) -> Answer {
        let slice = listing::slice(request, "campaigns")?;
        let page = self.store.campaigns(account, &slice).await?;
        Ok(Reply::Ok(listing::page(&page, "campaigns", view::campaign)))
    }
}

fn settings(fields: &mut Fields) -> Result<CampaignSettings, Problem> {
    Ok(CampaignSettings {
        prompt: fields.optional_text("prompt", MAX_PROMPT_CHARS)?,
        voice: fields.optional_text("voice", MAX_LABEL_CHARS)?,
        language: fields.optional_text("language", MAX_LABEL_CHARS)?,
        voicemail_message: fields.optional_text("voicemailMessage", MAX_MESSAGE_CHARS)?,
        follow_ups: fields.opaque_object("followUps")?,
        call_forwarding: fields.opaque_object("callForwarding")?,
        keypad_navigation: fields.opaque_object("keypadNavigation")?,
        background_ambience: fields.optional_text("backgroundAmbience", MAX_LABEL_CHARS)?,
    })
}
