use std::panic::resume_unwind;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;

use crate::limits::ATTEMPTS_AT_ONCE;

/// Threads of their own, for work that may not let go of the processor: one for each attempt of a batch, so that the system
/// shares the processor out among those that do not.
///
/// A receiver that sends provisional answers (`100 Continue`) without end keeps hyper parsing for as long as the socket has
/// bytes, and of plain TCP one read brings up to 400 KiB: 0.2 s in one go, measured, and 1.7 s beside eight of its like. On
/// the thread of everything else that would hold up timeouts, the log, and every other attempt. By TLS a read brings a record
/// of 16 KiB, and nine such receivers together delay a timer by 0.1 s.
#[derive(Debug)]
pub(crate) struct HttpThreads {
    handle: Handle,
    /// Taken when it ends.
    runtime: Option<Runtime>,
}

impl HttpThreads {
    /// Starts the threads; `None` when the system has none to give.
    pub(crate) fn start() -> Option<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(ATTEMPTS_AT_ONCE)
            .thread_name("plain-http")
            .enable_all()
            .build();
        runtime.ok().map(|runtime| Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
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

impl Drop for HttpThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Not waiting for what still runs: a sender may be dropped where nothing may wait.
            runtime.shutdown_background();
        }
    }
}
