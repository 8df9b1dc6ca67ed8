//! Runs worlds.

use std::collections::BTreeSet;
use std::rc::Rc;

use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};

use crate::counts::Counts;
use crate::dialer::{self, Dialer};
use crate::log;
use crate::template::Template;
use crate::time::pause;
use crate::truth::{SETTLE, violations};
use crate::workload::{Done, act, open};
use crate::world::World;

/// Retries go on for 75 hours, and begin anew where somebody sends again; what has not settled by then never will.
const LONGEST_MS: u64 = 250 * 3_600_000;
/// What people do in a world, at most.
const MOST_ACTIONS: u64 = 9;
/// How long things still go wrong when everything was asked for, at most: into the fourth attempt, into the sixth.
const HARM_LASTS_MS: [u64; 4] = [300_000, 300_000, 10_000_000, 60_000_000];
/// Where what was given up goes back to.
const REDRIVES: [(&str, &str); 5] = [
    ("CallCompletionsDeadLetterQueue", "CallCompletionsQueue"),
    ("FanOutRestsDeadLetterQueue", "FanOutRestsQueue"),
    ("AccountEventsDeadLetterQueue", "AccountEventsQueue"),
    ("DeliveriesDeadLetterQueue", "SlowDeliveriesQueue"),
    ("CallJobsDeadLetterQueue", "CallJobsQueue"),
];

/// How a world ended.
#[derive(Debug)]
pub struct Ended {
    /// The hash of its trace.
    pub hash: String,
    /// Its trace.
    pub trace: Vec<String>,
    /// What is wrong with it.
    pub violations: Vec<String>,
    /// What its functions have logged.
    pub log: String,
    /// What was met in it.
    pub counts: Counts,
}

/// Runs the world of a seed to its end. `left_out`: what people do not do of what the
/// seed says, by its place.
///
/// # Panics
///
/// When a model meets what it does not know.
#[must_use]
pub fn run(template: &Template, seed: u64, left_out: &BTreeSet<u64>) -> Ended {
    let _ = log::take();
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    LocalSet::new().block_on(&runtime, live(template, seed, left_out))
}

/// The least of what people do that still leads to something wrong: what can be left out is, one thing after the other.
#[must_use]
pub fn shortest(template: &Template, seed: u64) -> BTreeSet<u64> {
    let mut left_out = BTreeSet::new();
    for action in 0..MOST_ACTIONS {
        left_out.insert(action);
        if run(template, seed, &left_out).violations.is_empty() {
            left_out.remove(&action);
        }
    }
    left_out
}

async fn live(template: &Template, seed: u64, left_out: &BTreeSet<u64>) -> Ended {
    let world = World::begin(template, seed);
    let random = world.random.fork();
    let dialer = Rc::new(Dialer::default());
    spawn_local(dialer::run(Rc::clone(&world), Rc::clone(&dialer)));
    let done = Rc::new(open(&world, &random).await);
    world.aws.harm.begin();
    world.aws.sqs().doubled = random.of([0, 20, 100]);
    if !world.aws.harm.is_none() {
        world.aws.sqs().delayed = random.of([0, 0, 20, 100]);
    }
    let actions = random.between(1, MOST_ACTIONS);
    act(&world, &random, &done, &dialer, actions, left_out).await;
    pause(random.below(random.of(HARM_LASTS_MS))).await;
    world.aws.harm.end();
    world.aws.sqs().doubled = 0;
    world.aws.sqs().delayed = 0;
    world.aws.time.set_off_by(0);
    let has_settled = settle(&world).await;
    ended(&world, &done, &dialer, has_settled)
}

fn ended(world: &World, done: &Done, dialer: &Dialer, has_settled: bool) -> Ended {
    let log = log::take();
    let mut wrong = violations(world, done, dialer, &log);
    if !has_settled {
        wrong.push("it does not settle".to_owned());
    }
    let (trace, counts) = (&world.aws.trace, world.aws.counts.clone());
    Ended { hash: trace.hash(), trace: trace.lines(), violations: wrong, log, counts }
}

/// Waits until nothing is on its way. What was given up is put back, as an operator does once the cause is gone.
pub(crate) async fn settle(world: &World) -> bool {
    let begun = world.aws.time.now();
    while world.aws.time.now() - begun < LONGEST_MS {
        let now = world.aws.time.now();
        let next = {
            let sqs = world.aws.sqs();
            let queues = SETTLE.iter().filter_map(|queue| sqs.next_at(queue));
            queues.chain(world.aws.next_schedule_at()).min()
        };
        let is_idle = world.running.get() == 0 && world.unrelayed.get() == 0;
        match next {
            Some(next) => pause(next.saturating_sub(now).clamp(1_000, 3_600_000)).await,
            None if !is_idle => pause(1_000).await,
            None => {
                let back = |(from, to): &(&str, &str)| world.aws.sqs().redrive(from, to, now);
                if REDRIVES.iter().map(back).sum::<usize>() == 0 {
                    // The dialer may be calling still.
                    pause(130_000).await;
                    if SETTLE.iter().all(|queue| world.aws.sqs().next_at(queue).is_none()) {
                        return true;
                    }
                }
                world.aws.changed.notify_waiters();
            }
        }
    }
    false
}
