//! `PATCH /v1/webhooks/{id}`: what is sent is changed, the rest stays.

use delivery::{open_headers, seal_headers};
use domain::{
    AccountId, CampaignId, CustomHeaders, DeliveryMethod, DisabledState, Endpoint, ResponseWebhook,
    Timestamp, Webhook, WebhookId, WebhookKind,
};
use lambda_http::Request;
use store::{Bound, Edited};

use crate::campaigns::MAX_EDITS;
use crate::fields::{Fields, complete_headers};
use crate::operator::MAX_NAME_CHARS;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::view;
use crate::webhooks::{METHODS, campaign_already_bound, refuse_fields};

const FIELDS: [&str; 7] = ["name", "status", "campaignId", "responseWebhook", "url", "method", "headers"];

#[derive(Debug, Clone, Copy)]
enum Status {
    Enabled,
    Disabled,
}

const STATUSES: [(&str, Status); 2] = [("enabled", Status::Enabled), ("disabled", Status::Disabled)];

impl Manage {
    pub(crate) async fn edit_webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
        request: &Request,
    ) -> Answer {
        for _ in 0..MAX_EDITS {
            let stored = self.editable_webhook(account, id).await?;
            let mut fields = Fields::parse(request.body(), &FIELDS)?;
            let (edited, bind) = self.edited(&stored, &mut fields).await?;
            match self.store.replace_webhook(&edited, stored.updated_at, bind.as_ref()).await? {
                Edited::Done => return Ok(Reply::Ok(view::webhook(&edited, &self.base_url(request)))),
                Edited::Outdated => {}
                Edited::NotBound(Bound::Unknown) => {
                    return Err(Problem::unknown_reference("unknown_campaign", "campaignId"));
                }
                Edited::NotBound(_) => return Err(campaign_already_bound()),
            }
        }
        Err(Problem::edit_conflict())
    }

    /// The webhook as the request wants it, and the campaign that it is to be bound to.
    async fn edited(
        &self,
        stored: &Webhook,
        fields: &mut Fields,
    ) -> Result<(Webhook, Option<CampaignId>), Problem> {
        let mut edited = next_version(stored);
        if let Some(name) = fields.set("name", |fields| fields.text("name", MAX_NAME_CHARS))? {
            edited.name = name;
        }
        let enabled = change_status(&mut edited.state, fields)?;
        let mut bind = None;
        match &mut edited.kind {
            WebhookKind::Inbound { campaign_id, response_webhook, .. } => {
                refuse_fields(fields, &["url", "method", "headers"], "an inbound webhook")?;
                bind = binding(campaign_id.as_ref(), fields)?;
                if let Some(campaign) = &bind {
                    *campaign_id = Some(campaign.clone());
                }
                self.change_response(stored, response_webhook, fields).await?;
            }
            WebhookKind::Outbound { endpoint } => {
                refuse_fields(fields, &["campaignId", "responseWebhook"], "an outbound webhook")?;
                if let Some(method) = fields.set("method", |fields| fields.choice("method", &METHODS))? {
                    endpoint.method = method;
                }
                if enabled {
                    endpoint.failing_since = None;
                }
                self.change_endpoint(stored, endpoint, fields).await?;
            }
        }
        Ok((edited, bind))
    }

    async fn change_response(
        &self,
        webhook: &Webhook,
        response: &mut Option<ResponseWebhook>,
        fields: &mut Fields,
    ) -> Result<(), Problem> {
        const NAME: &str = "responseWebhook";
        match fields.change(NAME, |fields| fields.object(NAME, &["url", "headers", "status"]))? {
            None => {}
            Some(None) => *response = None,
            Some(Some(mut fields)) => match response {
                Some(response) => {
                    if change_status(&mut response.state, &mut fields)? {
                        response.endpoint.failing_since = None;
                    }
                    self.change_endpoint(webhook, &mut response.endpoint, &mut fields).await?;
                }
                None => {
                    let mut state = DisabledState::Enabled;
                    change_status(&mut state, &mut fields)?;
                    let (account, id) = (&webhook.account_id, &webhook.id);
                    let endpoint = self.new_endpoint(account, id, &mut fields, DeliveryMethod::Post).await?;
                    *response = Some(ResponseWebhook { endpoint, state });
                }
            },
        }
        Ok(())
    }

    /// Changes URL and headers. The stored headers were given for the stored URL: they never go along to another origin.
    async fn change_endpoint(
        &self,
        webhook: &Webhook,
        endpoint: &mut Endpoint,
        fields: &mut Fields,
    ) -> Result<(), Problem> {
        let stored = endpoint.clone();
        if let Some(url) = fields.set("url", |fields| self.endpoints.url(fields, "url"))? {
            endpoint.url = url;
            endpoint.failing_since = None;
        }
        let moved = !endpoint.url.same_origin(&stored.url);
        let headers = match fields.change("headers", |fields| fields.header_items("headers"))? {
            None if moved => CustomHeaders::default(),
            None => return Ok(()),
            Some(items) => {
                let items = items.unwrap_or_default();
                let keeps_some = items.iter().any(|item| item.value.is_none());
                let kept = if keeps_some && !moved {
                    open_headers(&self.vault, webhook, &stored).await?
                } else {
                    CustomHeaders::default()
                };
                complete_headers(items, &fields.at("headers"), |name| kept.value(name).map(str::to_owned))?
            }
        };
        endpoint.sealed_headers =
            seal_headers(&self.vault, &webhook.account_id, &webhook.id, &headers).await?;
        endpoint.header_names = headers.names();
        Ok(())
    }
}

/// The webhook with a new time of change, which differs from the stored one even within one millisecond.
pub(crate) fn next_version(stored: &Webhook) -> Webhook {
    Webhook { updated_at: Timestamp::now().max(stored.updated_at.after()), ..stored.clone() }
}

/// Whether the request enables it.
fn change_status(state: &mut DisabledState, fields: &mut Fields) -> Result<bool, Problem> {
    match fields.set("status", |fields| fields.choice("status", &STATUSES))? {
        Some(Status::Enabled) => {
            *state = DisabledState::Enabled;
            return Ok(true);
        }
        // One that is disabled already keeps its reason.
        Some(Status::Disabled) if state.is_enabled() => {
            *state =
                DisabledState::Disabled { disabled_reason: "owner".into(), disabled_at: Timestamp::now() };
        }
        Some(Status::Disabled) | None => {}
    }
    Ok(false)
}

/// The campaign that the webhook is to be bound to now; it is bound once.
fn binding(bound: Option<&CampaignId>, fields: &mut Fields) -> Result<Option<CampaignId>, Problem> {
    let wanted = fields.set("campaignId", |fields| fields.campaign_id("campaignId"))?;
    match (bound, wanted) {
        (None, wanted) => Ok(wanted),
        (Some(_), None) => Ok(None),
        (Some(bound), Some(wanted)) if *bound == wanted => Ok(None),
        (Some(_), Some(_)) => {
            Err(Problem::conflict("webhook_already_bound", "the webhook is bound to a campaign already"))
        }
    }
}
