//! The calls that a document must have a body for before it is saved.

use domain::{
    Analysis, Call, CallStatus, Event, Payload, Recipient, SAMPLE_WEBHOOK_ID, sample_call,
    sample_cancelled_call, sample_missed_call, sample_transcript,
};
use serde_json::value::RawValue;

pub(crate) struct Sample {
    /// In words for whose document has no body for it.
    pub(crate) name: &'static str,
    call: Call,
    transcript: Option<Box<RawValue>>,
}

impl Sample {
    pub(crate) fn payload(&self) -> Payload<'_> {
        Payload {
            event: Event::to_outbound(self.call.status),
            webhook_id: SAMPLE_WEBHOOK_ID,
            call: &self.call,
            transcript: self.transcript.as_deref(),
        }
    }
}

/// A full call, a missed one of which nothing but the number is known, and a failed one whose data was erased.
pub(crate) fn samples() -> [Sample; 3] {
    let full = sample_call();
    let recipient = full.recipient.clone().map(|recipient| Recipient::new(recipient.phone_number));
    let bare = Call { recipient, ..sample_missed_call() };
    let failed = Call {
        status: CallStatus::Failed,
        recipient: None,
        analysis: Some(Analysis::default()),
        ..bare.clone()
    };
    let full = Call { action_items: Some(vec!["Send the floor plan.".into()]), ..full };
    let transcript = serde_json::value::to_raw_value(&sample_transcript()).ok();
    [
        Sample { name: "a full call", call: full, transcript },
        Sample { name: "a missed call of which only the number is known", call: bare, transcript: None },
        Sample { name: "a failed call of which nothing is known", call: failed, transcript: None },
    ]
}

/// One that never rang, of which nothing but the number is known.
pub(crate) fn cancelled() -> Sample {
    Sample { name: "a cancelled call", call: sample_cancelled_call(), transcript: None }
}
