#![doc = include_str!("../README.md")]

mod call_jobs;
mod dead_letters;
mod deliveries;
mod delivery_message;
mod error;
mod schedules;

pub use call_jobs::CallJobs;
pub use dead_letters::DeadLetters;
pub use deliveries::{Deliveries, MAX_DELAY};
pub use delivery_message::{DeliveryMessage, InvalidDeliveryMessage};
pub use error::NotSent;
pub use schedules::Schedules;
