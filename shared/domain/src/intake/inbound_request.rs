//! What a CRM sends. Lenient wherever the call can still be placed: a lead is worth more than a tidy body.

use serde_json::{Map, Value};

use crate::calls::{Recipient, kept_text};
use crate::values::{CountryCode, PhoneNumber, RefusedPhone, normalise_phone, whole_number};

/// Largest body of an inbound request.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The one request type there is.
const REQUEST_TYPE: &str = "calls.execute";

/// A request that asks for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundRequest {
    /// Whom to call.
    pub recipient: Recipient,
    /// Optional fields that could not be used (an object where a text belongs) and were left out, by their JSON names.
    pub dropped_fields: Vec<&'static str>,
}

/// Why a request cannot become a call. `Display` is worded for whoever sent it, and quotes nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// The body is no JSON.
    #[error("the body is not valid JSON")]
    InvalidJson,
    /// `type` is missing or another one.
    #[error("\"type\" must be \"calls.execute\"")]
    InvalidType,
    /// There is no phone number, or it is empty.
    #[error("\"data.phoneNumber\" is required (the name is camelCase)")]
    MissingPhoneNumber,
    /// There is something that is no phone number.
    #[error("\"data.phoneNumber\" {}", RefusedPhone::NotANumber)]
    InvalidPhoneNumber,
    /// There is a text that is no phone number, or in which more stands than one.
    #[error("\"data.phoneNumber\" {0}")]
    RefusedPhoneNumber(RefusedPhone),
}

impl InvalidRequest {
    /// The code that the answer and the request log carry.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid_json",
            Self::InvalidType => "invalid_type",
            Self::MissingPhoneNumber => "missing_phone_number",
            Self::InvalidPhoneNumber | Self::RefusedPhoneNumber(RefusedPhone::NotANumber) => {
                "invalid_phone_number"
            }
            Self::RefusedPhoneNumber(RefusedPhone::WithExtension) => "phone_number_with_extension",
            Self::RefusedPhoneNumber(RefusedPhone::WithLetters) => "phone_number_with_letters",
            Self::RefusedPhoneNumber(RefusedPhone::Several) => "several_phone_numbers",
        }
    }
}

/// Reads a request's body, whatever its content type said. A UTF-8 byte order mark in front is skipped.
///
/// # Errors
///
/// [`InvalidRequest`] when no call can be made of it.
pub fn parse_inbound_request(body: &[u8], country: &CountryCode) -> Result<InboundRequest, InvalidRequest> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let request: Value = serde_json::from_slice(body).map_err(|_| InvalidRequest::InvalidJson)?;
    if request.get("type").and_then(Value::as_str) != Some(REQUEST_TYPE) {
        return Err(InvalidRequest::InvalidType);
    }
    let data = request.get("data").and_then(Value::as_object).ok_or(InvalidRequest::MissingPhoneNumber)?;
    let mut recipient = Recipient::new(phone_number(data, country)?);
    let mut dropped_fields = Vec::new();
    for (name, field) in recipient.optional_fields() {
        match data.get(name).map_or(Text::Absent, read_text) {
            Text::Given(text) => *field = Some(text),
            Text::Absent => {}
            Text::Unusable => dropped_fields.push(name),
        }
    }
    Ok(InboundRequest { recipient, dropped_fields })
}

fn phone_number(data: &Map<String, Value>, country: &CountryCode) -> Result<PhoneNumber, InvalidRequest> {
    let text = match data.get("phoneNumber") {
        None | Some(Value::Null) => return Err(InvalidRequest::MissingPhoneNumber),
        Some(Value::String(text)) => text.clone(),
        // Spreadsheets send 15551234567, and 15551234567.0 or 1.5551234567e10 too.
        Some(number @ Value::Number(_)) => {
            whole_number(number).ok_or(InvalidRequest::InvalidPhoneNumber)?.to_string()
        }
        Some(_) => return Err(InvalidRequest::InvalidPhoneNumber),
    };
    if text.trim().is_empty() {
        return Err(InvalidRequest::MissingPhoneNumber);
    }
    normalise_phone(&text, *country).map_err(InvalidRequest::RefusedPhoneNumber)
}

enum Text {
    Given(String),
    Absent,
    Unusable,
}

fn read_text(value: &Value) -> Text {
    match value {
        Value::Null => Text::Absent,
        Value::String(text) => kept_text(text).map_or(Text::Absent, Text::Given),
        Value::Number(number) => Text::Given(number.to_string()),
        Value::Bool(flag) => Text::Given(flag.to_string()),
        Value::Array(_) | Value::Object(_) => Text::Unusable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(body: &[u8]) -> Result<InboundRequest, InvalidRequest> {
        parse_inbound_request(body, &CountryCode::parse("1").expect("a code"))
    }

    fn parse_data(data: Value) -> Result<InboundRequest, InvalidRequest> {
        parse(json!({"type": "calls.execute", "data": data}).to_string().as_bytes())
    }

    #[test]
    fn the_documented_request_is_read_whole() {
        let request = parse_data(json!({
            "phoneNumber": "+15551234567", "firstName": "Jane", "lastName": "Smith", "email": "jane@example.com",
            "companyName": "Acme Corp", "note": "Expressed interest in the enterprise plan"
        }))
        .expect("a request");
        let recipient = request.recipient;
        assert_eq!(recipient.phone_number.as_str(), "+15551234567");
        assert_eq!(recipient.company_name.as_deref(), Some("Acme Corp"));
        assert_eq!(recipient.note.as_deref(), Some("Expressed interest in the enterprise plan"));
        assert_eq!(recipient.city, None);
        assert!(request.dropped_fields.is_empty());
    }

    #[test]
    fn a_body_that_cannot_become_a_call_is_rejected_with_its_code() {
        for (body, code) in [
            ("", "invalid_json"),
            ("{", "invalid_json"),
            ("type=calls.execute", "invalid_json"),
            ("[]", "invalid_type"),
            ("\"calls.execute\"", "invalid_type"),
            (r#"{"data":{"phoneNumber":"+15551234567"}}"#, "invalid_type"),
            (r#"{"type":"calls.Execute","data":{"phoneNumber":"+15551234567"}}"#, "invalid_type"),
            (r#"{"type":"calls.execute"}"#, "missing_phone_number"),
            (r#"{"type":"calls.execute","data":[]}"#, "missing_phone_number"),
            (r#"{"type":"calls.execute","data":{"phone_number":"+15551234567"}}"#, "missing_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":null}}"#, "missing_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":" "}}"#, "missing_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":"call me"}}"#, "invalid_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":true}}"#, "invalid_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":{}}}"#, "invalid_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":-15551234567}}"#, "invalid_phone_number"),
            (r#"{"type":"calls.execute","data":{"phoneNumber":1555123456.7}}"#, "invalid_phone_number"),
        ] {
            assert_eq!(parse(body.as_bytes()).expect_err(body).code(), code, "{body}");
        }
    }

    #[test]
    fn a_phone_number_may_be_a_json_number() {
        for number in ["15551234567", "5551234567", "15551234567.0", "1.5551234567e10"] {
            let body = format!(r#"{{"type":"calls.execute","data":{{"phoneNumber":{number}}}}}"#);
            let request = parse(body.as_bytes()).expect(number);
            assert_eq!(request.recipient.phone_number.as_str(), "+15551234567", "{number}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        let body = "\u{feff}{\"type\":\"calls.execute\",\"data\":{\"phoneNumber\":\"5551234567\"}}";
        assert!(parse(body.as_bytes()).is_ok());
    }

    #[test]
    fn empty_fields_are_absent_and_plain_values_are_text() {
        let recipient = parse_data(json!({
            "phoneNumber": "5551234567", "firstName": null, "lastName": "", "email": " \t", "zipCode": 78701, "note": true
        }))
        .expect("a request")
        .recipient;
        assert_eq!((recipient.first_name, recipient.last_name, recipient.email), (None, None, None));
        assert_eq!(recipient.zip_code.as_deref(), Some("78701"));
        assert_eq!(recipient.note.as_deref(), Some("true"));
    }

    #[test]
    fn an_unusable_optional_field_is_dropped_and_named() {
        let request = parse_data(
            json!({"phoneNumber": "5551234567", "email": {"work": "a@b"}, "note": ["x"], "city": "Austin"}),
        )
        .expect("a request");
        assert_eq!(request.dropped_fields, ["email", "note"]);
        assert_eq!(request.recipient.city.as_deref(), Some("Austin"));
    }

    #[test]
    fn unknown_and_snake_case_fields_are_ignored() {
        let request = parse_data(json!({"phoneNumber": "5551234567", "first_name": "Jane", "age": 7}))
            .expect("a request");
        assert_eq!(request.recipient.first_name, None);
        assert!(request.dropped_fields.is_empty());
    }

    #[test]
    fn a_text_is_capped_at_4096_characters_not_bytes() {
        let request =
            parse_data(json!({"phoneNumber": "5551234567", "note": "é".repeat(5_000)})).expect("a request");
        assert_eq!(request.recipient.note.expect("a note").chars().count(), 4_096);
    }

    #[test]
    fn a_text_that_is_blank_after_the_cut_is_absent() {
        let note = format!("{}x", " ".repeat(4_096));
        let request = parse_data(json!({"phoneNumber": "5551234567", "note": note})).expect("a request");
        assert_eq!(request.recipient.note, None);
    }

    proptest! {
        #[test]
        fn no_body_makes_the_parser_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&body);
        }

        #[test]
        fn every_optional_field_may_hold_anything(text in "\\PC{0,20}", number in any::<f64>()) {
            let request = parse_data(json!({"phoneNumber": "5551234567", "note": text, "state": number, "city": [number]}));
            prop_assert!(request.is_ok());
        }
    }
}
