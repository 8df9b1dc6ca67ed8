use domain::{
    AccountId, CustomHeaders, DeliveryMethod, DisabledState, Endpoint, ResponseWebhook, SealedBytes, Slug,
    TargetUrl, Timestamp, Webhook, WebhookId, WebhookKind,
};
use lambda_http::{Request, RequestExt};
use serde_json::json;
use signing::SigningSecret;
use store::Bound;
use vault::{Purpose, SealContext};

use crate::fields::Fields;
use crate::operator::MAX_NAME_CHARS;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

const METHODS: [(&str, DeliveryMethod); 2] = [("POST", DeliveryMethod::Post), ("GET", DeliveryMethod::Get)];

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
        let now = Timestamp::now();
        let id = WebhookId::new(now);
        let kind = match direction {
            Direction::Inbound => self.new_inbound(account, &id, &mut fields).await?,
            Direction::Outbound => self.new_outbound(account, &id, &mut fields).await?,
        };
        let secret = SigningSecret::generate();
        let webhook = Webhook {
            account_id: account.clone(),
            signing_secret: self
                .seal(account, &id, Purpose::SigningSecret, secret.expose().as_bytes())
                .await?,
            id,
            name,
            state: DisabledState::Enabled,
            previous_secret: None,
            managed_by: None,
            created_at: now,
            updated_at: now,
            kind,
        };
        match self.store.create_webhook(&webhook).await? {
            Bound::Done => {}
            Bound::Unknown => return Err(Problem::unknown_reference("unknown_campaign", "campaignId")),
            Bound::Taken => {
                return Err(Problem::conflict(
                    "campaign_already_bound",
                    "the campaign is bound to a webhook already",
                ));
            }
        }
        tracing::info!(webhook.id = %webhook.id, account.id = %account, "webhook {} is created", webhook.id);
        let mut created = view::webhook(&webhook, &self.base_url(request));
        created["signingSecret"] = json!(secret.expose());
        Ok(Reply::Created(created))
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
                let url = self.endpoints.required_url(&mut response, "url")?;
                let headers = response.headers("headers")?.unwrap_or_default();
                let endpoint = self.endpoint(account, id, url, DeliveryMethod::Post, &headers).await?;
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
        let url = self.endpoints.required_url(fields, "url")?;
        let method = fields.choice("method", &METHODS)?.unwrap_or(DeliveryMethod::Post);
        let headers = fields.headers("headers")?.unwrap_or_default();
        Ok(WebhookKind::Outbound { endpoint: self.endpoint(account, id, url, method, &headers).await? })
    }

    async fn endpoint(
        &self,
        account: &AccountId,
        id: &WebhookId,
        url: TargetUrl,
        method: DeliveryMethod,
        headers: &CustomHeaders,
    ) -> Result<Endpoint, Problem> {
        let sealed_headers = if headers.is_empty() {
            None
        } else {
            Some(self.seal(account, id, Purpose::Headers, headers.to_lines().as_bytes()).await?)
        };
        Ok(Endpoint { url, method, header_names: headers.names(), sealed_headers })
    }

    /// Seals a value for this webhook of this account, and for no other.
    async fn seal(
        &self,
        account: &AccountId,
        id: &WebhookId,
        purpose: Purpose,
        plaintext: &[u8],
    ) -> Result<SealedBytes, Problem> {
        let context = SealContext { account: account.to_string(), webhook: id.to_string(), purpose };
        Ok(SealedBytes(self.vault.seal(&context, plaintext).await?))
    }
}

fn refuse_fields(fields: &Fields, names: &[&str], what: &str) -> Result<(), Problem> {
    match names.iter().find(|name| fields.names(name)) {
        Some(name) => Err(Problem::invalid_field(fields.at(name), format!("is not a field of {what}"))),
        None => Ok(()),
    }
}
