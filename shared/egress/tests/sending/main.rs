//! The sender against real receivers on loopback: what they get, and what becomes of what they do.

#![expect(clippy::unwrap_used, reason = "what fails to be set up fails the test")]

mod carrier;
mod certificates;
mod connections;
mod hostile;
mod masking;
mod names;
mod odd_answers;
mod receivers;
mod requests;
mod resolvers;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use addresses::TrustedNetworks;
use egress::SystemResolver;
use egress::{ErrorCode, Exchange, ExchangeOutcome, Limits, Method, Request, Resolver, Roots, Sender, Setup};

/// Stands in every URL's path and query, and in every header's value; it must not be in a message.
const SECRET: &str = "s3cret";

/// The product's sizes with times that a test can wait for.
fn quick_limits() -> Limits {
    Limits {
        resolve: Duration::from_millis(400),
        connect: Duration::from_millis(600),
        head: Duration::from_millis(1_200),
        body: Duration::from_millis(300),
        ..Limits::default()
    }
}

/// A sender that may call loopback and nothing else that is private.
fn sender() -> Sender {
    sender_with(SystemResolver, "127.0.0.0/8,::1/128", Roots::of([]))
}

fn sender_with(resolver: impl Resolver, trusted: &str, roots: Roots) -> Sender {
    let setup = Setup {
        limits: quick_limits(),
        resolver: Arc::new(resolver),
        roots,
        keep_connections: true,
        ..Setup::default()
    };
    Sender::new(TrustedNetworks::parse(trusted).unwrap(), setup).unwrap()
}

fn post(url: &str) -> Request {
    Request {
        method: Method::Post,
        url: url.parse().unwrap_or_else(|_| panic!("{url} is a URL")),
        headers: vec![header("content-type", "application/json"), header("x-token", SECRET)],
        body: r#"{"hello":"world"}"#.into(),
        owner: Some("an account".to_owned()),
    }
}

fn header(name: &str, value: &str) -> (http::HeaderName, http::HeaderValue) {
    (name.parse().unwrap(), value.parse().unwrap())
}

/// The URL of a receiver on this port of loopback.
fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}/{SECRET}?key={SECRET}")
}

/// Status and body of an answer.
#[track_caller]
fn answered(attempt: &Exchange) -> (u16, &str) {
    match &attempt.outcome {
        ExchangeOutcome::Answered { status, body, .. } => (*status, body),
        ExchangeOutcome::Errored { .. } => panic!("no answer: {attempt:?}"),
    }
}

/// What is said of an answer besides its status.
#[track_caller]
fn note(attempt: &Exchange) -> Option<&str> {
    match &attempt.outcome {
        ExchangeOutcome::Answered { note, .. } => note.as_deref(),
        ExchangeOutcome::Errored { .. } => panic!("no answer: {attempt:?}"),
    }
}

/// Code and message of a failure, after a look for secrets and at the time it took.
#[track_caller]
fn errored(attempt: &Exchange) -> (ErrorCode, &str) {
    assert!(attempt.duration < quick_limits().head + Duration::from_millis(500), "{attempt:?}");
    match &attempt.outcome {
        ExchangeOutcome::Errored { code, message } => {
            assert!(!message.contains(SECRET), "{message}");
            (*code, message)
        }
        ExchangeOutcome::Answered { .. } => panic!("an answer: {attempt:?}"),
    }
}
