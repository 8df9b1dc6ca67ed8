//! What must be true of a world that has settled, whatever happened in it.

mod counted;
mod credits;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::aws::DENIED;
use crate::dialer::Dialer;
use crate::workload::{Asked, Done};
use crate::world::World;

/// A job that is sent a second time so soon is the same message (SQS: 5 minutes).
const DEDUPLICATED_MS: u64 = 300_000;
/// The retry schedule has ten attempts (`docs/deliveries.md`).
const MOST_ATTEMPTS: i64 = 10;
/// A schedule knows whole seconds.
const SCHEDULES_MS: i64 = 1_000;
/// What a call costs, at most (`dialer`).
const MOST_CREDITS: i64 = 4;
/// As long after a call was settled a job of it may still be sent: by an invocation that has read it before.
const SENT_LATE_MS: u64 = 60_000;
/// By which clocks may be wrong (`workload`), twice: that of whoever settled it and that of now.
const CLOCKS_OFF_MS: u64 = 180_000;
/// 10 s for the head of an answer, 2 s for its body (`egress::Limits`).
const LONGEST_ATTEMPT_MS: i64 = 12_100;
/// Seconds: a batch that an endpoint holds up ends within one attempt.
const HEALTHY_WITHIN_MS: i64 = 13_000;
/// Queues that end empty.
pub(crate) const SETTLE: [&str; 6] = [
    "CallJobsQueue",
    "CallCompletionsQueue",
    "FanOutRestsQueue",
    "AccountEventsQueue",
    "DeliveriesQueue",
    "SlowDeliveriesQueue",
];

/// What the tables hold.
struct Tables {
    calls: BTreeMap<String, Value>,
    accounts: Vec<Value>,
    ledger: Vec<Value>,
    logs: Vec<Value>,
    webhooks: Vec<Value>,
    /// Whether nothing has failed and no message came twice: an attempt that is made twice has two next ones.
    is_calm: bool,
}

/// Everything that is not as it must be, as sentences.
pub(crate) fn violations(world: &World, done: &Done, dialer: &Dialer, log: &str) -> Vec<String> {
    let all = |table: &str| world.aws.tables.all(table);
    let calls = all("Calls").into_iter().map(|call| (text(&call, "id"), call)).collect();
    let [accounts, ledger, logs, webhooks] = ["Accounts", "Ledger", "DeliveryLogs", "Webhooks"].map(all);
    let nothing_fails = world.aws.harm.is_none();
    let clocks_are_right = !done.has_wrong_clocks.get();
    let is_calm = nothing_fails && clocks_are_right && world.aws.counts.of_kind("doubled") == 0;
    let tables = Tables { calls, accounts, ledger, logs, webhooks, is_calm };
    let mut wrong = Vec::new();
    let unseen = commits_that_were_not_looked_up(world);
    for asked in done.asked.borrow().iter() {
        each_answer_has_its_call(&tables, done, asked, unseen, &mut wrong);
    }
    one_key_is_one_call(&tables, done, &mut wrong);
    each_call_has_its_job(&tables, dialer, &mut wrong);
    each_cancelled_call_has_its_reason(&tables, done, &mut wrong);
    what_succeeded_was_received(world, &tables, &mut wrong);
    what_was_sent_again_was_attempted(&tables, done, &mut wrong);
    for (call, reported) in dialer.reported.borrow().iter() {
        told::each_completion_is_told(&tables, done, call, &reported.account, &mut wrong);
    }
    told::each_cancelled_call_is_told(&tables, done, &mut wrong);
    told::nobody_is_told_of_itself(world, done, &mut wrong);
    told::what_became_of_an_endpoint_was_told(&tables, done, nothing_fails, &mut wrong);
    counted::counts_are_what_there_is(&tables, &all("Counts"), &all("Campaigns"), &mut wrong);
    credits::credits_are_the_sum_of_the_ledger(&tables, &mut wrong);
    credits::a_call_is_paid_once(&tables, &mut wrong);
    credits::a_call_costs_what_was_reported(&tables, dialer, &mut wrong);
    credits::what_was_added_was_answered(world, &tables, done, &mut wrong);
    each_request_that_was_logged_has_its_call(&tables, &all("RequestLogs"), &mut wrong);
    each_event_has_ended(&tables, done, &mut wrong);
    for lacked in world.aws.counts.places(DENIED).keys() {
        wrong.push(format!("no role allows {lacked}"));
    }
    nothing_is_stuck(world, done, &mut wrong);
    one_id_has_one_body(world, done, &mut wrong);
    no_secret_is_logged(done, log, &mut wrong);
    no_attempt_takes_longer_than_it_may(&tables, &mut wrong);
    if nothing_fails {
        each_request_is_accepted(done, &mut wrong);
    }
    if nothing_fails && clocks_are_right {
        // What comes late, because AWS fails or clocks are wrong, may come right before what comes in time.
        told::an_endpoint_is_told_of_once_an_hour(world, &mut wrong);
        the_healthy_are_told_within_seconds(&tables, done, &mut wrong);
    }
    wrong
}

fn text(item: &Value, name: &str) -> String {
    item[name]["S"].as_str().unwrap_or_default().to_owned()
}

fn number(item: &Value, name: &str) -> i64 {
    item[name]["N"].as_str().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// How many requests ended at a commit of which nobody could tell what became: it was not answered, and no try to read the call was.
/// Each may have left a call behind its 503, and only a key keeps the next request from being another one (`docs/requests.md`).
fn commits_that_were_not_looked_up(world: &World) -> usize {
    usize::try_from(world.aws.counts.at("given up", "inbound dynamodb:GetItem Calls")).unwrap_or(usize::MAX)
}

/// The calls to the number of a request. A call that is erased has no number any more, and is known by its id.
fn calls_of<'a>(tables: &'a Tables, done: &Done, asked: &Asked) -> Vec<&'a Value> {
    let erased = done.erased.borrow();
    let of_number = |call: &&Value| {
        let is_erased = || erased.get(&asked.phone).is_some_and(|ids| ids.contains(&text(call, "id")));
        text(call, "accountId") == asked.account
            && (text(&call["recipient"]["M"], "phoneNumber") == asked.phone || is_erased())
    };
    tables.calls.values().filter(of_number).collect()
}

/// Whatever is sent under a key, and however often.
fn one_key_is_one_call(tables: &Tables, done: &Done, wrong: &mut Vec<String>) {
    let mut calls: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let asked = done.asked.borrow();
    for one in asked.iter() {
        let Some(key) = &one.key else { continue };
        *calls.entry((one.account.as_str(), key.as_str())).or_default() += calls_of(tables, done, one).len();
    }
    for ((account, key), count) in calls.into_iter().filter(|(_, count)| *count > 1) {
        wrong.push(format!("{key} of {account} has {count} calls"));
    }
}

/// A 201 is one call. Without a key, an answer that was never heard may have been one, too; neither is an answer that came before.
/// A 503 is none that rings: one that does not ring is written without a second look whether it was.
fn each_answer_has_its_call(
    tables: &Tables,
    done: &Done,
    asked: &Asked,
    unseen: usize,
    wrong: &mut Vec<String>,
) {
    let calls = calls_of(tables, done, asked);
    let answered = |status| asked.answers.iter().filter(|answer| **answer == status).count();
    let (accepted, unheard, unavailable) = (answered(Some(201)), answered(None), answered(Some(503)));
    let cancelled = calls.iter().filter(|call| text(call, "status") == "cancelled").count();
    let left_behind = unavailable.min(cancelled + unseen);
    let (least, most) = (accepted, accepted + unheard + left_behind);
    let (least, most) = if asked.key.is_some() { (least.min(1), most.min(1)) } else { (least, most) };
    if !(least..=most).contains(&calls.len()) {
        let Asked { phone, answers, .. } = asked;
        wrong.push(format!("{phone} was answered {answers:?} and has {} calls", calls.len()));
    }
}

/// Where AWS does not fail, a good request is accepted, and another body under its key is refused. So is the same body once its call
/// is erased: nobody knows it any more (`docs/api.md`).
fn each_request_is_accepted(done: &Done, wrong: &mut Vec<String>) {
    for Asked { phone, key, answers, is_other, .. } in done.asked.borrow().iter() {
        let due = if *is_other { 422 } else { 201 };
        let is_erased = key.is_some() && done.erased.borrow().contains_key(phone);
        let is_right = |answer: &Option<u16>| *answer == Some(due) || is_erased && *answer == Some(422);
        if !answers.iter().all(is_right) {
            wrong.push(format!("{phone} was answered {answers:?}, and nothing had failed"));
        }
    }
}

/// What the log of a webhook's requests names is there.
fn each_request_that_was_logged_has_its_call(tables: &Tables, requests: &[Value], wrong: &mut Vec<String>) {
    for request in requests.iter().filter(|request| !request["callId"].is_null()) {
        if !tables.calls.contains_key(&text(request, "callId")) {
            wrong.push(format!(
                "{} names {}, which is no call",
                text(request, "id"),
                text(request, "callId")
            ));
        }
    }
}

/// What becomes of an endpoint is told by deliveries of its own.
fn each_event_has_ended(tables: &Tables, done: &Done, wrong: &mut Vec<String>) {
    let mut deliveries: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for row in tables.logs.iter().filter(|row| !row["about"].is_null()) {
        deliveries.entry(text(row, "deliveryId")).or_default().push(row);
    }
    for rows in deliveries.values() {
        each_delivery_has_ended(tables, done, rows, wrong);
    }
}

fn each_call_has_its_job(tables: &Tables, dialer: &Dialer, wrong: &mut Vec<String>) {
    let jobs = dialer.jobs.borrow();
    for (id, call) in &tables.calls {
        let is_bulk = id.starts_with("call_bulk");
        let is_cancelled = text(call, "status") == "cancelled";
        if !is_bulk && jobs.contains_key(id) == is_cancelled {
            let has = if is_cancelled { "has a job" } else { "has no job" };
            wrong.push(format!("{id} is {} and {has}", text(call, "status")));
        }
        if text(call, "status") == "queued" {
            wrong.push(format!("{id} was reported and is queued"));
        }
    }
    for (id, job) in jobs.iter() {
        let Some(call) = tables.calls.get(id) else {
            wrong.push(format!("{id} has a job and is no call"));
            continue;
        };
        if text(call, "accountId") != job.account {
            wrong.push(format!("{id} has a job of another account"));
        }
        let mut sent: Vec<u64> = job.messages.values().copied().collect();
        sent.sort_unstable();
        let settled_at = u64::try_from(number(call, "settledAt")).unwrap_or_default();
        if settled_at > 0 && sent.iter().any(|sent| *sent > settled_at + SENT_LATE_MS + CLOCKS_OFF_MS) {
            wrong.push(format!("{id} is settled since {settled_at} and has a job of {sent:?}"));
        }
        if sent.windows(2).any(|two| two[1] - two[0] < DEDUPLICATED_MS) {
            wrong.push(format!("{id} has two jobs, sent at {sent:?}"));
        }
    }
}

/// The last attempt of each run succeeded, or was the last that there is, or says why there is no further one, which is true. None was
/// made before its time, unless somebody asked for that.
fn each_delivery_has_ended(tables: &Tables, done: &Done, rows: &[&Value], wrong: &mut Vec<String>) {
    let keys: BTreeSet<String> = rows.iter().map(|row| text(row, "attemptKey")).collect();
    let deliveries: BTreeSet<String> = rows.iter().map(|row| text(row, "deliveryId")).collect();
    if deliveries.len() > 1 {
        wrong.push(format!("one call and one endpoint have the deliveries {deliveries:?}"));
    }
    if keys.len() != rows.len() {
        wrong.push("an attempt has two rows".to_owned());
    }
    let run = |row: &Value| text(row, "attemptKey").rsplit_once('.').map(|(run, _)| run.to_owned());
    for row in rows {
        let (attempt, delivery) = (number(row, "attempt"), text(row, "deliveryId"));
        let has =
            |attempt| rows.iter().any(|other| number(other, "attempt") == attempt && run(other) == run(row));
        if !row["nextAttemptAt"].is_null() && !has(attempt + 1) {
            wrong.push(format!("attempt {attempt} of {delivery} has no successor"));
        }
        if attempt > 1 && !has(attempt - 1) {
            wrong.push(format!("attempt {attempt} of {delivery} has no predecessor"));
        }
        if !has(attempt + 1) && !is_an_end(tables, done, row) {
            wrong.push(format!("attempt {attempt} of {delivery} is no end, and there is no other"));
        }
        let due = rows.iter().find(|other| number(other, "attempt") == attempt - 1 && run(other) == run(row));
        let due = due.map_or(0, |before| number(before, "nextAttemptAt"));
        let is_hurried = row["hurried"]["BOOL"] == true;
        if number(row, "timestamp") + SCHEDULES_MS < due && !is_hurried && tables.is_calm {
            wrong.push(format!("attempt {attempt} of {delivery} was made before its time"));
        }
    }
}

/// Whether it is true that a delivery ends with this attempt.
fn is_an_end(tables: &Tables, done: &Done, row: &Value) -> bool {
    let webhook = tables.webhooks.iter().find(|item| text(item, "id") == text(row, "webhookId"));
    let is_erased = || tables.calls.get(&text(row, "callId")).is_none_or(|call| !call["erasedAt"].is_null());
    match &*text(&row["error"]["M"], "code") {
        "" if text(row, "outcome") == "succeeded" || number(row, "statusCode") == 410 => true,
        "webhook_disabled" => true,
        "webhook_deleted" => webhook.is_none(),
        "call_erased" => is_erased(),
        // One after which its endpoint is given up is the last.
        _ => {
            let id = text(row, "webhookId");
            let is_given_up = told::is_disabled(tables, &id) || done.edited.borrow().contains(&id);
            number(row, "attempt") == MOST_ATTEMPTS || is_given_up
        }
    }
}

/// What is a success in the log came to its endpoint.
fn what_succeeded_was_received(world: &World, tables: &Tables, wrong: &mut Vec<String>) {
    let received = world.receivers.received();
    for row in tables.logs.iter().filter(|row| text(row, "outcome") == "succeeded") {
        let delivery = text(row, "deliveryId");
        if received.get(&delivery).is_none_or(Vec::is_empty) {
            wrong.push(format!("{delivery} succeeded and was never received"));
        }
    }
}

/// What was sent again by its owner's word was attempted after it, in a run of its own or, where one was hurried, in that; or it
/// says why not.
fn what_was_sent_again_was_attempted(tables: &Tables, done: &Done, wrong: &mut Vec<String>) {
    if done.has_wrong_clocks.get() {
        return;
    }
    for (delivery, resent) in done.resent.borrow().iter().filter(|(_, resent)| resent.is_accepted) {
        let rows: Vec<&Value> =
            tables.logs.iter().filter(|row| text(row, "deliveryId") == *delivery).collect();
        let is_hurried = rows
            .iter()
            .any(|row| !row["claimedAt"].is_null() && text(row, "attemptKey").starts_with("hurry"));
        let is_of_it = |row: &&Value| {
            let is_after = number(row, "timestamp") + LONGEST_ATTEMPT_MS >= resent.first_asked_at;
            is_after && (is_hurried || text(row, "attemptKey").contains('.'))
        };
        if !rows.iter().any(is_of_it) {
            wrong.push(format!("{delivery} was to be sent again, and was not attempted"));
        }
    }
}

/// A call that is accepted and does not ring has a reason, and that is true.
fn each_cancelled_call_has_its_reason(tables: &Tables, done: &Done, wrong: &mut Vec<String>) {
    for account in &done.accounts {
        let of_account = |call: &&Value| text(call, "accountId") == account.id;
        let calls: Vec<&Value> = tables.calls.values().filter(of_account).collect();
        // None costs more.
        let can_be_poor = account.credits < MOST_CREDITS * i64::try_from(calls.len()).unwrap_or(i64::MAX);
        for call in calls.iter().filter(|call| text(call, "status") == "cancelled") {
            let (id, reason) = (text(call, "id"), text(call, "reason"));
            let is_true = match &*reason {
                "insufficient_funds" => can_be_poor,
                "campaign_not_active" => done.stopped.borrow().contains(&account.id),
                _ => false,
            };
            if !is_true {
                wrong.push(format!("{id} does not ring: {reason:?}, which is not so"));
            }
        }
    }
}

fn no_attempt_takes_longer_than_it_may(tables: &Tables, wrong: &mut Vec<String>) {
    for row in &tables.logs {
        let (attempt, took) = (number(row, "attempt"), number(row, "durationMs"));
        if attempt > MOST_ATTEMPTS || took > LONGEST_ATTEMPT_MS {
            wrong.push(format!("attempt {attempt} of {} took {took} ms", text(row, "deliveryId")));
        }
    }
}

/// Whatever the endpoints beside them do. Not where AWS fails, and clocks are wrong: then a message is hidden for minutes.
fn the_healthy_are_told_within_seconds(tables: &Tables, done: &Done, wrong: &mut Vec<String>) {
    let outbound = done.accounts.iter().flat_map(|account| &account.outbound);
    let healthy: BTreeSet<&String> =
        outbound.filter(|webhook| webhook.kind == "healthy").map(|webhook| &webhook.id).collect();
    let edited = done.edited.borrow();
    for row in tables.logs.iter().filter(|row| number(row, "attempt") == 1 && text(row, "attemptKey") == "01")
    {
        let webhook = text(row, "webhookId");
        if !healthy.contains(&webhook) || edited.contains(&webhook) {
            continue;
        }
        let Some(call) = tables.calls.get(&text(row, "callId")) else { continue };
        // One that does not ring is told without having been settled.
        if call["settledAt"].is_null() {
            continue;
        }
        let waited = number(row, "timestamp") - number(call, "settledAt");
        if waited > HEALTHY_WITHIN_MS {
            wrong.push(format!("{} waited {waited} ms", text(row, "deliveryId")));
        }
    }
}

/// What can never be used is among the dead letters, with the reason; nothing else is.
fn nothing_is_stuck(world: &World, done: &Done, wrong: &mut Vec<String>) {
    let others = ["RelayFailureQueue", "CallJobsDeadLetterQueue", "DeliveriesDeadLetterQueue"];
    for queue in SETTLE.into_iter().chain(others) {
        let left = world.aws.sqs().messages(queue).len();
        if left > 0 {
            wrong.push(format!("{queue} has {left} messages"));
        }
    }
    let mut nonsense = done.nonsense.borrow().clone();
    for message in world.aws.sqs().messages("CallCompletionsDeadLetterQueue") {
        let is_nonsense = done.nonsense.borrow().contains(&message.body);
        if !is_nonsense || message.attributes.is_empty() {
            wrong.push(format!("{} is a dead letter with {:?}", message.id(), message.attributes));
        }
        nonsense.remove(&message.body);
    }
    for message in nonsense {
        wrong.push(format!("{message} is no dead letter"));
    }
}

fn one_id_has_one_body(world: &World, done: &Done, wrong: &mut Vec<String>) {
    for (id, received) in world.receivers.received().iter() {
        let is_reworded = received.iter().any(|one| done.reworded.borrow().contains(&one.host));
        if !is_reworded && received.windows(2).any(|two| words(&two[0].body) != words(&two[1].body)) {
            let texts: Vec<_> = received
                .iter()
                .map(|one| format!("{} {}", one.host, String::from_utf8_lossy(&one.body)))
                .collect();
            wrong.push(format!("{id} came with two bodies: {texts:#?}"));
        }
        if id.is_empty() {
            wrong.push("a request without webhook-id".to_owned());
        }
    }
}

/// What must be the same. Of an endpoint that fails in two ways at once, either may be the `reason` (ARCHITECTURE.md).
fn words(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(mut event) if event["type"] == "webhook.failing" => {
            event["webhook"]["reason"] = Value::Null;
            event.to_string().into_bytes()
        }
        // The payload of a GET.
        Err(_) if body.starts_with(b"type=webhook.failing&") => {
            let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.starts_with(b"webhook.reason="));
            pairs.collect::<Vec<_>>().join(&b'&')
        }
        _ => body.to_vec(),
    }
}

fn no_secret_is_logged(done: &Done, log: &str, wrong: &mut Vec<String>) {
    for (number, secret) in done.secrets.borrow().iter().enumerate() {
        if log.contains(secret.trim_start_matches('+')) {
            wrong.push(format!("secret {number} is in a log line"));
        }
    }
    if log.contains("\"code\":\"panic\"") {
        wrong.push("a function panicked".to_owned());
    }
}
