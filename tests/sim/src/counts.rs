//! How often everything was met, in one world or in many: calls, faults and crashes by place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts of a world, or of many. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Counts(Arc<Mutex<BTreeMap<(&'static str, String), u64>>>);

impl Counts {
    /// Counts one more of a kind at a place.
    pub fn add(&self, kind: &'static str, place: &str) {
        *self.lock().entry((kind, place.to_owned())).or_default() += 1;
    }

    /// Adds what another one has counted.
    pub fn add_all(&self, other: &Self) {
        let mut all = self.lock();
        for (met, count) in other.lock().iter() {
            *all.entry(met.clone()).or_default() += count;
        }
    }

    /// How many there were of a kind at a place.
    #[must_use]
    pub fn at(&self, kind: &'static str, place: &str) -> u64 {
        self.lock().get(&(kind, place.to_owned())).copied().unwrap_or_default()
    }

    /// How many there were of a kind, everywhere.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> u64 {
        self.lock().iter().filter(|((of, _), _)| *of == kind).map(|(_, count)| count).sum()
    }

    /// The places of a kind.
    #[must_use]
    pub fn places(&self, kind: &str) -> BTreeMap<String, u64> {
        let all = self.lock();
        all.iter()
            .filter(|((of, _), _)| *of == kind)
            .map(|((_, place), count)| (place.clone(), *count))
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(&'static str, String), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
