use serde::{Deserialize, Serialize};

use crate::values::{JsonObject, Timestamp};

/// The payload that an endpoint's owner has designed, as it was written. It lies apart from the webhook: who reads webhooks for a
/// fan-out needs none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointPayload {
    /// When this document was written. No two documents of a webhook have the same, so what was read of one may be kept by it.
    pub version: Timestamp,
    /// The document.
    pub document: JsonObject,
}
