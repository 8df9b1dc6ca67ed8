use std::error::Error;
use std::time::Duration;

use domain::PhoneError;
use lambda_http::http::StatusCode;
use serde_json::{Value, json};

/// Every code that a refusal may have. A code has one status, and one meaning everywhere.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident;)*) => {
        /// Why a request is refused, for a program to tell.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as an answer has it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The status of the answer that has it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// The body is no JSON object.
    InvalidJson = "invalid_json", BAD_REQUEST;
    /// A field that is required is not there.
    MissingField = "missing_field", BAD_REQUEST;
    /// A field has a value that cannot be used.
    InvalidField = "invalid_field", BAD_REQUEST;
    /// A field that the route does not know.
    UnknownField = "unknown_field", BAD_REQUEST;
    /// `?limit=` is no whole number from 1 to 100.
    InvalidLimit = "invalid_limit", BAD_REQUEST;
    /// `?cursor=` is none that this list gave.
    InvalidCursor = "invalid_cursor", BAD_REQUEST;
    /// `?since=` is no time.
    InvalidSince = "invalid_since", BAD_REQUEST;
    /// `?until=` is no time.
    InvalidUntil = "invalid_until", BAD_REQUEST;
    /// `?callId=` is no call's id.
    InvalidCallId = "invalid_call_id", BAD_REQUEST;
    /// `?hours=` is no whole number from 1 to 168.
    InvalidHours = "invalid_hours", BAD_REQUEST;
    /// `?direction=` is no direction of a webhook.
    InvalidDirection = "invalid_direction", BAD_REQUEST;
    /// `?outcome=` is no outcome of an attempt.
    InvalidOutcome = "invalid_outcome", BAD_REQUEST;
    /// `?status=` is no status of a call.
    InvalidStatus = "invalid_status", BAD_REQUEST;
    /// `?warmth=` is no warmth of a lead.
    InvalidWarmth = "invalid_warmth", BAD_REQUEST;
    /// No country has such a phone number.
    InvalidPhoneNumber = "invalid_phone_number", BAD_REQUEST;
    /// A phone number has something behind it.
    PhoneNumberWithExtension = "phone_number_with_extension", BAD_REQUEST;
    /// A phone number has letters in it.
    PhoneNumberWithLetters = "phone_number_with_letters", BAD_REQUEST;
    /// More than one phone number.
    SeveralPhoneNumbers = "several_phone_numbers", BAD_REQUEST;
    /// The `Idempotency-Key` is none.
    InvalidIdempotencyKey = "invalid_idempotency_key", BAD_REQUEST;
    /// No API key or session, or one that opens nothing.
    Unauthorized = "unauthorized", UNAUTHORIZED;
    /// No AWS signature.
    Forbidden = "forbidden", FORBIDDEN;
    /// A viewer may read and sign out.
    ReadOnly = "read_only", FORBIDDEN;
    /// Only an API key may do this, and no session of the portal.
    ApiKeyRequired = "api_key_required", FORBIDDEN;
    /// The path names nothing, or nothing of this account.
    NotFound = "not_found", NOT_FOUND;
    /// The path takes other methods.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The webhook is bound to another campaign.
    WebhookAlreadyBound = "webhook_already_bound", CONFLICT;
    /// The campaign is bound to another webhook.
    CampaignAlreadyBound = "campaign_already_bound", CONFLICT;
    /// A webhook has the campaign, which is to be deleted.
    CampaignInUse = "campaign_in_use", CONFLICT;
    /// The account has as many webhooks of this direction as it may have.
    TooManyWebhooks = "too_many_webhooks", CONFLICT;
    /// The account has as many campaigns as it may have.
    TooManyCampaigns = "too_many_campaigns", CONFLICT;
    /// Only Zapier changes this webhook.
    ManagedByZapier = "managed_by_zapier", CONFLICT;
    /// Only an inbound webhook has a slug.
    NotInbound = "not_inbound", CONFLICT;
    /// The inbound webhook has no response webhook.
    NoResponseWebhook = "no_response_webhook", CONFLICT;
    /// The campaign has nothing to say.
    NoPrompt = "no_prompt", CONFLICT;
    /// The account has no credit left.
    InsufficientFunds = "insufficient_funds", CONFLICT;
    /// The dialer may have the call still.
    CallNotFinished = "call_not_finished", CONFLICT;
    /// The webhook is to be enabled first.
    WebhookDisabled = "webhook_disabled", CONFLICT;
    /// A test cannot be sent again.
    TestDelivery = "test_delivery", CONFLICT;
    /// The delivery's next attempt is not to be hurried.
    OnItsWay = "on_its_way", CONFLICT;
    /// A recovery of the account is being made.
    RecoveryUnderway = "recovery_underway", CONFLICT;
    /// Others changed it again and again at the same time.
    EditConflict = "edit_conflict", CONFLICT;
    /// The stored headers cannot be opened.
    Undecryptable = "undecryptable", CONFLICT;
    /// The body is too large.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE;
    /// The account has no such webhook to bind.
    UnknownWebhook = "unknown_webhook", UNPROCESSABLE_ENTITY;
    /// The account has no such campaign to bind.
    UnknownCampaign = "unknown_campaign", UNPROCESSABLE_ENTITY;
    /// Another request was sent with this `Idempotency-Key`.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY;
    /// The account has made as many tests as it may for now.
    TooManyTests = "too_many_tests", TOO_MANY_REQUESTS;
    /// The account has resent as much as it may for now.
    TooManyResends = "too_many_resends", TOO_MANY_REQUESTS;
    /// Something that we need did not answer.
    TemporarilyUnavailable = "temporarily_unavailable", SERVICE_UNAVAILABLE;
}

impl Code {
    /// The inbound URL has the same.
    fn of_phone(refused: PhoneError) -> Self {
        match refused {
            PhoneError::NotANumber => Self::InvalidPhoneNumber,
            PhoneError::WithExtension => Self::PhoneNumberWithExtension,
            PhoneError::WithLetters => Self::PhoneNumberWithLetters,
            PhoneError::Several => Self::SeveralPhoneNumbers,
        }
    }
}

/// Why a request is refused, in the client's words; and what is behind it, for the log.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    message: String,
    field: Option<String>,
    /// What `Allow` says with a 405.
    allow: Option<String>,
    /// What `Retry-After` says, in seconds.
    retry_after: Option<u64>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, allow: None, retry_after: None, cause: None }
    }

    fn at(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// What is behind it.
    #[must_use]
    pub fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The body is no JSON object.
    pub fn invalid_json(reason: impl Into<String>) -> Self {
        Self::new(Code::InvalidJson, reason)
    }

    /// The field at this path is required.
    pub fn missing_field(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::new(Code::MissingField, format!("\"{field}\" is required")).at(field)
    }

    /// The field at this path cannot be used; `reason` goes on after its name.
    pub fn invalid_field(field: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        let field = field.into();
        Self::new(Code::InvalidField, format!("\"{field}\" {reason}")).at(field)
    }

    /// The field at this path is no phone number that can be called.
    pub fn refused_phone(field: impl Into<String>, refused: PhoneError) -> Self {
        let (code, field) = (Code::of_phone(refused), field.into());
        Self::new(code, format!("\"{field}\" {refused}")).at(field)
    }

    /// The `Idempotency-Key` is none.
    #[must_use]
    pub fn invalid_idempotency_key() -> Self {
        Self::new(Code::InvalidIdempotencyKey, domain::InvalidIdempotencyKey.to_string())
    }

    /// There is no field at this path.
    pub fn unknown_field(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::new(Code::UnknownField, format!("there is no field \"{field}\" here")).at(field)
    }

    /// A query parameter cannot be used; `reason` goes on after its name.
    #[must_use]
    pub fn invalid_parameter(code: Code, name: &str, reason: &str) -> Self {
        Self::new(code, format!("the query parameter \"{name}\" {reason}")).at(name)
    }

    /// No API key and no session, or one that opens nothing.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "send a valid API key or session token: \"Authorization: Bearer <api key or token>\"";
        Self::new(Code::Unauthorized, message)
    }

    /// The link is used up, too old or made up: which, nobody is told.
    #[must_use]
    pub fn link_not_good() -> Self {
        Self::new(Code::Unauthorized, "this link cannot be used; ask for a new one")
    }

    /// A viewer may read and sign out.
    #[must_use]
    pub fn read_only() -> Self {
        Self::new(Code::ReadOnly, "this session may only read")
    }

    /// No session of the portal may do this.
    #[must_use]
    pub fn api_key_required() -> Self {
        Self::new(Code::ApiKeyRequired, "a portal session cannot do this; send an API key")
    }

    /// No AWS signature.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(
            Code::Forbidden,
            "sign this request with the AWS credentials of an operator (SigV4, execute-api)",
        )
    }

    /// Nothing is there, or nothing of this account's.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "there is nothing at this path: it was deleted, or never was")
    }

    /// The path takes these methods.
    pub(crate) fn method_not_allowed(allowed: &[&str]) -> Self {
        let allow = allowed.join(", ");
        let problem = Self::new(Code::MethodNotAllowed, format!("this path takes {allow}"));
        Self { allow: Some(allow), ..problem }
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        Self::new(Code::BodyTooLarge, format!("the body is larger than {limit} bytes"))
    }

    /// The request is right, and does not go with how things stand.
    #[must_use]
    pub fn conflict(code: Code, message: &str) -> Self {
        Self::new(code, message)
    }

    /// The account has done so much of it that it must wait.
    #[must_use]
    pub fn too_many(code: Code, message: &str, wait: Duration) -> Self {
        let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1);
        Self { retry_after: Some(seconds), ..Self::new(code, message) }
    }

    /// There is no response webhook to send to.
    #[must_use]
    pub fn no_response_webhook() -> Self {
        Self::conflict(Code::NoResponseWebhook, "this inbound webhook has no response webhook")
    }

    /// The change was worked out from a state that others changed again and again.
    #[must_use]
    pub fn edit_conflict() -> Self {
        Self::conflict(Code::EditConflict, "it was changed by another request at the same time; try again")
    }

    /// The request is well formed, and what it names in this field is not there.
    #[must_use]
    pub fn unknown_reference(code: Code, field: &str) -> Self {
        let message = format!("the account has nothing with the id in \"{field}\" that could be used here");
        Self::new(code, message).at(field)
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// What `Allow` says.
    #[must_use]
    pub fn allow(&self) -> Option<&str> {
        self.allow.as_deref()
    }

    /// What `Retry-After` says, in seconds.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The answer's body.
    pub(crate) fn body(&self) -> Value {
        let mut error = json!({"code": self.code.as_str(), "message": self.message});
        if let Some(field) = &self.field {
            error["field"] = json!(field);
        }
        json!({ "error": error })
    }

    /// Logs what is behind it, if anything is: nobody else does.
    pub(crate) fn log_cause(&self) {
        if let Some(error) = &self.cause {
            let code = self.code.as_str();
            tracing::error!(code, %error, "a request is answered {code}: {error}");
        }
    }
}

/// What stops a request and is not the client's doing: a table, a key or a queue that does not answer. It may go away.
impl<E: Error + Send + Sync + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::new(Code::TemporarilyUnavailable, "try again later").because(error)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What is logged while this is done.
    fn logged(done: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Lines(Arc<Mutex<Vec<u8>>>);
        impl io::Write for Lines {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().expect("one thread").write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(log, done);
        String::from_utf8(lines.0.lock().expect("one thread").clone()).expect("UTF-8")
    }

    #[test]
    fn a_refusal_names_its_code_and_the_field_that_it_is_about() {
        for (problem, code, field) in [
            (Problem::missing_field("a"), "missing_field", Some("a")),
            (Problem::invalid_field("a.b", "is odd"), "invalid_field", Some("a.b")),
            (Problem::unknown_field("c"), "unknown_field", Some("c")),
            (
                Problem::invalid_parameter(Code::InvalidLimit, "limit", "is odd"),
                "invalid_limit",
                Some("limit"),
            ),
            (Problem::refused_phone("to", PhoneError::Several), "several_phone_numbers", Some("to")),
            (Problem::not_found(), "not_found", None),
        ] {
            let body = problem.body();
            assert_eq!(body["error"]["code"], code);
            assert_eq!(body["error"].get("field").and_then(Value::as_str), field, "{code}");
        }
        let message = Problem::invalid_field("a.b", "is odd").body()["error"]["message"].clone();
        assert_eq!(message, r#""a.b" is odd"#);
    }

    #[test]
    fn the_wait_that_is_asked_for_is_a_whole_second_at_least() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (60_000, 60)] {
            let problem = Problem::too_many(Code::TooManyTests, "wait", Duration::from_millis(millis));
            assert_eq!(problem.retry_after(), Some(seconds), "{millis}");
        }
        assert_eq!(Problem::not_found().retry_after(), None);
    }

    #[test]
    fn what_is_behind_a_refusal_is_kept_for_the_log_and_not_answered() {
        let problem = Problem::from(std::io::Error::other("secret host"));
        assert_eq!(problem.cause.as_ref().map(ToString::to_string).as_deref(), Some("secret host"));
        assert!(!problem.body().to_string().contains("secret host"));
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
        let line: Value = serde_json::from_str(&logged(|| problem.log_cause())).expect("one line");
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["fields"]["code"], "temporarily_unavailable");
        assert_eq!(line["fields"]["error"], "secret host");
        assert_eq!(logged(|| Problem::not_found().log_cause()), "", "nobody is told of a client's mistake");
    }
}
