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
    let changes = limit_changes(&mut fields)?;
    let account = if changes.is_empty() {
        operator.accounts.account(&id).await?
    } else {
        operator.accounts.set_limits(&id, &changes).await?
    };
    let account = account.ok_or_else(Problem::not_found)?;
    if !changes.is_empty() {
        tracing::info!(account.id = %id, "account {id} has other limits");
    }
    let limit = |limited| account.limits.of(limited);
    Ok(Reply::Ok(json!({"id": account.id, "name": account.name, "credits": account.credits, "limits": {
        "inboundWebhooks": limit(Limited::InboundWebhook),
        "outboundWebhooks": limit(Limited::OutboundWebhook),
        "campaigns": limit(Limited::Campaign),
    }})))
}

/// Each limit that a request names, with its new value; `None` is the default.
fn limit_changes(fields: &mut Fields) -> Result<Vec<(Limited, Option<u64>)>, Problem> {
    let all = [Limited::InboundWebhook, Limited::OutboundWebhook, Limited::Campaign];
    let Some(mut wanted) = fields.object("limits", &all.map(Limited::plural))? else { return Ok(Vec::new()) };
    let mut changes = Vec::new();
    for limited in all {
        let read = |fields: &mut Fields, name: &str| fields.whole_number(name, 0..=MAX_LIMIT);
        if let Some(changed) = wanted.change(limited.plural(), read)? {
            changes.push((limited, changed));
        }
    }
    Ok(changes)
}

pub(crate) async fn add_credits(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let mut fields = Fields::parse(asked.request.body(), &["amount"])?;
    let amount = fields.required_whole_number("amount", 1..=MAX_CREDITS)?;
    // Read before: once credits are added, nothing may keep the operator from learning it, who would add them again.
    let account = operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    if !operator.accounts.add_credits(&id, amount, operator.clock.now()).await? {
        return Err(Problem::not_found());
    }
    tracing::info!(account.id = %id, amount, "account {id} has got {amount} credits");
    let credits = account.credits.saturating_add(amount);
    Ok(Reply::Ok(json!({"id": account.id, "name": account.name, "credits": credits})))
}
