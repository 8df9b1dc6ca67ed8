//! A mapping and a body that it is used on: whatever an owner saves, and whatever anyone sends then. The input is both, with a
//! line break between them.
#![no_main]

use domain::{
    CountryCode, InboundRequest, JsonObject, MAX_MAPPING_BYTES, MappedRequest, Mapping, PhoneNumber,
    parse_inbound_request, parse_mapped_request,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (mapping, body) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let country = CountryCode::parse("1").expect("a code");
    let Some(object) = object(mapping) else { return };
    let is_mapping = Mapping::parse(&object).is_ok();
    assert!(!is_mapping || object.as_raw().get().len() <= MAX_MAPPING_BYTES, "a mapping is too large");
    let read = parse_mapped_request(body, &object, &country);
    let documented = parse_inbound_request(body, &country);
    if documented.is_ok() {
        let same = read.as_ref().map(|read| &read.request);
        assert_eq!(same, documented.as_ref(), "a documented request is read otherwise");
    }
    let Ok(MappedRequest { request, idempotency, is_mapped, .. }) = read else { return };
    assert!(is_mapping || !is_mapped, "what is no mapping has been used");
    assert!(is_mapped || idempotency.is_none());
    has_usable_fields(&request);

    // What was understood is a documented request, and understood the same.
    let data: Vec<String> = written(&request);
    let again = format!(r#"{{"type":"calls.execute","data":{{{}}}}}"#, data.join(","));
    let understood = InboundRequest { dropped_fields: Vec::new(), ..request };
    assert_eq!(parse_inbound_request(again.as_bytes(), &country), Ok(understood));
});

fn object(text: &[u8]) -> Option<JsonObject> {
    let text = std::str::from_utf8(text).ok()?;
    let Ok(Value::Object(_)) = serde_json::from_str(text) else { return None };
    JsonObject::try_from(text.to_owned()).ok()
}

fn has_usable_fields(request: &InboundRequest) {
    assert!(PhoneNumber::parse(request.recipient.phone_number.as_str()).is_ok());
    for (name, text) in json!(request.recipient).as_object().expect("an object") {
        let text = text.as_str().expect("a text");
        assert!(!text.trim().is_empty() && !text.contains('\0'), "{name}");
        assert!(text.chars().count() <= 4_096, "{name} is not cut");
    }
    assert!(request.metadata.as_ref().is_none_or(|object| object.as_raw().get().len() <= 4_096));
}

/// The members of `data`, as they are written: a number keeps its digits.
fn written(request: &InboundRequest) -> Vec<String> {
    let recipient = json!(request.recipient);
    let texts = recipient.as_object().expect("an object").iter();
    let mut members: Vec<_> = texts.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    for (name, object) in [("metadata", &request.metadata), ("variables", &request.variables)] {
        members.extend(object.as_ref().map(|object| format!("\"{name}\":{}", object.as_raw().get())));
    }
    members
}
