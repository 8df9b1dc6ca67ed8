//! The endpoints that are told of calls. They answer in the process, through the real `egress`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egress::{Answering, Carrier};
use http::{Request, Response};
use reqwest::Body;

use crate::random::Random;
use crate::time::pause;
use crate::trace::Trace;

/// How an endpoint answers; the first part of its host says which.
pub const KINDS: [&str; 12] = [
    "healthy", "healthy", "healthy", "healthy", "slow", "flapping", "flapping", "dead", "gone", "gone",
    "broken", "nowhere",
];

/// What came to an endpoint.
#[derive(Debug, Clone)]
pub struct Received {
    /// The host that it came to.
    pub host: String,
    /// Its payload.
    pub body: Vec<u8>,
    /// When, in milliseconds since the world began.
    pub at: u64,
}

/// All endpoints of a world.
#[derive(Debug, Clone)]
pub struct Receivers {
    received: Arc<Mutex<BTreeMap<String, Vec<Received>>>>,
    random: Random,
    trace: Trace,
}

impl Receivers {
    /// Endpoints that have received nothing.
    #[must_use]
    pub fn new(random: Random, trace: Trace) -> Self {
        Self { received: Arc::default(), random, trace }
    }

    /// What came, by `webhook-id`.
    pub fn received(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Received>>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings requests here.
    #[must_use]
    pub fn carrier(&self) -> Carrier {
        let this = self.clone();
        Carrier::new(move |request| this.answer(request))
    }

    fn answer(&self, request: &Request<Body>) -> Option<Answering> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let kind = host.split(['-', '.']).next().unwrap_or_default().to_owned();
        // Its name has no address; `egress` finds that out by itself.
        if kind == "nowhere" {
            return None;
        }
        let id = request.headers().get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
        let is_first = self.received().get(id).is_none_or(Vec::is_empty);
        let (status, wait) = self.status_and_wait(&kind, is_first);
        // The payload of a GET is its query.
        let query = request.uri().query().unwrap_or_default();
        let body =
            request.body().as_bytes().filter(|body| !body.is_empty()).unwrap_or(query.as_bytes()).to_vec();
        let received = Received { host: host.clone(), body, at: self.trace.age() };
        self.trace.say(&format!("receiver {host} {id} -> {status} in {wait} ms"));
        self.received().entry(id.to_owned()).or_default().push(received);
        Some(Box::pin(async move {
            pause(wait).await;
            let mut response = Response::new(Body::from("thanks"));
            *response.status_mut() = status.try_into().expect("a status of HTTP");
            response
        }))
    }

    /// One that hangs answers later than anybody waits.
    fn status_and_wait(&self, kind: &str, is_first: bool) -> (u16, u64) {
        match kind {
            "once" if is_first => (500, 5),
            "slow" => (200, self.random.between(1_000, 9_000)),
            "flapping" => (self.random.of([200, 500, 503]), self.random.between(5, 50)),
            "dead" => (200, 60_000),
            "gone" => (410, 5),
            "broken" => (500, 5),
            _ => (200, self.random.between(5, 50)),
        }
    }
}
