use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::values::{CallId, DeliveryId, Timestamp, WebhookId};

/// One attempt of a delivery: a row of the delivery log.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptRecord {
    /// The delivery: the `webhook-id` that was sent.
    pub delivery_id: DeliveryId,
    /// Names the attempt within its delivery; see [`AttemptRecord::key`].
    pub attempt_key: String,
    /// Whose endpoint.
    pub webhook_id: WebhookId,
    /// Which call; a test tells of none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call_id: Option<CallId>,
    /// 1 to 10.
    pub attempt: u32,
    /// When it was begun.
    pub timestamp: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_code: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<AttemptError>,
    /// The first 2 KiB of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response_body: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When the next attempt is made; `None` when there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_attempt_at: Option<Timestamp>,
    /// Whether the Test button made it.
    pub test: bool,
}

crate::values::shows_only!(AttemptRecord {
    delivery_id,
    attempt_key,
    webhook_id,
    call_id,
    attempt,
    timestamp,
    outcome,
    status_code,
    duration_ms,
    next_attempt_at,
    test
});

impl AttemptRecord {
    /// The key of attempt `attempt` of one run of a delivery. The first run has no name; a resend brings its own, so that
    /// its attempts stand beside the first run's.
    #[must_use]
    pub fn key(run: Option<&str>, attempt: u32) -> String {
        format!("{}{attempt:02}", run.map(|run| format!("{run}.")).unwrap_or_default())
    }

    /// Which run of its delivery it belongs to: 0 is the first, each resend is one more.
    fn run(&self) -> u32 {
        self.attempt_key.split_once('.').map_or(0, |(run, _)| run_number(run))
    }

    /// The attempt's id in the API.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}.{}", self.delivery_id, self.attempt_key)
    }
}

/// What a run's name begins with.
const RUN: char = 'r';

/// How far along a retry must be overdue before it counts as lost.
const RETRY_LOST_AFTER: Duration = Duration::from_secs(60 * 60);

/// How long after it was asked for a resend whose message was sent counts as lost, when it has no attempt. Should the message
/// be late instead, the worst is a repeat under the same `webhook-id`.
const MESSAGE_LOST_AFTER: Duration = Duration::from_secs(2 * 60);

/// How long a message may take to be sent, before whoever claimed its run counts as dead.
const SENDING: Duration = Duration::from_secs(3);

/// A resend that was asked for: written before its message is sent and confirmed when it is, so that a resend which is asked
/// for twice, before it was made, is made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunClaim {
    /// The run's name, `r1`, `r2`, …
    pub run: String,
    /// When it was asked for.
    pub claimed_at: Timestamp,
    /// Whether its message is known to be sent.
    pub is_sent: bool,
}

/// What is to be done for a delivery that is to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resend {
    /// A run with this name is to be claimed, and its first message sent.
    Begin(String),
    /// The run with this name was claimed by a request that died before it sent the message: it is to be sent.
    Resume(String),
    /// Another request is at it right now.
    Underway,
    /// Its message was sent, and its attempt will come.
    OnItsWay,
}

/// Everything that is known of a delivery.
#[derive(Debug, Clone, Default)]
pub struct DeliveryHistory {
    /// The attempts of all its runs.
    pub attempts: Vec<AttemptRecord>,
    /// The resends that were asked for.
    pub claims: Vec<RunClaim>,
}

impl DeliveryHistory {
    /// What sending it again takes: nothing while it was asked for and is not made yet.
    #[must_use]
    pub fn resend(&self, now: Timestamp) -> Resend {
        let made = self.attempts.iter().map(AttemptRecord::run).max().unwrap_or(0);
        let last_claim = self.claims.iter().max_by_key(|claim| run_number(&claim.run));
        let claimed = last_claim.map_or(0, |claim| run_number(&claim.run));
        match last_claim.filter(|_| claimed > made) {
            Some(claim) if !claim.is_sent && claim.claimed_at.plus(SENDING) > now => Resend::Underway,
            Some(claim) if !claim.is_sent => Resend::Resume(claim.run.clone()),
            Some(claim) if claim.claimed_at.plus(MESSAGE_LOST_AFTER) > now => Resend::OnItsWay,
            _ => Resend::Begin(format!("{RUN}{}", made.max(claimed) + 1)),
        }
    }

    /// Whether the delivery has ended without success: its newest attempt failed, and no other will be made by itself.
    #[must_use]
    pub fn ended_in_failure(&self, now: Timestamp) -> bool {
        let newest =
            self.attempts.iter().max_by_key(|attempt| (attempt.timestamp, attempt.run(), attempt.attempt));
        newest.is_some_and(|newest| {
            let to_come = newest.next_attempt_at.is_some_and(|at| at.plus(RETRY_LOST_AFTER) > now);
            newest.outcome != Outcome::Succeeded && !to_come
        })
    }
}

/// 1 of `r1`; 0 of what is no run's name.
fn run_number(run: &str) -> u32 {
    run.strip_prefix(RUN).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A 2xx answer.
    Succeeded,
    /// Another answer.
    Failed,
    /// No HTTP answer.
    Errored,
}

impl Outcome {
    /// The name in the API and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Errored => "errored",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Succeeded, Self::Failed, Self::Errored].into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// Why an attempt got no HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptError {
    /// `blocked_address`, `dns`, `connect`, `tls`, `timeout` or `protocol`; `webhook_disabled` or `webhook_deleted` when the
    /// delivery ended without an attempt.
    pub code: String,
    /// Worded so that the reader knows what to change.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_730_179_200_000;

    fn attempt(key: &str, second: u64, outcome: Outcome, next_second: Option<u64>) -> AttemptRecord {
        let at = |second: u64| Timestamp::from_millis(NOW + second * 1_000);
        AttemptRecord {
            delivery_id: DeliveryId::parse("msg_1").expect("an id"),
            attempt_key: key.to_owned(),
            webhook_id: WebhookId::parse("wh_1").expect("an id"),
            call_id: None,
            attempt: key.rsplit('.').next().and_then(|number| number.parse().ok()).expect("a number"),
            timestamp: at(second),
            outcome,
            status_code: None,
            error: None,
            response_body: None,
            duration_ms: 0,
            next_attempt_at: next_second.map(at),
            test: false,
        }
    }

    fn history(attempts: &[AttemptRecord], claims: &[(&str, u64, bool)]) -> DeliveryHistory {
        let claim = |(run, second, is_sent): &(&str, u64, bool)| RunClaim {
            run: (*run).to_owned(),
            claimed_at: Timestamp::from_millis(NOW + second * 1_000),
            is_sent: *is_sent,
        };
        DeliveryHistory { attempts: attempts.to_vec(), claims: claims.iter().map(claim).collect() }
    }

    /// What a resend takes in the 60th second.
    fn resend(attempts: &[AttemptRecord], claims: &[(&str, u64, bool)]) -> Resend {
        history(attempts, claims).resend(Timestamp::from_millis(NOW + 60_000))
    }

    fn begin(run: &str) -> Resend {
        Resend::Begin(run.to_owned())
    }

    #[test]
    fn runs_are_counted_from_the_attempts_and_claims_there_are() {
        use Outcome::Failed;
        assert_eq!(resend(&[attempt("01", 0, Failed, None)], &[]), begin("r1"));
        let out_of_order = [attempt("r1.01", 5, Failed, None), attempt("02", 9, Failed, None)];
        assert_eq!(resend(&out_of_order, &[("r1", 4, true)]), begin("r2"));
        // Its message was sent, and the answer to that was lost.
        assert_eq!(resend(&out_of_order, &[("r1", 4, false)]), begin("r2"));
        let many = [attempt("r10.01", 5, Failed, None), attempt("r9.01", 4, Failed, None)];
        assert_eq!(resend(&many, &[]), begin("r11"));
        assert_eq!(AttemptRecord::key(Some("r2"), 3), "r2.03");
    }

    #[test]
    fn a_resend_whose_message_was_sent_is_not_begun_again_until_it_is_lost() {
        let attempts = [attempt("01", 0, Outcome::Failed, None)];
        assert_eq!(resend(&attempts, &[("r1", 50, true)]), Resend::OnItsWay);
        let later = Timestamp::from_millis(NOW + 171_000);
        assert_eq!(history(&attempts, &[("r1", 50, true)]).resend(later), begin("r2"));
    }

    #[test]
    fn a_resend_whose_request_died_before_it_sent_the_message_is_resumed() {
        let attempts = [attempt("01", 0, Outcome::Failed, None)];
        assert_eq!(resend(&attempts, &[("r1", 58, false)]), Resend::Underway);
        assert_eq!(resend(&attempts, &[("r1", 57, false)]), Resend::Resume("r1".to_owned()));
        assert_eq!(resend(&attempts, &[("r1", 0, true), ("r2", 40, false)]), Resend::Resume("r2".to_owned()));
    }

    #[test]
    fn a_delivery_has_ended_in_failure_when_its_newest_attempt_failed_and_none_is_to_come() {
        use Outcome::{Errored, Failed, Succeeded};
        let ended = |attempts: &[AttemptRecord]| {
            history(attempts, &[]).ended_in_failure(Timestamp::from_millis(NOW + 60_000))
        };
        assert!(ended(&[attempt("01", 0, Failed, None)]));
        assert!(ended(&[attempt("01", 0, Failed, Some(5)), attempt("02", 5, Errored, None)]));
        assert!(!ended(&[attempt("01", 0, Failed, Some(90))]));
        assert!(!ended(&[attempt("01", 0, Failed, Some(5)), attempt("02", 5, Succeeded, None)]));
        assert!(!ended(&[attempt("01", 0, Failed, None), attempt("r1.01", 9, Succeeded, None)]));
        assert!(!ended(&[]));
    }

    #[test]
    fn a_retry_that_is_an_hour_overdue_is_lost() {
        let history = history(&[attempt("01", 0, Outcome::Failed, Some(5))], &[]);
        assert!(!history.ended_in_failure(Timestamp::from_millis(NOW + 3_600_000)));
        assert!(history.ended_in_failure(Timestamp::from_millis(NOW + 3_606_000)));
    }
}
