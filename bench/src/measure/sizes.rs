//! Sizes of what is deployed.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::{Lab, whole};
use crate::Outcome;
use crate::figures::Figure;

/// Bytes of an archive with the one file `bootstrap`, besides its content: local header, directory entry, end.
const ARCHIVE: u64 = 30 + 46 + 2 * "bootstrap".len() as u64 + 22;

/// Each function's zip (deflate, level 9) and binary.
///
/// # Errors
///
/// When a binary is not there.
pub fn measure(lab: &Lab) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, target) in [
        ("empty", None),
        ("inbound", Some(3.0)),
        ("fanout", Some(3.0)),
        ("deliver", Some(4.0)),
        ("manage", Some(4.0)),
    ] {
        let binary = fs::read(lab.binaries.join(name))?;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&binary)?;
        let zip = encoder.finish()?.len() as u64 + ARCHIVE;
        let zip = Figure::one(format!("size.{name}.zip"), format!("{name}: zip"), whole(zip) / 1e6, "MB");
        figures.push(Figure { target, ..zip });
        let binary = whole(binary.len() as u64) / 1e6;
        figures.push(Figure::one(format!("size.{name}.binary"), format!("{name}: binary"), binary, "MB"));
    }
    Ok(figures)
}
