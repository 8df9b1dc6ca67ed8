#![doc = include_str!("../README.md")]

mod brand;
/// Part of the build; its tests run here.
#[cfg(test)]
#[path = "../build/bundles.rs"]
mod bundles;
mod encoding;
mod files;
mod frame_ancestors;
mod page;
mod portal;
#[cfg(test)]
mod tests;

pub use brand::{Accent, InvalidAccent};
pub use frame_ancestors::{FrameAncestors, InvalidFrameAncestors};
pub use portal::Portal;
