use std::time::Duration;

use crate::deliveries::{EndpointStatus, Outcome};
use crate::values::Timestamp;
use crate::webhooks::Endpoint;

/// How long every attempt must have failed before an endpoint is given up: longer than the retries of one delivery.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 60 * 60);

/// A success that takes longer is slow. An endpoint may take ten seconds, and holds whoever waits for it.
const SLOW_FROM: Duration = Duration::from_secs(3);

/// An owner is told of an endpoint at its third failure in a row: one or two are an accident, or a deployment.
const TOLD_AT: u32 = 3;

/// The count of failures of an endpoint whose owner is known to be told.
pub const FAILURES_WHEN_TOLD: u32 = TOLD_AT + 1;

/// Between two times that it is told that an endpoint fails, whatever it does meanwhile.
const TOLD_ONCE_IN: Duration = Duration::from_secs(60 * 60);

/// What an attempt changes about an endpoint's health. Most attempts change nothing, so most cost no write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthChange {
    /// Of "it fails".
    pub failing: Mark,
    /// Of "it is slow".
    pub slow: Mark,
    /// How many attempts have failed in a row, when that is to be noted: up to the third, which is told.
    pub failures: Option<u32>,
}

/// What becomes of something that is noted about an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is as before.
    Keep,
    /// It holds from now on.
    Set,
    /// It does not hold any more.
    Clear,
}

impl Mark {
    fn of(holds: bool, since: Option<Timestamp>) -> Self {
        match (holds, since) {
            (true, None) => Self::Set,
            (false, Some(_)) => Self::Clear,
            (true, Some(_)) | (false, None) => Self::Keep,
        }
    }
}

impl HealthChange {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.failing == Mark::Keep && self.slow == Mark::Keep && self.failures.is_none()
    }
}

impl Endpoint {
    /// What an attempt changes that ended at `now`, after `took`. Only a success says anew how fast it is. Failures are counted where
    /// anybody asks to be told of them (`is_watched`).
    #[must_use]
    pub fn health_after(
        &self,
        outcome: Outcome,
        took: Duration,
        now: Timestamp,
        is_watched: bool,
    ) -> HealthChange {
        let succeeded = outcome == Outcome::Succeeded;
        let next = self.failures_in_a_row() + 1;
        let counts = next < TOLD_AT || next == TOLD_AT && !self.was_told_lately(now);
        let counts = counts && is_watched && !succeeded;
        let failures = counts.then_some(next);
        let slow = if succeeded { Mark::of(took > SLOW_FROM, self.slow_since) } else { Mark::Keep };
        HealthChange { failing: Mark::of(!succeeded, self.failing_since), slow, failures }
    }

    /// What its owner is told because of such a change.
    #[must_use]
    pub fn told_of(&self, change: HealthChange) -> Option<EndpointStatus> {
        if change.failures == Some(TOLD_AT) {
            return Some(EndpointStatus::Failing);
        }
        (change.failing == Mark::Clear && self.is_noted_to_be_told()).then_some(EndpointStatus::Recovered)
    }

    /// An older version, which does not count, has left the count when it noted that the failures were over.
    fn failures_in_a_row(&self) -> u32 {
        if self.failing_since.is_some() { self.failures } else { 0 }
    }

    /// Whether so many attempts have failed that its owner is told, or may be told by now.
    #[must_use]
    pub fn is_noted_to_be_told(&self) -> bool {
        self.failures_in_a_row() >= TOLD_AT
    }

    /// Whether its owner was told within the hour that it fails.
    fn was_told_lately(&self, now: Timestamp) -> bool {
        self.told_failing_at.is_some_and(|told| now.since(told) < TOLD_ONCE_IN)
    }

    /// Whether it still fails, and that is noted but not known to be told: whoever noted it may have died before telling it.
    #[must_use]
    pub fn is_to_be_told_again(&self, outcome: Outcome) -> bool {
        outcome != Outcome::Succeeded && self.failures_in_a_row() == TOLD_AT
    }

    /// Forgets its failures: it is enabled anew, or is another one.
    pub fn begin_anew(&mut self) {
        self.failing_since = None;
        self.failures = 0;
    }

    /// Since when every attempt has failed, when an attempt that ended at `now` makes it 5 days: the endpoint is given up.
    #[must_use]
    pub fn given_up_after(&self, outcome: Outcome, now: Timestamp) -> Option<Timestamp> {
        let since = self.failing_since.filter(|_| outcome != Outcome::Succeeded)?;
        (now.since(since) >= GIVEN_UP_AFTER).then_some(since)
    }

    /// Whether its deliveries wait for each other, where they hold up nobody else's.
    #[must_use]
    pub fn is_for_the_slow_lane(&self) -> bool {
        self.failing_since.is_some() || self.slow_since.is_some()
    }
}

/// What the log says of a success that took so long.
#[must_use]
pub fn slowness(outcome: Outcome, took: Duration) -> Option<String> {
    (outcome == Outcome::Succeeded && took > SLOW_FROM).then(|| {
        let (took, limit) = (took.as_secs_f64(), SLOW_FROM.as_secs());
        format!(
            "slow: the answer took {took:.1} s; until one takes {limit} s at most, deliveries to this endpoint wait for each other"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::TargetUrl;
    use crate::webhooks::DeliveryMethod;

    const NOW: Timestamp = Timestamp::from_seconds(1_730_179_200);
    const DAY: u64 = 24 * 60 * 60;
    const FAST: Duration = Duration::from_secs(3);
    const SLOW: Duration = Duration::from_millis(3_001);

    fn before(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(1_730_179_200 - seconds)
    }

    fn endpoint(failing_for: Option<u64>, slow_for: Option<u64>) -> Endpoint {
        let (failing_since, slow_since) = (failing_for.map(before), slow_for.map(before));
        let url = TargetUrl::parse("https://example.com/").expect("a URL");
        Endpoint { failing_since, slow_since, ..Endpoint::new(url, DeliveryMethod::Post) }
    }

    fn failing(failing_for: Option<u64>, outcome: Outcome) -> Mark {
        endpoint(failing_for, None).health_after(outcome, FAST, NOW, true).failing
    }

    fn slow(slow_for: Option<u64>, outcome: Outcome, took: Duration) -> Mark {
        endpoint(None, slow_for).health_after(outcome, took, NOW, true).slow
    }

    #[test]
    fn the_first_failure_and_the_first_success_after_it_are_noted_and_no_other() {
        assert_eq!(failing(None, Outcome::Succeeded), Mark::Keep);
        assert_eq!(failing(None, Outcome::Failed), Mark::Set);
        assert_eq!(failing(Some(60), Outcome::Errored), Mark::Keep);
        assert_eq!(failing(Some(60), Outcome::Succeeded), Mark::Clear);
    }

    /// An endpoint with so many failures in a row, which was told to fail so many seconds ago.
    fn failed(failures: u32, told: Option<u64>) -> Endpoint {
        let since = (failures > 0).then_some(60);
        Endpoint { failures, told_failing_at: told.map(before), ..endpoint(since, None) }
    }

    fn after(endpoint: &Endpoint, outcome: Outcome) -> (Option<u32>, Option<EndpointStatus>) {
        let change = endpoint.health_after(outcome, FAST, NOW, true);
        (change.failures, endpoint.told_of(change))
    }

    #[test]
    fn three_failures_in_a_row_are_counted_and_the_third_is_told() {
        let of = |failures, outcome| after(&failed(failures, None), outcome);
        assert_eq!(of(0, Outcome::Failed), (Some(1), None));
        assert_eq!(of(1, Outcome::Errored), (Some(2), None));
        assert_eq!(of(2, Outcome::Failed), (Some(3), Some(EndpointStatus::Failing)));
        assert_eq!([of(3, Outcome::Failed), of(FAILURES_WHEN_TOLD, Outcome::Failed)], [(None, None); 2]);
        assert!(
            failed(3, None).health_after(Outcome::Failed, FAST, NOW, true).is_none(),
            "no write any more"
        );
    }

    #[test]
    fn failures_are_counted_where_somebody_asks_and_the_rest_is_noted_all_the_same() {
        for (failures, outcome) in [(0, Outcome::Failed), (1, Outcome::Errored), (2, Outcome::Failed)] {
            let endpoint = failed(failures, None);
            let (watched, unwatched) = (
                endpoint.health_after(outcome, FAST, NOW, true),
                endpoint.health_after(outcome, FAST, NOW, false),
            );
            assert_eq!(watched.failures, Some(failures + 1));
            assert_eq!(unwatched, HealthChange { failures: None, ..watched });
            assert_eq!(endpoint.told_of(unwatched), None);
        }
        let before = failed(2, None);
        let succeeded = |is_watched| before.health_after(Outcome::Succeeded, FAST, NOW, is_watched);
        assert_eq!(succeeded(false), succeeded(true));
    }

    #[test]
    fn what_was_noted_and_may_not_be_told_is_told_again_while_it_still_fails() {
        let again = |failures, outcome| failed(failures, Some(0)).is_to_be_told_again(outcome);
        assert!(again(3, Outcome::Failed) && again(3, Outcome::Errored));
        assert!(!again(3, Outcome::Succeeded));
        assert!(!again(2, Outcome::Failed), "an endpoint that comes and goes");
        assert!(!again(FAILURES_WHEN_TOLD, Outcome::Failed));
    }

    #[test]
    fn a_success_is_told_when_the_failures_were() {
        let of = |failures| after(&failed(failures, Some(60)), Outcome::Succeeded);
        assert_eq!([of(3), of(FAILURES_WHEN_TOLD)], [(None, Some(EndpointStatus::Recovered)); 2]);
        assert_eq!([of(0), of(1), of(2)], [(None, None); 3]);
    }

    #[test]
    fn a_count_that_an_older_version_has_left_is_none() {
        for left in 1..=FAILURES_WHEN_TOLD {
            let endpoint = Endpoint { failing_since: None, ..failed(left, None) };
            assert_eq!(after(&endpoint, Outcome::Failed), (Some(1), None));
            assert_eq!(after(&endpoint, Outcome::Succeeded), (None, None));
            assert!(!endpoint.is_to_be_told_again(Outcome::Failed));
        }
    }

    #[test]
    fn an_endpoint_is_told_to_fail_once_in_an_hour() {
        let of = |told| after(&failed(2, Some(told)), Outcome::Failed);
        assert_eq!(of(3_599), (None, None));
        assert_eq!(of(3_600), (Some(3), Some(EndpointStatus::Failing)));
        assert_eq!(after(&failed(1, Some(1)), Outcome::Failed), (Some(2), None));
    }

    #[test]
    fn an_endpoint_that_begins_anew_has_no_failures_and_is_told_of_once_in_an_hour_all_the_same() {
        let mut endpoint = failed(3, Some(60));
        endpoint.begin_anew();
        assert_eq!(endpoint, failed(0, Some(60)));
    }

    #[test]
    fn the_first_slow_success_and_the_first_fast_one_after_it_are_noted_and_no_other() {
        assert_eq!(slow(None, Outcome::Succeeded, FAST), Mark::Keep);
        assert_eq!(slow(None, Outcome::Succeeded, SLOW), Mark::Set);
        assert_eq!(slow(Some(60), Outcome::Succeeded, SLOW), Mark::Keep);
        assert_eq!(slow(Some(60), Outcome::Succeeded, FAST), Mark::Clear);
        for took in [FAST, SLOW] {
            assert_eq!(slow(None, Outcome::Failed, took), Mark::Keep);
            assert_eq!(slow(Some(60), Outcome::Errored, took), Mark::Keep);
        }
    }

    #[test]
    fn what_fails_or_is_slow_is_for_the_slow_lane() {
        assert!(!endpoint(None, None).is_for_the_slow_lane());
        assert!(endpoint(Some(1), None).is_for_the_slow_lane());
        assert!(endpoint(None, Some(1)).is_for_the_slow_lane());
    }

    #[test]
    fn the_log_says_of_a_slow_success_that_it_was_slow() {
        let said = slowness(Outcome::Succeeded, Duration::from_millis(9_040)).expect("a note");
        assert!(said.starts_with("slow: the answer took 9.0 s; until one takes 3 s at most"), "{said}");
        assert_eq!(slowness(Outcome::Succeeded, FAST), None);
        assert_eq!(slowness(Outcome::Errored, SLOW), None);
    }

    #[test]
    fn an_endpoint_is_given_up_when_every_attempt_has_failed_for_5_days() {
        let given_up = |failing_for, outcome| endpoint(Some(failing_for), None).given_up_after(outcome, NOW);
        assert_eq!(given_up(5 * DAY - 1, Outcome::Failed), None);
        assert_eq!(given_up(5 * DAY, Outcome::Failed), Some(before(5 * DAY)));
        assert_eq!(given_up(9 * DAY, Outcome::Errored), Some(before(9 * DAY)));
        assert_eq!(given_up(9 * DAY, Outcome::Succeeded), None);
        assert_eq!(endpoint(None, None).given_up_after(Outcome::Failed, NOW), None);
    }

    #[test]
    fn an_attempt_that_changes_nothing_needs_no_write() {
        let change = |failing, slow| HealthChange { failing, slow, failures: None };
        assert!(change(Mark::Keep, Mark::Keep).is_none());
        for changed in [Mark::Set, Mark::Clear] {
            assert!(!change(changed, Mark::Keep).is_none() && !change(Mark::Keep, changed).is_none());
            assert!(!change(changed, changed).is_none());
        }
    }
}
