//! Distinguished names: compared, and as text (RFC 4514). A name is the DER of a `Name` (RFC 5280, 4.1.2.4), as it was issued.
//!
//! `x509-cert` prints names, too, but links all names of `const-oid`'s database with it: some 20 KB of the compressed module.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519::{
    COMMON_NAME, COUNTRY_NAME, DOMAIN_COMPONENT, GIVEN_NAME, LOCALITY_NAME, ORGANIZATION_NAME, ORGANIZATIONAL_UNIT_NAME, SERIAL_NUMBER, SN,
    ST, STREET, UID,
};
use der::{AnyRef, Decode, Encode, Tag, Tagged};

use super::elements::Elements;
use crate::limits::NAME_ATTRIBUTES;

/// The keywords of RFC 4514, 3, and three that certificates of persons have (RFC 4519).
const KEYWORDS: [(ObjectIdentifier, &str); 12] = [
    (COMMON_NAME, "CN"),
    (LOCALITY_NAME, "L"),
    (ST, "ST"),
    (ORGANIZATION_NAME, "O"),
    (ORGANIZATIONAL_UNIT_NAME, "OU"),
    (COUNTRY_NAME, "C"),
    (STREET, "STREET"),
    (DOMAIN_COMPONENT, "DC"),
    (UID, "UID"),
    (SERIAL_NUMBER, "serialNumber"),
    (GIVEN_NAME, "givenName"),
    (SN, "sn"),
];

/// An attribute of a name.
struct Attribute<'a> {
    /// Number of its RelativeDistinguishedName, from 0.
    part: usize,
    oid: ObjectIdentifier,
    value: AnyRef<'a>,
}

/// ```asn1
/// Name                      ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/// ```
/// RFC 5280, 4.1.2.4. Returns `None` for anything else, and for more than [`NAME_ATTRIBUTES`] attributes.
fn parse(name: &[u8]) -> Option<Vec<Attribute<'_>>> {
    let mut parts = Elements::within(AnyRef::from_der(name).ok()?, Tag::Sequence)?;
    let mut attributes = Vec::new();
    let mut part = 0;
    while !parts.is_finished() {
        let mut set = Elements::of(parts.expect(Tag::Set)?.value())?;
        while !set.is_finished() {
            let mut pair = Elements::of(set.expect(Tag::Sequence)?.value())?;
            let oid = pair.next()?.decode_as().ok()?;
            let value = pair.next()?;
            if !pair.is_finished() || attributes.len() == NAME_ATTRIBUTES {
                return None;
            }
            attributes.push(Attribute { part, oid, value });
        }
        part += 1;
    }
    Some(attributes)
}

/// Whether these are the bytes of a name, within the limits.
pub(super) fn is_name(name: &[u8]) -> bool {
    parse(name).is_some()
}

/// Whether two names are the same, apart from string types and the case of ASCII (RFC 5280, 7.1, in short).
pub(super) fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a == b {
        return true;
    }
    let (Some(a), Some(b)) = (parse(a), parse(b)) else { return false };
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.oid == b.oid && a.value.value().eq_ignore_ascii_case(b.value.value()))
}

/// The name, its last part first (RFC 4514, 2.1).
pub(crate) fn text(name: &[u8]) -> String {
    let attributes = parse(name).unwrap_or_default();
    let parts = attributes.chunk_by(|one, next| one.part == next.part).rev();
    let part = |attributes: &[Attribute<'_>]| {
        attributes.iter().map(|attribute| format!("{}={}", attribute.keyword(), attribute.text())).collect::<Vec<_>>().join("+")
    };
    parts.map(part).collect::<Vec<_>>().join(",")
}

/// The common name, or the whole name if there is none.
pub(crate) fn common_name(name: &[u8]) -> String {
    let attributes = parse(name).unwrap_or_default();
    attributes.iter().find(|attribute| attribute.oid == COMMON_NAME).map_or_else(|| text(name), Attribute::text)
}

/// The attributes that are strings: keyword, or object identifier, and value.
pub(crate) fn attributes(name: &[u8]) -> Vec<(String, String)> {
    let attributes = parse(name).unwrap_or_default();
    attributes.iter().filter_map(|attribute| Some((attribute.keyword(), attribute.string()?.to_owned()))).collect()
}

impl<'a> Attribute<'a> {
    fn keyword(&self) -> String {
        match KEYWORDS.iter().find(|(oid, _)| *oid == self.oid) {
            Some((_, keyword)) => (*keyword).to_owned(),
            None => self.oid.to_string(),
        }
    }

    /// The string with its escapes, or `#` and the DER if it is not a string of ASCII or UTF-8 (RFC 4514, 2.4).
    fn text(&self) -> String {
        match self.string() {
            Some(text) => escaped(text),
            None => format!("#{}", base16ct::lower::encode_string(&self.value.to_der().unwrap_or_default())),
        }
    }

    fn string(&self) -> Option<&'a str> {
        match self.value.tag() {
            Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => std::str::from_utf8(self.value.value()).ok(),
            _ => None,
        }
    }
}

fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        match character {
            '\0' => out.push_str("\\00"),
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', character]),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            '#' if index == 0 => out.push_str("\\#"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use x509_cert::name::Name;

    use super::*;

    fn name(text: &str) -> Vec<u8> {
        Name::from_str(text).unwrap().to_der().unwrap()
    }

    #[test]
    fn names_are_written_as_rfc_4514_has_them() {
        for given in ["CN=A\\, B,C=DE", "UID=j.doe,DC=example,DC=net", "CN=Ω\\+\\\\,O=x", "2.5.4.97=VATDE-1,C=DE", "CN=a+UID=b,C=DE"] {
            assert_eq!(text(&name(given)), given);
        }
        assert_eq!(escaped(" a# b "), "\\ a# b\\ ");
        assert_eq!(escaped("#\0"), "\\#\\00");
    }

    #[test]
    fn the_common_name_or_all() {
        assert_eq!(common_name(&name(r"CN=A\, B,C=DE")), r"A\, B");
        assert_eq!(common_name(&name("O=A,C=DE")), "O=A,C=DE");
    }

    #[test]
    fn string_types_and_case_do_not_matter() {
        assert!(is_same(&name("CN=Issuing CA,C=DE"), &name("CN=issuing ca,C=de")));
        for other in ["CN=Issuing CB,C=DE", "CN=Issuing CA", "C=DE,CN=Issuing CA", "O=Issuing CA,C=DE"] {
            assert!(!is_same(&name("CN=Issuing CA,C=DE"), &name(other)), "{other}");
        }
    }

    #[test]
    fn only_a_name_is_a_name() {
        let good = name("CN=A,C=DE");
        assert!(is_name(&good) && is_name(b"\x30\x00"));
        for bad in [&good[..good.len() - 1], &good[2..], b"\x31\x00", b"\x30\x02\x30\x00", b"\x30\x04\x31\x02\x30\x00"] {
            assert!(!is_name(bad), "{bad:x?}");
        }
        let long = "CN=A,".repeat(NAME_ATTRIBUTES + 1);
        assert!(!is_name(&name(long.trim_end_matches(','))));
    }
}
