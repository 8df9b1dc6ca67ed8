//! What is read and kept of a receiver's answer. Input: a `Retry-After`, a line break, how often the rest is repeated, a
//! line break; the rest is a chunk of the body.
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

use exchange::ExchangeOutcome;
use limits::Limits;

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
    let outcome = at_once(answer::read(response.into(), &Limits::default())).expect("a whole answer");
    let ExchangeOutcome::Answered { status: 200, body: kept, retry_after } = outcome else {
        panic!("{outcome:?}")
    };

    assert!(read.load(Ordering::Relaxed) < 16 * 1024 + chunk.len().max(1), "read on after 16 KiB");
    assert!(kept.len() <= 2 * 1024, "more than 2 KiB are kept");
    let text = String::from_utf8_lossy(&whole);
    assert!(text.starts_with(&kept), "not the start of the answer");
    // Four bytes are the longest character, which may not have found room.
    assert!(kept.len() == text.len() || kept.len() + 4 > 2 * 1024, "too little is kept");
    let short = header.as_ref().and_then(|header| header.to_str().ok()).filter(|header| header.len() <= 64);
    assert_eq!(retry_after.as_deref(), short);
});

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
