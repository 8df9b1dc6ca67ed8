//! Takes messages of `deliveries` and makes one attempt for each.
//!
//! The order of the steps is what makes a crash harmless: the attempt's row is logged before its successor is queued, and
//! the message is acknowledged last. A message that comes again finds its row, sends nothing, and queues what is missing.

mod batch;
mod deliverer;
mod due_attempts;
mod endpoint_changes;
mod one_attempt;
mod tallies;
mod templates;
mod told_changes;

pub use deliverer::Deliverer;
pub use templates::Templates;
pub use told_changes::ToldChanges;
