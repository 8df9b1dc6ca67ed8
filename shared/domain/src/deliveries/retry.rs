use std::time::Duration;

use aws_lc_rs::digest;

use crate::values::{DeliveryId, Timestamp};

/// Attempts of one delivery: the first, and one after each step of the schedule; about 75 hours in all.
pub const MAX_ATTEMPTS: u32 = 10;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Seconds to wait after attempt 1, 2, … 9.
const SCHEDULE: [u64; MAX_ATTEMPTS as usize - 1] =
    [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// Furthest that a `Retry-After` moves an attempt.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * HOUR);

/// When the attempt after the failed attempt number `attempt` (from 1) is made; `None` after the last.
///
/// Each step is varied by ±10 %, so that the deliveries of one outage do not come back all at once. The variation is drawn
/// from the delivery's id: working it out again gives the same moment. `retry_after` moves it later, never earlier.
#[must_use]
pub fn next_attempt_at(
    delivery: &DeliveryId,
    attempt: u32,
    now: Timestamp,
    retry_after: Option<Duration>,
) -> Option<Timestamp> {
    let step = SCHEDULE.get(usize::try_from(attempt).ok()?.checked_sub(1)?)?;
    let wait = Duration::from_millis(step * jitter(delivery, attempt));
    Some(now.plus(wait.max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER))))
}

/// 900 to 1,100: thousandths of the step.
fn jitter(delivery: &DeliveryId, attempt: u32) -> u64 {
    let seed = format!("{delivery}.{attempt}");
    let hash = digest::digest(&digest::SHA256, seed.as_bytes());
    let drawn = u64::from(u16::from_be_bytes([hash.as_ref()[0], hash.as_ref()[1]]));
    900 + drawn * 201 / 65_536
}

/// Reads a `Retry-After` header (RFC 9110): seconds, or a date that is counted from `now`. At most 24 hours; `None` when it
/// is neither, or in the past.
#[must_use]
pub fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    let wait = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 holds mean "very long".
        Duration::from_secs(header.parse().unwrap_or(u64::MAX))
    } else {
        let moment = httpdate::parse_http_date(header).ok()?;
        let since_epoch = moment.duration_since(std::time::UNIX_EPOCH).ok()?;
        since_epoch.checked_sub(Duration::from_millis(now.as_millis()))?
    };
    (!wait.is_zero()).then_some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_730_179_200_000;

    fn delivery() -> DeliveryId {
        DeliveryId::parse("msg_1").expect("an id")
    }

    fn wait(attempt: u32, retry_after: Option<Duration>) -> Option<Duration> {
        let now = Timestamp::from_millis(NOW);
        next_attempt_at(&delivery(), attempt, now, retry_after).map(|at| at.since(now))
    }

    #[test]
    fn ten_attempts_are_made_over_about_75_hours_each_step_within_a_tenth() {
        let steps = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        let mut total = Duration::ZERO;
        for (attempt, step) in (1..).zip(steps) {
            let wait = wait(attempt, None).expect("another attempt");
            assert!((step * 900..=step * 1_100).contains(&(wait.as_millis() as u64)), "{attempt}: {wait:?}");
            total += wait;
        }
        assert_eq!(wait(10, None), None);
        assert_eq!(wait(0, None), None);
        assert!((68..=83).contains(&(total.as_secs() / 3_600)), "{total:?}");
    }

    #[test]
    fn two_deliveries_of_one_outage_do_not_come_back_at_once() {
        let now = Timestamp::from_millis(NOW);
        let waits: std::collections::HashSet<_> = (0..200)
            .map(|i| next_attempt_at(&DeliveryId::parse(&format!("msg_{i}")).expect("an id"), 2, now, None))
            .collect();
        assert!(waits.len() > 100);
    }

    #[test]
    fn retry_after_moves_an_attempt_later_and_never_earlier() {
        assert_eq!(wait(1, Some(Duration::from_secs(60))), Some(Duration::from_secs(60)));
        assert_eq!(wait(2, Some(Duration::from_secs(60))), wait(2, None));
        assert_eq!(wait(1, Some(Duration::from_secs(1_000_000))), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = Timestamp::from_millis(NOW);
        let read = |header| retry_after(header, now).map(|wait| wait.as_secs());
        assert_eq!(read("120"), Some(120));
        assert_eq!(read(" 120 "), Some(120));
        assert_eq!(read("Tue, 29 Oct 2024 05:22:00 GMT"), Some(120));
        assert_eq!(read("99999999999999999999999999"), Some(86_400));
        for nothing in
            ["0", "", "-5", "1.5", "soon", "Tue, 29 Oct 2024 05:19:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
        {
            assert_eq!(read(nothing), None, "{nothing:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_an_attempt_wait_longer_than_a_day(header in "\\PC{0,40}") {
            let wait = retry_after(&header, Timestamp::from_millis(NOW));
            prop_assert!(wait.is_none_or(|wait| wait <= MAX_RETRY_AFTER));
        }
    }
}
