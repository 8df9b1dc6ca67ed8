//! Sending again whatever has failed since a moment.

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{BudgetLimit, DeliveryId, Timestamp, Webhook, WebhookId};
use futures_util::future::try_join_all;
use serde_json::json;
use tokio::time::Instant;

use crate::deliveries::resend::{Claimed, Claiming, claim, require_endpoint, send_claimed};
use crate::limits::{LOOKED_AT, RECOVERY_TIME};
use crate::manage::{Asked, Manage};

/// What a recovery takes.
struct Recovery<'a> {
    webhook: &'a Webhook,
    since: Timestamp,
    /// Whether it hurries those whose next attempt waits, too.
    pending: bool,
}

/// Sends each delivery again that ended without success since a moment; with `pending`, hurries those that wait for their next
/// attempt, too. One at a time: each reads the log from end to end.
pub(crate) async fn recover(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: WebhookId = asked.id("webhookId")?;
    let mut fields = Fields::parse(asked.request.body(), &["since", "pending"])?;
    let since = fields.required_text("since", 100)?;
    let since = Timestamp::parse_rfc3339(&since)
        .ok_or_else(|| Problem::invalid_field("since", "must be a time like 2026-11-23T14:00:00Z"))?;
    let pending = fields.boolean("pending")?.unwrap_or(false);
    let webhook = manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    require_endpoint(&webhook)?;
    let holder = DeliveryId::new(manage.clock.now(), &manage.randomness);
    let taken = manage.budgets.take(&asked.caller, &BudgetLimit::RECOVERIES, holder.as_str()).await?;
    let taken = taken.map_err(|_| {
        let message = "another recovery of this account is under way; try again when it is answered";
        Problem::conflict(Code::RecoveryUnderway, message)
    })?;
    let count = recover_all(manage, &Recovery { webhook: &webhook, since, pending }).await;
    manage.budgets.give_back(taken).await;
    let count = count?;
    tracing::info!(webhook.id = %id, count, "{count} deliveries of webhook {id} are sent again");
    Ok(Reply::Accepted(json!({ "count": count })))
}

async fn recover_all(manage: &Manage, recovery: &Recovery<'_>) -> Result<usize, Problem> {
    let id = &recovery.webhook.id;
    let deadline = Instant::now() + RECOVERY_TIME;
    let mut count = 0;
    let mut after = None;
    loop {
        let due_by = if recovery.pending { Timestamp::MAX } else { manage.clock.now() };
        let (deliveries, next) =
            manage.store.unsuccessful_deliveries(id, recovery.since, due_by, after).await?;
        for some in deliveries.chunks(LOOKED_AT) {
            let begun = some.iter().map(|delivery| recover_one(manage, recovery, delivery));
            let claimed: Vec<Claimed> = try_join_all(begun).await?.into_iter().flatten().collect();
            send_claimed(manage, &claimed).await?;
            count += claimed.len();
        }
        after = next;
        if after.is_none() || Instant::now() > deadline {
            return Ok(count);
        }
    }
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
