use domain::Timestamp;
use lambda_http::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{Response, StatusCode};
use lambda_http::{Body, Request};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::Problem;

/// What a request that is not refused is answered.
#[derive(Debug)]
pub enum Reply {
    /// 200 with a body.
    Ok(Value),
    /// 201 with a body.
    Created(Value),
    /// 202 with a body.
    Accepted(Value),
    /// 204.
    NoContent,
}

/// What every handler returns.
pub type Answer = Result<Reply, Problem>;

/// A moment as the APIs show it: RFC 3339 in UTC.
#[must_use]
pub fn time(moment: Timestamp) -> Value {
    json!(moment.to_string())
}

/// Like [`time`]; what is absent is `null`.
#[must_use]
pub fn optional_time(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, time)
}

/// JSON that is stored as its text, to stand in an answer.
#[must_use]
pub fn raw(json: &RawValue) -> Value {
    serde_json::from_str(json.get()).unwrap_or(Value::Null)
}

/// Waits for the answer to a request, logs how it went, and gives it the form of HTTP.
pub async fn respond(request: &Request, answer: impl Future<Output = Answer>) -> Response<Body> {
    let started = Instant::now();
    let answer = answer.await;
    if let Err(problem) = &answer {
        problem.log_cause();
    }
    let response = into_response(answer);
    // No path: an id or a key that stands in the wrong place would be logged.
    tracing::info!(
        http.method = %request.method(),
        http.status = response.status().as_u16(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "{} answered {}",
        request.method(),
        response.status().as_u16(),
    );
    response
}

/// Nothing here is for a cache: it belongs to one account, and may be a secret.
fn into_response(answer: Answer) -> Response<Body> {
    let (status, body) = match &answer {
        Ok(Reply::Ok(body)) => (StatusCode::OK, Some(body.to_string())),
        Ok(Reply::Created(body)) => (StatusCode::CREATED, Some(body.to_string())),
        Ok(Reply::Accepted(body)) => (StatusCode::ACCEPTED, Some(body.to_string())),
        Ok(Reply::NoContent) => (StatusCode::NO_CONTENT, None),
        Err(problem) => (problem.status(), Some(problem.body().to_string())),
    };
    let mut response = Response::builder().status(status).header(CACHE_CONTROL, "no-store");
    if let Some(allow) = answer.as_ref().err().and_then(Problem::allow) {
        response = response.header(ALLOW, allow);
    }
    if let Some(seconds) = answer.as_ref().err().and_then(Problem::retry_after) {
        response = response.header(RETRY_AFTER, seconds);
    }
    if status == StatusCode::UNAUTHORIZED {
        response = response.header(WWW_AUTHENTICATE, "Bearer");
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response = response.header(RETRY_AFTER, "5");
    }
    let response = match body {
        None => response.body(Body::Empty),
        Some(body) => response.header(CONTENT_TYPE, "application/json").body(Body::Text(body)),
    };
    response.unwrap_or_default()
}
