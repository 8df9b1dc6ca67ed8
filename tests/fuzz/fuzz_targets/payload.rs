//! A payload of its owner's own design and a call that it is rendered for: whatever an owner saves, and whatever people say and
//! CRMs send. The input is both, with a line break between them.
#![no_main]

use domain::{Call, Event, JsonObject, Payload, Turn, sample_call};
use libfuzzer_sys::fuzz_target;
use payloads::{ContentType, MAX_BODY, MAX_DOCUMENT, Template};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (document, said) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let Ok(document) = serde_json::from_slice::<Value>(document) else { return };
    let parsed = Template::parse(&document);
    let saved = Template::for_saving(&document);
    assert!(saved.is_err() || parsed.is_ok(), "what is saved cannot be read");
    if let Err(refused) = &saved {
        assert!(refused.place.chars().count() <= 201 && !refused.reason.is_empty(), "{refused}");
    }
    let Ok(template) = parsed else { return };
    assert!(document.to_string().len() <= MAX_DOCUMENT);

    let (call, transcript) = call_of(&String::from_utf8_lossy(said));
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: "wh_1",
        call: &call,
        transcript: Some(&transcript),
    };
    let rendered = template.render(&payload);
    let again = Template::parse(&document).expect("it was read").render(&payload);
    assert_eq!(rendered, again, "two environments send different bytes");
    let Ok(rendered) = rendered else { return };
    assert!(rendered.body.len() <= MAX_BODY);
    let body = std::str::from_utf8(&rendered.body).expect("UTF-8");
    match rendered.content_type {
        // A number that no machine has is sent as it came.
        ContentType::Json => assert!(serde_json::from_str::<&RawValue>(body).is_ok(), "no JSON: {body}"),
        ContentType::Form => {
            let fields = document["form"].as_object().expect("a form");
            let names = url::form_urlencoded::parse(body.as_bytes()).map(|(name, _)| name.into_owned());
            assert!(names.eq(fields.keys().cloned()), "other fields: {body}");
        }
        ContentType::Text => {}
    }
});

/// A call in which each text is this one, and which has brought it along, if it is an object.
fn call_of(said: &str) -> (Call, Box<RawValue>) {
    let object = || {
        let is_object = matches!(serde_json::from_str(said), Ok(Value::Object(_)));
        JsonObject::try_from(said.to_owned()).ok().filter(|_| is_object)
    };
    let mut call = sample_call();
    if let Some(recipient) = &mut call.recipient {
        recipient.first_name = Some(said.to_owned());
        recipient.note = Some(said.to_owned());
    }
    call.summary = Some(said.to_owned());
    call.action_items = Some(vec![said.to_owned(); 2]);
    (call.metadata, call.extracted) = (object(), object());
    let turn = Turn { who: "user".into(), what: said.to_owned(), when: String::new() };
    (call, to_raw_value(&[turn]).expect("JSON"))
}
