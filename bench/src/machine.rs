//! Where a run took place, so that figures of two runs are not compared by mistake.

use std::fs;
use std::process::Command;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

use crate::Outcome;

/// Keeps this process, and what it starts from now on, on one CPU, the last one that it may use. Else whoever wakes a process
/// on another CPU is charged for that, and on a virtual machine it is charged more than for all else that sending a request
/// costs.
///
/// # Errors
///
/// When the system does not allow it.
pub fn stay_on_one_cpu() -> Outcome<()> {
    let allowed = sched_getaffinity(None)?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|cpu| allowed.is_set(*cpu)).ok_or("there is no CPU")?;
    let mut one = CpuSet::new();
    one.set(last);
    Ok(sched_setaffinity(None, &one)?)
}

/// The machine and the code.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    commit: Option<String>,
    processor: Option<String>,
    processors: usize,
    rust: Option<String>,
    load_before: Option<String>,
    load_after: Option<String>,
}

impl Machine {
    /// This one, now.
    #[must_use]
    pub fn here() -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
            Some(line.trim_start_matches([' ', '\t', ':']).to_owned())
        });
        Self {
            commit: said("git", &["describe", "--always", "--dirty"]),
            processor,
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            rust: said("rustc", &["--version"]),
            load_before: load(),
            load_after: None,
        }
    }

    /// The same, at the end of the run.
    #[must_use]
    pub fn afterwards(self) -> Self {
        Self { load_after: load(), ..self }
    }
}

/// The load average of the last minute.
fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
