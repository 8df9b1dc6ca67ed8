//! What the functions do with a request and with a completion, one transaction or read at a time.

use domain::{
    AccountId, Call, CallId, CallReason, CallStatus, CampaignId, CampaignRef, Completion, PhoneNumber,
    Recipient, Source, Timestamp, parse_completion, settle_credits,
};
use serde_json::json;

use crate::account::{Account, Refused};

/// The next thing that somebody does.
#[derive(Debug)]
pub(crate) enum Job {
    /// inbound: record a call and take its credit.
    Accept { call: Call },
    /// inbound: there was no credit.
    RecordCancelled { call: Call },
    /// fanout: look whether the call is on record.
    ReadCall(Box<Completion>),
    /// fanout: settle it. The balance is what was read of it, when the first try was refused.
    Settle { completed: Box<CompletedCall>, balance: Option<u64> },
    /// fanout: the balance was another.
    ReadBalance(Box<CompletedCall>),
}

/// store, `CompletedCall`.
#[derive(Debug)]
pub(crate) struct CompletedCall {
    pub(crate) call: Call,
    pub(crate) on_record: bool,
    message: Completion,
}

/// A request under an `Idempotency-Key`, which gives the call its id.
pub(crate) fn request(call: u8) -> Call {
    let campaign = CampaignRef { id: CampaignId::parse("cmp_1").expect("an id"), name: "Q4".into() };
    Call { reserved_credits: 1, ..new_call(call_id(call), Source::Inbound, campaign, CallStatus::Queued) }
}

/// A completion; `None` when the contract refuses it.
pub(crate) fn completion(call: u8, source: &str, status: &str, tokens: Option<u64>) -> Option<Job> {
    let message = json!({
        "version": 1, "type": "call.completion", "callId": call_id(call), "accountId": "acc_1", "source": source,
        "status": status, "finishedAt": 1, "campaign": {"id": "cmp_1", "name": "Q4"},
        "recipient": {"phoneNumber": "+15551234567"}, "tokensConsumed": tokens,
    });
    parse_completion(&message.to_string(), Timestamp::from_millis(0))
        .ok()
        .map(|completion| Job::ReadCall(Box::new(completion)))
}

impl Job {
    /// Does it; `None` when the job is done.
    pub(crate) fn step(self, account: &mut Account) -> Option<Self> {
        match self {
            Self::Accept { call } => match account.accept(&call) {
                Err(Refused::Balance) => Some(Self::RecordCancelled { call }),
                Ok(()) | Err(Refused::Call) => None,
            },
            Self::RecordCancelled { call } => {
                let (status, reason) = (CallStatus::Cancelled, Some(CallReason::InsufficientFunds));
                let _ = account.record_cancelled(&Call { status, reason, reserved_credits: 0, ..call });
                None
            }
            Self::ReadCall(message) => {
                let completed = completed_call(*message, account)?;
                Some(Self::Settle { completed: Box::new(completed), balance: None })
            }
            Self::Settle { completed, balance } => settle(completed, balance, account),
            Self::ReadBalance(completed) => {
                Some(Self::Settle { completed, balance: u64::try_from(account.credits).ok() })
            }
        }
    }
}

/// settlements.rs, `settle`: one round.
fn settle(completed: Box<CompletedCall>, balance: Option<u64>, account: &mut Account) -> Option<Job> {
    let call = &completed.call;
    let settlement = settle_credits(
        completed.message.status,
        call.tokens_consumed,
        call.reserved_credits,
        balance.unwrap_or(u64::from(u32::MAX)),
    );
    match account.settle(&completed, &settlement, balance) {
        Ok(()) => None,
        // In other hands: the queue brings the message again.
        Err(Refused::Call) => Some(Job::ReadCall(Box::new(completed.message))),
        Err(Refused::Balance) => Some(Job::ReadBalance(completed)),
    }
}

/// fanout, `completed_call`; `None` for a duplicate and for a dead letter.
fn completed_call(message: Completion, account: &Account) -> Option<CompletedCall> {
    let recorded = account.calls.get(&message.call_id).cloned();
    let on_record = recorded.is_some();
    let call = match recorded {
        Some(call) if call.settled_at.is_some() || call.status == CallStatus::Cancelled => return None,
        Some(call) => call,
        None => {
            let (campaign, _) = message.unqueued.clone()?;
            new_call(message.call_id.clone(), message.source, campaign, message.status.into())
        }
    };
    let tokens_consumed = message.tokens_consumed;
    let call = Call { status: message.status.into(), tokens_consumed, ..call };
    Some(CompletedCall { call, on_record, message })
}

fn call_id(number: u8) -> CallId {
    CallId::parse(&format!("call_{number}")).expect("an id")
}

fn new_call(id: CallId, source: Source, campaign: CampaignRef, status: CallStatus) -> Call {
    let account = AccountId::parse("acc_1").expect("an id");
    let recipient = Recipient::new(PhoneNumber::parse("+15551234567").expect("a number"));
    Call::new(id, account, source, campaign, recipient, status, Timestamp::from_millis(1))
}
