#![doc = include_str!("../README.md")]

mod event;
mod headers;

use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::http::Response;
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use lambda_http::{Body, Error, Request};

pub use event::HttpEvent;

/// Answers requests for as long as the function runs.
///
/// # Errors
///
/// When Lambda's runtime API cannot be talked to.
pub async fn run<F: Future<Output = Response<Body>>>(answer: impl Fn(Request) -> F) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event: LambdaEvent<HttpEvent>| {
        // Boxed: a handler's future is large, and the runtime would carry it along in each of its layers.
        let answered = Box::pin(answer(event.payload.into_request()));
        async { Ok::<_, Error>(into_event(answered.await)) }
    }))
    .await
}

/// Bytes cross API Gateway as base64.
fn into_event(answer: Response<Body>) -> ApiGatewayV2httpResponse {
    let (parts, body) = answer.into_parts();
    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = parts.status.as_u16().into();
    event.headers = parts.headers;
    event.is_base64_encoded = matches!(body, Body::Binary(_));
    event.body = (!matches!(body, Body::Empty)).then_some(body);
    event
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_its_status_its_headers_and_its_text() {
        let answer = Response::builder().status(404).header("allow", "POST").body(Body::from("{}"));
        let event = json!(into_event(answer.expect("an answer")));
        assert_eq!(event["statusCode"], 404);
        assert_eq!(event["headers"], json!({"allow": "POST"}));
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
        let empty = json!(into_event(Response::default()));
        assert_eq!(empty.get("body"), None);
    }
    #[test]
    fn an_answer_of_bytes_crosses_as_base64() {
        let event = json!(into_event(Response::new(Body::from(&[0xff_u8, 0, 1][..]))));
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("/wAB"), &json!(true)));
    }
}
