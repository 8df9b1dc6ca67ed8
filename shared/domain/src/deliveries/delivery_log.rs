use serde::{Deserialize, Serialize};

use crate::deliveries::EndpointEvent;
use crate::values::{CallId, DeliveryId, Timestamp, WebhookId};
use crate::webhooks::{Event, Webhook};

/// One attempt of a delivery: a row of the delivery log.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptRecord {
    /// The delivery: the `webhook-id` that was sent.
    pub delivery_id: DeliveryId,
    /// Names the attempt within its delivery; see [`AttemptRecord::key`].
    pub attempt_key: String,
    /// Whose endpoint.
    pub webhook_id: WebhookId,
    /// Which call; a test tells of none, and nor does what is about an endpoint.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call_id: Option<CallId>,
    /// What it tells of, where that does not follow from the webhook.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<Event>,
    /// Of which endpoint, when it tells of one and not of a call.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub about: Option<EndpointEvent>,
    /// 1 to 10.
    pub attempt: u32,
    /// When it was begun.
    pub timestamp: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_code: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<AttemptError>,
    /// The first 2 KiB of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response_body: Option<String>,
    /// What was odd about the answer, or what its reader should do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When the next attempt is made; `None` when there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_attempt_at: Option<Timestamp>,
    /// Whether the Test button made it.
    pub test: bool,
    /// Whether it was made before its time, because its owner asked for that.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub hurried: bool,
}

crate::values::shows_only!(AttemptRecord {
    delivery_id,
    attempt_key,
    webhook_id,
    call_id,
    event,
    attempt,
    timestamp,
    outcome,
    status_code,
    duration_ms,
    next_attempt_at,
    test
});

impl AttemptRecord {
    /// The key of attempt `attempt` of one run of a delivery. The first run has no name; a resend brings its own, so that
    /// its attempts stand beside the first run's.
    #[must_use]
    pub fn key(run: Option<&str>, attempt: u32) -> String {
        format!("{}{attempt:02}", run.map(|run| format!("{run}.")).unwrap_or_default())
    }

    /// The name of the run that it belongs to; `None` is the first.
    pub(super) fn run_name(&self) -> Option<&str> {
        self.attempt_key.split_once('.').map(|(run, _)| run)
    }

    /// Whether an attempt was made, where the delivery did not end without one.
    #[must_use]
    pub fn is_attempt(&self) -> bool {
        let ended = |error: &AttemptError| Ended::ALL.iter().any(|ended| ended.as_str() == error.code);
        !self.error.as_ref().is_some_and(ended)
    }

    /// What it tells this webhook of, which is the one that it is in the log of.
    #[must_use]
    pub fn event_at(&self, webhook: &Webhook) -> Event {
        if self.test { Event::CallCompleted } else { self.event.unwrap_or_else(|| webhook.event()) }
    }

    /// The attempt's id in the API.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}.{}", self.delivery_id, self.attempt_key)
    }
}

/// Why a delivery has ended without an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ended {
    WebhookDisabled,
    WebhookDeleted,
    CallErased,
    /// The payload of its owner's own design has no body for the call.
    Payload,
}

impl Ended {
    const ALL: [Self; 4] = [Self::WebhookDisabled, Self::WebhookDeleted, Self::CallErased, Self::Payload];

    /// The code of its error.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebhookDisabled => "webhook_disabled",
            Self::WebhookDeleted => "webhook_deleted",
            Self::CallErased => "call_erased",
            Self::Payload => "payload",
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A 2xx answer.
    Succeeded,
    /// Another answer.
    Failed,
    /// No HTTP answer.
    Errored,
}

impl Outcome {
    /// The name in the API and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Errored => "errored",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Succeeded, Self::Failed, Self::Errored].into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// Why an attempt got no HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptError {
    /// `blocked_address`, `dns`, `connect`, `tls`, `timeout` or `protocol`; `undecryptable`, `unsendable`, `url_too_long`,
    /// `webhook_disabled`, `webhook_deleted`, `call_erased` or `payload` when nothing was sent.
    pub code: String,
    /// Worded so that the reader knows what to change.
    pub message: String,
}

impl AttemptError {
    /// What an answer that is no success stands for, where errors have a code.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        Self { code: format!("http_{status}"), message: format!("the endpoint answered {status}") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::webhooks::samples::outbound;

    fn attempt(key: &str, error: Option<&str>) -> AttemptRecord {
        let error = error.map(|code| json!({"code": code, "message": ""}));
        serde_json::from_value(json!({
            "deliveryId": "msg_1", "attemptKey": key, "webhookId": "wh_1", "attempt": 2, "timestamp": 1,
            "outcome": "errored", "error": error, "durationMs": 1, "test": false,
        }))
        .expect("an attempt")
    }

    #[test]
    fn the_key_of_an_attempt_has_the_name_of_its_run_but_for_the_first() {
        assert_eq!(AttemptRecord::key(None, 2), "02");
        assert_eq!(AttemptRecord::key(Some("r1"), 10), "r1.10");
        assert_eq!(attempt("02", None).run_name(), None);
        assert_eq!(attempt("r1.02", None).run_name(), Some("r1"));
        assert_eq!(attempt("r1.02", None).id(), "msg_1.r1.02");
    }

    #[test]
    fn a_row_tells_of_what_it_says_or_of_what_its_webhook_is_for() {
        let (webhook, row) = (outbound("wh_1"), attempt("01", None));
        assert_eq!(row.event_at(&webhook), Event::CallFinished);
        assert_eq!(AttemptRecord { test: true, ..row.clone() }.event_at(&webhook), Event::CallCompleted);
        let event = Event::CallCancelled.in_row();
        assert_eq!(AttemptRecord { event, ..row.clone() }.event_at(&webhook), Event::CallCancelled);
        assert_eq!(Event::CallFinished.in_row(), None);
        assert_eq!(serde_json::to_value(&row).expect("JSON").get("event"), None);
    }

    #[test]
    fn a_delivery_that_ended_by_itself_made_no_attempt() {
        assert!(attempt("02", None).is_attempt());
        for code in ["dns", "timeout", "undecryptable"] {
            assert!(attempt("02", Some(code)).is_attempt(), "{code}");
        }
        for code in ["webhook_disabled", "webhook_deleted", "call_erased"] {
            assert!(!attempt("02", Some(code)).is_attempt(), "{code}");
        }
    }

    #[test]
    fn an_outcome_is_stored_by_the_name_that_it_is_read_by() {
        for outcome in [Outcome::Succeeded, Outcome::Failed, Outcome::Errored] {
            assert_eq!(serde_json::to_value(outcome).expect("JSON"), outcome.as_str());
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(Outcome::parse("xyz"), None);
    }
}
