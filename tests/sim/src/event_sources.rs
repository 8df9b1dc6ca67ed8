//! Lambda's event source mappings: two kinds of loops that read a queue or a stream and invoke a function.

use std::cell::Cell;
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use serde_json::{Value, json};
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::aws::queue::{Message, Sent};
use crate::functions::Start;
use crate::template::{QueueMapping, StreamMapping, Template};
use crate::time::pause;
use crate::world::World;

/// Nobody waits longer without looking again.
const LONGEST_WAIT: u64 = 3_600_000;
/// Streams: how long Lambda waits before it invokes again after an error is not documented; it begins short and grows.
const FIRST_RETRY: u64 = 1_000;
const LONGEST_RETRY: u64 = 60_000;

/// Begins to read every queue and stream that the template maps to a function.
pub(crate) fn begin(world: &Rc<World>, template: &Template) {
    for mapping in template.queue_mappings() {
        spawn_local(read_queue(Rc::clone(world), mapping));
    }
    spawn_local(read_stream(Rc::clone(world), template.stream_mapping()));
    spawn_local(run_schedules(Rc::clone(world)));
}

/// Reads a queue for its function: at most so many invocations at once ("MaximumConcurrency").
async fn read_queue(world: Rc<World>, mapping: QueueMapping) {
    let (mapping, busy) = (Rc::new(mapping), Rc::new(Cell::new(0_usize)));
    loop {
        let aws = &world.aws;
        let mut changed = pin!(aws.changed.notified());
        changed.as_mut().enable();
        let next = aws.sqs().next_at(&mapping.queue);
        let now = aws.time.now();
        if busy.get() < mapping.concurrency && next.is_some_and(|next| next <= now) {
            // A poller of Lambda's is somewhere in its long poll.
            pause(world.random.below(40)).await;
            let batch = aws.sqs().receive(&mapping.queue, mapping.batch, aws.time.now());
            if !batch.is_empty() {
                busy.set(busy.get() + 1);
                spawn_local(invoke_with_messages(
                    Rc::clone(&world),
                    Rc::clone(&mapping),
                    Rc::clone(&busy),
                    batch,
                ));
                continue;
            }
        }
        let wait = match next {
            Some(next) if next > now => next - now,
            _ => LONGEST_WAIT,
        };
        // `timeout` asks for the change first, so nothing is left to chance.
        let _ = timeout(Duration::from_millis(wait), changed).await;
    }
}

/// One batch of a queue.
///
/// "Implementing partial batch responses": what is not named as failed is deleted; what is named, and everything when the
/// function gives no answer, becomes visible when its time is over.
async fn invoke_with_messages(
    world: Rc<World>,
    mapping: Rc<QueueMapping>,
    busy: Rc<Cell<usize>>,
    batch: Vec<Message>,
) {
    let aws = &world.aws;
    world.running.set(world.running.get() + 1);
    let ids: Vec<String> = batch.iter().map(Message::id).collect();
    aws.trace.say(&format!("{} <- {} {ids:?}", mapping.function, mapping.queue));
    // "If the function is throttled", Lambda tries again until the messages are visible again; here it does not try.
    let answer = if aws.harm.is_throttled() { None } else { invoke(&world, &mapping, &batch).await };
    if let Some(answer) = answer {
        let failed: Vec<&str> =
            answer.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
        // "Lambda treats a batch as a complete failure if you return an empty string or an id that does not exist".
        let is_whole = failed.iter().any(|id| !ids.iter().any(|known| known == id));
        for message in batch.iter().filter(|message| !is_whole && !failed.contains(&&*message.id())) {
            if aws.sqs().delete(&mapping.queue, message.number) {
                aws.trace.say(&format!("{} comes again from {}", message.id(), mapping.queue));
                aws.counts.add("doubled", &mapping.queue);
            }
        }
        aws.trace.say(&format!("{} is done with {ids:?}, but for {failed:?}", mapping.function));
    }
    busy.set(busy.get() - 1);
    world.running.set(world.running.get() - 1);
    aws.changed.notify_waiters();
}

async fn invoke(world: &Rc<World>, mapping: &QueueMapping, batch: &[Message]) -> Option<SqsBatchResponse> {
    let event = event(mapping, batch);
    let (aws, start) = (&*world.aws, world.start());
    match mapping.function.as_str() {
        "Fanout" => {
            let wire = |start: &Start| start.fanout().expect("variables");
            let work = |it: Rc<fanout::Fanout>, _| {
                Box::pin(async move { it.handle_batch(event).await }) as crate::lambda::Work<_>
            };
            world.fanout.invoke(aws, start, wire, work).await
        }
        "Deliver" => {
            let wire = |start: &Start| start.deliver().expect("variables");
            let work = |it: Rc<deliver::Deliverer>, _| {
                Box::pin(async move { it.handle_batch(event).await }) as crate::lambda::Work<_>
            };
            world.deliver.invoke(aws, start, wire, work).await
        }
        other => panic!("{other} reads a queue, which the simulation does not know"),
    }
}

fn event(mapping: &QueueMapping, batch: &[Message]) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = batch
        .iter()
        .map(|message| {
            let mut record = SqsMessage::default();
            record.message_id = Some(message.id());
            record.body = Some(message.body.clone());
            record.event_source_arn = Some(format!("arn:aws:sqs:us-east-1:000000000000:{}", mapping.queue));
            record.attributes.insert("ApproximateReceiveCount".into(), message.receives.to_string());
            record.attributes.insert("SentTimestamp".into(), message.sent_at.to_string());
            record
        })
        .collect();
    event
}

/// A record of the stream, and when it was written.
type Written = (u64, Value);

/// Reads the stream of calls for the relay: one batch at a time ("ParallelizationFactor" 1), in order.
async fn read_stream(world: Rc<World>, mapping: StreamMapping) {
    let mut position = 0;
    loop {
        let aws = &world.aws;
        let mut changed = pin!(aws.changed.notified());
        changed.as_mut().enable();
        let records = aws.tables.stream_after(position);
        if records.is_empty() {
            changed.await;
            continue;
        }
        world.unrelayed.set(records.len());
        // "MaximumBatchingWindowInSeconds": the first record waits so long for others, unless the batch is full before.
        pause(mapping.window_ms).await;
        let records: Vec<_> = aws.tables.stream_after(position).into_iter().take(mapping.batch).collect();
        position = records.last().map_or(position, |(place, _)| *place);
        let now = aws.time.now();
        let batch: Vec<Written> = records
            .into_iter()
            .filter(|(_, record)| mapping.event_names.contains(&record.event_name))
            .map(|(place, record)| {
                let keys = serde_json::to_value(&record.dynamodb.keys).unwrap_or_default();
                let event = json!({"eventID": place.to_string(), "eventName": record.event_name, "dynamodb": {"Keys": keys}});
                (now, event)
            })
            .collect();
        relay_all(&world, &mapping, batch).await;
        world.unrelayed.set(0);
    }
}

/// Invokes the relay until the batch is done. "BisectBatchOnFunctionError": a batch that fails is split in two, each of which is
/// tried by itself; "MaximumRecordAgeInSeconds": records that are older go to the destination on failure.
async fn relay_all(world: &Rc<World>, mapping: &StreamMapping, batch: Vec<Written>) {
    let aws = &world.aws;
    let mut left = VecDeque::from([batch]);
    let mut wait = FIRST_RETRY;
    while let Some(batch) = left.pop_front() {
        let Some((written_at, _)) = batch.first() else { continue };
        if aws.time.now().saturating_sub(*written_at) > mapping.oldest_ms {
            aws.trace.say("the relay gives a batch up");
            let sent = Sent { body: json!({"batch": batch.len()}).to_string(), ..Sent::default() };
            aws.sqs().put(&mapping.on_failure, sent, aws.time.now());
            continue;
        }
        if !aws.harm.is_throttled() && relay(world, &batch).await {
            wait = FIRST_RETRY;
            continue;
        }
        pause(wait).await;
        wait = (wait * 2).min(LONGEST_RETRY);
        if mapping.bisects && batch.len() > 1 {
            let (first, second) = batch.split_at(batch.len() / 2);
            left.push_front(second.to_vec());
            left.push_front(first.to_vec());
        } else {
            left.push_front(batch);
        }
    }
}

async fn relay(world: &Rc<World>, batch: &[Written]) -> bool {
    let records: Vec<&Value> = batch.iter().map(|(_, record)| record).collect();
    let event = serde_json::from_value(json!({"Records": records})).expect("a batch");
    world.aws.trace.say(&format!("Relay <- {} records", records.len()));
    world.running.set(world.running.get() + 1);
    let (aws, start) = (&*world.aws, world.start());
    let wire = |start: &Start| start.relay().expect("variables");
    let work = |it: Rc<relay::Relay>, _| {
        Box::pin(async move { it.handle(event).await.is_ok() }) as crate::lambda::Work<_>
    };
    let done = world.relay.invoke(aws, start, wire, work).await;
    world.running.set(world.running.get() - 1);
    done == Some(true)
}

async fn run_schedules(world: Rc<World>) {
    loop {
        let aws = &world.aws;
        let mut changed = pin!(aws.changed.notified());
        changed.as_mut().enable();
        let (next, now) = (aws.next_schedule_at(), aws.time.now());
        match next {
            Some(next) if next <= now => aws.fire_schedules(),
            Some(next) => {
                let _ = timeout(Duration::from_millis(next - now), changed).await;
            }
            None => changed.await,
        }
    }
}
