use api::{Answer, Fields, MAX_NAME_CHARS, Problem, Reply, time};
use domain::{AccountId, ApiKey, ApiKeyId};
use serde_json::{Value, json};
use store::{ApiKeyRecord, lists};

use crate::operator::{Asked, Operator};

/// Makes an API key, which is shown this once.
pub(crate) async fn create(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let name = Fields::parse_optional(asked.request.body(), &["name"])?.text("name", MAX_NAME_CHARS)?;
    operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    let now = operator.clock.now();
    let api_key = ApiKey::generate(now, &operator.randomness);
    operator.accounts.add_api_key(&id, &api_key, name.clone(), now).await?;
    tracing::info!(account.id = %id, api_key.id = %api_key.id(), "account {id} has API key {}", api_key.id());
    Ok(Reply::Created(json!({"id": api_key.id(), "name": name, "apiKey": api_key.expose()})))
}

pub(crate) async fn list(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let id: AccountId = asked.id("accountId")?;
    let slice = api::slice(asked.request, &lists::API_KEYS)?;
    operator.accounts.account(&id).await?.ok_or_else(Problem::not_found)?;
    let page = operator.accounts.api_keys(&id, &slice).await?;
    Ok(Reply::Ok(api::page(&page, &lists::API_KEYS, view)))
}

pub(crate) async fn revoke(operator: &Operator, asked: &Asked<'_>) -> Answer {
    let (id, key): (AccountId, ApiKeyId) = (asked.id("accountId")?, asked.id("keyId")?);
    if !operator.accounts.revoke_api_key(&id, &key).await? {
        return Err(Problem::not_found());
    }
    tracing::info!(account.id = %id, api_key.id = %key, "API key {key} is revoked");
    Ok(Reply::NoContent)
}

/// What is shown of a key: never the key.
fn view(record: &ApiKeyRecord) -> Value {
    json!({
        "id": record.id,
        "name": record.name,
        "createdAt": time(record.created_at),
        "lastUsedOn": record.last_used_on,
    })
}
