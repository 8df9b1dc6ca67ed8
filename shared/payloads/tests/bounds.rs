//! No document costs more than it may. One test at a time: the memory that is counted is the process's.

mod calls;

use std::sync::Mutex;

use calls::call_of;
use domain::{Event, Payload};
use payloads::{MAX_BODY, Template};
use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use serde_json::json;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;
static ALONE: Mutex<()> = Mutex::new(());

const MAX_MEMORY: usize = 16 * 1024 * 1024;

/// The result of `work`, and how many bytes more than before were held while it went on.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = work();
    (result, ALLOCATOR.peak_usage().saturating_sub(before))
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
        let _alone = ALONE.lock();
        let expressions: Vec<_> = pieces.iter().map(|pieces| format!("{{{{ {} }}}}", pieces.concat())).collect();
        let (call, transcript) = call_of(&[0; 8].map(|_| "\u{1}\"é".repeat(length / 4)));
        let payload = Payload { event: Event::CallFinished, webhook_id: "x", call: &call, transcript: Some(&transcript) };
        // Each by itself, since most are refused; and those that are not, as one document.
        let good: Vec<_> = expressions.into_iter().filter(|one| Template::parse(&json!({"text": one})).is_ok()).collect();
        let document = json!({"json": good});
        let (lengths, peak) = peak(|| {
            Template::parse(&document).ok().and_then(|template| template.render(&payload).ok()).map(|it| it.body.len())
        });
        prop_assert!(lengths.unwrap_or(0) <= MAX_BODY);
        prop_assert!(peak <= MAX_MEMORY, "{} bytes for {}", peak, document);
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
    let _alone = ALONE.lock();
    let (call, transcript) = call_of(&[0; 8].map(|_| "\u{1}".repeat(200_000)));
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
        let (body, peak) = peak(|| template.render(&payload));
        let refused = body.expect_err("it is too long");
        assert!(
            refused.reason.contains("256 KiB") || refused.reason.contains("too often"),
            "{expression}: {refused}"
        );
        assert!(peak <= MAX_MEMORY, "{expression}: {peak} bytes");
    }
}
