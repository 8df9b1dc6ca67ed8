//! What a CRM sends. Lenient wherever the call can still be placed: a lead is worth more than a tidy body.

use std::fmt;

use serde_json::json;

use crate::calls::{MAX_METADATA_BYTES, Recipient, Unusable, carried_object, plain_text, variables};
use crate::values::{
    BodyDigest, BrokenJson, CountryCode, Fields, JsonObject, Lenient, PhoneError, PhoneNumber,
    normalise_phone, phone_digits, text_of,
};

/// Largest body of an inbound request.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The one request type there is.
const REQUEST_TYPE: &str = "calls.execute";

/// A request that asks for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundRequest {
    /// Whom to call.
    pub recipient: Recipient,
    /// What comes back with the result, 4 KiB of JSON at most.
    pub metadata: Option<JsonObject>,
    /// Words for the script: texts, numbers and flags by name.
    pub variables: Option<JsonObject>,
    /// Optional fields that could not be used (an object where a text belongs) and were left out, by their JSON names;
    /// `variables[]` is one of the variables, or several.
    pub dropped_fields: Vec<&'static str>,
}

impl InboundRequest {
    /// Why a field is among the dropped ones; goes on after its name.
    #[must_use]
    pub fn why_dropped(field: &str) -> &'static str {
        match field {
            "metadata" => "is no object, has more than 4 KiB of JSON, or nests deeper than 32 levels",
            "variables" => "is no object",
            "variables[]" => {
                "one or more are no text, number or flag, have more than 1,000 characters or no usable name, or are beyond the fiftieth"
            }
            _ => "is a list or an object, where a text belongs",
        }
    }

    /// The digest of what is asked for, however it was written.
    pub(super) fn digest(&self) -> BodyDigest {
        let asked = json!([self.recipient, self.metadata, self.variables]);
        BodyDigest::of(asked.to_string().as_bytes())
    }
}

/// Why a request cannot become a call. `Display` is worded for whoever sent it, and quotes nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// The body is no JSON.
    #[error("the body is not valid JSON: {0}")]
    InvalidJson(BrokenJson),
    /// The body is JSON, and no object.
    #[error("the body is {0}; send one JSON object")]
    NotAnObject(Shape),
    /// `data` is something else than an object.
    #[error("\"data\" is {0}; send one JSON object")]
    InvalidData(Shape),
    /// `type` is missing or another one.
    #[error("\"type\" must be \"calls.execute\"")]
    InvalidType,
    /// There is no phone number, or it is empty.
    #[error("\"data.phoneNumber\" is missing or empty (the name is camelCase)")]
    MissingPhoneNumber,
    /// There is something that is no phone number.
    #[error("\"data.phoneNumber\" {}", PhoneError::NotANumber)]
    InvalidPhoneNumber,
    /// There is a text that is no phone number, or in which more stands than one.
    #[error("\"data.phoneNumber\" {0}")]
    RefusedPhoneNumber(PhoneError),
    /// A mapping has found no phone number, or an empty one.
    #[error("no path of \"mapping.phoneNumber\" leads to anything in this body")]
    MissingMappedPhoneNumber,
    /// A mapping has found something that is no phone number, or in which more stands than one.
    #[error("what \"mapping.phoneNumber\" has found {0}")]
    RefusedMappedPhoneNumber(PhoneError),
    /// A mapping has found an idempotency key that is none.
    #[error(
        "what \"mapping.idempotencyKey\" has found is no key: 1 to 255 bytes of printable ASCII, no comma among them"
    )]
    UnusableMappedKey,
}

impl InvalidRequest {
    /// The code that the answer and the request log carry.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidJson(_) | Self::NotAnObject(_) => "invalid_json",
            Self::InvalidData(_) => "invalid_data",
            Self::InvalidType => "invalid_type",
            Self::MissingPhoneNumber | Self::MissingMappedPhoneNumber => "missing_phone_number",
            Self::InvalidPhoneNumber => PhoneError::NotANumber.code(),
            Self::RefusedPhoneNumber(refused) | Self::RefusedMappedPhoneNumber(refused) => refused.code(),
            Self::UnusableMappedKey => "invalid_idempotency_key",
        }
    }

    /// The refusal of what a mapping has found: its sender knows no `data.phoneNumber`.
    pub(super) fn of_mapping(self) -> Self {
        match self {
            Self::MissingPhoneNumber => Self::MissingMappedPhoneNumber,
            Self::InvalidPhoneNumber => Self::RefusedMappedPhoneNumber(PhoneError::NotANumber),
            Self::RefusedPhoneNumber(refused) => Self::RefusedMappedPhoneNumber(refused),
            other => other,
        }
    }
}

/// What stands where an object belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "`Display` says it")]
pub enum Shape {
    JsonInText,
    Text,
    ListOfOne,
    List,
    Plain,
}

impl Shape {
    pub(super) fn of(value: &Lenient<'_>) -> Self {
        match value {
            Lenient::Text(text, _) if matches!(Lenient::parse(text), Ok(Lenient::Object(_))) => {
                Self::JsonInText
            }
            Lenient::Text(..) => Self::Text,
            Lenient::List(items) if items.len() == 1 => Self::ListOfOne,
            Lenient::List(_) => Self::List,
            Lenient::Null | Lenient::Flag(_) | Lenient::Number(_) | Lenient::Object(_) => Self::Plain,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JsonInText => "a text that holds JSON: it has been encoded twice",
            Self::Text => "a text",
            Self::ListOfOne => "a list with the object in it",
            Self::List => "a list",
            Self::Plain => "no object",
        })
    }
}

/// Reads a request's body, whatever its content type said. A UTF-8 byte order mark in front is skipped. A part that is not
/// asked for may hold any JSON.
///
/// # Errors
///
/// [`InvalidRequest`] when no call can be made of it.
pub fn parse_inbound_request(body: &[u8], country: &CountryCode) -> Result<InboundRequest, InvalidRequest> {
    let body = text_of(body);
    match Lenient::parse(&body).map_err(InvalidRequest::InvalidJson)? {
        Lenient::Object(fields) => read_documented(&fields, country),
        other => Err(InvalidRequest::NotAnObject(Shape::of(&other))),
    }
}

/// Whether an object is a documented request, right or wrong.
pub(super) fn is_documented(request: &Fields<'_>) -> bool {
    matches!(request.get("type"), Lenient::Text(name, _) if name == REQUEST_TYPE)
}

pub(super) fn read_documented(
    request: &Fields<'_>,
    country: &CountryCode,
) -> Result<InboundRequest, InvalidRequest> {
    if !is_documented(request) {
        return Err(InvalidRequest::InvalidType);
    }
    match request.get("data") {
        Lenient::Object(data) => read_data(&data, country),
        Lenient::Null => Err(InvalidRequest::MissingPhoneNumber),
        other => Err(InvalidRequest::InvalidData(Shape::of(&other))),
    }
}

pub(super) fn read_data(data: &Fields<'_>, country: &CountryCode) -> Result<InboundRequest, InvalidRequest> {
    let mut recipient = Recipient::new(phone_number(data.get("phoneNumber"), country)?);
    let mut dropped_fields = Vec::new();
    for (name, field) in recipient.optional_fields() {
        match plain_text(data.get(name)) {
            Ok(text) => *field = text,
            Err(Unusable) => dropped_fields.push(name),
        }
    }
    let metadata = carried_object(data.get("metadata"), MAX_METADATA_BYTES).unwrap_or_else(|Unusable| {
        dropped_fields.push("metadata");
        None
    });
    let variables = match variables(data.get("variables")) {
        Ok((variables, false)) => variables,
        Ok((variables, true)) => {
            dropped_fields.push("variables[]");
            variables
        }
        Err(Unusable) => {
            dropped_fields.push("variables");
            None
        }
    };
    Ok(InboundRequest { recipient, metadata, variables, dropped_fields })
}

pub(super) fn phone_number(value: Lenient<'_>, country: &CountryCode) -> Result<PhoneNumber, InvalidRequest> {
    let text = match value {
        Lenient::Null => return Err(InvalidRequest::MissingPhoneNumber),
        Lenient::Text(text, _) => text,
        // Spreadsheets send 15551234567, and 15551234567.0 or 1.5551234567e10 too.
        Lenient::Number(number) => phone_digits(number).ok_or(InvalidRequest::InvalidPhoneNumber)?,
        Lenient::Flag(_) | Lenient::List(_) | Lenient::Object(_) => {
            return Err(InvalidRequest::InvalidPhoneNumber);
        }
    };
    if text.trim().is_empty() {
        return Err(InvalidRequest::MissingPhoneNumber);
    }
    normalise_phone(&text, *country).map_err(InvalidRequest::RefusedPhoneNumber)
}

#[cfg(test)]
#[path = "inbound_request_tests.rs"]
mod tests;
