use api::{Answer, Code, Problem, Reply, optional_time, time};
use domain::{AttemptRecord, CallId, Outcome, Webhook, WebhookId};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use store::{AttemptFilter, lists};

use crate::manage::{Asked, Manage};

/// The attempts of a webhook's deliveries.
pub(crate) async fn list(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let webhook: WebhookId = asked.id("webhookId")?;
    let slice = api::slice(asked.request, &lists::DELIVERIES)?;
    let query = asked.request.query_string_parameters();
    let outcome = match query.first("outcome") {
        None => None,
        Some(name) => Some(Outcome::parse(name).ok_or_else(|| {
            let reason = "must be succeeded, failed or errored";
            Problem::invalid_parameter(Code::InvalidOutcome, "outcome", reason)
        })?),
    };
    let call = query
        .first("callId")
        .map(CallId::parse)
        .transpose()
        .map_err(|_| Problem::invalid_parameter(Code::InvalidCallId, "callId", "is not a call's id"))?;
    let wanted = AttemptFilter { outcome, period: api::period(asked.request)? };
    let of = manage.store.webhook(&asked.caller, &webhook).await?.ok_or_else(Problem::not_found)?;
    let page = match call {
        None => manage.store.attempts(&webhook, &wanted, &slice).await?,
        Some(call) => {
            let webhook = (&asked.caller, &webhook);
            manage.store.attempts_of_call(webhook, &call, &wanted, &slice).await?
        }
    };
    Ok(Reply::Ok(api::page(&page, &lists::DELIVERIES, |record| view(record, &of))))
}

/// A row of the log of this webhook.
pub(super) fn view(record: &AttemptRecord, webhook: &Webhook) -> Value {
    json!({
        "id": record.id(),
        "deliveryId": record.delivery_id,
        "event": record.event_at(webhook),
        "callId": record.call_id,
        "attempt": record.attempt,
        "timestamp": time(record.timestamp),
        "outcome": record.outcome,
        "statusCode": record.status_code,
        "error": record.error,
        "responseBody": record.response_body,
        "note": record.note,
        "durationMs": record.duration_ms,
        "nextAttemptAt": optional_time(record.next_attempt_at),
        "test": record.test,
        "hurried": record.hurried,
    })
}
