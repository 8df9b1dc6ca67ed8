//! A payload as query parameters, for endpoints that are requested with GET.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::value::RawValue;
use url::Url;

use crate::calls::Recipient;
use crate::deliveries::Payload;
use crate::webhooks::Event;

/// Longest URL that still carries the transcript, in bytes: what common servers take as a request line.
const MAX_URL_BYTES: usize = 8_000;

/// Everything but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Payload<'_> {
    /// The URL of a GET delivery: `url`, its own query, and the payload's scalars under dotted names
    /// (`call.recipient.phoneNumber`); the transcript is one JSON value, or `call.transcriptOmitted=true` when the URL
    /// would pass 8,000 bytes with it. `null` is an empty value.
    ///
    /// # Errors
    ///
    /// None that a value of these types can cause; serde's signature has one.
    pub fn query_url(&self, url: &Url) -> serde_json::Result<Url> {
        let transcript = self.transcript.map(RawValue::get).or(match self.event {
            Event::CallFinished => Some("[]"),
            Event::CallCompleted => None,
        });
        let whole = self.with_query(url, transcript.map(|json| ("call.transcript", json)))?;
        if transcript.is_none() || whole.as_str().len() <= MAX_URL_BYTES {
            return Ok(whole);
        }
        self.with_query(url, Some(("call.transcriptOmitted", "true")))
    }

    fn with_query(&self, url: &Url, transcript: Option<(&str, &str)>) -> serde_json::Result<Url> {
        let call = self.call;
        let finished = self.event == Event::CallFinished;
        let or_default =
            |number: Option<u64>| number.or(finished.then_some(0)).map(|number| number.to_string());
        let analysis = call.analysis.clone().or_else(|| finished.then(Default::default));

        let mut query = Query(url.query().map(str::to_owned).unwrap_or_default());
        query.push("type", &name_of(self.event)?);
        query.push("timestamp", &self.timestamp().as_millis().to_string());
        query.push("webhook.id", self.webhook_id);
        query.push("webhook.type", "outbound");
        query.push("call.id", call.id.as_str());
        query.push("call.status", &name_of(call.status)?);
        query.push_recipient(&call.recipient);
        query.push_some("call.summary", call.summary.as_deref().or(finished.then_some("")));
        if let Some((name, value)) = transcript {
            query.push(name, value);
        }
        query.push_some("call.recording", call.recording.as_deref().or(finished.then_some("")));
        query.push_some("call.duration", or_default(call.duration).as_deref());
        if let Some(analysis) = analysis {
            query.push("call.analysis.sentiment", &name_of(analysis.sentiment)?);
            query.push("call.analysis.lead_warmth", &name_of(analysis.lead_warmth)?);
            query.push("call.analysis.justification", &analysis.justification);
        }
        query.push_some("call.tokensConsumed", or_default(call.tokens_consumed).as_deref());
        query.push("campaign.id", call.campaign.id.as_str());
        query.push("campaign.name", &call.campaign.name);

        let mut url = url.clone();
        url.set_query(Some(&query.0));
        Ok(url)
    }
}

/// The name that a unit variant has in the payload.
fn name_of(value: impl serde::Serialize) -> serde_json::Result<String> {
    serde_json::to_value(value).map(|name| name.as_str().unwrap_or_default().to_owned())
}

struct Query(String);

impl Query {
    fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, ENCODED));
    }

    fn push_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    fn push_recipient(&mut self, recipient: &Recipient) {
        self.push("call.recipient.phoneNumber", recipient.phone_number.as_str());
        self.push_some("call.recipient.firstName", recipient.first_name.as_deref());
        self.push_some("call.recipient.lastName", recipient.last_name.as_deref());
        self.push_some("call.recipient.email", recipient.email.as_deref());
        self.push_some("call.recipient.address1", recipient.address1.as_deref());
        self.push_some("call.recipient.address2", recipient.address2.as_deref());
        self.push_some("call.recipient.city", recipient.city.as_deref());
        self.push_some("call.recipient.state", recipient.state.as_deref());
        self.push_some("call.recipient.zipCode", recipient.zip_code.as_deref());
        self.push_some("call.recipient.note", recipient.note.as_deref());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::calls::{Call, Turn, sample_call, sample_transcript};

    fn query_url(event: Event, call: &Call, transcript: Option<&RawValue>, url: &str) -> Url {
        let url = Url::parse(url).expect("a URL");
        Payload { event, webhook_id: "wh_1", call, transcript }.query_url(&url).expect("a URL")
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

    proptest! {
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
