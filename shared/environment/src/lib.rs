#![doc = include_str!("../README.md")]

#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "aws")]
mod aws_error;
mod log;
#[cfg(feature = "aws")]
mod user_agent;
mod variables;

#[cfg(feature = "aws")]
pub use aws::{aws_config, https_client};
#[cfg(feature = "aws")]
pub use aws_error::describe_aws_error;
pub use log::{InvalidLogLevel, start_log};
#[cfg(feature = "aws")]
pub use user_agent::UserAgent;
pub use variables::{InvalidVariable, parsed_var, required_var};
