use serde::{Deserialize, Serialize};
use url::Url;

use crate::deliveries::Told;
use crate::deliveries::query_parameters::{MAX_URL_BYTES, QueryParameters};
use crate::values::{Timestamp, WebhookId};
use crate::webhooks::{Endpoint, Event, Webhook};

/// Most characters of a webhook's name that are told: with them an event stays below a kilobyte.
const MAX_NAME_CHARS: usize = 100;

/// What has become of one of an account's own endpoints, as its other webhooks are told of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointEvent {
    /// Since when it is so, or was: that is stored, so what is said twice is said in the same words.
    pub timestamp: Timestamp,
    /// The endpoint.
    pub webhook: EndpointFacts,
}

/// What is told of an endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFacts {
    /// The outbound webhook, or the inbound webhook whose response webhook it is.
    pub id: WebhookId,
    /// How its owner calls it.
    pub name: String,
    /// The origin of its URL. The rest may carry a token.
    pub url: String,
    /// What it is now.
    pub status: EndpointStatus,
    /// Why: `gone` or `failing` when it is disabled, else the code of the newest attempt's error; `None` when it works again.
    pub reason: Option<String>,
    /// Since when it is disabled, or has failed; when it works again, since when it had.
    pub since: Timestamp,
}

crate::values::shows_only!(EndpointEvent { timestamp, webhook });
crate::values::shows_only!(EndpointFacts { id, status, reason, since });

/// What an endpoint is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointStatus {
    /// Nothing is delivered to it any more.
    Disabled,
    /// Its last attempts have failed, one after the other.
    Failing,
    /// It failed, and works again.
    Recovered,
}

impl EndpointStatus {
    /// The name in the payload.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Failing => "failing",
            Self::Recovered => "recovered",
        }
    }
}

impl EndpointEvent {
    /// What is told of this endpoint of a webhook.
    #[must_use]
    pub fn new(
        webhook: &Webhook,
        endpoint: &Endpoint,
        (status, reason): (EndpointStatus, Option<&str>),
        since: Timestamp,
    ) -> Self {
        let webhook = EndpointFacts {
            id: webhook.id.clone(),
            name: webhook.name.chars().take(MAX_NAME_CHARS).collect(),
            url: endpoint.url.origin(),
            status,
            reason: reason.map(str::to_owned),
            since,
        };
        Self { timestamp: since, webhook }
    }

    /// Under which name it is asked for.
    #[must_use]
    pub fn event(&self) -> Event {
        match self.webhook.status {
            EndpointStatus::Disabled => Event::WebhookDisabled,
            EndpointStatus::Failing | EndpointStatus::Recovered => Event::WebhookFailing,
        }
    }

    /// Whether this webhook is told: it asks for it, is enabled, and is not what is told of. Nor is one that has the very same
    /// URL (`url` is the digest of that): it is the same receiver, which answers this delivery as it has answered the others.
    #[must_use]
    pub fn is_for(&self, webhook: &Webhook, url: &str) -> bool {
        let itself = |endpoint: &Endpoint| webhook.id == self.webhook.id || endpoint.url.digest() == url;
        let enabled = webhook.endpoint_for(self.event());
        webhook.asks_for(self.event()) && enabled.is_ok_and(|endpoint| !itself(endpoint))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: Event,
    #[serde(flatten)]
    told: &'a EndpointEvent,
}

impl Told for EndpointEvent {
    fn body(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Body { r#type: self.event(), told: self })
    }

    fn query_url(&self, url: &Url) -> serde_json::Result<Option<Url>> {
        let EndpointFacts { id, name, url: origin, status, reason, since } = &self.webhook;
        let mut query = QueryParameters::default();
        query.push("type", self.event().as_str());
        query.push("timestamp", &self.timestamp.as_millis().to_string());
        query.push("webhook.id", id.as_str());
        query.push_text("webhook.name", Some(name));
        query.push("webhook.url", origin);
        query.push("webhook.status", status.as_str());
        query.push("webhook.reason", reason.as_deref().unwrap_or_default());
        query.push("webhook.since", &since.as_millis().to_string());
        let url = query.after(url);
        Ok((url.as_str().len() <= MAX_URL_BYTES).then_some(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::samples::{asking, endpoint, outbound};
    use crate::webhooks::{DeliveryMethod, DisabledState};

    fn event(status: EndpointStatus, reason: Option<&str>) -> EndpointEvent {
        let url = crate::values::TargetUrl::parse("https://hooks.example.com:8443/in?token=s");
        let told = Endpoint::new(url.expect("a URL"), DeliveryMethod::Post);
        EndpointEvent::new(&outbound("wh_1"), &told, (status, reason), Timestamp::from_millis(7))
    }

    #[test]
    fn an_event_says_which_endpoint_and_what_became_of_it_and_no_path_of_its_url() {
        let body = event(EndpointStatus::Failing, Some("http_500")).body().expect("a body");
        let expected = r#"{"type":"webhook.failing","timestamp":7,"webhook":{"id":"wh_1","name":"wh_1","url":"https://hooks.example.com:8443","status":"failing","reason":"http_500","since":7}}"#;
        assert_eq!(String::from_utf8(body).expect("UTF-8"), expected);
        let recovered = event(EndpointStatus::Recovered, None).body().expect("a body");
        let recovered = String::from_utf8(recovered).expect("UTF-8");
        assert!(recovered.contains(r#""status":"recovered","reason":null,"since":7"#), "{recovered}");
    }

    #[test]
    fn a_get_endpoint_is_told_the_same_by_parameters() {
        let told = event(EndpointStatus::Disabled, Some("gone"));
        let url = told.query_url(&Url::parse("https://example.com/?a=b").expect("a URL")).expect("a URL");
        let expected = "https://example.com/?a=b&type=webhook.disabled&timestamp=7&webhook.id=wh_1&webhook.name=wh_1\
            &webhook.url=https%3A%2F%2Fhooks.example.com%3A8443&webhook.status=disabled&webhook.reason=gone&webhook.since=7";
        assert_eq!(url.expect("room").as_str(), expected);
    }

    #[test]
    fn a_long_name_is_cut() {
        let named = Webhook { name: "ä".repeat(200), ..outbound("wh_1") };
        let (at, what) = (Timestamp::from_millis(7), (EndpointStatus::Disabled, Some("gone")));
        assert_eq!(EndpointEvent::new(&named, &endpoint(), what, at).webhook.name, "ä".repeat(100));
    }

    #[test]
    fn who_asks_for_it_is_told_but_not_the_endpoint_itself_under_whatever_name() {
        let told = event(EndpointStatus::Failing, None);
        let (other, same) = ("of another URL", endpoint().url.digest());
        let asks = asking("wh_2", &[Event::WebhookFailing]);
        assert!(told.is_for(&asks, other));
        assert!(!told.is_for(&asks, &same), "the same URL");
        assert!(!told.is_for(&asking("wh_1", &[Event::WebhookFailing]), other), "itself");
        assert!(!told.is_for(&asking("wh_2", &[Event::WebhookDisabled, Event::CallFinished]), other));
        let state = DisabledState::Disabled {
            disabled_reason: "owner".into(),
            disabled_at: Timestamp::from_millis(1),
            is_untold: false,
        };
        assert!(!told.is_for(&Webhook { state, ..asks }, other), "disabled");
    }
}
