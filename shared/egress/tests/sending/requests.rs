//! What a receiver gets, and what of its answer is kept.

use egress::ErrorCode::{BlockedAddress, Connect, Dns, Protocol, Timeout, Tls, Unsendable};
use egress::{ExchangeOutcome, Method, Request};

use crate::receivers::Receiver;
use crate::{SECRET, answered, errored, header, local, post, sender};

#[tokio::test]
async fn a_post_arrives_as_it_was_given() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    assert_eq!(answered(&attempt), (200, "ok"));

    let [request] = receiver.requests().try_into().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines.remove(0), "POST /s3cret?key=s3cret HTTP/1.1");
    lines.sort_unstable();
    let host = format!("host: 127.0.0.1:{}", receiver.port);
    assert_eq!(
        lines,
        [
            "accept: */*",
            "content-length: 17",
            "content-type: application/json",
            &host,
            "user-agent: webhooks/1",
            "x-token: s3cret"
        ]
    );
    assert_eq!(body, r#"{"hello":"world"}"#);
}

#[tokio::test]
async fn a_get_has_no_body_and_its_query_as_it_was_given() {
    let receiver = Receiver::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let url = format!("http://127.0.0.1:{}/hook?b=2&a=1&a=x+y%20z%C3%BC&t=[%22q%22]", receiver.port);
    let get = Request { method: Method::Get, headers: vec![], ..post(&url) };
    assert_eq!(answered(&sender().send(get).await), (204, ""));

    let [request] = receiver.requests().try_into().unwrap();
    assert!(request.starts_with("GET /hook?b=2&a=1&a=x+y%20z%C3%BC&t=[%22q%22] HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n") && !request.contains("content-length"), "{request}");
}

#[tokio::test]
async fn a_custom_user_agent_and_accept_replace_the_senders() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let headers = vec![header("user-agent", "mine/2"), header("accept", "text/plain")];
    answered(&sender().send(Request { headers, ..post(&local(receiver.port)) }).await);
    let [request] = receiver.requests().try_into().unwrap();
    assert_eq!(request.matches("user-agent: ").count(), 1);
    assert!(
        request.contains("user-agent: mine/2\r\n") && request.contains("accept: text/plain\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn a_header_that_frames_the_request_is_not_sent() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    for name in
        ["Host", "content_length", "transfer-encoding", "connection", "te", "expect", "proxy_authorization"]
    {
        let request = Request { headers: vec![header(name, SECRET)], ..post(&local(receiver.port)) };
        assert_eq!(errored(&sender().send(request).await).0, Unsendable, "{name}");
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_url_with_a_user_name_or_password_is_not_called() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    for credentials in ["user@", "user:s3cret@", ":s3cret@"] {
        let url = format!("http://{credentials}127.0.0.1:{}/", receiver.port);
        let attempt = sender().send(post(&url)).await;
        let expected = "the URL must not contain a user name or a password";
        assert_eq!(errored(&attempt), (Unsendable, expected));
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_url_of_another_scheme_is_not_called() {
    for url in ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "data:text/plain,x"] {
        assert_eq!(errored(&sender().send(post(url)).await).0, Unsendable, "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let target = Receiver::answering("HTTP/1.1 200 OK\r\n\r\n").await;
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
            target.port
        );
        let receiver = Receiver::answering(answer).await;
        assert_eq!(answered(&sender().send(post(&local(receiver.port))).await).0, status);
        assert_eq!(receiver.connections(), 1);
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_nonsense_is_an_answer() {
    let receiver =
        Receiver::answering(b"HTTP/1.1 302 Found\r\nlocation: http://[::\xff\r\n\r\n".as_slice()).await;
    assert_eq!(answered(&sender().send(post(&local(receiver.port))).await).0, 302);
}

#[tokio::test]
async fn retry_after_is_reported_as_it_came() {
    let cases = [
        ("retry-after: 120\r\n", Some("120")),
        ("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", Some("Wed, 21 Oct 2026 07:28:00 GMT")),
        ("", None),
        (&*format!("retry-after: {}\r\n", "9".repeat(65)), None),
    ];
    for (line, expected) in cases {
        let receiver =
            Receiver::answering(format!("HTTP/1.1 503 Busy\r\n{line}content-length: 0\r\n\r\n")).await;
        let attempt = sender().send(post(&local(receiver.port))).await;
        let ExchangeOutcome::Answered { status: 503, retry_after, .. } = attempt.outcome else {
            panic!("{attempt:?}");
        };
        assert_eq!(retry_after.as_deref(), expected);
    }
}

#[tokio::test]
async fn two_kib_of_an_answer_are_kept_and_no_character_is_cut() {
    let text = format!("a{}", "é".repeat(3_000));
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len());
    let receiver = Receiver::answering(answer).await;
    let attempt = sender().send(post(&local(receiver.port))).await;
    assert_eq!(answered(&attempt), (200, &text[..2_047]));
}

#[tokio::test]
async fn an_answer_that_is_not_utf8_is_kept_as_text() {
    let receiver =
        Receiver::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na\xffb".as_slice()).await;
    assert_eq!(answered(&sender().send(post(&local(receiver.port))).await), (200, "a\u{fffd}b"));
}

#[tokio::test]
async fn a_compressed_answer_is_not_expanded() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00";
    let receiver = Receiver::answering(answer.as_slice()).await;
    assert_eq!(answered(&sender().send(post(&local(receiver.port))).await), (200, "\x1f\u{fffd}\x08\0"));
}

#[test]
fn a_request_that_is_printed_shows_no_path_query_or_header_value() {
    let printed = format!("{:?}", post(&local(8080)));
    assert!(printed.contains("127.0.0.1") && printed.contains("x-token"), "{printed}");
    assert!(!printed.contains(SECRET) && !printed.contains("hello"), "{printed}");
}

#[test]
fn an_error_code_has_the_same_name_in_json() {
    for code in [BlockedAddress, Dns, Connect, Tls, Timeout, Protocol, Unsendable] {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
    assert_eq!(BlockedAddress.as_str(), "blocked_address");
}
