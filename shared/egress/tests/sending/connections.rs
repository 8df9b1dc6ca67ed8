//! Connections: they are kept for a moment, and one that died meanwhile costs no attempt.

use std::time::Duration;

use addresses::TrustedNetworks;
use egress::ErrorCode::{Connect, Timeout};
use egress::{Request, Sender, Setup};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::receivers::{Receiver, read_request};
use crate::{answered, errored, local, post, quick_limits, sender};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_connection_is_used_again() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        for _ in 0..3 {
            read_request(&mut stream).await;
            stream.write_all(OK).await.unwrap();
        }
    })
    .await;
    let sender = sender();
    for _ in 0..3 {
        assert_eq!(answered(&sender.send(post(&local(receiver.port))).await), (200, "ok"));
    }
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn one_connection_never_carries_the_requests_of_two_accounts() {
    let receiver = Receiver::behaving(|mut stream, requests| async move {
        loop {
            let request = read_request(&mut stream).await;
            if request.is_empty() {
                return;
            }
            requests.lock().unwrap().push(request);
            stream.write_all(OK).await.unwrap();
        }
    })
    .await;
    let sender = sender();
    let of = |owner: Option<&str>| {
        let request = Request { owner: owner.map(str::to_owned), ..post(&local(receiver.port)) };
        async { assert_eq!(answered(&sender.send(request).await), (200, "ok")) }
    };
    for owner in ["a", "b", "a", "b", "b", "a"] {
        of(Some(owner)).await;
    }
    assert_eq!(receiver.connections(), 2);
    // Nobody's goes out on a connection of its own.
    of(None).await;
    of(None).await;
    assert_eq!(receiver.connections(), 4);
    // Of more owners than a batch has, those that were used longest ago are forgotten.
    for owner in 0..10 {
        of(Some(&format!("owner {owner}"))).await;
    }
    assert_eq!(receiver.connections(), 14);
    of(Some("a")).await;
    of(Some("owner 9")).await;
    assert_eq!(receiver.connections(), 15);
}

#[tokio::test]
async fn a_receiver_that_closes_idle_connections_costs_no_attempt() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        read_request(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        sleep(Duration::from_millis(20)).await;
    })
    .await;
    let sender = sender();
    for pause in [0, 19, 20, 21, 60] {
        assert_eq!(answered(&sender.send(post(&local(receiver.port))).await), (200, "ok"));
        sleep(Duration::from_millis(pause)).await;
    }
    assert_eq!(receiver.connections(), 5);
}

#[tokio::test]
async fn a_receiver_that_takes_a_second_request_and_closes_costs_no_attempt() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        read_request(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        read_request(&mut stream).await;
    })
    .await;
    let sender = sender();
    for connections in 1..=3 {
        assert_eq!(answered(&sender.send(post(&local(receiver.port))).await), (200, "ok"));
        assert_eq!(receiver.connections(), connections);
    }
}

#[tokio::test]
async fn a_slow_receiver_gets_a_request_once() {
    let receiver = Receiver::behaving(|mut stream, requests| async move {
        for pause in [0, 800] {
            let request = read_request(&mut stream).await;
            requests.lock().unwrap().push(request);
            sleep(Duration::from_millis(pause)).await;
            stream.write_all(OK).await.unwrap();
        }
    })
    .await;
    let sender = sender();
    for _ in 0..2 {
        assert_eq!(answered(&sender.send(post(&local(receiver.port))).await), (200, "ok"));
    }
    assert_eq!((receiver.connections(), receiver.requests().len()), (1, 2));
}

#[tokio::test]
async fn a_sender_that_keeps_no_connections_sends_nothing_twice() {
    let receiver = Receiver::behaving(|mut stream, _| async move {
        read_request(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        read_request(&mut stream).await;
    })
    .await;
    let setup = Setup { limits: quick_limits(), keep_connections: false, ..Setup::default() };
    let sender = Sender::new(TrustedNetworks::parse("127.0.0.0/8").unwrap(), setup).unwrap();
    for connections in 1..=3 {
        assert_eq!(answered(&sender.send(post(&local(receiver.port))).await), (200, "ok"));
        assert_eq!(receiver.connections(), connections);
    }
}

#[tokio::test]
async fn a_request_on_a_fresh_connection_is_never_sent_twice() {
    let receiver = Receiver::answering("").await;
    errored(&sender().send(post(&local(receiver.port))).await);
    sleep(Duration::from_millis(50)).await;
    assert_eq!((receiver.connections(), receiver.requests().len()), (1, 1));
}

#[tokio::test]
async fn many_requests_are_sent_at_once() {
    let receiver = Receiver::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let sending: Vec<_> = (0..20)
        .map(|_| {
            let (sender, request) = (sender(), post(&local(receiver.port)));
            tokio::spawn(async move { sender.send(request).await })
        })
        .collect();
    for sent in sending {
        assert_eq!(answered(&sent.await.unwrap()), (200, "ok"));
    }
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let attempt = sender().send(post(&local(port))).await;
    assert_eq!(errored(&attempt), (Connect, &*format!("connection refused by 127.0.0.1:{port}")));
}

#[tokio::test]
async fn a_host_that_does_not_take_connections_is_a_timeout() {
    // A full backlog: the kernel drops what asks for another connection.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut filling = Vec::new();
    while let Ok(connected) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        filling.push(connected.unwrap());
    }
    let attempt = sender().send(post(&local(address.port()))).await;
    let expected = format!("no connection to {address} within 0.6 s");
    assert_eq!(errored(&attempt), (Timeout, &*expected));
    assert!(attempt.duration < Duration::from_millis(900), "{attempt:?}");
}
