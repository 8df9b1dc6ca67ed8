//! Sending again whatever has failed since a moment.

use std::collections::HashSet;

use api::{Answer, Code, Fields, Problem, Reply, optional_time};
use domain::{BudgetLimit, DeliveryId, Page, Period, Position, Timestamp, Webhook, WebhookId};
use futures_util::future::try_join_all;
use serde_json::json;
use store::Place;
use tokio::time::Instant;

use crate::deliveries::resend::{Claimed, Claiming, claim, require_endpoint, send_claimed};
use crate::limits::{LOOKED_AT, RECOVERY_TIME};
use crate::manage::{Asked, Manage};

const MAX_MOMENT_CHARS: usize = 100;

/// What a recovery takes.
struct Recovery<'a> {
    webhook: &'a Webhook,
    /// When an attempt was made that failed.
    period: Period,
    /// Whether it hurries those whose next attempt waits, too.
    pending: bool,
}

/// What a recovery has done.
#[derive(Debug, PartialEq, Eq)]
struct Recovered {
    /// Deliveries that are sent again.
    count: usize,
    /// Attempts from this moment on were looked at, those before it were not; `None` when all were.
    until: Option<Timestamp>,
}

/// Sends each delivery again that ended without success since a moment; with `pending`, hurries those that wait for their next
/// attempt, too. One at a time: each reads the log from its newest attempt on.
pub(crate) async fn recover(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: WebhookId = asked.id("webhookId")?;
    let mut fields = Fields::parse(asked.request.body(), &["since", "until", "pending"])?;
    let since = moment("since", &fields.required_text("since", MAX_MOMENT_CHARS)?)?;
    let until = fields.text("until", MAX_MOMENT_CHARS)?.map(|text| moment("until", &text)).transpose()?;
    let pending = fields.boolean("pending")?.unwrap_or(false);
    let webhook = manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    require_endpoint(&webhook)?;
    let holder = DeliveryId::new(manage.clock.now(), &manage.randomness);
    let place = manage.budgets.take(&asked.caller, &BudgetLimit::RECOVERIES, holder.as_str()).await?;
    let Place::Taken(taken) = place else {
        let message = "another recovery of this account is under way; try again when it is answered";
        return Err(Problem::conflict(Code::RecoveryUnderway, message));
    };
    let period = Period { since: Some(since), until };
    let recovered = recover_all(manage, &Recovery { webhook: &webhook, period, pending }).await;
    manage.budgets.give_back(taken).await;
    let Recovered { count, until } = recovered?;
    let complete = until.is_none();
    tracing::info!(webhook.id = %id, count, complete, "{count} deliveries of webhook {id} are sent again");
    Ok(Reply::Accepted(json!({"count": count, "complete": complete, "until": optional_time(until)})))
}

fn moment(name: &str, text: &str) -> Result<Timestamp, Problem> {
    let moment = Timestamp::parse_rfc3339(text);
    moment.ok_or_else(|| Problem::invalid_field(name, "must be a time like 2026-11-23T14:00:00Z"))
}

async fn recover_all(manage: &Manage, recovery: &Recovery<'_>) -> Result<Recovered, Problem> {
    let read = |after| async move {
        let due_by = if recovery.pending { Timestamp::MAX } else { manage.clock.now() };
        let id = &recovery.webhook.id;
        Ok(manage.store.unsuccessful_deliveries(id, recovery.period, due_by, after).await?)
    };
    walk(read, |some| recover_some(manage, recovery, some)).await
}

/// Goes through the deliveries page by page, each once, until the time is up.
async fn walk<P, S>(
    mut read: impl FnMut(Option<Position>) -> P,
    mut send: impl FnMut(Vec<DeliveryId>) -> S,
) -> Result<Recovered, Problem>
where
    P: Future<Output = Result<Page<DeliveryId>, Problem>>,
    S: Future<Output = Result<usize, Problem>>,
{
    let deadline = Instant::now() + RECOVERY_TIME;
    let (mut count, mut seen, mut after) = (0, HashSet::new(), None);
    loop {
        let page = read(after).await?;
        for some in page.items.chunks(LOOKED_AT) {
            let new = some.iter().map(|(_, delivery)| delivery.clone());
            count += send(new.filter(|delivery| seen.insert(delivery.clone())).collect()).await?;
            let last = some.last().map(|(position, _)| position);
            if Instant::now() >= deadline {
                return Ok(Recovered { count, until: last.and_then(not_looked_at) });
            }
        }
        after = page.next;
        if after.is_none() || Instant::now() >= deadline {
            return Ok(Recovered { count, until: after.as_ref().and_then(not_looked_at) });
        }
    }
}

/// The end of what is left after a position. There may be more within its millisecond, so that one is left, too.
fn not_looked_at(position: &Position) -> Option<Timestamp> {
    position.moment().map(Timestamp::after)
}

async fn recover_some(
    manage: &Manage,
    recovery: &Recovery<'_>,
    deliveries: Vec<DeliveryId>,
) -> Result<usize, Problem> {
    let begun = deliveries.iter().map(|delivery| recover_one(manage, recovery, delivery));
    let claimed: Vec<Claimed> = try_join_all(begun).await?.into_iter().flatten().collect();
    send_claimed(manage, &claimed).await?;
    Ok(claimed.len())
}

async fn recover_one(
    manage: &Manage,
    recovery: &Recovery<'_>,
    delivery: &DeliveryId,
) -> Result<Option<Claimed>, Problem> {
    let history = manage.store.history(delivery).await?;
    let is_meant =
        if recovery.pending { history.failed() } else { history.ended_in_failure(manage.clock.now()) };
    if !is_meant {
        return Ok(None);
    }
    match claim(manage, recovery.webhook, history).await? {
        Claiming::Claimed(claimed) => Ok(Some(claimed)),
        Claiming::OnItsWay | Claiming::Waits(_) => Ok(None),
    }
}

#[cfg(test)]
#[path = "recover_tests.rs"]
mod tests;
