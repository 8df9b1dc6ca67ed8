//! `make bench`: measures the release binaries, prints one table, writes `bench/results.json`.

#![allow(clippy::disallowed_methods, reason = "what measures time asks for it")]

use std::io::Write as _;
use std::{env, fs, io};

use bench::Outcome;
use bench::figures::{Figure, table};
use bench::machine::{Machine, stay_on_one_cpu};
use bench::measure::{Lab, calls, cold, deliver, fanout, inbound, instructions, payloads, sizes};
use serde_json::json;

/// Where the figures go, seen from the checkout.
const RESULTS: &str = "bench/results.json";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let only: Vec<String> = env::args().skip(1).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|only| only == name);
    let machine = Machine::here();
    let lab = Lab::new()?;
    let mut figures: Vec<Figure> = Vec::new();
    if wanted("sizes") {
        say("Sizes")?;
        figures.extend(sizes::measure(&lab)?);
    }
    if wanted("calls") {
        say("Calls to AWS")?;
        figures.extend(calls::measure(&lab).await?);
    }
    if wanted("cold") {
        say("Cold starts")?;
        figures.extend(cold::measure(&lab).await?);
    }
    // Cold starts take what CPUs there are, as AWS's emulator needs.
    stay_on_one_cpu()?;
    if wanted("inbound") {
        say("Warm requests")?;
        figures.extend(inbound::measure(&lab).await?);
    }
    if wanted("deliver") {
        say("Deliveries")?;
        figures.extend(deliver::measure(&lab).await?);
    }
    if wanted("fanout") {
        say("Completions")?;
        figures.extend(fanout::measure(&lab).await?);
    }
    if wanted("payloads") {
        say("Payloads of their owners' own design")?;
        figures.extend(payloads::measure()?);
    }
    if wanted("instructions") {
        say("Instructions")?;
        figures.extend(instructions::measure(&lab).await?);
    }
    write!(io::stdout(), "{}", table(&figures))?;
    if only.is_empty() {
        let report = json!({"machine": machine.afterwards(), "figures": figures});
        fs::write(RESULTS, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

fn say(what: &str) -> io::Result<()> {
    writeln!(io::stderr(), "==> {what}")
}
