//! Distinguished names as text. RFC 4514.
//!
//! `x509-cert` prints names, too, but links all names of `const-oid`'s database with it: some 20 KB of the compressed module.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519::{
    COMMON_NAME, COUNTRY_NAME, DOMAIN_COMPONENT, GIVEN_NAME, LOCALITY_NAME, ORGANIZATION_NAME, ORGANIZATIONAL_UNIT_NAME, SERIAL_NUMBER, SN,
    ST, STREET, UID,
};
use der::{Encode, Tag, Tagged};
use x509_cert::attr::{AttributeTypeAndValue, AttributeValue};
use x509_cert::name::Name;

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

/// The name, its last part first (RFC 4514, 2.1).
pub(super) fn text(name: &Name) -> String {
    let mut parts: Vec<String> = name.iter_rdn().map(|part| part.iter().map(attribute).collect::<Vec<_>>().join("+")).collect();
    parts.reverse();
    parts.join(",")
}

/// The common name, or the whole name where there is none.
pub(super) fn common_name(name: &Name) -> String {
    let common = name.iter().find(|attribute| attribute.oid == COMMON_NAME);
    common.map_or_else(|| text(name), |attribute| value(&attribute.value))
}

/// The attributes, each by its keyword or object identifier, with the value as it is: strings only.
pub(super) fn attributes(name: &Name) -> Vec<(String, String)> {
    name.iter().filter_map(|attribute| Some((keyword(attribute), string(&attribute.value)?.to_owned()))).collect()
}

fn attribute(attribute: &AttributeTypeAndValue) -> String {
    format!("{}={}", keyword(attribute), value(&attribute.value))
}

fn keyword(attribute: &AttributeTypeAndValue) -> String {
    match KEYWORDS.iter().find(|(oid, _)| *oid == attribute.oid) {
        Some((_, keyword)) => (*keyword).to_owned(),
        None => attribute.oid.to_string(),
    }
}

/// The string with its escapes, or `#` and the DER where it is no string of ASCII or UTF-8 (RFC 4514, 2.4).
fn value(value: &AttributeValue) -> String {
    match string(value) {
        Some(text) => escaped(text),
        None => format!("#{}", base16ct::lower::encode_string(&value.to_der().unwrap_or_default())),
    }
}

fn string(value: &AttributeValue) -> Option<&str> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => std::str::from_utf8(value.value()).ok(),
        _ => None,
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

    use super::*;

    #[test]
    fn names_are_written_as_rfc_4514_has_them() {
        for text_given in ["CN=A\\, B,C=DE", "UID=j.doe,DC=example,DC=net", "CN=Ω\\+\\\\,O=x", "2.5.4.97=VATDE-1,C=DE"] {
            assert_eq!(text(&Name::from_str(text_given).unwrap()), text_given);
        }
        assert_eq!(escaped(" a# b "), "\\ a# b\\ ");
        assert_eq!(escaped("#\0"), "\\#\\00");
    }

    #[test]
    fn the_common_name_or_all() {
        assert_eq!(common_name(&Name::from_str(r"CN=A\, B,C=DE").unwrap()), r"A\, B");
        assert_eq!(common_name(&Name::from_str("O=A,C=DE").unwrap()), "O=A,C=DE");
    }
}
