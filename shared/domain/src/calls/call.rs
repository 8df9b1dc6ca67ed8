use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use serde::{Deserialize, Deserializer, Serialize};

use crate::calls::Recipient;
use crate::values::{AccountId, BodyDigest, CallId, CampaignId, JsonObject, Timestamp, WebhookId};

/// A call, from its acceptance on; one that the dialer began by itself, from its completion on.
///
/// The transcript is not in here: it is the one large part, and the store keeps it apart and compressed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// `call_…`
    pub id: CallId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What triggered it.
    pub source: Source,
    /// The inbound webhook that triggered it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub webhook_id: Option<WebhookId>,
    /// The campaign whose settings it ran with.
    #[serde(flatten)]
    pub campaign: CampaignRef,
    /// Whom it was for; of an erased call nobody knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recipient: Option<Recipient>,
    /// What its request brought along for whoever is told of its result. (Lists of calls do not carry it.)
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub metadata: Option<JsonObject>,
    /// Words for its script: texts, numbers and flags by name. (Lists of calls do not carry them.)
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub variables: Option<JsonObject>,
    /// Where it stands.
    pub status: CallStatus,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "known_reason")]
    pub reason: Option<CallReason>,
    /// Credits taken from the balance for it and not settled yet. (Lists of calls do not carry it.)
    #[serde(default)]
    pub reserved_credits: u64,
    /// Digest of the request's body, when an `Idempotency-Key` came with it; of what was read of it, when a mapping found the key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub body_digest: Option<BodyDigest>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When the dialer finished it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished_at: Option<Timestamp>,
    /// One paragraph of what was said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub summary: Option<String>,
    /// URL of the recording.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recording: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration: Option<u64>,
    /// What the conversation was like.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub analysis: Option<Analysis>,
    /// What to do next; shown to the owner, never delivered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action_items: Option<Vec<String>>,
    /// What the dialer has filled in: the date of an appointment, say. (Lists of calls do not carry it.)
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub extracted: Option<JsonObject>,
    /// Credits that it cost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tokens_consumed: Option<u64>,
    /// What of its completion was read otherwise than it was written, or left out.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// When its completion was recorded and its credits settled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settled_at: Option<Timestamp>,
    /// When each of its deliveries had been put on the queue, or the message from which the rest of them will be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fanned_out_at: Option<Timestamp>,
    /// When its owner had its personal data erased. (Lists of calls do not carry it.)
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub erased_at: Option<Timestamp>,
}

crate::values::shows_only!(Call {
    id,
    account_id,
    source,
    webhook_id,
    status,
    reason,
    reserved_credits,
    settled_at,
    fanned_out_at,
    erased_at
});

impl Call {
    /// What an accepted call reserves.
    pub const RESERVED_CREDITS: u64 = 1;

    /// When it was over, as its deliveries say it: the same at every attempt.
    #[must_use]
    pub fn over_at(&self) -> Timestamp {
        self.finished_at.unwrap_or(self.created_at)
    }

    /// A call of which no more is known than what every call has: no webhook, no reservation, no result.
    #[must_use]
    pub fn new(
        id: CallId,
        account_id: AccountId,
        source: Source,
        campaign: CampaignRef,
        recipient: Recipient,
        status: CallStatus,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            account_id,
            source,
            webhook_id: None,
            campaign,
            recipient: Some(recipient),
            metadata: None,
            variables: None,
            status,
            reason: None,
            reserved_credits: 0,
            body_digest: None,
            created_at,
            finished_at: None,
            summary: None,
            recording: None,
            duration: None,
            analysis: None,
            action_items: None,
            extracted: None,
            tokens_consumed: None,
            notes: Vec::new(),
            settled_at: None,
            fanned_out_at: None,
            erased_at: None,
        }
    }

    /// The call that is not placed. Kept are the number, and a `metadata` that is not too large: by it whoever asked knows its
    /// record again. (Both limits together make it two write units of DynamoDB at most, and one in the index.)
    #[must_use]
    pub fn cancelled(self, reason: CallReason) -> Self {
        const MAX_NAME_CHARS: usize = 100;
        const MAX_METADATA_BYTES: usize = 1024;
        let fits = |metadata: &JsonObject| metadata.as_raw().get().len() <= MAX_METADATA_BYTES;
        let campaign =
            CampaignRef { name: self.campaign.name.chars().take(MAX_NAME_CHARS).collect(), ..self.campaign };
        Self {
            status: CallStatus::Cancelled,
            reason: Some(reason),
            reserved_credits: 0,
            recipient: self.recipient.map(|recipient| Recipient::new(recipient.phone_number)),
            metadata: self.metadata.filter(fits),
            variables: None,
            campaign,
            ..self
        }
    }

    /// Whether the dialer is to have its job: it was asked for here, and is neither cancelled nor over. (What the dialer begins by
    /// itself is heard of when it is over.)
    #[must_use]
    pub fn awaits_dialer(&self) -> bool {
        self.status == CallStatus::Queued
    }
}

/// The campaign as a call remembers it: a later rename does not change it. Bulk campaigns are not ours, so it is not a
/// reference into our table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CampaignRef {
    #[serde(rename = "campaignId")]
    pub id: CampaignId,
    #[serde(rename = "campaignName")]
    pub name: String,
}

/// What triggered a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A request to an inbound webhook: this system queued it.
    Inbound,
    /// A bulk campaign.
    Campaign,
    /// A campaign's test call: asked for by the account, or begun by the dialer.
    Test,
}

/// Where a call stands. The last three are what the dialer reports, and what endpoints are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// Its job is on its way to the dialer, or with it.
    Queued,
    /// It was recorded and will not be placed.
    Cancelled,
    /// Completed successfully.
    Finished,
    /// Not answered, or answered by voicemail.
    Missed,
    /// A technical error.
    Failed,
}

/// Why a call was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallReason {
    /// The account had no credit left.
    InsufficientFunds,
    /// The campaign was a draft or paused.
    CampaignNotActive,
}

impl CallReason {
    /// The name in the API, in the store and in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::CampaignNotActive => "campaign_not_active",
        }
    }
}

/// A reason that this version does not write (an earlier one had another) must not make its call unreadable.
fn known_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CallReason>, D::Error> {
    let written: Option<String> = Option::deserialize(deserializer)?;
    Ok(written.and_then(|text| {
        CallReason::deserialize(IntoDeserializer::<ValueError>::into_deserializer(text)).ok()
    }))
}

/// One turn of a transcript, as the dialer wrote it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Typically `user` or `assistant`.
    pub who: String,
    /// What was said.
    pub what: String,
    /// An ISO timestamp.
    pub when: String,
}

crate::values::shows_only!(Turn {});

/// The analysis of a conversation. Its names are the payload's, `lead_warmth` included.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Analysis {
    /// The recipient's mood.
    pub sentiment: Sentiment,
    /// How likely a sale is.
    pub lead_warmth: LeadWarmth,
    /// Why the warmth was chosen.
    pub justification: String,
}

crate::values::shows_only!(Analysis { sentiment, lead_warmth });

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the product's own words")]
/// The recipient's mood.
pub enum Sentiment {
    Positive,
    #[default]
    Neutral,
    Negative,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the product's own words")]
/// How likely a sale is.
pub enum LeadWarmth {
    Hot,
    Warm,
    Cold,
    Dead,
    #[default]
    Unknown,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::sample_call;

    #[test]
    fn the_dialer_is_to_have_what_is_still_queued() {
        let queued = Call { status: CallStatus::Queued, ..sample_call() };
        assert!(queued.awaits_dialer());
        for status in [CallStatus::Cancelled, CallStatus::Finished, CallStatus::Missed, CallStatus::Failed] {
            assert!(!Call { status, ..queued.clone() }.awaits_dialer(), "{status:?}");
        }
    }

    #[test]
    fn a_call_that_is_not_placed_keeps_the_number_and_the_metadata_of_whom_it_was_for() {
        let brought = || JsonObject::try_from(r#"{"personId":"4711"}"#.to_owned()).ok();
        let call = Call { metadata: brought(), variables: brought(), ..sample_call() };
        let cancelled = call.clone().cancelled(CallReason::InsufficientFunds);
        let known = call.recipient.map(|recipient| Recipient::new(recipient.phone_number));
        assert_eq!(cancelled.recipient, known);
        assert_eq!((cancelled.metadata, cancelled.variables), (brought(), None));
        assert_eq!((cancelled.status, cancelled.reserved_credits), (CallStatus::Cancelled, 0));
        assert_eq!(cancelled.reason, Some(CallReason::InsufficientFunds));
    }

    #[test]
    fn of_a_call_that_is_not_placed_a_metadata_of_more_than_a_kilobyte_is_dropped() {
        let of_bytes =
            |bytes: usize| JsonObject::try_from(format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8))).ok();
        let kept = |metadata: Option<JsonObject>| {
            Call { metadata, ..sample_call() }.cancelled(CallReason::CampaignNotActive).metadata
        };
        assert_eq!((kept(of_bytes(1_024)), kept(of_bytes(1_025))), (of_bytes(1_024), None));
    }

    #[test]
    fn a_reason_has_one_name() {
        for reason in [CallReason::InsufficientFunds, CallReason::CampaignNotActive] {
            assert_eq!(serde_json::to_value(reason).expect("JSON"), reason.as_str());
        }
    }

    #[test]
    fn a_call_with_a_reason_of_another_version_is_read_without_it() {
        let cancelled = Call { reason: Some(CallReason::InsufficientFunds), ..sample_call() };
        let mut stored = serde_json::to_value(&cancelled).expect("JSON");
        assert_eq!(serde_json::from_value::<Call>(stored.clone()).expect("a call"), cancelled);
        stored["reason"] = json!("enqueue_failed");
        assert_eq!(serde_json::from_value::<Call>(stored).expect("a call").reason, None);
    }

    #[test]
    fn a_call_that_is_not_placed_reserves_nothing_and_its_campaigns_name_is_cut() {
        let mut call = Call { reserved_credits: 1, ..sample_call() };
        call.campaign.name = "ä".repeat(101);
        let cancelled = call.clone().cancelled(CallReason::CampaignNotActive);
        assert_eq!((cancelled.reserved_credits, cancelled.campaign.name), (0, "ä".repeat(100)));
        assert_eq!((cancelled.campaign.id, cancelled.id), (call.campaign.id, call.id));
    }

    #[test]
    fn a_call_that_was_never_finished_was_over_when_it_was_recorded() {
        let created_at = Timestamp::from_millis(7);
        let unfinished = Call { created_at, finished_at: None, ..sample_call() };
        assert_eq!(unfinished.over_at(), created_at);
        let finished = Call { finished_at: Some(Timestamp::from_millis(9)), ..unfinished };
        assert_eq!(finished.over_at(), Timestamp::from_millis(9));
    }
}
