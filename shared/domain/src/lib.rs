#![doc = include_str!("../README.md")]

mod calls;
mod credits;
mod deliveries;
mod dialling;
mod intake;
mod values;
mod webhooks;

pub use calls::*;
pub use credits::*;
pub use deliveries::*;
pub use dialling::*;
pub use intake::*;
pub use values::*;
pub use webhooks::*;
