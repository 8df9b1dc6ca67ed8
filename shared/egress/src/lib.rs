#![doc = include_str!("../README.md")]

mod answer;
mod apart;
mod attempt;
mod connections;
mod failure;
mod filter;
mod global;
mod limits;
mod network;
mod request;
mod resolver;
mod roots;
mod sender;

pub use attempt::{Attempt, ErrorCode, Outcome};
pub use filter::AddressFilter;
pub use limits::Limits;
pub use network::{InvalidNetwork, TrustedNetworks};
pub use request::{Method, Request};
pub use resolver::{Resolver, Resolving, SystemResolver};
pub use roots::Roots;
pub use sender::{CannotSend, Sender, Setup, USER_AGENT};
