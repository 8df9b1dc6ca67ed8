//! A call, and what the dialer reports of it.

mod call;
mod carried;
mod completion;
mod completion_reader;
mod recipient;
mod sample;

pub use call::{Analysis, Call, CallReason, CallStatus, CampaignRef, LeadWarmth, Sentiment, Source, Turn};
pub use carried::{MAX_EXTRACTED_BYTES, MAX_METADATA_BYTES};
pub(crate) use carried::{carried_object, is_variable, variables};
pub use completion::{Completion, CompletionStatus, InvalidCompletion, parse_completion};
pub use recipient::Recipient;
pub(crate) use recipient::{Unusable, plain_text};
pub use sample::{
    SAMPLE_WEBHOOK_ID, sample_call, sample_cancelled_call, sample_missed_call, sample_transcript,
};
