//! The operator's routes: accounts, credits, API keys.

use domain::{AccountId, ApiKeyId, Timestamp};
use lambda_http::Request;
use serde_json::json;
use store::{Account, ApiKey};

use crate::fields::Fields;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::{listing, view};

pub(crate) const MAX_NAME_CHARS: usize = 200;

/// Most credits that an account starts with, or gets at once.
const MAX_CREDITS: u64 = 1_000_000_000;

impl Manage {
    pub(crate) async fn create_account(&self, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &["name", "credits"])?;
        let name = fields.required_text("name", MAX_NAME_CHARS)?;
        let credits = fields.required_whole_number("credits", 0..=MAX_CREDITS)?;
        let now = Timestamp::now();
        let account = Account { id: AccountId::new(now), name, credits, created_at: now };
        let api_key = ApiKey::generate(now);
        self.store.create_account(&account, &api_key).await?;
        tracing::info!(account.id = %account.id, "account {} is created", account.id);
        Ok(Reply::Created(json!({"id": account.id, "apiKey": api_key.expose()})))
    }

    pub(crate) async fn add_credits(&self, id: &AccountId, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &["amount"])?;
        let amount = fields.required_whole_number("amount", 1..=MAX_CREDITS)?;
        if !self.store.add_credits(id, amount, Timestamp::now()).await? {
            return Err(Problem::not_found());
        }
        tracing::info!(account.id = %id, amount, "account {id} has got {amount} credits");
        let account = self.store.account(id).await?.ok_or_else(Problem::not_found)?;
        Ok(Reply::Ok(view::account(&account)))
    }

    pub(crate) async fn create_api_key(&self, id: &AccountId, request: &Request) -> Answer {
        let name = Fields::parse_optional(request.body(), &["name"])?.text("name", MAX_NAME_CHARS)?;
        self.store.account(id).await?.ok_or_else(Problem::not_found)?;
        let now = Timestamp::now();
        let api_key = ApiKey::generate(now);
        self.store.add_api_key(id, &api_key, name.clone(), now).await?;
        tracing::info!(account.id = %id, api_key.id = %api_key.id(), "account {id} has API key {}", api_key.id());
        Ok(Reply::Created(json!({"id": api_key.id(), "name": name, "apiKey": api_key.expose()})))
    }

    pub(crate) async fn list_api_keys(&self, id: &AccountId, request: &Request) -> Answer {
        let slice = listing::slice(request, "api-keys")?;
        self.store.account(id).await?.ok_or_else(Problem::not_found)?;
        let page = self.store.api_keys(id, &slice).await?;
        Ok(Reply::Ok(listing::page(&page, "api-keys", view::api_key)))
    }

    pub(crate) async fn revoke_api_key(&self, id: &AccountId, key: &str) -> Answer {
        let key = ApiKeyId::parse(key).map_err(|_| Problem::not_found())?;
        if !self.store.revoke_api_key(id, &key).await? {
            return Err(Problem::not_found());
        }
        tracing::info!(account.id = %id, api_key.id = %key, "API key {key} is revoked");
        Ok(Reply::NoContent)
    }
}
