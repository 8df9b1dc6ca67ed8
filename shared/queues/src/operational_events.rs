use aws_sdk_sqs::Client;
use domain::{AccountId, Timestamp, WebhookId};
use serde::Serialize;

use crate::QueueError;
use crate::body::to_body;

/// `operational-events`: what an operator may want to hear of. Its contract is `infra/schemas/operational-event.v1.json`.
#[derive(Debug, Clone)]
pub struct OperationalEvents {
    client: Client,
    queue_url: String,
}

/// An endpoint was disabled because of how it answered, and not by its owner.
#[derive(Debug, Clone, Copy)]
pub struct WebhookDisabled<'a> {
    /// Whose it is.
    pub account_id: &'a AccountId,
    /// The webhook; an inbound one goes on taking requests, only its response webhook is disabled.
    pub webhook_id: &'a WebhookId,
    /// `gone` (it answered 410) or `failing` (every attempt failed for 5 days).
    pub reason: &'a str,
    /// Since when.
    pub disabled_at: Timestamp,
    /// What of the webhook: `outbound`, or `response` for the response webhook of an inbound one.
    pub endpoint: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    version: u32,
    r#type: &'static str,
    id: String,
    account_id: &'a AccountId,
    webhook_id: &'a WebhookId,
    endpoint: &'static str,
    reason: &'a str,
    disabled_at: Timestamp,
}

impl OperationalEvents {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Says that an endpoint was disabled. Saying it again carries the same `id`.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS did not take it.
    pub async fn webhook_disabled(&self, event: WebhookDisabled<'_>) -> Result<(), QueueError> {
        self.client.send_message().queue_url(&self.queue_url).message_body(event.to_json()?).send().await?;
        Ok(())
    }
}

impl WebhookDisabled<'_> {
    fn to_json(self) -> serde_json::Result<String> {
        to_body(&Body {
            version: 1,
            r#type: "WebhookDisabled",
            id: format!("{}.{}.{}", self.webhook_id, self.endpoint, self.disabled_at.as_millis()),
            account_id: self.account_id,
            webhook_id: self.webhook_id,
            endpoint: self.endpoint,
            reason: self.reason,
            disabled_at: self.disabled_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Randomness;

    #[test]
    fn saying_it_again_says_the_same() {
        let at = Timestamp::from_millis(1_730_179_200_000);
        let (account_id, webhook_id) =
            (&AccountId::new(at, &Randomness::system()), &WebhookId::new(at, &Randomness::system()));
        let event =
            WebhookDisabled { account_id, webhook_id, reason: "gone", disabled_at: at, endpoint: "response" };
        assert_eq!(
            event.to_json().expect("JSON"),
            format!(
                r#"{{"version":1,"type":"WebhookDisabled","id":"{webhook_id}.response.1730179200000","accountId":"{account_id}","webhookId":"{webhook_id}","endpoint":"response","reason":"gone","disabledAt":1730179200000}}"#
            )
        );
    }
}
