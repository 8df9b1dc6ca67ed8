use domain::{Call, CallStatus, Completion, InvalidCompletion, Source, Timestamp};
use store::{CompletedCall, StoredTranscript};

/// Why a completion can never be used: it goes to the dead-letter queue. Quotes nothing of the message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompletionError {
    #[error(transparent)]
    Invalid(#[from] InvalidCompletion),
    #[error("there is no such account")]
    UnknownAccount,
    #[error("no call with this id was queued")]
    UnknownCall,
    #[error("the call belongs to another account")]
    AccountMismatch,
    #[error("the call was cancelled and never queued")]
    CallCancelled,
    #[error("the call with its transcript does not fit an item of 400 KB, not even compressed")]
    TooLarge,
}

impl CompletionError {
    /// The code that the dead letter carries.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::UnknownAccount => "unknown_account",
            Self::UnknownCall => "unknown_call",
            Self::AccountMismatch => "account_mismatch",
            Self::CallCancelled => "call_cancelled",
            Self::TooLarge => "too_large",
        }
    }
}

/// The call that a completion is about, with what the completion says of it. `recorded` is what is on record under its id.
pub(crate) fn completed_call(
    completion: Completion,
    recorded: Option<Call>,
    now: Timestamp,
) -> Result<CompletedCall, CompletionError> {
    let on_record = recorded.is_some();
    let call = match recorded {
        Some(call) if call.account_id != completion.account_id => {
            return Err(CompletionError::AccountMismatch);
        }
        Some(call) if call.status == CallStatus::Cancelled => return Err(CompletionError::CallCancelled),
        Some(call) => call,
        None => unqueued_call(&completion, now)?,
    };
    let transcript = match &completion.transcript {
        None => None,
        Some(turns) => Some(StoredTranscript::compress(turns).map_err(|_| CompletionError::TooLarge)?),
    };
    Ok(CompletedCall {
        call: Call {
            status: completion.status.into(),
            finished_at: Some(completion.finished_at),
            summary: completion.summary,
            recording: completion.recording,
            duration: completion.duration,
            analysis: completion.analysis,
            action_items: completion.action_items,
            extracted: completion.extracted,
            tokens_consumed: completion.tokens_consumed,
            notes: completion.notes,
            ..call
        },
        status: completion.status,
        transcript,
        on_record,
    })
}

/// A bulk or test call, which this system hears of now.
fn unqueued_call(completion: &Completion, now: Timestamp) -> Result<Call, CompletionError> {
    let Some((campaign, recipient)) = completion.unqueued.clone() else {
        return Err(CompletionError::UnknownCall);
    };
    debug_assert_ne!(completion.source, Source::Inbound);
    Ok(Call {
        metadata: completion.metadata.clone(),
        ..Call::new(
            completion.call_id.clone(),
            completion.account_id.clone(),
            completion.source,
            campaign,
            recipient,
            completion.status.into(),
            now,
        )
    })
}

#[cfg(test)]
mod tests {
    use domain::{parse_completion, sample_call};

    use super::*;

    fn completion(source: &str) -> Completion {
        let message = format!(
            r#"{{"version":1,"type":"call.completion","callId":"call_1","accountId":"acc_test","source":"{source}",
            "status":"missed","finishedAt":1730179342000,"campaign":{{"id":"campaign_123","name":"Q4"}},
            "recipient":{{"phoneNumber":"+15557654321"}},"tokensConsumed":2}}"#
        );
        parse_completion(&message, Timestamp::from_millis(7)).expect("a completion")
    }

    fn completed(completion: Completion, recorded: Option<Call>) -> Result<CompletedCall, CompletionError> {
        completed_call(completion, recorded, Timestamp::from_millis(7))
    }

    #[test]
    fn a_recorded_call_keeps_its_own_recipient_and_campaign() {
        let recorded = Call { status: CallStatus::Queued, ..sample_call() };
        let completed = completed(completion("campaign"), Some(recorded.clone())).expect("usable");
        assert!(completed.on_record);
        assert_eq!(completed.call.recipient, recorded.recipient);
        assert_eq!(completed.call.campaign, recorded.campaign);
        assert_eq!(completed.call.status, CallStatus::Missed);
        assert_eq!(completed.call.tokens_consumed, Some(2));
        assert_eq!(completed.call.summary, None);
    }

    #[test]
    fn a_bulk_call_is_recorded_from_its_completion() {
        let completed = completed(completion("campaign"), None).expect("usable");
        assert!(!completed.on_record);
        assert_eq!(completed.call.recipient.expect("a recipient").phone_number.as_str(), "+15557654321");
        assert_eq!(completed.call.campaign.name, "Q4");
        assert_eq!(completed.call.created_at, Timestamp::from_millis(7));
    }

    #[test]
    fn what_can_never_be_used_is_told_apart() {
        let other =
            Call { account_id: domain::AccountId::parse("acc_other").expect("an id"), ..sample_call() };
        let cancelled = Call { status: CallStatus::Cancelled, ..sample_call() };
        for (source, recorded, code) in [
            ("inbound", None, "unknown_call"),
            ("inbound", Some(other), "account_mismatch"),
            ("inbound", Some(cancelled), "call_cancelled"),
        ] {
            assert_eq!(completed(completion(source), recorded).expect_err(code).code(), code);
        }
    }
}
