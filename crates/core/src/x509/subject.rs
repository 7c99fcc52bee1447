//! A distinguished name of a text: `CN=…,O=…` (RFC 4514) or `/O=…/CN=…`, as OpenSSL writes it.

use const_oid::ObjectIdentifier;
use der::{Any, Encode, Tag};

use super::name::oid_of;
use crate::error::{Code, Error, Result};
use crate::limits::{NAME_ATTRIBUTES, TEXT};

/// Attributes whose values are PrintableString: countryName, serialNumber, dnQualifier. RFC 5280, A.1.
const PRINTABLE: [&str; 3] = ["2.5.4.6", "2.5.4.5", "2.5.4.46"];
/// Attributes whose values are IA5String: domainComponent, emailAddress. RFC 5280, A.1.
const IA5: [&str; 2] = ["0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1"];

/// An attribute: its type and its value.
type Pair = (ObjectIdentifier, String);

/// DER of the `Name` that a text describes.
///
/// A `\` takes the special meaning of the character after it; in RFC 4514 two hexadecimal digits may follow it. Several attributes of one
/// part are joined by `+`. Errors: `ERR_ARGUMENT`.
pub(crate) fn name_of(text: &str) -> Result<Vec<u8>> {
    if text.len() > TEXT {
        return Err(refused("is too long"));
    }
    let parts = match text.strip_prefix('/') {
        Some(rest) => split(rest, '/')?,
        None => split(text, ',')?.into_iter().rev().collect(),
    };
    let parts = parts.iter().map(|part| split(part, '+')?.iter().map(|pair| attribute(pair)).collect::<Result<Vec<Pair>>>());
    let parts = parts.collect::<Result<Vec<_>>>()?;
    if parts.is_empty() || parts.iter().map(Vec::len).sum::<usize>() > NAME_ATTRIBUTES {
        return Err(refused(&format!("has no attributes, or more than {NAME_ATTRIBUTES}")));
    }
    encoded(&parts).map_err(|_| Code::Internal.into())
}

fn refused(what: &str) -> Error {
    Code::Argument
        .because(format!("the subject {what}"))
        .with_remedy("write it like `CN=Example Ltd signing,O=Example Ltd,C=DE`, or like `/C=DE/O=Example Ltd/CN=Example Ltd signing`")
}

/// The pieces of a text between separators that no `\` precedes. Escapes stay as they are.
fn split(text: &str, separator: char) -> Result<Vec<String>> {
    let (mut pieces, mut piece, mut escaped) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        if letter == separator && !escaped {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(letter);
        }
        escaped = letter == '\\' && !escaped;
    }
    if escaped {
        return Err(refused("ends with a `\\`"));
    }
    pieces.push(piece);
    Ok(pieces)
}

fn attribute(pair: &str) -> Result<Pair> {
    let Some((key, value)) = pair.split_once('=') else { return Err(refused(&format!("has the part `{pair}`, which has no `=`"))) };
    let (key, value) = (key.trim(), trimmed(value));
    let oid = oid_of(key).ok_or_else(|| refused(&format!("has an attribute `{key}`, which is not known")))?;
    let value = unescaped(value)?;
    if value.is_empty() {
        return Err(refused(&format!("has no value for `{key}`")));
    }
    let name = oid.to_string();
    let fits = match () {
        () if name == "2.5.4.6" => value.len() == 2 && value.bytes().all(|letter| letter.is_ascii_uppercase()),
        () if PRINTABLE.contains(&name.as_str()) => value.bytes().all(is_printable),
        () if IA5.contains(&name.as_str()) => value.is_ascii(),
        () => true,
    };
    if !fits {
        return Err(refused(&format!("has a value for `{key}` that this attribute cannot have")));
    }
    Ok((oid, value))
}

/// Without white space around it; a last space that a `\` precedes stays.
fn trimmed(value: &str) -> &str {
    let value = value.trim_start();
    let end = value.trim_end();
    let backslashes = end.bytes().rev().take_while(|letter| *letter == b'\\').count();
    if backslashes % 2 == 1 { value.get(..end.len() + 1).unwrap_or(value) } else { end }
}

fn unescaped(value: &str) -> Result<String> {
    if value.starts_with(['#', '"']) {
        return Err(refused("has a value in hexadecimal or in quotation marks, which is not supported"));
    }
    let mut bytes = Vec::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let rest = letters.as_str();
        let digits = rest.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let Some(octet) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(octet);
            letters = rest.get(2..).unwrap_or_default().chars();
        } else if let Some(letter) = letters.next() {
            bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
        }
    }
    String::from_utf8(bytes).map_err(|_| refused("has a value whose escaped octets are not UTF-8"))
}

/// PrintableString. X.680, 41.4.
fn is_printable(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&letter)
}

fn encoded(parts: &[Vec<Pair>]) -> der::Result<Vec<u8>> {
    let mut name = Vec::new();
    for part in parts {
        let mut set = part.iter().map(pair).collect::<der::Result<Vec<_>>>()?;
        set.sort_unstable(); // X.690, 11.6
        name.extend(Any::new(Tag::Set, set.concat())?.to_der()?);
    }
    Any::new(Tag::Sequence, name)?.to_der()
}

fn pair((oid, value): &Pair) -> der::Result<Vec<u8>> {
    let name = oid.to_string();
    let tag = match () {
        () if PRINTABLE.contains(&name.as_str()) => Tag::PrintableString,
        () if IA5.contains(&name.as_str()) => Tag::Ia5String,
        () => Tag::Utf8String,
    };
    let value = Any::new(tag, value.as_bytes())?.to_der()?;
    Any::new(Tag::Sequence, [oid.to_der()?, value].concat())?.to_der()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::name;

    #[test]
    fn both_notations_give_the_same_name() {
        let rfc = name_of("CN=Zoë (a\\, b)+serialNumber=1,O=Example Ltd,C=DE").unwrap();
        let slashes = name_of("/C=DE/O=Example Ltd/CN=Zoë (a, b)+serialNumber=1").unwrap();
        assert_eq!(rfc, slashes);
        let text = name::text(&rfc);
        assert!(text.ends_with(",O=Example Ltd,C=DE") && text.contains("serialNumber=1"), "{text}");
    }

    #[test]
    fn escapes() {
        let name = |text: &str| name::text(&name_of(text).unwrap());
        assert_eq!(name("CN=a\\2c\\20b"), name("CN=a\\, b"));
        assert_eq!(name("/CN=a\\/b\\+c"), "CN=a/b\\+c");
        assert_eq!(name("CN=a\\ "), "CN=a\\ ");
        assert_eq!(name("CN= a "), "CN=a");
        assert_eq!(name("2.5.4.3=a"), "CN=a");
        assert_eq!(name("emailAddress=a@example.org,cn=b"), "emailAddress=a@example.org,CN=b");
    }

    #[test]
    fn what_is_no_name() {
        for text in ["", "/", "a", "CN=", "X=a", "CN=#0401", "CN=\"a\"", "C=Germany", "C=de", "serialNumber=ä", "DC=ä", "CN=a\\", "CN=\\ff"]
        {
            assert_eq!(name_of(text).map_err(|error| error.code()), Err(Code::Argument), "{text}");
        }
        assert!(name_of(&"CN=a,".repeat(NAME_ATTRIBUTES + 1)).is_err());
    }
}
