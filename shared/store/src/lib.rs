#![doc = include_str!("../README.md")]

mod accounts;
mod api_keys;
mod attempts;
mod batch;
mod bindings;
mod contention;
mod edits;
mod error;
mod intake;
mod item;
mod logs;
mod management;
mod outbox;
mod page;
mod results;
mod settlements;
mod transcript;

pub use accounts::Account;
pub use api_keys::{ApiKey, ApiKeyRecord, InvalidApiKey};
pub use attempts::{AttemptIds, Attempts, Loaded};
pub use bindings::Bound;
pub use edits::Edited;
pub use error::StoreError;
pub use intake::{Acceptance, InboundTarget, Intake};
pub use logs::FailurePosition;
pub use management::Management;
pub use outbox::Outbox;
pub use page::{InvalidPosition, Page, Position, Slice};
pub use results::CallFilter;
pub use settlements::{CompletedCall, Settled, Settlements};
pub use transcript::{StoredTranscript, TranscriptTooLarge};
