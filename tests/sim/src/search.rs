//! As many worlds as fit into a time, on every processor: a thread has one world at a time.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use sim::aws::{DONE, ON_ITS_WAY};
use sim::counts::Counts;
use sim::run::{run, shortest};
use sim::template::Template;

use crate::tell;

/// A search of this time meets everything, or something cannot be met.
const WHOLE_SECONDS: u64 = 600;
/// How often the progress is told.
const PROGRESS_SECONDS: u64 = 10;

/// A search for a world that is wrong.
pub(crate) struct Search {
    began: Instant,
    seconds: u64,
    until_wrong: bool,
    next_seed: AtomicU64,
    worlds: AtomicU64,
    violated: AtomicU64,
    told: AtomicU64,
    is_over: AtomicBool,
    counts: Counts,
}

impl Search {
    /// From this seed on.
    #[expect(
        clippy::disallowed_methods,
        reason = "the search ends by the real clock, whatever time its worlds have"
    )]
    pub(crate) fn new(seconds: u64, first: u64, until_wrong: bool) -> Self {
        Self {
            began: Instant::now(),
            seconds,
            until_wrong,
            next_seed: AtomicU64::new(first),
            worlds: AtomicU64::default(),
            violated: AtomicU64::default(),
            told: AtomicU64::default(),
            is_over: AtomicBool::default(),
            counts: Counts::default(),
        }
    }

    /// Runs worlds until the time is over, and says what was met.
    pub(crate) fn run(&self, template: &Template) -> ExitCode {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while !self.is_over.load(Ordering::Relaxed) && self.seconds_gone() < self.seconds {
                        self.one_world(template);
                    }
                });
            }
        });
        let unmet = self.summary(template);
        let has_all = unmet == 0 || self.seconds < WHOLE_SECONDS;
        let is_sound = self.violated.load(Ordering::Relaxed) == 0;
        if has_all && is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn seconds_gone(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    #[expect(clippy::print_stdout, reason = "progress is told")]
    fn one_world(&self, template: &Template) {
        let seed = self.next_seed.fetch_add(1, Ordering::Relaxed);
        let ended = run(template, seed, &BTreeSet::new());
        self.counts.add_all(&ended.counts);
        let worlds = self.worlds.fetch_add(1, Ordering::Relaxed) + 1;
        if !ended.violations.is_empty() {
            let before = self.violated.fetch_add(1, Ordering::Relaxed);
            tell(seed, &ended);
            if self.until_wrong {
                self.is_over.store(true, Ordering::Relaxed);
            } else if before == 0 {
                tell_shortest(template, seed);
            }
        }
        let gone = self.seconds_gone();
        let told = self.told.fetch_max(gone / PROGRESS_SECONDS, Ordering::Relaxed);
        if gone / PROGRESS_SECONDS > told {
            let (calls, violated) = (self.counts.of_kind("call"), self.violated.load(Ordering::Relaxed));
            println!("{gone:>5} s: {worlds} worlds, {calls} calls to AWS, {violated} with violations");
        }
    }

    /// Returns how many things were not met.
    #[expect(clippy::print_stdout, reason = "this is what it ends with")]
    fn summary(&self, template: &Template) -> usize {
        let counts = &self.counts;
        let unmet = tell_call_sites(counts) + tell_unused_rights(counts, template);
        for kind in ["harm", "timeout", "doubled", "delayed"] {
            println!("\n{kind}: {} in all", counts.of_kind(kind));
            for (place, count) in counts.places(kind) {
                println!("{count:>9} {place}");
            }
        }
        let number = |of: &AtomicU64| of.load(Ordering::Relaxed);
        let (worlds, violated) = (number(&self.worlds), number(&self.violated));
        let [calls, faults, crashes] = ["call", "fault", "crash"].map(|kind| counts.of_kind(kind));
        println!(
            "\n{worlds} worlds, {calls} calls to AWS, {faults} faults, {crashes} crashes, {violated} with violations, \
             {unmet} things not met"
        );
        unmet
    }
}

/// The table of call sites: what harm each one met. Returns how many of its fields are 0.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell_call_sites(counts: &Counts) -> usize {
    println!("\n    calls    faults  dies before  dies after  at");
    let [faults, crashes] = ["fault", "crash"].map(|kind| counts.places(kind));
    let mut unmet = 0;
    for (place, calls) in counts.places("call") {
        let crash = |when: &str| crashes.get(&format!("{place}, {when}")).copied().unwrap_or(0);
        let met = [faults.get(&place).copied().unwrap_or(0), crash(ON_ITS_WAY), crash(DONE)];
        let [fault, before, after] = met;
        println!("{calls:>9} {fault:>9} {before:>12} {after:>11}  {place}");
        unmet += met.iter().filter(|count| **count == 0).count();
    }
    unmet
}

/// A right that no function has used is a call site that no world has come to. Returns how many there are.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell_unused_rights(counts: &Counts, template: &Template) -> usize {
    let (used, rights) = (counts.places("right"), template.rights());
    let unused: Vec<_> = rights.iter().filter(|right| !used.contains_key(*right)).collect();
    println!("\nrights of roles: {}, of which not used: {}", rights.len(), unused.len());
    unused.iter().for_each(|right| println!("          {right}"));
    unused.len()
}

/// The trace of the least that still shows it.
#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell_shortest(template: &Template, seed: u64) {
    let left_out = shortest(template, seed);
    let ended = run(template, seed, &left_out);
    ended.trace.iter().for_each(|line| println!("{line}"));
    println!("seed {seed} without what people do at the places {left_out:?}:");
    tell(seed, &ended);
}
