use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use url::Url;

use crate::deliveries::Told;
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
    /// Empty with GET.
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
        payload: &dyn Told,
        now: Timestamp,
    ) -> serde_json::Result<Option<Self>> {
        if method == DeliveryMethod::Post {
            return Ok(Some(Self::posted(url, custom, delivery, ("application/json", payload.body()?), now)));
        }
        let Some(url) = payload.query_url(url.url())? else { return Ok(None) };
        let headers = custom.iter().chain(about(delivery, now)).collect();
        Ok(Some(Self { method, url, headers, body: Vec::new() }))
    }

    /// A POST of this body, with its content type: all of it but the signature.
    #[must_use]
    pub fn posted(
        url: &TargetUrl,
        custom: &CustomHeaders,
        delivery: &DeliveryId,
        (content_type, body): (&'static str, Vec<u8>),
        now: Timestamp,
    ) -> Self {
        let content_type = (CONTENT_TYPE, HeaderValue::from_static(content_type));
        let headers = custom.iter().chain([content_type]).chain(about(delivery, now)).collect();
        Self { method: DeliveryMethod::Post, url: url.url().clone(), headers, body }
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

/// When the attempt is made, and of which delivery it is.
fn about(delivery: &DeliveryId, now: Timestamp) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let id = HeaderValue::try_from(delivery.as_str()).ok().map(|id| (WEBHOOK_ID, id));
    [(WEBHOOK_TIMESTAMP, HeaderValue::from(now.as_seconds()))].into_iter().chain(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::sample_call;
    use crate::deliveries::Payload;
    use crate::webhooks::Event;

    const NOW: Timestamp = Timestamp::from_seconds(1_730_179_200);

    fn request(method: DeliveryMethod, url: &str) -> Option<DeliveryRequest> {
        let call = sample_call();
        let payload =
            Payload { event: Event::CallFinished, webhook_id: "wh_1", call: &call, transcript: None };
        let custom = CustomHeaders::parse(vec![("X-Key".to_owned(), "k".to_owned())]).expect("headers");
        let delivery = DeliveryId::parse("msg_1").expect("an id");
        let url = TargetUrl::parse(url).expect("a URL");
        DeliveryRequest::unsigned((method, &url), &custom, &delivery, &payload, NOW).expect("a request")
    }

    fn headers(request: &DeliveryRequest) -> Vec<(&str, &[u8])> {
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }

    #[test]
    fn a_post_has_its_payload_in_the_body_and_signs_it() {
        let request = request(DeliveryMethod::Post, "https://example.com/hook?a=1").expect("a request");
        let expected: [(&str, &[u8]); 4] = [
            ("x-key", b"k"),
            ("content-type", b"application/json"),
            ("webhook-timestamp", b"1730179200"),
            ("webhook-id", b"msg_1"),
        ];
        assert_eq!(headers(&request), expected);
        assert_eq!(request.url.as_str(), "https://example.com/hook?a=1");
        assert!(request.body.starts_with(b"{\"type\":\"call.finished\""));
        assert_eq!(request.signed_part(), request.body);
    }

    #[test]
    fn a_get_has_its_payload_in_the_query_and_signs_all_of_the_query() {
        let request = request(DeliveryMethod::Get, "https://example.com/hook?a=1").expect("a request");
        let expected: [(&str, &[u8]); 3] =
            [("x-key", b"k"), ("webhook-timestamp", b"1730179200"), ("webhook-id", b"msg_1")];
        assert_eq!(headers(&request), expected);
        assert!(request.body.is_empty());
        assert!(request.signed_part().starts_with(b"a=1&type=call.finished&"));
        assert_eq!(Some(request.signed_part()), request.url.query().map(str::as_bytes));
    }

    #[test]
    fn a_signature_stands_last_and_is_marked_as_secret() {
        let mut request = request(DeliveryMethod::Post, "https://example.com/").expect("a request");
        request.add_signature(HeaderValue::from_static("v1,abc"));
        let (name, value) = request.headers.last().expect("a header");
        assert_eq!((name.as_str(), value.as_bytes()), ("webhook-signature", b"v1,abc".as_slice()));
        assert!(value.is_sensitive());
    }
}
