//! What the dialer reports when a call is over: one message of `call-completions`, version 1.
//!
//! Fields are read one by one and not with a derived reader, since a derived reader's errors quote the data, and a reason
//! is logged.

use crate::calls::completion_reader::Notes;
use crate::calls::{
    Analysis, CallStatus, CampaignRef, MAX_EXTRACTED_BYTES, MAX_METADATA_BYTES, Recipient, Source, Turn,
};
use crate::values::{AccountId, CallId, CampaignId, Fields, JsonObject, Lenient, Timestamp, text_of};

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
    /// What comes back with the result of such a call.
    pub metadata: Option<JsonObject>,
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
    /// What the dialer has filled in.
    pub extracted: Option<JsonObject>,
    /// Credits that the call used.
    pub tokens_consumed: Option<u64>,
    /// What was read otherwise than it was written, or left out.
    pub notes: Vec<String>,
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

type Read<T> = Result<T, InvalidCompletion>;

fn wrong<T>(field: &'static str, expected: &'static str) -> Read<T> {
    Err(InvalidCompletion::Field { field, expected })
}

const SOURCES: [(&str, Source); 3] =
    [("inbound", Source::Inbound), ("campaign", Source::Campaign), ("test", Source::Test)];

const STATUSES: [(&str, CompletionStatus); 3] = [
    ("finished", CompletionStatus::Finished),
    ("missed", CompletionStatus::Missed),
    ("failed", CompletionStatus::Failed),
];

/// Reads one message of `call-completions`, received at this moment. Unknown fields are ignored, `null` is absent. A part of
/// the result that has another shape than the contract's is read in the sensible way, or left out, and noted.
///
/// # Errors
///
/// [`InvalidCompletion`] when it cannot be told which call is over, and how; it names the first such field.
pub fn parse_completion(body: &str, received: Timestamp) -> Result<Completion, InvalidCompletion> {
    let body = text_of(body.as_bytes());
    let Ok(Lenient::Object(fields)) = Lenient::parse(&body) else { return Err(InvalidCompletion::Json) };
    let mut notes = Notes::default();
    if !notes.is_version_1(&fields.get("version")) {
        return Err(InvalidCompletion::Version);
    }
    if !matches!(fields.get("type"), Lenient::Text(name, _) if name == "call.completion") {
        return wrong("type", "\"call.completion\"");
    }
    let Some(source) = notes.word("source", fields.get("source"), &SOURCES) else {
        return wrong("source", "\"inbound\", \"campaign\" or \"test\"");
    };
    let Some(status) = notes.word("status", fields.get("status"), &STATUSES) else {
        return wrong("status", "\"finished\", \"missed\" or \"failed\"");
    };
    Ok(Completion {
        call_id: id(&fields, "callId", CallId::parse)?,
        account_id: id(&fields, "accountId", AccountId::parse)?,
        source,
        status,
        finished_at: notes.finished_at(fields.get("finishedAt"), received),
        unqueued: unqueued(&fields, source, &mut notes)?,
        metadata: match source {
            Source::Inbound => None,
            Source::Campaign | Source::Test => {
                notes.object("metadata", fields.get("metadata"), MAX_METADATA_BYTES)
            }
        },
        summary: notes.text("summary", fields.get("summary")),
        transcript: notes.transcript(fields.get("transcript")),
        recording: notes.text("recording", fields.get("recording")),
        duration: notes.duration(fields.get("duration")),
        analysis: notes.analysis(fields.get("analysis")),
        action_items: notes.action_items(fields.get("actionItems")),
        extracted: notes.object("extracted", fields.get("extracted"), MAX_EXTRACTED_BYTES),
        tokens_consumed: notes.tokens_consumed(fields.get("tokensConsumed")),
        notes: notes.into_list(),
    })
}

fn id<T, E>(fields: &Fields<'_>, field: &'static str, parse: impl Fn(&str) -> Result<T, E>) -> Read<T> {
    match fields.get(field) {
        Lenient::Text(text, _) => parse(&text).or_else(|_| wrong(field, "an id")),
        _ => wrong(field, "an id"),
    }
}

fn unqueued(
    fields: &Fields<'_>,
    source: Source,
    notes: &mut Notes,
) -> Read<Option<(CampaignRef, Recipient)>> {
    if source == Source::Inbound {
        return Ok(None);
    }
    let Lenient::Object(campaign) = fields.get("campaign") else { return wrong("campaign", "an object") };
    let id = match campaign.get("id") {
        Lenient::Text(text, _) => CampaignId::parse(&text).or_else(|_| wrong("campaign.id", "an id"))?,
        _ => return wrong("campaign.id", "an id"),
    };
    // A name is shown; a campaign without one is shown by its id.
    let name = notes.text("campaign.name", campaign.get("name")).unwrap_or_else(|| id.to_string());
    let Lenient::Object(recipient) = fields.get("recipient") else { return wrong("recipient", "an object") };
    let Some(recipient) = notes.recipient(&recipient) else {
        return wrong("recipient.phoneNumber", "\"+\" and 7 to 15 digits");
    };
    Ok(Some((CampaignRef { id, name }, recipient)))
}

#[cfg(test)]
#[path = "completion_tests.rs"]
mod tests;
