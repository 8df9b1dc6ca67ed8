//! Sending a delivery again: the same `webhook-id` and body, the current URL, headers and secret.

use std::time::Duration;

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{
    AccountId, AttemptRecord, BudgetLimit, DeliveryHistory, DeliveryId, NoEndpointError, Resend, Resent,
    Timestamp, Webhook, WebhookId, WebhookKind,
};
use futures_util::future::join_all;
use queues::{DeliveryMessage, Subject};
use serde_json::json;
use store::Place;

use crate::manage::{Asked, Manage};

/// How often it is looked whether another request has sent what it has claimed.
const GLANCE: Duration = Duration::from_millis(200);

/// A resend that is claimed, and whose message is to be sent.
pub(super) struct Claimed {
    resent: Resent,
    message: DeliveryMessage,
}

/// What came of a claim.
pub(super) enum Claiming {
    Claimed(Claimed),
    /// Its new run was asked for before, and will be made.
    OnItsWay,
    /// Its next attempt comes at this moment.
    Waits(Timestamp),
}

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
    if matches!(history.resend(manage.clock.now()), Resend::Begin(_)) {
        pay(manage, &asked.caller, &delivery).await?;
    }
    match claim(manage, &webhook, history).await? {
        Claiming::Claimed(claimed) => {
            send_claimed(manage, &[claimed]).await?;
            tracing::info!(webhook.id = %id, delivery.id = %delivery, "delivery {delivery} is sent again");
        }
        // Asked for twice before it was made: the answer is the same, and it is made once.
        Claiming::OnItsWay => {}
        Claiming::Waits(at) => {
            let message = format!(
                "its next attempt comes at {at}; it is hurried once in 60 s, and not in the last 15 s before it"
            );
            return Err(Problem::conflict(Code::OnItsWay, &message));
        }
    }
    Ok(Reply::Accepted(json!({"deliveryId": delivery})))
}

/// Counts a resend. What is not to be made again costs nothing but reads, and is not counted.
async fn pay(manage: &Manage, account: &AccountId, delivery: &DeliveryId) -> Result<(), Problem> {
    match manage.budgets.take(account, &BudgetLimit::RESENDS, delivery.as_str()).await? {
        Place::Taken(_) => Ok(()),
        Place::NoneFor(wait) => {
            let too_many =
                "an account resends at most 60 deliveries a minute; recover takes any number at once";
            Err(Problem::too_many(Code::TooManyResends, too_many, wait))
        }
    }
}

/// Sends claimed messages, and confirms their claims. What is sent and not confirmed is sent again by a repeat of the
/// request, unless its attempt has been made by then.
pub(super) async fn send_claimed(manage: &Manage, claimed: &[Claimed]) -> Result<(), Problem> {
    let messages: Vec<DeliveryMessage> = claimed.iter().map(|claimed| claimed.message.clone()).collect();
    manage.deliveries.send_all(&messages).await?;
    let confirmed = claimed.iter().map(async |claimed| {
        let delivery = &claimed.message.delivery_id;
        if let Err(error) = manage.store.confirm_resend(delivery, &claimed.resent).await {
            tracing::warn!(delivery.id = %delivery, %error, "a resend of delivery {delivery} is sent and not confirmed");
        }
    });
    join_all(confirmed).await;
    Ok(())
}

/// Claims what sending the delivery again takes, unless that is on its way: a new run, or the attempt that waits; or one of
/// them that was claimed and never sent.
pub(super) async fn claim(
    manage: &Manage,
    webhook: &Webhook,
    mut history: DeliveryHistory,
) -> Result<Claiming, Problem> {
    let first = history.attempts.first().and_then(|attempt| first_message(webhook, attempt));
    let Some(message) = first else { return Ok(Claiming::OnItsWay) };
    loop {
        let now = manage.clock.now();
        match history.resend(now) {
            Resend::Begin(resent)
                if manage.store.claim_resend(&message.delivery_id, &resent, now).await? =>
            {
                return Ok(Claiming::Claimed(Claimed::of(resent, message)));
            }
            Resend::Resume(resent) => return Ok(Claiming::Claimed(Claimed::of(resent, message))),
            Resend::OnItsWay => return Ok(Claiming::OnItsWay),
            Resend::Waits(at) => return Ok(Claiming::Waits(at)),
            Resend::Begin(_) | Resend::Underway => {}
        }
        tokio::time::sleep(GLANCE).await;
        history = manage.store.history(&message.delivery_id).await?;
    }
}

impl Claimed {
    fn of(resent: Resent, first: DeliveryMessage) -> Self {
        let message = match resent.clone() {
            Resent::Run(run) => first.in_run(run),
            Resent::Waiting { run, attempt } => first.hurried(run, attempt),
        };
        Self { resent, message }
    }
}

pub(super) fn require_endpoint(webhook: &Webhook) -> Result<(), Problem> {
    match webhook.endpoint_for(webhook.event()) {
        Ok(_) => Ok(()),
        Err(NoEndpointError::Disabled) => {
            let first = match webhook.kind {
                WebhookKind::Outbound { .. } => "enable the webhook first",
                WebhookKind::Inbound { .. } => "enable the webhook, and its response webhook, first",
            };
            Err(Problem::conflict(Code::WebhookDisabled, first))
        }
        Err(NoEndpointError::Absent) => Err(Problem::no_response_webhook()),
    }
}

/// The first attempt of the delivery that `attempt` belongs to; `None` for a test, which tells of nothing.
fn first_message(webhook: &Webhook, attempt: &AttemptRecord) -> Option<DeliveryMessage> {
    let (account, id) = (webhook.account_id.clone(), webhook.id.clone());
    let subject = match (&attempt.about, &attempt.call_id) {
        (Some(about), _) => Subject::from(about.clone()),
        (None, call_id) => call_id.clone()?.into(),
    };
    let event = attempt.event_at(webhook);
    Some(DeliveryMessage::first(attempt.delivery_id.clone(), account, id, subject, event))
}
