//! Sending deliveries again: the same `webhook-id` and body, the current URL, headers and secret.

use std::time::{Duration, Instant};

use domain::{
    AccountId, AttemptRecord, DeliveryHistory, DeliveryId, Event, NoEndpoint, Resend, Timestamp, Webhook,
    WebhookId, WebhookKind,
};
use futures_util::future::{join_all, try_join_all};
use lambda_http::Request;
use queues::DeliveryMessage;
use serde_json::json;

use crate::fields::Fields;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::test_button::no_response_webhook;

/// How long one recovery goes on, below the function's timeout of 20 s. What it did not come to, the next one finds: what was
/// sent again is passed over.
const RECOVERY_TIME: Duration = Duration::from_secs(12);

/// Deliveries that are looked at side by side.
const LOOKED_AT: usize = 16;

/// How often it is looked whether another request has sent what it has claimed.
const GLANCE: Duration = Duration::from_millis(200);

impl Manage {
    pub(crate) async fn resend(
        &self,
        account: &AccountId,
        id: &WebhookId,
        delivery: &DeliveryId,
        request: &Request,
    ) -> Answer {
        Fields::parse_optional(request.body(), &[])?;
        let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
        let history = self.store.history(delivery).await?;
        let Some(attempt) = history.attempts.first().filter(|attempt| attempt.webhook_id == *id) else {
            return Err(Problem::not_found());
        };
        if attempt.test {
            return Err(Problem::conflict("test_delivery", "a test cannot be sent again; make another"));
        }
        require_endpoint(&webhook)?;
        // Asked for twice before it was made: the answer is the same, and it is made once.
        if let Some(message) = self.claim_resend(&webhook, history).await? {
            self.send_claimed(&[message]).await?;
            tracing::info!(webhook.id = %id, delivery.id = %delivery, "delivery {delivery} is sent again");
        }
        Ok(Reply::Accepted(json!({"deliveryId": delivery})))
    }

    /// Sends each delivery again that ended without success since a moment.
    pub(crate) async fn recover(&self, account: &AccountId, id: &WebhookId, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &["since"])?;
        let since = fields.required_text("since", 100)?;
        let since = Timestamp::parse_rfc3339(&since)
            .ok_or_else(|| Problem::invalid_field("since", "must be a time like 2026-11-23T14:00:00Z"))?;
        let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
        require_endpoint(&webhook)?;
        let deadline = Instant::now() + RECOVERY_TIME;
        let mut count = 0;
        let mut after = None;
        loop {
            let (deliveries, next) =
                self.store.unsuccessful_deliveries(id, since, Timestamp::now(), after).await?;
            for some in deliveries.chunks(LOOKED_AT) {
                let begun =
                    try_join_all(some.iter().map(|delivery| self.recover_one(&webhook, delivery))).await?;
                let messages: Vec<DeliveryMessage> = begun.into_iter().flatten().collect();
                self.send_claimed(&messages).await?;
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
        &self,
        webhook: &Webhook,
        delivery: &DeliveryId,
    ) -> Result<Option<DeliveryMessage>, Problem> {
        let history = self.store.history(delivery).await?;
        if history.ended_in_failure(Timestamp::now()) {
            self.claim_resend(webhook, history).await
        } else {
            Ok(None)
        }
    }

    /// Sends claimed messages, and confirms their claims. What is sent and not confirmed is sent again by a repeat of the
    /// request, unless its attempt has been made by then.
    async fn send_claimed(&self, messages: &[DeliveryMessage]) -> Result<(), Problem> {
        self.deliveries.send_all(messages).await?;
        let confirmed = messages.iter().map(async |message| {
            let run = message.run.as_deref().unwrap_or_default();
            if let Err(error) = self.store.confirm_run(&message.delivery_id, run).await {
                let delivery = &message.delivery_id;
                tracing::warn!(delivery.id = %delivery, %error, "a resend of delivery {delivery} is sent and not confirmed");
            }
        });
        join_all(confirmed).await;
        Ok(())
    }

    /// Claims the delivery's next run, or one that was claimed and never sent, and gives its first message; `None` when that is
    /// on its way.
    async fn claim_resend(
        &self,
        webhook: &Webhook,
        mut history: DeliveryHistory,
    ) -> Result<Option<DeliveryMessage>, Problem> {
        let first = history.attempts.first().and_then(|attempt| first_message(webhook, attempt));
        let Some(message) = first else { return Ok(None) };
        loop {
            let now = Timestamp::now();
            match history.resend(now) {
                Resend::Begin(run) if self.store.claim_run(&message.delivery_id, &run, now).await? => {
                    return Ok(Some(message.in_run(run)));
                }
                Resend::Resume(run) => return Ok(Some(message.in_run(run))),
                Resend::OnItsWay => return Ok(None),
                Resend::Begin(_) | Resend::Underway => {}
            }
            tokio::time::sleep(GLANCE).await;
            history = self.store.history(&message.delivery_id).await?;
        }
    }
}

fn require_endpoint(webhook: &Webhook) -> Result<(), Problem> {
    match webhook.endpoint_for(event_of(webhook)) {
        Ok(_) => Ok(()),
        Err(NoEndpoint::Disabled) => Err(Problem::conflict("webhook_disabled", "enable the webhook first")),
        Err(NoEndpoint::Absent) => Err(no_response_webhook()),
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
