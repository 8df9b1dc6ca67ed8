use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{EndpointStatus, Timestamp, WebhookId};

/// As many changes an environment remembers to have told.
const REMEMBERED: usize = 1_000;

/// The changes of endpoints that this environment tells, or has told (`true`). Attempts that end side by side, or in one batch, see an endpoint
/// as it was before all of them: each would tell of the same change.
#[derive(Default)]
pub struct ToldChanges(Mutex<HashMap<Change, bool>>);

pub(crate) type Change = (WebhookId, EndpointStatus, Timestamp);

/// How far the telling of a change was when somebody asked.
#[derive(Debug)]
pub(crate) enum Told<'a> {
    /// Nobody had begun. Whoever has asked is to do it.
    Not(Telling<'a>),
    /// Another attempt is at it, and may fail.
    UnderWay,
    Done,
}

/// A change that is being told. Dropped before it is [`done`](Telling::done), as when telling failed, it is to be told by the next
/// who asks.
#[derive(Debug)]
pub(crate) struct Telling<'a> {
    all: &'a ToldChanges,
    change: Change,
    is_done: bool,
}

domain::shows_only!(ToldChanges {});

impl ToldChanges {
    /// How far it is; from now on it is under way.
    pub(crate) fn begin(&self, change: Change) -> Told<'_> {
        let mut changes = self.changes();
        match changes.get(&change) {
            Some(true) => return Told::Done,
            Some(false) => return Told::UnderWay,
            None => {}
        }
        if changes.len() >= REMEMBERED {
            changes.clear();
        }
        changes.insert(change.clone(), false);
        Told::Not(Telling { all: self, change, is_done: false })
    }

    fn changes(&self) -> MutexGuard<'_, HashMap<Change, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telling<'_> {
    /// It is told.
    pub(crate) fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if self.is_done {
            self.all.changes().insert(self.change.clone(), true);
        } else {
            self.all.changes().remove(&self.change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(status: EndpointStatus, since: u64) -> Change {
        (WebhookId::parse("wh_1").expect("an id"), status, Timestamp::from_millis(since))
    }

    #[test]
    fn a_change_is_told_by_one_and_again_when_it_could_not_be() {
        let told = ToldChanges::default();
        let failing = || told.begin(change(EndpointStatus::Failing, 7));
        let Told::Not(telling) = failing() else { panic!("nobody has begun") };
        assert!(matches!(failing(), Told::UnderWay));
        for another in [change(EndpointStatus::Recovered, 7), change(EndpointStatus::Failing, 8)] {
            assert!(matches!(told.begin(another), Told::Not(_)));
        }
        drop(telling);
        let Told::Not(telling) = failing() else { panic!("it could not be told") };
        telling.done();
        assert!(matches!(failing(), Told::Done));
    }

    #[test]
    fn what_is_told_when_something_panics_is_told_by_the_next() {
        let told = ToldChanges::default();
        let tell = || told.begin(change(EndpointStatus::Failing, 7));
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _telling = tell();
            panic!("in the middle of it");
        }));
        assert!(ended.is_err());
        assert!(matches!(tell(), Told::Not(_)));
    }

    #[test]
    fn an_environment_does_not_remember_for_ever() {
        let told = ToldChanges::default();
        for since in 0..2_500 {
            let Told::Not(telling) = told.begin(change(EndpointStatus::Failing, since)) else {
                panic!("{since}")
            };
            telling.done();
            assert!(told.changes().len() <= REMEMBERED);
        }
    }
}
