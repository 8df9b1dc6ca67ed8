//! How often everything was met: calls and faults by place, crashes by place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts of many worlds. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Counts(Arc<Mutex<BTreeMap<(&'static str, String), u64>>>);

impl Counts {
    /// Counts one more of a kind at a place.
    pub fn add(&self, kind: &'static str, place: &str) {
        *self.lock().entry((kind, place.to_owned())).or_default() += 1;
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
