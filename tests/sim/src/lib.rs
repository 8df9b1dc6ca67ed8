#![doc = include_str!("../README.md")]

pub mod aws;
pub mod counts;
mod dialer;
mod event_sources;
pub mod functions;
pub mod harm;
pub mod lambda;
pub mod log;
pub mod random;
pub mod receivers;
pub mod run;
pub mod script;
pub mod template;
pub mod time;
pub mod trace;
mod truth;
mod workload;
pub mod world;
