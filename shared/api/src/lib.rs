#![doc = include_str!("../README.md")]

mod authentication;
mod fields;
mod headers;
mod listing;
mod problem;
mod reply;
mod router;

pub use authentication::{api_key, http_context, require_aws_signature};
pub use fields::{Fields, MAX_NAME_CHARS};
pub use headers::{HeaderItem, complete_headers};
pub use listing::{page, slice};
pub use problem::{Code, Problem};
pub use reply::{Answer, Reply, optional_time, raw, respond, time};
pub use router::{Answering, Asked, Handler, Route, answer};
