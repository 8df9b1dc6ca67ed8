#![doc = include_str!("../README.md")]

mod attempt;
mod destination;

pub use attempt::{AttemptResult, attempt};
pub use destination::Destination;
