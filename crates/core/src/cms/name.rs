//! Distinguished names as text (RFC 4514).

use super::der::{self, Element};
use super::{NAME_ATTRIBUTES, oid};

/// The names of attribute types, by their contents octets under `id-at` (2.5.4), from RFC 4514, 3 and RFC 4519.
const NAMES: [(u8, &str); 14] = [
    (3, "CN"),
    (4, "SN"),
    (5, "serialNumber"),
    (6, "C"),
    (7, "L"),
    (8, "ST"),
    (9, "STREET"),
    (10, "O"),
    (11, "OU"),
    (12, "title"),
    (42, "GN"),
    (46, "dnQualifier"),
    (65, "pseudonym"),
    (97, "organizationIdentifier"),
];

/// The name as RFC 4514 writes it, the last attribute first: `CN=A\, B,O=C`. Empty for an empty or broken name.
///
/// ```asn1
/// Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/// ```
pub(super) fn rfc4514(name: &[u8]) -> String {
    let mut relative: Vec<String> = Vec::new();
    for attributes in attributes(name) {
        let parts: Vec<String> = attributes.iter().map(|(oid, value)| format!("{}={}", type_name(oid), text(value))).collect();
        relative.push(parts.join("+"));
    }
    relative.reverse();
    relative.join(",")
}

/// The common name, or the whole name where there is none.
pub(super) fn common_name(name: &[u8]) -> String {
    let attributes = attributes(name);
    let common = attributes.iter().flatten().rev().find(|(oid, _)| *oid == [0x55, 4, 3]);
    common.map(|(_, value)| text(value)).unwrap_or_else(|| rfc4514(name))
}

/// Whether two names are the same, apart from string types, case and spaces (RFC 5280, 7.1, in short).
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let folded = |name: &[u8]| rfc4514(name).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    a == b || (a.len().abs_diff(b.len()) < 256 && folded(a) == folded(b))
}

fn attributes(name: &[u8]) -> Vec<Vec<(&[u8], Element<'_>)>> {
    let mut found = Vec::new();
    let mut count = 0;
    let mut walk = || {
        let mut sets = der::only(name, der::SEQUENCE)?.reader();
        while !sets.is_empty() {
            let mut set = sets.expect(der::SET)?.reader();
            let mut attributes = Vec::new();
            while !set.is_empty() && count < NAME_ATTRIBUTES {
                let mut attribute = set.expect(der::SEQUENCE)?.reader();
                attributes.push((attribute.expect(der::OID)?.value, attribute.element()?));
                count += 1;
            }
            found.push(attributes);
        }
        Some(())
    };
    walk();
    found
}

fn type_name(oid: &[u8]) -> String {
    match oid {
        [0x55, 4, number] => NAMES.iter().find(|(known, _)| known == number).map(|(_, name)| (*name).to_owned()),
        // 0.9.2342.19200300.100.1.25 and .1 (RFC 4519, 2.4 and 2.39); emailAddress of PKCS #9 (RFC 2985)
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25] => Some("DC".into()),
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1] => Some("UID".into()),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1] => Some("emailAddress".into()),
        _ => None,
    }
    .unwrap_or_else(|| oid::dotted(oid))
}

/// A value: the text of a string type, escaped, else `#` and its encoding. RFC 4514, 2.4.
fn text(value: &Element<'_>) -> String {
    let decoded = match value.tag {
        der::UTF8_STRING | 0x12 | 0x13 | der::IA5_STRING | 0x1a => String::from_utf8(value.value.to_vec()).ok(),
        0x14 => Some(value.value.iter().map(|byte| char::from(*byte)).collect()),
        0x1e => String::from_utf16(
            &value.value.chunks(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect::<Vec<_>>(),
        )
        .ok(),
        _ => None,
    };
    let Some(decoded) = decoded else { return format!("#{}", der::hex(value.raw)) };
    let last = decoded.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(decoded.len());
    for (index, character) in decoded.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', character]),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            '#' if index == 0 => out.push_str("\\#"),
            control if control.is_control() => {
                let mut buffer = [0; 4];
                for byte in control.encode_utf8(&mut buffer).bytes() {
                    out.push('\\');
                    out.push_str(&der::hex(&[byte]));
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(attributes: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
        let sets: Vec<u8> = attributes
            .iter()
            .flat_map(|(oid, tag, value)| {
                der::element(der::SET, &[&der::element(der::SEQUENCE, &[&der::element(der::OID, &[oid]), &der::element(*tag, &[value])])])
            })
            .collect();
        der::element(der::SEQUENCE, &[&sets])
    }

    #[test]
    fn text_is_reversed_and_escaped() {
        let bytes = name(&[
            (&[0x55, 4, 6], 0x13, b"DE"),
            (&[0x55, 4, 10], 0x0c, b"#A, B \x01"),
            (&[0x55, 4, 3], 0x1e, b"\0 \0x\0 "),
            (&[0x2a, 3], 0x04, b"z"),
        ]);
        assert_eq!(rfc4514(&bytes), "1.2.3=#04017a,CN=\\ x\\ ,O=\\#A\\, B \\01,C=DE");
        assert_eq!(common_name(&bytes), "\\ x\\ ");
        assert_eq!(rfc4514(b"\x30\x03\x31"), "");
    }

    #[test]
    fn string_types_and_case_do_not_matter() {
        assert!(same(&name(&[(&[0x55, 4, 3], 0x13, b"Issuing  CA")]), &name(&[(&[0x55, 4, 3], 0x0c, b"issuing CA")])));
        assert!(!same(&name(&[(&[0x55, 4, 3], 0x13, b"A")]), &name(&[(&[0x55, 4, 3], 0x13, b"B")])));
    }
}
