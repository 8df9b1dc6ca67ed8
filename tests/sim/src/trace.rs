//! What happened in a world, line by line, and its hash.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::time::Time;

/// The lines of one world. Clones write to the same ones.
#[derive(Debug, Clone)]
pub struct Trace {
    time: Time,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Trace {
    /// An empty one.
    #[must_use]
    pub fn new(time: Time) -> Self {
        Self { time, lines: Arc::default() }
    }

    /// Milliseconds since the world began.
    #[must_use]
    pub fn age(&self) -> u64 {
        self.time.age()
    }

    /// Adds a line, which gets the milliseconds since the world began.
    pub fn say(&self, line: &str) {
        let line = format!("{:>10} {line}", self.age());
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// The hash of all lines, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for line in self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            hasher.update(line.as_bytes());
            hasher.update(b"\n");
        }
        hexadecimal(&hasher.finalize()[..16])
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A few characters that stand for a value: the same for equal ones, whatever order the names of an object have.
#[must_use]
pub fn digest(value: &Value) -> String {
    let mut text = String::new();
    write_sorted(value, &mut text);
    hexadecimal(&Sha256::digest(text.as_bytes())[..4])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SDK writes maps in the order of a `HashMap`, which is another in each process.
fn write_sorted(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let mut names: Vec<_> = object.iter().collect();
            names.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in names {
                text.push_str(name);
                text.push('=');
                write_sorted(value, text);
                text.push(';');
            }
        }
        Value::Array(list) => {
            for value in list {
                write_sorted(value, text);
                text.push(',');
            }
        }
        other => text.push_str(&other.to_string()),
    }
}
