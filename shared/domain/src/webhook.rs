use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{AccountId, CampaignId, Slug, TargetUrl, Timestamp, WebhookId};

/// A webhook of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Whose it is.
    pub account_id: AccountId,
    /// `wh_…`
    pub id: WebhookId,
    /// The name its owner gave it.
    pub name: String,
    /// Enabled, or why it is not.
    #[serde(flatten)]
    pub state: DisabledState,
    /// Signs its deliveries. An inbound webhook has one too, for its callback.
    pub signing_secret: SealedBytes,
    /// The secret before, while receivers may still verify with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous_secret: Option<SealedSecret>,
    /// `zapier`, when it was made by Zapier's subscription and is edited by nobody else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub managed_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What it is for.
    #[serde(flatten)]
    pub kind: WebhookKind,
}

/// What a webhook is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "direction", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum WebhookKind {
    /// Takes requests that trigger calls.
    Inbound {
        /// The secret part of its URL.
        slug: Slug,
        /// The campaign whose calls it triggers; bound once.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        campaign_id: Option<CampaignId>,
        /// Where the result of each of its calls goes: the response webhook.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        response_webhook: Option<ResponseWebhook>,
    },
    /// Is told of every finished call of the account.
    Outbound {
        /// Where to.
        endpoint: Endpoint,
    },
}

/// The callback of an inbound webhook. It is disabled apart from it: a callback that is gone must not stop the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ResponseWebhook {
    pub endpoint: Endpoint,
    #[serde(flatten)]
    pub state: DisabledState,
}

/// Where deliveries go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The URL.
    pub url: TargetUrl,
    /// How it is requested.
    pub method: DeliveryMethod,
    /// Names of the custom headers, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub header_names: Vec<String>,
    /// The custom headers, sealed; `None` when there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sealed_headers: Option<SealedBytes>,
    /// Since when no attempt has succeeded; `None` when the last one did, or none was made.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failing_since: Option<Timestamp>,
}

/// How an endpoint is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeliveryMethod {
    /// The payload is the body.
    Post,
    /// The payload's scalars are query parameters.
    Get,
}

/// Whether something is enabled; if not, why and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DisabledState {
    Enabled,
    Disabled { disabled_reason: String, disabled_at: Timestamp },
}

impl DisabledState {
    /// Whether it takes requests or deliveries.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        *self == Self::Enabled
    }
}

/// Bytes that only KMS can open.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBytes(pub Vec<u8>);

/// A signing secret that is in its overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecret {
    /// The secret.
    pub sealed: SealedBytes,
    /// Until when deliveries are signed with it too.
    pub expires_at: Timestamp,
}

impl fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedBytes(***)")
    }
}

impl Serialize for SealedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for SealedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = SealedBytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<SealedBytes, E> {
                Ok(SealedBytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<SealedBytes, E> {
                Ok(SealedBytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}
