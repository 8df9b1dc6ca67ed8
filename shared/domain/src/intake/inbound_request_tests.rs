use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn parse(body: &[u8]) -> Result<InboundRequest, InvalidRequest> {
    parse_inbound_request(body, &CountryCode::parse("1").expect("a code"))
}

fn parse_data(data: Value) -> Result<InboundRequest, InvalidRequest> {
    parse(json!({"type": "calls.execute", "data": data}).to_string().as_bytes())
}

#[test]
fn a_body_may_have_64_kib() {
    assert_eq!(MAX_BODY_BYTES, 65_536);
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
        ("[]", "invalid_json"),
        ("\"calls.execute\"", "invalid_json"),
        (r#"{"data":{"phoneNumber":"+15551234567"}}"#, "invalid_type"),
        (r#"{"type":"calls.Execute","data":{"phoneNumber":"+15551234567"}}"#, "invalid_type"),
        (r#"{"type":"calls.execute"}"#, "missing_phone_number"),
        (r#"{"type":"calls.execute","data":[]}"#, "invalid_data"),
        (r#"{"type":"calls.execute","data":"x"}"#, "invalid_data"),
        (r#"{"type":"calls.execute","data":null}"#, "missing_phone_number"),
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
fn a_refusal_says_what_was_sent_instead() {
    let request = r#"{"type":"calls.execute","data":{"phoneNumber":"5551234567"}}"#;
    let encoded_data = json!({"type": "calls.execute", "data": r#"{"phoneNumber":"5551234567"}"#});
    for (body, message) in [
        (json!(request).to_string(), "the body is a text that holds JSON: it has been encoded twice"),
        (encoded_data.to_string(), "\"data\" is a text that holds JSON: it has been encoded twice"),
        (format!("[{request}]"), "the body is a list with the object in it; send one JSON object"),
        ("7".into(), "the body is no object; send one JSON object"),
        (request.replace("555", "\n555"), "line 1, column 47"),
        (request.replace(',', ";"), "it breaks at line 1, column 24"),
        ("type=calls.execute".into(), "it looks like a form"),
        (String::new(), "it is empty"),
    ] {
        let told = parse(body.as_bytes()).expect_err(&body).to_string();
        assert!(told.contains(message), "{body}: {told}");
    }
}

#[test]
fn nothing_in_a_part_that_nobody_reads_can_refuse_a_request() {
    let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
    for value in [r#""Nice \ud83d""#, "1e999", "-1e999", &deep, r#"{"\ud83d":1}"#] {
        let body = format!(
            r#"{{"x":{value},"type":"calls.execute","data":{{"x":{value},"phoneNumber":"5551234567"}}}}"#
        );
        assert!(parse(body.as_bytes()).is_ok(), "{body}");
    }
    let latin =
        b"{\"type\":\"calls.execute\",\"data\":{\"phoneNumber\":\"5551234567\",\"city\":\"Orl\xe9ans\"}}";
    assert_eq!(parse(latin).expect("a request").recipient.city.as_deref(), Some("Orl\u{fffd}ans"));
}

#[test]
fn a_text_is_kept_without_what_no_receiver_can_store() {
    let body = r#"{"type":"calls.execute","data":{"phoneNumber":"5551234567","note":"Nice \ud83d","city":"a\u0000b","state":"\u0000"}}"#;
    let recipient = parse(body.as_bytes()).expect("a request").recipient;
    assert_eq!(recipient.note.as_deref(), Some("Nice \u{fffd}"));
    assert_eq!((recipient.city.as_deref(), recipient.state), (Some("ab"), None));
}

#[test]
fn a_number_taken_as_text_keeps_its_digits() {
    for (number, text) in [
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("78701.0", "78701"),
        ("1e999", "1e999"),
    ] {
        let body =
            format!(r#"{{"type":"calls.execute","data":{{"phoneNumber":"5551234567","zipCode":{number}}}}}"#);
        let recipient = parse(body.as_bytes()).expect(number).recipient;
        assert_eq!(recipient.zip_code.as_deref(), Some(text));
    }
}

#[test]
fn a_phone_number_may_be_a_json_number() {
    for number in ["15551234567", "5551234567", "15551234567.0", "1.5551234567e10"] {
        let body = format!(r#"{{"type":"calls.execute","data":{{"phoneNumber":{number}}}}}"#);
        let request = parse(body.as_bytes()).expect(number);
        assert_eq!(request.recipient.phone_number.as_str(), "+15551234567", "{number}");
    }
    // A spreadsheet has rounded them: the last digits are nobody's.
    for number in ["1.55512E+10", "5.55e9", "1e10", "15551234567.5"] {
        let body = format!(r#"{{"type":"calls.execute","data":{{"phoneNumber":{number}}}}}"#);
        assert!(matches!(parse(body.as_bytes()), Err(InvalidRequest::InvalidPhoneNumber)), "{number}");
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
fn metadata_and_variables_are_kept_as_they_were_sent() {
    let request = parse_data(json!({
        "phoneNumber": "5551234567", "metadata": {"personId": 4711, "tags": ["a", {"b": null}]},
        "variables": {"offer": "10 %", "left": 3, "vip": true}
    }))
    .expect("a request");
    let kept = [request.metadata, request.variables].map(|object| object.map(String::from));
    let expected =
        [r#"{"personId":4711,"tags":["a",{"b":null}]}"#, r#"{"offer":"10 %","left":3,"vip":true}"#];
    assert_eq!(kept, expected.map(|json| Some(json.to_owned())));
    assert!(request.dropped_fields.is_empty());
}

#[test]
fn metadata_and_variables_that_cannot_be_used_are_dropped_and_named() {
    for (field, value, dropped) in [
        ("metadata", json!("x"), "metadata"),
        ("metadata", json!([{}]), "metadata"),
        ("metadata", json!({"a": "x".repeat(4_096)}), "metadata"),
        ("variables", json!(["x"]), "variables"),
        ("variables", json!({"a": {"b": 1}}), "variables[]"),
    ] {
        let mut data = json!({"phoneNumber": "5551234567"});
        data[field] = value;
        let request = parse_data(data).expect(field);
        assert_eq!((request.metadata, request.variables), (None, None), "{field}");
        assert_eq!(request.dropped_fields, [dropped]);
    }
}

#[test]
fn unknown_and_snake_case_fields_are_ignored() {
    let request =
        parse_data(json!({"phoneNumber": "5551234567", "first_name": "Jane", "age": 7})).expect("a request");
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

#[test]
fn why_a_field_is_dropped_names_its_own_limit() {
    for (field, told) in [
        ("metadata", "4 KiB"),
        ("variables", "is no object"),
        ("variables[]", "1,000 characters"),
        ("city", "where a text belongs"),
    ] {
        assert!(InboundRequest::why_dropped(field).contains(told), "{field}");
    }
}

#[test]
fn what_stands_where_an_object_belongs_is_told_apart() {
    for (json, told) in [
        (r#""{\"phoneNumber\":1}""#, "encoded twice"),
        (r#""{""#, "a text"),
        ("[{}]", "a list with the object in it"),
        ("[]", "a list"),
        ("[{},{}]", "a list"),
        ("7", "no object"),
    ] {
        let shape = Shape::of(&Lenient::parse(json).expect("JSON")).to_string();
        assert!(shape == told || told == "encoded twice" && shape.ends_with(told), "{json}: {shape}");
    }
}
