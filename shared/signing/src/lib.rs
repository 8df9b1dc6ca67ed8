#![doc = include_str!("../README.md")]

mod secret;
mod signature;

pub use secret::{InvalidSecret, SigningSecret};
pub use signature::{NoSecretError, sign};
