use std::fmt;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::values::{IdempotencyKey, Randomness, Timestamp};

/// Longest id taken from outside (bulk calls bring ids of their own).
const MAX_ID_LENGTH: usize = 100;

/// The text is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 100 letters, digits, \"_\" or \"-\"{}", prefix_hint(.prefix))]
pub struct InvalidId {
    prefix: &'static str,
}

fn prefix_hint(prefix: &str) -> String {
    if prefix.is_empty() { String::new() } else { format!(" and starts with \"{prefix}\"") }
}

/// Ids are a prefix and a UUIDv7 in lower-case hex: sortable by time, and without dots, which Standard Webhooks asks for.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, accepts $accepted:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new id, sortable by `now`.
            #[must_use]
            pub fn new(now: Timestamp, randomness: &Randomness) -> Self {
                Self(format!(concat!($prefix, "{}"), uuid_v7(now, &randomness.bytes())))
            }

            /// Reads an id.
            ///
            /// # Errors
            ///
            /// [`InvalidId`] when the text cannot be one.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let allowed = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
                let fits = (1..=MAX_ID_LENGTH).contains(&text.len());
                if fits && text.starts_with($accepted) && text.bytes().all(allowed) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { prefix: $accepted })
                }
            }

            /// The id as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(/// An account (a customer).
    AccountId, "acc_", accepts "acc_");
id!(/// An inbound or outbound webhook.
    WebhookId, "wh_", accepts "wh_");
id!(/// A campaign. Bulk campaigns are not ours and bring ids of their own shape.
    CampaignId, "cmp_", accepts "");
id!(/// A call. Bulk and test calls bring ids of their own shape.
    CallId, "call_", accepts "");
id!(/// A delivery: one event for one endpoint. It is the `webhook-id` of each of its attempts.
    DeliveryId, "msg_", accepts "msg_");
id!(/// One request that an inbound webhook received.
    RequestId, "req_", accepts "req_");
id!(/// An API key's public half: it names the key, and opens nothing.
    ApiKeyId, "key_", accepts "key_");
id!(/// The public part of a portal token: it names a link or a session, and opens nothing.
    PortalTokenId, "ptk_", accepts "ptk_");
id!(/// One line of an account's ledger.
    LedgerEntryId, "led_", accepts "led_");

impl CallId {
    /// The id of the call that a request with this `Idempotency-Key` makes: the same for every repeat at the webhook or the
    /// campaign that was `asked`, so that the store's conditional write finds it. Its first bits are a hash and not a time.
    #[must_use]
    pub fn derived(asked: &str, key: &IdempotencyKey) -> Self {
        let hash = sha256(&["idempotency-key", asked, key.as_str()]);
        let bytes: [u8; 16] = std::array::from_fn(|i| hash[i]);
        Self(format!("call_{}", uuid::Builder::from_custom_bytes(bytes).into_uuid().simple()))
    }
}

impl DeliveryId {
    /// The id of the delivery of `call` to `webhook`: the same however often it is derived, so that a repeated completion
    /// sends nothing that a receiver could not recognise. `finished_at` is the call's, and makes the id sortable.
    ///
    /// An inbound webhook's response webhook and an outbound webhook never share a webhook id, so the event needs no part in it.
    #[must_use]
    pub fn derived(call: &CallId, webhook: &WebhookId, finished_at: Timestamp) -> Self {
        let hash = sha256(&["delivery", call.as_str(), webhook.as_str()]);
        let random: [u8; 10] = std::array::from_fn(|i| hash[i]);
        Self(format!("msg_{}", uuid_v7(finished_at, &random)))
    }
}

impl DeliveryId {
    /// The id of the delivery that tells `webhook` what became of another endpoint: the same whenever that is said again.
    #[must_use]
    pub fn of_event(about: &WebhookId, status: &str, since: Timestamp, webhook: &WebhookId) -> Self {
        let since_ms = since.as_millis().to_string();
        let hash = sha256(&["endpoint-event", about.as_str(), status, &since_ms, webhook.as_str()]);
        let random: [u8; 10] = std::array::from_fn(|i| hash[i]);
        Self(format!("msg_{}", uuid_v7(since, &random)))
    }
}

impl RequestId {
    /// How the ids of this moment begin.
    #[must_use]
    pub fn beginning_at(moment: Timestamp) -> String {
        // The first 48 bits of a UUIDv7 (RFC 9562, 5.7).
        format!("req_{:012x}", moment.as_millis())
    }
}

fn uuid_v7(now: Timestamp, random: &[u8; 10]) -> uuid::fmt::Simple {
    let uuid: Uuid = uuid::Builder::from_unix_timestamp_millis(now.as_millis(), random).into_uuid();
    uuid.simple()
}

/// SHA-256 of the parts, each with its length before it, so that no two lists of parts read the same.
fn sha256(parts: &[&str]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let hash = context.finish();
    std::array::from_fn(|i| hash.as_ref()[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Clock;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids: Vec<CallId> = [1_000, 1_001, 1_730_179_200_000]
            .map(|ms| CallId::new(Timestamp::from_millis(ms), &Randomness::system()))
            .into();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.as_str().len() == "call_".len() + 32));
    }

    #[test]
    fn a_requests_id_begins_with_its_moment() {
        for millis in [0, 1_730_179_200_000, Timestamp::MAX.as_millis()] {
            let moment = Timestamp::from_millis(millis);
            let id = RequestId::new(moment, &Randomness::system());
            let beginning = RequestId::beginning_at(moment);
            assert!(id.as_str().starts_with(&beginning) && beginning.len() == "req_".len() + 12, "{id}");
        }
    }

    #[test]
    fn two_ids_of_the_same_moment_differ() {
        let now = Clock::system().now();
        assert_ne!(WebhookId::new(now, &Randomness::system()), WebhookId::new(now, &Randomness::system()));
    }

    #[test]
    fn an_id_has_its_prefix_and_no_dot() {
        assert!(WebhookId::parse("wh_0190").is_ok());
        for wrong in ["", "acc_1", "wh_a.b", "wh_ä", &format!("wh_{}", "a".repeat(98))] {
            assert!(WebhookId::parse(wrong).is_err(), "{wrong}");
        }
        assert!(CallId::parse("bulk-7").is_ok());
    }

    #[test]
    fn a_derived_delivery_id_depends_on_call_and_webhook_alone_and_sorts_by_time() {
        let now = Timestamp::from_millis(1_730_179_200_000);
        let (call, webhook) =
            (CallId::new(now, &Randomness::system()), WebhookId::new(now, &Randomness::system()));
        let id = DeliveryId::derived(&call, &webhook, now);
        assert_eq!(id, DeliveryId::derived(&call, &webhook, now));
        assert_ne!(id, DeliveryId::derived(&CallId::new(now, &Randomness::system()), &webhook, now));
        assert_ne!(id, DeliveryId::derived(&call, &WebhookId::new(now, &Randomness::system()), now));
        assert!(id < DeliveryId::derived(&call, &webhook, Timestamp::from_millis(1_730_179_200_001)));
    }

    #[test]
    fn a_call_id_under_an_idempotency_key_belongs_to_its_webhook() {
        let key = IdempotencyKey::parse("order-7").expect("a key");
        let now = Clock::system().now();
        let (one, other) =
            (WebhookId::new(now, &Randomness::system()), WebhookId::new(now, &Randomness::system()));
        assert_eq!(CallId::derived(one.as_str(), &key), CallId::derived(one.as_str(), &key));
        assert_ne!(CallId::derived(one.as_str(), &key), CallId::derived(other.as_str(), &key));
    }

    #[test]
    fn a_stored_id_is_read_back_and_a_refusal_names_the_prefix() {
        let id = WebhookId::parse("wh_1").expect("an id");
        assert_eq!(serde_json::to_string(&id).expect("JSON"), "\"wh_1\"");
        assert_eq!(serde_json::from_str::<WebhookId>("\"wh_1\"").expect("an id"), id);
        let refused = |refused: InvalidId| refused.to_string();
        let rule = r#"an id has 1 to 100 letters, digits, "_" or "-""#;
        assert_eq!(
            WebhookId::parse("acc_1").map_err(refused),
            Err(format!(r#"{rule} and starts with "wh_""#))
        );
        assert_eq!(CallId::parse("a.b").map_err(refused), Err(rule.to_owned()));
    }
}
