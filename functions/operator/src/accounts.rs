use api::{Answer, Fields, MAX_NAME_CHARS, Problem, Reply};
use domain::{AccountId, AccountLimits, ApiKey, Limited};
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
    let now = operator.clock.now();
    let account = Account {
        id: AccountId::new(now, &operator.randomness),
        name,
        credits,
        created_at: now,
        limits: AccountLimits::default(),
    };
    let api_key = ApiKey::generate(now, &operator.randomness);
    operator.accounts.create_account(&account, &api_key).await?;
    tracing::info!(account.id = %account.id, "account {} is created", account.id);
    Ok(Reply::Created(json!({"id": account.id, "apiKey": api_key.expose()})))
}

/// Highest limit of an account.
const MAX_LIMIT: u64 = 100_000;

/// Sets how many webhooks and campaigns an account may have. What it has already stays.
pub(crate) async fn edit(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let mut fields = Fields::parse(asked.request.body(), &["limits"])?;
    let names = [Limited::InboundWebhook, Limited::OutboundWebhook, Limited::Campaign].map(Limited::plural);
    let wanted = fields.object("limits", &names)?;
    let mut account = operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    if let Some(mut wanted) = wanted {
        let limits = &mut account.limits;
        let each = [&mut limits.inbound_webhooks, &mut limits.outbound_webhooks, &mut limits.campaigns];
        for (name, limit) in names.into_iter().zip(each) {
            if let Some(changed) =
                wanted.change(name, |fields, name| fields.whole_number(name, 0..=MAX_LIMIT))?
            {
                *limit = changed;
            }
        }
        if !operator.accounts.set_limits(&id, &account.limits).await? {
            return Err(Problem::not_found());
        }
        tracing::info!(account.id = %id, "account {id} has other limits");
    }
    let limit = |limited| account.limits.of(limited);
    Ok(Reply::Ok(json!({"id": account.id, "name": account.name, "credits": account.credits, "limits": {
        "inboundWebhooks": limit(Limited::InboundWebhook),
        "outboundWebhooks": limit(Limited::OutboundWebhook),
        "campaigns": limit(Limited::Campaign),
    }})))
}

pub(crate) async fn add_credits(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let mut fields = Fields::parse(asked.request.body(), &["amount"])?;
    let amount = fields.required_whole_number("amount", 1..=MAX_CREDITS)?;
    if !operator.accounts.add_credits(&id, amount, operator.clock.now()).await? {
        return Err(Problem::not_found());
    }
    tracing::info!(account.id = %id, amount, "account {id} has got {amount} credits");
    let account = operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    Ok(Reply::Ok(json!({"id": account.id, "name": account.name, "credits": account.credits})))
}
