use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::intake::{MAX_MAPPING_BYTES, MappingError, parse_inbound_request};

fn country() -> CountryCode {
    CountryCode::parse("1").expect("a code")
}

fn object(value: &Value) -> JsonObject {
    JsonObject::new(value.as_object().expect("an object")).expect("JSON")
}

fn read_text(mapping: &Value, body: &str) -> Result<MappedRequest, InvalidRequest> {
    parse_mapped_request(body.as_bytes(), &object(mapping), &country())
}

fn read(mapping: &Value, body: &Value) -> MappedRequest {
    read_text(mapping, &body.to_string()).expect("a request")
}

fn phone_of(mapping: &Value, body: &Value) -> String {
    read(mapping, body).request.recipient.phone_number.as_str().to_owned()
}

fn refusal(mapping: &Value) -> (String, MappingError) {
    let invalid = Mapping::parse(&object(mapping)).expect_err("no mapping");
    (invalid.path, invalid.reason)
}

#[test]
fn what_a_mapping_finds_is_read_as_the_documented_request() {
    let mapping = json!({
        "phoneNumber": "properties.phone.value", "firstName": "properties.firstname", "zipCode": "properties.zip",
        "metadata": {"contactId": "vid", "tags": "tags"}, "variables": {"offer": "properties[\"Last Offer\"]"}
    });
    let body = json!({
        "vid": 4711, "tags": ["a", {"b": null}], "properties":
            {"phone": {"value": "(555) 123-4567"}, "firstname": "Jane", "zip": 78701.0, "Last Offer": "10 %"}
    });
    let documented = json!({"type": "calls.execute", "data": {
        "phoneNumber": "(555) 123-4567", "firstName": "Jane", "zipCode": 78701.0,
        "metadata": {"contactId": 4711, "tags": ["a", {"b": null}]}, "variables": {"offer": "10 %"}
    }});
    let mapped = read(&mapping, &body);
    let expected = parse_inbound_request(documented.to_string().as_bytes(), &country()).expect("a request");
    assert_eq!(
        mapped,
        MappedRequest { request: expected, idempotency: None, is_mapped: true, missing: vec![] }
    );
}

#[test]
fn of_several_paths_the_first_usable_one_counts() {
    let mapping = json!({"phoneNumber": ["mobile", "phones[0].value", "phone"], "email": ["work", "home"]});
    for (body, phone, email) in [
        (json!({"mobile": "5551230001", "phone": "5551230003"}), "+15551230001", None),
        (json!({"mobile": "", "phones": [{"value": 5551230002_u64}]}), "+15551230002", None),
        (json!({"mobile": "none", "phones": [], "phone": "5551230003"}), "+15551230003", None),
        (json!({"phone": "5551230003", "work": {"x": 1}, "home": "a@b"}), "+15551230003", Some("a@b")),
        (json!({"phone": "5551230003", "work": null, "home": " "}), "+15551230003", None),
    ] {
        let request = read(&mapping, &body).request;
        assert_eq!(request.recipient.phone_number.as_str(), phone, "{body}");
        assert_eq!(request.recipient.email.as_deref(), email, "{body}");
        assert!(request.dropped_fields.is_empty(), "{body}");
    }
}

#[test]
fn what_can_be_used_in_no_way_is_dropped_by_name_and_what_is_not_there_is_missing() {
    let mapping = json!({
        "phoneNumber": "phone", "email": "emails", "city": "address.city",
        "metadata": {"deal": "deal", "id": "id"}, "variables": {"offer": "offers", "seats": "seats"}
    });
    let mapped = read(&mapping, &json!({"phone": "5551234567", "emails": ["a@b"], "id": 7, "offers": {}}));
    assert_eq!(mapped.request.dropped_fields, ["email", "variables[]"]);
    assert_eq!(mapped.missing, ["city", "metadata.deal", "variables.seats"]);
    let large = read(&mapping, &json!({"phone": "5551234567", "id": "x".repeat(5_000)}));
    assert_eq!((large.request.metadata, large.request.dropped_fields), (None, vec!["metadata"]));
    let named_often = json!({"phoneNumber": "phone", "metadata":
        (0..50).map(|at| (format!("m{at}"), json!("id"))).collect::<serde_json::Map<_, _>>()});
    let huge = read(&named_often, &json!({"phone": "5551234567", "id": "x".repeat(60_000)}));
    assert_eq!((huge.request.metadata, huge.request.dropped_fields), (None, vec!["metadata"]));
    let body = json!({"phone": "5551234567", "id": "x".repeat(60_000)}).to_string();
    let Ok(Lenient::Object(fields)) = Lenient::parse(&body) else { panic!("{body}") };
    let mapping = Mapping::parse(&object(&named_often)).expect("a mapping");
    let found = mapping.find_in(&fields, &country(), false).data;
    assert!(found.len() < 1_000, "{} bytes are put together", found.len());
}

#[test]
fn a_body_may_be_a_list_of_one_or_a_form() {
    let mapping = json!({"phoneNumber": "contact.phone", "metadata": {"tag": "tags[1]"}});
    assert_eq!(phone_of(&mapping, &json!([{"contact": {"phone": "5551234567"}}])), "+15551234567");
    for form in [
        "contact[phone]=%2B15551234567&tags[]=a&tags[]=b",
        "contact.phone=(555)+123-4567&tags[0]=a&tags[1]=b",
        "\u{feff}contact[phone]=5551234567&tags[1]=b",
    ] {
        let request = read_text(&mapping, form).expect(form).request;
        assert_eq!(request.recipient.phone_number.as_str(), "+15551234567", "{form}");
        assert_eq!(request.metadata.map(String::from).as_deref(), Some(r#"{"tag":"b"}"#), "{form}");
    }
}

/// A plus that is not encoded is a blank, to whoever reads a form. Nobody is called for such a fault whose number it is not.
#[test]
fn a_plus_that_a_form_has_lost_is_put_back_unless_two_numbers_could_be_meant() {
    let mapping = object(&json!({"phoneNumber": "phone"}));
    for (form, code, phone) in [
        ("phone=+442079460958", "1", Some("+442079460958")),
        ("phone=+15551234567", "1", Some("+15551234567")),
        ("phone=+5551234567", "1", None),
        ("phone=+4930123456", "49", Some("+4930123456")),
        ("phone=%2B4930123456", "49", Some("+4930123456")),
    ] {
        let read =
            parse_mapped_request(form.as_bytes(), &mapping, &CountryCode::parse(code).expect("a code"));
        let dialled = read.as_ref().map(|read| read.request.recipient.phone_number.as_str());
        assert_eq!(dialled.ok(), phone, "{form}, {read:?}");
    }
}

#[test]
fn a_documented_request_is_read_as_documented_also_in_a_list() {
    let mapping = json!({"phoneNumber": "nowhere", "idempotencyKey": "type"});
    let documented =
        json!({"type": "calls.execute", "data": {"phoneNumber": "5551234567", "metadata": {"a": 1}}});
    let expected = parse_inbound_request(documented.to_string().as_bytes(), &country()).expect("a request");
    for body in [documented.clone(), json!([documented])] {
        let read = read(&mapping, &body);
        assert_eq!((read.request, read.is_mapped, read.idempotency), (expected.clone(), false, None));
    }
}

#[test]
fn a_refusal_says_which_part_of_the_mapping_has_found_what() {
    let mapping = json!({"phoneNumber": ["a.phone", "b"], "idempotencyKey": "event"});
    for (body, code, told) in [
        ("{}", "missing_phone_number", "mapping.phoneNumber"),
        (r#"{"b":" "}"#, "missing_phone_number", "mapping.phoneNumber"),
        (r#"{"b":"1-800-FLOWERS"}"#, "phone_number_with_letters", "\"mapping.phoneNumber\""),
        (r#"{"b":{"value":"5551234567"}}"#, "invalid_phone_number", "\"mapping.phoneNumber\""),
        (r#"{"b":"5551234567","event":"a,b"}"#, "invalid_idempotency_key", "mapping.idempotencyKey"),
        (r#"{"b":"5551234567","event":{}}"#, "invalid_idempotency_key", "mapping.idempotencyKey"),
        ("[{},{}]", "invalid_json", "a list"),
        ("{", "invalid_json", "ends too early"),
        ("phone", "invalid_json", "line 1"),
    ] {
        let refused = read_text(&mapping, body).expect_err(body);
        assert!(refused.to_string().contains(told), "{body}: {refused}");
        let unquoted = !refused.to_string().contains("FLOWERS");
        assert!(unquoted && refused.code() == code, "{body}: {} {refused}", refused.code());
    }
}

#[test]
fn a_key_is_what_the_header_would_be_and_what_was_read_is_compared_under_it() {
    let mapping =
        json!({"phoneNumber": "phone", "idempotencyKey": ["eventId", "id"], "metadata": {"deal": "deal"}});
    let of = |body: Value| read(&mapping, &body).idempotency;
    let first = of(json!({"phone": "5551234567", "eventId": 4711, "deal": 1, "sentAt": 1})).expect("a key");
    assert_eq!(first.0.as_str(), "4711");
    let again = of(json!({"deal": 1, "sentAt": 2, "eventId": "4711", "phone": "(555) 123-4567"}));
    assert_eq!(again, Some(first.clone()), "a repeat with another time and another order");
    for other in [
        json!({"phone": "5551234567", "eventId": 4711, "deal": 2}),
        json!({"phone": "5551234568", "eventId": 4711, "deal": 1}),
    ] {
        let (key, digest) = of(other.clone()).expect("a key");
        assert!(key == first.0 && digest != first.1, "{other}");
    }
    assert_eq!(of(json!({"phone": "5551234567"})), None);
    assert_eq!(of(json!({"phone": "5551234567", "eventId": " ", "id": "b"})).expect("a key").0.as_str(), "b");
}

#[test]
fn what_is_no_mapping_is_refused_with_its_field() {
    let many: serde_json::Map<_, _> = (0..100).map(|at| (format!("m{at}"), json!("a"))).collect();
    for (mapping, path) in [
        (json!({}), "phoneNumber"),
        (json!({"phoneNumber": null}), "phoneNumber"),
        (json!({"phoneNumber": 7}), "phoneNumber"),
        (json!({"phoneNumber": ""}), "phoneNumber"),
        (json!({"phoneNumber": []}), "phoneNumber"),
        (json!({"phoneNumber": vec!["a"; 11]}), "phoneNumber"),
        (json!({"phoneNumber": ["a", "b..c"]}), "phoneNumber[1]"),
        (json!({"phoneNumber": ["a", ["b"]]}), "phoneNumber[1]"),
        (json!({"phoneNumber": "a", "phone": "b"}), "phone"),
        (json!({"phoneNumber": "a", "email": {"x": "b"}}), "email"),
        (json!({"phoneNumber": "a", "metadata": "b"}), "metadata"),
        (json!({"phoneNumber": "a", "metadata": {"": "b"}}), "metadata"),
        (json!({"phoneNumber": "a", "metadata": {"n".repeat(101): "b"}}), "metadata"),
        (json!({"phoneNumber": "a", "variables": {"offer": ["b", "c["]}}), "variables.offer[1]"),
        (json!({"phoneNumber": "a", "metadata": many}), ""),
        (json!({"phoneNumber": "a", "email": "x".repeat(8 * 1024)}), ""),
    ] {
        assert_eq!(refusal(&mapping).0, path, "{mapping}");
    }
    let few: serde_json::Map<_, _> = (0..99).map(|at| (format!("m{at}"), json!("a"))).collect();
    assert!(Mapping::parse(&object(&json!({"phoneNumber": "a", "metadata": few, "email": null}))).is_ok());
}

proptest! {
    #[test]
    fn no_body_makes_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mapping = object(&json!({"phoneNumber": ["a", "b[0].c"], "metadata": {"m": "d"}, "idempotencyKey": "e"}));
        let _ = parse_mapped_request(&body, &mapping, &country());
    }

    #[test]
    fn a_field_that_is_mapped_means_the_same_as_the_documented_one(
        field in 0_usize..10, value in prop_oneof![
            "\\PC{0,30}".prop_map(Value::from), any::<i64>().prop_map(Value::from), any::<bool>().prop_map(Value::from),
            Just(json!({"a": 1})), Just(json!([])), Just(Value::Null),
        ],
    ) {
        let field = crate::calls::Recipient::TEXT_FIELDS[field];
        let mut mapping = json!({"phoneNumber": "p"});
        mapping[field] = json!("deep[\"the field\"]");
        let mapped = read(&mapping, &json!({"p": "5551234567", "deep": {"the field": value}})).request;
        let mut data = json!({"phoneNumber": "5551234567"});
        data[field] = value;
        let body = json!({"type": "calls.execute", "data": data}).to_string();
        prop_assert_eq!(Ok(mapped), parse_inbound_request(body.as_bytes(), &country()));
    }
}

#[test]
fn what_is_null_or_blank_is_not_there() {
    let mapping = json!({"phoneNumber": "p", "metadata": {"id": ["a", "b"], "other": "c"}});
    for absent in [json!(null), json!(" ")] {
        let mapped = read(&mapping, &json!({"p": "+15551230001", "a": absent, "b": 7, "c": absent}));
        let metadata = mapped.request.metadata.map(String::from);
        assert_eq!(metadata.as_deref(), Some(r#"{"id":7}"#), "{absent}");
        assert_eq!(mapped.missing, ["metadata.other"]);
    }
}

#[test]
fn only_in_a_form_a_blank_may_have_been_a_plus() {
    let body = json!({"p": " 31612345678"}).to_string();
    let found = |is_form| {
        let fields = Lenient::parse(&body).expect("JSON");
        let Lenient::Object(fields) = fields else { panic!("no object") };
        let mapping = Mapping::parse(&object(&json!({"phoneNumber": "p"}))).expect("a mapping");
        mapping.find_in(&fields, &country(), is_form).data
    };
    assert_eq!(found(true), r#"{"phoneNumber":"+31612345678"}"#);
    assert_eq!(found(false), r#"{"phoneNumber":" 31612345678"}"#);
}

#[test]
fn a_mapping_and_what_it_puts_together_have_their_largest_sizes() {
    assert_eq!(MAX_MAPPING_BYTES, 8_192);
    let named = |chars: usize| json!({"phoneNumber": "p", "metadata": {"n".repeat(chars): "m"}});
    assert!(Mapping::parse(&object(&named(100))).is_ok());
    assert_eq!(refusal(&named(101)), ("metadata".to_owned(), MappingError::Name));
    // With `{"m":"` and `"}` around it.
    for (bytes, is_put_together) in [(65_536 - 8, true), (65_537 - 8, false)] {
        let body = json!({"p": "+15551230001", "m": "x".repeat(bytes)}).to_string();
        let Lenient::Object(fields) = Lenient::parse(&body).expect("JSON") else { panic!("no object") };
        let mapping = json!({"phoneNumber": "p", "metadata": {"m": "m"}});
        let mapping = Mapping::parse(&object(&mapping)).expect("a mapping");
        let data = mapping.find_in(&fields, &country(), false).data;
        assert_eq!(data.len() > bytes, is_put_together, "{bytes}");
        assert_eq!(data.ends_with(r#""metadata":[]}"#), !is_put_together, "{bytes}");
    }
}
