//! A receiver's `Retry-After`, and when the next attempt is made after it. Input: the clock in milliseconds, a line break,
//! the header.
#![no_main]

use std::time::{Duration, SystemTime};

use domain::{DeliveryId, Timestamp, next_attempt_at, retry_after};
use libfuzzer_sys::fuzz_target;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fuzz_target!(|input: &str| {
    let (clock, header) = input.split_once('\n').unwrap_or(("0", input));
    let now = Timestamp::from_millis(clock.parse().unwrap_or(1_730_179_200_000));
    let wait = retry_after(header, now);

    assert!(wait.is_none_or(|wait| !wait.is_zero() && wait <= DAY), "{wait:?}");
    assert_eq!(retry_after(&format!(" {header}\t"), now), wait, "white space means something");
    match header.trim() {
        digits if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let seconds = digits.trim_start_matches('0');
            let seconds = if seconds.len() > 5 { DAY.as_secs() } else { seconds.parse().unwrap_or(0) };
            assert_eq!(wait.unwrap_or_default(), Duration::from_secs(seconds).min(DAY));
        }
        date => {
            if let Some(wait) = wait {
                let moment = httpdate::parse_http_date(date).expect("neither seconds nor a date");
                let left = moment.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis()
                    as u64
                    - now.as_millis();
                assert_eq!(wait, Duration::from_millis(left).min(DAY));
            }
        }
    }
    let delivery = DeliveryId::parse("msg_1").expect("an id");
    for attempt in 0..=11 {
        let soon = next_attempt_at(&delivery, attempt, now, None);
        let later = next_attempt_at(&delivery, attempt, now, wait);
        assert_eq!(soon.is_some(), (1..=9).contains(&attempt));
        assert_eq!(
            later,
            soon.max(wait.filter(|_| soon.is_some()).map(|wait| now.plus(wait))),
            "never earlier"
        );
    }
});
