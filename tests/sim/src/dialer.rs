//! The dialer: takes jobs, calls, and reports what came of it, as its contract says (`docs/dialer.md`), and not better.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::aws::queue::{Message, Sent};
use crate::time::pause;
use crate::trace::digest;
use crate::world::World;

const JOBS: &str = "CallJobsQueue";
const COMPLETIONS: &str = "CallCompletionsQueue";

/// A job that came.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The account.
    pub(crate) account: String,
    /// When its message was sent, and its number: one for each message.
    pub(crate) messages: BTreeMap<u64, u64>,
}

/// A call that is over.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    /// The account.
    pub(crate) account: String,
    /// How it ended and what it consumed: once for each report that says something else.
    pub(crate) said: Vec<(String, i64)>,
}

/// What the dialer knows.
#[derive(Debug, Default)]
pub(crate) struct Dialer {
    /// By call.
    pub(crate) jobs: RefCell<BTreeMap<String, Job>>,
    /// The calls that are reported.
    pub(crate) reported: RefCell<BTreeMap<String, Reported>>,
}

/// Takes jobs for as long as the world lasts.
pub(crate) async fn run(world: Rc<World>, dialer: Rc<Dialer>) {
    loop {
        let aws = &world.aws;
        let mut changed = pin!(aws.changed.notified());
        changed.as_mut().enable();
        let batch = aws.sqs().receive(JOBS, 10, aws.time.now());
        for message in &batch {
            take(&world, &dialer, message);
        }
        if batch.is_empty() {
            let now = aws.time.now();
            let next = aws.sqs().next_at(JOBS).filter(|next| *next > now);
            let _ = timeout(Duration::from_millis(next.map_or(3_600_000, |next| next - now)), changed).await;
        }
    }
}

fn take(world: &Rc<World>, dialer: &Rc<Dialer>, message: &Message) {
    let job: Value = serde_json::from_str(&message.body).unwrap_or_default();
    let (call, account) = (text_of(&job, "callId"), text_of(&job, "accountId"));
    let is_new = !dialer.jobs.borrow().contains_key(&call);
    let mut jobs = dialer.jobs.borrow_mut();
    let taken = jobs
        .entry(call.clone())
        .or_insert_with(|| Job { account: account.clone(), messages: BTreeMap::new() });
    taken.messages.insert(message.number, message.sent_at);
    world.aws.trace.say(&format!("dialer has {call} by {}", message.id()));
    // "Dial one callId at most once": a job that comes again is only deleted.
    if is_new {
        spawn_local(call_and_report(Rc::clone(world), Rc::clone(dialer), call, account));
    }
    let (world, number) = (Rc::clone(world), message.number);
    spawn_local(async move {
        // Sometimes so late that the message has come again.
        pause(world.random.between(0, 150_000)).await;
        world.aws.sqs().delete(JOBS, number);
        world.aws.changed.notify_waiters();
    });
}

fn text_of(value: &Value, part: &str) -> String {
    value[part].as_str().unwrap_or_default().to_owned()
}

async fn call_and_report(world: Rc<World>, dialer: Rc<Dialer>, call: String, account: String) {
    // One that is not answered may be over before its request is answered.
    pause(world.random.below(world.random.of([20, 120_000, 120_000]))).await;
    let completion = completion(&world, &call, &account, "inbound");
    report(&world, &dialer, completion).await;
}

/// A completion of a call.
pub(crate) fn completion(world: &World, call: &str, account: &str, source: &str) -> Value {
    let status = world.random.of(["finished", "finished", "missed", "failed"]);
    let mut completion = json!({
        "version": 1, "type": "call.completion", "callId": call, "accountId": account, "source": source,
        "status": status, "finishedAt": world.aws.time.now(), "tokensConsumed": world.random.below(4),
        "summary": "They agreed on a price.",
    });
    if source != "inbound" {
        completion["campaign"] = json!({"id": "cmp_bulk", "name": "Winter"});
        completion["recipient"] = json!({"phoneNumber": "+15557654321"});
    }
    completion
}

/// Reports a call: sometimes twice, sometimes again much later, sometimes differently.
pub(crate) async fn report(world: &Rc<World>, dialer: &Rc<Dialer>, mut completion: Value) {
    let (call, account) = (text_of(&completion, "callId"), text_of(&completion, "accountId"));
    // A moment later: it comes while another environment is at the first.
    let soon = world.random.between(1, 60);
    let again = [None, None, None, Some(0), Some(soon), Some(soon), Some(2_000), Some(400_000)];
    let again = world.random.of(again);
    let say = |completion: &Value| {
        send(world, &completion.to_string());
        let said = (text_of(completion, "status"), completion["tokensConsumed"].as_i64().unwrap_or_default());
        let mut reported = dialer.reported.borrow_mut();
        let reported = reported.entry(call.clone()).or_default();
        reported.account.clone_from(&account);
        reported.said.push(said);
    };
    say(&completion);
    if let Some(later) = again {
        pause(later).await;
        if world.random.per_mille(300) {
            completion["status"] = json!(world.random.of(["finished", "missed", "failed"]));
            completion["tokensConsumed"] = json!(world.random.below(4));
            completion["summary"] = json!("They agreed on a price, later.");
        }
        say(&completion);
    }
}

/// Sends what the dialer says of a call.
pub(crate) fn send(world: &World, message: &str) {
    let aws = &world.aws;
    aws.trace.say(&format!("dialer reports {}", digest(message)));
    aws.sqs().put(COMPLETIONS, Sent { body: message.to_owned(), ..Sent::default() }, aws.time.now());
    aws.changed.notify_waiters();
}
