use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z. Stored and queued as that number, shown as RFC 3339 UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

const HOUR: u64 = 60 * 60 * 1000;

impl Timestamp {
    /// The last moment that RFC 3339 can write, 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// Milliseconds since 1970; later than the year 9999 is cut to it.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis).min(Self::MAX)
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds * 1000)
    }

    /// Reads an RFC 3339 date-time with any offset; `None` when it is not one, or lies before 1970.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Self::from_millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, as `webhook-timestamp` and DynamoDB's TTL want them.
    #[must_use]
    pub fn as_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// The begin of its hour, in UTC.
    #[must_use]
    pub fn hour(self) -> Self {
        self.hours_before(0)
    }

    /// The begin of the hour that lies so many before its own.
    #[must_use]
    pub fn hours_before(self, hours: u64) -> Self {
        Self((self.0 / HOUR).saturating_sub(hours) * HOUR)
    }

    /// The millisecond after this one.
    #[must_use]
    pub fn after(self) -> Self {
        self.plus(Duration::from_millis(1))
    }

    /// This moment and `duration` more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// How long after `earlier` this is; zero when it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// How long after `earlier` this is; `None` when it is before.
    #[must_use]
    pub fn checked_since(self, earlier: Self) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(Duration::from_millis)
    }

    /// Thirteen digits, so that texts sort as the moments do. What is later than the year 2286 is cut to it.
    #[must_use]
    pub fn sortable(self) -> String {
        format!("{:013}", self.0.min(9_999_999_999_999))
    }
}

impl fmt::Display for Timestamp {
    /// `2024-10-29T05:20:00.123Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0) * 1_000_000;
        let moment = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| fmt::Error)?;
        let (date, time) = (moment.date(), moment.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_as_rfc3339_in_utc_with_milliseconds() {
        assert_eq!(Timestamp::from_millis(1_730_179_200_000).to_string(), "2024-10-29T05:20:00.000Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn an_hour_begins_when_it_does_in_utc() {
        let moment = Timestamp::parse_rfc3339("2024-10-29T07:22:22.017+02:00").expect("a moment");
        assert_eq!(moment.hour().to_string(), "2024-10-29T05:00:00.000Z");
        assert_eq!(moment.hours_before(6).to_string(), "2024-10-28T23:00:00.000Z");
    }

    #[test]
    fn texts_sort_as_moments_do() {
        let texts =
            [0, 999, 1_730_179_200_000, 9_999_999_999_999].map(|ms| Timestamp::from_millis(ms).sortable());
        assert!(texts.is_sorted());
        assert_eq!(Timestamp::MAX.sortable(), texts[3]);
    }

    #[test]
    fn a_moment_is_read_back_from_what_it_is_shown_as() {
        let moment = Timestamp::from_millis(1_730_179_342_017);
        assert_eq!(Timestamp::parse_rfc3339(&moment.to_string()), Some(moment));
        assert_eq!(Timestamp::parse_rfc3339("2024-10-29T07:22:22.017+02:00"), Some(moment));
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
        assert_eq!(Timestamp::parse_rfc3339("1969-12-31T23:59:59Z"), None);
    }

    #[test]
    fn moments_are_counted_in_milliseconds_and_none_is_before_1970_or_after_9999() {
        let moment = Timestamp::from_seconds(7);
        assert_eq!((moment.as_millis(), moment.as_seconds()), (7_000, 7));
        assert_eq!(moment.after().as_millis(), 7_001);
        assert_eq!(moment.plus(Duration::from_millis(2_500)).as_millis(), 9_500);
        assert_eq!(moment.plus(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::from_millis(u64::MAX), Timestamp::MAX);
        assert_eq!(moment.hours_before(9).as_millis(), 0);
    }

    #[test]
    fn what_lies_between_two_moments_is_nothing_when_they_are_the_wrong_way_round() {
        let (earlier, later) = (Timestamp::from_millis(7_000), Timestamp::from_millis(7_250));
        let quarter = Duration::from_millis(250);
        assert_eq!((later.since(earlier), earlier.since(later)), (quarter, Duration::ZERO));
        assert_eq!((later.checked_since(earlier), earlier.checked_since(later)), (Some(quarter), None));
        assert_eq!(later.checked_since(later), Some(Duration::ZERO));
    }
}
