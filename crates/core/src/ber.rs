//! Basic encoding rules, as far as containers from elsewhere use them: indefinite lengths, longer forms of a length, octet
//! strings in pieces (X.690, 8.1.3 and 8.7). What is read here is written as DER.
//!
//! The crate `der` reads indefinite lengths, but not each of these forms, and only into models that own every value.

use crate::limits::{BER_ELEMENTS, BER_NESTING};
use der::{Any, Decode, Encode, Tag};

const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;

/// The DER of the container at the front of `bytes`, and what follows it. `None` where that is no BER, or beyond the limits.
///
/// Its outer layers are written anew. Certificates, revocation lists, signed attributes and the values of unsigned ones keep
/// their contents as they stand.
pub(crate) fn to_der(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut reader = Reader { rest: bytes };
    let der = reader.element()?.to_der(&mut Vec::new(), &mut { BER_ELEMENTS })?;
    Some((der, reader.rest))
}

/// The elements within the one at the front of `bytes`, each with its tag and length, and the bytes that follow it. `None` where that is not BER.
pub(crate) fn parts(bytes: &[u8]) -> Option<(Vec<&[u8]>, &[u8])> {
    let mut reader = Reader { rest: bytes };
    let mut inside = reader.element().filter(|element| is_constructed(element.tag))?.reader();
    let mut parts = Vec::new();
    while !inside.rest.is_empty() && parts.len() < BER_ELEMENTS {
        let before = inside.rest;
        inside.element()?;
        parts.push(before.get(..before.len() - inside.rest.len())?);
    }
    Some((parts, reader.rest))
}

/// Whether the contents of an element are copied, by the identifier octets that lead to it from ContentInfo on.
fn is_copied(path: &[u8]) -> bool {
    match path {
        // ContentInfo, [0], SignedData, then: an element of certificates [0] or crls [1].
        [_, _, _, 0xa0 | 0xa1, _] => true,
        // signerInfos, SignerInfo, signedAttrs [0].
        [_, _, _, 0x31, _, 0xa0] => true,
        // signerInfos, SignerInfo, unsignedAttrs [1], Attribute, SET, value; nothing else is as deep that is known here.
        _ => path.len() >= 9,
    }
}

/// One element, of definite or indefinite length.
#[derive(Clone, Copy, Debug)]
struct Element<'a> {
    tag: u8,
    /// The contents, without the two octets that end an indefinite length.
    value: &'a [u8],
}

impl<'a> Element<'a> {
    fn reader(&self) -> Reader<'a> {
        Reader { rest: self.value }
    }

    /// Its DER, where `path` leads to it, and `budget` elements may still be written.
    fn to_der(self, path: &mut Vec<u8>, budget: &mut usize) -> Option<Vec<u8>> {
        *budget = budget.checked_sub(1)?;
        path.push(self.tag);
        let mut tag = self.tag;
        let mut contents = Vec::with_capacity(self.value.len());
        if tag == OCTET_STRING | CONSTRUCTED {
            tag = OCTET_STRING;
            self.join(&mut contents)?;
        } else if tag & CONSTRUCTED == 0 || is_copied(path) {
            contents.extend_from_slice(self.value);
        } else {
            let mut reader = self.reader();
            while !reader.rest.is_empty() {
                contents.extend(reader.element()?.to_der(path, budget)?);
            }
        }
        path.pop();
        Any::new(Tag::from_der(&[tag]).ok()?, contents).ok()?.to_der().ok()
    }

    /// Joins the pieces of an OCTET STRING. X.690, 8.7.3.
    fn join(&self, out: &mut Vec<u8>) -> Option<()> {
        let mut open = vec![self.reader()];
        while let Some(reader) = open.last_mut() {
            if reader.rest.is_empty() {
                open.pop();
                continue;
            }
            let piece = reader.element()?;
            match piece.tag {
                OCTET_STRING => out.extend_from_slice(piece.value),
                tag if tag == OCTET_STRING | CONSTRUCTED && open.len() < BER_NESTING => open.push(piece.reader()),
                _ => return None,
            }
        }
        Some(())
    }
}

/// Reads elements one after the other.
#[derive(Clone, Debug)]
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next element. `None` where the bytes are no BER.
    fn element(&mut self) -> Option<Element<'a>> {
        let tag = *self.rest.first()?;
        let (header, value, end) = match self.rest.get(1)? {
            0x80 if is_constructed(tag) => (2, indefinite(self.rest.get(2..)?)?, 2),
            _ => {
                let (header, length) = definite(self.rest)?;
                (header, length, 0)
            }
        };
        let (raw, rest) = self.rest.split_at_checked(header.checked_add(value)?.checked_add(end)?)?;
        self.rest = rest;
        Some(Element { tag, value: raw.get(header..raw.len() - end)? })
    }
}

/// Constructed, and with a tag of one octet: others stand nowhere in a container.
fn is_constructed(tag: u8) -> bool {
    tag & CONSTRUCTED != 0 && tag & 0x1f != 0x1f
}

/// The length of header and contents of the element at the front, of definite length. X.690, 8.1.3.
fn definite(bytes: &[u8]) -> Option<(usize, usize)> {
    if bytes.first()? & 0x1f == 0x1f {
        return None;
    }
    let first = *bytes.get(1)?;
    if first < 0x80 {
        return Some((2, usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 {
        return None;
    }
    let octets = bytes.get(2..2 + count)?;
    let length = octets.iter().fold(0u32, |length, octet| length << 8 | u32::from(*octet));
    Some((2 + count, usize::try_from(length).ok()?))
}

/// The length of contents that end with two zero octets, those not counted.
fn indefinite(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut open = 1;
    loop {
        let rest = bytes.get(at..)?;
        match (rest.first()?, rest.get(1)?) {
            (0, 0) => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
                at += 2;
            }
            (tag, 0x80) if is_constructed(*tag) => {
                open += 1;
                (open <= BER_NESTING).then_some(())?;
                at += 2;
            }
            _ => {
                let (header, length) = definite(rest)?;
                at = at.checked_add(header)?.checked_add(length)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn becomes_der() {
        let bytes = [0x30, 0x80, 0x24, 0x80, 4, 1, b'a', 0x24, 3, 4, 0x81, 0, 0, 0, 2, 0x82, 0, 1, 9, 0, 0, 0xff];
        assert_eq!(to_der(&bytes), Some((vec![0x30, 6, 4, 1, b'a', 2, 1, 9], &[0xff][..])));
    }

    #[test]
    fn parts_of_an_element() {
        let bytes = [0x30, 0x80, 0x30, 0x80, 2, 1, 9, 0, 0, 4, 0x81, 1, b'a', 0, 0, 7];
        assert_eq!(parts(&bytes), Some((vec![&bytes[2..9], &bytes[9..13]], &[7][..])));
        assert_eq!(parts(&[0x30, 0]), Some((vec![], &[][..])));
        for bytes in [&[][..], &[4, 2, 5, 0], &[0x30, 2, 5], &[0x30, 2, 5, 1], &[0x30, 0x80, 5, 0]] {
            assert_eq!(parts(bytes), None, "{bytes:?}");
        }
        assert!(parts(&element(0x30, &[5, 0].repeat(BER_ELEMENTS + 9))).is_some_and(|(parts, _)| parts.len() == BER_ELEMENTS));
    }

    fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
        Any::new(Tag::from_der(&[tag]).unwrap(), contents).unwrap().to_der().unwrap()
    }

    #[test]
    fn certificates_and_signed_attributes_are_copied() {
        let inside = [0x30, 0x80, 2, 0x81, 1, 9, 0, 0];
        let element = |tag: u8, contents: &[u8]| [&[tag, contents.len() as u8], contents].concat();
        for path in [&[0x30, 0xa0, 0x30, 0xa0, 0x30][..], &[0x30, 0xa0, 0x30, 0x31, 0x30, 0xa0]] {
            let der = path.iter().rev().fold(inside.to_vec(), |contents, tag| element(*tag, &contents));
            assert_eq!(to_der(&der), Some((der.clone(), &[][..])));
        }
        // A timestamp token in BER: its own length becomes definite, what is in it stays.
        let path = [0x30, 0xa0, 0x30, 0x31, 0x30, 0xa1, 0x30, 0x31];
        let with = |token: &[u8]| path.iter().rev().fold(token.to_vec(), |contents, tag| element(*tag, &contents));
        assert_eq!(to_der(&with(&inside)).unwrap().0, with(&[0x30, 4, 2, 0x81, 1, 9]));
    }

    #[test]
    fn depth_and_number_are_bounded() {
        assert_eq!(to_der(&[0x30, 0x80].repeat(100_000)), None);
        assert_eq!(to_der(&[[0x24, 0x80].repeat(BER_NESTING + 1), [0, 0].repeat(BER_NESTING + 1)].concat()), None);
        assert_eq!(to_der(&[0x30, 0x80, 1]), None);
        assert_eq!(to_der(&[&[0x30, 0x80][..], &[5, 0].repeat(BER_ELEMENTS), &[0, 0]].concat()), None);
        for length in 0..100 {
            let _ = to_der(&[0x30, 0x04].repeat(length));
        }
    }
}
