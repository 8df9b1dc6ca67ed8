//! What one attempt needs of memory and time, whatever its receiver does.
//!
//! An allocator counts what the sender's process holds at most. The receivers would hold more than that themselves, so they
//! are another process: this test binary once more. Not counted is what the kernel buffers for a socket, and what aws-lc
//! takes from C for a TLS session, some ten KiB of a size that no receiver chooses.

#![expect(clippy::unwrap_used, reason = "what fails to be set up fails the test")]

mod endpoint_answers;
mod http;
mod receivers;
mod tls;

use std::fs;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::time::Duration;

use addresses::TrustedNetworks;
use egress::ErrorCode::Timeout;
use egress::{Exchange, Limits, Method, Request, Roots, Sender, Setup};
use peak_alloc::PeakAlloc;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::endpoint_answers::Comes::{self, ToError};
use crate::endpoint_answers::{ORDINARY, all_receivers};
use crate::receivers::{Identity, Receivers};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Beyond the memory of a sender at rest.
const BOUND: usize = 1 << 20;
/// Times that an attempt with a higher peak is made again.
const REPEATS: u32 = 4;
/// What all attempts together may leave behind: a sender that made a million of them must not have grown.
const LEFT_BEHIND: usize = 16 << 10;
/// Only ever spent by a sender that is stuck.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn no_receiver_makes_an_attempt_need_more_than_a_mebibyte_or_its_time() {
    if let Some(identity) = Identity::from_environment() {
        return receivers::play(&identity);
    }
    let identity = Identity::made();
    let receivers =
        Receivers::started("no_receiver_makes_an_attempt_need_more_than_a_mebibyte_or_its_time", &identity);
    // As the functions run it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(send_to_each(&receivers, &Senders::trusting(&identity.roots())));
}

async fn send_to_each(receivers: &Receivers, senders: &Senders) {
    for name in ORDINARY {
        measured(&senders.patient, receivers.url(name)).await;
        measured(&senders.impatient, receivers.url(name)).await;
    }
    let at_rest = MEMORY.current_usage();
    let (mut wrong, mut excessive) = (Vec::new(), Vec::new());
    for receiver in all_receivers() {
        let sender =
            if receiver.comes_to == ToError(Timeout) { &senders.impatient } else { &senders.patient };
        let (mut attempt, mut peak) = measured(sender, receivers.url(receiver.name)).await;
        for _ in 0..REPEATS {
            if peak <= BOUND {
                break;
            }
            // On a busy machine the connection before may end within this one's time. What is the receiver's doing comes again.
            (attempt, peak) = measured(sender, receivers.url(receiver.name)).await;
        }
        let comes = Comes::of(&attempt);
        say(&format!(
            "{:7.1} KiB {:5} ms  {}: {comes:?}",
            kib(peak),
            attempt.duration.as_millis(),
            receiver.name
        ));
        if comes != receiver.comes_to {
            wrong.push((receiver.name, attempt));
        }
        if peak > BOUND {
            excessive.push((receiver.name, peak));
        }
    }
    // A connection's memory is given back a moment after its socket.
    let left = || MEMORY.current_usage().saturating_sub(at_rest);
    let _ = timeout(PATIENCE, until(|| left() < LEFT_BEHIND)).await;
    let left = left();
    say(&format!("{:7.1} KiB left behind by all of them; {:.1} KiB at rest", kib(left), kib(at_rest)));
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(excessive.is_empty(), "more than {BOUND} bytes: {excessive:?}");
    assert!(left < LEFT_BEHIND, "{left} bytes are left behind");
}

/// One attempt, and the most that was held during it and until its connection was gone, beyond what was held before.
async fn measured(sender: &Sender, url: String) -> (Exchange, usize) {
    let request = post(&url);
    let sockets_before = sockets();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let attempt = timeout(PATIENCE, sender.send(request)).await.expect("the attempt has an end of its own");
    let connection_is_gone = until(|| sockets() <= sockets_before);
    timeout(PATIENCE, connection_is_gone).await.expect("the connection ends with its attempt");
    (attempt, MEMORY.peak_usage().saturating_sub(before))
}

/// Waits, and lets the tasks of this thread go on meanwhile; plain HTTP has threads of its own.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        yield_now().await;
    }
}

/// The sockets that this process has open.
fn sockets() -> usize {
    let is_socket =
        |path: PathBuf| fs::read_link(path).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"));
    let descriptors = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    descriptors.filter(|descriptor| is_socket(descriptor.path())).count()
}

/// Both with the product's sizes.
struct Senders {
    /// With the product's times, for receivers that come to an end: on a busy machine that may take a while.
    patient: Sender,
    /// With times that a test can wait for, for receivers that never do.
    impatient: Sender,
}

impl Senders {
    fn trusting(roots: &Roots) -> Self {
        let impatient = Limits { head: Duration::from_millis(500), ..Limits::default() };
        let sender = |limits| {
            let trusted = TrustedNetworks::parse("127.0.0.0/8").unwrap();
            Sender::new(trusted, Setup { limits, roots: roots.clone(), ..Setup::default() }).unwrap()
        };
        Self { patient: sender(Limits::default()), impatient: sender(impatient) }
    }
}

fn post(url: &str) -> Request {
    Request {
        method: Method::Post,
        url: url.parse().unwrap(),
        headers: vec![("content-type".parse().unwrap(), "application/json".parse().unwrap())],
        body: r#"{"hello":"world"}"#.into(),
        owner: Some("an account".to_owned()),
    }
}

fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}

fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
