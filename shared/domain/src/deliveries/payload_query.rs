//! A payload as query parameters, for endpoints that are requested with GET.

use serde_json::value::RawValue;
use url::Url;

use crate::calls::Recipient;
use crate::deliveries::Payload;
use crate::deliveries::query_parameters::{MAX_URL_BYTES, QueryParameters};
use crate::webhooks::Event;

const TRANSCRIPT: &str = "call.transcript";
const EXTRACTED: &str = "call.extracted";
const METADATA: &str = "call.metadata";

/// What means nothing in part, and so goes whole when a URL would be too long: in this order, and what is said instead.
const OMITTED: [(&str, &str); 3] = [
    (TRANSCRIPT, "call.transcriptOmitted"),
    (EXTRACTED, "call.extractedOmitted"),
    (METADATA, "call.metadataOmitted"),
];

impl Payload<'_> {
    /// The URL of a GET delivery: `url`, its own query, and the payload's scalars under dotted names
    /// (`call.recipient.phoneNumber`); the transcript, `metadata` and `extracted` are one JSON value each, and `null` an empty one.
    ///
    /// It never passes 8,000 bytes. What is too long loses the transcript first, and says `call.transcriptOmitted=true`; then
    /// `extracted`, then `metadata` in the same way; then the longest texts are cut, and `call.truncated` names them. `None` when
    /// `url` leaves no room even so.
    ///
    /// # Errors
    ///
    /// None that a value of these types can cause; serde's signature has one.
    pub fn query_url(&self, url: &Url) -> serde_json::Result<Option<Url>> {
        let mut query = self.parameters()?;
        let excess = |query: &QueryParameters| query.after(url).as_str().len().saturating_sub(MAX_URL_BYTES);
        for (name, omitted) in OMITTED {
            // To say of a call without a transcript that it is omitted would be wrong.
            let has_turns = self.transcript.is_some_and(|turns| turns.get() != "[]");
            if excess(&query) > 0 && (name != TRANSCRIPT || has_turns) {
                query.replace(name, omitted, "true");
            }
        }
        let excess = excess(&query);
        if excess > 0 && !query.cut_longest(excess) {
            return Ok(None);
        }
        Ok(Some(query.after(url)))
    }

    fn parameters(&self) -> serde_json::Result<QueryParameters> {
        let call = self.call;
        let finished = self.event != Event::CallCompleted;
        let or_default =
            |number: Option<u64>| number.or(finished.then_some(0)).map(|number| number.to_string());
        let analysis = call.analysis.clone().or_else(|| finished.then(Default::default));

        let mut query = QueryParameters::default();
        query.push("type", &name_of(self.event)?);
        query.push("timestamp", &call.over_at().as_millis().to_string());
        query.push("webhook.id", self.webhook_id);
        query.push("webhook.type", "outbound");
        query.push("call.id", call.id.as_str());
        query.push("call.status", &name_of(call.status)?);
        if let Some(reason) = self.reason() {
            query.push("call.reason", reason.as_str());
        }
        if let Some(recipient) = &call.recipient {
            push_recipient(&mut query, recipient);
        }
        query.push_text("call.summary", call.summary.as_deref().or(finished.then_some("")));
        if let Some(turns) = self.transcript.map(RawValue::get).or(finished.then_some("[]")) {
            query.push(TRANSCRIPT, turns);
        }
        query.push_text("call.recording", call.recording.as_deref().or(finished.then_some("")));
        if let Some(duration) = or_default(call.duration) {
            query.push("call.duration", &duration);
        }
        if let Some(analysis) = analysis {
            query.push("call.analysis.sentiment", &name_of(analysis.sentiment)?);
            query.push("call.analysis.lead_warmth", &name_of(analysis.lead_warmth)?);
            query.push_text("call.analysis.justification", Some(&analysis.justification));
        }
        if let Some(credits) = or_default(call.tokens_consumed) {
            query.push("call.tokensConsumed", &credits);
        }
        for (name, object) in [(METADATA, &call.metadata), (EXTRACTED, &call.extracted)] {
            if let Some(object) = object {
                query.push(name, object.as_raw().get());
            }
        }
        query.push("campaign.id", call.campaign.id.as_str());
        query.push_text("campaign.name", Some(&call.campaign.name));
        Ok(query)
    }
}

/// The name that a unit variant has in the payload.
fn name_of(value: impl serde::Serialize) -> serde_json::Result<String> {
    serde_json::to_value(value).map(|name| name.as_str().unwrap_or_default().to_owned())
}

fn push_recipient(query: &mut QueryParameters, recipient: &Recipient) {
    query.push("call.recipient.phoneNumber", recipient.phone_number.as_str());
    query.push_text("call.recipient.firstName", recipient.first_name.as_deref());
    query.push_text("call.recipient.lastName", recipient.last_name.as_deref());
    query.push_text("call.recipient.email", recipient.email.as_deref());
    query.push_text("call.recipient.address1", recipient.address1.as_deref());
    query.push_text("call.recipient.address2", recipient.address2.as_deref());
    query.push_text("call.recipient.city", recipient.city.as_deref());
    query.push_text("call.recipient.state", recipient.state.as_deref());
    query.push_text("call.recipient.zipCode", recipient.zip_code.as_deref());
    query.push_text("call.recipient.note", recipient.note.as_deref());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::calls::{Call, CallReason, CallStatus, Turn, sample_call, sample_transcript};
    use crate::values::JsonObject;

    fn query_url(event: Event, call: &Call, transcript: Option<&RawValue>, url: &str) -> Url {
        let url = Url::parse(url).expect("a URL");
        Payload { event, webhook_id: "wh_1", call, transcript }.query_url(&url).expect("a URL").expect("room")
    }

    #[test]
    fn call_cancelled_has_the_parameters_of_call_finished_and_the_reason() {
        let reason = Some(CallReason::CampaignNotActive);
        let call = Call { status: CallStatus::Cancelled, reason, ..sample_call() };
        let of = |event| query_url(event, &call, None, "https://example.com/h").to_string();
        let expected = of(Event::CallFinished)
            .replace("call.finished", "call.cancelled")
            .replace("status=cancelled", "status=cancelled&call.reason=campaign_not_active");
        assert_eq!(of(Event::CallCancelled), expected);
    }

    #[test]
    fn the_payloads_scalars_become_dotted_parameters_after_the_urls_own_query() {
        let transcript = to_raw_value(&sample_transcript()[..1]).expect("JSON");
        let url = query_url(
            Event::CallCompleted,
            &sample_call(),
            Some(&transcript),
            "https://example.com/h?token=a%20b",
        );
        let expected = concat!(
            "token=a%20b&type=call.completed&timestamp=1730179200000&webhook.id=wh_1&webhook.type=outbound",
            "&call.id=call_test_abc123def456&call.status=finished&call.recipient.phoneNumber=%2B15555551234",
            "&call.recipient.firstName=Jessica&call.recipient.lastName=Smith",
            "&call.recipient.email=jessica.smith%40example.com",
            "&call.summary=Example%20call%20summary%20from%20the%20test%20button.",
            "&call.transcript=%5B%7B%22who%22%3A%22assistant%22%2C%22what%22%3A%22Hi%20Jessica%2C%20this%20is%20Alex.%22",
            "%2C%22when%22%3A%222024-04-30T14%3A00%3A03.000Z%22%7D%5D",
            "&call.recording=https%3A%2F%2Fstorage.googleapis.com%2Fatllas-call-recordings%2Ftest-recording-example.mp3",
            "&call.duration=123&call.analysis.sentiment=positive&call.analysis.lead_warmth=hot",
            "&call.analysis.justification=Example%20justification.&call.tokensConsumed=42",
            "&campaign.id=campaign_test_xyz789&campaign.name=Example%20Campaign"
        );
        assert_eq!(url.query(), Some(expected));
    }

    #[test]
    fn call_finished_has_every_parameter_and_call_completed_only_what_is_there() {
        let mut call = sample_call();
        (call.summary, call.recording, call.duration, call.analysis, call.tokens_consumed) =
            Default::default();
        let finished = query_url(Event::CallFinished, &call, None, "https://example.com/");
        let expected = concat!(
            "&call.summary=&call.transcript=%5B%5D&call.recording=&call.duration=0&call.analysis.sentiment=neutral",
            "&call.analysis.lead_warmth=unknown&call.analysis.justification=&call.tokensConsumed=0&campaign.id="
        );
        assert!(finished.as_str().contains(expected), "{finished}");
        let completed = query_url(Event::CallCompleted, &call, None, "https://example.com/");
        assert!(completed.as_str().contains("jessica.smith%40example.com&campaign.id="), "{completed}");
    }

    #[test]
    fn a_transcript_that_makes_the_url_pass_8000_bytes_is_dropped_and_said_so() {
        let turns = |chars| [Turn { who: "user".into(), what: "a".repeat(chars), when: "w".into() }];
        let of = |chars| {
            let transcript = to_raw_value(&turns(chars)).expect("JSON");
            query_url(Event::CallFinished, &sample_call(), Some(&transcript), "https://example.com/")
        };
        let room = 8_000 - of(0).as_str().len();
        assert_eq!(of(room).as_str().len(), 8_000);
        let over = of(room + 1);
        assert!(over.as_str().contains("&call.transcriptOmitted=true&call.recording="), "{over}");
        assert!(!over.as_str().contains("call.transcript="));
    }

    fn pairs(url: &Url) -> Vec<(String, String)> {
        url.query_pairs().into_owned().collect()
    }

    fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
        pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_longest_texts_are_cut_at_a_character_and_named_when_a_url_would_be_too_long() {
        let (cyrillic, chinese) = ("ж".repeat(4_500), "話".repeat(4_096));
        for (summary, note, truncated) in [
            (Some(cyrillic.clone()), None, "call.summary"),
            (None, Some(chinese.clone()), "call.recipient.note"),
            (Some("a".repeat(70_000)), Some("b".repeat(900)), "call.summary"),
            (Some(cyrillic), Some(chinese), "call.recipient.note,call.summary"),
        ] {
            let mut call = sample_call();
            call.summary = summary;
            call.recipient.as_mut().expect("a recipient").note.clone_from(&note);
            let url = query_url(Event::CallFinished, &call, None, "https://example.com/?key=1");
            assert!((7_950..=8_000).contains(&url.as_str().len()), "{}", url.as_str().len());
            let pairs = pairs(&url);
            assert_eq!(value(&pairs, "call.truncated"), Some(truncated));
            assert_eq!(value(&pairs, "call.transcript"), Some("[]"), "nothing was omitted");
            for (name, whole) in [("call.summary", &call.summary), ("call.recipient.note", &note)] {
                let sent = value(&pairs, name).unwrap_or_default();
                let whole = whole.as_deref().unwrap_or_default();
                assert!(whole.starts_with(sent), "{name}");
                assert_eq!(sent != whole, truncated.contains(name), "{name}");
            }
        }
    }

    #[test]
    fn the_transcript_goes_before_a_text_is_cut() {
        let transcript = to_raw_value(&sample_transcript()).expect("JSON");
        let of = |letters| {
            let mut call = sample_call();
            call.summary = Some("a".repeat(letters));
            let url = query_url(Event::CallFinished, &call, Some(&transcript), "https://example.com/");
            (url.as_str().len(), pairs(&url))
        };
        let (length, kept) = of(7_050);
        assert_eq!(value(&kept, "call.transcriptOmitted"), Some("true"));
        assert!(length <= 8_000 && value(&kept, "call.truncated").is_none());
        let (length, cut) = of(9_000);
        assert_eq!(value(&cut, "call.transcriptOmitted"), Some("true"));
        assert_eq!((length, value(&cut, "call.truncated")), (8_000, Some("call.summary")));
    }

    #[test]
    fn objects_are_one_value_each_and_go_whole_behind_the_transcript_when_a_url_would_be_too_long() {
        let object = |chars: usize| JsonObject::try_from(format!(r#"{{"a":"{}"}}"#, "x".repeat(chars))).ok();
        let transcript = to_raw_value(&sample_transcript()).expect("JSON");
        let of = |metadata: usize, extracted: usize, transcript: Option<&RawValue>| {
            let call = Call { metadata: object(metadata), extracted: object(extracted), ..sample_call() };
            query_url(Event::CallFinished, &call, transcript, "https://example.com/")
        };
        let without_turns = of(0, 0, None).as_str().len() - "[]".len() * 3 + "Omittedtrue".len();
        let room = 8_000 - without_turns;
        let all = ["call.transcript", "call.extracted", "call.metadata"];
        for (metadata, extracted, omitted) in
            [(9, 9, 0), (0, room, 1), (room, 0, 1), (0, room + 1, 2), (room + 99, 0, 3)]
        {
            let url = of(metadata, extracted, Some(&transcript));
            assert!(url.as_str().len() <= 8_000);
            let pairs = pairs(&url);
            for (at, name) in all.into_iter().enumerate() {
                let said = value(&pairs, &format!("{name}Omitted"));
                assert_eq!(
                    (said, value(&pairs, name).is_none()),
                    ((at < omitted).then_some("true"), at < omitted),
                    "{name}"
                );
            }
            assert_eq!(value(&pairs, "call.truncated"), None, "no text is cut for them");
        }
        let sent = pairs(&of(2, 3, None));
        assert_eq!(value(&sent, "call.metadata"), Some(r#"{"a":"xx"}"#));
        assert_eq!(value(&sent, "call.extracted"), Some(r#"{"a":"xxx"}"#));
    }

    #[test]
    fn a_url_that_leaves_no_room_is_none() {
        let url = Url::parse(&format!("https://example.com/{}", "a".repeat(7_900))).expect("a URL");
        let call = sample_call();
        let payload =
            Payload { event: Event::CallFinished, webhook_id: "wh_1", call: &call, transcript: None };
        assert_eq!(payload.query_url(&url).expect("no error"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_too_long_the_url_is_not_and_tells_the_start_of_each_text(
            texts in proptest::collection::vec("\\PC{0,3}", 14),
            repeated in proptest::collection::vec(0_usize..2_000, 14),
            own in "[a-z]{0,1900}",
        ) {
            let mut texts = texts.iter().zip(repeated).map(|(text, times)| text.repeat(times));
            let mut call = sample_call();
            for (_, field) in call.recipient.as_mut().expect("a recipient").optional_fields() {
                *field = texts.next();
            }
            (call.summary, call.recording) = (texts.next(), texts.next());
            let url = query_url(Event::CallFinished, &call, None, &format!("https://example.com/{own}"));
            prop_assert!(url.as_str().len() <= 8_000);
            let pairs = pairs(&url);
            let truncated = value(&pairs, "call.truncated").unwrap_or_default();
            let recipient = call.recipient.expect("a recipient");
            for (name, text) in [
                ("call.summary", call.summary),
                ("call.recording", call.recording),
                ("call.recipient.note", recipient.note),
                ("call.recipient.email", recipient.email),
            ] {
                let (sent, text) = (value(&pairs, name).unwrap_or_default(), text.unwrap_or_default());
                prop_assert!(text.starts_with(sent));
                prop_assert_eq!(sent != text, truncated.split(',').any(|other| other == name));
            }
        }

        #[test]
        fn any_text_reads_back_from_the_query(text in "\\PC{0,60}") {
            let mut call = sample_call();
            call.summary = Some(text.clone());
            let url = query_url(Event::CallFinished, &call, None, "https://example.com/");
            let read = url.query_pairs().find(|(name, _)| name == "call.summary").map(|(_, value)| value.into_owned());
            prop_assert_eq!(read, Some(text));
        }
    }
}
