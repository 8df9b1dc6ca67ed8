#![doc = include_str!("../README.md")]

mod cache;
mod context;
mod kms;
mod opened;

pub use context::{Purpose, SealContext};
pub use kms::{Vault, VaultError};
pub use opened::Opened;
