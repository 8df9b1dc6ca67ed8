#![doc = include_str!("../README.md")]

mod attempt;
mod destination;

pub use attempt::{Attempted, attempt};
pub use destination::Destination;
