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
    /// To outbound webhooks that ask for it: a call that was accepted and will not ring. In the words of `call.finished`.
    #[serde(rename = "call.cancelled")]
    CallCancelled,
}

impl Event {
    /// What an outbound webhook may ask for, by name.
    pub const OF_OUTBOUND: [(&str, Self); 2] =
        [("call.finished", Self::CallFinished), ("call.cancelled", Self::CallCancelled)];

    /// What an outbound webhook is told of that asks for nothing.
    pub const BY_DEFAULT: [Self; 1] = [Self::CallFinished];

    /// What the row of a delivery says of it: nothing, where it follows from the webhook.
    #[must_use]
    pub fn in_row(self) -> Option<Self> {
        match self {
            Self::CallFinished | Self::CallCompleted => None,
            Self::CallCancelled => Some(self),
        }
    }
}
