use serde::{Deserialize, Serialize};

use crate::values::{CallId, RequestId, Timestamp, WebhookId};

/// One request that an inbound webhook received: a row of its request log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestRecord {
    /// Which webhook received it.
    pub webhook_id: WebhookId,
    /// `req_…`
    pub id: RequestId,
    /// When.
    pub timestamp: Timestamp,
    /// What became of it.
    pub outcome: RequestOutcome,
    /// HTTP status of the answer.
    pub status_code: u16,
    /// Why: a code, or the words that the product's documentation tells its users to look for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The call that it made.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call_id: Option<CallId>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestOutcome {
    /// A call was queued.
    Accepted,
    /// A call was recorded and not placed.
    Cancelled,
    /// Nothing was recorded: the webhook has no campaign that could call.
    Ignored,
    /// The request was wrong.
    Rejected,
}
