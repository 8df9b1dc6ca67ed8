use std::time::Duration;

use crate::deliveries::Outcome;
use crate::values::Timestamp;
use crate::webhooks::Endpoint;

/// How long every attempt must have failed before an endpoint is given up: longer than the retries of one delivery.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 60 * 60);

/// A success that takes longer is slow. An endpoint may take ten seconds, and holds whoever waits for it.
const SLOW_FROM: Duration = Duration::from_secs(3);

/// What an attempt changes about an endpoint's health. Most attempts change nothing, so most cost no write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthChange {
    /// Of "it fails".
    pub failing: Mark,
    /// Of "it is slow".
    pub slow: Mark,
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
        self.failing == Mark::Keep && self.slow == Mark::Keep
    }
}

impl Endpoint {
    /// What an attempt changes that ended after `took`. Only a success says anew how fast it is.
    #[must_use]
    pub fn health_after(&self, outcome: Outcome, took: Duration) -> HealthChange {
        let succeeded = outcome == Outcome::Succeeded;
        let slow = if succeeded { Mark::of(took > SLOW_FROM, self.slow_since) } else { Mark::Keep };
        HealthChange { failing: Mark::of(!succeeded, self.failing_since), slow }
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
        endpoint(failing_for, None).health_after(outcome, FAST).failing
    }

    fn slow(slow_for: Option<u64>, outcome: Outcome, took: Duration) -> Mark {
        endpoint(None, slow_for).health_after(outcome, took).slow
    }

    #[test]
    fn the_first_failure_and_the_first_success_after_it_are_noted_and_no_other() {
        assert_eq!(failing(None, Outcome::Succeeded), Mark::Keep);
        assert_eq!(failing(None, Outcome::Failed), Mark::Set);
        assert_eq!(failing(Some(60), Outcome::Errored), Mark::Keep);
        assert_eq!(failing(Some(60), Outcome::Succeeded), Mark::Clear);
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
        let change = |failing, slow| HealthChange { failing, slow };
        assert!(change(Mark::Keep, Mark::Keep).is_none());
        for changed in [Mark::Set, Mark::Clear] {
            assert!(!change(changed, Mark::Keep).is_none() && !change(Mark::Keep, changed).is_none());
            assert!(!change(changed, changed).is_none());
        }
    }
}
