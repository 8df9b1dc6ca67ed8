use api::{Answer, Code, Fields, MAX_NAME_CHARS, Problem, Reply, raw, time};
use domain::{Campaign, CampaignId, CampaignSettings, CampaignStatus, JsonObject, Timestamp, WebhookId};
use serde_json::{Value, json};
use store::{Bound, Edited, lists};

use crate::edits::{next_change, until_written};
use crate::limits::{MAX_LABEL_CHARS, MAX_MESSAGE_CHARS, MAX_OBJECT_BYTES, MAX_PROMPT_CHARS};
use crate::manage::{Asked, Manage};

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

const STATUSES: [(&str, CampaignStatus); 3] = [
    ("draft", CampaignStatus::Draft),
    ("active", CampaignStatus::Active),
    ("paused", CampaignStatus::Paused),
];

pub(crate) async fn create(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let mut fields = Fields::parse(asked.request.body(), &FIELDS)?;
    let mut settings = CampaignSettings::default();
    change_settings(&mut settings, &mut fields)?;
    let now = manage.clock.now();
    let campaign = Campaign {
        account_id: asked.caller.clone(),
        id: CampaignId::new(now, &manage.randomness),
        name: fields.required_text("name", MAX_NAME_CHARS)?,
        status: fields.choice("status", &STATUSES)?.unwrap_or(CampaignStatus::Draft),
        webhook_id: webhook_id(&mut fields)?,
        settings,
        created_at: now,
        updated_at: now,
    };
    match manage.store.create_campaign(&campaign).await? {
        Bound::Done => Ok(Reply::Created(view(&campaign))),
        refused => Err(cannot_bind(refused)),
    }
}

pub(crate) async fn show(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let campaign = manage.store.campaign(&asked.caller, &asked.id("campaignId")?).await?;
    Ok(Reply::Ok(view(&campaign.ok_or_else(Problem::not_found)?)))
}

pub(crate) async fn edit(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: &CampaignId = &asked.id("campaignId")?;
    until_written(|| async move {
        let stored = manage.store.campaign(&asked.caller, id).await?.ok_or_else(Problem::not_found)?;
        let mut fields = Fields::parse(asked.request.body(), &FIELDS)?;
        let (edited, bind) = edited(&stored, &mut fields, manage.clock.now())?;
        match manage.store.replace_campaign(&edited, stored.updated_at, bind.as_ref()).await? {
            Edited::Done => Ok(Some(Reply::Ok(view(&edited)))),
            Edited::Outdated => Ok(None),
            Edited::NotBound(refused) => Err(cannot_bind(refused)),
        }
    })
    .await
}

/// One that a webhook has is not deleted: its requests would be ignored from one moment to the next. Calls and their results
/// stay.
pub(crate) async fn delete(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let (account, id): (_, &CampaignId) = (&asked.caller, &asked.id("campaignId")?);
    until_written(|| async move {
        let stored = manage.store.campaign(account, id).await?.ok_or_else(Problem::not_found)?;
        if stored.webhook_id.is_some() {
            let message = "a webhook has this campaign: delete the webhook first, or pause the campaign";
            return Err(Problem::conflict(Code::CampaignInUse, message));
        }
        if manage.store.delete_campaign(&stored).await? != Edited::Done {
            return Ok(None);
        }
        tracing::info!(campaign.id = %id, account.id = %account, "campaign {id} is deleted");
        Ok(Some(Reply::NoContent))
    })
    .await
}

pub(crate) async fn list(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let slice = api::slice(asked.request, &lists::CAMPAIGNS)?;
    let page = manage.store.campaigns(&asked.caller, &slice).await?;
    Ok(Reply::Ok(api::page(&page, &lists::CAMPAIGNS, list_view)))
}

fn webhook_id(fields: &mut Fields) -> Result<Option<WebhookId>, Problem> {
    fields.id("webhookId", "webhook")
}

fn cannot_bind(refused: Bound) -> Problem {
    match refused {
        Bound::Unknown => Problem::unknown_reference(Code::UnknownWebhook, "webhookId"),
        Bound::TooMany => Problem::conflict(
            Code::TooManyCampaigns,
            "the account has as many campaigns as it may have: delete one, or ask the operator for more",
        ),
        Bound::Taken | Bound::Done => {
            Problem::conflict(Code::WebhookAlreadyBound, "the webhook is bound to a campaign already")
        }
    }
}

/// The campaign as the request wants it, and the webhook that it is to be bound to.
fn edited(
    stored: &Campaign,
    fields: &mut Fields,
    now: Timestamp,
) -> Result<(Campaign, Option<WebhookId>), Problem> {
    let mut edited = Campaign { updated_at: next_change(stored.updated_at, now), ..stored.clone() };
    if let Some(name) = fields.set("name", |fields, name| fields.text(name, MAX_NAME_CHARS))? {
        edited.name = name;
    }
    if let Some(status) = fields.set("status", |fields, name| fields.choice(name, &STATUSES))? {
        edited.status = status;
    }
    change_settings(&mut edited.settings, fields)?;
    let wanted = fields.set("webhookId", |fields, _| webhook_id(fields))?;
    let bind = match (&stored.webhook_id, wanted) {
        (_, None) => None,
        (None, Some(webhook)) => Some(webhook),
        (Some(bound), Some(webhook)) if *bound == webhook => None,
        (Some(_), Some(_)) => {
            return Err(Problem::conflict(
                Code::CampaignAlreadyBound,
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
        if let Some(text) = fields.change(name, |fields, name| fields.optional_text(name, max))? {
            *setting = text;
        }
    }
    let objects = [
        ("followUps", &mut settings.follow_ups),
        ("callForwarding", &mut settings.call_forwarding),
        ("keypadNavigation", &mut settings.keypad_navigation),
    ];
    for (name, setting) in objects {
        if let Some(object) =
            fields.change(name, |fields, name| fields.opaque_object(name, MAX_OBJECT_BYTES))?
        {
            *setting = object;
        }
    }
    Ok(())
}

/// A campaign as it stands in a list: without its prompt.
fn list_view(campaign: &Campaign) -> Value {
    let mut view = view(campaign);
    if let Some(fields) = view.as_object_mut() {
        fields.remove("prompt");
    }
    view
}

fn view(campaign: &Campaign) -> Value {
    let settings = &campaign.settings;
    let object =
        |object: &Option<JsonObject>| object.as_ref().map_or(Value::Null, |object| raw(object.as_raw()));
    json!({
        "id": campaign.id,
        "name": campaign.name,
        "webhookId": campaign.webhook_id,
        "status": campaign.status,
        "prompt": settings.prompt,
        "voice": settings.voice,
        "language": settings.language,
        "voicemailMessage": settings.voicemail_message,
        "followUps": object(&settings.follow_ups),
        "callForwarding": object(&settings.call_forwarding),
        "keypadNavigation": object(&settings.keypad_navigation),
        "backgroundAmbience": settings.background_ambience,
        "createdAt": time(campaign.created_at),
        "updatedAt": time(campaign.updated_at),
    })
}
