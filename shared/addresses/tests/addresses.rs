//! Which addresses a request may go to.

#![expect(clippy::unwrap_used, reason = "what fails to be set up fails the test")]

use std::net::IpAddr;

use addresses::{AddressFilter, TrustedNetworks};

/// The first and the last address of every block that is refused: IANA's IPv4 and IPv6 special-purpose registries,
/// multicast, and what is not assigned for unicast.
const REFUSED: &[(&str, &str, &str)] = &[
    ("this network", "0.0.0.0", "0.255.255.255"),
    ("private use, 10/8", "10.0.0.0", "10.255.255.255"),
    ("shared address space", "100.64.0.0", "100.127.255.255"),
    ("loopback", "127.0.0.0", "127.255.255.255"),
    ("link local", "169.254.0.0", "169.254.255.255"),
    ("instance credentials", "169.254.169.254", "169.254.169.254"),
    ("container credentials", "169.254.170.2", "169.254.170.23"),
    ("private use, 172.16/12", "172.16.0.0", "172.31.255.255"),
    ("IETF protocol assignments", "192.0.0.0", "192.0.0.255"),
    ("IPv4 service continuity", "192.0.0.0", "192.0.0.7"),
    ("IPv4 dummy address", "192.0.0.8", "192.0.0.8"),
    ("PCP anycast", "192.0.0.9", "192.0.0.9"),
    ("TURN anycast", "192.0.0.10", "192.0.0.10"),
    ("NAT64/DNS64 discovery", "192.0.0.170", "192.0.0.171"),
    ("documentation, TEST-NET-1", "192.0.2.0", "192.0.2.255"),
    ("AS112", "192.31.196.0", "192.31.196.255"),
    ("AMT", "192.52.193.0", "192.52.193.255"),
    ("6to4 relay anycast", "192.88.99.0", "192.88.99.255"),
    ("private use, 192.168/16", "192.168.0.0", "192.168.255.255"),
    ("direct delegation AS112", "192.175.48.0", "192.175.48.255"),
    ("benchmarking", "198.18.0.0", "198.19.255.255"),
    ("documentation, TEST-NET-2", "198.51.100.0", "198.51.100.255"),
    ("documentation, TEST-NET-3", "203.0.113.0", "203.0.113.255"),
    ("multicast", "224.0.0.0", "239.255.255.255"),
    ("reserved", "240.0.0.0", "255.255.255.254"),
    ("limited broadcast", "255.255.255.255", "255.255.255.255"),
    ("IPv6 unspecified", "::", "::"),
    ("IPv6 loopback", "::1", "::1"),
    ("IPv4-compatible, even of a public address", "::7f00:1", "::8.8.8.8"),
    ("IPv4-mapped loopback", "::ffff:127.0.0.0", "::ffff:127.255.255.255"),
    ("IPv4-mapped private use", "::ffff:10.0.0.0", "::ffff:192.168.255.255"),
    ("IPv4-translated (RFC 2765)", "::ffff:0:7f00:1", "::ffff:0:808:808"),
    ("NAT64 of loopback", "64:ff9b::7f00:1", "64:ff9b::127.255.255.255"),
    ("NAT64 of private use", "64:ff9b::10.0.0.0", "64:ff9b::192.168.0.1"),
    ("NAT64 of link local", "64:ff9b::169.254.169.254", "64:ff9b::a9fe:a9fe"),
    ("beyond NAT64", "64:ff9b:0:0:0:1::", "64:ff9b:0:ffff:ffff:ffff:808:808"),
    ("local NAT64", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    ("discard-only", "100::", "100::ffff:ffff:ffff:ffff"),
    ("dummy prefix", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"),
    ("below global unicast", "200::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("IETF protocol assignments", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("Teredo", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("PCP anycast", "2001:1::1", "2001:1::1"),
    ("TURN anycast", "2001:1::2", "2001:1::2"),
    ("DNS-SD SRP anycast", "2001:1::3", "2001:1::3"),
    ("benchmarking", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"),
    ("AMT", "2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("AS112", "2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"),
    ("deprecated ORCHID", "2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("ORCHIDv2", "2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("drone remote ids", "2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("documentation", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("6to4, of loopback and of a public address", "2002:7f00:1::", "2002:808:808::"),
    ("direct delegation AS112", "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
    ("documentation, 3fff::/20", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("above global unicast", "4000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("segment routing", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("unique local", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("instance credentials over IPv6", "fd00:ec2::254", "fd00:ec2::254"),
    ("link local", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("site local", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("multicast", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
];

/// Public addresses, among them the nearest neighbours of the refused blocks.
const PERMITTED: &[&str] = &[
    "1.0.0.0",
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::",
    "2001:200::",
    "2001:4860:4860::8888",
    "2001:db7:ffff::",
    "2001:db9::",
    "2003::",
    "2606:4700::1111",
    "2620:4f:7fff::",
    "2620:4f:8001::",
    "3ffe:ffff::",
    "3fff:1000::",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
];

fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("{text} is an address"))
}

fn filter(trusted: &str) -> AddressFilter {
    AddressFilter::new(TrustedNetworks::parse(trusted).unwrap())
}

#[test]
fn no_special_purpose_address_is_permitted() {
    for (block, first, last) in REFUSED {
        for text in [first, last] {
            assert!(!filter("").permits(address(text)), "{text} ({block})");
        }
    }
}

#[test]
fn every_public_address_is_permitted() {
    for text in PERMITTED {
        assert!(filter("").permits(address(text)), "{text}");
        assert!(!filter("").trusts(address(text)), "{text}");
    }
}

#[test]
fn an_address_inside_a_trusted_network_is_permitted() {
    let filter = filter("10.1.0.0/16, 192.168.7.7 ,fd00:1::/32");
    for text in ["10.1.0.0", "10.1.255.255", "192.168.7.7", "fd00:1::1", "::ffff:10.1.2.3"] {
        assert!(filter.permits(address(text)) && filter.trusts(address(text)), "{text}");
    }
    for text in [
        "10.0.255.255",
        "10.2.0.0",
        "192.168.7.8",
        "fd00:2::1",
        "::1",
        "::ffff:10.2.0.0",
        "64:ff9b::10.1.2.3",
    ] {
        assert!(!filter.permits(address(text)), "{text}");
    }
}

#[test]
fn a_trusted_network_takes_nothing_from_the_public_internet() {
    let filter = filter("10.0.0.0/8");
    assert!(filter.permits(address("8.8.8.8")));
    assert!(!filter.trusts(address("8.8.8.8")));
}

#[test]
fn an_empty_list_trusts_nothing() {
    for list in ["", " ", ","] {
        assert_eq!(TrustedNetworks::parse(list), Ok(TrustedNetworks::default()), "{list:?}");
    }
    assert!(!filter("").trusts(address("127.0.0.1")));
}

#[test]
fn the_longest_and_the_shortest_networks_are_understood() {
    assert!(filter("0.0.0.0/0").trusts(address("203.0.113.1")));
    assert!(!filter("0.0.0.0/0").trusts(address("::1")));
    assert!(filter("::/0").trusts(address("fe80::1")));
    assert!(filter("127.0.0.1/32").trusts(address("127.0.0.1")));
    assert!(!filter("127.0.0.1/32").trusts(address("127.0.0.2")));
    assert!(!filter("::1/128").trusts(address("::2")));
}

#[test]
fn an_item_that_is_not_a_network_is_named() {
    for item in [
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0/8",
        "::/129",
        "10.0.0.1/8",
        "fe80::1/10",
        "::ffff:10.0.0.0/104",
        "010.0.0.0/8",
        "10.0.0.0/8 10.1.0.0/16",
    ] {
        let refused = TrustedNetworks::parse(&format!("127.0.0.0/8,{item}")).unwrap_err();
        assert_eq!(refused.item(), item);
        assert!(refused.to_string().contains(item), "{refused}");
    }
}
