use domain::InvalidRequest;
use lambda_http::Body;
use lambda_http::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{Response, StatusCode};
use serde_json::json;

/// Seconds after which a sender may try again what failed on our side.
const RETRY_AFTER_SECONDS: &str = "5";

/// What a sender is told. Success has one form, whatever became of the call: that is in the request log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    Rejected(InvalidRequest),
    InvalidIdempotencyKey,
    RequiredHeaderMissing,
    WebhookNotFound,
    MethodNotAllowed,
    BodyTooLarge,
    IdempotencyKeyReused,
    TemporarilyUnavailable,
}

impl Answer {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Accepted => StatusCode::CREATED,
            Self::Rejected(_) | Self::InvalidIdempotencyKey => StatusCode::BAD_REQUEST,
            Self::RequiredHeaderMissing => StatusCode::UNAUTHORIZED,
            Self::WebhookNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code in the answer and in the request log; `None` for a success.
    pub(crate) fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Accepted => return None,
            Self::Rejected(rejection) => rejection.code(),
            Self::InvalidIdempotencyKey => "invalid_idempotency_key",
            Self::RequiredHeaderMissing => "required_header_missing",
            Self::WebhookNotFound => "webhook_not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        })
    }

    fn message(self) -> String {
        match self {
            Self::Accepted => String::new(),
            Self::Rejected(rejection) => rejection.to_string(),
            Self::InvalidIdempotencyKey => domain::InvalidIdempotencyKey.to_string(),
            Self::RequiredHeaderMissing => {
                "the header that this webhook requires is missing, or has another value".into()
            }
            Self::WebhookNotFound => "there is no webhook at this URL, or it is disabled".into(),
            Self::MethodNotAllowed => "send a POST request".into(),
            Self::BodyTooLarge => format!("the body is larger than {} bytes", domain::MAX_BODY_BYTES),
            Self::IdempotencyKeyReused => "another request was sent with this Idempotency-Key before".into(),
            Self::TemporarilyUnavailable => "no call was placed; try again later".into(),
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let body = match self.code() {
            None => r#"{"success":true}"#.to_owned(),
            Some(code) => {
                json!({"success": false, "error": {"code": code, "message": self.message()}}).to_string()
            }
        };
        let response = Response::builder().status(self.status()).header(CONTENT_TYPE, "application/json");
        let response = match self {
            Self::MethodNotAllowed => response.header(ALLOW, "POST"),
            // A 401 has one (RFC 9110, 15.5.2). It does not name the header: who asks is to know it.
            Self::RequiredHeaderMissing => response.header(WWW_AUTHENTICATE, "RequiredHeader"),
            Self::TemporarilyUnavailable => response.header(RETRY_AFTER, RETRY_AFTER_SECONDS),
            _ => response,
        };
        response.body(Body::Text(body)).unwrap_or_default()
    }
}
