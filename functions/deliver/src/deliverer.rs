use domain::Clock;
use egress::Sender;
use queues::{AccountEvents, Deliveries, InvalidDeliveryMessage, OperationalEvents, QueueError, Schedules};
use store::{Attempts, InvalidItem, StoreError};
use vault::{OpenError, Vault};

use crate::templates::Templates;
use crate::told_changes::ToldChanges;

/// Everything that an attempt needs.
#[derive(Debug)]
pub struct Deliverer {
    /// What deliveries are made of, and their log.
    pub attempts: Attempts,
    /// Payloads of their owners' own design.
    pub templates: Templates,
    /// Where the next attempt goes when it is near.
    pub slow_lane: Deliveries,
    /// That queue's ARN, by which its messages are told from first attempts.
    pub slow_lane_arn: String,
    /// Where it goes when it is further away than a queue can delay it.
    pub schedules: Schedules,
    /// Where it is said that an endpoint was disabled.
    pub events: OperationalEvents,
    /// Where it is said what became of an endpoint, for its owner's other endpoints.
    pub account_events: AccountEvents,
    /// What is said there by this environment, or was.
    pub told_changes: ToldChanges,
    /// Sends the requests.
    pub sender: Sender,
    /// Opens headers and secrets.
    pub vault: Vault,
    /// The time.
    pub clock: Clock,
}

/// The message must come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeliverError {
    #[error(transparent)]
    Message(#[from] InvalidDeliveryMessage),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Item(#[from] InvalidItem),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("the payload cannot be rendered: {0}")]
    Payload(#[from] serde_json::Error),
}
