use std::time::Duration;

use crate::deliveries::{AttemptRecord, Outcome};
use crate::values::Timestamp;

/// What a run's name begins with.
const RUN: char = 'r';

/// What the key of a hurried attempt's claim begins with.
const HURRY: &str = "hurry.";

/// How long an attempt must be overdue before its message counts as lost: after an outage a queue may be that far behind, and
/// a second run would be made beside the first. Should it be later still, the worst is a repeat under the same `webhook-id`.
const LOST_AFTER: Duration = Duration::from_secs(60 * 60);

/// How long a message may take to be sent, before whoever claimed its sending counts as dead.
const SENDING: Duration = Duration::from_secs(3);

/// How often an attempt of one delivery is made before its time.
const HURRIED_ONCE_IN: Duration = Duration::from_secs(60);

/// An attempt that is due within this time is not hurried: its own message may come while the hurried one is being made, which
/// takes 10 s, and then both would send it.
const DUE_SOON: Duration = Duration::from_secs(15);

/// A message that is to be sent because its owner asked for it: claimed before it is sent and confirmed when it is, so that
/// what is asked for twice is sent once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResendClaim {
    /// Its key in the delivery log, see [`Resent::claim_key`].
    pub key: String,
    /// When it was asked for.
    pub claimed_at: Timestamp,
    /// Whether its message is known to be sent.
    pub is_sent: bool,
}

/// Which attempt of a delivery a resend makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resent {
    /// The first of a new run.
    Run(String),
    /// The one that waits for its time.
    Waiting {
        /// Its run; `None` is the first.
        run: Option<String>,
        /// Its number in the run.
        attempt: u32,
    },
}

impl Resent {
    /// The key of its claim in the delivery log, where no attempt has it.
    #[must_use]
    pub fn claim_key(&self) -> String {
        match self {
            Self::Run(run) => run.clone(),
            Self::Waiting { run, attempt } => {
                format!("{HURRY}{}", AttemptRecord::key(run.as_deref(), *attempt))
            }
        }
    }
}

/// What is to be done for a delivery that is to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resend {
    /// This is to be claimed, and its message sent.
    Begin(Resent),
    /// This was claimed by a request that died before it sent the message: it is to be sent.
    Resume(Resent),
    /// Another request is at it right now.
    Underway,
    /// The message of its new run was sent, and its attempt will come.
    OnItsWay,
    /// Its next attempt comes at this moment, and is not to be hurried.
    Waits(Timestamp),
}

/// Everything that is known of a delivery.
#[derive(Debug, Clone, Default)]
pub struct DeliveryHistory {
    /// The attempts of all its runs.
    pub attempts: Vec<AttemptRecord>,
    /// The resends that were asked for.
    pub claims: Vec<ResendClaim>,
}

impl DeliveryHistory {
    /// What sending it again takes. A run that goes on is hurried, and no other is begun beside it.
    #[must_use]
    pub fn resend(&self, now: Timestamp) -> Resend {
        // The claim of a hurried attempt has the number 0, and is never newer than what was made.
        let last_claim = self.claims.iter().max_by_key(|claim| run_number(&claim.key));
        let made = self.attempts.iter().map(run_of).max().unwrap_or(0);
        let claimed = last_claim.map_or(0, |claim| run_number(&claim.key));
        match last_claim.filter(|_| claimed > made) {
            Some(claim) if is_being_sent(claim, now) => return Resend::Underway,
            Some(claim) if !claim.is_sent => return Resend::Resume(Resent::Run(claim.key.clone())),
            Some(claim) if claim.claimed_at.plus(LOST_AFTER) > now => return Resend::OnItsWay,
            _ => {}
        }
        match self.waits_until(now) {
            Some((newest, at)) => self.hurry(newest, at, now),
            None => Resend::Begin(Resent::Run(format!("{RUN}{}", made.max(claimed) + 1))),
        }
    }

    /// The attempt after `newest` is due at `due`. One that was hurried is not hurried again: should its message be lost, it is
    /// made when it is due.
    fn hurry(&self, newest: &AttemptRecord, due: Timestamp, now: Timestamp) -> Resend {
        let run = newest.run_name().map(str::to_owned);
        let waiting = Resent::Waiting { run, attempt: newest.attempt + 1 };
        let key = waiting.claim_key();
        match self.claims.iter().find(|claim| claim.key == key) {
            Some(claim) if claim.is_sent => return Resend::Waits(claim.claimed_at),
            Some(claim) if is_being_sent(claim, now) => return Resend::Underway,
            _ if due <= now.plus(DUE_SOON) => return Resend::Waits(due),
            Some(_) => return Resend::Resume(waiting),
            None => {}
        }
        let hurried = self.claims.iter().filter(|claim| claim.key.starts_with(HURRY));
        if hurried.into_iter().any(|claim| claim.claimed_at.plus(HURRIED_ONCE_IN) > now) {
            return Resend::Waits(due);
        }
        Resend::Begin(waiting)
    }

    /// Whether the delivery has ended without success: its newest attempt failed, and no other will be made by itself.
    #[must_use]
    pub fn ended_in_failure(&self, now: Timestamp) -> bool {
        self.failed() && self.waits_until(now).is_none()
    }

    /// Whether its newest attempt failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.newest().is_some_and(|newest| newest.outcome != Outcome::Succeeded)
    }

    /// When another attempt will be made by itself, with the one that it follows.
    fn waits_until(&self, now: Timestamp) -> Option<(&AttemptRecord, Timestamp)> {
        let newest = self.newest()?;
        let at = newest.next_attempt_at.filter(|at| at.plus(LOST_AFTER) > now)?;
        Some((newest, at))
    }

    fn newest(&self) -> Option<&AttemptRecord> {
        self.attempts.iter().max_by_key(|attempt| (attempt.timestamp, run_of(attempt), attempt.attempt))
    }
}

fn is_being_sent(claim: &ResendClaim, now: Timestamp) -> bool {
    !claim.is_sent && claim.claimed_at.plus(SENDING) > now
}

/// Which run of its delivery it belongs to: 0 is the first, each resend is one more.
fn run_of(attempt: &AttemptRecord) -> u32 {
    attempt.run_name().map_or(0, run_number)
}

/// 1 of `r1`; 0 of what is no run's name.
fn run_number(run: &str) -> u32 {
    run.strip_prefix(RUN).and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{DeliveryId, WebhookId};

    const NOW: u64 = 1_730_179_200_000;

    fn attempt(key: &str, second: u64, outcome: Outcome, next_second: Option<u64>) -> AttemptRecord {
        let at = |second: u64| Timestamp::from_millis(NOW + second * 1_000);
        AttemptRecord {
            delivery_id: DeliveryId::parse("msg_1").expect("an id"),
            attempt_key: key.to_owned(),
            webhook_id: WebhookId::parse("wh_1").expect("an id"),
            call_id: None,
            event: None,
            about: None,
            attempt: key.rsplit('.').next().and_then(|number| number.parse().ok()).expect("a number"),
            timestamp: at(second),
            outcome,
            status_code: None,
            error: None,
            response_body: None,
            duration_ms: 0,
            next_attempt_at: next_second.map(at),
            test: false,
            hurried: false,
            note: None,
        }
    }

    fn history(attempts: &[AttemptRecord], claims: &[(&str, u64, bool)]) -> DeliveryHistory {
        let claim = |(run, second, is_sent): &(&str, u64, bool)| ResendClaim {
            key: (*run).to_owned(),
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
        Resend::Begin(Resent::Run(run.to_owned()))
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
        let later = Timestamp::from_millis(NOW + 3_651_000);
        assert_eq!(history(&attempts, &[("r1", 50, true)]).resend(later), begin("r2"));
    }

    #[test]
    fn a_resend_whose_request_died_before_it_sent_the_message_is_resumed() {
        let attempts = [attempt("01", 0, Outcome::Failed, None)];
        assert_eq!(resend(&attempts, &[("r1", 58, false)]), Resend::Underway);
        assert_eq!(resend(&attempts, &[("r1", 57, false)]), Resend::Resume(Resent::Run("r1".to_owned())));
        assert_eq!(
            resend(&attempts, &[("r1", 0, true), ("r2", 40, false)]),
            Resend::Resume(Resent::Run("r2".to_owned()))
        );
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
    fn a_time_is_over_at_its_last_moment() {
        let at = |millis| Timestamp::from_millis(NOW + millis);
        let failed = [attempt("01", 0, Outcome::Failed, Some(9_000))];
        let hurried = history(&failed, &[("hurry.01", 19, true)]);
        assert_eq!(hurried.resend(at(78_999)), waits(9_000));
        assert_eq!(hurried.resend(at(79_000)), Resend::Begin(waiting(None, 2)));
        let sent = history(&[attempt("01", 0, Outcome::Failed, None)], &[("r1", 0, true)]);
        assert_eq!(sent.resend(at(3_599_999)), Resend::OnItsWay);
        assert_eq!(sent.resend(at(3_600_000)), begin("r2"));
        let overdue = history(&[attempt("01", 0, Outcome::Failed, Some(5))], &[]);
        assert!(!overdue.ended_in_failure(at(3_604_999)) && overdue.ended_in_failure(at(3_605_000)));
    }

    #[test]
    fn a_retry_that_is_an_hour_overdue_is_lost() {
        let history = history(&[attempt("01", 0, Outcome::Failed, Some(5))], &[]);
        assert!(!history.ended_in_failure(Timestamp::from_millis(NOW + 3_600_000)));
        assert!(history.ended_in_failure(Timestamp::from_millis(NOW + 3_606_000)));
    }

    fn waiting(run: Option<&str>, attempt: u32) -> Resent {
        Resent::Waiting { run: run.map(str::to_owned), attempt }
    }

    fn waits(second: u64) -> Resend {
        Resend::Waits(Timestamp::from_millis(NOW + second * 1_000))
    }

    #[test]
    fn a_delivery_whose_next_attempt_waits_is_hurried_and_no_run_is_begun_beside_it() {
        use Outcome::Failed;
        let failed = [attempt("01", 0, Failed, Some(5)), attempt("02", 5, Failed, Some(300))];
        assert_eq!(resend(&failed, &[]), Resend::Begin(waiting(None, 3)));
        let in_a_run = [attempt("01", 0, Failed, None), attempt("r1.04", 5, Failed, Some(9_000))];
        assert_eq!(resend(&in_a_run, &[("r1", 1, true)]), Resend::Begin(waiting(Some("r1"), 5)));
        assert_eq!(waiting(None, 3).claim_key(), "hurry.03");
        assert_eq!(waiting(Some("r1"), 5).claim_key(), "hurry.r1.05");
    }

    #[test]
    fn a_delivery_is_hurried_once_in_a_minute_and_says_when_its_next_attempt_comes() {
        use Outcome::Failed;
        let hurried = [attempt("01", 0, Failed, Some(300)), attempt("02", 20, Failed, Some(900))];
        assert_eq!(resend(&hurried, &[("hurry.02", 19, true)]), waits(900));
        let later = Timestamp::from_millis(NOW + 80_000);
        let again = history(&hurried, &[("hurry.02", 19, true)]).resend(later);
        assert_eq!(again, Resend::Begin(waiting(None, 3)));
    }

    #[test]
    fn what_was_hurried_and_is_not_made_yet_is_not_hurried_again() {
        let failed = [attempt("01", 0, Outcome::Failed, Some(9_000))];
        assert_eq!(resend(&failed, &[("hurry.02", 50, true)]), waits(50));
        let later = Timestamp::from_millis(NOW + 600_000);
        assert_eq!(history(&failed, &[("hurry.02", 50, true)]).resend(later), waits(50));
    }

    #[test]
    fn a_hurry_whose_request_died_before_it_sent_the_message_is_resumed() {
        let failed = [attempt("01", 0, Outcome::Failed, Some(9_000))];
        assert_eq!(resend(&failed, &[("hurry.02", 58, false)]), Resend::Underway);
        assert_eq!(resend(&failed, &[("hurry.02", 57, false)]), Resend::Resume(waiting(None, 2)));
    }

    #[test]
    fn an_attempt_that_is_due_is_left_to_its_own_message() {
        for due in [30, 60, 75] {
            let failed = [attempt("01", 0, Outcome::Failed, Some(due))];
            assert_eq!(resend(&failed, &[]), waits(due), "{due}");
            assert_eq!(resend(&failed, &[("hurry.02", 20, false)]), waits(due), "{due}");
        }
        assert_eq!(
            resend(&[attempt("01", 0, Outcome::Failed, Some(76))], &[]),
            Resend::Begin(waiting(None, 2))
        );
    }

    #[test]
    fn a_retry_that_was_lost_is_followed_by_a_new_run() {
        let failed = [attempt("01", 0, Outcome::Failed, Some(5))];
        let later = Timestamp::from_millis(NOW + 3_606_000);
        assert_eq!(history(&failed, &[]).resend(later), begin("r1"));
    }
}
