//! `POST /v1/webhooks`.

use api::{Answer, Code, Fields, MAX_NAME_CHARS, Problem, Reply};
use domain::{
    AccountId, DeliveryMethod, DisabledState, Event, ResponseWebhook, Slug, Timestamp, Webhook, WebhookId,
    WebhookKind,
};
use serde_json::json;
use signing::SigningSecret;
use store::{Apart, Bound};
use vault::seal_secret;

use super::endpoint::{OUTBOUND_FIELDS, new_endpoint, refuse_fields};
use super::filter::{events, filter};
use super::payload::{change_payload, goes_with_events, payload_or_events};
use super::rules::{RULE_FIELDS, change_rules};
use super::{DIRECTIONS, Direction, view};
use crate::manage::{Asked, Manage};

const FIELDS: [&str; 12] = [
    "direction",
    "name",
    "campaignId",
    "responseWebhook",
    "requiredHeader",
    "mapping",
    "url",
    "method",
    "headers",
    "payload",
    "filter",
    "events",
];

pub(crate) async fn create(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let account = &asked.caller;
    let mut fields = Fields::parse(asked.request.body(), &FIELDS)?;
    let direction =
        fields.choice("direction", &DIRECTIONS)?.ok_or_else(|| Problem::missing_field("direction"))?;
    let name = fields.required_text("name", MAX_NAME_CHARS)?;
    let now = manage.clock.now();
    let id = WebhookId::new(now, &manage.randomness);
    let mut apart = Apart::default();
    let kind = match direction {
        Direction::Inbound => {
            change_rules(&mut apart.rules, &mut fields)?;
            inbound(manage, account, (&id, now), &mut fields, &mut apart).await?
        }
        Direction::Outbound => outbound(manage, account, (&id, now), &mut fields, &mut apart).await?,
    };
    let (webhook, secret) = record(manage, account, id, name, None, kind, &apart).await?;
    let mut created = view::webhook(&webhook, Some(&apart), &manage.base_url(asked.request), None);
    created["signingSecret"] = json!(secret.expose());
    Ok(Reply::Created(created))
}

/// Records a new webhook with a secret of its own.
pub(super) async fn record(
    manage: &Manage,
    account: &AccountId,
    id: WebhookId,
    name: String,
    managed_by: Option<String>,
    kind: WebhookKind,
    apart: &Apart,
) -> Result<(Webhook, SigningSecret), Problem> {
    let secret = SigningSecret::generate(|bytes| manage.randomness.fill(bytes));
    let now = manage.clock.now();
    let webhook = Webhook {
        account_id: account.clone(),
        signing_secret: seal_secret(&manage.vault, account, &id, &secret).await?,
        id,
        name,
        state: DisabledState::Enabled,
        previous_secrets: Vec::new(),
        managed_by,
        created_at: now,
        updated_at: now,
        kind,
    };
    match manage.store.create_webhook(&webhook, apart.instead_of(&Apart::default())).await? {
        Bound::Done => {}
        refused => return Err(cannot_bind(refused)),
    }
    tracing::info!(webhook.id = %webhook.id, account.id = %account, "webhook {} is created", webhook.id);
    Ok((webhook, secret))
}

pub(super) fn cannot_bind(refused: Bound) -> Problem {
    match refused {
        Bound::Unknown => Problem::unknown_reference(Code::UnknownCampaign, "campaignId"),
        Bound::TooMany => Problem::conflict(
            Code::TooManyWebhooks,
            "the account has as many webhooks of this direction as it may have: delete one, or ask the operator for more",
        ),
        Bound::Taken | Bound::Done => {
            Problem::conflict(Code::CampaignAlreadyBound, "the campaign is bound to a webhook already")
        }
    }
}

async fn inbound(
    manage: &Manage,
    account: &AccountId,
    (id, now): (&WebhookId, Timestamp),
    fields: &mut Fields,
    apart: &mut Apart,
) -> Result<WebhookKind, Problem> {
    refuse_fields(fields, &OUTBOUND_FIELDS, "an inbound webhook")?;
    let campaign_id = fields.id("campaignId", "campaign")?;
    let response_webhook = match fields.object("responseWebhook", &["url", "headers", "payload"])? {
        None => None,
        Some(mut response) => {
            let method = DeliveryMethod::Post;
            let mut endpoint = new_endpoint(manage, account, id, &mut response, method).await?;
            change_payload(&mut apart.payload, &mut endpoint, &mut response, now)?;
            Some(ResponseWebhook { endpoint, state: DisabledState::Enabled })
        }
    };
    let has_rules = !apart.rules.is_empty();
    let slug = Slug::generate(&manage.randomness);
    Ok(WebhookKind::Inbound { slug, campaign_id, response_webhook, has_rules })
}

async fn outbound(
    manage: &Manage,
    account: &AccountId,
    (id, now): (&WebhookId, Timestamp),
    fields: &mut Fields,
    apart: &mut Apart,
) -> Result<WebhookKind, Problem> {
    refuse_fields(fields, &["campaignId", "responseWebhook"], "an outbound webhook")?;
    refuse_fields(fields, &RULE_FIELDS, "an outbound webhook")?;
    let method = fields.choice("method", &DeliveryMethod::BY_NAME)?.unwrap_or(DeliveryMethod::Post);
    let sent = payload_or_events(fields);
    let filter = filter(fields, "filter")?;
    let events = events(fields, "events")?.unwrap_or_else(|| Event::BY_DEFAULT.to_vec());
    let mut endpoint = new_endpoint(manage, account, id, fields, method).await?;
    change_payload(&mut apart.payload, &mut endpoint, fields, now)?;
    sent.map_or(Ok(()), |field| goes_with_events(apart.payload.as_ref(), &events, field))?;
    Ok(WebhookKind::Outbound { endpoint, filter, events })
}
