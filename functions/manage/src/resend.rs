//! Sending deliveries again: the same `webhook-id` and body, the current URL, headers and secret.

use domain::{
    AccountId, AttemptRecord, DeliveryId, DisabledState, Event, Timestamp, Webhook, WebhookId, WebhookKind,
    ended_in_failure, next_run,
};
use futures_util::future::try_join_all;
use lambda_http::Request;
use queues::DeliveryMessage;
use serde_json::json;

use crate::fields::Fields;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;

/// Most deliveries of one recovery; the rest is found by the next.
const MAX_RECOVERED: usize = 10_000;

/// Deliveries that are looked at side by side.
const LOOKED_AT: usize = 16;

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
        let attempts = self.store.attempts_of(delivery).await?;
        if attempts.first().is_none_or(|attempt| attempt.webhook_id != *id) {
            return Err(Problem::not_found());
        }
        require_enabled(&webhook)?;
        let Some(message) = next_message(&webhook, &attempts) else {
            return Err(Problem::conflict("test_delivery", "a test cannot be sent again; make another"));
        };
        self.deliveries.send_all(&[message]).await?;
        tracing::info!(webhook.id = %id, delivery.id = %delivery, "delivery {delivery} is sent again");
        Ok(Reply::Accepted(json!({"deliveryId": delivery})))
    }

    /// Sends each delivery again that ended without success since a moment.
    pub(crate) async fn recover(&self, account: &AccountId, id: &WebhookId, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &["since"])?;
        let since = fields.required_text("since", 100)?;
        let since = Timestamp::parse_rfc3339(&since)
            .ok_or_else(|| Problem::invalid_field("since", "must be a time like 2026-11-23T14:00:00Z"))?;
        let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
        require_enabled(&webhook)?;
        let deliveries = self.store.unsuccessful_deliveries(id, since, MAX_RECOVERED).await?;
        let now = Timestamp::now();
        let mut messages = Vec::new();
        for some in deliveries.chunks(LOOKED_AT) {
            let looked_at =
                try_join_all(some.iter().map(|delivery| self.store.attempts_of(delivery))).await?;
            let ended = looked_at.iter().filter(|attempts| ended_in_failure(attempts, now));
            messages.extend(ended.filter_map(|attempts| next_message(&webhook, attempts)));
        }
        self.deliveries.send_all(&messages).await?;
        tracing::info!(webhook.id = %id, count = messages.len(), "{} deliveries of webhook {id} are sent again", messages.len());
        Ok(Reply::Accepted(json!({"count": messages.len()})))
    }
}

fn require_enabled(webhook: &Webhook) -> Result<(), Problem> {
    let response_enabled = match &webhook.kind {
        WebhookKind::Inbound { response_webhook: Some(response), .. } => {
            response.state == DisabledState::Enabled
        }
        _ => true,
    };
    if webhook.state.is_enabled() && response_enabled {
        Ok(())
    } else {
        Err(Problem::conflict("webhook_disabled", "enable the webhook first"))
    }
}

/// The first attempt of the delivery's next run; `None` for a test, which tells of no call.
fn next_message(webhook: &Webhook, attempts: &[AttemptRecord]) -> Option<DeliveryMessage> {
    let any = attempts.first()?;
    let event = match webhook.kind {
        WebhookKind::Outbound { .. } => Event::CallFinished,
        WebhookKind::Inbound { .. } => Event::CallCompleted,
    };
    let (account, id) = (webhook.account_id.clone(), webhook.id.clone());
    let message = DeliveryMessage::first(any.delivery_id.clone(), account, id, any.call_id.clone()?, event);
    Some(message.in_run(next_run(attempts)))
}
