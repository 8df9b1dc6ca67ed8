//! What the dialer reports when a call is over: one message of `call-completions`, version 1.
//!
//! Fields are read one by one and not with a derived reader, since a derived reader's errors quote the data, and a reason
//! is logged.

use serde_json::{Map, Value};

use crate::calls::{
    Analysis, CallStatus, CampaignRef, LeadWarmth, Recipient, Sentiment, Source, Turn, kept_text,
};
use crate::values::{AccountId, CallId, CampaignId, PhoneNumber, Timestamp, whole_number};

/// Most credits that one call can cost; a larger number is a fault of the sender, not a price.
const MAX_TOKENS: u64 = 1_000_000;

/// A call is over.
#[derive(Clone, PartialEq)]
pub struct Completion {
    /// Which call.
    pub call_id: CallId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What triggered it.
    pub source: Source,
    /// How it ended.
    pub status: CompletionStatus,
    /// When it ended: the event's time in the payloads.
    pub finished_at: Timestamp,
    /// Campaign and recipient of a bulk or test call, which this system hears of now. For a call that it queued, its own
    /// record counts, and these are not read.
    pub unqueued: Option<(CampaignRef, Recipient)>,
    /// One paragraph of what was said.
    pub summary: Option<String>,
    /// Who said what.
    pub transcript: Option<Vec<Turn>>,
    /// URL of the recording.
    pub recording: Option<String>,
    /// Seconds.
    pub duration: Option<u64>,
    /// What the conversation was like.
    pub analysis: Option<Analysis>,
    /// What to do next.
    pub action_items: Option<Vec<String>>,
    /// Credits that the call used.
    pub tokens_consumed: Option<u64>,
}

crate::values::shows_only!(Completion { call_id, account_id, source, status, finished_at });

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the product's own words")]
pub enum CompletionStatus {
    Finished,
    Missed,
    Failed,
}

impl From<CompletionStatus> for CallStatus {
    fn from(status: CompletionStatus) -> Self {
        match status {
            CompletionStatus::Finished => Self::Finished,
            CompletionStatus::Missed => Self::Missed,
            CompletionStatus::Failed => Self::Failed,
        }
    }
}

/// A completion that cannot be understood. Names the field and quotes nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCompletion {
    /// The message is no JSON object.
    #[error("the message is not a JSON object")]
    Json,
    /// `version` is another than 1.
    #[error("\"version\" must be 1")]
    Version,
    /// A field is missing or has another shape than the contract's.
    #[error("\"{field}\" must be {expected}")]
    Field {
        /// Path of the field.
        field: &'static str,
        /// What the contract asks for.
        expected: &'static str,
    },
}

impl InvalidCompletion {
    /// The code that the dead letter carries.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json => "invalid_json",
            Self::Version => "unsupported_version",
            Self::Field { .. } => "invalid_completion",
        }
    }
}

type Fields = Map<String, Value>;
type Read<T> = Result<T, InvalidCompletion>;

fn wrong<T>(field: &'static str, expected: &'static str) -> Read<T> {
    Err(InvalidCompletion::Field { field, expected })
}

/// Reads one message of `call-completions`. Unknown fields are ignored, `null` is absent.
///
/// # Errors
///
/// [`InvalidCompletion`], naming the first field that breaks the contract.
pub fn parse_completion(body: &str) -> Result<Completion, InvalidCompletion> {
    let message: Value = serde_json::from_str(body).map_err(|_| InvalidCompletion::Json)?;
    let Value::Object(mut fields) = message else { return Err(InvalidCompletion::Json) };
    fields.retain(|_, value| !value.is_null());
    if fields.get("version").and_then(whole_number) != Some(1) {
        return Err(InvalidCompletion::Version);
    }
    if fields.get("type").and_then(Value::as_str) != Some("call.completion") {
        return wrong("type", "\"call.completion\"");
    }
    let source = match fields.get("source").and_then(Value::as_str) {
        Some("inbound") => Source::Inbound,
        Some("campaign") => Source::Campaign,
        Some("test") => Source::Test,
        _ => return wrong("source", "\"inbound\", \"campaign\" or \"test\""),
    };
    let status = match fields.get("status").and_then(Value::as_str) {
        Some("finished") => CompletionStatus::Finished,
        Some("missed") => CompletionStatus::Missed,
        Some("failed") => CompletionStatus::Failed,
        _ => return wrong("status", "\"finished\", \"missed\" or \"failed\""),
    };
    Ok(Completion {
        call_id: id(&fields, "callId", CallId::parse)?,
        account_id: id(&fields, "accountId", AccountId::parse)?,
        source,
        status,
        finished_at: finished_at(&fields)?,
        unqueued: unqueued(&fields, source)?,
        summary: text(&fields, "summary")?,
        transcript: transcript(&fields)?,
        recording: text(&fields, "recording")?,
        duration: duration(&fields)?,
        analysis: analysis(&fields)?,
        action_items: action_items(&fields)?,
        tokens_consumed: tokens_consumed(&fields)?,
    })
}

fn id<T, E>(fields: &Fields, field: &'static str, parse: impl Fn(&str) -> Result<T, E>) -> Read<T> {
    let parsed = fields.get(field).and_then(Value::as_str).map(parse);
    match parsed {
        Some(Ok(id)) => Ok(id),
        _ => wrong(field, "an id"),
    }
}

fn text(fields: &Fields, field: &'static str) -> Read<Option<String>> {
    match fields.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => wrong(field, "a string"),
    }
}

fn finished_at(fields: &Fields) -> Read<Timestamp> {
    match fields.get("finishedAt").and_then(whole_number) {
        Some(millis) if millis <= Timestamp::MAX.as_millis() => Ok(Timestamp::from_millis(millis)),
        _ => wrong("finishedAt", "milliseconds since 1970"),
    }
}

fn unqueued(fields: &Fields, source: Source) -> Read<Option<(CampaignRef, Recipient)>> {
    if source == Source::Inbound {
        return Ok(None);
    }
    let part = |field| fields.get(field).and_then(Value::as_object);
    let Some(campaign) = part("campaign") else { return wrong("campaign", "an object") };
    let id = match campaign.get("id").and_then(Value::as_str).map(CampaignId::parse) {
        Some(Ok(id)) => id,
        _ => return wrong("campaign.id", "an id"),
    };
    let Some(name) = campaign.get("name").and_then(Value::as_str) else {
        return wrong("campaign.name", "a string");
    };
    let Some(recipient) = part("recipient") else { return wrong("recipient", "an object") };
    let phone = match recipient.get("phoneNumber").and_then(Value::as_str).map(PhoneNumber::parse) {
        Some(Ok(phone)) => phone,
        _ => return wrong("recipient.phoneNumber", "\"+\" and 7 to 15 digits"),
    };
    Ok(Some((CampaignRef { id, name: name.to_owned() }, bulk_recipient(recipient, phone)?)))
}

fn bulk_recipient(fields: &Fields, phone: PhoneNumber) -> Read<Recipient> {
    let mut recipient = Recipient::new(phone);
    for (name, field) in recipient.optional_fields() {
        match fields.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => *field = kept_text(text),
            Some(_) => return wrong("recipient", "an object of strings"),
        }
    }
    Ok(recipient)
}

fn transcript(fields: &Fields) -> Read<Option<Vec<Turn>>> {
    const EXPECTED: &str = "a list of turns, each with the strings \"who\", \"what\" and \"when\"";
    let Some(value) = fields.get("transcript") else { return Ok(None) };
    let Some(turns) = value.as_array() else { return wrong("transcript", EXPECTED) };
    let turn = |turn: &Value| {
        let part = |name| turn.get(name)?.as_str().map(str::to_owned);
        Some(Turn { who: part("who")?, what: part("what")?, when: part("when")? })
    };
    match turns.iter().map(turn).collect() {
        Some(turns) => Ok(Some(turns)),
        None => wrong("transcript", EXPECTED),
    }
}

fn duration(fields: &Fields) -> Read<Option<u64>> {
    let Some(value) = fields.get("duration") else { return Ok(None) };
    match value.as_f64() {
        // The payload has whole seconds; a fraction is rounded. A day is far beyond any call.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked by the guard")]
        Some(seconds) if (0.0..=1e9).contains(&seconds) => Ok(Some(seconds.round() as u64)),
        _ => wrong("duration", "a number of seconds"),
    }
}

fn analysis(fields: &Fields) -> Read<Option<Analysis>> {
    let Some(value) = fields.get("analysis") else { return Ok(None) };
    let Some(parts) = value.as_object() else { return wrong("analysis", "an object") };
    let part = |name| parts.get(name).filter(|value| !value.is_null());
    let sentiment = match part("sentiment").map(Value::as_str) {
        None | Some(Some("neutral")) => Sentiment::Neutral,
        Some(Some("positive")) => Sentiment::Positive,
        Some(Some("negative")) => Sentiment::Negative,
        Some(_) => return wrong("analysis.sentiment", "\"positive\", \"neutral\" or \"negative\""),
    };
    let lead_warmth = match part("lead_warmth").map(Value::as_str) {
        None | Some(Some("unknown")) => LeadWarmth::Unknown,
        Some(Some("hot")) => LeadWarmth::Hot,
        Some(Some("warm")) => LeadWarmth::Warm,
        Some(Some("cold")) => LeadWarmth::Cold,
        Some(Some("dead")) => LeadWarmth::Dead,
        Some(_) => {
            return wrong("analysis.lead_warmth", "\"hot\", \"warm\", \"cold\", \"dead\" or \"unknown\"");
        }
    };
    let justification = match part("justification").map(Value::as_str) {
        None => String::new(),
        Some(Some(text)) => text.to_owned(),
        Some(None) => return wrong("analysis.justification", "a string"),
    };
    Ok(Some(Analysis { sentiment, lead_warmth, justification }))
}

fn action_items(fields: &Fields) -> Read<Option<Vec<String>>> {
    let Some(value) = fields.get("actionItems") else { return Ok(None) };
    let items = value
        .as_array()
        .and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    match items {
        Some(items) => Ok(Some(items)),
        None => wrong("actionItems", "a list of strings"),
    }
}

fn tokens_consumed(fields: &Fields) -> Read<Option<u64>> {
    let Some(value) = fields.get("tokensConsumed") else { return Ok(None) };
    match whole_number(value) {
        Some(tokens) if tokens <= MAX_TOKENS => Ok(Some(tokens)),
        _ => wrong("tokensConsumed", "a whole number of credits, 0 to 1,000,000"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn minimal() -> Value {
        json!({
            "version": 1, "type": "call.completion", "callId": "call_1", "accountId": "acc_1", "source": "campaign",
            "status": "finished", "finishedAt": 1_730_179_342_000_u64, "campaign": {"id": "campaign_123", "name": "Q4"},
            "recipient": {"phoneNumber": "+15551234567", "firstName": "Jane", "email": "", "city": null}
        })
    }

    fn parse(message: &Value) -> Result<Completion, InvalidCompletion> {
        parse_completion(&message.to_string())
    }

    #[test]
    fn everything_from_the_summary_on_is_optional() {
        let completion = parse(&minimal()).expect("a completion");
        assert_eq!(completion.summary, None);
        assert_eq!(completion.tokens_consumed, None);
        let (campaign, recipient) = completion.unqueued.expect("a bulk call");
        assert_eq!(campaign.name, "Q4");
        assert_eq!(recipient.first_name.as_deref(), Some("Jane"));
        assert_eq!((recipient.email, recipient.city), (None, None));
    }

    #[test]
    fn an_inbound_call_needs_no_recipient_and_no_campaign() {
        let mut message = minimal();
        message["source"] = json!("inbound");
        message["recipient"] = json!(7);
        message.as_object_mut().expect("an object").remove("campaign");
        assert_eq!(parse(&message).expect("a completion").unqueued, None);
    }

    #[test]
    fn each_field_of_a_wrong_shape_is_named() {
        for (field, value) in [
            ("type", json!("call.job")),
            ("callId", json!(7)),
            ("callId", json!("call.7")),
            ("accountId", json!("nobody")),
            ("source", json!("bulk")),
            ("status", json!("cancelled")),
            ("finishedAt", json!("now")),
            ("finishedAt", json!(-1)),
            ("campaign", json!([])),
            ("recipient", json!("Jane")),
            ("summary", json!({})),
            ("transcript", json!([{"who": "user", "what": "Hi"}])),
            ("transcript", json!("Hi")),
            ("recording", json!(1)),
            ("duration", json!("142")),
            ("duration", json!(-1)),
            ("analysis", json!([])),
            ("actionItems", json!([1])),
            ("tokensConsumed", json!(1.5)),
            ("tokensConsumed", json!(-1)),
        ] {
            let mut message = minimal();
            message[field] = value.clone();
            let error = parse(&message).expect_err(field);
            assert_eq!(error.code(), "invalid_completion");
            assert!(error.to_string().contains(field), "{field} {value}: {error}");
        }
        for (part, name) in [("sentiment", "glad"), ("lead_warmth", "lukewarm")] {
            let mut message = minimal();
            message["analysis"] = json!({ part: name });
            assert!(parse(&message).expect_err(name).to_string().contains(part));
        }
    }

    #[test]
    fn another_version_is_not_guessed_at() {
        for version in [json!(2), json!("1"), json!(null)] {
            let mut message = minimal();
            message["version"] = version;
            assert_eq!(parse(&message).expect_err("a version").code(), "unsupported_version");
        }
        assert_eq!(parse_completion("[1]").expect_err("no object").code(), "invalid_json");
    }

    #[test]
    fn a_reason_quotes_nothing_of_the_message() {
        let mut message = minimal();
        message["recipient"] = json!({"phoneNumber": "secret-number"});
        assert!(!parse(&message).expect_err("a phone").to_string().contains("secret-number"));
    }

    #[test]
    fn null_is_absent_and_a_fraction_of_a_second_is_rounded() {
        let mut message = minimal();
        message["summary"] = json!(null);
        message["duration"] = json!(141.6);
        let completion = parse(&message).expect("a completion");
        assert_eq!((completion.summary, completion.duration), (None, Some(142)));
    }

    proptest! {
        #[test]
        fn no_message_makes_the_parser_panic(text in "\\PC{0,200}") {
            let _ = parse_completion(&text);
        }
    }
}
