//! AWS in the process: the SDK's clients are real, and their HTTP client is answered here.

pub mod answer;
mod caller;
mod connector;
mod kms;
mod partial;
pub mod queue;
mod scheduler;
pub mod sqs;
pub mod tables;
mod targets;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use crate::aws::answer::Answer;
use crate::aws::scheduler::Scheduler;
use crate::aws::sqs::Sqs;
use crate::aws::tables::Tables;
use crate::counts::Counts;
use crate::harm::Harm;
use crate::random::Random;
use crate::template::Template;
use crate::time::Time;
use crate::trace::Trace;

pub use caller::{Caller, DONE, ON_ITS_WAY};
pub use connector::client_of;

/// The kind of what is counted where a right is lacked.
pub const DENIED: &str = "denied";

/// All of AWS that one world has.
#[derive(Debug)]
pub struct Aws {
    /// The world's time.
    pub time: Time,
    /// What goes wrong.
    pub harm: Harm,
    /// What happens.
    pub trace: Trace,
    /// How often it happens.
    pub counts: Counts,
    /// DynamoDB.
    pub tables: Tables,
    sqs: Mutex<Sqs>,
    scheduler: Mutex<Scheduler>,
    random: Random,
    rights: Arc<BTreeSet<String>>,
    /// Told when a queue, the scheduler or a table has something new.
    pub changed: Notify,
}

impl Aws {
    /// An AWS with the template's tables and queues.
    #[must_use]
    pub fn new(template: &Template, time: Time, random: &Random) -> Self {
        let counts = Counts::default();
        Self {
            tables: Tables::new(template, &time),
            sqs: Mutex::new(Sqs::new(template.queues(), random.fork(), counts.clone())),
            scheduler: Mutex::new(Scheduler::new(random.fork())),
            harm: Harm::new(random.fork()),
            trace: Trace::new(time.clone()),
            random: random.fork(),
            rights: template.rights(),
            changed: Notify::new(),
            counts,
            time,
        }
    }

    /// The queues.
    pub fn sqs(&self) -> MutexGuard<'_, Sqs> {
        self.sqs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        self.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what a request asks for, at once. The request, as it was written and as it was read, must be the same.
    fn act(&self, service: &str, operation: &str, path: &str, (body, request): (&str, &Value)) -> Answer {
        let now = self.time.now();
        let answer = match service {
            "dynamodb" => self.tables.answer(operation, body),
            "sqs" => self.sqs().answer(operation, request, now),
            "kms" => kms::answer(operation, request, &self.random),
            "scheduler" => self.scheduler().create(path.rsplit('/').next().unwrap_or_default(), request),
            other => Answer::unknown(other),
        };
        self.changed.notify_waiters();
        answer
    }

    /// The refusal of a call that needs these rights, when its function's role lacks one. Conditions of roles are not looked at.
    fn denied(&self, rights: &[String]) -> Option<Answer> {
        let lacked = rights.iter().find(|right| !self.rights.contains(*right))?;
        self.counts.add(DENIED, lacked);
        Some(Answer::refused("AccessDeniedException", lacked))
    }

    /// When the next schedule is due.
    #[must_use]
    pub fn next_schedule_at(&self) -> Option<u64> {
        self.scheduler().next_at()
    }

    /// Sends what is due by now to its queue.
    pub fn fire_schedules(&self) {
        let now = self.time.now();
        for (queue, sent) in self.scheduler().due(now) {
            self.trace.say(&format!("scheduler -> {queue}"));
            self.sqs().put(&queue, sent, now);
        }
        self.changed.notify_waiters();
    }
}
