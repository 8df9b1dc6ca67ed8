//! What is read and kept of a receiver's answer. Input: a `Retry-After`, a line break, how often the rest is repeated, a
//! line break; the rest is a chunk of the body. The `Retry-After` is also what was sent as a secret, and as a `Location` comes
//! back.
//!
//! The files are compiled from shared/egress as they are: the crate as a whole would bring its TLS stack, which this has no
//! use for and which takes longer to build than everything else here.
#![no_main]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame};
use libfuzzer_sys::fuzz_target;

#[path = "../../../shared/egress/src/answer.rs"]
mod answer;
#[allow(dead_code, reason = "only the outcome is used")]
#[path = "../../../shared/egress/src/exchange.rs"]
mod exchange;
#[allow(dead_code, reason = "it reads answers and keeps no connections")]
#[path = "../../../shared/egress/src/limits.rs"]
mod limits;
#[path = "../../../shared/egress/src/mask.rs"]
mod mask;
#[allow(dead_code, reason = "only the method is used")]
#[path = "../../../shared/egress/src/request.rs"]
mod request;

use answer::Sent;
use exchange::ExchangeOutcome;
use limits::Limits;
use mask::Mask;
use request::Method;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let header = parts.next().unwrap_or_default();
    let repeated = parts.next().and_then(|part| str::from_utf8(part).ok()?.parse().ok()).unwrap_or(1);
    let chunk = Bytes::copy_from_slice(parts.next().unwrap_or_default());
    let chunks = vec![chunk.clone(); usize::min(repeated, 20_000 / chunk.len().max(10))];
    let whole = chunks.concat();

    let read = Arc::new(AtomicUsize::new(0));
    let mut response =
        http::Response::new(reqwest::Body::wrap(Chunks { left: chunks.into(), read: Arc::clone(&read) }));
    let header = http::HeaderValue::from_bytes(header).ok();
    response.headers_mut().extend(header.clone().map(|header| (http::header::RETRY_AFTER, header)));
    response.headers_mut().extend(header.clone().map(|header| (http::header::LOCATION, header)));
    *response.status_mut() = if repeated == 1 { http::StatusCode::FOUND } else { http::StatusCode::OK };
    let mut response: reqwest::Response = response.into();
    let (mut body, limits) = (Vec::new(), Limits::default());
    at_once(answer::read_body(&mut response, &mut body, limits.answer_read)).expect("a whole answer");
    assert!(whole.starts_with(&body) && body.len() <= limits.answer_read);
    let of = |secret: Option<&http::HeaderValue>| {
        let sent = Sent { method: Method::Post, mask: Mask::of(secret.into_iter()) };
        match answer::answered(&response, &body, None, &sent, &limits) {
            ExchangeOutcome::Answered { body, retry_after, note, .. } => (body, retry_after, note),
            errored @ ExchangeOutcome::Errored { .. } => panic!("{errored:?}"),
        }
    };
    let (kept, retry_after, note) = of(None);
    assert_eq!(note.is_some(), repeated == 1, "a redirect has a note");
    check_masked(header.as_ref(), &of(header.as_ref()));

    assert!(read.load(Ordering::Relaxed) < 16 * 1024 + chunk.len().max(1), "read on after 16 KiB");
    assert!(kept.len() <= 2 * 1024, "more than 2 KiB are kept");
    let text = String::from_utf8_lossy(&whole);
    assert!(text.starts_with(&kept), "not the start of the answer");
    // Four bytes are the longest character, which may not have found room.
    assert!(kept.len() == text.len() || kept.len() + 4 > 2 * 1024, "too little is kept");
    let short = header.as_ref().and_then(|header| header.to_str().ok()).filter(|header| header.len() <= 64);
    assert_eq!(retry_after.as_deref(), short);
});

/// A secret of eight characters is not in what is kept; nor is its masking longer than what is kept may be.
fn check_masked(
    secret: Option<&http::HeaderValue>,
    (kept, _, note): &(String, Option<String>, Option<String>),
) {
    assert!(kept.len() <= 2 * 1024, "more than 2 KiB are kept");
    let Some(secret) = secret.and_then(|secret| str::from_utf8(secret.as_bytes()).ok()) else { return };
    // White space around a header's value is none of it.
    let secret = secret.trim();
    // What masks are made of, and what broken UTF-8 becomes.
    if secret.chars().count() >= 8 && !secret.contains(['*', '\u{fffd}']) {
        assert!(!kept.contains(secret), "a secret is kept");
        assert!(!note.as_ref().is_some_and(|note| note.contains(&format!("new URL: {secret}"))), "and told");
    }
}

/// A body that comes in pieces, and notes how many bytes were taken of it.
struct Chunks {
    left: VecDeque<Bytes>,
    read: Arc<AtomicUsize>,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.left.pop_front();
        self.read.fetch_add(chunk.as_ref().map_or(0, Bytes::len), Ordering::Relaxed);
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a body in memory does not let wait"),
    }
}
