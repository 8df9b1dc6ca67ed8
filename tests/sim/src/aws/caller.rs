//! Who calls AWS, how its calls go, and what becomes of the next one.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::aws::Aws;
use crate::aws::partial::has_many;
use crate::harm::{Call, Fate};

/// A call that has not come to AWS yet, in the place of a crash.
pub const ON_ITS_WAY: &str = "on its way";
/// A call that AWS has done, and whose answer has not come.
pub const DONE: &str = "done";

/// Who calls: one environment of a function.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The function's name.
    pub function: &'static str,
    /// Which of its environments.
    pub environment: u64,
    /// How its calls go.
    course: Arc<Mutex<Course>>,
}

/// How the calls of an invocation go.
#[derive(Debug, Default)]
struct Course {
    /// The last thing that happened to one, which names the place of a crash.
    last: String,
    /// Where one was harmed that was not answered since.
    harmed_at: Option<String>,
    /// Whether the environment dies of it.
    is_dying: bool,
}

impl Caller {
    /// One of whom nothing is known yet.
    #[must_use]
    pub fn new(function: &'static str, environment: u64) -> Self {
        Self { function, environment, course: Arc::default() }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an invocation.
    pub fn begin(&self) {
        *self.course() = Course { last: "its start".to_owned(), ..Course::default() };
    }

    /// Where it dies.
    #[must_use]
    pub fn last(&self) -> String {
        self.course().last.clone()
    }

    /// Whether a call was its end.
    #[must_use]
    pub fn is_dying(&self) -> bool {
        self.course().is_dying
    }

    pub(super) fn note(&self, what: String) {
        self.course().last = what;
    }

    fn harmed(&self, site: &str) {
        self.course().harmed_at = Some(site.to_owned());
    }

    fn answered(&self, site: &str) {
        self.course().harmed_at.take_if(|harmed| harmed == site);
    }

    /// Where the last call was harmed, when it was. The SDK has given it up, if the invocation is over.
    #[must_use]
    pub fn given_up(&self) -> Option<String> {
        self.course().harmed_at.clone()
    }

    /// Whether this is the first call behind one that was harmed elsewhere.
    fn is_after_harm(&self, site: &str) -> bool {
        self.course().harmed_at.take_if(|harmed| harmed != site).is_some()
    }

    /// Calls that are made side by side may have gone on meanwhile: the place is that of the call that it dies of.
    pub(super) async fn die<T>(&self, place: String) -> T {
        *self.course() = Course { last: place, harmed_at: None, is_dying: true };
        pending().await
    }

    /// What becomes of its call. A batch of one is taken or refused.
    pub(super) fn fate(&self, aws: &Aws, operation: &str, request: &Value, site: &str) -> Fate {
        let is_after_harm = self.is_after_harm(site);
        let call = Call { function: self.function, operation, site, is_after_harm };
        let fate = match aws.harm.fate(&call, aws.time.age()) {
            Fate::Partly if !has_many(request) => Fate::Answered,
            fate => fate,
        };
        aws.counts.add("call", site);
        if fate != Fate::Answered {
            aws.counts.add("harm", fate.name());
        }
        match fate {
            Fate::Answered => self.answered(site),
            Fate::DeathBefore | Fate::DeathAfter => {}
            _ => {
                aws.counts.add("fault", site);
                self.harmed(site);
            }
        }
        fate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harm_is_followed_at_the_next_call_site_and_only_there() {
        let caller = Caller::new("inbound", 1);
        assert!(!caller.is_after_harm("commit"));
        caller.harmed("commit");
        assert!(!caller.is_after_harm("commit"), "the SDK tries the same call again");
        assert!(caller.is_after_harm("look-up"));
        assert!(!caller.is_after_harm("look-up"));
        caller.harmed("commit");
        caller.answered("commit");
        assert!(!caller.is_after_harm("look-up"), "the second try was answered");
        caller.harmed("commit");
        assert_eq!(caller.given_up().as_deref(), Some("commit"));
        caller.begin();
        assert!(!caller.is_after_harm("look-up"), "another invocation");
    }
}
