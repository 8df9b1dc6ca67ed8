//! No document costs more than it may: neither memory at once nor, all in all, work, of which what is allocated is the count.

mod calls;
mod hostile;

use allocation_counter::{AllocationInfo, measure};
use calls::{FIELDS, call_of};
use domain::{Event, Payload};
use hostile::{Hostile, hostile_documents, payload_of};
use payloads::{MAX_BODY, Template};
use proptest::prelude::*;
use serde_json::{Value, json};

const MAX_MEMORY: u64 = 16 * 1024 * 1024;
/// All that one rendering allocates, counted again when it is freed and allocated anew.
const MAX_WORK: u64 = 64 * 1024 * 1024;

/// Checks what a document takes, read and rendered for a call; whether it has a body.
fn is_bounded(document: &Value, payload: &Payload<'_>) -> bool {
    let mut length = None;
    let AllocationInfo { bytes_max, bytes_total, .. } = measure(|| {
        let template = Template::parse(document).ok();
        length = template.and_then(|template| template.render(payload).ok()).map(|it| it.body.len());
    });
    let beginning = || document.to_string().chars().take(500).collect::<String>();
    assert!(length.unwrap_or(0) <= MAX_BODY);
    assert!(bytes_max <= MAX_MEMORY, "{bytes_max} bytes at once for {}", beginning());
    assert!(bytes_total <= MAX_WORK, "{bytes_total} bytes all in all for {}", beginning());
    length.is_some()
}

#[test]
fn a_template_takes_no_more_memory_than_it_says() {
    let of_expressions = |expression: &str| {
        let count = (16_000 / (expression.len() + 9)).min(128);
        json!({"json": vec![format!("{{{{ {expression} }}}}"); count]})
    };
    for document in [
        of_expressions("1"),
        of_expressions(&format!("[{}]", ["{}"; 37].join(","))),
        of_expressions(&format!("[{}]", ["1"; 55].join(","))),
        of_expressions(&format!("{}call.id", "-".repeat(100))),
        of_expressions(&["call.metadata.a"; 8].join("~")),
        of_expressions(&format!("[{}]", ["{}"; 160].join(","))),
        json!({"json": vec![json!([]); 5_000]}),
        json!({"json": vec![json!({}); 5_000]}),
        json!({"json": vec![json!([[[[0]]]]); 1_600]}),
        json!({"json": vec![1; 8_000]}),
        json!({"json": vec!["a"; 4_000]}),
        json!({"json": vec![json!({"": ""}); 1_600]}),
        json!({"form": (0..1_600).map(|at| (at.to_string(), json!(""))).collect::<serde_json::Map<_, _>>()}),
        json!({"text": "a".repeat(16_000)}),
        json!({"text": "a{{1}}".repeat(128)}),
    ] {
        let mut template = None;
        let AllocationInfo { bytes_current, .. } = measure(|| template = Template::parse(&document).ok());
        let said = template.expect("a payload").memory();
        let took = usize::try_from(bytes_current).expect("it is kept");
        let beginning: String = document.to_string().chars().take(80).collect();

        assert!(took <= said, "{took} of {said} bytes: {beginning}");
    }
}

#[test]
fn a_thousand_hostile_documents_are_bounded() {
    let (mut read, mut rendered) = (0, 0);
    for Hostile { document, call, transcript } in hostile_documents() {
        let payload = payload_of(&call, &transcript);
        read += usize::from(Template::parse(&document).is_ok());
        rendered += usize::from(is_bounded(&document, &payload));
    }
    // Otherwise it would say nothing.
    assert!(read > 500 && rendered > 80, "{read} are read, {rendered} have a body");
}

proptest! {
    // Each case has a hundred expressions over long texts.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is built of what expressions consist of: it is refused, fails or has a body of a bounded length, and the
    /// memory for it is bounded, too.
    #[test]
    fn a_hostile_document_is_bounded(
        pieces in prop::collection::vec(prop::collection::vec(prop::sample::select(PIECES), 1..40), 1..130),
        length in 0_usize..300_000,
    ) {
        let expressions: Vec<_> = pieces.iter().map(|pieces| format!("{{{{ {} }}}}", pieces.concat())).collect();
        let (call, transcript) = call_of(&[0; FIELDS].map(|_| "\u{1}\"é".repeat(length / 4)));
        let payload = Payload { event: Event::CallFinished, webhook_id: "x", call: &call, transcript: Some(&transcript) };
        // Each by itself, since most are refused; and those that are not, as one document.
        let good: Vec<_> = expressions.into_iter().filter(|one| Template::parse(&json!({"text": one})).is_ok()).collect();
        let document = json!({"json": good});
        is_bounded(&document, &payload);
    }
}

const PIECES: &[&str] = &[
    "call.transcriptText",
    "call.summary",
    "call.transcript",
    "call.actionItems",
    "call",
    "call.metadata.a",
    "campaign.name",
    " ~ ",
    " ~ ",
    " + ",
    " - ",
    " in ",
    " == ",
    " if ",
    " else ",
    " and ",
    " or ",
    "not ",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    ":",
    ",",
    "|json",
    "|json",
    "|upper",
    "|lower",
    "|join(call.summary)",
    "|truncate(9)",
    "|digits",
    "|trim",
    "|number",
    "|round",
    "|date",
    "|default(",
    "[0]",
    "[::-1]",
    "[1:]",
    ".who",
    "1",
    "9223372036854775807",
    "'a'",
    "\"\u{1}\"",
    "true",
    "none",
    "//0",
    "*",
    "/ 3",
];

#[test]
fn what_multiplies_texts_ends_early() {
    let (call, transcript) = call_of(&[0; FIELDS].map(|_| "\u{1}".repeat(200_000)));
    let payload =
        Payload { event: Event::CallFinished, webhook_id: "x", call: &call, transcript: Some(&transcript) };
    let json = "|json".repeat(90);
    for expression in [
        format!("call.summary{json}"),
        format!("[{}]", ["call.summary"; 8].join(", ")),
        format!("[{}] ~ ''", ["call.summary"; 8].join(", ")),
        ["call.summary"; 8].join(" ~ "),
        ["call"; 8].join(" ~ "),
        "[1, 2, 3, 4, 5, 6, 7, 8, 9]|join(call.summary)".to_owned(),
        "(call.transcript + call.transcript)|json".to_owned(),
        "call.summary|json|upper|json|upper".to_owned(),
    ] {
        let template = Template::parse(&json!({"json": vec![format!("{{{{ {expression} }}}}"); 20]}))
            .expect("a payload");
        let mut body = None;
        let AllocationInfo { bytes_max, .. } = measure(|| body = Some(template.render(&payload)));
        let refused = body.expect("it was rendered").expect_err("it is too long");
        assert!(
            refused.reason.contains("256 KiB") || refused.reason.contains("too often"),
            "{expression}: {refused}"
        );
        assert!(bytes_max <= MAX_MEMORY, "{expression}: {bytes_max} bytes");
    }
}
