//! Distinguished names: compared, and as text (RFC 4514). A name is the DER of a `Name` (RFC 5280, 4.1.2.4), as it was issued.
//!
//! `x509-cert` prints names, too, but links all names of `const-oid`'s database with it: some 20 KB of the compressed module.

use const_oid::ObjectIdentifier;
use der::{AnyRef, Decode, Length, Reader, SliceReader, Tag};

use super::elements::Elements;
use crate::limits::NAME_ATTRIBUTES;
use crate::unicode;

/// Attribute types by their names, the shown one first: those of RFC 4514, 3, and those of certificates of persons and organisations
/// (RFC 4519, RFC 2985, EN 319 412-3).
const KEYWORDS: [(&str, &[&str]); 25] = [
    ("2.5.4.3", &["CN", "commonName"]),
    ("2.5.4.7", &["L", "localityName"]),
    ("2.5.4.8", &["ST", "S", "stateOrProvinceName"]),
    ("2.5.4.10", &["O", "organizationName"]),
    ("2.5.4.11", &["OU", "organizationalUnitName"]),
    ("2.5.4.6", &["C", "countryName"]),
    ("2.5.4.9", &["STREET", "streetAddress"]),
    ("0.9.2342.19200300.100.1.25", &["DC", "domainComponent"]),
    ("0.9.2342.19200300.100.1.1", &["UID", "userId"]),
    ("0.9.2342.19200300.100.1.3", &["mail", "rfc822Mailbox"]),
    ("2.5.4.5", &["serialNumber"]),
    ("2.5.4.42", &["givenName", "GN", "G"]),
    ("2.5.4.4", &["sn", "surname"]),
    ("2.5.4.12", &["title", "T"]),
    ("2.5.4.13", &["description"]),
    ("2.5.4.15", &["businessCategory"]),
    ("2.5.4.16", &["postalAddress"]),
    ("2.5.4.17", &["postalCode"]),
    ("2.5.4.20", &["telephoneNumber"]),
    ("2.5.4.41", &["name"]),
    ("2.5.4.43", &["initials"]),
    ("2.5.4.44", &["generationQualifier"]),
    ("2.5.4.46", &["dnQualifier"]),
    ("2.5.4.65", &["pseudonym"]),
    ("1.2.840.113549.1.9.1", &["emailAddress", "E", "email"]),
];

/// id-at-commonName. RFC 5280, A.1.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Characters of a name in a message.
const SHOWN: usize = 100;

/// An attribute of a name.
struct Attribute<'a> {
    /// Number of its RelativeDistinguishedName, from 0.
    part: usize,
    oid: ObjectIdentifier,
    /// DER of the value.
    der: &'a [u8],
    /// The identifier octet of the value, and its contents. The crate `der` does not know UniversalString.
    tag: u8,
    contents: &'a [u8],
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
            let der = pair.rest()?;
            let (tag, contents) = value(der)?;
            if attributes.len() == NAME_ATTRIBUTES {
                return None;
            }
            attributes.push(Attribute { part, oid, der, tag, contents });
        }
        part += 1;
    }
    Some(attributes)
}

/// Identifier octet and contents of exactly one element.
fn value(der: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let mut reader = SliceReader::new(rest).ok()?;
    let length = Length::decode(&mut reader).ok()?;
    let contents = reader.read_slice(length).ok()?;
    (tag & 0x1f != 0x1f && reader.is_finished()).then_some((tag, contents))
}

/// Whether these are the bytes of a name, within the limits.
pub(super) fn is_name(name: &[u8]) -> bool {
    parse(name).is_some()
}

/// Whether two names are the same: their attributes in the same order, and values that are equal as text (RFC 5280, 7.1).
pub(crate) fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a == b {
        return true;
    }
    let (Some(a), Some(b)) = (parse(a), parse(b)) else { return false };
    // The attributes of a part are a set.
    let within = |a: &[Attribute<'_>], b: &[Attribute<'_>]| {
        a.iter().all(|one| b.iter().filter(|other| other.part == one.part).any(|other| one.is_same(other)))
    };
    a.len() == b.len() && within(&a, &b) && within(&b, &a)
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

/// The common name, or the whole name if there is none, for a message.
pub(crate) fn common_name(name: &[u8]) -> String {
    let attributes = parse(name).unwrap_or_default();
    let found = attributes.iter().find(|attribute| attribute.oid == COMMON_NAME).map_or_else(|| text(name), Attribute::text);
    match found.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", found.get(..end).unwrap_or_default()),
        None => found,
    }
}

/// The attributes with a text, in their order: type (RFC 4514, 3, or an object identifier) and value.
pub(super) fn attributes(name: &[u8]) -> Vec<(String, String)> {
    let attributes = parse(name).unwrap_or_default();
    attributes.iter().filter_map(|attribute| Some((attribute.keyword(), attribute.string()?))).collect()
}

/// The attribute type of a keyword or an object identifier.
pub(super) fn oid_of(key: &str) -> Option<ObjectIdentifier> {
    let named = KEYWORDS.iter().find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(key)));
    ObjectIdentifier::new(named.map_or(key.strip_prefix("OID.").unwrap_or(key), |(oid, _)| oid)).ok()
}

/// Whether the name has an attribute of the type `key`, by a keyword or an object identifier, whose value is `wanted` (RFC 5280, 7.1).
pub(super) fn has(name: &[u8], key: &str, wanted: &str) -> bool {
    let key = key.strip_prefix("OID.").unwrap_or(key);
    let is_of = |oid: &str| {
        let names = KEYWORDS.iter().filter(|(known, _)| *known == oid).flat_map(|(_, names)| names.iter());
        oid == key || names.into_iter().any(|name| name.eq_ignore_ascii_case(key))
    };
    let wanted = prepared(wanted);
    let attributes = parse(name).unwrap_or_default();
    attributes
        .iter()
        .any(|attribute| is_of(&attribute.oid.to_string()) && attribute.string().is_some_and(|value| prepared(&value) == wanted))
}

impl Attribute<'_> {
    fn keyword(&self) -> String {
        let oid = self.oid.to_string();
        match KEYWORDS.iter().find(|(known, _)| *known == oid) {
            Some((_, [keyword, ..])) => (*keyword).to_owned(),
            _ => oid,
        }
    }

    /// The string with its escapes, or `#` and the DER if it is not a string (RFC 4514, 2.4).
    fn text(&self) -> String {
        match self.string() {
            Some(text) => escaped(&text),
            None => format!("#{}", base16ct::lower::encode_string(self.der)),
        }
    }

    /// The value as text. `None` if it is not a string, or not one of its type.
    fn string(&self) -> Option<String> {
        let latin_1 = || self.contents.iter().map(|octet| char::from(*octet)).collect();
        match self.tag {
            0x0c => std::str::from_utf8(self.contents).ok().map(str::to_owned),
            // NumericString, PrintableString, IA5String, VisibleString and GeneralString are ASCII. Some issuers write others into them.
            0x12 | 0x13 | 0x16 | 0x1a | 0x1b => Some(std::str::from_utf8(self.contents).map_or_else(|_| latin_1(), str::to_owned)),
            // TeletexString is Latin-1 wherever it is met; T.61 has other letters above 0x7f.
            0x14 => Some(latin_1()),
            // UniversalString.
            0x1c => {
                let (characters, rest) = self.contents.as_chunks::<4>();
                if !rest.is_empty() {
                    return None;
                }
                characters.iter().map(|character| char::from_u32(u32::from_be_bytes(*character))).collect()
            }
            // BMPString.
            0x1e => {
                let (units, rest) = self.contents.as_chunks::<2>();
                if !rest.is_empty() {
                    return None;
                }
                char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))).collect::<Result<_, _>>().ok()
            }
            _ => None,
        }
    }

    fn is_same(&self, other: &Attribute<'_>) -> bool {
        if self.oid != other.oid {
            return false;
        }
        match (self.string(), other.string()) {
            (Some(one), Some(other)) => one == other || prepared(&one) == prepared(&other),
            _ => self.der == other.der,
        }
    }
}

/// A value as it is compared: without case, and without white space that has no meaning (RFC 5280, 7.1; RFC 4518, 2.2 to 2.6).
fn prepared(text: &str) -> String {
    let kept = text.chars().filter(|character| !unicode::is_ignored(*character) && (character.is_whitespace() || !character.is_control()));
    let folded = unicode::folded(&kept.collect::<String>());
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', character]),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            '#' if index == 0 => out.push_str("\\#"),
            // NUL must be escaped. A log or a terminal should not see the others, either.
            character if character.is_control() => {
                let mut octets = [0; 4];
                character.encode_utf8(&mut octets).bytes().for_each(|octet| out.push_str(&format!("\\{octet:02x}")));
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use der::Encode;
    use x509_cert::name::Name;

    use super::*;

    fn name(text: &str) -> Vec<u8> {
        Name::from_str(text).unwrap().to_der().unwrap()
    }

    /// A name of one part with these attributes: type, tag of the value, its contents.
    fn made(attributes: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let element = |tag: u8, contents: &[u8]| [&[tag, u8::try_from(contents.len()).unwrap()], contents].concat();
        let pair = |(oid, tag, value): &(&str, u8, &[u8])| {
            element(0x30, &[ObjectIdentifier::new_unwrap(oid).to_der().unwrap(), element(*tag, value)].concat())
        };
        element(0x30, &element(0x31, &attributes.iter().flat_map(pair).collect::<Vec<_>>()))
    }

    fn units(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    fn characters(text: &str) -> Vec<u8> {
        text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect()
    }

    /// A common name of this type.
    fn called(tag: u8, value: &[u8]) -> Vec<u8> {
        made(&[("2.5.4.3", tag, value)])
    }

    #[test]
    fn names_are_written_as_rfc_4514_has_them() {
        for given in ["CN=A\\, B,C=DE", "UID=j.doe,DC=example,DC=net", "CN=Ω\\+\\\\,O=x", "2.5.4.97=VATDE-1,C=DE", "CN=a+UID=b,C=DE"] {
            assert_eq!(text(&name(given)), given);
        }
        assert_eq!(escaped(" a# b "), "\\ a# b\\ ");
        assert_eq!(escaped("#\0\x1b[2J\u{9b}"), "\\#\\00\\1b[2J\\c2\\9b");
    }

    /// Each string type of X.520 is text, and nothing else is.
    #[test]
    fn every_string_type_is_shown_as_text() {
        for (tag, value, shown) in [
            (0x0c, "José".as_bytes(), "José"),
            (0x12, b"12 3", "12 3"),
            (0x13, b"Jose", "Jose"),
            (0x13, b"Jos\xe9", "José"),
            (0x14, b"JOS\xc9 MU\xd1OZ", "JOSÉ MUÑOZ"),
            (0x16, b"a@example.org", "a@example.org"),
            (0x1a, b"Jose", "Jose"),
            (0x1b, b"Jose", "Jose"),
            (0x1c, &characters("Łukasz 🖋"), "Łukasz 🖋"),
            (0x1e, &units("Łukasz Żółć"), "Łukasz Żółć"),
            (0x1e, b"", ""),
            (0x1e, b"\0", "#1e0100"),
            (0x1e, b"\xd8\0", "#1e02d800"),
            (0x1c, b"\0\x11\0\0", "#1c0400110000"),
            (0x0c, b"\xff", "#0c01ff"),
            (0x03, b"\0\x01", "#03020001"),
        ] {
            assert_eq!(text(&called(tag, value)), format!("CN={shown}"));
        }
        assert_eq!(text(&made(&[("1.2.840.113549.1.9.1", 0x16, b"a@b")])), "emailAddress=a@b");
    }

    #[test]
    fn the_common_name_or_all() {
        assert_eq!(common_name(&name(r"CN=A\, B,C=DE")), r"A\, B");
        assert_eq!(common_name(&name("O=A,C=DE")), "O=A,C=DE");
        assert_eq!(common_name(&name(&format!("CN={}", "ä".repeat(200)))), format!("{}…", "ä".repeat(100)));
    }

    #[test]
    fn string_types_and_case_do_not_matter() {
        assert!(is_same(&name("CN=Issuing CA,C=DE"), &name("CN=issuing ca,C=de")));
        for other in ["CN=Issuing CB,C=DE", "CN=Issuing CA", "C=DE,CN=Issuing CA", "O=Issuing CA,C=DE"] {
            assert!(!is_same(&name("CN=Issuing CA,C=DE"), &name(other)), "{other}");
        }
        let same: [(u8, &[u8]); 7] = [
            (0x0c, "Müller CA".as_bytes()),
            (0x0c, "MU\u{308}LLER CA".as_bytes()),
            (0x14, b"M\xfcller CA"),
            (0x1c, &characters("müller ca")),
            (0x1e, &units("Müller  CA ")),
            (0x0c, "\u{2003}Mül\u{ad}ler\t\u{a0}CA\n".as_bytes()),
            (0x0c, "Ｍüller CA".as_bytes()),
        ];
        for (tag, value) in same {
            assert!(is_same(&called(0x0c, "Müller CA".as_bytes()), &called(tag, value)), "{tag:x} {value:x?}");
        }
        for (tag, value) in [(0x0c, "Muller CA".as_bytes()), (0x0c, "MüllerCA".as_bytes()), (0x03, b"\0"), (0x0c, b"\xff")] {
            assert!(!is_same(&called(0x0c, "Müller CA".as_bytes()), &called(tag, value)), "{tag:x} {value:x?}");
        }
        assert!(is_same(&called(0x0c, "Straße Σ".as_bytes()), &called(0x0c, "STRASSE ς".as_bytes())));
        // What is not a string is compared by its bytes.
        assert!(is_same(&called(0x03, b"\0\x01"), &called(0x03, b"\0\x01")) && !is_same(&called(0x03, b"\0a"), &called(0x03, b"\0A")));
    }

    #[test]
    fn attributes_of_one_part_are_a_set() {
        let (a, b, c): ((&str, u8, &[u8]), _, _) = (("2.5.4.3", 0x0c, b"A"), ("2.5.4.5", 0x13, &b"1"[..]), ("2.5.4.5", 0x13, &b"2"[..]));
        assert!(is_same(&made(&[a, b]), &made(&[b, a])));
        for other in [&[a, c][..], &[a], &[a, a], &[a, b, c]] {
            assert!(!is_same(&made(&[a, b]), &made(other)));
        }
    }

    #[test]
    fn attributes_by_any_of_their_names() {
        let subject = name("CN=Jörg  Müller,1.2.840.113549.1.9.1=J@example.org,C=DE");
        for (key, value) in [
            ("CN", "jörg müller"),
            ("cn", "JÖRG MÜLLER "),
            ("2.5.4.3", "Jo\u{308}rg Müller"),
            ("OID.2.5.4.6", "de"),
            ("email", "j@example.org"),
        ] {
            assert!(has(&subject, key, value), "{key}");
        }
        for (key, value) in [("CN", "Jorg Muller"), ("O", "DE"), ("2.5.4.7", "DE"), ("", "DE")] {
            assert!(!has(&subject, key, value), "{key}");
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
