#![doc = include_str!("../README.md")]

mod aws;
mod log;
mod variables;

pub use aws::aws_config;
pub use log::{InvalidLogLevel, start_log};
pub use variables::{InvalidVariable, parsed_var, required_var};
