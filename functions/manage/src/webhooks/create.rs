//! `POST /v1/webhooks`.

use api::{Answer, Code, Fields, MAX_NAME_CHARS, Problem, Reply};
use domain::{
    AccountId, DeliveryMethod, DisabledState, Event, IntakeRules, ResponseWebhook, Slug, Webhook, WebhookId,
    WebhookKind,
};
use serde_json::json;
use signing::SigningSecret;
use store::Bound;
use vault::seal_secret;

use super::endpoint::{OUTBOUND_FIELDS, new_endpoint, refuse_fields};
use super::filter::{events, filter};
use super::rules::{RULE_FIELDS, change_rules};
use super::{DIRECTIONS, Direction, view};
use crate::manage::{Asked, Manage};

const FIELDS: [&str; 11] = [
    "direction",
    "name",
    "campaignId",
    "responseWebhook",
    "requiredHeader",
    "mapping",
    "url",
    "method",
    "headers",
    "filter",
    "events",
];

pub(crate) async fn create(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let account = &asked.caller;
    let mut fields = Fields::parse(asked.request.body(), &FIELDS)?;
    let direction =
        fields.choice("direction", &DIRECTIONS)?.ok_or_else(|| Problem::missing_field("direction"))?;
    let name = fields.required_text("name", MAX_NAME_CHARS)?;
    let id = WebhookId::new(manage.clock.now(), &manage.randomness);
    let mut rules = IntakeRules::default();
    let kind = match direction {
        Direction::Inbound => {
            change_rules(&mut rules, &mut fields)?;
            inbound(manage, account, &id, &mut fields, !rules.is_empty()).await?
        }
        Direction::Outbound => outbound(manage, account, &id, &mut fields).await?,
    };
    let (webhook, secret) = record(manage, account, id, name, None, kind, &rules).await?;
    let mut created = view::webhook(&webhook, Some(&rules), &manage.base_url(asked.request), None);
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
    rules: &IntakeRules,
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
    match manage.store.create_webhook(&webhook, rules).await? {
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
    id: &WebhookId,
    fields: &mut Fields,
    has_rules: bool,
) -> Result<WebhookKind, Problem> {
    refuse_fields(fields, &OUTBOUND_FIELDS, "an inbound webhook")?;
    let campaign_id = fields.id("campaignId", "campaign")?;
    let response_webhook = match fields.object("responseWebhook", &["url", "headers"])? {
        None => None,
        Some(mut response) => {
            let endpoint = new_endpoint(manage, account, id, &mut response, DeliveryMethod::Post).await?;
            Some(ResponseWebhook { endpoint, state: DisabledState::Enabled })
        }
    };
    let slug = Slug::generate(&manage.randomness);
    Ok(WebhookKind::Inbound { slug, campaign_id, response_webhook, has_rules })
}

async fn outbound(
    manage: &Manage,
    account: &AccountId,
    id: &WebhookId,
    fields: &mut Fields,
) -> Result<WebhookKind, Problem> {
    refuse_fields(fields, &["campaignId", "responseWebhook"], "an outbound webhook")?;
    refuse_fields(fields, &RULE_FIELDS, "an outbound webhook")?;
    let method = fields.choice("method", &DeliveryMethod::BY_NAME)?.unwrap_or(DeliveryMethod::Post);
    let filter = filter(fields, "filter")?;
    let events = events(fields, "events")?.unwrap_or_else(|| Event::BY_DEFAULT.to_vec());
    let endpoint = new_endpoint(manage, account, id, fields, method).await?;
    Ok(WebhookKind::Outbound { endpoint, filter, events })
}
