//! Who is told of what, and who is not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Tables, each_delivery_has_ended, number, text};
use crate::receivers::Received;
use crate::workload::{Account, Done, Outbound};
use crate::world::World;

/// "An endpoint is told to fail once in an hour" (`docs/deliveries.md`).
const TOLD_EACH_MS: u64 = 3_600_000;
/// By which the way of an event to a webhook may be longer than that of the next one.
const ON_ITS_WAY_MS: u64 = 60_000;

/// A completion that was accepted ends in the log of every endpoint that asks for it, and in no other's.
pub(super) fn each_completion_is_told(
    tables: &Tables,
    done: &Done,
    call_id: &str,
    account: &str,
    wrong: &mut Vec<String>,
) {
    let Some(call) = tables.calls.get(call_id) else {
        wrong.push(format!("{call_id} was reported and is not on record"));
        return;
    };
    if call["settledAt"].is_null() || call["fannedOutAt"].is_null() {
        wrong.push(format!("{call_id} was reported and is not settled and fanned out"));
    }
    let Some(account) = done.accounts.iter().find(|one| one.id == account) else { return };
    if text(call, "webhookId") == account.inbound {
        let rows = rows_of(tables, call_id, &account.inbound);
        if rows.is_empty() && !is_disabled(tables, &account.inbound) {
            wrong.push(format!("{call_id} was not told to {}", account.inbound));
        }
        each_delivery_has_ended(tables, done, &rows, wrong);
    }
    let status = text(call, "status");
    for webhook in &account.outbound {
        let wants = webhook.wishes.finished.is_some_and(|only| only.is_none_or(|only| only == status));
        a_webhook_is_told(tables, done, (call_id, webhook), wants, wrong);
    }
}

/// A call that does not ring is told to those who ask for that, and to nobody else.
pub(super) fn each_cancelled_call_is_told(tables: &Tables, done: &Done, wrong: &mut Vec<String>) {
    for (id, call) in tables.calls.iter().filter(|(_, call)| text(call, "status") == "cancelled") {
        let of_call = |one: &&std::rc::Rc<Account>| one.id == text(call, "accountId");
        let Some(account) = done.accounts.iter().find(of_call) else { continue };
        for webhook in &account.outbound {
            a_webhook_is_told(tables, done, (id, webhook), webhook.wishes.cancelled, wrong);
        }
    }
}

fn a_webhook_is_told(
    tables: &Tables,
    done: &Done,
    (call_id, webhook): (&str, &Outbound),
    wants: bool,
    wrong: &mut Vec<String>,
) {
    let rows = rows_of(tables, call_id, &webhook.id);
    if !done.edited.borrow().contains(&webhook.id) {
        if wants && rows.is_empty() && !is_disabled(tables, &webhook.id) {
            wrong.push(format!("{call_id} was not told to {}", webhook.id));
        }
        if !wants && !rows.is_empty() {
            wrong.push(format!("{call_id} was told to {}, which has not asked for it", webhook.id));
        }
    }
    each_delivery_has_ended(tables, done, &rows, wrong);
}

fn rows_of<'a>(tables: &'a Tables, call_id: &str, webhook: &str) -> Vec<&'a Value> {
    let of_both = |row: &&Value| text(row, "callId") == call_id && text(row, "webhookId") == webhook;
    tables.logs.iter().filter(of_both).collect()
}

/// An endpoint that is gone, or fails for too long, is given up: what comes later need not be told. Of an inbound webhook it is the
/// response webhook.
pub(super) fn is_disabled(tables: &Tables, webhook: &str) -> bool {
    let item = tables.webhooks.iter().find(|item| text(item, "id") == webhook);
    item.is_none_or(|item| {
        [item, &item["responseWebhook"]["M"]].iter().any(|part| text(part, "status") == "disabled")
    })
}

/// What became of an endpoint was told to every healthy webhook of its account that asks: that it was given up; that it fails, while
/// it does and is noted as told; and to whom that was told, that it works again.
pub(super) fn what_became_of_an_endpoint_was_told(
    tables: &Tables,
    done: &Done,
    nothing_fails: bool,
    wrong: &mut Vec<String>,
) {
    for item in &tables.webhooks {
        let (id, inside) = (text(item, "id"), &item["responseWebhook"]["M"]);
        let part = if inside.is_null() { item } else { inside };
        let endpoint = &part["endpoint"]["M"];
        let of_item = |one: &&std::rc::Rc<Account>| one.id == text(item, "accountId");
        let Some(account) = done.accounts.iter().find(of_item) else { continue };
        if done.edited.borrow().contains(&id) {
            continue;
        }
        let told = |webhook: &str, status: &str| -> Vec<i64> {
            let about = tables.logs.iter().filter(|row| text(row, "webhookId") == webhook);
            let about = about.map(|row| &row["about"]["M"]["webhook"]["M"]);
            let about = about.filter(|about| text(about, "id") == id && text(about, "status") == status);
            about.map(|about| number(about, "since")).collect()
        };
        let is_given_up = ["gone", "failing"].contains(&&*text(part, "disabledReason"));
        let fails = !endpoint["failingSince"].is_null();
        let is_noted = !endpoint["toldFailingAt"].is_null() && number(endpoint, "failures") >= 3;
        let mut is_told = false;
        for webhook in &account.outbound {
            let is_healthy = webhook.kind == "healthy" && webhook.id != id;
            if !is_healthy || !webhook.wishes.watches || done.edited.borrow().contains(&webhook.id) {
                continue;
            }
            let mut must = |status, since| {
                if !told(&webhook.id, status).contains(&since) {
                    wrong.push(format!("{id} is {status} since {since}, and {} was not told", webhook.id));
                }
            };
            if is_given_up {
                must("disabled", number(part, "disabledAt"));
                is_told = true;
            }
            if is_noted && fails {
                must("failing", number(endpoint, "failingSince"));
            }
            // One that is given up is not asked any more.
            for since in told(&webhook.id, "failing").into_iter().filter(|_| !is_given_up) {
                if !(fails && number(endpoint, "failingSince") == since) {
                    must("recovered", since);
                }
            }
        }
        // Who dies between telling and noting that leaves the mark for the next.
        if is_told && nothing_fails && !part["isUntold"].is_null() {
            wrong.push(format!("{id} is disabled and told, and is noted as not told"));
        }
    }
}

/// What each endpoint first received of another one, or of itself: the `webhook` of the event.
fn told_of_endpoints(world: &World) -> Vec<(Received, Value)> {
    let received = world.receivers.received();
    let first = received.values().filter_map(|all| all.first().cloned());
    let event = |one: Received| {
        let mut body: Value = serde_json::from_slice(&one.body).unwrap_or_default();
        let webhook = body["webhook"].take();
        (one, webhook)
    };
    first.map(event).filter(|(_, webhook)| webhook["url"].is_string()).collect()
}

/// That an endpoint fails is told to others.
pub(super) fn nobody_is_told_of_itself(world: &World, done: &Done, wrong: &mut Vec<String>) {
    for (received, webhook) in told_of_endpoints(world) {
        let is_edited = webhook["id"].as_str().is_some_and(|id| done.edited.borrow().contains(id));
        let url = webhook["url"].as_str().unwrap_or_default();
        if url.trim_start_matches("https://") == received.host && !is_edited {
            wrong.push(format!("{} was told that it fails itself", received.host));
        }
    }
}

/// That an endpoint fails is told once in an hour.
pub(super) fn an_endpoint_is_told_of_once_an_hour(world: &World, wrong: &mut Vec<String>) {
    let mut told: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
    for (received, webhook) in told_of_endpoints(world) {
        if webhook["status"] == "failing" {
            let url = webhook["url"].as_str().unwrap_or_default().to_owned();
            told.entry((received.host, url)).or_default().push(received.at);
        }
    }
    for ((host, url), mut times) in told {
        times.sort_unstable();
        if times.windows(2).any(|two| two[1] - two[0] < TOLD_EACH_MS - ON_ITS_WAY_MS) {
            wrong.push(format!("{host} was told that {url} fails at {times:?}"));
        }
    }
}
