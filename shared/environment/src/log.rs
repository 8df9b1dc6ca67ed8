use std::panic;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::{InvalidVariable, parsed_var};

/// The crates whose lines follow `LOG_LEVEL`. What libraries say below a warning is left out at any level: the SDK prints
/// requests and answers there, and with them personal data.
const OURS: [&str; 21] = [
    "addresses",
    "api",
    "deliver",
    "delivery",
    "domain",
    "egress",
    "environment",
    "fanout",
    "gateway",
    "inbound",
    "manage",
    "operator",
    "payloads",
    "portal",
    "presets",
    "queues",
    "relay",
    "signing",
    "store",
    "tester",
    "vault",
];

/// The log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum InvalidLogLevel {
    /// `LOG_LEVEL` is missing or no level.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// There is a log already.
    #[error("the log was started twice")]
    Started(#[from] TryInitError),
}

/// Starts the process's log: one JSON object a line on standard output, at the level of `LOG_LEVEL`.
///
/// # Errors
///
/// [`InvalidLogLevel`] when `LOG_LEVEL` is none of `INFO`, `WARN`, `ERROR` (nor `TRACE` or `DEBUG`, which are compiled out and
/// say as much as `INFO`), or the log was started before.
pub fn start_log() -> Result<(), InvalidLogLevel> {
    let level = parsed_var("LOG_LEVEL", LevelFilter::from_str)?;
    let targets = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_targets(OURS.map(|name| (name, level)));
    let lines = fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    tracing_subscriber::registry().with(lines).with(targets).try_init()?;
    log_panics();
    Ok(())
}

/// A panic is a line like any other, with a level that an alarm finds. Only its place is told: its text may hold what was
/// worked on, such as the name in which a text was cut amid a character.
fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(code = "panic", panic.location = place, "a panic at {place}");
    }));
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_crate_that_is_deployed_follows_the_log_level() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut crates = Vec::new();
        for parent in ["functions", "shared"] {
            for entry in fs::read_dir(folder.join(parent)).expect("a folder") {
                crates.push(entry.expect("an entry").file_name().into_string().expect("a name"));
            }
        }
        crates.sort();
        assert_eq!(crates, OURS);
    }
}
