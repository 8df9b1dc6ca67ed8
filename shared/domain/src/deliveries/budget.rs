use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::values::Timestamp;

const MINUTE_MS: u64 = 60_000;

/// How much of something an account may do.
#[derive(Debug, Clone, Copy)]
pub struct BudgetLimit {
    /// Names the budget.
    pub name: &'static str,
    /// In one minute of the clock.
    pub a_minute: Option<u32>,
    /// At the same time.
    pub at_once: Option<Places>,
}

/// Places for what is being done. One that is not given back, since whoever took it died, is free after a while.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// How many there are.
    pub number: usize,
    /// After which time one is free again in any case.
    pub held_for: Duration,
    /// Whether its holder is a delivery, whose row in the log gives it back: for one write less.
    pub freed_by_log: bool,
}

impl BudgetLimit {
    /// Tests hold an invocation for 12 s each, at anybody's URL. With our own work around it they end with their function, after
    /// 15 s.
    pub const TESTS: Self = Self {
        name: "tests",
        a_minute: Some(30),
        at_once: Some(Places { number: 3, held_for: Duration::from_secs(15), freed_by_log: true }),
    };
    /// Each resend is up to ten requests at a receiver.
    pub const RESENDS: Self = Self { name: "resends", a_minute: Some(60), at_once: None };
    /// Cancelled calls that are told: a CRM that goes on asking without credits must not flood its owner's endpoints.
    pub const CANCELLED_CALLS: Self = Self { name: "cancelled-calls", a_minute: Some(60), at_once: None };
    /// A recovery reads the log for as long as its function runs, 20 s.
    pub const RECOVERIES: Self = Self {
        name: "recoveries",
        a_minute: None,
        at_once: Some(Places { number: 1, held_for: Duration::from_secs(20), freed_by_log: false }),
    };
}

/// What an account has done of something that is limited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// Counts the changes, so that two at once are not written over each other.
    pub version: u64,
    /// The minute that `used` is of, counted from 1970.
    minute: u64,
    /// How often it was done in that minute.
    used: u32,
    /// The places that are taken.
    places: Vec<Place>,
    /// The newest shares of whoever takes some at once, the oldest first: it gets the same one when it comes again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
}

/// So few that the budget stays below a kilobyte. Who comes again behind so many others takes another share.
const MAX_SHARES: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Share {
    holder: String,
    granted: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    holder: String,
    until: Timestamp,
}

impl Budget {
    /// The budget after `holder` does it once more.
    ///
    /// # Errors
    ///
    /// How long to wait, when the budget is used up.
    pub fn take(&self, limit: &BudgetLimit, holder: &str, now: Timestamp) -> Result<Self, Duration> {
        let (minute, used) = self.used_in_minute(now);
        if limit.a_minute.is_some_and(|most| used >= most) {
            return Err(Timestamp::from_millis((minute + 1) * MINUTE_MS).since(now));
        }
        let mut places: Vec<Place> = self.taken(now).cloned().collect();
        if let Some(at_once) = limit.at_once {
            if places.len() >= at_once.number {
                let first_free = places.iter().map(|place| place.until).min();
                return Err(first_free.map_or(at_once.held_for, |until| until.since(now)));
            }
            places.push(Place { holder: holder.to_owned(), until: now.plus(at_once.held_for) });
        }
        Ok(Self { version: self.version + 1, minute, used: used + 1, places, shares: self.shares.clone() })
    }

    /// How often `holder` may do it of `wanted` times, as often as the minute allows; and the budget after that, unless it is as
    /// before. Who comes again has taken its share already.
    #[must_use]
    pub fn take_some(
        &self,
        limit: &BudgetLimit,
        (holder, wanted): (&str, u32),
        now: Timestamp,
    ) -> (Option<Self>, u32) {
        if let Some(share) = self.shares.iter().find(|share| share.holder == holder) {
            return (None, wanted.min(share.granted));
        }
        let (minute, used) = self.used_in_minute(now);
        let granted = limit.a_minute.map_or(wanted, |most| wanted.min(most.saturating_sub(used)));
        if granted == 0 {
            return (None, 0);
        }
        let mut after = Self { version: self.version + 1, minute, used: used + granted, ..self.clone() };
        after.shares.push(Share { holder: holder.to_owned(), granted });
        after.shares.drain(..after.shares.len().saturating_sub(MAX_SHARES));
        (Some(after), granted)
    }

    /// The deliveries of which one must be over before it can be done once more; none, when that would not help.
    #[must_use]
    pub fn in_the_way(&self, limit: &BudgetLimit, now: Timestamp) -> Vec<&str> {
        let Some(at_once) = limit.at_once.filter(|places| places.freed_by_log) else { return Vec::new() };
        let (_, used) = self.used_in_minute(now);
        if limit.a_minute.is_some_and(|most| used >= most) || self.taken(now).count() < at_once.number {
            return Vec::new();
        }
        self.taken(now).map(|place| place.holder.as_str()).collect()
    }

    /// The budget without the places of some holders, who are over. It is not another version yet.
    #[must_use]
    pub fn without(&self, over: &[String]) -> Self {
        let mut after = self.clone();
        after.places.retain(|place| !over.contains(&place.holder));
        after
    }

    /// The budget after `holder` gives its place back; `None` when it has none.
    #[must_use]
    pub fn give_back(&self, holder: &str) -> Option<Self> {
        let after = Self { version: self.version + 1, ..self.without(&[holder.to_owned()]) };
        (after.places.len() < self.places.len()).then_some(after)
    }

    /// The minute that counts, and how often it was done in it. An older minute than the stored one is another machine's clock:
    /// it counts there.
    fn used_in_minute(&self, now: Timestamp) -> (u64, u32) {
        let minute = now.as_millis() / MINUTE_MS;
        if minute > self.minute { (minute, 0) } else { (self.minute, self.used) }
    }

    fn taken(&self, now: Timestamp) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(move |place| place.until > now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A whole minute.
    const NOW: u64 = 1_730_179_200_000;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(NOW + ms)
    }

    fn taken(limit: &BudgetLimit, times: u32, now: Timestamp) -> Budget {
        (0..times).fold(Budget::default(), |budget, n| {
            let budget = budget.take(limit, &n.to_string(), now).expect("a place");
            budget.give_back(&n.to_string()).unwrap_or(budget)
        })
    }

    #[test]
    fn so_many_are_done_in_a_minute_of_the_clock_and_then_it_says_how_long_to_wait() {
        let full = taken(&BudgetLimit::TESTS, 30, at(48_500));
        assert_eq!(full.take(&BudgetLimit::TESTS, "x", at(48_500)), Err(Duration::from_millis(11_500)));
        assert!(full.take(&BudgetLimit::TESTS, "x", at(59_999)).is_err());
        assert!(full.take(&BudgetLimit::TESTS, "x", at(60_000)).is_ok());
        let full = taken(&BudgetLimit::RESENDS, 60, at(0));
        assert_eq!(full.take(&BudgetLimit::RESENDS, "x", at(0)), Err(Duration::from_secs(60)));
    }

    #[test]
    fn of_many_at_once_as_many_are_done_as_the_minute_allows() {
        let limit = &BudgetLimit::CANCELLED_CALLS;
        let (some, granted) = Budget::default().take_some(limit, ("a", 45), at(0));
        assert_eq!(granted, 45);
        let (full, granted) = some.expect("a change").take_some(limit, ("b", 100), at(59_999));
        let full = full.expect("a change");
        assert_eq!((granted, full.version), (15, 2));
        assert_eq!(full.take_some(limit, ("c", 1), at(59_999)), (None, 0));
        assert_eq!(full.take_some(limit, ("c", 100), at(60_000)).1, 60);
    }

    #[test]
    fn who_comes_again_has_its_share_already_in_whatever_minute_until_many_others_came() {
        let limit = &BudgetLimit::CANCELLED_CALLS;
        let take = |budget: &Budget, holder: &str, wanted, ms| {
            let (after, granted) = budget.take_some(limit, (holder, wanted), at(ms));
            (after.unwrap_or_else(|| budget.clone()), granted)
        };
        let (budget, _) = take(&Budget::default(), "a", 50, 0);
        let (budget, granted) = take(&budget, "b", 50, 1_000);
        assert_eq!(granted, 10);
        for ms in [2_000, 200_000] {
            assert_eq!(take(&budget, "b", 50, ms), (budget.clone(), 10), "after {ms} ms");
            assert_eq!(take(&budget, "b", 4, ms).1, 4, "a part of it");
        }
        let others = |number: u32| {
            (0..number).fold(budget.clone(), |budget, other| take(&budget, &other.to_string(), 1, 200_000).0)
        };
        assert_eq!((others(7).used, take(&others(7), "b", 50, 200_000).0.used), (7, 7));
        assert_eq!((others(8).used, take(&others(8), "b", 50, 200_000).0.used), (8, 58));
    }

    /// Else it is free while its holder is still at work.
    #[test]
    fn a_place_is_held_for_as_long_as_the_function_runs_that_has_it() {
        let template = include_str!("../../../../template.yaml");
        for (function, limit) in [("Tester", BudgetLimit::TESTS), ("Manage", BudgetLimit::RECOVERIES)] {
            let start = format!("  {function}:\n    Type: AWS::Serverless::Function\n");
            let (_, resource) = template.split_once(&start).expect("the function");
            let (_, timeout) = resource.split_once("      Timeout: ").expect("its timeout");
            let seconds = timeout.lines().next().and_then(|seconds| seconds.parse().ok()).expect("a number");
            let held = limit.at_once.expect("places").held_for;
            assert!(held >= Duration::from_secs(seconds), "{function} runs for {seconds} s");
        }
    }

    #[test]
    fn three_are_done_at_once_and_the_place_of_one_that_died_is_free_after_15_seconds() {
        let mut budget = Budget::default();
        for (holder, ms) in [("a", 0), ("b", 2_000), ("c", 4_000)] {
            budget = budget.take(&BudgetLimit::TESTS, holder, at(ms)).expect("a place");
        }
        assert_eq!(budget.take(&BudgetLimit::TESTS, "d", at(5_000)), Err(Duration::from_secs(10)));
        assert!(budget.take(&BudgetLimit::TESTS, "d", at(14_999)).is_err());
        assert!(budget.take(&BudgetLimit::TESTS, "d", at(15_000)).is_ok());
        let given_back = budget.give_back("b").expect("a place of its own");
        assert!(given_back.take(&BudgetLimit::TESTS, "d", at(5_000)).is_ok());
        assert_eq!((given_back.version, given_back.give_back("b")), (4, None));
    }

    #[test]
    fn who_is_in_the_way_is_told_when_all_places_are_taken_and_makes_room_when_it_is_over() {
        let limit = &BudgetLimit::TESTS;
        let two = Budget::default().take(limit, "a", at(0)).and_then(|one| one.take(limit, "b", at(0)));
        let two = two.expect("two places");
        assert_eq!(two.in_the_way(limit, at(0)), [""; 0]);
        let three = two.take(limit, "c", at(1_000)).expect("a place");
        assert_eq!(three.in_the_way(limit, at(2_000)), ["a", "b", "c"]);
        assert_eq!(three.in_the_way(limit, at(15_000)), [""; 0], "two of them died");
        let after = three.without(&["b".into()]).take(limit, "d", at(2_000)).expect("the place of b");
        assert_eq!((after.version, after.in_the_way(limit, at(2_000))), (4, vec!["a", "c", "d"]));
        let used_up = Budget { used: 30, ..three };
        assert_eq!(used_up.in_the_way(limit, at(2_000)), [""; 0], "the minute is used up in any case");
    }

    #[test]
    fn one_recovery_is_made_at_a_time_and_any_number_after_each_other() {
        let one = Budget::default().take(&BudgetLimit::RECOVERIES, "a", at(0)).expect("a place");
        assert_eq!(one.take(&BudgetLimit::RECOVERIES, "b", at(1_000)), Err(Duration::from_secs(19)));
        let many = taken(&BudgetLimit::RECOVERIES, 500, at(0));
        assert!(many.take(&BudgetLimit::RECOVERIES, "b", at(0)).is_ok());
    }

    #[test]
    fn a_clock_that_is_behind_does_not_begin_its_minute_anew() {
        let full = taken(&BudgetLimit::TESTS, 30, at(60_000));
        assert_eq!(full.take(&BudgetLimit::TESTS, "x", at(59_000)), Err(Duration::from_secs(61)));
    }

    proptest! {
        #[test]
        fn never_more_than_three_places_nor_thirty_a_minute(steps in prop::collection::vec((0u64..3_000, 0u8..8, any::<bool>()), 1..200)) {
            let (mut budget, mut now) = (Budget::default(), NOW);
            let mut made = std::collections::HashMap::<u64, u32>::new();
            for (wait, holder, gives_back) in steps {
                now += wait;
                if gives_back {
                    budget = budget.give_back(&holder.to_string()).unwrap_or(budget);
                } else if let Ok(after) = budget.take(&BudgetLimit::TESTS, &holder.to_string(), Timestamp::from_millis(now)) {
                    budget = after;
                    *made.entry(now / MINUTE_MS).or_default() += 1;
                }
                prop_assert!(budget.places.len() <= 3);
            }
            prop_assert!(made.values().all(|times| *times <= 30));
        }
    }
}
