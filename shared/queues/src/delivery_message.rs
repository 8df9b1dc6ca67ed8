use domain::{AccountId, AttemptRecord, CallId, DeliveryId, EndpointEvent, Event, MAX_ATTEMPTS, WebhookId};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};

use crate::body::to_body;

/// Longest name of an attempt: it names a schedule (EventBridge Scheduler, `CreateSchedule`).
const MAX_NAME: usize = 64;

/// One attempt of one delivery. Of a call the id only: `deliver` renders the payload from the stored call, the same bytes each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryMessage {
    /// Version of this contract.
    version: Version,
    /// The `webhook-id`.
    pub delivery_id: DeliveryId,
    /// Whose endpoint.
    pub account_id: AccountId,
    /// Which.
    pub webhook_id: WebhookId,
    /// What it tells of.
    #[serde(flatten)]
    pub subject: Subject,
    /// In which words.
    pub event: Event,
    /// 1 to 10.
    pub attempt: u32,
    /// Names the resend that this attempt belongs to; absent in a delivery's first run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<String>,
    /// Whether its owner asked for it before its time. Then the message that it was to be made by is still to come.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub hurried: bool,
}

/// What a delivery tells of. A call is on record; what became of an endpoint is nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Subject {
    Call { call_id: CallId },
    Endpoint { about: Box<EndpointEvent> },
}

impl Subject {
    /// The call.
    #[must_use]
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Call { call_id } => Some(call_id),
            Self::Endpoint { .. } => None,
        }
    }

    /// The endpoint.
    #[must_use]
    pub fn about(&self) -> Option<&EndpointEvent> {
        match self {
            Self::Call { .. } => None,
            Self::Endpoint { about } => Some(about),
        }
    }
}

impl From<CallId> for Subject {
    fn from(call_id: CallId) -> Self {
        Self::Call { call_id }
    }
}

impl From<EndpointEvent> for Subject {
    fn from(about: EndpointEvent) -> Self {
        Self::Endpoint { about: Box::new(about) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub(crate) struct Version;

impl TryFrom<u32> for Version {
    type Error = &'static str;
    fn try_from(version: u32) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("\"version\" must be 1") }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

/// The input of a schedule that sends a message, as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LeftBySchedule {
    message_body: String,
}

/// A message of the queue that is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("not a delivery message: {0}")]
pub struct InvalidDeliveryMessage(#[from] serde_json::Error);

impl DeliveryMessage {
    /// The first attempt of a delivery.
    #[must_use]
    pub fn first(
        delivery_id: DeliveryId,
        account_id: AccountId,
        webhook_id: WebhookId,
        subject: impl Into<Subject>,
        event: Event,
    ) -> Self {
        Self {
            version: Version,
            delivery_id,
            account_id,
            webhook_id,
            subject: subject.into(),
            event,
            attempt: 1,
            run: None,
            hurried: false,
        }
    }

    /// The same delivery, begun anew as the run of this name.
    #[must_use]
    pub fn in_run(self, run: String) -> Self {
        Self { run: Some(run), ..self }
    }

    /// An attempt of this delivery that is made before its time.
    #[must_use]
    pub fn hurried(self, run: Option<String>, attempt: u32) -> Self {
        Self { run, attempt, hurried: true, ..self }
    }

    /// The attempt after this one, in its time.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { attempt: self.attempt + 1, hurried: false, ..self.clone() }
    }

    /// Names this attempt of this run of this delivery: at most 64 characters of `[a-zA-Z0-9._-]`.
    #[must_use]
    pub fn attempt_name(&self) -> String {
        format!("{}.{}", self.delivery_id, self.attempt_key())
    }

    /// The key of this attempt in the delivery log.
    #[must_use]
    pub fn attempt_key(&self) -> String {
        AttemptRecord::key(self.run.as_deref(), self.attempt)
    }

    /// Reads a message's body. What a schedule that could not reach the queue has left among the dead letters is its whole
    /// input: sent back to the queue, it is read all the same.
    ///
    /// # Errors
    ///
    /// [`InvalidDeliveryMessage`] when it is no version 1 message.
    pub fn parse(body: &str) -> Result<Self, InvalidDeliveryMessage> {
        let scheduled = serde_json::from_str::<LeftBySchedule>(body);
        let message: Self = serde_json::from_str(scheduled.as_ref().map_or(body, |left| &left.message_body))?;
        if !(1..=MAX_ATTEMPTS).contains(&message.attempt) {
            return Err(serde_json::Error::custom("\"attempt\" must be 1 to 10").into());
        }
        if !is_schedule_name(&message.attempt_name()) {
            return Err(serde_json::Error::custom("\"deliveryId\" and \"run\" must make a name").into());
        }
        Ok(message)
    }

    /// The message's body.
    ///
    /// # Errors
    ///
    /// None that a value of this type can cause; serde's signature has one.
    pub fn to_json(&self) -> serde_json::Result<String> {
        to_body(self)
    }
}

fn is_schedule_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    name.len() <= MAX_NAME && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use domain::{Randomness, Timestamp};

    use super::*;
    use crate::schedule_target::ScheduleTarget;

    fn message() -> DeliveryMessage {
        let now = Timestamp::from_millis(1);
        let (call, webhook) =
            (CallId::new(now, &Randomness::system()), WebhookId::new(now, &Randomness::system()));
        let id = DeliveryId::derived(&call, &webhook, now);
        DeliveryMessage::first(
            id,
            AccountId::new(now, &Randomness::system()),
            webhook,
            call,
            Event::CallFinished,
        )
    }

    #[test]
    fn a_message_reads_back() {
        let next = message().next();
        assert_eq!(next.attempt, 2);
        let json = next.to_json().expect("JSON");
        assert!(json.starts_with(r#"{"version":1,"#), "{json}");
        assert_eq!(DeliveryMessage::parse(&json).expect("a message"), next);
    }

    #[test]
    fn a_message_about_an_endpoint_carries_what_is_told_and_no_call() {
        let about: EndpointEvent = serde_json::from_str(
            r#"{"timestamp":9,"webhook":{"id":"wh_1","name":"n","url":"https://a","status":"failing","reason":"dns","since":7}}"#,
        )
        .expect("an event");
        let of = message();
        let event = about.event();
        let message =
            DeliveryMessage::first(of.delivery_id, of.account_id, of.webhook_id, about.clone(), event);
        let json = message.to_json().expect("JSON");
        assert!(json.contains(r#""about":{"timestamp":9,"#) && !json.contains("callId"), "{json}");
        let read = DeliveryMessage::parse(&json).expect("a message");
        assert_eq!((read.subject.about(), read.subject.call()), (Some(&about), None));
        assert_eq!(read, message);
    }

    #[test]
    fn what_follows_a_hurried_attempt_is_made_in_its_time() {
        let hurried = message().hurried(Some("r1".to_owned()), 4);
        let json = hurried.to_json().expect("JSON");
        assert!(json.ends_with(r#""attempt":4,"run":"r1","hurried":true}"#), "{json}");
        assert_eq!(DeliveryMessage::parse(&json).expect("a message"), hurried);
        assert_eq!(hurried.attempt_name(), hurried.clone().next().attempt_name().replace(".05", ".04"));
        assert!(!hurried.next().to_json().expect("JSON").contains("hurried"));
    }

    #[test]
    fn a_message_that_a_schedule_left_among_the_dead_letters_reads_back() {
        let message = message();
        let target = ScheduleTarget::parse("arn:aws:scheduler:::aws-sdk:sqs:sendMessage").expect("a target");
        let left = target.input(&message, "https://sqs.example/slow").expect("JSON");
        assert_eq!(DeliveryMessage::parse(&left).expect("a message"), message);
    }

    #[test]
    fn another_version_is_refused() {
        let json = message().to_json().expect("JSON").replace(r#""version":1"#, r#""version":2"#);
        assert!(DeliveryMessage::parse(&json).is_err());
        assert!(DeliveryMessage::parse("{}").is_err());
    }

    #[test]
    fn an_attempt_that_cannot_be_made_or_named_is_refused() {
        let parse = |attempt: u32, run: &str| {
            let message = DeliveryMessage { attempt, ..message().in_run(run.to_owned()) };
            DeliveryMessage::parse(&message.to_json().expect("JSON"))
        };
        assert!(parse(1, "r1").is_ok());
        assert!(parse(10, "r99").is_ok());
        for (attempt, run) in [(0, "r1"), (11, "r1"), (u32::MAX, "r1"), (1, "r 1"), (1, &"r".repeat(64))] {
            assert!(parse(attempt, run).is_err(), "{attempt} {run}");
        }
    }
}
