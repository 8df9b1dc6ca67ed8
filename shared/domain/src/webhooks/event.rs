use serde::{Deserialize, Serialize};

use crate::calls::CallStatus;

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
    /// To outbound webhooks that ask for it: another endpoint of their account was disabled because of how it answered.
    #[serde(rename = "webhook.disabled")]
    WebhookDisabled,
    /// To outbound webhooks that ask for it: another endpoint of their account fails, or works again.
    #[serde(rename = "webhook.failing")]
    WebhookFailing,
}

impl Event {
    /// What an outbound webhook may ask for, by name.
    pub const OF_OUTBOUND: [(&str, Self); 4] = [
        ("call.finished", Self::CallFinished),
        ("call.cancelled", Self::CallCancelled),
        ("webhook.disabled", Self::WebhookDisabled),
        ("webhook.failing", Self::WebhookFailing),
    ];

    /// Those that a preview of a payload shows, by name.
    pub const BY_NAME: [(&str, Self); 3] = [
        ("call.finished", Self::CallFinished),
        ("call.completed", Self::CallCompleted),
        ("call.cancelled", Self::CallCancelled),
    ];

    /// What an outbound webhook is told of that asks for nothing.
    pub const BY_DEFAULT: [Self; 1] = [Self::CallFinished];

    /// As what an outbound webhook is told of a call that is over.
    #[must_use]
    pub fn to_outbound(status: CallStatus) -> Self {
        if status == CallStatus::Cancelled { Self::CallCancelled } else { Self::CallFinished }
    }

    /// Whether it tells of an endpoint, and so of no call.
    #[must_use]
    pub fn is_about_an_endpoint(self) -> bool {
        matches!(self, Self::WebhookDisabled | Self::WebhookFailing)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallFinished => "call.finished",
            Self::CallCompleted => "call.completed",
            Self::CallCancelled => "call.cancelled",
            Self::WebhookDisabled => "webhook.disabled",
            Self::WebhookFailing => "webhook.failing",
        }
    }

    /// What the row of a delivery says of it: nothing, where it follows from the webhook.
    #[must_use]
    pub fn in_row(self) -> Option<Self> {
        match self {
            Self::CallFinished | Self::CallCompleted => None,
            Self::CallCancelled | Self::WebhookDisabled | Self::WebhookFailing => Some(self),
        }
    }
}
