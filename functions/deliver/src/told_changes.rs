use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{EndpointStatus, Timestamp, WebhookId};

/// As many changes an environment remembers to have told.
const REMEMBERED: usize = 1_000;

/// The changes of endpoints that this environment tells or has told. Attempts that end side by side, or in one batch, see an endpoint
/// as it was before all of them: each would tell of the same change.
#[derive(Default)]
pub struct ToldChanges(Mutex<HashMap<Change, Telling>>);

pub(crate) type Change = (WebhookId, EndpointStatus, Timestamp);

/// How far the telling of a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telling {
    /// Whoever asks is to do it.
    Begun,
    /// Another attempt is at it, and may fail.
    UnderWay,
    Done,
}

domain::shows_only!(ToldChanges {});

impl ToldChanges {
    /// How far it is; from now on it is under way.
    pub(crate) fn begin(&self, change: &Change) -> Telling {
        let mut tellings = self.tellings();
        if let Some(telling) = tellings.get(change) {
            return *telling;
        }
        if tellings.len() >= REMEMBERED {
            tellings.clear();
        }
        tellings.insert(change.clone(), Telling::UnderWay);
        Telling::Begun
    }

    /// It is told, or could not be.
    pub(crate) fn end(&self, change: &Change, is_told: bool) {
        if is_told {
            self.tellings().insert(change.clone(), Telling::Done);
        } else {
            self.tellings().remove(change);
        }
    }

    fn tellings(&self) -> MutexGuard<'_, HashMap<Change, Telling>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_by_one_and_again_when_it_could_not_be() {
        let id = WebhookId::parse("wh_1").expect("an id");
        let change = |status, since| (id.clone(), status, Timestamp::from_millis(since));
        let told = ToldChanges::default();
        let failing = change(EndpointStatus::Failing, 7);
        assert_eq!(told.begin(&failing), Telling::Begun);
        assert_eq!(told.begin(&failing), Telling::UnderWay);
        assert_eq!(told.begin(&change(EndpointStatus::Recovered, 7)), Telling::Begun, "another change");
        assert_eq!(
            told.begin(&change(EndpointStatus::Failing, 8)),
            Telling::Begun,
            "another time that it fails"
        );
        told.end(&failing, false);
        assert_eq!(told.begin(&failing), Telling::Begun);
        told.end(&failing, true);
        assert_eq!(told.begin(&failing), Telling::Done);
    }

    #[test]
    fn an_environment_does_not_remember_for_ever() {
        let id = WebhookId::parse("wh_1").expect("an id");
        let told = ToldChanges::default();
        for since in 0..2_500 {
            let change = (id.clone(), EndpointStatus::Failing, Timestamp::from_millis(since));
            assert_eq!(told.begin(&change), Telling::Begun);
            assert!(told.tellings().len() <= REMEMBERED);
        }
    }
}
