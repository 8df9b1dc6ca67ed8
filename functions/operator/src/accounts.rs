use api::{Answer, Fields, MAX_NAME_CHARS, Problem, Reply};
use domain::{AccountId, ApiKey, Timestamp};
use serde_json::json;
use store::Account;

use crate::operator::{Asked, Operator};

/// Most credits that an account starts with, or gets at once.
const MAX_CREDITS: u64 = 1_000_000_000;

/// Makes an account with its first API key, which is shown this once.
pub(crate) async fn create(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let mut fields = Fields::parse(asked.request.body(), &["name", "credits"])?;
    let name = fields.required_text("name", MAX_NAME_CHARS)?;
    let credits = fields.required_whole_number("credits", 0..=MAX_CREDITS)?;
    let now = Timestamp::now();
    let account = Account { id: AccountId::new(now), name, credits, created_at: now };
    let api_key = ApiKey::generate(now);
    operator.accounts.create_account(&account, &api_key).await?;
    tracing::info!(account.id = %account.id, "account {} is created", account.id);
    Ok(Reply::Created(json!({"id": account.id, "apiKey": api_key.expose()})))
}

pub(crate) async fn add_credits(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let mut fields = Fields::parse(asked.request.body(), &["amount"])?;
    let amount = fields.required_whole_number("amount", 1..=MAX_CREDITS)?;
    if !operator.accounts.add_credits(&id, amount, Timestamp::now()).await? {
        return Err(Problem::not_found());
    }
    tracing::info!(account.id = %id, amount, "account {id} has got {amount} credits");
    let account = operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    Ok(Reply::Ok(json!({"id": account.id, "name": account.name, "credits": account.credits})))
}
