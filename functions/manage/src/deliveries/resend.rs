//! Sending deliveries again: the same `webhook-id` and body, the current URL, headers and secret.

use std::time::Duration;

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{
    AttemptRecord, DeliveryHistory, DeliveryId, Event, NoEndpoint, Resend, Timestamp, Webhook, WebhookId,
    WebhookKind,
};
use futures_util::future::{join_all, try_join_all};
use queues::DeliveryMessage;
use serde_json::json;
use tokio::time::Instant;

use crate::limits::{LOOKED_AT, RECOVERY_TIME};
use crate::manage::{Asked, Manage};

/// How often it is looked whether another request has sent what it has claimed.
const GLANCE: Duration = Duration::from_millis(200);

pub(crate) async fn resend(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let (id, delivery): (WebhookId, DeliveryId) = (asked.id("webhookId")?, asked.id("deliveryId")?);
    Fields::parse_optional(asked.request.body(), &[])?;
    let webhook = manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    let history = manage.store.history(&delivery).await?;
    let Some(attempt) = history.attempts.first().filter(|attempt| attempt.webhook_id == id) else {
        return Err(Problem::not_found());
    };
    if attempt.test {
        let message = "a test cannot be sent again; make another";
        return Err(Problem::conflict(Code::TestDelivery, message));
    }
    require_endpoint(&webhook)?;
    // Asked for twice before it was made: the answer is the same, and it is made once.
    if let Some(message) = claim(manage, &webhook, history).await? {
        send_claimed(manage, &[message]).await?;
        tracing::info!(webhook.id = %id, delivery.id = %delivery, "delivery {delivery} is sent again");
    }
    Ok(Reply::Accepted(json!({"deliveryId": delivery})))
}

/// Sends each delivery again that ended without success since a moment.
pub(crate) async fn recover(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: WebhookId = asked.id("webhookId")?;
    let mut fields = Fields::parse(asked.request.body(), &["since"])?;
    let since = fields.required_text("since", 100)?;
    let since = Timestamp::parse_rfc3339(&since)
        .ok_or_else(|| Problem::invalid_field("since", "must be a time like 2026-11-23T14:00:00Z"))?;
    let webhook = manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    require_endpoint(&webhook)?;
    let deadline = Instant::now() + RECOVERY_TIME;
    let mut count = 0;
    let mut after = None;
    loop {
        let (deliveries, next) =
            manage.store.unsuccessful_deliveries(&id, since, Timestamp::now(), after).await?;
        for some in deliveries.chunks(LOOKED_AT) {
            let begun = some.iter().map(|delivery| recover_one(manage, &webhook, delivery));
            let messages: Vec<DeliveryMessage> = try_join_all(begun).await?.into_iter().flatten().collect();
            send_claimed(manage, &messages).await?;
            count += messages.len();
        }
        after = next;
        if after.is_none() || Instant::now() > deadline {
            break;
        }
    }
    tracing::info!(webhook.id = %id, count, "{count} deliveries of webhook {id} are sent again");
    Ok(Reply::Accepted(json!({ "count": count })))
}

async fn recover_one(
    manage: &Manage,
    webhook: &Webhook,
    delivery: &DeliveryId,
) -> Result<Option<DeliveryMessage>, Problem> {
    let history = manage.store.history(delivery).await?;
    if history.ended_in_failure(Timestamp::now()) { claim(manage, webhook, history).await } else { Ok(None) }
}

/// Sends claimed messages, and confirms their claims. What is sent and not confirmed is sent again by a repeat of the
/// request, unless its attempt has been made by then.
async fn send_claimed(manage: &Manage, messages: &[DeliveryMessage]) -> Result<(), Problem> {
    manage.deliveries.send_all(messages).await?;
    let confirmed = messages.iter().map(async |message| {
        let run = message.run.as_deref().unwrap_or_default();
        if let Err(error) = manage.store.confirm_run(&message.delivery_id, run).await {
            let delivery = &message.delivery_id;
            tracing::warn!(delivery.id = %delivery, %error, "a resend of delivery {delivery} is sent and not confirmed");
        }
    });
    join_all(confirmed).await;
    Ok(())
}

/// Claims the delivery's next run, or one that was claimed and never sent, and gives its first message; `None` when that is
/// on its way.
async fn claim(
    manage: &Manage,
    webhook: &Webhook,
    mut history: DeliveryHistory,
) -> Result<Option<DeliveryMessage>, Problem> {
    let first = history.attempts.first().and_then(|attempt| first_message(webhook, attempt));
    let Some(message) = first else { return Ok(None) };
    loop {
        let now = Timestamp::now();
        match history.resend(now) {
            Resend::Begin(run) if manage.store.claim_run(&message.delivery_id, &run, now).await? => {
                return Ok(Some(message.in_run(run)));
            }
            Resend::Resume(run) => return Ok(Some(message.in_run(run))),
            Resend::OnItsWay => return Ok(None),
            Resend::Begin(_) | Resend::Underway => {}
        }
        tokio::time::sleep(GLANCE).await;
        history = manage.store.history(&message.delivery_id).await?;
    }
}

fn require_endpoint(webhook: &Webhook) -> Result<(), Problem> {
    match webhook.endpoint_for(event_of(webhook)) {
        Ok(_) => Ok(()),
        Err(NoEndpoint::Disabled) => {
            Err(Problem::conflict(Code::WebhookDisabled, "enable the webhook first"))
        }
        Err(NoEndpoint::Absent) => Err(Problem::no_response_webhook()),
    }
}

fn event_of(webhook: &Webhook) -> Event {
    match webhook.kind {
        WebhookKind::Outbound { .. } => Event::CallFinished,
        WebhookKind::Inbound { .. } => Event::CallCompleted,
    }
}

/// The first attempt of the delivery that `attempt` belongs to; `None` for a test, which tells of no call.
fn first_message(webhook: &Webhook, attempt: &AttemptRecord) -> Option<DeliveryMessage> {
    let (account, id) = (webhook.account_id.clone(), webhook.id.clone());
    Some(DeliveryMessage::first(
        attempt.delivery_id.clone(),
        account,
        id,
        attempt.call_id.clone()?,
        event_of(webhook),
    ))
}
