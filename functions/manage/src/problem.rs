use delivery::CannotOpen;
use lambda_http::http::StatusCode;
use queues::NotSent;
use serde_json::{Value, json};
use store::StoreError;
use vault::VaultError;

/// Why a request is refused, in the client's words.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<String>,
    /// What `Allow` says with a 405.
    pub(crate) allow: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, allow: None }
    }

    fn at(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub(crate) fn invalid_json() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_json", "the body must be a JSON object")
    }

    pub(crate) fn missing_field(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::new(StatusCode::BAD_REQUEST, "missing_field", format!("\"{field}\" is required")).at(field)
    }

    pub(crate) fn invalid_field(field: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        let field = field.into();
        Self::new(StatusCode::BAD_REQUEST, "invalid_field", format!("\"{field}\" {reason}")).at(field)
    }

    pub(crate) fn unknown_field(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::new(StatusCode::BAD_REQUEST, "unknown_field", format!("there is no field \"{field}\" here"))
            .at(field)
    }

    pub(crate) fn invalid_parameter(code: &'static str, name: &str, reason: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, format!("the query parameter \"{name}\" {reason}")).at(name)
    }

    pub(crate) fn unauthorized() -> Self {
        let message = "send a valid API key: \"Authorization: Bearer <api key>\"";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "sign this request with AWS credentials (SigV4, execute-api)",
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
    }

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let message = format!("this path takes {allow}");
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
        Self { allow: Some(allow), ..problem }
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        let message = format!("the body is larger than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
    }

    pub(crate) fn conflict(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// The request is well formed, and what it names is not there.
    pub(crate) fn unknown_reference(code: &'static str, field: &str) -> Self {
        let message = format!("the account has nothing with the id in \"{field}\" that could be used here");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message).at(field)
    }

    /// The change was worked out from a state that others changed again and again.
    pub(crate) fn edit_conflict() -> Self {
        Self::conflict("edit_conflict", "it was changed by another request at the same time; try again")
    }

    fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "try again later")
    }

    /// The answer's body.
    pub(crate) fn body(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(field) = &self.field {
            error["field"] = json!(field);
        }
        json!({ "error": error })
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(code = "temporarily_unavailable", %error, "the store did not do what a request needs");
        Self::unavailable()
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        tracing::error!(code = "temporarily_unavailable", %error, "KMS did not do what a request needs");
        Self::unavailable()
    }
}

impl From<CannotOpen> for Problem {
    fn from(error: CannotOpen) -> Self {
        match error {
            CannotOpen::Vault(error @ VaultError::Unavailable(_)) => error.into(),
            _ => {
                tracing::error!(%error, "a sealed value cannot be opened");
                Self::conflict(
                    "undecryptable",
                    "the stored headers cannot be decrypted; send every header with its value",
                )
            }
        }
    }
}

impl From<NotSent> for Problem {
    fn from(error: NotSent) -> Self {
        tracing::error!(code = "temporarily_unavailable", %error, "SQS did not do what a request needs");
        Self::unavailable()
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a payload cannot be rendered");
        Self::unavailable()
    }
}
