use domain::{AccountId, Campaign, CampaignId, CampaignSettings, CampaignStatus, Timestamp, WebhookId};
use lambda_http::Request;
use store::{Bound, Edited};

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

/// Times that a change is worked out anew because another came in between.
pub(crate) const MAX_EDITS: usize = 10;

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
        let mut settings = CampaignSettings::default();
        change_settings(&mut settings, &mut fields)?;
        let now = Timestamp::now();
        let campaign = Campaign {
            account_id: account.clone(),
            id: CampaignId::new(now),
            name: fields.required_text("name", MAX_NAME_CHARS)?,
            status: fields.choice("status", &STATUSES)?.unwrap_or(CampaignStatus::Draft),
            webhook_id: fields.webhook_id("webhookId")?,
            settings,
            created_at: now,
            updated_at: now,
        };
        match self.store.create_campaign(&campaign).await? {
            Bound::Done => Ok(Reply::Created(view::campaign(&campaign))),
            Bound::Unknown => Err(Problem::unknown_reference("unknown_webhook", "webhookId")),
            Bound::Taken => Err(webhook_already_bound()),
        }
    }

    pub(crate) async fn show_campaign(&self, account: &AccountId, id: &CampaignId) -> Answer {
        let campaign = self.store.campaign(account, id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::campaign(&campaign)))
    }

    pub(crate) async fn edit_campaign(
        &self,
        account: &AccountId,
        id: &CampaignId,
        request: &Request,
    ) -> Answer {
        for _ in 0..MAX_EDITS {
            let stored = self.store.campaign(account, id).await?.ok_or_else(Problem::not_found)?;
            let mut fields = Fields::parse(request.body(), &FIELDS)?;
            let (edited, bind) = edited(&stored, &mut fields, Timestamp::now())?;
            match self.store.replace_campaign(&edited, stored.updated_at, bind.as_ref()).await? {
                Edited::Done => return Ok(Reply::Ok(view::campaign(&edited))),
                Edited::Outdated => {}
                Edited::NotBound(Bound::Unknown) => {
                    return Err(Problem::unknown_reference("unknown_webhook", "webhookId"));
                }
                Edited::NotBound(_) => return Err(webhook_already_bound()),
            }
        }
        Err(Problem::edit_conflict())
    }

    pub(crate) async fn list_campaigns(&self, account: &AccountId, request: &Request) -> Answer {
        let slice = listing::slice(request, "campaigns")?;
        let page = self.store.campaigns(account, &slice).await?;
        Ok(Reply::Ok(listing::page(&page, "campaigns", view::campaign)))
    }
}

fn webhook_already_bound() -> Problem {
    Problem::conflict("webhook_already_bound", "the webhook is bound to a campaign already")
}

/// The campaign as the request wants it, and the webhook that it is to be bound to.
fn edited(
    stored: &Campaign,
    fields: &mut Fields,
    now: Timestamp,
) -> Result<(Campaign, Option<WebhookId>), Problem> {
    let mut edited = Campaign { updated_at: now.max(stored.updated_at.after()), ..stored.clone() };
    if let Some(name) = fields.set("name", |fields| fields.text("name", MAX_NAME_CHARS))? {
        edited.name = name;
    }
    if let Some(status) = fields.set("status", |fields| fields.choice("status", &STATUSES))? {
        edited.status = status;
    }
    change_settings(&mut edited.settings, fields)?;
    let wanted = fields.set("webhookId", |fields| fields.webhook_id("webhookId"))?;
    let bind = match (&stored.webhook_id, wanted) {
        (_, None) => None,
        (None, Some(webhook)) => Some(webhook),
        (Some(bound), Some(webhook)) if *bound == webhook => None,
        (Some(_), Some(_)) => {
            return Err(Problem::conflict(
                "campaign_already_bound",
                "the campaign is bound to a webhook already",
            ));
        }
    };
    if let Some(webhook) = &bind {
        edited.webhook_id = Some(webhook.clone());
    }
    Ok((edited, bind))
}

fn change_settings(settings: &mut CampaignSettings, fields: &mut Fields) -> Result<(), Problem> {
    let texts = [
        ("prompt", MAX_PROMPT_CHARS, &mut settings.prompt),
        ("voice", MAX_LABEL_CHARS, &mut settings.voice),
        ("language", MAX_LABEL_CHARS, &mut settings.language),
        ("voicemailMessage", MAX_MESSAGE_CHARS, &mut settings.voicemail_message),
        ("backgroundAmbience", MAX_LABEL_CHARS, &mut settings.background_ambience),
    ];
    for (name, max, setting) in texts {
        if let Some(text) = fields.change(name, |fields| fields.optional_text(name, max))? {
            *setting = text;
        }
    }
    let objects = [
        ("followUps", &mut settings.follow_ups),
        ("callForwarding", &mut settings.call_forwarding),
        ("keypadNavigation", &mut settings.keypad_navigation),
    ];
    for (name, setting) in objects {
        if let Some(object) = fields.change(name, |fields| fields.opaque_object(name))? {
            *setting = object;
        }
    }
    Ok(())
}
