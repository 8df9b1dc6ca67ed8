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
