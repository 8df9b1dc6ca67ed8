//! Instructions of an event, counted by callgrind: the one figure that another program on the machine does not change.
//!
//! Valgrind's processor has no SHA and no wide AES instructions, so what is signed and encrypted counts for more than it costs.

use std::fs;
use std::process::Command;

use bytes::Bytes;
use serde_json::Value;

use super::{Lab, count};
use crate::Outcome;
use crate::aws_stub::AwsStub;
use crate::events::{
    call_ids, committed, completions, create_account, deliveries, list_webhooks, portal_page, request,
    test_unsaved,
};
use crate::figures::Figure;
use crate::function::Program;
use crate::receiver::Receivers;
use crate::sample_account::SampleAccount;

/// The functions, and what one event of each is.
const FUNCTIONS: [(&str, &str); 9] = [
    ("empty", "event"),
    ("inbound", "accepted request"),
    ("relay", "batch of ten new calls"),
    ("fanout", "completion, one endpoint"),
    ("deliver", "delivery"),
    ("manage", "list of webhooks"),
    ("tester", "unsaved test"),
    ("operator", "new account"),
    ("portal", "page"),
];
/// New calls of a batch.
const NEW_CALLS: usize = 10;
/// Events of the two runs whose difference is taken.
const EVENTS: (usize, usize) = (50, 250);
const BATCHES: (usize, usize) = (5, 35);
/// What a payload of one's own may cost, where the documented one costs 1.
const OWN_PAYLOAD_AT_MOST: f64 = 1.5;
/// Deliveries of a batch.
const BATCH: usize = 10;

/// Instructions of each function's cold start, and of one event when it is warm.
///
/// # Errors
///
/// When a function does not do its work under valgrind.
pub async fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    let plain = Receivers::start(1, None).await?;
    let sample = SampleAccount::new(plain.urls())?;
    let aws = AwsStub::start(sample.with_queued_calls()).await?;
    let url = plain.urls().next().unwrap_or_default();
    for (name, event) in FUNCTIONS {
        let program = lab.function(name, &aws);
        let mut next = || match name {
            "relay" => committed(&call_ids(NEW_CALLS)),
            "fanout" => completions(&sample, 1),
            "deliver" => Ok(deliveries(&sample, 1)?.0),
            "manage" => Ok(list_webhooks(&sample)),
            "tester" => Ok(test_unsaved(&sample, &url)),
            "operator" => Ok(create_account()),
            "portal" => Ok(portal_page()),
            _ => Ok(request(&sample)),
        };
        let cold = run(lab, &program, 1, &mut next).await?;
        let what = format!("cold {name}: instructions to the first answer");
        figures.push(thousands(&format!("cold.{name}.instructions"), &what, cold));
        // Of deliveries, below.
        if !matches!(name, "empty" | "deliver") {
            let counted = per_event(lab, &program, EVENTS, &mut next).await?;
            let what = format!("{name}: instructions of one {event}");
            figures.push(thousands(&format!("{name}.instructions"), &what, counted));
        }
    }

    let tls = Receivers::start(1, Some(&lab.certificate)).await?;
    let documented = || SampleAccount::new(plain.urls());
    let mut of_a_delivery = Vec::new();
    for (id, what, sample) in [
        ("plain_1", "plain", documented()?),
        ("own_payload_1", "plain, a payload of its own of 2 KiB", documented()?.with_own_payload()),
        ("tls_1", "TLS", SampleAccount::new(tls.urls())?),
    ] {
        let aws = AwsStub::start(sample.with_finished_calls()?).await?;
        let program = lab.function_for_receivers("deliver", &aws);
        let batch = per_event(lab, &program, BATCHES, || Ok(deliveries(&sample, BATCH)?.0)).await?;
        let what = format!("deliver, {what}, one endpoint: instructions of a delivery");
        let counted = batch.map(|all| all / count(BATCH));
        figures.push(thousands(&format!("deliver.{id}.instructions"), &what, counted));
        of_a_delivery.push(counted);
    }
    figures.push(own_over_documented(of_a_delivery[1].zip(of_a_delivery[0])));
    Ok(figures)
}

fn own_over_documented(counted: Option<(f64, f64)>) -> Figure {
    let (id, unit) = ("deliver.own_payload_1.instructions_ratio", "×");
    let what = "deliver: instructions of a delivery in a payload of its own / in the documented one";
    match counted {
        Some((own, documented)) => Figure::one(id, what, own / documented, unit),
        None => Figure::not_measured(id, format!("{what} (needs valgrind)"), unit),
    }
    .at_most(OWN_PAYLOAD_AT_MOST)
}

fn thousands(id: &str, what: &str, instructions: Option<f64>) -> Figure {
    match instructions {
        Some(instructions) => Figure::one(id, what, instructions / 1e3, "thousand"),
        None => Figure::not_measured(id, format!("{what} (needs valgrind)"), "thousand"),
    }
}

/// Instructions of one event: of a run with many, less those of a run with few, so that start and first events do not count.
/// `None` when there is no valgrind.
async fn per_event(
    lab: &Lab,
    program: &Program,
    events: (usize, usize),
    mut event: impl FnMut() -> Outcome<Bytes>,
) -> Outcome<Option<f64>> {
    let (few, many) = events;
    let of_few = run(lab, program, few, &mut event).await?;
    let of_many = run(lab, program, many, &mut event).await?;
    Ok(of_many.zip(of_few).map(|(of_many, of_few)| (of_many - of_few) / count(many - few)))
}

/// Instructions of a process and so many events. `None` when there is no valgrind.
async fn run(
    lab: &Lab,
    program: &Program,
    events: usize,
    event: &mut impl FnMut() -> Outcome<Bytes>,
) -> Outcome<Option<f64>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let out = lab.binaries.join("bench-callgrind.out");
    let mut watched = program.clone();
    watched.path = "valgrind".into();
    watched.arguments = vec![
        "--tool=callgrind".into(),
        "--quiet".into(),
        format!("--callgrind-out-file={}", out.display()),
        program.path.display().to_string(),
    ];
    let mut function = watched.start().await?;
    for _ in 0..events {
        let invoked = function.invoke(&event()?).await?;
        if refused(&invoked.answer) {
            return Err(format!("{} refuses what is counted", program.path.display()).into());
        }
    }
    function.terminate()?;
    let counted = fs::read_to_string(&out)?;
    let total = counted.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(Some(total.ok_or("callgrind counted nothing")?.trim().parse()?))
}

/// Whether a function that answers HTTP has said that it will not do what was asked.
fn refused(answer: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["statusCode"].as_u64().is_some_and(|status| status >= 300)
}
