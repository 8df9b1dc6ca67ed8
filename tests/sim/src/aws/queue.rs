//! One SQS queue.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;
use crate::template::QueueSettings;

/// SQS, "Exactly-once processing": a deduplication id is known for 5 minutes.
const DEDUPLICATED_MS: u64 = 300_000;

/// A message in a queue.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number in its world: later ones are higher.
    pub number: u64,
    /// Its text.
    pub body: String,
    /// `MessageGroupId`.
    pub group: Option<String>,
    /// `MessageAttributes`, their values by name.
    pub attributes: BTreeMap<String, String>,
    /// `SentTimestamp`.
    pub sent_at: u64,
    /// `ApproximateReceiveCount`.
    pub receives: u32,
    visible_at: u64,
    is_out: bool,
}

impl Message {
    /// Its `MessageId`, which is its receipt handle, too: nothing here depends on an old receipt.
    #[must_use]
    pub fn id(&self) -> String {
        format!("m{}", self.number)
    }
}

/// What is sent.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Its text.
    pub body: String,
    /// `MessageGroupId`.
    pub group: Option<String>,
    /// `MessageDeduplicationId`.
    pub deduplication: Option<String>,
    /// `MessageAttributes`.
    pub attributes: BTreeMap<String, String>,
    /// `DelaySeconds`, in milliseconds.
    pub delay_ms: u64,
}

/// A queue and its messages.
#[derive(Debug)]
pub struct Queue {
    settings: QueueSettings,
    messages: BTreeMap<u64, Message>,
    /// When the queue forgets what it has seen.
    seen: BTreeMap<(String, String), u64>,
}

impl Queue {
    /// An empty queue.
    #[must_use]
    pub fn new(settings: QueueSettings) -> Self {
        Self { settings, messages: BTreeMap::new(), seen: BTreeMap::new() }
    }

    /// Where its messages go that were handed out too often.
    #[must_use]
    pub fn dead_letters(&self) -> Option<&str> {
        self.settings.redrive.as_ref().map(|(name, _)| name.as_str())
    }

    /// Takes a message. False when it is one that the queue has seen.
    ///
    /// SQS, SendMessage: "If a message with a particular MessageDeduplicationId is sent successfully, any messages sent with the
    /// same MessageDeduplicationId are accepted successfully but aren't delivered during the 5-minute deduplication interval."
    /// With `DeduplicationScope` `messageGroup` that holds for each group.
    pub fn send(&mut self, number: u64, sent: Sent, now: u64) -> bool {
        if self.settings.is_fifo {
            self.seen.retain(|_, until| *until > now);
            let key = (sent.group.clone().unwrap_or_default(), sent.deduplication.unwrap_or_default());
            if self.seen.contains_key(&key) {
                return false;
            }
            self.seen.insert(key, now + DEDUPLICATED_MS);
        }
        let message = Message {
            number,
            body: sent.body,
            group: sent.group,
            attributes: sent.attributes,
            sent_at: now,
            receives: 0,
            // A FIFO queue has no delay of single messages, and hands out in the order in which it took them.
            visible_at: now + if self.settings.is_fifo { 0 } else { sent.delay_ms },
            is_out: false,
        };
        self.messages.insert(number, message);
        true
    }

    /// Puts a message here that another queue has given up. It keeps its age ("Amazon SQS dead-letter queues": for standard
    /// queues, the expiration of a message is always based on its original enqueue timestamp).
    pub fn take_over(&mut self, message: Message, now: u64) {
        self.messages.insert(message.number, Message { visible_at: now, is_out: false, ..message });
    }

    /// Hands out messages, at most `most`. Those that were handed out too often are in the second list: they move to the dead
    /// letters ("maxReceiveCount": when the ReceiveCount for a message exceeds it).
    pub fn receive(&mut self, most: usize, now: u64, random: &Random) -> (Vec<Message>, Vec<Message>) {
        let retention = self.settings.retention_ms;
        self.messages.retain(|_, message| now.saturating_sub(message.sent_at) < retention);
        let (mut taken, mut given_up) = (Vec::new(), Vec::new());
        while taken.len() < most
            && let Some(number) = self.next_of(&taken, now, random)
            && let Some(message) = self.messages.get_mut(&number)
        {
            if let Some((_, most)) = &self.settings.redrive
                && message.receives >= *most
            {
                given_up.extend(self.messages.remove(&number));
                continue;
            }
            message.receives += 1;
            message.visible_at = now + self.settings.visibility_ms;
            message.is_out = true;
            taken.push(message.clone());
        }
        (taken, given_up)
    }

    /// The message that is handed out next.
    ///
    /// Standard: any that is visible ("best-effort ordering"); a fair queue prefers groups with fewer messages out ("Amazon SQS
    /// fair queues"). FIFO: the first of a group, while no earlier batch has messages of that group ("when you receive a message
    /// with a message group ID, no more messages for the same message group ID are returned unless you delete the message or
    /// it becomes visible").
    fn next_of(&self, taken: &[Message], now: u64, random: &Random) -> Option<u64> {
        let is_hidden = |message: &&Message| message.visible_at > now;
        if self.settings.is_fifo {
            let of_this = |message: &Message| taken.iter().any(|other| other.number == message.number);
            let mut closed: BTreeSet<&Option<String>> =
                self.messages.values().filter(is_hidden).filter(|m| !of_this(m)).map(|m| &m.group).collect();
            for message in self.messages.values().filter(|message| !of_this(message)) {
                if message.visible_at <= now && !closed.contains(&message.group) {
                    return Some(message.number);
                }
                closed.insert(&message.group);
            }
            return None;
        }
        let mut out: BTreeMap<&Option<String>, usize> = BTreeMap::new();
        for message in self.messages.values().filter(is_hidden).filter(|message| message.is_out) {
            *out.entry(&message.group).or_default() += 1;
        }
        let visible: Vec<&Message> = self.messages.values().filter(|message| !is_hidden(message)).collect();
        let fewest = visible.iter().map(|message| out.get(&message.group).copied().unwrap_or(0)).min()?;
        let fair: Vec<u64> = visible
            .iter()
            .filter(|message| out.get(&message.group).copied().unwrap_or(0) == fewest)
            .map(|message| message.number)
            .collect();
        random.pick(&fair).copied()
    }

    /// Takes a message out for good. `comes_again`: a server that keeps a copy was out of reach, so that it is handed out once
    /// more ("At-least-once delivery").
    pub fn delete(&mut self, number: u64, comes_again: bool) {
        if !comes_again {
            self.messages.remove(&number);
        }
    }

    /// Shows a message again after so long (ChangeMessageVisibility).
    pub fn show_in(&mut self, number: u64, milliseconds: u64, now: u64) {
        if let Some(message) = self.messages.get_mut(&number) {
            message.visible_at = now + milliseconds;
        }
    }

    /// When the next message is to be handed out; in the past when one is there.
    #[must_use]
    pub fn next_at(&self) -> Option<u64> {
        self.messages.values().map(|message| message.visible_at).min()
    }

    /// Everything that is in it, whether visible or not.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(is_fifo: bool) -> Queue {
        Queue::new(QueueSettings {
            is_fifo,
            visibility_ms: 30_000,
            retention_ms: 3_600_000,
            redrive: Some(("dead".to_owned(), 2)),
        })
    }

    fn message(group: &str, deduplication: &str) -> Sent {
        Sent { group: Some(group.into()), deduplication: Some(deduplication.into()), ..Sent::default() }
    }

    fn received(queue: &mut Queue, now: u64) -> Vec<u64> {
        queue.receive(10, now, &Random::new(7)).0.iter().map(|message| message.number).collect()
    }

    #[test]
    fn a_fifo_queue_drops_what_it_has_seen_in_the_last_five_minutes() {
        let mut queue = queue(true);
        assert!(queue.send(1, message("a", "x"), 0));
        assert!(!queue.send(2, message("a", "x"), 299_999));
        assert!(queue.send(3, message("b", "x"), 299_999));
        assert!(queue.send(4, message("a", "x"), 300_000));
    }

    #[test]
    fn a_group_of_a_fifo_queue_waits_for_what_is_out() {
        let mut queue = queue(true);
        queue.send(1, message("a", "1"), 0);
        assert_eq!(received(&mut queue, 0), [1]);
        queue.send(2, message("a", "2"), 0);
        queue.send(3, message("b", "3"), 0);
        assert_eq!(received(&mut queue, 0), [3]);
        queue.delete(1, false);
        assert_eq!(received(&mut queue, 0), [2]);
    }

    #[test]
    fn a_message_comes_again_when_it_is_not_deleted_and_is_given_up_at_the_third_time() {
        let mut queue = queue(false);
        queue.send(1, Sent { delay_ms: 5_000, ..Sent::default() }, 0);
        assert_eq!((received(&mut queue, 4_999), queue.next_at()), (vec![], Some(5_000)));
        assert_eq!(received(&mut queue, 5_000), [1]);
        assert_eq!(received(&mut queue, 34_999), [] as [u64; 0]);
        assert_eq!(received(&mut queue, 35_000), [1]);
        let (taken, given_up) = queue.receive(10, 65_000, &Random::new(7));
        assert_eq!((taken.len(), given_up.len(), queue.messages().count()), (0, 1, 0));
    }

    #[test]
    fn a_fair_queue_prefers_the_group_that_has_less_out() {
        let mut queue = queue(false);
        for number in 0..20 {
            queue.send(number, Sent { group: Some("loud".into()), ..Sent::default() }, 0);
        }
        received(&mut queue, 0);
        queue.send(99, Sent { group: Some("quiet".into()), ..Sent::default() }, 1);
        assert_eq!(received(&mut queue, 1)[0], 99);
    }
}
