#![doc = include_str!("../README.md")]

mod aws;
mod log;
mod user_agent;
mod variables;

pub use aws::aws_config;
pub use log::{InvalidLogLevel, start_log};
pub use user_agent::UserAgent;
pub use variables::{InvalidVariable, parsed_var, required_var};

/// Of every process that this crate is part of. A call of the SDK allocates some hundred times.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
