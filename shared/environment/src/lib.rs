#![doc = include_str!("../README.md")]

mod aws;
mod aws_error;
mod log;
mod user_agent;
mod variables;

pub use aws::{aws_config, https_client};
pub use aws_error::describe_aws_error;
pub use log::{InvalidLogLevel, start_log};
pub use user_agent::UserAgent;
pub use variables::{InvalidVariable, parsed_var, required_var};
