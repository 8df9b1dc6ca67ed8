//! Takes completions from the dialer: settles each call once, and queues one delivery for each endpoint that is told of it.
//!
//! The marks on the call (`settledAt`, `fannedOutAt`) say how far a completion came, so that one that is delivered again, after
//! a crash or because the dialer sent it twice, goes on where it stopped, or changes nothing.
//!
//! It queues the deliveries of what else has happened in an account, too: calls that were cancelled, and endpoints that fail.

mod account_event;
mod completed_call;
mod fan_out;
mod fanout;
mod one_step;

pub use fanout::Fanout;
