use crate::values::Timestamp;

/// A stretch of time; without an end that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// Its first moment.
    pub since: Option<Timestamp>,
    /// The first moment after it.
    pub until: Option<Timestamp>,
}

impl Period {
    /// Whether the moment lies in it.
    #[must_use]
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= moment) && self.until.is_none_or(|until| moment < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_its_first_moment_and_not_its_end() {
        let at = Timestamp::from_millis;
        let period = Period { since: Some(at(10)), until: Some(at(12)) };
        assert_eq!([9, 10, 11, 12].map(|millis| period.contains(at(millis))), [false, true, true, false]);
        assert!(Period::default().contains(at(0)) && Period::default().contains(Timestamp::MAX));
    }
}
