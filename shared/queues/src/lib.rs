#![doc = include_str!("../README.md")]

mod account_events;
mod body;
mod call_jobs;
mod dead_letters;
mod deliveries;
mod delivery_message;
mod error;
mod fair_queue;
mod fan_out_rest;
mod operational_events;
mod schedule_target;
mod schedules;

pub use account_events::{AccountEvent, AccountEvents, Happening};
pub use call_jobs::{CallJobs, RefusedJob};
pub use dead_letters::DeadLetters;
pub use deliveries::Deliveries;
pub use delivery_message::{DeliveryMessage, InvalidDeliveryMessage, Subject};
pub use error::QueueError;
pub use fair_queue::MAX_DELAY;
pub use fan_out_rest::{FanOutRest, FanOutRests};
pub use operational_events::{OperationalEvents, WebhookDisabled};
pub use schedules::Schedules;
