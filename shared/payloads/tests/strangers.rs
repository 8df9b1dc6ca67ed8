//! No text of a stranger leaves its place.

mod calls;

use calls::call_of;
use domain::{Event, Payload, SAMPLE_WEBHOOK_ID};
use payloads::Template;
use proptest::prelude::*;
use serde_json::{Value, json};

const EXPRESSIONS: [&str; 8] = [
    "call.recipient.firstName",
    "call.recipient.note",
    "call.recipient.companyName",
    "call.summary",
    "call.analysis.justification",
    "call.actionItemsText",
    "call.transcriptText",
    "campaign.name",
];

fn rendered(document: &Value, texts: &[String; 8]) -> Vec<u8> {
    let (call, transcript) = call_of(texts);
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: SAMPLE_WEBHOOK_ID,
        call: &call,
        transcript: Some(&transcript),
    };
    Template::for_saving(document).expect("a payload").render(&payload).expect("a body").body
}

fn expected(texts: &[String; 8]) -> [String; 8] {
    let mut expected = texts.clone();
    expected[6] = format!("user: {}", texts[6]);
    expected
}

/// Texts that mean something to JSON, to forms, to expressions and to browsers stand beside any others.
fn text() -> impl Strategy<Value = String> {
    let dangerous = r#"["\\{}\[\]:,&=+%<>\u{0}\u{1}\u{2028}\u{202e}\n\r🙂é]{0,12}"#;
    prop_oneof![any::<String>(), dangerous, Just("{{ call.id }}".to_owned()), Just("\",\"x\":\"".to_owned())]
}

proptest! {
    #[test]
    fn no_text_breaks_out_of_a_json_document(texts in prop::array::uniform8(text())) {
        let alone: Vec<_> = EXPRESSIONS.iter().map(|name| format!("{{{{ {name} }}}}")).collect();
        let mixed: Vec<_> = EXPRESSIONS.iter().map(|name| format!("<{{{{ {name} }}}}>")).collect();
        let body = rendered(&json!({"json": {"alone": alone, "mixed": mixed}}), &texts);
        let expected = expected(&texts);
        let mixed: Vec<_> = expected.iter().map(|text| format!("<{text}>")).collect();
        prop_assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), json!({"alone": expected, "mixed": mixed}));
    }

    #[test]
    fn no_text_breaks_out_of_a_form(texts in prop::array::uniform8(text())) {
        let fields: serde_json::Map<_, _> =
            EXPRESSIONS.iter().map(|name| ((*name).to_owned(), json!(format!("{{{{ {name} }}}}")))).collect();
        let body = rendered(&json!({"form": fields}), &texts);
        let read: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
        let written: Vec<_> = EXPRESSIONS.map(str::to_owned).into_iter().zip(expected(&texts)).collect();
        prop_assert_eq!(read, written);
    }
}
