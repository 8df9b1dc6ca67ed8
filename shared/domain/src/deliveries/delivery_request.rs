use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use url::Url;

use crate::deliveries::Payload;
use crate::values::{CustomHeaders, DeliveryId, TargetUrl, Timestamp};
use crate::webhooks::DeliveryMethod;

const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// The request of one attempt, without what the HTTP client adds to it.
pub struct DeliveryRequest {
    /// How the endpoint is requested.
    pub method: DeliveryMethod,
    /// With GET, the payload is in its query.
    pub url: Url,
    /// In the order in which they are sent. Those that are secrets are marked as sensitive.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// JSON; empty with GET.
    pub body: Vec<u8>,
}

crate::values::shows_only!(DeliveryRequest { method });

impl DeliveryRequest {
    /// All of it but the signature. `None` when the payload finds no room in the URL of a GET.
    ///
    /// # Errors
    ///
    /// None that values of these types can cause; serde's signature has one.
    pub fn unsigned(
        (method, url): (DeliveryMethod, &TargetUrl),
        custom: &CustomHeaders,
        delivery: &DeliveryId,
        payload: &Payload<'_>,
        now: Timestamp,
    ) -> serde_json::Result<Option<Self>> {
        let url = url.url();
        let (url, body) = match method {
            DeliveryMethod::Post => (url.clone(), payload.body()?),
            DeliveryMethod::Get => match payload.query_url(url)? {
                Some(url) => (url, Vec::new()),
                None => return Ok(None),
            },
        };
        let mut headers: Vec<(HeaderName, HeaderValue)> = custom.iter().collect();
        if method == DeliveryMethod::Post {
            headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        }
        headers.push((WEBHOOK_TIMESTAMP, HeaderValue::from(now.as_seconds())));
        headers.extend(HeaderValue::try_from(delivery.as_str()).ok().map(|id| (WEBHOOK_ID, id)));
        Ok(Some(Self { method, url, headers, body }))
    }

    /// What is signed: the body, or the query of a GET.
    #[must_use]
    pub fn signed_part(&self) -> &[u8] {
        match self.method {
            DeliveryMethod::Post => &self.body,
            DeliveryMethod::Get => self.url.query().unwrap_or_default().as_bytes(),
        }
    }

    /// Adds the signature.
    pub fn add_signature(&mut self, mut signature: HeaderValue) {
        // As a custom header's value is: an answer that repeats it is masked.
        signature.set_sensitive(true);
        self.headers.push((WEBHOOK_SIGNATURE, signature));
    }
}
