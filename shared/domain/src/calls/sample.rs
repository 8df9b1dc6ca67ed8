//! The call that the product's documentation prints: what a Test tells of, and what Zapier's editor shows.

use crate::calls::{
    Analysis, Call, CallReason, CallStatus, CampaignRef, LeadWarmth, Recipient, Sentiment, Source, Turn,
};
use crate::values::{AccountId, CallId, CampaignId, PhoneNumber, Timestamp};

/// `webhook.id` of the Test button's payload.
pub const SAMPLE_WEBHOOK_ID: &str = "webhook_test_outbound_456";

/// The call that the Test button tells of, as the product's documentation prints it.
///
/// # Panics
///
/// Never: its parts are constants that a test reads.
#[must_use]
pub fn sample_call() -> Call {
    let parsed = "the sample is valid";
    let finished_at = Timestamp::from_millis(1_730_179_200_000);
    let mut recipient = Recipient::new(PhoneNumber::parse("+15555551234").expect(parsed));
    recipient.first_name = Some("Jessica".into());
    recipient.last_name = Some("Smith".into());
    recipient.email = Some("jessica.smith@example.com".into());
    let campaign = CampaignRef {
        id: CampaignId::parse("campaign_test_xyz789").expect(parsed),
        name: "Example Campaign".into(),
    };
    Call {
        finished_at: Some(finished_at),
        summary: Some("Example call summary from the test button.".into()),
        recording: Some(
            "https://storage.googleapis.com/atllas-call-recordings/test-recording-example.mp3".into(),
        ),
        duration: Some(123),
        analysis: Some(Analysis {
            sentiment: Sentiment::Positive,
            lead_warmth: LeadWarmth::Hot,
            justification: "Example justification.".into(),
        }),
        tokens_consumed: Some(42),
        ..Call::new(
            CallId::parse("call_test_abc123def456").expect(parsed),
            AccountId::parse("acc_test").expect(parsed),
            Source::Test,
            campaign,
            recipient,
            CallStatus::Finished,
            finished_at,
        )
    }
}

/// The same call, if nobody had answered: it has no result.
#[must_use]
pub fn sample_missed_call() -> Call {
    Call {
        status: CallStatus::Missed,
        summary: None,
        recording: None,
        duration: None,
        analysis: None,
        tokens_consumed: None,
        ..sample_call()
    }
}

/// The same call, if the account had had no credit for it: it never rang.
#[must_use]
pub fn sample_cancelled_call() -> Call {
    Call { finished_at: None, ..sample_missed_call().cancelled(CallReason::InsufficientFunds) }
}

/// The transcript of [`sample_call`].
#[must_use]
pub fn sample_transcript() -> [Turn; 2] {
    let turn =
        |who: &str, what: &str, when: &str| Turn { who: who.into(), what: what.into(), when: when.into() };
    [
        turn("assistant", "Hi Jessica, this is Alex.", "2024-04-30T14:00:03.000Z"),
        turn("user", "I'm doing well, thanks for calling!", "2024-04-30T14:00:05.000Z"),
    ]
}
