use std::time::Duration;
use std::{fmt, iter};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::values::{AccountId, CampaignId, Slug, TargetUrl, Timestamp, WebhookId};
use crate::webhooks::{CallFilter, Event};

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
    /// Signs its deliveries. An inbound webhook has one too, for its response webhook.
    pub signing_secret: SealedBytes,
    /// The secrets before, newest first, while receivers may still verify with them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub previous_secrets: Vec<SealedSecret>,
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

/// Secrets that may sign beside the current one: a rotation whose answer was lost is repeated, and repeated again, and the
/// receiver still has the first one. Each costs a call to KMS and 47 bytes of a header.
const MAX_PREVIOUS_SECRETS: usize = 4;

impl Webhook {
    /// The status under which it is stored. An enabled webhook with rules says so there, because status and campaign are all
    /// that the index by slug copies, and what an index copies can never be changed. So a request learns from the index that
    /// there are rules to be read, and without any it reads no more than it ever did.
    #[must_use]
    pub fn stored_status(&self) -> &'static str {
        match (&self.state, &self.kind) {
            (DisabledState::Disabled { .. }, _) => "disabled",
            (DisabledState::Enabled, WebhookKind::Inbound { has_rules: true, .. }) => "enabled_with_rules",
            (DisabledState::Enabled, _) => "enabled",
        }
    }

    /// Replaces the signing secret. The one before signs beside it until the overlap is over, and so does each that is in an
    /// overlap already, for as long as it was promised. No overlap ends them all at once.
    pub fn rotate_signing_secret(&mut self, new: SealedBytes, overlap: Duration, now: Timestamp) {
        let sealed = std::mem::replace(&mut self.signing_secret, new);
        let promised = std::mem::take(&mut self.previous_secrets);
        if overlap.is_zero() {
            return;
        }
        let replaced = SealedSecret { sealed, expires_at: now.plus(overlap) };
        let in_overlap = promised.into_iter().filter(|previous| previous.expires_at > now);
        self.previous_secrets = iter::once(replaced).chain(in_overlap).take(MAX_PREVIOUS_SECRETS).collect();
    }

    /// The secrets that sign a delivery at this moment, the current one first.
    pub fn secrets_that_sign(&self, now: Timestamp) -> impl Iterator<Item = &SealedBytes> {
        let in_overlap = self.previous_secrets.iter().filter(move |previous| previous.expires_at > now);
        iter::once(&self.signing_secret).chain(in_overlap.map(|previous| &previous.sealed))
    }
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
        /// Whether its owner has set rules for its requests. They lie apart: who reads webhooks for a fan-out needs none.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        has_rules: bool,
    },
    /// Is told of the calls of the account.
    Outbound {
        /// Where to.
        endpoint: Endpoint,
        /// Of which calls; of all when there is none.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        filter: Option<CallFilter>,
        /// What it asks for: something, and nothing twice.
        #[serde(skip_serializing_if = "is_default", default = "default_events")]
        events: Vec<Event>,
    },
}

fn default_events() -> Vec<Event> {
    Event::BY_DEFAULT.to_vec()
}

fn is_default(events: &[Event]) -> bool {
    events == Event::BY_DEFAULT
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The response webhook of an inbound webhook. It is disabled apart from it: a response webhook that is gone must not stop the calls.
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
    /// How many attempts have failed in a row: at most three, of which its owner is told; four when that is done.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub failures: u32,
    /// When its owner was last told that it fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub told_failing_at: Option<Timestamp>,
    /// Since when it has succeeded slowly; `None` when the last success was fast, or there was none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub slow_since: Option<Timestamp>,
    /// Which [`EndpointPayload`](crate::webhooks::EndpointPayload) is its own; `None` is the documented payload.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payload_version: Option<Timestamp>,
}

impl Endpoint {
    /// An endpoint without custom headers, to which nothing was sent yet.
    #[must_use]
    pub fn new(url: TargetUrl, method: DeliveryMethod) -> Self {
        Self {
            url,
            method,
            header_names: Vec::new(),
            sealed_headers: None,
            failing_since: None,
            failures: 0,
            told_failing_at: None,
            slow_since: None,
            payload_version: None,
        }
    }
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

impl DeliveryMethod {
    /// Both, by name.
    pub const BY_NAME: [(&str, Self); 2] = [("POST", Self::Post), ("GET", Self::Get)];
}

/// Whether something is enabled; if not, why and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DisabledState {
    /// [`Webhook::stored_status`] says why there are two words for it.
    #[serde(alias = "enabled_with_rules")]
    Enabled,
    Disabled {
        disabled_reason: String,
        disabled_at: Timestamp,
        /// Whether those who are to hear of it may not have been told: whoever disabled it had still to do that.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_untold: bool,
    },
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

/// Webhooks for the tests of this crate.
#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::calls::sample_call;
    use crate::values::Clock;

    pub(crate) fn endpoint() -> Endpoint {
        Endpoint::new(TargetUrl::parse("https://example.com/hook").expect("a URL"), DeliveryMethod::Post)
    }

    pub(crate) fn webhook(id: &str, kind: WebhookKind) -> Webhook {
        Webhook {
            account_id: sample_call().account_id,
            id: WebhookId::parse(id).expect("an id"),
            name: id.to_owned(),
            state: DisabledState::Enabled,
            signing_secret: SealedBytes(vec![]),
            previous_secrets: Vec::new(),
            managed_by: None,
            created_at: Clock::system().now(),
            updated_at: Clock::system().now(),
            kind,
        }
    }

    pub(crate) fn outbound(id: &str) -> Webhook {
        asking(id, &Event::BY_DEFAULT)
    }

    pub(crate) fn asking(id: &str, events: &[Event]) -> Webhook {
        webhook(id, WebhookKind::Outbound { endpoint: endpoint(), filter: None, events: events.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn at(hour: u64) -> Timestamp {
        Timestamp::from_millis(hour * 3_600_000)
    }

    /// The webhook after rotations to the secrets 1, 2, …, each at an hour and with an overlap of hours.
    fn rotated(rotations: &[(u64, u32)]) -> Webhook {
        let mut webhook = Webhook { signing_secret: SealedBytes(vec![0]), ..samples::outbound("wh_1") };
        for (new, (hour, overlap)) in (1..).zip(rotations) {
            webhook.rotate_signing_secret(SealedBytes(vec![new]), HOUR * *overlap, at(*hour));
        }
        webhook
    }

    /// Each secret that signs beside the current one, with the hour of its end.
    fn previous(rotations: &[(u64, u32)]) -> Vec<(u8, Timestamp)> {
        let webhook = rotated(rotations);
        webhook.previous_secrets.iter().map(|previous| (previous.sealed.0[0], previous.expires_at)).collect()
    }

    #[test]
    fn a_webhook_is_read_as_it_was_stored_with_rules_or_without() {
        let disabled =
            DisabledState::Disabled { disabled_reason: "owner".into(), disabled_at: at(1), is_untold: false };
        for (has_rules, state, status) in [
            (false, DisabledState::Enabled, "enabled"),
            (true, DisabledState::Enabled, "enabled_with_rules"),
            (true, disabled, "disabled"),
        ] {
            let slug = crate::values::Slug::generate(&crate::values::Randomness::system());
            let kind = WebhookKind::Inbound { slug, campaign_id: None, response_webhook: None, has_rules };
            let webhook = Webhook { state, ..samples::webhook("wh_1", kind) };
            assert_eq!(webhook.stored_status(), status);
            let mut stored = serde_json::to_value(&webhook).expect("JSON");
            stored["status"] = status.into();
            assert_eq!(
                stored.get("hasRules").is_some(),
                has_rules,
                "a webhook without rules is stored as before"
            );
            assert_eq!(serde_json::from_value::<DisabledState>(stored).expect("a state"), webhook.state);
        }
    }

    #[test]
    fn failures_are_stored_while_there_are_some() {
        let stored = |failures| {
            let endpoint = Endpoint { failures, ..samples::endpoint() };
            serde_json::to_value(endpoint).expect("JSON").get("failures").cloned()
        };
        assert_eq!((stored(0), stored(3)), (None, Some(3.into())));
    }

    #[test]
    fn what_a_webhook_asks_for_is_stored_when_it_is_not_the_default() {
        let stored =
            |events: &[Event]| serde_json::to_value(samples::asking("wh_1", events).kind).expect("JSON");
        let read = |stored| serde_json::from_value::<WebhookKind>(stored).expect("a kind");
        let by_default = stored(&Event::BY_DEFAULT);
        assert_eq!(by_default.get("events"), None);
        assert_eq!(read(by_default), samples::outbound("wh_1").kind);
        let asked = [Event::CallCancelled, Event::CallFinished];
        assert_eq!(stored(&asked)["events"], serde_json::json!(["call.cancelled", "call.finished"]));
        assert_eq!(read(stored(&asked)), samples::asking("wh_1", &asked).kind);
    }

    #[test]
    fn a_rotated_secret_signs_until_its_overlap_is_over() {
        assert_eq!(rotated(&[(1, 24)]).signing_secret, SealedBytes(vec![1]));
        assert_eq!(previous(&[(1, 24)]), [(0, at(25))]);
    }

    #[test]
    fn the_current_secret_signs_first_and_one_in_its_overlap_beside_it() {
        let webhook = rotated(&[(1, 24), (2, 8)]);
        let signing =
            |hour| webhook.secrets_that_sign(at(hour)).map(|sealed| sealed.0[0]).collect::<Vec<_>>();
        assert_eq!([signing(2), signing(9)], [[2, 1, 0], [2, 1, 0]]);
        assert_eq!([signing(10), signing(24)], [[2, 0], [2, 0]]);
        assert_eq!(signing(25), [2]);
    }

    #[test]
    fn a_rotation_that_is_repeated_ends_no_secret_before_its_time() {
        assert_eq!(previous(&[(1, 24), (2, 24)]), [(1, at(26)), (0, at(25))]);
        assert_eq!(previous(&[(1, 2), (4, 24)]), [(1, at(28))]);
        assert_eq!(previous(&[(1, 2), (3, 24)]), [(1, at(27))], "its overlap ends at this moment");
    }

    #[test]
    fn without_an_overlap_all_older_secrets_end() {
        assert_eq!(previous(&[(1, 24), (2, 24), (3, 0)]), []);
    }

    #[test]
    fn no_more_than_four_sign_beside_the_current_one() {
        let kept = previous(&[(1, 24), (1, 24), (1, 24), (1, 24), (1, 24), (1, 24)]);
        assert_eq!(kept.iter().map(|(secret, _)| *secret).collect::<Vec<_>>(), [5, 4, 3, 2]);
    }

    #[test]
    fn what_is_sealed_is_stored_as_bytes_and_never_shown() {
        let sealed = SealedBytes(b"abc".to_vec());
        assert_eq!(serde_json::to_string(&sealed).expect("JSON"), "[97,98,99]");
        // Of all JSON, serde_json takes a text for bytes.
        assert_eq!(serde_json::from_str::<SealedBytes>("\"abc\"").expect("bytes"), sealed);
        let refused = serde_json::from_str::<SealedBytes>("7").expect_err("a number").to_string();
        assert!(refused.contains("expected bytes"), "{refused}");
        assert_eq!(format!("{sealed:?}"), "SealedBytes(***)");
    }
}
