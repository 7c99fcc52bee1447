//! Addresses that a certificate may name. A stranger may have chosen them, so only servers of the public internet are asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a server at an address may be asked. `lifted` permits all but those of the own link.
pub(crate) fn is_permitted(address: IpAddr, lifted: bool) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_link_local() && (lifted || is_public_v4(address)),
        IpAddr::V6(address) => {
            let embedded = embedded(address);
            let is_own_link = is_in(address, "fe80::", 10) || embedded.is_some_and(|inner| inner.is_link_local());
            !is_own_link && (lifted || is_public_v6(address, embedded))
        }
    }
}

/// Registry of IANA for special purposes of IPv4: what is not a globally reachable address of a single host.
const REFUSED: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network, unspecified
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by carriers (CGNAT)
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, broadcast
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    REFUSED.iter().all(|(network, bits)| (address.to_bits() ^ network.to_bits()) >> (32 - bits) != 0)
}

fn is_public_v6(address: Ipv6Addr, embedded: Option<Ipv4Addr>) -> bool {
    if let Some(inner) = embedded {
        return !is_in(address, "::", 96) && is_public_v4(inner);
    }
    // All unicast addresses that are assigned: others are reserved, local or multicast.
    is_in(address, "2000::", 3)
        && !is_in(address, "2001::", 23) // protocol assignments, Teredo among them
        && !is_in(address, "2001:db8::", 32) // documentation
        && !is_in(address, "3fff::", 20) // documentation
}

/// IPv4 address that an IPv6 address contains: mapped, compatible, NAT64 or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    if is_in(address, "::ffff:0:0", 96) || is_in(address, "::", 96) || is_in(address, "64:ff9b::", 96) {
        return Some(Ipv4Addr::from_bits(bits as u32));
    }
    is_in(address, "2002::", 16).then(|| Ipv4Addr::from_bits((bits >> 80) as u32))
}

fn is_in(address: Ipv6Addr, network: &str, bits: u32) -> bool {
    network.parse::<Ipv6Addr>().is_ok_and(|network| (address.to_bits() ^ network.to_bits()) >> (128 - bits) == 0)
}

/// Address of a literal host, in every spelling that systems understand, such as `0x7f.1`.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok().or_else(|| legacy_v4(host).map(IpAddr::V4))
}

/// `inet_aton`: one to four numbers, decimal, octal or hexadecimal; the last one fills the rest.
fn legacy_v4(host: &str) -> Option<Ipv4Addr> {
    let numbers: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last().filter(|(_, first)| first.len() <= 3)?;
    let rest = 32 - 8 * first.len() as u32;
    if first.iter().any(|number| *number > 255) || u64::from(*last) >> rest != 0 {
        return None;
    }
    Some(Ipv4Addr::from_bits(first.iter().enumerate().fold(*last, |bits, (index, number)| bits | (number << (24 - 8 * index)))))
}

fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses, and whether they are permitted by default and with private networks.
    const TABLE: [(&str, bool, bool); 36] = [
        ("8.8.8.8", true, true),
        ("99.255.255.255", true, true),
        ("172.32.0.1", true, true),
        ("223.255.255.255", true, true),
        ("2a00:1450:4001::8", true, true),
        ("2600::1", true, true),
        ("::ffff:8.8.8.8", true, true),
        ("64:ff9b::808:808", true, true),
        ("2002:808:808::1", true, true),
        ("0.0.0.0", false, true),
        ("0.1.2.3", false, true),
        ("10.0.0.1", false, true),
        ("100.64.0.1", false, true),
        ("127.0.0.1", false, true),
        ("127.255.255.255", false, true),
        ("172.31.255.255", false, true),
        ("192.0.0.8", false, true),
        ("192.168.1.1", false, true),
        ("198.19.0.1", false, true),
        ("224.0.0.1", false, true),
        ("255.255.255.255", false, true),
        ("::", false, true),
        ("::1", false, true),
        ("::127.0.0.1", false, true),
        ("::8.8.8.8", false, true),
        ("fc00::1", false, true),
        ("fec0::1", false, true),
        ("ff02::1", false, true),
        ("2001::1", false, true),
        ("2001:db8::1", false, true),
        ("::ffff:127.0.0.1", false, true),
        ("64:ff9b::a00:1", false, true),
        ("2002:7f00:1::", false, true),
        ("169.254.169.254", false, false),
        ("fe80::1", false, false),
        ("::ffff:169.254.169.254", false, false),
    ];

    #[test]
    fn only_public_addresses_are_asked() {
        for (text, by_default, lifted) in TABLE {
            let address = text.parse().unwrap();
            assert_eq!((is_permitted(address, false), is_permitted(address, true)), (by_default, lifted), "{text}");
        }
    }

    #[test]
    fn a_literal_is_known_in_every_spelling() {
        let loopback = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        for text in ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.01"] {
            assert_eq!(literal(text), loopback, "{text}");
        }
        assert_eq!(literal("[::1]"), Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        for text in ["example.org", "1.2.3.4.5", "256.1.1.1", "1..2", "", "0x", "127.+1", "4294967296"] {
            assert_eq!(literal(text), None, "{text}");
        }
    }
}
