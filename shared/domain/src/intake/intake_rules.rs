use serde::{Deserialize, Serialize};

use crate::intake::RequiredHeader;

/// What an inbound webhook's owner has set for its requests, beyond what is documented of every one. Most webhooks have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IntakeRules {
    /// The header without which a request is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_header: Option<RequiredHeader>,
}

impl IntakeRules {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
