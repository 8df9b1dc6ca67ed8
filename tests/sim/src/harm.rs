//! What goes wrong, drawn from the seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::random::Random;

/// What becomes of one try of a call to AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// It is refused for now: a throttle, or an error of the service. No effect.
    Throttled,
    /// The service fails. No effect.
    Failed,
    /// The connection breaks before the request is there.
    LostBefore,
    /// The connection breaks after the effect.
    LostAfter,
    /// Nobody ever answers, and nothing has happened.
    HungBefore,
    /// Nobody ever answers, and it has happened.
    HungAfter,
    /// A transaction meets another one, or a batch is taken in part. Another call is answered.
    Partly,
    /// A transaction commits, and is said to be in progress. Another call is answered.
    InProgress,
}

impl Fate {
    const HARMFUL: [Self; 8] = [
        Self::Throttled,
        Self::Failed,
        Self::LostBefore,
        Self::LostAfter,
        Self::HungBefore,
        Self::HungAfter,
        Self::Partly,
        Self::InProgress,
    ];

    /// Its name in the trace and among the counts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::LostBefore => "lost before",
            Self::LostAfter => "lost after",
            Self::HungBefore => "hung before",
            Self::HungAfter => "hung after",
            Self::Partly => "partly",
            Self::InProgress => "in progress",
        }
    }
}

/// The harm of one world. Each world has a mood of its own, from none to a great deal, so that two rare things do meet.
#[derive(Debug, Clone)]
pub struct Harm {
    random: Random,
    on: Arc<AtomicBool>,
    per_call: u64,
    per_invocation: u64,
    throttles: u64,
    outages: Vec<Outage>,
    /// A function that fares worse than the others.
    unlucky: Option<&'static str>,
}

/// For a while an operation fails at every try: what the SDK's retries do not outlast.
#[derive(Debug, Clone, Copy)]
struct Outage {
    operation: &'static str,
    from: u64,
    until: u64,
    fate: Fate,
}

/// Which of them may be unlucky: those that write in an order are it more often.
const FUNCTIONS: [&str; 10] =
    ["deliver", "deliver", "fanout", "inbound", "inbound", "manage", "operator", "relay", "relay", "tester"];
/// Of a thousand: how an unlucky function fares, at each call and at each invocation.
const UNLUCKY: (u64, u64) = (200, 400);

/// What outages hit.
const OPERATIONS: [&str; 13] = [
    "GetItem",
    "PutItem",
    "UpdateItem",
    "Query",
    "BatchGetItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "SendMessage",
    "SendMessageBatch",
    "SendMessageBatch",
    "Decrypt",
    "Encrypt",
    "CreateSchedule",
];

impl Harm {
    /// The harm of a seed. It is off until [`Harm::begin`].
    #[must_use]
    pub fn new(random: Random) -> Self {
        let (per_call, per_invocation, throttles) =
            (random.of([0, 10, 40, 150]), random.of([0, 30, 120, 350]), random.of([0, 0, 50]));
        let outages = (0..random.of([0, 0, 1, 3])).map(|_| outage(&random)).collect();
        let unlucky = Some(random.of(FUNCTIONS)).filter(|_| random.per_mille(600));
        Self { on: Arc::default(), per_call, per_invocation, throttles, outages, unlucky, random }
    }

    /// From now on things go wrong.
    pub fn begin(&self) {
        self.on.store(true, Ordering::Relaxed);
    }

    /// Whether this is a world in which nothing goes wrong with AWS at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        (self.per_call, self.per_invocation, self.throttles, self.outages.len()) == (0, 0, 0, 0)
            && self.unlucky.is_none()
    }

    /// From now on all is well.
    pub fn end(&self) {
        self.on.store(false, Ordering::Relaxed);
    }

    /// Whether things go wrong.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// What becomes of a try of a function's call, at this age of the world.
    #[must_use]
    pub fn fate(&self, function: &str, operation: &str, age: u64) -> Fate {
        let is_out =
            |outage: &&Outage| outage.operation == operation && (outage.from..outage.until).contains(&age);
        if let Some(outage) = self.outages.iter().find(is_out).filter(|_| self.is_on()) {
            return outage.fate;
        }
        let per_call = if self.unlucky == Some(function) { UNLUCKY.0 } else { self.per_call };
        if !self.is_on() || !self.random.per_mille(per_call) {
            return Fate::Answered;
        }
        self.random.of(Fate::HARMFUL)
    }

    /// How often an invocation of a function may yet wait until its environment dies, when it does.
    #[must_use]
    pub fn waits_until_death(&self, function: &str) -> Option<u64> {
        let per_invocation = if self.unlucky == Some(function) { UNLUCKY.1 } else { self.per_invocation };
        let dies = self.is_on() && self.random.per_mille(per_invocation);
        // Most invocations wait for two or three calls; some for thirty.
        dies.then(|| self.random.below(self.random.of([6, 24, 24, 90])))
    }

    /// Whether Lambda has no room for an invocation.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.is_on() && self.random.per_mille(self.throttles)
    }

    /// Milliseconds that a call takes on its way, one way.
    #[must_use]
    pub fn latency(&self) -> u64 {
        match self.random.below(50) {
            0 if self.is_on() => self.random.between(100, 2_000),
            _ => self.random.between(1, 6),
        }
    }
}

fn outage(random: &Random) -> Outage {
    let operation = random.of(OPERATIONS);
    // In many worlds people do everything at the beginning.
    let from = random.below(random.of([8_000, 300_000]));
    let until = from + random.between(3_000, 120_000);
    Outage { operation, from, until, fate: random.of(Fate::HARMFUL) }
}
