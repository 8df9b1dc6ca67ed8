use std::panic::resume_unwind;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A thread of its own, for work that may not let go of the processor.
///
/// A receiver that sends provisional answers (`100 Continue`) without end keeps hyper parsing for as long as the socket has
/// bytes, and of plain TCP one read brings up to 400 KiB: 0.2 s in one go, measured, and 1.7 s beside eight of its like. On
/// the thread of everything else that would hold up timeouts, the log, and every other attempt. By TLS a read brings a record
/// of 16 KiB, and nine such receivers together delay a timer by 0.06 s.
#[derive(Debug)]
pub(crate) struct Apart {
    handle: Handle,
    /// The thread ends when this is dropped, and with it what still runs there.
    _alive: oneshot::Sender<()>,
}

impl Apart {
    /// Starts the thread; `None` when the system has none to give.
    pub(crate) fn start() -> Option<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel();
        let body = move || {
            // It ends with an error, when the sender is dropped.
            let _ = runtime.block_on(ended);
        };
        thread::Builder::new().name("plain-http".into()).spawn(body).ok()?;
        Some(Self { handle, _alive: alive })
    }

    /// Does this work there. Dropping the future ends it.
    pub(crate) async fn run<F>(&self, work: F) -> F::Output
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        tasks.spawn_on(work, &self.handle);
        match tasks.join_next().await {
            Some(Ok(done)) => done,
            Some(Err(broken)) => resume_unwind(broken.into_panic()),
            None => unreachable!("a task was spawned"),
        }
    }
}
