use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::values::Timestamp;

/// Tells the time. A function gets it from its `main`; whoever simulates brings another.
///
/// It is the wall's clock wherever something is remembered for a while: one that counts seconds of running may stand still
/// while a function's environment is frozen.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that shows what `now` says.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            #[expect(clippy::disallowed_methods, reason = "this is where everybody else has it from")]
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
        })
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_what_it_was_given_and_the_systems_is_past_2024() {
        let seven = Timestamp::from_millis(7);
        assert_eq!(Clock::new(move || seven).now(), seven);
        assert!(Clock::system().now() > Timestamp::from_seconds(1_730_179_200));
        assert_eq!(format!("{:?}", Clock::system()), "Clock");
    }
}
