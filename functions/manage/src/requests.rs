use api::{Answer, Problem, Reply, time};
use domain::{RequestRecord, WebhookId};
use serde_json::{Value, json};
use store::lists;

use crate::manage::{Asked, Manage};

/// The request log of an inbound webhook.
pub(crate) async fn list(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let webhook: WebhookId = asked.id("webhookId")?;
    let slice = api::slice(asked.request, &lists::REQUESTS)?;
    let period = api::period(asked.request)?;
    manage.store.webhook(&asked.caller, &webhook).await?.ok_or_else(Problem::not_found)?;
    let page = manage.store.requests(&webhook, period, &slice).await?;
    Ok(Reply::Ok(api::page(&page, &lists::REQUESTS, view)))
}

fn view(record: &RequestRecord) -> Value {
    json!({
        "id": record.id,
        "timestamp": time(record.timestamp),
        "outcome": record.outcome,
        "statusCode": record.status_code,
        "reason": record.reason,
        "callId": record.call_id,
    })
}
