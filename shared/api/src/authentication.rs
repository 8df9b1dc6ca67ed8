//! Who is asking. Whether a credential opens anything, its table says.

use domain::Credential;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::http::header::AUTHORIZATION;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use crate::Problem;

/// The API key or the session token in `Authorization: Bearer …`.
///
/// # Errors
///
/// A 401 when there is none.
pub fn credential(request: &Request) -> Result<Credential, Problem> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, text)| Credential::parse(text.trim()))
        .ok_or_else(Problem::unauthorized)
}

/// API Gateway has checked the signature before (`AWS_IAM`); a route that was wired without it must not be open.
///
/// Returns the ARN of who has signed; it is empty when API Gateway does not tell it.
///
/// # Errors
///
/// A 403 when API Gateway names no identity.
pub fn aws_signer(request: &Request) -> Result<String, Problem> {
    let signed =
        http_context(request).and_then(|context| context.authorizer).and_then(|authorizer| authorizer.iam);
    signed.map(|iam| iam.user_arn.unwrap_or_default()).ok_or_else(Problem::forbidden)
}

/// What API Gateway says of the request.
#[must_use]
pub fn http_context(request: &Request) -> Option<ApiGatewayV2httpRequestContext> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => Some(context.clone()),
        #[allow(unreachable_patterns, reason = "other features of lambda_http add variants")]
        _ => None,
    }
}

/// The URL that the paths of the API are added to: the one that the deployment was given, or else the one that the request
/// came to.
#[must_use]
pub fn base_url(public_url: &str, request: &Request) -> String {
    if !public_url.is_empty() {
        return public_url.to_owned();
    }
    let domain = http_context(request).and_then(|context| context.domain_name).unwrap_or_default();
    format!("https://{domain}")
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn with_header(value: &str) -> Request {
        let mut request = Request::default();
        request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_str(value).expect("a value"));
        request
    }

    /// A request as API Gateway hands it on.
    fn with_context(mut context: serde_json::Value) -> Request {
        context["http"] =
            json!({"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"});
        context["timeEpoch"] = json!(1);
        let context = serde_json::from_value(context).expect("a context");
        Request::default().with_request_context(RequestContext::ApiGatewayV2(context))
    }

    #[test]
    fn a_bearer_is_read_in_whatever_case_its_scheme_is_written() {
        let key = format!("whk_1_{}", "A".repeat(43));
        for scheme in ["Bearer", "bearer", "BEARER", "Bearer "] {
            let read = credential(&with_header(&format!("{scheme} {key}")));
            assert!(matches!(read, Ok(Credential::ApiKey(read)) if read.expose() == key), "{scheme}");
        }
        for wrong in [key.clone(), format!("Basic {key}"), "Bearer".to_owned(), "Bearer x".to_owned()] {
            let refused = credential(&with_header(&wrong)).expect_err(&wrong);
            assert_eq!(refused.status().as_u16(), 401, "{wrong}");
        }
        assert_eq!(credential(&Request::default()).expect_err("no header").status().as_u16(), 401);
    }

    #[test]
    fn an_operator_is_who_api_gateway_says_has_signed() {
        let signed = json!({"authorizer": {"iam": {"userArn": "arn:aws:iam::1:user/op"}}});
        assert_eq!(aws_signer(&with_context(signed)).expect("a signer"), "arn:aws:iam::1:user/op");
        assert_eq!(aws_signer(&with_context(json!({"authorizer": {"iam": {}}}))).expect("a signer"), "");
        for unsigned in [with_context(json!({})), with_context(json!({"authorizer": {}})), Request::default()]
        {
            assert_eq!(aws_signer(&unsigned).expect_err("unsigned").status().as_u16(), 403);
        }
    }

    #[test]
    fn the_urls_of_the_api_are_those_of_the_deployment_or_of_the_request() {
        let request = with_context(json!({"domainName": "abc.execute-api.example"}));
        assert_eq!(base_url("", &request), "https://abc.execute-api.example");
        assert_eq!(base_url("https://calls.example", &request), "https://calls.example");
    }
}
