//! Answers that repeat what they were sent.

use egress::Request;
use http::HeaderValue;
use tokio::io::AsyncWriteExt;

use crate::receivers::{Receiver, read_request};
use crate::{answered, header, local, note, post, sender};

fn secret(name: &str, value: &str) -> (http::HeaderName, HeaderValue) {
    let (name, mut value) = header(name, value);
    value.set_sensitive(true);
    (name, value)
}

#[tokio::test]
async fn sensitive_header_values_are_masked_in_what_is_kept() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        let request = read_request(&mut stream).await;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", request.len());
        stream.write_all(format!("{head}{request}").as_bytes()).await.unwrap();
    })
    .await;
    let headers = vec![
        secret("x-key", "a-key-of-ours"),
        // alice:pa55wd
        secret("authorization", "Basic YWxpY2U6cGE1NXdk"),
        secret("x-short", "short"),
        header("webhook-id", "msg_0123456789"),
    ];
    let body = "{\"decoded\":\"alice, pa55wd\"}";
    let request = Request { headers, body: body.into(), ..post(&local(receiver.port)) };
    let attempt = sender().send(request).await;
    let (_, echoed) = answered(&attempt);
    for shown in
        ["x-key: ***\r\n", "authorization: ***\r\n", "x-short: short\r\n", "msg_0123456789", "\"***, ***\""]
    {
        assert!(echoed.contains(shown), "{shown} in {echoed}");
    }
}

#[tokio::test]
async fn a_value_across_the_cut_is_masked_before_it() {
    let filler = "x".repeat(2_040);
    let receiver = Receiver::answering(format!("HTTP/1.1 200 OK\r\n\r\n{filler}0123456789abcdef!")).await;
    let headers = vec![secret("x-key", "0123456789abcdef")];
    let attempt = sender().send(Request { headers, ..post(&local(receiver.port)) }).await;
    assert_eq!(answered(&attempt).1, format!("{filler}***!"));
}

#[tokio::test]
async fn a_redirect_that_repeats_a_value_is_masked_too() {
    let location = "location: https://example.com/?key=0123456789abcdef\r\n";
    let receiver = Receiver::answering(format!("HTTP/1.1 301 Moved\r\n{location}\r\n")).await;
    let headers = vec![secret("x-key", "0123456789abcdef")];
    let attempt = sender().send(Request { headers, ..post(&local(receiver.port)) }).await;
    assert!(note(&attempt).is_some_and(|note| note.ends_with("https://example.com/?key=***")), "{attempt:?}");
}
