//! Hosts that are names, and hosts that are addresses in disguise.

use std::sync::Arc;

use addresses::{EndpointPorts, TrustedNetworks};
use egress::ErrorCode::{BlockedAddress, Dns};
use egress::{Roots, Sender, Setup, SystemResolver};

use crate::receivers::Receiver;
use crate::resolvers::{Failing, Scripted, Silent};
use crate::{answered, errored, post, sender_with};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Spellings of loopback that URL parsers, resolvers and operating systems have taken for it.
const LOOPBACK_SPELLINGS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "0x7f000001",
    "0x7f.1",
    "0x7F.0x0.0x0.0x1",
    "0177.0.0.1",
    "0177.0.0.01",
    "017700000001",
    "2130706433",
    "127.0.0.1.",
    "127.1.",
    "127.000.000.001",
    "%31%32%37.0.0.1",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:0:0:0:0:80ff:fffe]",
    "localhost",
    "LocalHost",
];

/// Further places that only we can reach.
const PRIVATE_LITERALS: &[&str] = &[
    "169.254.169.254",
    "0xA9FEA9FE",
    "2852039166",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[fd00:ec2::254]",
    "169.254.170.2",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "[fe80::1]",
    "[fc00::1]",
    "224.0.0.1",
    "255.255.255.255",
];

#[tokio::test]
async fn no_spelling_of_a_private_address_is_called() {
    let sender = sender_with(SystemResolver, "", Roots::of([]));
    for host in LOOPBACK_SPELLINGS.iter().chain(PRIVATE_LITERALS) {
        for scheme in ["https", "http"] {
            let attempt = sender.send(post(&format!("{scheme}://{host}:8443/"))).await;
            let is_name = host.eq_ignore_ascii_case("localhost");
            let expected = if is_name { Dns } else { BlockedAddress };
            assert_eq!(errored(&attempt).0, expected, "{scheme} {host}");
        }
    }
}

#[tokio::test]
async fn every_spelling_of_a_trusted_address_is_called() {
    let receiver = Receiver::answering(OK).await;
    let sender = sender_with(SystemResolver, "127.0.0.1/32", Roots::of([]));
    for host in ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"] {
        let attempt = sender.send(post(&format!("http://{host}:{}/", receiver.port))).await;
        assert_eq!(answered(&attempt).0, 200, "{host}");
    }
}

#[test]
fn an_address_with_a_zone_is_not_a_url() {
    for text in ["http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "https://[::1%lo]/"] {
        assert!(text.parse::<url::Url>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn the_message_about_an_address_names_it() {
    let sender = sender_with(SystemResolver, "", Roots::of([]));
    let attempt = sender.send(post("https://0x7f.1/")).await;
    assert_eq!(errored(&attempt), (BlockedAddress, "127.0.0.1 is not on the public internet"));
    let attempt = sender.send(post("http://8.8.8.8/")).await;
    let expected = "8.8.8.8 may only be called over https: it is outside the trusted networks";
    assert_eq!(errored(&attempt), (BlockedAddress, expected));
}

#[tokio::test]
async fn a_name_with_only_private_addresses_is_not_called() {
    let resolver = Scripted::saying(&[&["10.0.0.1", "127.0.0.1", "::1", "::ffff:169.254.169.254"]]);
    let sender = sender_with(resolver, "", Roots::of([]));
    let attempt = sender.send(post("https://receiver.test/")).await;
    // As of a name that has no address at all: which names exist in a private network is nobody's business.
    assert_eq!(errored(&attempt), (Dns, "receiver.test does not resolve to a public address"));
}

#[tokio::test]
async fn of_a_name_with_a_permitted_and_a_private_address_only_the_permitted_one_is_called() {
    let permitted = Receiver::answering(OK).await;
    let private = Receiver::at("127.0.0.2", |_, _| async {}).await;
    // Whichever comes first, and whichever of the two ports is called.
    for addresses in [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]] {
        let sender = sender_with(Scripted::saying(&[&addresses]), "127.0.0.1/32", Roots::of([]));
        let attempt = sender.send(post(&format!("http://receiver.test:{}/", permitted.port))).await;
        assert_eq!(answered(&attempt).0, 200);
        errored(&sender.send(post(&format!("http://receiver.test:{}/", private.port))).await);
    }
    assert_eq!(private.connections(), 0);
}

#[tokio::test]
async fn a_name_that_changes_after_it_was_judged_is_not_asked_again() {
    let judged = Receiver::answering(OK).await;
    let resolver = Scripted::saying(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let sender = sender_with(resolver.clone(), "127.0.0.1/32", Roots::of([]));
    let url = format!("http://receiver.test:{}/", judged.port);

    assert_eq!(answered(&sender.send(post(&url)).await).0, 200);
    assert_eq!(resolver.asked(), ["receiver.test"]);
    assert_eq!(errored(&sender.send(post(&url)).await).0, Dns);
    assert_eq!(resolver.asked().len(), 2);
    assert_eq!(judged.connections(), 1);
}

#[tokio::test]
async fn a_dot_at_the_end_of_a_name_changes_nothing() {
    let sender = sender_with(Scripted::saying(&[&["127.0.0.1"]]), "", Roots::of([]));
    assert_eq!(errored(&sender.send(post("https://receiver.test./")).await).0, Dns);

    let receiver = Receiver::answering(OK).await;
    let sender = sender_with(Scripted::saying(&[&["127.0.0.1"]]), "127.0.0.0/8", Roots::of([]));
    assert_eq!(
        answered(&sender.send(post(&format!("http://receiver.test.:{}/", receiver.port))).await).0,
        200
    );
}

#[tokio::test]
async fn plain_http_goes_only_to_trusted_addresses() {
    let sender = sender_with(Scripted::saying(&[&["8.8.8.8", "10.0.0.1"]]), "", Roots::of([]));
    let attempt = sender.send(post("http://receiver.test/")).await;
    let expected = "receiver.test does not resolve to an address in the trusted networks; \
                    others are called over https only";
    assert_eq!(errored(&attempt), (Dns, expected));
}

#[tokio::test]
async fn outside_the_trusted_networks_only_the_ports_of_endpoints_are_called() {
    let sender = sender_with(Scripted::saying(&[&["8.8.8.8", "10.0.0.1"]]), "", Roots::of([]));
    for host in ["receiver.test", "8.8.8.8", "10.0.0.1", "[2606:4700::1111]"] {
        for port in [22, 80, 444, 5432, 65_535] {
            let attempt = sender.send(post(&format!("https://{host}:{port}/"))).await;
            let expected = format!(
                "{host}:{port} may not be called: outside the trusted networks, port {port} is not for endpoints"
            );
            assert_eq!(errored(&attempt), (BlockedAddress, &*expected));
        }
    }
    // What a name leads to, and whether it leads anywhere, stays unsaid.
    for resolver in [Scripted::saying(&[&["10.0.0.1"]]), Scripted::saying(&[&[]])] {
        let attempt = sender_with(resolver, "", Roots::of([])).send(post("https://vm.test:22/")).await;
        let expected =
            "vm.test:22 may not be called: outside the trusted networks, port 22 is not for endpoints";
        assert_eq!(errored(&attempt), (BlockedAddress, expected));
    }
}

#[tokio::test]
async fn the_ports_of_endpoints_are_https_8443_and_a_parameters() {
    // A name without an address gets as far as its lookup.
    for (url, code) in [
        ("https://nowhere.test/", Dns),
        ("https://nowhere.test:443/", Dns),
        ("https://nowhere.test:8443/", Dns),
        ("https://nowhere.test:9443/", Dns),
        ("https://nowhere.test:9444/", BlockedAddress),
    ] {
        let ports = EndpointPorts::parse("9443").unwrap();
        let setup = Setup { resolver: Arc::new(Failing), ports, ..Setup::default() };
        let sender = Sender::new(TrustedNetworks::default(), setup).unwrap();
        assert_eq!(errored(&sender.send(post(url)).await).0, code, "{url}");
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_a_dns_error() {
    let unknown = sender_with(Failing, "", Roots::of([]));
    let empty = sender_with(Scripted::saying(&[&[]]), "", Roots::of([]));
    for sender in [unknown, empty] {
        let attempt = sender.send(post("https://nowhere.test/")).await;
        assert_eq!(errored(&attempt), (Dns, "nowhere.test does not resolve to a public address"));
    }
}

#[tokio::test]
async fn a_name_that_the_system_does_not_know_is_a_dns_error() {
    // Reserved for this by RFC 6761.
    let attempt =
        sender_with(SystemResolver, "", Roots::of([])).send(post("https://no-such-host.invalid/")).await;
    assert_eq!(errored(&attempt).0, Dns);
}

#[tokio::test]
async fn a_silent_name_server_is_a_dns_error() {
    let attempt = sender_with(Silent, "", Roots::of([])).send(post("https://receiver.test/")).await;
    assert_eq!(errored(&attempt), (Dns, "receiver.test did not resolve to an address within 0.4 s"));
}

#[tokio::test]
async fn a_name_with_very_many_addresses_is_still_called() {
    let receiver = Receiver::answering(OK).await;
    let mut addresses = vec!["127.0.0.1"];
    addresses.resize(500, "127.0.0.9");
    let sender = sender_with(Scripted::saying(&[&addresses]), "127.0.0.0/8", Roots::of([]));
    assert_eq!(
        answered(&sender.send(post(&format!("http://receiver.test:{}/", receiver.port))).await).0,
        200
    );
}
