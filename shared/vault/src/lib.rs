#![doc = include_str!("../README.md")]

mod cache;
mod context;
mod kms;
mod opened;
mod sealing;

pub use context::{Purpose, SealContext};
pub use kms::{Vault, VaultError};
pub use opened::Opened;
pub use sealing::{CannotOpen, open_headers, open_secret, seal_headers, seal_secret};
