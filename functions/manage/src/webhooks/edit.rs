//! `PATCH /v1/webhooks/{id}`: what is sent is changed, the rest stays.

use api::{Answer, Code, Fields, MAX_NAME_CHARS, Problem, Reply};
use domain::{
    CampaignId, DeliveryMethod, DisabledState, EndpointPayload, ResponseWebhook, Timestamp, Webhook,
    WebhookId, WebhookKind,
};
use store::{Apart, Edited};

use super::apart::stored_apart;
use super::create::cannot_bind;
use super::endpoint::{OUTBOUND_FIELDS, change_endpoint, change_status, new_endpoint, refuse_fields};
use super::filter;
use super::last_error::last_error;
use super::payload::{change_payload, goes_with_events, payload_or_events};
use super::rules::{RULE_FIELDS, change_rules};
use super::{editable, next_version, view};
use crate::edits::until_written;
use crate::manage::{Asked, Manage};

const FIELDS: [&str; 12] = [
    "name",
    "status",
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

pub(crate) async fn edit(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: &WebhookId = &asked.id("webhookId")?;
    until_written(|| async move {
        let stored = editable(manage, &asked.caller, id).await?;
        let mut fields = Fields::parse(asked.request.body(), &FIELDS)?;
        let stored_apart = stored_apart(manage, &stored).await?;
        let mut apart = stored_apart.clone();
        let (edited, bind) = edited(manage, &stored, &mut apart, &mut fields).await?;
        // Read before it is written: what is written is answered.
        let last_error = last_error(manage, &edited).await?;
        let changed = apart.instead_of(&stored_apart);
        match manage.store.replace_webhook(&edited, &stored, bind.as_ref(), changed).await? {
            Edited::Done => {
                let base = manage.base_url(asked.request);
                Ok(Some(Reply::Ok(view::webhook(&edited, Some(&apart), &base, last_error.as_ref()))))
            }
            Edited::Outdated => Ok(None),
            Edited::NotBound(refused) => Err(cannot_bind(refused)),
        }
    })
    .await
}

/// The webhook as the request wants it, with what lies apart from it, and the campaign that it is to be bound to.
async fn edited(
    manage: &Manage,
    stored: &Webhook,
    apart: &mut Apart,
    fields: &mut Fields,
) -> Result<(Webhook, Option<CampaignId>), Problem> {
    let mut edited = next_version(stored, manage.clock.now());
    if let Some(name) = fields.set("name", |fields, name| fields.text(name, MAX_NAME_CHARS))? {
        edited.name = name;
    }
    let enabled = change_status(&mut edited.state, fields, manage.clock.now())?;
    let mut bind = None;
    match &mut edited.kind {
        WebhookKind::Inbound { campaign_id, response_webhook, has_rules, .. } => {
            refuse_fields(fields, &OUTBOUND_FIELDS, "an inbound webhook")?;
            change_rules(&mut apart.rules, fields)?;
            *has_rules = !apart.rules.is_empty();
            bind = binding(campaign_id.as_ref(), fields)?;
            if let Some(campaign) = &bind {
                *campaign_id = Some(campaign.clone());
            }
            let response = (response_webhook, &mut apart.payload);
            change_response(manage, stored, response, fields, edited.updated_at).await?;
        }
        WebhookKind::Outbound { endpoint, filter, events } => {
            refuse_fields(fields, &["campaignId", "responseWebhook"], "an outbound webhook")?;
            refuse_fields(fields, &RULE_FIELDS, "an outbound webhook")?;
            let sent = payload_or_events(fields);
            let method = |fields: &mut Fields, name: &str| fields.choice(name, &DeliveryMethod::BY_NAME);
            if let Some(method) = fields.set("method", method)? {
                endpoint.method = method;
            }
            if let Some(change) = fields.change("filter", filter::filter)? {
                *filter = change;
            }
            if let Some(change) = fields.set("events", filter::events)? {
                *events = change;
            }
            if enabled {
                endpoint.begin_anew();
            }
            change_endpoint(manage, stored, endpoint, fields).await?;
            change_payload(&mut apart.payload, endpoint, fields, edited.updated_at)?;
            sent.map_or(Ok(()), |field| goes_with_events(apart.payload.as_ref(), events, field))?;
        }
    }
    Ok((edited, bind))
}

/// Changes the response webhook with its payload, takes it away, or sets it anew.
async fn change_response(
    manage: &Manage,
    webhook: &Webhook,
    (response, payload): (&mut Option<ResponseWebhook>, &mut Option<EndpointPayload>),
    fields: &mut Fields,
    version: Timestamp,
) -> Result<(), Problem> {
    let known = ["url", "headers", "payload", "status"];
    let object = |fields: &mut Fields, name: &str| fields.object(name, &known);
    let Some(change) = fields.change("responseWebhook", object)? else { return Ok(()) };
    match (change, response) {
        (None, response) => (*response, *payload) = (None, None),
        (Some(mut fields), Some(response)) => {
            if change_status(&mut response.state, &mut fields, manage.clock.now())? {
                response.endpoint.begin_anew();
            }
            change_endpoint(manage, webhook, &mut response.endpoint, &mut fields).await?;
            change_payload(payload, &mut response.endpoint, &mut fields, version)?;
        }
        (Some(mut fields), response) => {
            let mut state = DisabledState::Enabled;
            change_status(&mut state, &mut fields, manage.clock.now())?;
            let (account, id) = (&webhook.account_id, &webhook.id);
            let mut endpoint = new_endpoint(manage, account, id, &mut fields, DeliveryMethod::Post).await?;
            change_payload(payload, &mut endpoint, &mut fields, version)?;
            *response = Some(ResponseWebhook { endpoint, state });
        }
    }
    Ok(())
}

/// The campaign that the webhook is to be bound to now; it is bound once.
fn binding(bound: Option<&CampaignId>, fields: &mut Fields) -> Result<Option<CampaignId>, Problem> {
    let wanted = fields.set("campaignId", |fields, name| fields.id(name, "campaign"))?;
    match (bound, wanted) {
        (None, wanted) => Ok(wanted),
        (Some(_), None) => Ok(None),
        (Some(bound), Some(wanted)) if *bound == wanted => Ok(None),
        (Some(_), Some(_)) => {
            Err(Problem::conflict(Code::WebhookAlreadyBound, "the webhook is bound to a campaign already"))
        }
    }
}
