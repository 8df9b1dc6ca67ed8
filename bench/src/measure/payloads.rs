//! Payloads of their owners' own design: the usual one, and such as are written to take long.

#[path = "../../../shared/payloads/tests/calls/mod.rs"]
mod calls;
#[path = "../../../shared/payloads/tests/hostile/mod.rs"]
mod hostile;

use std::time::Instant;

use domain::{Call, Event, Payload, SAMPLE_WEBHOOK_ID, Turn, sample_call};
use hostile::{Hostile, hostile_documents, payload_of};
use payloads::Template;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::Outcome;
use crate::figures::Figure;
use crate::sample_account::own_payload;

const ROUNDS: usize = 21;
const HOSTILE_ROUNDS: usize = 5;

/// What one document may take, in ms: a batch of deliveries waits for it.
const MOST: f64 = 50.0;

/// How long it takes to read a document, and to render it for a call.
///
/// # Errors
///
/// When a document is none.
pub fn measure() -> Outcome<Vec<Figure>> {
    let (call, transcript) = long_call()?;
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: SAMPLE_WEBHOOK_ID,
        call: &call,
        transcript: Some(&transcript),
    };
    let mut figures = vec![figure("usual", "payload of 2 KiB, long transcript", &own_payload(), &payload)?];
    for (id, expression) in [
        ("joined", "call.transcriptText ~ call.summary ~ call.transcriptText"),
        ("filtered", "call.transcriptText | upper | lower | json | digits"),
        ("listed", "call.transcript"),
        ("searched", "call.summary in call.transcriptText"),
    ] {
        let document = json!({"json": vec![format!("{{{{ ({expression}) | json | truncate(1) }}}}"); 128]});
        let what = format!("payload of 128 expressions: {expression}");
        figures.push(figure(id, &what, &document, &payload)?.at_most(MOST));
    }
    let (what, slowest) = ("the slowest of 1,000 hostile payloads", slowest_of_the_hostile());
    figures.push(Figure::one("payloads.hostile", what, slowest, "ms").at_most(MOST));
    Ok(figures)
}

/// How long the slowest of them takes, in ms. Of a few times each the shortest: only what the document is guilty of.
fn slowest_of_the_hostile() -> f64 {
    let took = hostile_documents().map(|Hostile { document, call, transcript }| {
        let payload = payload_of(&call, &transcript);
        let times = (0..HOSTILE_ROUNDS).map(|_| {
            let begun = Instant::now();
            let _ended = Template::parse(&document).map(|template| template.render(&payload));
            begun.elapsed().as_secs_f64() * 1e3
        });
        times.fold(f64::INFINITY, f64::min)
    });
    took.fold(0.0, f64::max)
}

fn figure(id: &str, what: &str, document: &Value, payload: &Payload<'_>) -> Outcome<Figure> {
    let mut took = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        // A body or a refusal: both are the end of it.
        let _ended = Template::parse(document)?.render(payload);
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Figure::median(format!("payloads.{id}"), what, &took, "ms"))
}

/// A call of an hour, with a summary as long as a message can bring.
fn long_call() -> Outcome<(Call, Box<RawValue>)> {
    let turn = |n: usize| Turn {
        who: if n.is_multiple_of(2) { "assistant" } else { "user" }.into(),
        what: format!(
            "{n}: \"Thanks for calling back.\" What would you like to know about the enterprise plan?"
        ),
        when: "2024-04-30T14:00:03.000Z".into(),
    };
    let turns: Vec<Turn> = (0..1_500).map(turn).collect();
    let summary = Some("é\"".repeat(40_000));
    Ok((Call { summary, ..sample_call() }, to_raw_value(&turns)?))
}
