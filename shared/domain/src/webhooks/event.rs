use serde::{Deserialize, Serialize};

/// The event that a delivery tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// To outbound webhooks: every call field is there, with a neutral value where the call has none.
    #[serde(rename = "call.finished")]
    CallFinished,
    /// To response webhooks, and from the Test button: what the call has not is left out.
    #[serde(rename = "call.completed")]
    CallCompleted,
}

impl Event {
    /// Each that tells of a call, by name.
    pub const BY_NAME: [(&str, Self); 2] =
        [("call.finished", Self::CallFinished), ("call.completed", Self::CallCompleted)];
}
