//! No text of a stranger leaves its place.

mod calls;

use std::array::from_fn;

use calls::{FIELDS, call_of};
use domain::{Event, Payload, SAMPLE_WEBHOOK_ID};
use payloads::Template;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// In the order of the texts.
const EXPRESSIONS: [&str; FIELDS] = [
    "call.recipient.firstName",
    "call.recipient.lastName",
    "call.recipient.email",
    "call.recipient.companyName",
    "call.recipient.note",
    "call.recipient.address1",
    "call.recipient.address2",
    "call.recipient.city",
    "call.recipient.state",
    "call.recipient.zipCode",
    "call.summary",
    "call.recording",
    "call.analysis.justification",
    "call.actionItemsText",
    "call.transcript[0].what",
    "campaign.name",
    "call.metadata.text",
    "call.extracted.text",
];

/// What becomes of a text.
type Becomes = fn(&str) -> Value;

/// What may be made of a text, and what it is then.
const MADE: [(&str, Becomes); 9] = [
    ("{}", |text| json!(text)),
    ("{} ~ '&' ~ {}", |text| json!(format!("{text}&{text}"))),
    ("{} | upper", |text| json!(text.to_uppercase())),
    ("{} | lower", |text| json!(text.to_lowercase())),
    ("{} | trim", |text| json!(text.trim())),
    ("[{}, {}] | join('\"')", |text| json!(format!("{text}\"{text}"))),
    ("{} | json", |text| json!(json!(text).to_string())),
    ("{} | default('}')", |text| json!(if text.is_empty() { "}" } else { text })),
    ("{'}': {}}", |text| json!({"}": text})),
];

/// A document in which the same is made of each field, and every field is there: `call.transcript[0]` of a missed call is not.
fn document(form: &str, made: &str) -> Value {
    let expression = |name: &str| made.replace("{}", name);
    let is_turn = |name: &str| name.starts_with("call.transcript[");
    let guarded = |name: &str| {
        let made = expression(name);
        if is_turn(name) { format!("({made}) if call.transcript else ''") } else { made }
    };
    let fields: serde_json::Map<_, _> = EXPRESSIONS
        .iter()
        .map(|name| ((*name).to_owned(), json!(format!("{{{{ {} }}}}", guarded(name)))))
        .collect();
    json!({form: fields})
}

fn rendered(template: &Template, texts: &[String; FIELDS]) -> Vec<u8> {
    let (call, transcript) = call_of(texts);
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: SAMPLE_WEBHOOK_ID,
        call: &call,
        transcript: Some(&transcript),
    };
    template.render(&payload).expect("a body").body
}

/// Texts that mean something to JSON, to forms, to expressions and to browsers stand beside any others.
fn texts() -> impl Strategy<Value = [String; FIELDS]> {
    let dangerous = r#"["\\{}\[\]:,&=+%<>\u{0}\u{1}\u{2028}\u{202e}\n\r🙂é]{0,12}"#;
    let text = prop_oneof![
        any::<String>(),
        dangerous,
        Just("{{ call.id }}".to_owned()),
        Just("\",\"x\":\"".to_owned())
    ];
    vec(text, FIELDS).prop_map(|texts| from_fn(|at| texts[at].clone()))
}

fn templates(form: &str) -> Vec<(Template, Becomes)> {
    let saved =
        |made| Template::for_saving(&document(form, made)).unwrap_or_else(|why| panic!("{made}: {why}"));
    MADE.iter().map(|(made, expected)| (saved(made), *expected)).collect()
}

#[test]
fn no_text_breaks_out_of_a_json_document_whatever_is_made_of_it() {
    let templates = templates("json");
    proptest!(|(texts in texts())| {
        for (template, expected) in &templates {
            let body: Value = serde_json::from_slice(&rendered(template, &texts)).expect("JSON");
            let made = EXPRESSIONS.iter().zip(&texts).map(|(name, text)| ((*name).to_owned(), expected(text)));
            prop_assert_eq!(body, Value::Object(made.collect()));
        }
    });
}

#[test]
fn no_text_breaks_out_of_a_longer_one() {
    let mixed: Vec<_> = EXPRESSIONS.iter().filter(|name| !name.contains('[')).collect();
    let document: Vec<_> = mixed.iter().map(|name| format!("<{{{{ {name} }}}}>")).collect();
    let template = Template::for_saving(&json!({"json": document})).expect("a payload");
    proptest!(|(texts in texts())| {
        let body: Value = serde_json::from_slice(&rendered(&template, &texts)).expect("JSON");
        let named = EXPRESSIONS.iter().zip(&texts).filter(|(name, _)| !name.contains('['));
        prop_assert_eq!(body, json!(named.map(|(_, text)| format!("<{text}>")).collect::<Vec<_>>()));
    });
}

#[test]
fn no_text_breaks_out_of_a_form_whatever_is_made_of_it() {
    let templates = templates("form");
    proptest!(|(texts in texts())| {
        for (template, expected) in &templates {
            let body = rendered(template, &texts);
            let read: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
            // What is no text is JSON in a form.
            let as_text = |made: Value| made.as_str().map_or_else(|| made.to_string(), str::to_owned);
            let made = EXPRESSIONS.iter().zip(&texts).map(|(name, text)| ((*name).to_owned(), as_text(expected(text))));
            prop_assert_eq!(read, made.collect::<Vec<_>>());
        }
    });
}
