use std::time::Duration;

use crate::deliveries::Outcome;
use crate::values::Timestamp;
use crate::webhooks::Endpoint;

/// How long every attempt must have failed before an endpoint is given up: longer than the retries of one delivery.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 60 * 60);

/// What an attempt changes about an endpoint's health. Most attempts change nothing, so most cost no write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthChange {
    /// It is as before.
    None,
    /// It has begun to fail.
    BeginsToFail,
    /// It works again.
    Recovers,
    /// Every attempt has failed for 5 days: it is disabled.
    GivenUp,
}

impl Endpoint {
    /// What an attempt that ended at `now` changes.
    #[must_use]
    pub fn health_after(&self, outcome: Outcome, now: Timestamp) -> HealthChange {
        match (outcome, self.failing_since) {
            (Outcome::Succeeded, None) => HealthChange::None,
            (Outcome::Succeeded, Some(_)) => HealthChange::Recovers,
            (Outcome::Failed | Outcome::Errored, None) => HealthChange::BeginsToFail,
            (Outcome::Failed | Outcome::Errored, Some(since)) if now.since(since) >= GIVEN_UP_AFTER => {
                HealthChange::GivenUp
            }
            (Outcome::Failed | Outcome::Errored, Some(_)) => HealthChange::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::TargetUrl;
    use crate::webhooks::DeliveryMethod;

    const NOW: Timestamp = Timestamp::from_seconds(1_730_179_200);
    const DAY: u64 = 24 * 60 * 60;

    fn change(failing_for: Option<u64>, outcome: Outcome) -> HealthChange {
        let endpoint = Endpoint {
            url: TargetUrl::parse("https://example.com/").expect("a URL"),
            method: DeliveryMethod::Post,
            header_names: vec![],
            sealed_headers: None,
            failing_since: failing_for.map(|seconds| Timestamp::from_seconds(1_730_179_200 - seconds)),
        };
        endpoint.health_after(outcome, NOW)
    }

    #[test]
    fn the_first_failure_and_the_first_success_after_it_are_noted_and_no_other() {
        assert_eq!(change(None, Outcome::Succeeded), HealthChange::None);
        assert_eq!(change(None, Outcome::Failed), HealthChange::BeginsToFail);
        assert_eq!(change(Some(60), Outcome::Errored), HealthChange::None);
        assert_eq!(change(Some(60), Outcome::Succeeded), HealthChange::Recovers);
    }

    #[test]
    fn an_endpoint_is_given_up_when_every_attempt_has_failed_for_5_days() {
        assert_eq!(change(Some(5 * DAY - 1), Outcome::Failed), HealthChange::None);
        assert_eq!(change(Some(5 * DAY), Outcome::Failed), HealthChange::GivenUp);
        assert_eq!(change(Some(9 * DAY), Outcome::Errored), HealthChange::GivenUp);
        assert_eq!(change(Some(9 * DAY), Outcome::Succeeded), HealthChange::Recovers);
    }
}
