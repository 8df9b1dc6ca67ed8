//! Sizes of what is deployed.

use std::io::Write as _;
use std::{fs, iter};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Map, Value};

use super::{Lab, whole};
use crate::Outcome;
use crate::figures::Figure;

/// Bytes of an archive with the one file `bootstrap`, besides its content: local header, directory entry, end.
const ARCHIVE: u64 = 30 + 46 + 2 * "bootstrap".len() as u64 + 22;

/// Bytes at most, by function; `make test` holds the zips to them.
const LIMITS: &str = include_str!("../../../infra/zip-limits.json");

/// Each function's zip (deflate, level 9) and binary.
///
/// # Errors
///
/// When a binary is not there.
pub fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    let limits: Map<String, Value> = serde_json::from_str(LIMITS)?;
    let empty = ("empty".to_owned(), Value::Null);
    for (name, limit) in iter::once(empty).chain(limits) {
        let binary = fs::read(lab.binaries.join(&name))?;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&binary)?;
        let zip = encoder.finish()?.len() as u64 + ARCHIVE;
        let zip = Figure::one(format!("size.{name}.zip"), format!("{name}: zip"), whole(zip) / 1e6, "MB");
        figures.push(Figure { target: limit.as_f64().map(|bytes| bytes / 1e6), ..zip });
        let binary = whole(binary.len() as u64) / 1e6;
        figures.push(Figure::one(format!("size.{name}.binary"), format!("{name}: binary"), binary, "MB"));
    }
    Ok(figures)
}
