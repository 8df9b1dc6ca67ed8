use delivery::{seal_headers, seal_secret};
use domain::{
    AccountId, DeliveryMethod, DisabledState, Endpoint, ResponseWebhook, Slug, Timestamp, Webhook, WebhookId,
    WebhookKind,
};
use lambda_http::{Request, RequestExt};
use serde_json::json;
use signing::SigningSecret;
use store::{Bound, Edited};

use crate::campaigns::MAX_EDITS;
use crate::fields::Fields;
use crate::operator::MAX_NAME_CHARS;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

pub(crate) const METHODS: [(&str, DeliveryMethod); 2] =
    [("POST", DeliveryMethod::Post), ("GET", DeliveryMethod::Get)];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    Inbound,
    Outbound,
}

const DIRECTIONS: [(&str, Direction); 2] =
    [("inbound", Direction::Inbound), ("outbound", Direction::Outbound)];

impl Manage {
    pub(crate) async fn create_webhook(&self, account: &AccountId, request: &Request) -> Answer {
        const ALL: [&str; 7] =
            ["direction", "name", "campaignId", "responseWebhook", "url", "method", "headers"];
        let mut fields = Fields::parse(request.body(), &ALL)?;
        let direction =
            fields.choice("direction", &DIRECTIONS)?.ok_or_else(|| Problem::missing_field("direction"))?;
        let name = fields.required_text("name", MAX_NAME_CHARS)?;
        let id = WebhookId::new(Timestamp::now());
        let kind = match direction {
            Direction::Inbound => self.new_inbound(account, &id, &mut fields).await?,
            Direction::Outbound => self.new_outbound(account, &id, &mut fields).await?,
        };
        let (webhook, secret) = self.record_webhook(account, id, name, None, kind).await?;
        let mut created = view::webhook(&webhook, &self.base_url(request));
        created["signingSecret"] = json!(secret.expose());
        Ok(Reply::Created(created))
    }

    /// Records a new webhook with a secret of its own.
    pub(crate) async fn record_webhook(
        &self,
        account: &AccountId,
        id: WebhookId,
        name: String,
        managed_by: Option<String>,
        kind: WebhookKind,
    ) -> Result<(Webhook, SigningSecret), Problem> {
        let secret = SigningSecret::generate();
        let now = Timestamp::now();
        let webhook = Webhook {
            account_id: account.clone(),
            signing_secret: seal_secret(&self.vault, account, &id, &secret).await?,
            id,
            name,
            state: DisabledState::Enabled,
            previous_secrets: Vec::new(),
            managed_by,
            created_at: now,
            updated_at: now,
            kind,
        };
        match self.store.create_webhook(&webhook).await? {
            Bound::Done => {}
            Bound::Unknown => return Err(Problem::unknown_reference("unknown_campaign", "campaignId")),
            Bound::Taken => return Err(campaign_already_bound()),
        }
        tracing::info!(webhook.id = %webhook.id, account.id = %account, "webhook {} is created", webhook.id);
        Ok((webhook, secret))
    }

    pub(crate) async fn show_webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
        request: &Request,
    ) -> Answer {
        let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::webhook(&webhook, &self.base_url(request))))
    }

    pub(crate) async fn list_webhooks(&self, account: &AccountId, request: &Request) -> Answer {
        let slice = listing::slice(request, "webhooks")?;
        let query = request.query_string_parameters();
        let direction = query.first("direction");
        if direction.is_some_and(|direction| DIRECTIONS.iter().all(|(name, _)| *name != direction)) {
            let reason = "must be inbound or outbound";
            return Err(Problem::invalid_parameter("invalid_direction", "direction", reason));
        }
        let page = self.store.webhooks(account, direction, &slice).await?;
        let base = self.base_url(request);
        Ok(Reply::Ok(listing::page(&page, "webhooks", |webhook| view::webhook(webhook, &base))))
    }

    pub(crate) async fn delete_webhook(&self, account: &AccountId, id: &WebhookId) -> Answer {
        for _ in 0..MAX_EDITS {
            let webhook = self.editable_webhook(account, id).await?;
            if self.store.delete_webhook(&webhook, Timestamp::now()).await? == Edited::Done {
                tracing::info!(webhook.id = %id, account.id = %account, "webhook {id} is deleted");
                return Ok(Reply::NoContent);
            }
        }
        Err(Problem::edit_conflict())
    }

    /// A webhook that its owner may change here: not one that Zapier keeps.
    pub(crate) async fn editable_webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<Webhook, Problem> {
        let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
        match &webhook.managed_by {
            None => Ok(webhook),
            Some(_) => Err(Problem::conflict(
                "managed_by_zapier",
                "this webhook is managed by Zapier; change it there",
            )),
        }
    }

    async fn new_inbound(
        &self,
        account: &AccountId,
        id: &WebhookId,
        fields: &mut Fields,
    ) -> Result<WebhookKind, Problem> {
        refuse_fields(fields, &["url", "method", "headers"], "an inbound webhook")?;
        let campaign_id = fields.campaign_id("campaignId")?;
        let response_webhook = match fields.object("responseWebhook", &["url", "headers"])? {
            None => None,
            Some(mut response) => {
                let endpoint = self.new_endpoint(account, id, &mut response, DeliveryMethod::Post).await?;
                Some(ResponseWebhook { endpoint, state: DisabledState::Enabled })
            }
        };
        Ok(WebhookKind::Inbound { slug: Slug::generate(), campaign_id, response_webhook })
    }

    async fn new_outbound(
        &self,
        account: &AccountId,
        id: &WebhookId,
        fields: &mut Fields,
    ) -> Result<WebhookKind, Problem> {
        refuse_fields(fields, &["campaignId", "responseWebhook"], "an outbound webhook")?;
        let method = fields.choice("method", &METHODS)?.unwrap_or(DeliveryMethod::Post);
        Ok(WebhookKind::Outbound { endpoint: self.new_endpoint(account, id, fields, method).await? })
    }

    pub(crate) async fn new_endpoint(
        &self,
        account: &AccountId,
        id: &WebhookId,
        fields: &mut Fields,
        method: DeliveryMethod,
    ) -> Result<Endpoint, Problem> {
        let url = self.endpoints.required_url(fields, "url")?;
        let headers = fields.headers("headers")?;
        let sealed_headers = seal_headers(&self.vault, account, id, &headers).await?;
        Ok(Endpoint { url, method, header_names: headers.names(), sealed_headers, failing_since: None })
    }
}

pub(crate) fn campaign_already_bound() -> Problem {
    Problem::conflict("campaign_already_bound", "the campaign is bound to a webhook already")
}

pub(crate) fn refuse_fields(fields: &Fields, names: &[&str], what: &str) -> Result<(), Problem> {
    match names.iter().find(|name| fields.names(name)) {
        Some(name) => Err(Problem::invalid_field(fields.at(name), format!("is not a field of {what}"))),
        None => Ok(()),
    }
}
