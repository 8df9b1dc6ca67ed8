use std::time::Duration;

use aws_sdk_sqs::Client;
use domain::{AccountId, CallId, EndpointEvent, WebhookId};
use serde::{Deserialize, Serialize};

use crate::QueueError;
use crate::body::to_body;
use crate::delivery_message::Version;
use crate::fair_queue::{self, BATCH};

/// Something that an account's webhooks may ask to be told of, and that is no completion. Whoever sees it happen says so;
/// `fanout` knows who is to hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountEvent {
    version: Version,
    /// Whose webhooks.
    pub account_id: AccountId,
    /// What has happened.
    #[serde(flatten)]
    pub happening: Happening,
    /// The last webhook that is done, when this is the rest of a fan-out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<WebhookId>,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Happening {
    /// Calls of the account were accepted and will not ring. Ids only: what is told of them is on record.
    #[serde(rename = "calls.cancelled")]
    CallsCancelled {
        /// Which.
        call_ids: Vec<CallId>,
    },
    /// Something has become of an endpoint of the account.
    #[serde(rename = "endpoint.changed")]
    EndpointChanged {
        /// What.
        about: EndpointEvent,
        /// The digest of its URL: who has the same one is not told.
        url_digest: String,
    },
}

impl AccountEvent {
    /// What has happened in an account.
    #[must_use]
    pub fn new(account_id: AccountId, happening: Happening) -> Self {
        Self { version: Version, account_id, happening, after: None }
    }

    /// What is left of its fan-out behind a webhook.
    #[must_use]
    pub fn rest(self, happening: Happening, after: WebhookId) -> Self {
        Self { happening, after: Some(after), ..self }
    }

    /// Reads a message's body; `None` when it is something else.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

/// `account-events`, a fair queue as those of [`Deliveries`](crate::Deliveries) are.
#[derive(Debug, Clone)]
pub struct AccountEvents {
    client: Client,
    queue_url: String,
}

impl AccountEvents {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: Client, queue_url: String) -> Self {
        Self { client, queue_url }
    }

    /// Sends what has happened.
    ///
    /// # Errors
    ///
    /// [`QueueError`] when SQS did not take all of it; some may have been sent, and sending all again makes the same deliveries.
    pub async fn send_all(&self, events: &[AccountEvent]) -> Result<(), QueueError> {
        for batch in events.chunks(BATCH) {
            let entries = batch.iter().map(|event| Ok((&event.account_id, to_body(event)?, Duration::ZERO)));
            fair_queue::send_batch(&self.client, &self.queue_url, entries).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cancelled() -> AccountEvent {
        let call_ids = vec![CallId::parse("call_1").expect("an id"), CallId::parse("call_2").expect("an id")];
        AccountEvent::new(AccountId::parse("acc_1").expect("an id"), Happening::CallsCancelled { call_ids })
    }

    #[test]
    fn what_has_happened_reads_back_and_nothing_else_does() {
        let body = serde_json::to_string(&cancelled()).expect("JSON");
        let written =
            r#"{"version":1,"accountId":"acc_1","type":"calls.cancelled","callIds":["call_1","call_2"]}"#;
        assert_eq!(body, written);
        assert_eq!(AccountEvent::parse(&body), Some(cancelled()));
        for (from, to) in
            [("\"version\":1", "\"version\":2"), ("calls.cancelled", "call.completion"), ("call_1", "")]
        {
            assert_eq!(AccountEvent::parse(&body.replace(from, to)), None, "{to}");
        }
    }

    #[test]
    fn a_rest_says_where_it_goes_on() {
        let after = WebhookId::parse("wh_1").expect("an id");
        let rest = cancelled().rest(cancelled().happening, after.clone());
        let body = serde_json::to_string(&rest).expect("JSON");
        assert!(body.ends_with(r#","after":"wh_1"}"#), "{body}");
        assert_eq!(AccountEvent::parse(&body).expect("a rest").after, Some(after));
    }
}
