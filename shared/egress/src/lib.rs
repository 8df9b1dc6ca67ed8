#![doc = include_str!("../README.md")]

mod answer;
mod carrier;
mod connections;
mod exchange;
mod failure;
mod http_threads;
mod limits;
mod mask;
mod request;
mod resolver;
mod roots;
mod sender;

pub use carrier::{Answering, Carrier};
pub use connections::USER_AGENT;
pub use exchange::{ErrorCode, Exchange, ExchangeOutcome};
pub use limits::Limits;
pub use request::{Method, Request};
pub use resolver::{Resolver, Resolving, SystemResolver};
pub use roots::Roots;
pub use sender::{Sender, SenderError, Setup};
