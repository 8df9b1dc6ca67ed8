use domain::{CallId, CallReason, RequestId, RequestOutcome, RequestRecord, Timestamp, WebhookId};

use crate::answer::Answer;

/// What became of a request: its answer, and its row of the request log.
#[derive(Debug)]
pub(crate) struct HandledRequest {
    pub(crate) answer: Answer,
    outcome: RequestOutcome,
    reason: Option<String>,
    call_id: Option<CallId>,
}

impl HandledRequest {
    /// The request was wrong.
    pub(crate) fn rejected(answer: Answer) -> Self {
        let reason = answer.code().map(str::to_owned);
        Self { answer, outcome: RequestOutcome::Rejected, reason, call_id: None }
    }

    /// The webhook has no campaign that could call.
    pub(crate) fn ignored(reason: &str) -> Self {
        let reason = Some(reason.to_owned());
        Self { answer: Answer::Accepted, outcome: RequestOutcome::Ignored, reason, call_id: None }
    }

    /// The call is recorded and not placed. An empty balance is logged in the words that the product's documentation tells its
    /// users to look for.
    pub(crate) fn cancelled(reason: Option<CallReason>, call: CallId) -> Self {
        let reason = reason.map(|reason| match reason {
            CallReason::InsufficientFunds => "insufficient funds".to_owned(),
            CallReason::CampaignNotActive => reason.as_str().to_owned(),
        });
        Self { answer: Answer::Accepted, outcome: RequestOutcome::Cancelled, reason, call_id: Some(call) }
    }

    /// The call is queued.
    pub(crate) fn accepted(dropped_fields: &[&str], call: CallId) -> Self {
        let reason =
            (!dropped_fields.is_empty()).then(|| format!("dropped fields: {}", dropped_fields.join(", ")));
        Self { answer: Answer::Accepted, outcome: RequestOutcome::Accepted, reason, call_id: Some(call) }
    }

    /// The row of the request log; `id` is the request's.
    pub(crate) fn record(&self, id: RequestId, webhook: &WebhookId, timestamp: Timestamp) -> RequestRecord {
        RequestRecord {
            webhook_id: webhook.clone(),
            id,
            timestamp,
            outcome: self.outcome,
            status_code: self.answer.status().as_u16(),
            reason: self.reason.clone(),
            call_id: self.call_id.clone(),
        }
    }
}
