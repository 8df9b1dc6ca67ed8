//! Lambda: environments that are frozen, thawed and die, and the invocations that they take.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;

use crate::aws::{Aws, Caller};
use crate::functions::Start;

/// What an invocation does.
pub type Work<T> = Pin<Box<dyn Future<Output = T>>>;

/// One environment of a function.
struct Environment<F> {
    caller: Caller,
    function: Rc<F>,
}

/// A function: the environments of it that wait for an invocation.
pub struct Function<F> {
    name: &'static str,
    timeout: Duration,
    idle: RefCell<Vec<Environment<F>>>,
    started: Cell<u64>,
}

impl<F> std::fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<F: 'static> Function<F> {
    /// A function without an environment.
    #[must_use]
    pub fn new(name: &'static str, timeout_ms: u64) -> Self {
        let timeout = Duration::from_millis(timeout_ms);
        Self { name, timeout, idle: RefCell::default(), started: Cell::default() }
    }

    /// Runs an invocation in an environment that is idle, or in a new one. `None` when it ends without an answer: its
    /// environment died, or it took longer than the function may ("If your function doesn't respond before the timeout, Lambda
    /// ends it"; an environment whose invocation failed so is reset). An environment takes one invocation at a time.
    pub async fn invoke<T: 'static>(
        &self,
        aws: &Aws,
        start: impl FnOnce(&'static str, u64) -> Start,
        wire: impl FnOnce(&Start) -> F,
        work: impl FnOnce(Rc<F>, bool) -> Work<T>,
    ) -> Option<T> {
        let waiting = self.idle.borrow_mut().pop();
        let is_new = waiting.is_none();
        let environment = waiting.unwrap_or_else(|| {
            self.started.set(self.started.get() + 1);
            let start = start(self.name, self.started.get());
            Environment { function: Rc::new(wire(&start)), caller: start.caller }
        });
        // As the runtime does: a panic is the end of an invocation, and of its environment.
        let work: Work<_> =
            AssertUnwindSafe(work(Rc::clone(&environment.function), is_new)).catch_unwind().boxed_local();
        let caller = &environment.caller;
        caller.begin();
        let dying = until_death(work, caller, aws.harm.waits_until_death(self.name));
        let (name, number) = (self.name, caller.environment);
        match timeout(self.timeout, dying).await {
            Ok(Some(Err(_))) => {
                tracing::error!(code = "panic", "{name} panicked");
                aws.trace.say(&format!("{name} #{number} panics"));
            }
            Ok(Some(Ok(done))) => {
                if let Some(site) = caller.given_up() {
                    aws.counts.add("given up", &site);
                }
                self.idle.borrow_mut().push(environment);
                return Some(done);
            }
            Ok(None) => {
                let last = caller.last();
                aws.counts.add("crash", &last);
                aws.trace.say(&format!("{name} #{number} dies: {last}"));
            }
            Err(_elapsed) => {
                aws.counts.add("timeout", name);
                aws.trace.say(&format!("{name} #{number} took too long"));
            }
        }
        None
    }
}

/// Runs it until a call is its end, or until it has waited so many times; then it is dropped where it waits.
async fn until_death<T>(work: Work<T>, caller: &Caller, mut waits: Option<u64>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if waits == Some(0) || caller.is_dying() => Poll::Ready(None),
        Poll::Pending => {
            waits = waits.map(|waits| waits - 1);
            Poll::Pending
        }
    })
    .await
}
