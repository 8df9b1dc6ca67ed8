//! What an endpoint receives, byte for byte the same at every attempt. The order of the struct fields is the order of the
//! documented payload's keys.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::calls::{
    Analysis, Call, CallReason, CallStatus, LeadWarmth, Recipient, SAMPLE_WEBHOOK_ID, Sentiment,
};
use crate::values::{CallId, CampaignId, JsonObject, PhoneNumber, Timestamp};
use crate::webhooks::Event;

/// What a payload is rendered from.
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    /// In which words.
    pub event: Event,
    /// `webhook.id`.
    pub webhook_id: &'a str,
    /// The call, completed.
    pub call: &'a Call,
    /// Its transcript as JSON, when it has one.
    pub transcript: Option<&'a RawValue>,
}

crate::values::shows_only!(Payload<'_> { event, webhook_id });

#[derive(Serialize)]
struct Body<'a, C> {
    r#type: Event,
    timestamp: Timestamp,
    webhook: WebhookPart<'a>,
    call: C,
    campaign: CampaignPart<'a>,
}

#[derive(Serialize)]
struct WebhookPart<'a> {
    id: &'a str,
    r#type: &'static str,
}

#[derive(Serialize)]
struct CampaignPart<'a> {
    id: &'a CampaignId,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FinishedCall<'a> {
    id: &'a CallId,
    status: CallStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<CallReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<RecipientPart<'a>>,
    summary: &'a str,
    #[serde(serialize_with = "transcript_or_empty")]
    transcript: Option<&'a RawValue>,
    recording: Option<&'a str>,
    duration: u64,
    analysis: &'a Analysis,
    tokens_consumed: u64,
    #[serde(flatten)]
    carried: Carried<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CompletedCall<'a> {
    id: &'a CallId,
    status: CallStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<RecipientPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    analysis: Option<&'a Analysis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_consumed: Option<u64>,
    #[serde(flatten)]
    carried: Carried<'a>,
}

/// What few calls have: left out of both where it is not there.
#[derive(Serialize)]
struct Carried<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extracted: Option<&'a RawValue>,
}

impl<'a> From<&'a Call> for Carried<'a> {
    fn from(call: &'a Call) -> Self {
        let raw = |object: &'a Option<JsonObject>| object.as_ref().map(JsonObject::as_raw);
        Self { metadata: raw(&call.metadata), extracted: raw(&call.extracted) }
    }
}

/// A recipient without `companyName`, which is never delivered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecipientPart<'a> {
    phone_number: &'a PhoneNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

impl<'a> From<&'a Recipient> for RecipientPart<'a> {
    fn from(recipient: &'a Recipient) -> Self {
        Self {
            phone_number: &recipient.phone_number,
            first_name: recipient.first_name.as_deref(),
            last_name: recipient.last_name.as_deref(),
            email: recipient.email.as_deref(),
            address1: recipient.address1.as_deref(),
            address2: recipient.address2.as_deref(),
            city: recipient.city.as_deref(),
            state: recipient.state.as_deref(),
            zip_code: recipient.zip_code.as_deref(),
            note: recipient.note.as_deref(),
        }
    }
}

fn transcript_or_empty<S: serde::Serializer>(
    transcript: &Option<&RawValue>,
    s: S,
) -> Result<S::Ok, S::Error> {
    match transcript {
        Some(turns) => turns.serialize(s),
        None => s.collect_seq::<[u8; 0]>([]),
    }
}

impl<'a> Payload<'a> {
    /// What the Test button sends, whatever kind of endpoint is tested: the documented sample.
    #[must_use]
    pub fn of_test(sample: &'a Call, transcript: &'a RawValue) -> Self {
        let (event, webhook_id) = (Event::CallCompleted, SAMPLE_WEBHOOK_ID);
        Self { event, webhook_id, call: sample, transcript: Some(transcript) }
    }
}

impl Payload<'_> {
    /// The body of a POST delivery: JSON, UTF-8.
    ///
    /// # Errors
    ///
    /// None that a value of these types can cause; serde's signature has one.
    pub fn body(&self) -> serde_json::Result<Vec<u8>> {
        match self.event {
            Event::CallCompleted => self.body_with(self.completed()),
            _ => self.body_with(self.finished()),
        }
    }

    fn body_with(&self, call: impl Serialize) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Body {
            r#type: self.event,
            timestamp: self.call.over_at(),
            webhook: WebhookPart { id: self.webhook_id, r#type: "outbound" },
            call,
            campaign: CampaignPart { id: &self.call.campaign.id, name: &self.call.campaign.name },
        })
    }

    /// Why the call was cancelled, where that is what is told.
    pub(super) fn reason(&self) -> Option<CallReason> {
        self.call.reason.filter(|_| self.event == Event::CallCancelled)
    }

    fn finished(&self) -> FinishedCall<'_> {
        static NO_ANALYSIS: Analysis = Analysis {
            sentiment: Sentiment::Neutral,
            lead_warmth: LeadWarmth::Unknown,
            justification: String::new(),
        };
        let call = self.call;
        FinishedCall {
            id: &call.id,
            status: call.status,
            reason: self.reason(),
            recipient: call.recipient.as_ref().map(Into::into),
            summary: call.summary.as_deref().unwrap_or_default(),
            transcript: self.transcript,
            recording: call.recording.as_deref(),
            duration: call.duration.unwrap_or(0),
            analysis: call.analysis.as_ref().unwrap_or(&NO_ANALYSIS),
            tokens_consumed: call.tokens_consumed.unwrap_or(0),
            carried: call.into(),
        }
    }

    fn completed(&self) -> CompletedCall<'_> {
        let call = self.call;
        CompletedCall {
            id: &call.id,
            status: call.status,
            recipient: call.recipient.as_ref().map(Into::into),
            summary: call.summary.as_deref(),
            transcript: self.transcript,
            recording: call.recording.as_deref(),
            duration: call.duration,
            analysis: call.analysis.as_ref(),
            tokens_consumed: call.tokens_consumed,
            carried: call.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{SAMPLE_WEBHOOK_ID, sample_call, sample_missed_call, sample_transcript};

    /// The Test button's payload in the product's documentation, without its white space.
    const DOCUMENTED: &str = concat!(
        r#"{"type":"call.completed","timestamp":1730179200000,"#,
        r#""webhook":{"id":"webhook_test_outbound_456","type":"outbound"},"#,
        r#""call":{"id":"call_test_abc123def456","status":"finished","#,
        r#""recipient":{"phoneNumber":"+15555551234","firstName":"Jessica","lastName":"Smith","#,
        r#""email":"jessica.smith@example.com"},"summary":"Example call summary from the test button.","#,
        r#""transcript":[{"who":"assistant","what":"Hi Jessica, this is Alex.","when":"2024-04-30T14:00:03.000Z"},"#,
        r#"{"who":"user","what":"I'm doing well, thanks for calling!","when":"2024-04-30T14:00:05.000Z"}],"#,
        r#""recording":"https://storage.googleapis.com/atllas-call-recordings/test-recording-example.mp3","#,
        r#""duration":123,"analysis":{"sentiment":"positive","lead_warmth":"hot","#,
        r#""justification":"Example justification."},"tokensConsumed":42},"#,
        r#""campaign":{"id":"campaign_test_xyz789","name":"Example Campaign"}}"#
    );

    fn render(event: Event, webhook_id: &str, call: &Call, transcript: Option<&RawValue>) -> String {
        let body = Payload { event, webhook_id, call, transcript }.body().expect("a body");
        String::from_utf8(body).expect("UTF-8")
    }

    #[test]
    fn the_sample_is_the_documented_one_byte_for_byte() {
        let transcript = serde_json::value::to_raw_value(&sample_transcript()).expect("JSON");
        let body = render(Event::CallCompleted, SAMPLE_WEBHOOK_ID, &sample_call(), Some(&transcript));
        assert_eq!(body, DOCUMENTED);
        assert_eq!(sample_call().finished_at, Some(sample_call().created_at));
    }

    fn bare_call() -> Call {
        let mut call = sample_missed_call();
        let phone_number = call.recipient.expect("a recipient").phone_number;
        let company_name = Some("Acme Corp".into());
        call.recipient = Some(Recipient { company_name, ..Recipient::new(phone_number) });
        call.action_items = Some(vec!["call back".into()]);
        call
    }

    #[test]
    fn call_finished_always_has_every_call_field() {
        assert_eq!(
            render(Event::CallFinished, "wh_1", &bare_call(), None),
            concat!(
                r#"{"type":"call.finished","timestamp":1730179200000,"webhook":{"id":"wh_1","type":"outbound"},"#,
                r#""call":{"id":"call_test_abc123def456","status":"missed","recipient":{"phoneNumber":"+15555551234"},"#,
                r#""summary":"","transcript":[],"recording":null,"duration":0,"#,
                r#""analysis":{"sentiment":"neutral","lead_warmth":"unknown","justification":""},"tokensConsumed":0},"#,
                r#""campaign":{"id":"campaign_test_xyz789","name":"Example Campaign"}}"#
            )
        );
    }

    #[test]
    fn call_cancelled_is_call_finished_with_the_reason() {
        let reason = Some(CallReason::InsufficientFunds);
        let call = Call { status: CallStatus::Cancelled, reason, ..bare_call() };
        let finished = render(Event::CallFinished, "wh_1", &call, None);
        assert!(!finished.contains("insufficient_funds"), "{finished}");
        let expected = finished
            .replace("call.finished", "call.cancelled")
            .replace(r#""cancelled","#, r#""cancelled","reason":"insufficient_funds","#);
        assert_eq!(render(Event::CallCancelled, "wh_1", &call, None), expected);
    }

    #[test]
    fn call_completed_leaves_out_what_the_call_has_not() {
        assert_eq!(
            render(Event::CallCompleted, "wh_1", &bare_call(), None),
            concat!(
                r#"{"type":"call.completed","timestamp":1730179200000,"webhook":{"id":"wh_1","type":"outbound"},"#,
                r#""call":{"id":"call_test_abc123def456","status":"missed","recipient":{"phoneNumber":"+15555551234"}},"#,
                r#""campaign":{"id":"campaign_test_xyz789","name":"Example Campaign"}}"#
            )
        );
    }

    #[test]
    fn what_was_brought_along_and_what_was_filled_in_stand_behind_the_documented_fields() {
        let object = |json: &str| JsonObject::try_from(json.to_owned()).ok();
        let mut call = bare_call();
        call.metadata = object(r#"{"personId":12345678901234567890123}"#);
        call.extracted = object(r#"{"appointment":"2026-12-01"}"#);
        let carried = r#""metadata":{"personId":12345678901234567890123},"extracted":{"appointment":"2026-12-01"}},"campaign":"#;
        for (event, before) in
            [(Event::CallFinished, r#""tokensConsumed":0,"#), (Event::CallCompleted, r#""+15555551234"},"#)]
        {
            let body = render(event, "wh_1", &call, None);
            assert!(body.contains(&format!("{before}{carried}")), "{body}");
        }
    }

    #[test]
    fn the_recipients_fields_stand_in_the_documented_order() {
        let mut call = bare_call();
        for (name, field) in call.recipient.as_mut().expect("a recipient").optional_fields() {
            *field = Some(name.to_owned());
        }
        let body = render(Event::CallFinished, "wh_1", &call, None);
        let expected = concat!(
            r#""recipient":{"phoneNumber":"+15555551234","firstName":"firstName","lastName":"lastName","email":"email","#,
            r#""address1":"address1","address2":"address2","city":"city","state":"state","zipCode":"zipCode","#,
            r#""note":"note"},"summary""#
        );
        assert!(body.contains(expected), "{body}");
    }
}
