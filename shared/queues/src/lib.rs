#![doc = include_str!("../README.md")]

mod call_jobs;
mod dead_letters;
mod deliveries;
mod error;
mod operational_events;
mod schedules;

pub use call_jobs::{CallJobs, RefusedJob};
pub use dead_letters::DeadLetters;
pub use deliveries::{Deliveries, DeliveryMessage, InvalidDeliveryMessage, MAX_DELAY};
pub use error::NotSent;
pub use operational_events::{OperationalEvents, WebhookDisabled};
pub use schedules::Schedules;
