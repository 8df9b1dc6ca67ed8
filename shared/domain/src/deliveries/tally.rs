use crate::deliveries::Outcome;

/// Where the buckets of durations end, in milliseconds: each is √2 times the one before. What is longer has one more.
const BOUNDS: [u64; 22] = [
    8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1_024, 1_448, 2_048, 2_896, 4_096, 5_793,
    8_192, 11_585,
];

/// What the shortest durations count from, and the longest to: an attempt has twelve seconds.
const SHORTEST: u64 = 4;
const LONGEST: u64 = 12_500;

/// How some attempts went: how many ended how, and a histogram of how long they took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// 2xx answers.
    pub succeeded: u64,
    /// Other answers.
    pub failed: u64,
    /// No answer.
    pub errored: u64,
    durations: [u64; BOUNDS.len() + 1],
}

impl Tally {
    /// Counts an attempt.
    pub fn count(&mut self, outcome: Outcome, duration_ms: u64) {
        match outcome {
            Outcome::Succeeded => self.succeeded += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Errored => self.errored += 1,
        }
        self.durations[BOUNDS.partition_point(|bound| *bound < duration_ms)] += 1;
    }

    /// Counts what the other has counted.
    pub fn add(&mut self, other: &Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.errored += other.errored;
        self.durations.iter_mut().zip(other.durations).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Its counters that are not zero, by names that are short: an item has them all.
    pub fn counters(&self) -> impl Iterator<Item = (String, u64)> {
        let outcomes = [("succeeded", self.succeeded), ("failed", self.failed), ("errored", self.errored)];
        let outcomes = outcomes.map(|(name, value)| (name.to_owned(), value));
        let durations = self.durations.iter().enumerate().map(|(place, value)| (format!("d{place}"), *value));
        outcomes.into_iter().chain(durations).filter(|(_, value)| *value > 0)
    }

    /// Adds to the counter of this name, if there is one.
    pub fn add_to(&mut self, name: &str, value: u64) {
        let place = || name.strip_prefix('d')?.parse::<usize>().ok();
        let counter = match name {
            "succeeded" => Some(&mut self.succeeded),
            "failed" => Some(&mut self.failed),
            "errored" => Some(&mut self.errored),
            _ => place().and_then(|place| self.durations.get_mut(place)),
        };
        if let Some(counter) = counter {
            *counter += value;
        }
    }

    /// The duration that this many of a hundred attempts did not exceed, in milliseconds: the geometric middle of its bucket, so
    /// at most a fifth too long or too short (below 8 ms, at most 5 ms). `None` without attempts.
    #[must_use]
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let all: u64 = self.durations.iter().sum();
        let wanted = (all * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let place = self.durations.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        let above = if place == 0 { SHORTEST } else { BOUNDS[place - 1] };
        let up_to = BOUNDS.get(place).copied().unwrap_or(LONGEST);
        Some((above * up_to).isqrt())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(durations: impl IntoIterator<Item = u64>) -> Tally {
        let mut tally = Tally::default();
        durations.into_iter().for_each(|duration| tally.count(Outcome::Succeeded, duration));
        tally
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!((Tally::default().percentile(50), Tally::default().counters().count()), (None, 0));
    }

    #[test]
    fn percentiles_are_of_the_attempts_in_order() {
        let tally = tally((1..=95).map(|_| 100).chain([9_000; 5]));
        let (p50, p95, p96) = (tally.percentile(50), tally.percentile(95), tally.percentile(96));
        assert_eq!((p50, p95, p96), (Some(107), Some(107), Some(9_741)));
    }

    #[test]
    fn counters_say_all_that_was_counted() {
        let mut counted = Tally::default();
        for (outcome, duration) in
            [(Outcome::Succeeded, 5), (Outcome::Failed, 8), (Outcome::Errored, 12_000), (Outcome::Errored, 9)]
        {
            counted.count(outcome, duration);
        }
        let counters: Vec<(String, u64)> = counted.counters().collect();
        let expected = [("succeeded", 1), ("failed", 1), ("errored", 2), ("d0", 2), ("d1", 1), ("d22", 1)];
        assert_eq!(counters, expected.map(|(name, value)| (name.to_owned(), value)));
        let mut twice = counted.clone();
        twice.add(&counted);
        twice.add_to("expiresAt", 7);
        twice.add_to("d23", 7);
        assert_eq!((twice.succeeded, twice.errored, twice.counters().count()), (2, 4, 6));
    }

    #[test]
    fn tallies_add_up_whole_or_counter_by_counter() {
        let (mut one, mut other) = (Tally::default(), Tally::default());
        for (tally, times) in [(&mut one, 2), (&mut other, 3)] {
            for outcome in [Outcome::Succeeded, Outcome::Failed, Outcome::Errored] {
                (0..times).for_each(|_| tally.count(outcome, 100));
            }
        }
        let mut read = Tally::default();
        for (name, value) in one.counters().chain(other.counters()) {
            read.add_to(&name, value);
        }
        one.add(&other);
        let counters: Vec<(String, u64)> = one.counters().collect();
        let expected = [("succeeded", 5), ("failed", 5), ("errored", 5), ("d8", 15)];
        assert_eq!(counters, expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(read, one);
    }

    proptest! {
        #[test]
        fn a_percentile_is_a_fifth_off_at_most(mut durations in prop::collection::vec(0..12_100_u64, 1..50), percent in 1..100_u64) {
            let told = tally(durations.clone()).percentile(percent).expect("one");
            durations.sort_unstable();
            let rank = (durations.len() as u64 * percent).div_ceil(100) as usize;
            let exact = durations[rank - 1];
            prop_assert!(told.abs_diff(exact) <= (exact / 5).max(5), "{told} for {exact}");
        }
    }
}
