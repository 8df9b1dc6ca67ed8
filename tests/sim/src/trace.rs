//! What happened in a world, line by line, and its hash.

use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
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

/// A few characters that stand for a document of JSON: the same for equal ones, whatever order the names of an object have. The
/// SDK writes maps in the order of a `HashMap`, which is another in each process.
#[must_use]
pub fn digest(json: &str) -> String {
    let Fingerprint(number) = serde_json::from_str(json).unwrap_or_default();
    format!("{:08x}", number & u64::from(u32::MAX))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A number for a value, worked out while it is read: of an object the sum of its members', of a list one that its order changes.
#[derive(Default)]
struct Fingerprint(u64);

impl Fingerprint {
    fn of(what: impl Hash) -> Self {
        // The same in every process, other than that of a `HashMap`.
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Fingerprints)
    }
}

struct Fingerprints;

impl<'de> Visitor<'de> for Fingerprints {
    type Value = Fingerprint;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Fingerprint, E> {
        Ok(Fingerprint::of("null"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Fingerprint, E> {
        Ok(Fingerprint::of(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Fingerprint, E> {
        Ok(Fingerprint::of(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Fingerprint, E> {
        Ok(Fingerprint::of(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Fingerprint, E> {
        Ok(Fingerprint::of(value.to_bits()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Fingerprint, E> {
        Ok(Fingerprint::of(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Fingerprint, A::Error> {
        let mut all = Fingerprint::of("list");
        while let Some(Fingerprint(value)) = list.next_element()? {
            all = Fingerprint::of((all.0, value));
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Fingerprint, A::Error> {
        let mut all = 0_u64;
        while let Some((Fingerprint(name), Fingerprint(value))) = object.next_entry()? {
            all = all.wrapping_add(Fingerprint::of((name, value)).0);
        }
        Ok(Fingerprint::of(("object", all)))
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn a_digest_is_of_what_is_said_whatever_the_order_of_names() {
        let one = digest(r#"{"a": [1, {"b": "x", "c": null}], "d": true}"#);
        assert_eq!(one, digest(r#"{"d":true,"a":[1,{"c":null,"b":"x"}]}"#));
        for other in [
            r#"{"a": [{"b": "x", "c": null}, 1], "d": true}"#,
            r#"{"a": [1, {"b": "x", "c": null}], "d": false}"#,
            r#"{"a": [1, {"b": null, "c": "x"}], "d": true}"#,
            r#"{"a": [1, {"b": "x", "c": null, "d": true}]}"#,
            r#"{"a": [1, {"b": "x", "c": {}}], "d": true}"#,
            r#"{"a": [-1, {"b": "x", "c": null}], "d": true}"#,
            r#"{"a": [1.5, {"b": "x", "c": null}], "d": true}"#,
            "",
        ] {
            assert_ne!(one, digest(other), "{other}");
        }
    }
}
