use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayRequestAuthorizer, ApiGatewayV2httpRequestContext};
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::http::{HeaderMap, Method};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use serde::Deserialize;

use crate::headers::read_headers;

/// What is read of an event. Any part may be missing or `null`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpEvent {
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    #[serde(deserialize_with = "read_headers")]
    headers: HeaderMap,
    request_context: Option<Context>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    domain_name: Option<String>,
    authorizer: Option<ApiGatewayRequestAuthorizer>,
    http: Option<Http>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Http {
    method: Option<String>,
}

/// The path may be a slug, and a header somebody's key.
impl fmt::Debug for HttpEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpEvent(***)")
    }
}

impl HttpEvent {
    /// The request. Its URI is empty: `raw_http_path` and `query_string_parameters` of [`RequestExt`] have what was asked for.
    #[must_use]
    pub fn into_request(self) -> Request {
        let context = self.request_context.unwrap_or_default();
        let method = context.http.and_then(|http| http.method).unwrap_or_default();
        let mut known = ApiGatewayV2httpRequestContext::default();
        known.domain_name = context.domain_name;
        known.authorizer = context.authorizer;
        let query: QueryMap = self.raw_query_string.unwrap_or_default().parse().unwrap_or_default();

        let mut request = Request::new(body(self.body, self.is_base64_encoded.unwrap_or_default()));
        // One that is none is taken by no route, as TRACE is.
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap_or(Method::TRACE);
        *request.headers_mut() = self.headers;
        request
            .with_raw_http_path(self.raw_path.unwrap_or_default())
            .with_query_string_parameters(query)
            .with_request_context(RequestContext::ApiGatewayV2(known))
    }
}

/// A body that claims to be base64 and is not is taken as it stands.
fn body(text: Option<String>, is_base64: bool) -> Body {
    match text {
        None => Body::Empty,
        Some(text) if is_base64 => match STANDARD.decode(&text) {
            Ok(bytes) => Body::Binary(bytes),
            Err(_) => Body::Text(text),
        },
        Some(text) => Body::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const SAMPLE: &str = include_str!("../../../events/manage-list-webhooks.json");

    fn request(event: &Value) -> Request {
        serde_json::from_str::<HttpEvent>(&event.to_string()).expect("an event").into_request()
    }

    /// The sample with another value at this place.
    fn with(pointer: &str, value: Value) -> Request {
        let mut event: Value = serde_json::from_str(SAMPLE).expect("JSON");
        *event.pointer_mut(pointer).expect(pointer) = value;
        request(&event)
    }

    #[test]
    fn a_request_has_what_the_event_says() {
        let event = json!({
            "rawPath": "/v1/webhooks", "rawQueryString": "limit=7&cursor=a%20b", "body": "e30=", "isBase64Encoded": true,
            "headers": {"host": "api.example.com", "x-name": "é"},
            "requestContext": {
                "domainName": "api.example.com", "http": {"method": "PATCH"},
                "authorizer": {"iam": {"userArn": "arn:aws:iam::1:user/a"}}
            }
        });
        let request = request(&event);
        assert_eq!((request.method(), request.raw_http_path()), (&Method::PATCH, "/v1/webhooks"));
        let query = request.query_string_parameters();
        assert_eq!((query.first("limit"), query.first("cursor")), (Some("7"), Some("a b")));
        assert_eq!(request.headers()["x-name"].as_bytes(), "é".as_bytes());
        assert_eq!(&request.body()[..], b"{}");
        let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { panic!() };
        assert_eq!(context.domain_name.as_deref(), Some("api.example.com"));
        let iam = context.authorizer.as_ref().and_then(|authorizer| authorizer.iam.as_ref());
        assert_eq!(iam.and_then(|iam| iam.user_arn.as_deref()), Some("arn:aws:iam::1:user/a"));
    }

    #[test]
    fn a_part_that_no_uri_can_have_is_no_matter() {
        for query in ["utm=\"x\"", "<", ">", "a=%", "%ff", "é", " ", "#?#", "\u{0}"] {
            assert_eq!(with("/rawQueryString", json!(query)).method(), Method::GET, "{query}");
        }
        for host in ["", "a b", "<", "é", "a:b:c", "http://x/", "\n"] {
            let mut event: Value = serde_json::from_str(SAMPLE).expect("JSON");
            event["headers"]["host"] = json!(host);
            event["headers"]["x-forwarded-proto"] = json!(format!("https,{host}"));
            event["headers"][host] = json!(host);
            assert_eq!(request(&event).raw_http_path(), "/v1/webhooks", "{host}");
        }
    }

    #[test]
    fn no_debug_shows_a_path_a_header_a_query_or_a_body() {
        let event = json!({
            "rawPath": "/Jannetje", "rawQueryString": "a=Jannetje", "headers": {"authorization": "Jannetje"}, "body": "Jannetje",
            "requestContext": {"domainName": "Jannetje", "http": {"method": "Jannetje"}}
        });
        let event: HttpEvent = serde_json::from_value(event).expect("an event");
        assert_eq!(format!("{event:?}"), "HttpEvent(***)");
    }

    #[test]
    fn what_is_missing_or_null_is_empty() {
        for event in [
            json!({}),
            json!({"headers": null, "body": null, "requestContext": null, "isBase64Encoded": null}),
        ] {
            let request = request(&event);
            assert_eq!((request.raw_http_path(), request.body().len()), ("", 0));
            assert_eq!(request.method(), Method::TRACE);
        }
    }

    #[test]
    fn a_body_that_is_no_base64_is_taken_as_it_stands() {
        let request = request(&json!({"body": "{\"a\":1}", "isBase64Encoded": true}));
        assert_eq!(&request.body()[..], b"{\"a\":1}");
    }

    proptest! {
        #[test]
        fn no_event_makes_it_panic(path: String, query: String, name: String, value: String, method: String, is_base64: bool) {
            let _ = request(&json!({
                "rawPath": path, "rawQueryString": query, "headers": {name: value}, "body": query, "isBase64Encoded": is_base64,
                "requestContext": {"http": {"method": method}, "domainName": path}
            }));
        }
    }
}
