//! `sim [SECONDS [SEED]]` runs worlds of one seed after the other, on every processor; `sim until-wrong [SECONDS [SEED]]` stops at the
//! first that is wrong. `sim show SEED` prints one trace and its log; `sim twice SEED COUNT` runs each twice. `sim play` reads a
//! script and prints what the tables have at its end.

mod search;

use std::collections::BTreeSet;
use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use sim::log;
use sim::run::{Ended, run};
use sim::script;
use sim::template::Template;

use crate::search::Search;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Says that the environment is the template's.
const READY: &str = "SIMULATED";

fn main() -> ExitCode {
    let template = Template::of_this_checkout();
    if env::var_os(READY).is_none() {
        again_with_variables(&template);
    }
    log::begin();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |place: usize, otherwise: u64| {
        arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    match arguments.first().map(String::as_str) {
        Some("show") => show(&template, number(1, 1)),
        Some("twice") => twice(&template, number(1, 1), number(2, 100)),
        Some("play") => play(&template),
        Some("until-wrong") => Search::new(number(1, 60), number(2, 1), true).run(&template),
        _ => Search::new(number(0, 60), number(1, 1), false).run(&template),
    }
}

/// The functions read variables, which a process gets when it starts.
fn again_with_variables(template: &Template) -> ! {
    let program = env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .args(env::args().skip(1))
        .envs(template.variables())
        .env(READY, "1")
        .env_remove("AWS_ENDPOINT_URL");
    // In the same process: who ends it, ends all of it.
    let not_begun = command.exec();
    panic!("{not_begun}");
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn show(template: &Template, seed: u64) -> ExitCode {
    let ended = run(template, seed, &BTreeSet::new());
    ended.trace.iter().for_each(|line| println!("{line}"));
    println!("{}", ended.log);
    tell(seed, &ended);
    if ended.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn play(template: &Template) -> ExitCode {
    let script = serde_json::from_reader(io::stdin()).expect("a script in JSON");
    println!("{}", script::play(template, &script));
    ExitCode::SUCCESS
}

/// What is wrong with a world.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell(seed: u64, ended: &Ended) {
    println!("seed {seed}: trace {} of {} lines", ended.hash, ended.trace.len());
    for wrong in &ended.violations {
        println!("seed {seed}: {wrong}");
    }
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn twice(template: &Template, first: u64, worlds: u64) -> ExitCode {
    let all = BTreeSet::new();
    for seed in first..first + worlds {
        let (one, other) = (run(template, seed, &all), run(template, seed, &all));
        if one.hash != other.hash {
            let place = one.trace.iter().zip(&other.trace).position(|(one, other)| one != other).unwrap_or(0);
            let lines = [&one, &other].map(|ended| ended.trace.get(place));
            println!("seed {seed} has two traces, from line {place} on: {lines:#?}");
            return ExitCode::FAILURE;
        }
        println!("seed {seed}: {}", one.hash);
    }
    ExitCode::SUCCESS
}
