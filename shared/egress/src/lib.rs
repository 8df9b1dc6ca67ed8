#![doc = include_str!("../README.md")]

mod answer;
mod apart;
mod attempt;
mod connections;
mod failure;
mod limits;
mod request;
mod resolver;
mod roots;
mod sender;

pub use attempt::{Attempt, ErrorCode, Outcome};
pub use limits::Limits;
pub use request::{Method, Request};
pub use resolver::{Resolver, Resolving, SystemResolver};
pub use roots::Roots;
pub use sender::{CannotSend, Sender, Setup, USER_AGENT};
