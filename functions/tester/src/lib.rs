//! The Test button: sends the documented sample to an endpoint, and answers what came of it.
//!
//! A function of its own, since it waits for endpoints that strangers have named, and opens secrets to do so: a flood of
//! tests takes no room from the management API, and what parses an endpoint's answer may change nothing but the log.

pub mod routes;
mod test_button;
mod tester;

pub use tester::Tester;
