//! The body of a request that asks for a call: whatever anyone sends who knows a slug.
#![no_main]

use domain::{CountryCode, InboundRequest, InvalidRequest, PhoneNumber, parse_inbound_request};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// What is dropped for more reasons than its type.
const CARRIED: [&str; 3] = ["metadata", "variables", "variables[]"];

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fuzz_target!(|body: &[u8]| {
    let parsed = parse(body);
    if !body.starts_with(BYTE_ORDER_MARK) {
        assert_eq!(parse(&[BYTE_ORDER_MARK, body].concat()), parsed, "a byte order mark means something");
    }
    let Ok(InboundRequest { recipient, metadata, variables, dropped_fields }) = parsed else { return };

    assert!(PhoneNumber::parse(recipient.phone_number.as_str()).is_ok());
    let fields = json!(recipient);
    for (name, text) in fields.as_object().expect("an object") {
        let text = text.as_str().expect("a text");
        assert!(!text.trim().is_empty(), "{name} is empty and not absent");
        assert!(text.chars().count() <= 4_096, "{name} is not cut");
        assert!(!text.contains('\0'), "{name} has what no receiver can store");
        assert!(!dropped_fields.contains(&name.as_str()), "{name} is dropped and there");
    }
    // serde_json does not read all of what is taken here.
    if let Ok(sent) = serde_json::from_slice::<Value>(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)) {
        for name in dropped_fields.iter().filter(|name| !CARRIED.contains(name)) {
            assert!(sent["data"][name].is_object() || sent["data"][name].is_array(), "{name} could be used");
        }
    }

    let metadata_bytes = metadata.as_ref().map_or(0, |object| object.as_raw().get().len());
    assert!(metadata_bytes <= 4_096, "metadata is too large");
    // As it is written: a number with more digits than serde_json keeps would be another one.
    let mut data = vec![];
    for (name, value) in fields.as_object().expect("an object") {
        data.push(format!("{}:{value}", json!(name)));
    }
    for (name, object) in [("metadata", &metadata), ("variables", &variables)] {
        data.extend(object.as_ref().map(|object| format!("\"{name}\":{}", object.as_raw().get())));
    }
    let again = format!(r#"{{"type":"calls.execute","data":{{{}}}}}"#, data.join(","));
    let understood = InboundRequest { recipient, metadata, variables, dropped_fields: Vec::new() };
    assert_eq!(parse(again.as_bytes()), Ok(understood), "what was understood is understood otherwise");
});

fn parse(body: &[u8]) -> Result<InboundRequest, InvalidRequest> {
    parse_inbound_request(body, &CountryCode::parse("1").expect("a code"))
}
