#![allow(clippy::disallowed_methods, reason = "what measures time asks for it")]
#![doc = include_str!("../README.md")]

pub mod aws_stub;
pub mod capacity;
pub mod events;
pub mod figures;
pub mod function;
pub mod http_server;
pub mod interface_emulator;
pub mod machine;
pub mod measure;
pub mod receiver;
pub mod runtime_api;
pub mod sample_account;
pub mod scenarios;
pub mod tables;

/// Anything may go wrong here, and all of it ends the run with its message.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
