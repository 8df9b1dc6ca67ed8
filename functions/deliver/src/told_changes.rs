use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{EndpointStatus, Timestamp, WebhookId};

/// As many changes an environment remembers to have told.
const REMEMBERED: usize = 1_000;

/// The changes of endpoints that this environment has told. Successes that end side by side, or in one batch, see an endpoint as it
/// was before all of them: each would tell that it works again.
#[derive(Default)]
pub struct ToldChanges(Mutex<HashSet<Change>>);

pub(crate) type Change = (WebhookId, EndpointStatus, Timestamp);

domain::shows_only!(ToldChanges {});

impl ToldChanges {
    /// Whether nobody tells of it yet.
    pub(crate) fn begin(&self, change: &Change) -> bool {
        let mut told = self.told();
        if told.len() >= REMEMBERED {
            told.clear();
        }
        told.insert(change.clone())
    }

    /// It could not be told.
    pub(crate) fn take_back(&self, change: &Change) {
        self.told().remove(change);
    }

    fn told(&self) -> MutexGuard<'_, HashSet<Change>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_and_again_when_it_could_not_be() {
        let id = WebhookId::parse("wh_1").expect("an id");
        let change = |status, since| (id.clone(), status, Timestamp::from_millis(since));
        let told = ToldChanges::default();
        let failing = change(EndpointStatus::Failing, 7);
        assert!(told.begin(&failing));
        assert!(!told.begin(&failing));
        assert!(told.begin(&change(EndpointStatus::Recovered, 7)), "another change");
        assert!(told.begin(&change(EndpointStatus::Failing, 8)), "another time that it fails");
        told.take_back(&failing);
        assert!(told.begin(&failing));
    }

    #[test]
    fn an_environment_does_not_remember_for_ever() {
        let id = WebhookId::parse("wh_1").expect("an id");
        let told = ToldChanges::default();
        for since in 0..2_500 {
            assert!(told.begin(&(id.clone(), EndpointStatus::Failing, Timestamp::from_millis(since))));
            assert!(told.told().len() <= REMEMBERED);
        }
    }
}
