//! Documents as a stranger would write them who wants much work to be done, each with a call to render it for. The same ones every
//! time: a test bounds what they allocate, and `make bench` times them.

use domain::{Call, Event, Payload};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::calls::{FIELDS, call_of};

/// A document, and a call with its transcript.
pub(crate) struct Hostile {
    pub(crate) document: Value,
    pub(crate) call: Call,
    pub(crate) transcript: Box<RawValue>,
}

/// What is rendered.
pub(crate) fn payload_of<'a>(call: &'a Call, transcript: &'a RawValue) -> Payload<'a> {
    Payload { event: Event::CallFinished, webhook_id: "x", call, transcript: Some(transcript) }
}

/// A thousand.
pub(crate) fn hostile_documents() -> impl Iterator<Item = Hostile> {
    let (mut runner, documents) = (TestRunner::deterministic(), document());
    (0..1_000).map(move |case: usize| {
        // Short texts, so that there is a body, and such as make each rendering end early.
        let text = "\u{1}\"é".repeat([1, 400, 8_000, 75_000][case % 4]);
        let (mut call, transcript) = call_of(&[0; FIELDS].map(|_| text.clone()));
        let transcript = if case.is_multiple_of(20) { tiny_turns() } else { transcript };
        let list = format!(r#"{{"list":[{}"x"]}}"#, r#"{"a":[1,"b",null]},"#.repeat(800));
        call.extracted = domain::JsonObject::try_from(list).ok();
        let document = documents.new_tree(&mut runner).expect("a document").current();
        Hostile { document, call, transcript }
    })
}

/// An expression that is one, as a stranger would write it who wants much work to be done.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(NAMES).prop_map(str::to_owned),
        1 => prop::sample::select(&["1", "9223372036854775807", "'a'", "\"\u{1}\"", "true", "none", "[]", "{}"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 16, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            3 => two.clone().prop_map(|(one, other)| format!("({one} ~ {other})")),
            1 => two.clone().prop_map(|(one, other)| format!("({one} + {other})")),
            1 => two.clone().prop_map(|(one, other)| format!("({one} in {other})")),
            2 => two.clone().prop_map(|(one, other)| format!("[{one}, {other}]")),
            1 => two.clone().prop_map(|(one, other)| format!("{{'a': {one}, 'b': {other}}}")),
            1 => two.clone().prop_map(|(one, other)| format!("({one} if {other} else {one})")),
            1 => two.prop_map(|(one, other)| format!("({one} | default({other}))")),
            3 => (inner.clone(), prop::sample::select(FILTERS)).prop_map(|(one, filter)| format!("({one} | {filter})")),
            1 => (inner, prop::sample::select(&["[0]", "[-1:]", "[1:]"])).prop_map(|(one, part)| format!("{one}{part}")),
        ]
    })
}

const NAMES: &[&str] = &[
    "call",
    "call.transcript",
    "call.transcriptText",
    "call.summary",
    "call.recipient",
    "call.recipient.note",
    "call.analysis.justification",
    "call.actionItems",
    "call.actionItemsText",
    "call.metadata",
    "call.extracted.list",
    "campaign.name",
];

const FILTERS: &[&str] = &[
    "email",
    "json",
    "upper",
    "lower",
    "trim",
    "digits",
    "truncate(99999)",
    "join(call.summary)",
    "join(', ')",
    "number",
    "round",
    "date",
];

/// A document of such expressions: often each, in each form, deep in each other.
fn document() -> impl Strategy<Value = Value> {
    let texts = prop::collection::vec((expression(), 1_usize..40), 1..8);
    (texts, 0_usize..16, 0..3, any::<bool>()).prop_map(|(texts, depth, form, mixed)| {
        let written = |expression: &String| {
            if mixed { format!("<{{{{ {expression} }}}}>") } else { format!("{{{{ {expression} }}}}") }
        };
        let all: Vec<_> = texts.iter().flat_map(|(one, times)| vec![written(one); *times]).take(128).collect();
        match form {
            0 => json!({"text": all.concat()}),
            1 => {
                let fields = all.into_iter().enumerate().map(|(at, text)| (at.to_string(), text.into()));
                json!({"form": fields.collect::<serde_json::Map<_, _>>()})
            }
            _ => json!({"json": (0..depth).fold(json!(all), |inner, _| json!({"a": inner})), "omitNulls": mixed}),
        }
    })
}

/// As many turns as a message has room for: what is kept of each is larger than the turn.
fn tiny_turns() -> Box<serde_json::value::RawValue> {
    let turn = r#"{"who":"","what":"","when":""}"#;
    let turns = vec![turn; 1024 * 1024 / turn.len()].join(",");
    serde_json::value::RawValue::from_string(format!("[{turns}]")).expect("JSON")
}
