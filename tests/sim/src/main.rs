//! `sim [SECONDS [SEED]]`: worlds of one seed after the other; `sim until-wrong [SECONDS [SEED]]` stops at the first that is wrong.
//! `sim twice SEED COUNT`: each twice. `sim show SEED`: one trace.

use std::collections::BTreeSet;
use std::env;
use std::process::{Command, ExitCode};

use sim::counts::Counts;
use sim::log;
use sim::run::{Ended, run, shortest};
use sim::template::Template;

/// Says that the environment is the template's.
const READY: &str = "SIMULATED";

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn main() -> ExitCode {
    let template = Template::of_this_checkout();
    if env::var_os(READY).is_none() {
        return again_with_variables(&template);
    }
    log::begin();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |place: usize, otherwise: u64| {
        arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let counts = Counts::default();
    match arguments.first().map(String::as_str) {
        Some("show") => {
            let ended = run(&template, number(1, 1), &BTreeSet::new(), &counts);
            ended.trace.iter().for_each(|line| println!("{line}"));
            println!("{}", ended.log);
            tell(number(1, 1), &ended)
        }
        Some("twice") => twice(&template, number(1, 1), number(2, 100)),
        Some("until-wrong") => search(&template, number(1, 60), number(2, 1), &counts, true),
        _ => search(&template, number(0, 60), number(1, 1), &counts, false),
    }
}

/// The functions read variables, which a process gets when it starts.
fn again_with_variables(template: &Template) -> ExitCode {
    let program = env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args(env::args().skip(1)).envs(template.variables()).env(READY, "1").env_remove("AWS_ENDPOINT_URL");
    let is_well = command.status().is_ok_and(|status| status.success());
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell(seed: u64, ended: &Ended) -> ExitCode {
    println!("seed {seed}: trace {} of {} lines", ended.hash, ended.trace.len());
    for wrong in &ended.violations {
        println!("seed {seed}: {wrong}");
    }
    if ended.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The trace of the least that still shows it.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell_shortest(template: &Template, seed: u64) {
    let left_out = shortest(template, seed);
    let ended = run(template, seed, &left_out, &Counts::default());
    ended.trace.iter().for_each(|line| println!("{line}"));
    println!("seed {seed} without {left_out:?}:");
    tell(seed, &ended);
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn twice(template: &Template, first: u64, worlds: u64) -> ExitCode {
    let (counts, all) = (Counts::default(), BTreeSet::new());
    for seed in first..first + worlds {
        let (one, other) = (run(template, seed, &all, &counts), run(template, seed, &all, &counts));
        if one.hash != other.hash {
            let place = one.trace.iter().zip(&other.trace).position(|(one, other)| one != other).unwrap_or(0);
            println!("seed {seed} has two traces; line {place}:\n{:?}\n{:?}", one.trace.get(place), other.trace.get(place));
            return ExitCode::FAILURE;
        }
        println!("seed {seed}: {}", one.hash);
    }
    ExitCode::SUCCESS
}

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "this is what it is for; the search ends by the real clock")]
fn search(template: &Template, seconds: u64, first: u64, counts: &Counts, until_wrong: bool) -> ExitCode {
    let began = std::time::Instant::now();
    let (mut worlds, mut violated, mut told) = (0_u64, 0_u64, 10);
    while began.elapsed().as_secs() < seconds {
        let seed = first + worlds;
        let ended = run(template, seed, &BTreeSet::new(), counts);
        worlds += 1;
        if !ended.violations.is_empty() {
            violated += 1;
            tell(seed, &ended);
            if until_wrong {
                return ExitCode::FAILURE;
            }
            if violated == 1 {
                tell_shortest(template, seed);
            }
        }
        if began.elapsed().as_secs() >= told {
            told += 10;
            println!("{told:>5} s: {worlds} worlds, {} calls to AWS, {violated} with violations", counts.of_kind("call"));
        }
    }
    for kind in ["fault", "crash", "timeout", "doubled"] {
        println!("\n{kind}: {} in all", counts.of_kind(kind));
        for (place, count) in counts.places(kind) {
            println!("{count:>9} {place}");
        }
    }
    for (place, _) in counts.places("call") {
        if !counts.places("fault").contains_key(&place) {
            println!("no fault was met at {place}");
        }
    }
    let (calls, faults, crashes) = (counts.of_kind("call"), counts.of_kind("fault"), counts.of_kind("crash"));
    println!("\n{worlds} worlds, {calls} calls to AWS, {faults} faults, {crashes} crashes, {violated} with violations");
    if violated == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
