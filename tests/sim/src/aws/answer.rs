//! An answer of AWS, before it is one of HTTP.

use serde_json::{Value, json};

/// Status and body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl Answer {
    /// `200` with this body.
    #[must_use]
    pub fn ok(body: &Value) -> Self {
        Self { status: 200, body: body.to_string() }
    }

    /// `400` with an error of this type.
    #[must_use]
    pub fn refused(kind: &str, message: &str) -> Self {
        Self::failed(400, kind, message)
    }

    /// An error of this type.
    #[must_use]
    pub fn failed(status: u16, kind: &str, message: &str) -> Self {
        Self { status, body: json!({"__type": kind, "message": message, "Message": message}).to_string() }
    }

    /// What no model knows. A world that comes here asks for a better model.
    ///
    /// # Panics
    ///
    /// Always.
    #[must_use]
    pub fn unknown(operation: &str) -> Self {
        panic!("no model of {operation}");
    }
}
