//! One function's process: started, fed with events, and looked at from outside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process};

use crate::Outcome;
use crate::runtime_api::{Invoked, RuntimeApi};

/// Nothing that is measured takes this long, not even under valgrind.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether a function that says nothing still runs.
const GLANCE: Duration = Duration::from_millis(250);

/// What is started: a program with its arguments and its whole environment.
#[derive(Debug, Clone)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its environment; the address of the Runtime API is added.
    pub environment: BTreeMap<String, String>,
}

/// A running function.
#[derive(Debug)]
pub struct Function {
    child: Child,
    api: RuntimeApi,
    started: Instant,
}

/// Memory of a process, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// Resident at most, until now.
    pub peak: u64,
}

impl Program {
    /// A program without arguments.
    #[must_use]
    pub fn new(path: &Path, environment: BTreeMap<String, String>) -> Self {
        Self { path: path.to_owned(), arguments: Vec::new(), environment }
    }

    /// Starts it. Its log is thrown away; what it says on standard error is shown.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub async fn start(&self) -> Outcome<Function> {
        let api = RuntimeApi::start().await?;
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let started = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", self.path.display()))?;
        Ok(Function { child, api, started })
    }
}

impl Function {
    /// How long it took from its start until it asked for an event.
    ///
    /// # Errors
    ///
    /// When it has not asked for one after two minutes.
    pub async fn ready(&mut self) -> Outcome<Duration> {
        let ready = while_it_runs(&mut self.child, self.api.ready()).await?;
        Ok(ready.duration_since(self.started))
    }

    /// Hands an event over and waits for its answer.
    ///
    /// # Errors
    ///
    /// When it answers an error, or nothing for two minutes.
    pub async fn invoke(&mut self, event: &Bytes) -> Outcome<Invoked> {
        let invoked = while_it_runs(&mut self.child, self.api.invoke(event.clone())).await?;
        if invoked.failed {
            return Err(format!("the function failed: {}", String::from_utf8_lossy(&invoked.answer)).into());
        }
        Ok(invoked)
    }

    /// The time since its start.
    #[must_use]
    pub fn since_start(&self, moment: Instant) -> Duration {
        moment.duration_since(self.started)
    }

    /// CPU time that its threads have used until now, user and system. One that has ended would be missing; what is measured
    /// ends none.
    ///
    /// # Errors
    ///
    /// Where there is no `/proc`, or no `schedstat` in it.
    pub fn cpu(&self) -> Outcome<Duration> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let told = fs::read_to_string(thread?.path().join("schedstat"))?;
            nanoseconds += told.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Its memory.
    ///
    /// # Errors
    ///
    /// Where there is no `/proc`.
    pub fn memory(&self) -> Outcome<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        };
        let bytes = |name| kilobytes(name).map(|kilobytes| kilobytes * 1024).ok_or("no such line in /proc");
        Ok(Memory { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    ///
    /// When the system does not let it be asked.
    pub fn terminate(mut self) -> Outcome<()> {
        // Killed, valgrind would not write what it counted.
        terminate(&mut self.child)
    }
}

/// Asks a process to end (SIGTERM; std knows SIGKILL only), and waits until it has.
///
/// # Errors
///
/// When the system does not let it be asked.
pub(crate) fn terminate(child: &mut Child) -> Outcome<()> {
    kill_process(Pid::from_child(child), Signal::TERM)?;
    child.wait()?;
    Ok(())
}

/// What the function is waited for, unless it has ended.
async fn while_it_runs<T>(child: &mut Child, waiting: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let mut waiting = pin!(waiting);
    let patience = Instant::now() + PATIENCE;
    while Instant::now() < patience {
        if let Ok(come) = tokio::time::timeout(GLANCE, &mut waiting).await {
            return come;
        }
        if let Some(status) = child.try_wait()? {
            return Err(format!("the function has ended: {status}").into());
        }
    }
    Err("the function is silent".into())
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
