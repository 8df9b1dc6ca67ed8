//! How deliveries went, hour by hour: of one webhook, and of all endpoints of an account.

use api::{Answer, Code, Problem, Reply, time};
use domain::{Timestamp, WebhookId};
use lambda_http::{Request, RequestExt};
use serde_json::{Value, json};
use store::Hours;

use crate::limits::{DEFAULT_STATS_HOURS, MAX_STATS_HOURS};
use crate::manage::{Asked, Manage};

pub(crate) async fn of_webhook(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: WebhookId = asked.id("webhookId")?;
    let hours = hours(asked.request, manage.clock.now())?;
    manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    let counted = manage.store.webhook_hours(&asked.caller, &id, &hours).await?;
    Ok(Reply::Ok(view(&hours, &counted, true)))
}

pub(crate) async fn of_account(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let hours = hours(asked.request, manage.clock.now())?;
    let since = hours.first().copied().unwrap_or_default();
    let (counted, complete) = manage.store.account_hours(&asked.caller, since).await?;
    Ok(Reply::Ok(view(&hours, &counted, complete)))
}

/// The hours that are asked for, oldest first; the last one is under way.
fn hours(request: &Request, now: Timestamp) -> Result<Vec<Timestamp>, Problem> {
    let query = request.query_string_parameters();
    let count = match query.first("hours") {
        None => DEFAULT_STATS_HOURS,
        Some(text) => {
            text.parse().ok().filter(|count| (1..=MAX_STATS_HOURS).contains(count)).ok_or_else(|| {
                let reason = "must be a whole number from 1 to 168";
                Problem::invalid_parameter(Code::InvalidHours, "hours", reason)
            })?
        }
    };
    Ok((0..count).rev().map(|ago| now.hours_before(ago)).collect())
}

fn view(hours: &[Timestamp], counted: &Hours, complete: bool) -> Value {
    let hours = hours.iter().map(|hour| {
        let tally = counted.get(hour).cloned().unwrap_or_default();
        json!({
            "hour": time(*hour),
            "succeeded": tally.succeeded,
            "failed": tally.failed,
            "errored": tally.errored,
            "p50Ms": tally.percentile(50),
            "p95Ms": tally.percentile(95),
        })
    });
    json!({ "hours": hours.collect::<Vec<_>>(), "complete": complete })
}
