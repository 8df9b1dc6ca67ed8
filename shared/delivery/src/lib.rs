#![doc = include_str!("../README.md")]

mod attempt;
mod destination;
mod sealing;

pub use attempt::{Attempted, attempt};
pub use destination::Destination;
pub use sealing::{CannotOpen, open_headers, seal_headers, seal_secret};
