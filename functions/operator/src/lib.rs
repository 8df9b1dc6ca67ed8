//! The operator API, `/operator`, signed with AWS credentials: accounts, their credits and their API keys.
//!
//! A function of its own, since it may make keys and credits for anybody: whoever speaks to integrators or to endpoints must
//! not. [`routes::ROUTES`] is the list of what it answers; the conventions are those of the crate `api`.

mod accounts;
mod api_keys;
mod operator;
mod operators;
mod portal;
pub mod routes;

pub use operator::Operator;
pub use operators::Operators;
