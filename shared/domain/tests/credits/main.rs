//! Credits, whatever happens at once: requests, top-ups, completions and their duplicates take turns in
//! any order, one transaction at a time.
//!
//! `account.rs` has the transactions that the store sends, `jobs.rs` the order in which the functions send them. What a call
//! costs is left to the domain.

mod account;
mod jobs;

use std::collections::BTreeMap;

use account::{Account, Line};
use domain::{Call, CallId, CallStatus};
use jobs::{Job, completion, request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What happens next.
#[derive(Debug, Clone)]
enum Turn {
    TopUp(u64),
    Request(u8),
    Completion {
        call: u8,
        source: &'static str,
        status: &'static str,
        tokens: Option<u64>,
    },
    /// One of the jobs that are under way goes one transaction further.
    Step(usize),
}

fn turn() -> impl Strategy<Value = Turn> {
    let call = || 0..6_u8;
    // Most calls cost about what was reserved; the most that a completion may report, and more.
    let tokens = prop_oneof![4 => 0..4_u64, 1 => 4..20_u64, 1 => select(&[1_000_000, 1_000_001, u64::MAX])];
    let top_up = prop_oneof![8 => 1..6_u64, 1 => select(&[1_000_000_u64, 10_000_000_000])];
    let completed = (
        call(),
        select(&["inbound", "inbound", "campaign", "test"]),
        select(&["finished", "missed", "failed"]),
        proptest::option::of(tokens),
    );
    prop_oneof![
        2 => top_up.prop_map(Turn::TopUp),
        4 => call().prop_map(Turn::Request),
        5 => completed.prop_map(|(call, source, status, tokens)| Turn::Completion { call, source, status, tokens }),
        14 => any::<usize>().prop_map(Turn::Step),
    ]
}

#[derive(Default)]
struct World {
    account: Account,
    under_way: Vec<Job>,
    /// Each settled call and its lines, as they were when it was settled.
    settled: BTreeMap<CallId, (Call, Vec<Line>)>,
}

impl World {
    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::TopUp(credits) => self.account.top_up(credits),
            Turn::Request(call) => self.under_way.push(Job::Accept { call: request(call) }),
            Turn::Completion { call, source, status, tokens } => {
                // What the contract refuses never comes near a balance.
                self.under_way.extend(completion(call, source, status, tokens));
            }
            Turn::Step(which) => self.step(which),
        }
        self.check();
    }

    fn step(&mut self, which: usize) {
        if !self.under_way.is_empty() {
            let job = self.under_way.remove(which % self.under_way.len());
            self.under_way.extend(job.step(&mut self.account));
        }
    }

    fn check(&mut self) {
        self.account.check();
        for (id, call) in self.account.calls.iter().filter(|(_, call)| call.settled_at.is_some()) {
            let now = (call.clone(), self.account.lines_of(id).cloned().collect());
            let settled = self.settled.entry(id.clone()).or_insert_with(|| now.clone());
            assert_eq!(*settled, now, "a settled call, or what it cost, has changed");
        }
    }

    /// Every job ends, and every call that was not cancelled is completed.
    fn come_to_rest(&mut self) {
        for call in 0..6 {
            self.under_way.extend(completion(call, "inbound", "finished", Some(2)));
        }
        for _ in 0..10_000 {
            if self.under_way.is_empty() {
                return;
            }
            self.step(0);
            self.check();
        }
        panic!("a job never ends");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn every_credit_is_accounted_for_whatever_happens_at_once(turns in vec(turn(), 1..120)) {
        let mut world = World::default();
        for turn in turns {
            world.take(turn);
        }
        world.come_to_rest();
        for call in world.account.calls.values() {
            assert_eq!(call.settled_at.is_some(), call.status != CallStatus::Cancelled, "{call:?}");
            assert_eq!(call.reserved_credits, 0, "a credit stays reserved for good");
        }
    }
}
