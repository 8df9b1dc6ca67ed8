use std::fmt;

use domain::Timestamp;
use lambda_http::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{Response, StatusCode};
use lambda_http::{Body, Request};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::Problem;

/// What a request that is not refused is answered.
pub enum Reply {
    /// 200 with a body.
    Ok(Value),
    /// 200 with a body that is nobody's: every caller reads it as it is.
    Public(Value),
    /// 201 with a body.
    Created(Value),
    /// 202 with a body.
    Accepted(Value),
    /// 204.
    NoContent,
}

/// A body may have a new secret or a person's call.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok(_) => "Ok(***)",
            Self::Public(_) => "Public(***)",
            Self::Created(_) => "Created(***)",
            Self::Accepted(_) => "Accepted(***)",
            Self::NoContent => "NoContent",
        })
    }
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
        Ok(Reply::Ok(body) | Reply::Public(body)) => (StatusCode::OK, Some(body.to_string())),
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Code;

    /// The status, the body, and a header.
    fn shown(answer: Answer, header: &str) -> (u16, Option<String>, Option<String>) {
        let response = into_response(answer);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let header = response.headers().get(header).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        match response.into_body() {
            Body::Text(text) => (status, Some(text), header),
            _ => (status, None, header),
        }
    }

    #[test]
    fn a_reply_has_its_status_and_its_body_as_json() {
        let body = || json!({"a": 1});
        let json = Some("application/json".to_owned());
        for (reply, status) in [
            (Reply::Ok(body()), 200),
            (Reply::Public(body()), 200),
            (Reply::Created(body()), 201),
            (Reply::Accepted(body()), 202),
        ] {
            assert_eq!(
                shown(Ok(reply), "content-type"),
                (status, Some(r#"{"a":1}"#.to_owned()), json.clone())
            );
        }
        assert_eq!(shown(Ok(Reply::NoContent), "content-type"), (204, None, None));
    }

    #[test]
    fn a_refusal_says_in_its_headers_what_to_do() {
        let wait = Duration::from_millis(1_001);
        for (problem, header, expected) in [
            (Problem::too_many(Code::TooManyTests, "wait", wait), "retry-after", Some("2")),
            (Problem::from(std::fmt::Error), "retry-after", Some("5")),
            (Problem::not_found(), "retry-after", None),
            (Problem::unauthorized(), "www-authenticate", Some("Bearer")),
            (Problem::forbidden(), "www-authenticate", None),
            (Problem::method_not_allowed(&["GET", "POST"]), "allow", Some("GET, POST")),
        ] {
            let (status, code) = (problem.status().as_u16(), problem.body().to_string());
            let expected = expected.map(str::to_owned);
            assert_eq!(shown(Err(problem), header), (status, Some(code), expected));
        }
    }

    #[test]
    fn a_moment_is_shown_in_utc_and_null_where_there_is_none() {
        let moment = Timestamp::from_millis(1_730_179_200_000);
        assert_eq!(time(moment), "2024-10-29T05:20:00.000Z");
        assert_eq!(optional_time(Some(moment)), "2024-10-29T05:20:00.000Z");
        assert_eq!(optional_time(None), Value::Null);
        let stored = RawValue::from_string(r#"{"a":[1]}"#.to_owned()).expect("JSON");
        assert_eq!(raw(&stored), json!({"a": [1]}));
    }

    #[tokio::test]
    async fn an_answer_that_was_waited_for_has_the_form_of_http() {
        let response = respond(&Request::default(), async { Err(Problem::from(std::fmt::Error)) }).await;
        assert_eq!(response.status().as_u16(), 503);
    }
}
