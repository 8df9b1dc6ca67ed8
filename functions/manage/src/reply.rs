use lambda_http::Body;
use lambda_http::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{Response, StatusCode};
use serde_json::Value;

use crate::problem::Problem;

/// What a request that is not refused is answered.
#[derive(Debug)]
pub(crate) enum Reply {
    Ok(Value),
    Created(Value),
    Accepted(Value),
    NoContent,
}

/// What every handler returns.
pub(crate) type Answer = Result<Reply, Problem>;

/// Answers as the HTTP API wants them. Nothing here is for a cache: it belongs to one account, and may be a secret.
pub(crate) fn into_response(answer: Answer) -> Response<Body> {
    let (status, body, allow) = match answer {
        Ok(Reply::Ok(body)) => (StatusCode::OK, Some(body), None),
        Ok(Reply::Created(body)) => (StatusCode::CREATED, Some(body), None),
        Ok(Reply::Accepted(body)) => (StatusCode::ACCEPTED, Some(body), None),
        Ok(Reply::NoContent) => (StatusCode::NO_CONTENT, None, None),
        Err(problem) => (problem.status, Some(problem.body()), problem.allow),
    };
    let mut response = Response::builder().status(status).header(CACHE_CONTROL, "no-store");
    if let Some(allow) = allow {
        response = response.header(ALLOW, allow);
    }
    if status == StatusCode::UNAUTHORIZED {
        response = response.header(WWW_AUTHENTICATE, "Bearer");
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response = response.header(RETRY_AFTER, "5");
    }
    let response = match body {
        None => response.body(Body::Empty),
        Some(body) => response.header(CONTENT_TYPE, "application/json").body(Body::Text(body.to_string())),
    };
    response.unwrap_or_default()
}
