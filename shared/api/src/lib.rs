#![doc = include_str!("../README.md")]

mod authentication;
mod carried;
mod field_lists;
mod fields;
mod headers;
mod listing;
mod period;
mod portal_link;
mod problem;
mod reply;
mod roles;
mod router;

pub use authentication::{aws_signer, base_url, credential, http_context};
pub use fields::{Fields, MAX_NAME_CHARS};
pub use headers::{HeaderItem, complete_headers};
pub use listing::{page, slice};
pub use period::period;
pub use portal_link::{portal_link, portal_link_view};
pub use problem::{Code, Problem};
pub use reply::{Answer, Reply, optional_time, raw, respond, time};
pub use roles::answer_caller;
pub use router::{Answering, Asked, Handler, Route, answer};
