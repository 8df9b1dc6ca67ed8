//! What calls cost, and what the operator has added.

use std::collections::BTreeMap;

use super::{Tables, number, text};
use crate::dialer::Dialer;
use crate::workload::Done;
use crate::world::World;

pub(super) fn credits_are_the_sum_of_the_ledger(tables: &Tables, wrong: &mut Vec<String>) {
    for account in &tables.accounts {
        let id = text(account, "id");
        let lines = tables.ledger.iter().filter(|line| text(line, "accountId") == id);
        let (sum, credits) =
            (lines.map(|line| number(line, "amount")).sum::<i64>(), number(account, "credits"));
        if sum != credits || credits < 0 {
            wrong.push(format!("{id} has {credits} credits and a ledger of {sum}"));
        }
    }
}

/// One reservation and one settlement, at most: credits that move twice for one call have two lines, and their sum is right.
pub(super) fn a_call_is_paid_once(tables: &Tables, wrong: &mut Vec<String>) {
    let mut lines: BTreeMap<(String, bool), u64> = BTreeMap::new();
    for line in tables.ledger.iter().filter(|line| !line["callId"].is_null()) {
        *lines.entry((text(line, "callId"), text(line, "kind") == "reserved")).or_default() += 1;
    }
    for ((call, is_reservation), count) in lines.iter().filter(|(_, count)| **count > 1) {
        let what = if *is_reservation { "reserved" } else { "settled" };
        wrong.push(format!("{call} is {what} {count} times"));
    }
}

/// What the dialer has reported of a call is what it costs, but for what its account did not have. One that failed costs nothing.
pub(super) fn a_call_costs_what_was_reported(tables: &Tables, dialer: &Dialer, wrong: &mut Vec<String>) {
    let mut moved: BTreeMap<String, i64> = BTreeMap::new();
    for line in tables.ledger.iter().filter(|line| !line["callId"].is_null()) {
        *moved.entry(text(line, "callId")).or_default() -=
            number(line, "amount") - number(line, "writtenOff");
    }
    let reported = dialer.reported.borrow();
    for (id, call) in tables.calls.iter().filter(|(_, call)| !call["settledAt"].is_null()) {
        let (status, cost) = (text(call, "status"), number(call, "tokensConsumed"));
        let costs = |(said, tokens): &(String, i64)| {
            *said == status && cost == if status == "failed" { 0 } else { *tokens }
        };
        if !reported.get(id).is_some_and(|reported| reported.said.iter().any(costs)) {
            wrong.push(format!("{id} is {status} and cost {cost}, which nobody has reported"));
        }
        let moved = moved.get(id).copied().unwrap_or_default();
        if moved != cost {
            wrong.push(format!("{id} cost {cost}, and {moved} credits moved for it"));
        }
    }
}

/// Whoever adds credits and is told that it failed adds them again.
pub(super) fn what_was_added_was_answered(
    world: &World,
    tables: &Tables,
    done: &Done,
    wrong: &mut Vec<String>,
) {
    // Where the ledger could not be asked, nobody knows what became of it.
    let unseen = world.aws.counts.at("given up", "operator dynamodb:GetItem Ledger");
    for account in &done.accounts {
        let added = done.added.borrow();
        let answered = |status| added.iter().filter(|one| **one == (account.id.clone(), status)).count();
        let is_line = |line: &&serde_json::Value| {
            text(line, "accountId") == account.id && text(line, "kind") == "topped_up"
        };
        // Its first credits are one of them.
        let lines = tables.ledger.iter().filter(is_line).count() - 1;
        let (least, unheard) = (answered(Some(200)), answered(None));
        let most = least + unheard + usize::try_from(unseen).unwrap_or(usize::MAX);
        if !(least..=most).contains(&lines) {
            wrong.push(format!("{} has {lines} additions, of which {least} were confirmed", account.id));
        }
    }
}
