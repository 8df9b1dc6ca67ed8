//! What goes wrong, drawn from the seed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// A batch is taken in part. One of a single entry is answered.
    Partly,
    /// A transaction is at the same item. No effect.
    Conflict,
    /// A transaction commits, and is said to be in progress.
    InProgress,
    /// The environment dies, and nothing has happened.
    DeathBefore,
    /// The environment dies, and it has happened.
    DeathAfter,
}

impl Fate {
    /// What AWS does to any call.
    const OF_ANY: [Self; 6] =
        [Self::Throttled, Self::Failed, Self::LostBefore, Self::LostAfter, Self::HungBefore, Self::HungAfter];

    /// What AWS does only to calls of an operation.
    const fn of_operation(operation: &str) -> &'static [Self] {
        match operation.as_bytes() {
            b"TransactWriteItems" => &[Self::Conflict, Self::InProgress],
            b"PutItem" | b"UpdateItem" | b"DeleteItem" => &[Self::Conflict],
            b"SendMessageBatch" | b"BatchGetItem" | b"BatchWriteItem" => &[Self::Partly],
            _ => &[],
        }
    }

    /// What becomes of a call that is harmed. Of a thousand, so many are the end of their environment.
    fn draw(random: &Random, operation: &str, deaths: u64) -> Self {
        if random.per_mille(deaths) {
            return random.of([Self::DeathBefore, Self::DeathAfter]);
        }
        let fates = [&Self::OF_ANY, Self::of_operation(operation)].concat();
        random.pick(&fates).copied().unwrap_or(Self::Failed)
    }

    /// Its name in the trace.
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
            Self::Conflict => "conflict",
            Self::InProgress => "in progress",
            Self::DeathBefore => "death before",
            Self::DeathAfter => "death after",
        }
    }
}

/// The harm of one world. Each world has a mood of its own, from none to a great deal, so that two rare things do meet.
#[derive(Debug, Clone)]
pub struct Harm {
    random: Random,
    /// How many more calls may be harmed. While there are none, nothing goes wrong.
    left: Arc<AtomicU64>,
    rates: Rates,
    throttles: u64,
    outages: Vec<Outage>,
    /// A function that fares worse than the others.
    unlucky: Option<&'static str>,
    /// Of a thousand: how the call fares that a function makes because another one failed.
    after_harm: u64,
    /// Of a thousand: how often what sends messages hears no answer, and sends them twice.
    echoes: u64,
    /// By which it is drawn which call sites are sore.
    salt: u64,
    /// How often each sore call site was tried.
    tries: Arc<Mutex<BTreeMap<String, u64>>>,
}

/// When a sore call site is harmed.
#[derive(Debug, Clone, Copy)]
enum When {
    Always,
    /// So often of a thousand times.
    Often(u64),
    /// Once in its world, when it was tried so often before.
    Once(u64),
}

/// How a function fares: what is harmed of a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Rates {
    calls: u64,
    invocations: u64,
    /// Call sites that meet one and the same harm again and again, or once for certain.
    sites: u64,
}

/// Who calls what.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The function.
    pub function: &'a str,
    /// The operation of AWS.
    pub operation: &'a str,
    /// The call site: both of these, and the table or queue.
    pub site: &'a str,
    /// Whether the invocation has just met harm at another call site.
    pub is_after_harm: bool,
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
const FUNCTIONS: [&str; 11] = [
    "deliver", "deliver", "fanout", "inbound", "inbound", "manage", "operator", "relay", "relay", "relay",
    "tester",
];
/// How an unlucky function fares.
const UNLUCKY: Rates = Rates { calls: 200, invocations: 400, sites: 500 };
/// Of a thousand harms, so many are the end of an environment: more where the function is at mending another harm.
const DEATHS: u64 = 200;
const DEATHS_AFTER_HARM: u64 = 500;
/// So many calls of a world are harmed, at most. A batch that comes again for hours sends its messages each time, and each of them
/// comes again, too: one such world would cost as much as three hundred others, and shows no more.
const MOST_HARMED: u64 = 300;
/// Of a thousand worlds, in so many nothing goes wrong with AWS.
const CALM: u64 = 80;

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
        let calm = Self {
            left: Arc::default(),
            rates: Rates::default(),
            throttles: 0,
            outages: Vec::new(),
            unlucky: None,
            after_harm: 0,
            echoes: 0,
            salt: random.next(),
            tries: Arc::default(),
            random: random.clone(),
        };
        if random.per_mille(CALM) {
            return calm;
        }
        Self {
            rates: Rates {
                calls: random.of([0, 10, 40, 150]),
                invocations: random.of([0, 30, 120, 350]),
                sites: random.of([0, 60, 120, 200]),
            },
            throttles: random.of([0, 0, 50]),
            outages: (0..random.of([0, 0, 1, 3])).map(|_| outage(&random)).collect(),
            unlucky: Some(random.of(FUNCTIONS)).filter(|_| random.per_mille(600)),
            after_harm: random.of([0, 100, 500]),
            echoes: random.of([0, 0, 0, 400]),
            ..calm
        }
    }

    /// From now on things go wrong.
    pub fn begin(&self) {
        self.left.store(MOST_HARMED, Ordering::Relaxed);
    }

    /// Whether this is a world in which nothing goes wrong with AWS at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        let is_steady =
            self.throttles == 0 && self.outages.is_empty() && self.unlucky.is_none() && self.echoes == 0;
        is_steady && self.rates == Rates::default()
    }

    /// From now on all is well.
    pub fn end(&self) {
        self.left.store(0, Ordering::Relaxed);
    }

    /// Whether things go wrong.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.left.load(Ordering::Relaxed) > 0
    }

    /// What becomes of a try of a call, at this age of the world.
    #[must_use]
    pub fn fate(&self, call: &Call<'_>, age: u64) -> Fate {
        if !self.is_on() {
            return Fate::Answered;
        }
        let fate = self.drawn(call, age);
        if fate != Fate::Answered {
            self.left.fetch_sub(1, Ordering::Relaxed);
        }
        fate
    }

    fn drawn(&self, call: &Call<'_>, age: u64) -> Fate {
        let is_out = |outage: &&Outage| {
            outage.operation == call.operation && (outage.from..outage.until).contains(&age)
        };
        if let Some(outage) = self.outages.iter().find(is_out) {
            return outage.fate;
        }
        if let Some((fate, _)) = self.sore(call).filter(|(_, when)| self.is_due(*when, call.site)) {
            return fate;
        }
        if call.operation.starts_with("SendMessage") && self.random.per_mille(self.echoes) {
            return Fate::LostAfter;
        }
        if call.is_after_harm && self.random.per_mille(self.after_harm) {
            return Fate::draw(&self.random, call.operation, DEATHS_AFTER_HARM);
        }
        let is_harmed = self.random.per_mille(self.rates_of(call.function).calls);
        if is_harmed { Fate::draw(&self.random, call.operation, DEATHS) } else { Fate::Answered }
    }

    fn rates_of(&self, function: &str) -> Rates {
        if self.unlucky == Some(function) { UNLUCKY } else { self.rates }
    }

    /// What a sore call site meets in this world, and when. It is drawn by its name: so a call that is made in few worlds is sore in
    /// as many of them as any other.
    fn sore(&self, call: &Call<'_>) -> Option<(Fate, When)> {
        // FNV-1a.
        let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let random = Random::new(call.site.bytes().fold(self.salt, mix));
        let when = || random.of([When::Always, When::Often(300), When::Once(0), When::Once(random.below(6))]);
        let drawn = || (Fate::draw(&random, call.operation, DEATHS), when());
        random.per_mille(self.rates_of(call.function).sites).then(drawn)
    }

    /// Whether a try at a sore call site is harmed.
    fn is_due(&self, when: When, site: &str) -> bool {
        match when {
            When::Always => true,
            When::Often(often) => self.random.per_mille(often),
            When::Once(before) => {
                let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
                let tried = tries.entry(site.to_owned()).or_default();
                *tried += 1;
                *tried == before + 1
            }
        }
    }

    /// How often an invocation of a function may yet wait until its environment dies, when it does.
    #[must_use]
    pub fn waits_until_death(&self, function: &str) -> Option<u64> {
        let dies = self.is_on() && self.random.per_mille(self.rates_of(function).invocations);
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
    Outage { operation, from, until, fate: Fate::draw(random, operation, 0) }
}

#[cfg(test)]
#[path = "harm_tests.rs"]
mod tests;
