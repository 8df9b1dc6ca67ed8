#![doc = include_str!("../README.md")]

mod brand;
mod encoding;
mod files;
mod frame_ancestors;
mod page;
mod portal;
#[cfg(test)]
mod tests;

pub use brand::{Accent, UnusableAccent};
pub use frame_ancestors::{FrameAncestors, UnusableFrameAncestors};
pub use portal::Portal;
