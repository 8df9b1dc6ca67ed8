use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Where no webhook receiver of the public internet can be: the whole of IANA's IPv4 special-purpose registry
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>, as of 2025-10), and multicast.
///
/// The registry marks a few blocks as globally reachable (PCP and TURN anycast in 192.0.0.0/24, AS112, AMT). They are
/// refused all the same: whatever answers there is the network equipment nearest to us, and never a receiver.
const SPECIAL_V4: [Ipv4Net; 18] = [
    v4([0, 0, 0, 0], 8),       // "this network"; 0.0.0.0 reaches the host itself on Linux
    v4([10, 0, 0, 0], 8),      // private use
    v4([100, 64, 0, 0], 10),   // shared address space of carriers; also used inside AWS
    v4([127, 0, 0, 0], 8),     // loopback; the Lambda runtime API
    v4([169, 254, 0, 0], 16),  // link local; the credentials of instances and containers
    v4([172, 16, 0, 0], 12),   // private use
    v4([192, 0, 0, 0], 24),    // IETF protocol assignments
    v4([192, 0, 2, 0], 24),    // documentation (TEST-NET-1)
    v4([192, 31, 196, 0], 24), // AS112
    v4([192, 52, 193, 0], 24), // AMT
    v4([192, 88, 99, 0], 24),  // deprecated 6to4 relay anycast
    v4([192, 168, 0, 0], 16),  // private use
    v4([192, 175, 48, 0], 24), // AS112
    v4([198, 18, 0, 0], 15),   // benchmarking
    v4([198, 51, 100, 0], 24), // documentation (TEST-NET-2)
    v4([203, 0, 113, 0], 24),  // documentation (TEST-NET-3)
    v4([224, 0, 0, 0], 4),     // multicast
    v4([240, 0, 0, 0], 4),     // reserved, with the limited broadcast address
];

/// The only block from which IANA assigns global unicast addresses. Outside of it lie, among others: unspecified, loopback,
/// IPv4-compatible, discard-only, unique local, link local, site local, multicast, segment routing (`5f00::/16`), local
/// NAT64 (`64:ff9b:1::/48`).
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0], 3);

/// The blocks of IANA's IPv6 special-purpose registry inside of [`GLOBAL_UNICAST`]
/// (<https://www.iana.org/assignments/iana-ipv6-special-registry>, as of 2025-10).
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0], 23), // IETF protocol assignments: Teredo, benchmarking, ORCHID, AMT, AS112, …
    v6([0x2001, 0xdb8, 0], 32), // documentation
    v6([0x2002, 0, 0], 16), // 6to4, deprecated: reaches whatever IPv4 address is embedded
    v6([0x2620, 0x4f, 0x8000], 48), // AS112
    v6([0x3fff, 0, 0], 20), // documentation
];

/// NAT64's well-known prefix (RFC 6052). A subnet with IPv6 only reaches IPv4 receivers through it, so an address in it is
/// judged by the IPv4 address in its last 32 bits.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0], 96);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// `start` is the address' first three groups; the others are zero in every block here.
const fn v6(start: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Whether the address is one of the public internet.
pub(crate) fn is_globally_reachable(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => is_global_v6(v6),
    }
}

fn is_global_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|special| special.contains(&address))
}

fn is_global_v6(address: Ipv6Addr) -> bool {
    if NAT64.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return is_global_v4(Ipv4Addr::new(a, b, c, d));
    }
    GLOBAL_UNICAST.contains(&address) && !SPECIAL_V6.iter().any(|special| special.contains(&address))
}
