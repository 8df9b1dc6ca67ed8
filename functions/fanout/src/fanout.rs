use domain::Clock;
use queues::{AccountEvents, DeadLetters, Deliveries, FanOutRests, QueueError};
use store::{Budgets, Settlements, StoreError};

/// Everything that a completion needs.
#[derive(Debug)]
pub struct Fanout {
    /// Calls, credits and the account's webhooks.
    pub settlements: Settlements,
    /// Where the deliveries go.
    pub deliveries: Deliveries,
    /// Where what is left of a fan-out goes.
    pub rests: FanOutRests,
    /// The ARN of that queue. What comes from it is a rest and nothing else: this function may write to it, so a completion
    /// there would be one that no dialer has sent.
    pub rests_arn: String,
    /// Where what is left of the fan-out of something else goes.
    pub account_events: AccountEvents,
    /// The ARN of that queue.
    pub account_events_arn: String,
    /// How many of an account's cancelled calls were told.
    pub budgets: Budgets,
    /// Where completions go that can never be used.
    pub dead_letters: DeadLetters,
    /// The time.
    pub clock: Clock,
}

/// The message must come again.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum FanoutError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("another invocation is at this call")]
    InOtherHands,
    #[error("its account took more than 20 s")]
    TookTooLong,
    #[error("it is no rest of a fan-out")]
    NoRest,
    #[error("it is no event of an account")]
    NoEvent,
}
