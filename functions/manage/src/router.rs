use std::time::Instant;

use domain::{AccountId, CallId, CampaignId, DeliveryId, Timestamp, WebhookId};
use egress::Sender;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http::header::AUTHORIZATION;
use lambda_http::http::{Method, Response};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use queues::Deliveries;
use store::{ApiKey, Management};
use vault::Vault;

use crate::EndpointPolicy;
use crate::problem::Problem;
use crate::reply::{Answer, into_response};

/// Everything that a request needs.
#[derive(Debug)]
pub struct Manage {
    /// The tables.
    pub store: Management,
    /// Seals headers and secrets.
    pub vault: Vault,
    /// Which endpoints may be saved.
    pub endpoints: EndpointPolicy,
    /// Sends tests.
    pub sender: Sender,
    /// Where resent deliveries go.
    pub deliveries: Deliveries,
    /// Base URL of the inbound webhooks; empty when it is the one that a request came to.
    pub public_url: String,
}

impl Manage {
    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let started = Instant::now();
        let response = into_response(self.route(&request).await);
        // No path: an id or a key that stands in the wrong place would be logged.
        tracing::info!(
            http.method = %request.method(),
            http.status = response.status().as_u16(),
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "{} answered {}",
            request.method(),
            response.status().as_u16(),
        );
        response
    }

    async fn route(&self, request: &Request) -> Answer {
        let path = request.raw_http_path().trim_end_matches('/');
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["operator", rest @ ..] => {
                require_aws_signature(request)?;
                self.route_operator(rest, request).await
            }
            ["v1", rest @ ..] => {
                let account = self.authenticate(request).await?;
                self.route_account(&account, rest, request).await
            }
            _ => Err(Problem::not_found()),
        }
    }

    async fn route_operator(&self, path: &[&str], request: &Request) -> Answer {
        match path {
            ["accounts"] => match *request.method() {
                Method::POST => self.create_account(request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            ["accounts", id, "credits"] => match *request.method() {
                Method::POST => self.add_credits(&account_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            ["accounts", id, "api-keys"] => match *request.method() {
                Method::GET => self.list_api_keys(&account_id(id)?, request).await,
                Method::POST => self.create_api_key(&account_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("GET, POST")),
            },
            ["accounts", id, "api-keys", key] => match *request.method() {
                Method::DELETE => self.revoke_api_key(&account_id(id)?, key).await,
                _ => Err(Problem::method_not_allowed("DELETE")),
            },
            _ => Err(Problem::not_found()),
        }
    }

    async fn route_account(&self, account: &AccountId, path: &[&str], request: &Request) -> Answer {
        match path {
            ["account"] => match *request.method() {
                Method::GET => self.show_account(account).await,
                _ => Err(Problem::method_not_allowed("GET")),
            },
            ["account", "ledger"] => match *request.method() {
                Method::GET => self.list_ledger(account, request).await,
                _ => Err(Problem::method_not_allowed("GET")),
            },
            ["webhooks", rest @ ..] => self.route_webhooks(account, rest, request).await,
            ["campaigns"] => match *request.method() {
                Method::GET => self.list_campaigns(account, request).await,
                Method::POST => self.create_campaign(account, request).await,
                _ => Err(Problem::method_not_allowed("GET, POST")),
            },
            ["campaigns", id] => match *request.method() {
                Method::GET => self.show_campaign(account, &campaign_id(id)?).await,
                Method::PATCH => self.edit_campaign(account, &campaign_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("GET, PATCH")),
            },
            ["campaigns", id, "calls"] => match *request.method() {
                Method::GET => self.list_calls(account, &campaign_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("GET")),
            },
            ["calls", id] => match *request.method() {
                Method::GET => self.show_call(account, &call_id(id)?).await,
                _ => Err(Problem::method_not_allowed("GET")),
            },
            ["zapier", "hooks"] => match *request.method() {
                Method::POST => self.subscribe_zapier(account, request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            ["zapier", "hooks", id] => match *request.method() {
                Method::DELETE => self.unsubscribe_zapier(account, &webhook_id(id)?).await,
                _ => Err(Problem::method_not_allowed("DELETE")),
            },
            ["zapier", "sample"] => match *request.method() {
                Method::GET => Self::show_zapier_sample(),
                _ => Err(Problem::method_not_allowed("GET")),
            },
            _ => Err(Problem::not_found()),
        }
    }

    async fn route_webhooks(&self, account: &AccountId, path: &[&str], request: &Request) -> Answer {
        match path {
            [] => match *request.method() {
                Method::GET => self.list_webhooks(account, request).await,
                Method::POST => self.create_webhook(account, request).await,
                _ => Err(Problem::method_not_allowed("GET, POST")),
            },
            ["test"] => match *request.method() {
                Method::POST => self.test_unsaved(request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            [id] => match *request.method() {
                Method::GET => self.show_webhook(account, &webhook_id(id)?, request).await,
                Method::PATCH => self.edit_webhook(account, &webhook_id(id)?, request).await,
                Method::DELETE => self.delete_webhook(account, &webhook_id(id)?).await,
                _ => Err(Problem::method_not_allowed("GET, PATCH, DELETE")),
            },
            [id, "rotate-secret"] => match *request.method() {
                Method::POST => self.rotate_secret(account, &webhook_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            [id, "rotate-slug"] => match *request.method() {
                Method::POST => self.rotate_slug(account, &webhook_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            [id, "test"] => match *request.method() {
                Method::POST => self.test_saved(account, &webhook_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            [id, "recover"] => match *request.method() {
                Method::POST => self.recover(account, &webhook_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("POST")),
            },
            [id, "deliveries"] => match *request.method() {
                Method::GET => self.list_attempts(account, &webhook_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("GET")),
            },
            [id, "deliveries", delivery, "resend"] => match *request.method() {
                Method::POST => {
                    self.resend(account, &webhook_id(id)?, &delivery_id(delivery)?, request).await
                }
                _ => Err(Problem::method_not_allowed("POST")),
            },
            [id, "requests"] => match *request.method() {
                Method::GET => self.list_requests(account, &webhook_id(id)?, request).await,
                _ => Err(Problem::method_not_allowed("GET")),
            },
            _ => Err(Problem::not_found()),
        }
    }

    /// The account whose API key the request brings.
    async fn authenticate(&self, request: &Request) -> Result<AccountId, Problem> {
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|header| header.split_once(' '));
        let api_key = bearer
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, text)| ApiKey::parse(text.trim()).ok())
            .ok_or_else(Problem::unauthorized)?;
        let record = self.store.authenticate(&api_key).await?.ok_or_else(Problem::unauthorized)?;
        if let Err(error) = self.store.note_use(&record, Timestamp::now()).await {
            tracing::warn!(api_key.id = %record.id, %error, "the use of API key {} was not noted", record.id);
        }
        Ok(record.account_id)
    }

    /// The URL that slugs are added to.
    pub(crate) fn base_url(&self, request: &Request) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.clone();
        }
        let domain = http_context(request).and_then(|context| context.domain_name).unwrap_or_default();
        format!("https://{domain}")
    }
}

/// API Gateway has checked the signature before (`AWS_IAM`); a route that was wired without it must not be open.
fn require_aws_signature(request: &Request) -> Result<(), Problem> {
    let signed =
        http_context(request).and_then(|context| context.authorizer).and_then(|authorizer| authorizer.iam);
    if signed.is_some() { Ok(()) } else { Err(Problem::forbidden()) }
}

fn http_context(request: &Request) -> Option<ApiGatewayV2httpRequestContext> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => Some(context.clone()),
        #[allow(unreachable_patterns, reason = "other features of lambda_http add variants")]
        _ => None,
    }
}

/// An id of another shape than ours names nothing.
fn account_id(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).map_err(|_| Problem::not_found())
}

fn webhook_id(text: &str) -> Result<WebhookId, Problem> {
    WebhookId::parse(text).map_err(|_| Problem::not_found())
}

fn campaign_id(text: &str) -> Result<CampaignId, Problem> {
    CampaignId::parse(text).map_err(|_| Problem::not_found())
}

fn call_id(text: &str) -> Result<CallId, Problem> {
    CallId::parse(text).map_err(|_| Problem::not_found())
}

fn delivery_id(text: &str) -> Result<DeliveryId, Problem> {
    DeliveryId::parse(text).map_err(|_| Problem::not_found())
}
