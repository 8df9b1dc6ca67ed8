//! Receivers that want the sender's time or memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use egress::ErrorCode::{Protocol, Timeout};
use egress::{Request, Roots};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::receivers::{Receiver, read_request};
use crate::resolvers::Scripted;
use crate::{answered, errored, local, post, quick_limits, sender, sender_with};

const FOREVER: Duration = Duration::from_mins(1);

/// Answers with these bytes and then holds the connection open.
async fn stuck_after(answer: &'static [u8]) -> Receiver {
    Receiver::behaving(move |mut stream, _| async move {
        read_request(&mut stream).await;
        stream.write_all(answer).await.unwrap();
        sleep(FOREVER).await;
    })
    .await
}

/// Writes `first`, and then `again` until the sender is gone or 1 GB is written. Counts the bytes.
async fn endless(first: &'static [u8], again: Vec<u8>) -> (Receiver, Arc<AtomicUsize>) {
    let written = Arc::new(AtomicUsize::new(0));
    let (count, again) = (Arc::clone(&written), Arc::new(again));
    let receiver = Receiver::behaving(move |mut stream, _| {
        let (count, again) = (Arc::clone(&count), Arc::clone(&again));
        async move {
            read_request(&mut stream).await;
            stream.write_all(first).await.unwrap();
            while count.load(Ordering::Relaxed) < 1_000_000_000 && stream.write_all(&again).await.is_ok() {
                count.fetch_add(again.len(), Ordering::Relaxed);
            }
        }
    })
    .await;
    (receiver, written)
}

#[tokio::test]
async fn silence_before_the_answer_is_a_timeout() {
    let receiver = stuck_after(b"").await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    let expected = format!("no answer from 127.0.0.1:{} within 1.2 s", receiver.port);
    assert_eq!(errored(&attempt), (Timeout, &*expected));
    assert!(attempt.duration >= quick_limits().head);
}

#[tokio::test]
async fn silence_within_the_headers_is_a_timeout() {
    let receiver = stuck_after(b"HTTP/1.1 200 OK\r\ncontent-le").await;
    assert_eq!(errored(&sender().send(post(&local(receiver.port))).await).0, Timeout);
}

#[tokio::test]
async fn a_receiver_that_does_not_read_the_request_is_a_timeout() {
    let receiver = Receiver::behaving(|stream, _| async move {
        sleep(FOREVER).await;
        drop(stream);
    })
    .await;
    let request = Request { body: vec![b'x'; 16 << 20].into(), ..post(&local(receiver.port)) };
    assert_eq!(errored(&sender().send(request).await).0, Timeout);
}

#[tokio::test]
async fn provisional_answers_without_end_are_a_timeout() {
    let (receiver, _) = endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()).await;
    assert_eq!(errored(&sender().send(post(&local(receiver.port))).await).0, Timeout);
}

/// What keeps hyper parsing is kept from everything else by where it runs, not by how long it takes, which depends on the
/// machine. The resolver is asked on the thread on which the request is made.
#[tokio::test]
async fn plain_http_is_spoken_on_threads_of_its_own_and_https_is_not() {
    let here = thread::current().id();
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let resolver = Scripted::saying(&[&["127.0.0.1"]]);
    let sender = sender_with(resolver.clone(), "127.0.0.0/8", Roots::of([]));
    for scheme in ["http", "http", "https"] {
        sender.send(post(&format!("{scheme}://receiver.test:{}/", receiver.port))).await;
    }
    let is_here: Vec<bool> = resolver.threads().into_iter().map(|thread| thread == here).collect();
    assert_eq!(is_here, [false, false, true]);
}

#[tokio::test]
async fn an_attempt_that_is_given_up_ends_its_connection() {
    let hung_up = Arc::new(Notify::new());
    let noticed = Arc::clone(&hung_up);
    let receiver = Receiver::behaving(move |mut stream, _| {
        let noticed = Arc::clone(&noticed);
        async move {
            read_request(&mut stream).await;
            while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_ok() {}
            noticed.notify_one();
        }
    })
    .await;
    let sender = sender();
    let attempt = sender.send(post(&local(receiver.port)));
    timeout(quick_limits().head / 4, attempt).await.unwrap_err();
    timeout(FOREVER, hung_up.notified()).await.unwrap();
}

#[tokio::test]
async fn an_answer_of_a_gigabyte_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
    let (receiver, written) = endless(head, vec![b'x'; 16 * 1024]).await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    assert_eq!(answered(&attempt), (200, &*"x".repeat(2_048)));
    sleep(Duration::from_millis(200)).await;
    let at_the_end = written.load(Ordering::Relaxed);
    sleep(Duration::from_millis(200)).await;
    assert_eq!(written.load(Ordering::Relaxed), at_the_end, "the connection is still read from");
    // What the kernel's socket buffers on both ends took.
    assert!(at_the_end < 16 << 20, "{at_the_end} bytes were written");
}

#[tokio::test]
async fn an_endless_chunked_answer_is_cut_off() {
    let head = b"HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n";
    let (receiver, _) = endless(head, b"4\r\nabcd\r\n".repeat(512)).await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    assert_eq!(answered(&attempt), (500, &*"abcd".repeat(512)));
}

#[tokio::test]
async fn ten_thousand_headers_are_not_an_answer() {
    let headers = (0..10_000).map(|n| format!("x-{n}: y\r\n")).collect::<Vec<_>>().concat();
    let receiver = Receiver::answering(format!("HTTP/1.1 200 OK\r\n{headers}\r\n")).await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    let expected = format!(
        "the answer from 127.0.0.1:{} is not HTTP/1.1, or its headers cannot be read, are too many or too large",
        receiver.port
    );
    assert_eq!(errored(&attempt), (Protocol, &*expected));
}

#[tokio::test]
async fn a_header_without_end_is_not_an_answer() {
    let (receiver, written) = endless(b"HTTP/1.1 200 OK\r\nx-y: ", vec![b'z'; 16 * 1024]).await;
    assert_eq!(errored(&sender().send(post(&local(receiver.port))).await).0, Protocol);
    assert!(written.load(Ordering::Relaxed) < 16 << 20);
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    for answer in [
        b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(),
        b"\x16\x03\x01\x02\x00",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 two OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"<html>hello</html>",
        b"\r\n\r\n\r\n",
        b"",
    ] {
        let receiver = Receiver::answering(answer).await;
        let attempt = sender().send(post(&local(receiver.port))).await;
        assert_eq!(errored(&attempt).0, Protocol, "{}", answer.escape_ascii());
    }
}

#[tokio::test]
async fn a_head_that_ends_half_way_is_a_protocol_error() {
    for answer in ["HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\nx-y: z\r\n", "HTTP/1.1 2"] {
        let receiver = Receiver::answering(answer).await;
        assert_eq!(errored(&sender().send(post(&local(receiver.port))).await).0, Protocol, "{answer}");
    }
}

#[tokio::test]
async fn a_reset_connection_is_a_protocol_error() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        read_request(&mut stream).await;
        // Closed with a request that was not read to its end, a socket sends RST.
        stream.set_zero_linger().unwrap();
    })
    .await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    let expected =
        format!("127.0.0.1:{} closed the connection before its answer was complete", receiver.port);
    assert_eq!(errored(&attempt), (Protocol, &*expected));
}
