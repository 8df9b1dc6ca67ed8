//! EventBridge Scheduler: one-off schedules that send to a queue.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::aws::answer::Answer;
use crate::aws::queue::Sent;
use crate::random::Random;
use crate::template::last_part;

/// "EventBridge Scheduler invokes your target within 60 seconds of the scheduled time."
const PRECISION_MS: u64 = 60_000;

/// A schedule that was made.
#[derive(Debug, Clone)]
struct Schedule {
    token: String,
    at: u64,
    queue: String,
    sent: Sent,
}

/// All schedules of a world.
#[derive(Debug)]
pub(super) struct Scheduler {
    schedules: BTreeMap<String, Schedule>,
    random: Random,
}

impl Scheduler {
    /// Without schedules.
    #[must_use]
    pub(super) fn new(random: Random) -> Self {
        Self { schedules: BTreeMap::new(), random }
    }

    /// CreateSchedule: a name can be taken once in its group, `ConflictException` says so (409); the same `ClientToken` again is
    /// the same request.
    pub(super) fn create(&mut self, name: &str, request: &Value) -> Answer {
        let token = request["ClientToken"].as_str().unwrap_or_default().to_owned();
        if let Some(there) = self.schedules.get(name)
            && there.token != token
        {
            return Answer::failed(409, "ConflictException", "there is a schedule of this name");
        }
        let target = &request["Target"];
        assert!(target["Arn"].as_str().is_some_and(|arn| arn.ends_with(":aws-sdk:sqs:sendMessage")));
        assert_eq!(request["ActionAfterCompletion"], "DELETE");
        let input: Value =
            serde_json::from_str(target["Input"].as_str().unwrap_or_default()).unwrap_or_default();
        let text = |part: &str| input[part].as_str().map(str::to_owned);
        let (Some(queue), Some(body), Some(at)) = (text("QueueUrl"), text("MessageBody"), moment(request))
        else {
            return Answer::refused("ValidationException", "not a schedule that can be made");
        };
        let sent = Sent { body, group: text("MessageGroupId"), ..Sent::default() };
        // "If you specify a past time, it fires at once" is not documented for all cases; it does, which is what is modelled.
        let at = at + self.random.below(PRECISION_MS);
        let schedule = Schedule { token, at, queue: last_part(&queue).to_owned(), sent };
        self.schedules.insert(name.to_owned(), schedule);
        Answer::ok(
            &json!({"ScheduleArn": format!("arn:aws:scheduler:us-east-1:000000000000:schedule/{name}")}),
        )
    }

    /// When the next one is due.
    #[must_use]
    pub(super) fn next_at(&self) -> Option<u64> {
        self.schedules.values().map(|schedule| schedule.at).min()
    }

    /// What is due by now, each with its queue. It is gone afterwards (`ActionAfterCompletion`).
    pub(super) fn due(&mut self, now: u64) -> Vec<(String, Sent)> {
        let names: Vec<String> = self
            .schedules
            .iter()
            .filter(|(_, schedule)| schedule.at <= now)
            .map(|(name, _)| name.clone())
            .collect();
        let due = names.iter().filter_map(|name| self.schedules.remove(name));
        due.map(|schedule| (schedule.queue, schedule.sent)).collect()
    }
}

/// `at(yyyy-mm-ddThh:mm:ss)`, in UTC when no time zone is named.
fn moment(request: &Value) -> Option<u64> {
    let expression = request["ScheduleExpression"].as_str()?;
    let text = expression.strip_prefix("at(")?.strip_suffix(')')?;
    let moment = OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339).ok()?;
    u64::try_from(moment.unix_timestamp()).ok().map(|seconds| seconds * 1_000)
}
