//! Answers that break the grammar, or end before they are over: their status line decides.

use std::time::Duration;

use egress::{ErrorCode, Exchange, Method, Request};
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use crate::certificates::{Authority, tls_receiver_hanging_up};
use crate::receivers::{Receiver, read_request};
use crate::resolvers::Scripted;
use crate::{answered, errored, local, note, post, sender, sender_with};

async fn of(answer: impl Into<Vec<u8>>) -> Exchange {
    let receiver = Receiver::answering(answer).await;
    sender().send(post(&local(receiver.port))).await
}

#[tokio::test]
async fn headers_that_break_the_grammar_are_overlooked() {
    for odd in [
        "X-A : v",
        "Set-Cookie: a=\u{1}b",
        "X-Folded: one\r\n two\r\n\tthree",
        " folded: at the beginning",
        "X-A: ends in LF alone\nX-B: v",
        "\u{1}\u{2}",
        "Transfer-Encoding: gzip",
        "no colon",
        ": no name",
        "x y: z",
        "(x): y",
        "X-\u{e9}: y",
    ] {
        for status in [200, 500] {
            let attempt = of(format!("HTTP/1.1 {status} So\r\n{odd}\r\ncontent-length: 2\r\n\r\nok")).await;
            assert_eq!(answered(&attempt), (status, "ok"), "{odd:?}");
        }
    }
}

/// Nothing tells hyper to overlook these, nor has it a word for the status line that it has read before them.
#[tokio::test]
async fn headers_that_cannot_be_split_or_contradict_each_other_are_no_answer() {
    for (version, odd) in [
        ("1.1", "X-A: a\0b"),
        ("1.1", "X\0A: v"),
        ("1.1", "X-A: a\rb"),
        ("1.1", "Content-Length: abc"),
        ("1.1", "Content-Length: -1"),
        ("1.1", "Content-Length:"),
        ("1.1", "Content-Length: 2\r\nContent-Length: 3"),
        ("1.0", "Transfer-Encoding: chunked"),
    ] {
        let attempt = of(format!("HTTP/{version} 200 OK\r\n{odd}\r\n\r\nok")).await;
        let (code, message) = errored(&attempt);
        assert!(
            code == ErrorCode::Protocol && message.contains("headers cannot be read"),
            "{odd:?}: {message}"
        );
    }
}

#[tokio::test]
async fn more_than_a_hundred_headers_are_taken_and_noted() {
    for count in [98, 102, 900] {
        let headers = (0..count).map(|n| format!("x-{n}: y\r\n")).collect::<Vec<_>>().concat();
        let attempt = of(format!("HTTP/1.1 200 OK\r\n{headers}content-length: 2\r\n\r\nok")).await;
        assert_eq!(answered(&attempt), (200, "ok"), "{count}");
        let expected = (count > 99).then(|| format!("the answer has {} headers", count + 1));
        assert_eq!(note(&attempt), expected.as_deref());
    }
}

#[tokio::test]
async fn a_body_that_is_cut_changes_nothing_and_is_noted() {
    for (answer, body) in [
        ("content-length: 100\r\n\r\nhalf", "half"),
        ("content-length: 100\r\n\r\n", ""),
        ("transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n8\r\n", "half"),
    ] {
        for status in [200, 404] {
            let attempt = of(format!("HTTP/1.1 {status} So\r\n{answer}")).await;
            assert_eq!(answered(&attempt), (status, body), "{answer:?}");
            let expected = "the connection ended before the answer's body did, or without TLS's close_notify";
            assert_eq!(note(&attempt), Some(expected), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_what_its_headers_say_changes_nothing_and_is_noted() {
    let attempt = of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nnot a size\r\n").await;
    assert_eq!(answered(&attempt), (200, "ok"));
    assert_eq!(note(&attempt), Some("the answer's body is not what its headers say"));
}

#[tokio::test]
async fn a_body_that_dribbles_or_never_ends_changes_nothing_and_is_noted() {
    for pause in [Duration::from_millis(10), Duration::from_mins(1)] {
        let receiver = Receiver::behaving(move |mut stream, _| async move {
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx").await.unwrap();
            while stream.write_all(b"x").await.is_ok() {
                sleep(pause).await;
            }
        })
        .await;
        let attempt = sender().send(post(&local(receiver.port))).await;
        let (status, body) = answered(&attempt);
        assert!(status == 200 && body.starts_with('x') && body.len() < 1_000, "{body}");
        assert_eq!(note(&attempt), Some("the answer's body did not end within 0.3 s"));
        assert!(attempt.duration < Duration::from_millis(900), "{attempt:?}");
    }
}

#[tokio::test]
async fn a_head_that_comes_late_leaves_the_body_its_time() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        read_request(&mut stream).await;
        sleep(Duration::from_millis(1_100)).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n").await.unwrap();
        sleep(Duration::from_millis(200)).await;
        stream.write_all(b"ok").await.unwrap();
    })
    .await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    assert_eq!((answered(&attempt), note(&attempt)), ((200, "ok"), None));
}

/// As Python's http.server behind `ssl` does it.
#[tokio::test]
async fn a_connection_closed_without_close_notify_changes_nothing() {
    for (head, noted) in [("", true), ("content-length: 2\r\n", false), ("content-length: 9\r\n", true)] {
        let authority = Authority::named("a test authority");
        let identity = authority.issue("receiver.test", |_| {});
        let answer = format!("HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6\r\n{head}\r\nok");
        let receiver = tls_receiver_hanging_up(identity, answer).await;
        let resolver = Scripted::saying(&[&["127.0.0.1"]]);
        let sender = sender_with(resolver, "127.0.0.0/8", authority.roots());
        for _ in 0..2 {
            let attempt = sender.send(post(&format!("https://receiver.test:{}/", receiver.port))).await;
            assert_eq!(answered(&attempt), (200, "ok"), "{head}");
            assert_eq!(note(&attempt).is_some(), noted, "{head}");
        }
    }
}

#[tokio::test]
async fn a_redirect_says_what_to_do() {
    let advice = "redirects are not followed: the endpoint has to answer 2xx itself";
    let of = async |location: &str, method| {
        let receiver =
            Receiver::answering(format!("HTTP/1.1 302 Found\r\n{location}content-length: 0\r\n\r\n")).await;
        let url = format!("http://127.0.0.1:{}/hook?type=call.finished", receiver.port);
        let request = Request { method, ..post(&url) };
        (receiver.port, note(&sender().send(request).await).unwrap().to_owned())
    };
    let moved = |url: String| format!("{advice}, or, if it has moved, save its new URL: {url}");
    assert_eq!(of("", Method::Post).await.1, advice);
    assert_eq!(of("location: mailto:a@example.com\r\n", Method::Post).await.1, advice);
    let (_, elsewhere) = of("location: https://example.com/new?a=b#top\r\n", Method::Post).await;
    assert_eq!(elsewhere, moved("https://example.com/new?a=b".to_owned()));
    let (port, relative) = of("location: /hook/?type=call.finished\r\n", Method::Post).await;
    assert_eq!(relative, moved(format!("http://127.0.0.1:{port}/hook/?type=call.finished")));
    // The query of a GET is the payload.
    let (port, relative) = of("location: /hook/?type=call.finished\r\n", Method::Get).await;
    assert_eq!(relative, moved(format!("http://127.0.0.1:{port}/hook/")));
}

#[tokio::test]
async fn what_is_in_order_has_no_note() {
    assert_eq!(note(&of("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await), None);
    // More than is read.
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n{}", "x".repeat(99_999));
    assert_eq!(note(&of(long).await), None);
}
