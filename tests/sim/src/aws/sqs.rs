//! SQS's API over the queues, for clients and for Lambda.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::answer::Answer;
use crate::aws::queue::{Message, Queue, Sent};
use crate::counts::Counts;
use crate::random::Random;
use crate::template::{QueueSettings, last_part};

/// SQS, "Message quotas": a message and a batch have 1 MiB at most.
const MOST_BYTES: usize = 1_048_576;
/// SendMessageBatch: "up to 10 messages".
const MOST_IN_BATCH: usize = 10;
/// SendMessage, DelaySeconds: 0 to 900.
const MOST_DELAY: u64 = 900;
/// Milliseconds that a message is on its way, at most. SQS promises none.
const LONGEST_WAY: u64 = 90_000;

/// Milliseconds until a copy of a message is handed out, at most: while the message itself is out.
const LONGEST_UNTIL_COPY: u64 = 4_000;

/// The size of a message: "the message body and message attributes", of which "the Name, Type, and Value" count.
fn bytes_of(message: &Value) -> usize {
    let length = |text: &Value| text.as_str().map_or(0, str::len);
    let attributes = message["MessageAttributes"].as_object().into_iter().flatten();
    let attributes = attributes
        .map(|(name, value)| name.len() + length(&value["DataType"]) + length(&value["StringValue"]));
    length(&message["MessageBody"]) + attributes.sum::<usize>()
}

/// All queues of a world.
#[derive(Debug)]
pub struct Sqs {
    queues: BTreeMap<String, Queue>,
    fifo: Vec<String>,
    last: u64,
    random: Random,
    counts: Counts,
    /// How often of a thousand a deleted message is handed out once more, and a message while it is out.
    pub doubled: u64,
    /// How often of a thousand a message of a standard queue is long on its way.
    pub delayed: u64,
    /// How many messages each queue took, dropped duplicates apart.
    pub taken: u64,
}

impl Sqs {
    /// The queues of the template.
    #[must_use]
    pub fn new(settings: BTreeMap<String, QueueSettings>, random: Random, counts: Counts) -> Self {
        let fifo = settings.iter().filter(|(_, one)| one.is_fifo).map(|(name, _)| name.clone()).collect();
        let queues = settings.into_iter().map(|(name, one)| (name, Queue::new(one))).collect();
        Self { queues, fifo, last: 0, random, counts, doubled: 0, delayed: 0, taken: 0 }
    }

    /// Answers a request.
    pub fn answer(&mut self, operation: &str, request: &Value, now: u64) -> Answer {
        let queue = last_part(request["QueueUrl"].as_str().unwrap_or_default()).to_owned();
        if !self.queues.contains_key(&queue) {
            return Answer::refused("com.amazonaws.sqs#QueueDoesNotExist", "no such queue");
        }
        match operation {
            "SendMessage" => match self.send(&queue, request, now) {
                Ok(number) => Answer::ok(&json!({"MessageId": format!("m{number}"), "MD5OfMessageBody": ""})),
                Err(code) => Answer::refused(&format!("com.amazonaws.sqs#{code}"), "refused"),
            },
            "SendMessageBatch" => self.send_batch(&queue, request, now),
            "GetQueueAttributes" => Answer::ok(&json!({"Attributes": {}})),
            other => Answer::unknown(other),
        }
    }

    fn send_batch(&mut self, queue: &str, request: &Value, now: u64) -> Answer {
        let entries = request["Entries"].as_array().cloned().unwrap_or_default();
        let bytes: usize = entries.iter().map(bytes_of).sum();
        let mut ids: Vec<&Value> = entries.iter().map(|entry| &entry["Id"]).collect();
        ids.sort_unstable_by_key(|id| id.to_string());
        ids.dedup();
        let refusal = match entries.len() {
            0 => Some("EmptyBatchRequest"),
            many if many > MOST_IN_BATCH => Some("TooManyEntriesInBatchRequest"),
            many if many != ids.len() => Some("BatchEntryIdsNotDistinct"),
            _ if bytes > MOST_BYTES => Some("BatchRequestTooLong"),
            _ => None,
        };
        if let Some(code) = refusal {
            return Answer::refused(&format!("com.amazonaws.sqs#{code}"), "refused");
        }
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for entry in &entries {
            let id = &entry["Id"];
            match self.send(queue, entry, now) {
                Ok(number) => successful
                    .push(json!({"Id": id, "MessageId": format!("m{number}"), "MD5OfMessageBody": ""})),
                Err(code) => failed.push(json!({"Id": id, "Code": code, "SenderFault": true})),
            }
        }
        Answer::ok(&json!({"Successful": successful, "Failed": failed}))
    }

    fn send(&mut self, queue: &str, message: &Value, now: u64) -> Result<u64, &'static str> {
        let body = message["MessageBody"].as_str().unwrap_or_default();
        let text = |name: &str| message[name].as_str().map(str::to_owned);
        let delay = message["DelaySeconds"].as_u64().unwrap_or(0);
        let is_fifo = self.fifo.iter().any(|name| name == queue);
        // SendMessage: a FIFO queue demands a group and, without content-based deduplication, a deduplication id; no standard
        // queue takes the latter.
        let (group, deduplication) = (text("MessageGroupId"), text("MessageDeduplicationId"));
        if body.is_empty() || is_fifo && (group.is_none() || deduplication.is_none()) {
            return Err("MissingParameter");
        }
        // SendMessage: "A message can include only XML, JSON, and unformatted text", the characters "#x9 | #xA | #xD | #x20 to #xD7FF
        // | #xE000 to #xFFFD | #x10000 to #x10FFFF".
        if body.contains(|char| matches!(char, '\u{FFFE}' | '\u{FFFF}' | '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F')) {
            return Err("InvalidMessageContents");
        }
        // A FIFO queue has no delay of single messages.
        if bytes_of(message) > MOST_BYTES
            || delay > MOST_DELAY
            || is_fifo && delay > 0
            || !is_fifo && deduplication.is_some()
        {
            return Err("InvalidParameterValue");
        }
        let attributes = message["MessageAttributes"].as_object().into_iter().flatten();
        let attributes = attributes
            .map(|(name, value)| (name.clone(), value["StringValue"].as_str().unwrap_or_default().to_owned()))
            .collect();
        let sent = Sent { body: body.to_owned(), group, deduplication, attributes, delay_ms: delay * 1_000 };
        Ok(self.put(queue, sent, now).unwrap_or(self.last))
    }

    /// Sends a message as whoever has a right to: the dialer, Lambda, the scheduler. `None` when it is a duplicate.
    pub fn put(&mut self, queue: &str, mut sent: Sent, now: u64) -> Option<u64> {
        if self.random.per_mille(self.delayed) && !self.fifo.iter().any(|name| name == queue) {
            sent.delay_ms += self.random.below(LONGEST_WAY);
            self.counts.add("delayed", queue);
        }
        self.last += 1;
        let number = self.last;
        let is_taken = self.queues.get_mut(queue).is_some_and(|queue| queue.send(number, sent, now));
        self.taken += u64::from(is_taken);
        is_taken.then_some(number)
    }

    /// Receives messages.
    pub fn receive(&mut self, queue: &str, most: usize, now: u64) -> Vec<Message> {
        let Some(of_name) = self.queues.get_mut(queue) else { return Vec::new() };
        let (taken, given_up) = of_name.receive(most, now, &self.random);
        if let Some(dead_letters) = of_name.dead_letters().map(str::to_owned)
            && let Some(dead_letters) = self.queues.get_mut(&dead_letters)
        {
            given_up.into_iter().for_each(|message| dead_letters.take_over(message, now));
        }
        if !self.fifo.iter().any(|name| name == queue) {
            for message in &taken {
                if self.random.per_mille(self.doubled) {
                    // "The visibility timeout isn't a guarantee against receiving a message twice" (Amazon SQS visibility timeout).
                    self.counts.add("doubled", &format!("{queue}, while it is out"));
                    let after = self.random.below(LONGEST_UNTIL_COPY);
                    self.show_in(queue, message.number, after, now);
                }
            }
        }
        taken
    }

    /// Deletes a message; true when it comes once more all the same.
    pub fn delete(&mut self, queue: &str, number: u64) -> bool {
        let comes_again = self.random.per_mille(self.doubled) && !self.fifo.iter().any(|name| name == queue);
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.delete(number, comes_again);
        }
        comes_again
    }

    /// Shows a message again after so long.
    pub fn show_in(&mut self, queue: &str, number: u64, milliseconds: u64, now: u64) {
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.show_in(number, milliseconds, now);
        }
    }

    /// When a queue has something to hand out.
    #[must_use]
    pub fn next_at(&self, queue: &str) -> Option<u64> {
        self.queues.get(queue).and_then(Queue::next_at)
    }

    /// What is in a queue.
    #[must_use]
    pub fn messages(&self, queue: &str) -> Vec<Message> {
        self.queues.get(queue).map(|queue| queue.messages().cloned().collect()).unwrap_or_default()
    }

    /// Puts what was given up back where it came from, as an operator does who has mended the cause (StartMessageMoveTask). What
    /// was sent to the dead letters with a code can never be used, and stays.
    pub fn redrive(&mut self, from: &str, to: &str, now: u64) -> usize {
        let messages = self.messages(from);
        let back: Vec<_> = messages.into_iter().filter(|message| message.attributes.is_empty()).collect();
        for message in &back {
            if let Some(queue) = self.queues.get_mut(from) {
                queue.delete(message.number, false);
            }
            // A message that is moved by hand is a new one.
            let sent = Sent {
                body: message.body.clone(),
                group: message.group.clone(),
                deduplication: Some(message.id()),
                ..Sent::default()
            };
            self.put(to, sent, now);
        }
        back.len()
    }
}
