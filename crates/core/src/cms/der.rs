//! Distinguished encoding rules: elements are read where they lie, and written around bytes that are there (X.690).

use std::ops::Range;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const IA5_STRING: u8 = 0x16;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// `[number]`, constructed: an explicit tag, or an implicit one of a SEQUENCE or SET.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// One element: its identifier octet, its whole encoding, and its contents. X.690, 8.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) raw: &'a [u8],
    pub(super) value: &'a [u8],
    /// Where `raw` begins in what the outermost reader was given.
    at: usize,
}

impl<'a> Element<'a> {
    /// Where the whole element lies in what the outermost reader was given.
    pub(super) fn range(&self) -> Range<usize> {
        self.at..self.at + self.raw.len()
    }

    /// Where its contents lie.
    pub(super) fn value_range(&self) -> Range<usize> {
        self.at + self.raw.len() - self.value.len()..self.at + self.raw.len()
    }

    /// A reader of its contents.
    pub(super) fn reader(&self) -> Reader<'a> {
        Reader { rest: self.value, at: self.value_range().start }
    }
}

/// Reads elements one after the other. Each call gives `None` where the bytes are not the DER that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes, at: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The identifier octet of the next element.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    pub(super) fn element(&mut self) -> Option<Element<'a>> {
        let (header, length) = definite(self.rest, true)?;
        let raw = self.rest.get(..header.checked_add(length)?)?;
        let element = Element { tag: *raw.first()?, raw, value: raw.get(header..)?, at: self.at };
        self.rest = self.rest.get(raw.len()..)?;
        self.at += raw.len();
        Some(element)
    }

    /// The next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.peek() == Some(tag) { self.element() } else { None }
    }

    /// The next element if it has this tag. The outer `None` says that it is broken.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<Element<'a>>> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Some(None) }
    }

    /// The end: nothing may follow.
    pub(super) fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// The one element that `bytes` are, which must have this tag.
pub(super) fn only(bytes: &[u8], tag: u8) -> Option<Element<'_>> {
    let mut reader = Reader::new(bytes);
    let element = reader.expect(tag)?;
    reader.end()?;
    Some(element)
}

/// The length of header and contents of the element at the front, of definite length. X.690, 8.1.3 and 10.1.
///
/// `strict` asks for the shortest form of the length. Tags of more than one octet stand nowhere in what we read.
pub(super) fn definite(bytes: &[u8], strict: bool) -> Option<(usize, usize)> {
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
    let shortest = length >= 0x80 && octets.first() != Some(&0);
    (shortest || !strict).then_some((2 + count, usize::try_from(length).ok()?))
}

/// Appends the header of an element.
pub(super) fn header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
        return;
    }
    let octets = (length as u64).to_be_bytes();
    let skip = octets.iter().take_while(|octet| **octet == 0).count();
    out.push(0x80 | (octets.len() - skip) as u8);
    out.extend(octets.iter().skip(skip));
}

/// Appends an element made of `parts`.
pub(super) fn write(out: &mut Vec<u8>, tag: u8, parts: &[&[u8]]) {
    header(out, tag, parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// An element made of `parts`.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len()).sum::<usize>() + 6);
    write(&mut out, tag, parts);
    out
}

/// An INTEGER that is not negative, from its big-endian magnitude. X.690, 8.3.
pub(super) fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    let skip = magnitude.iter().take_while(|octet| **octet == 0).count();
    let magnitude = magnitude.get(skip..).unwrap_or_default();
    match magnitude.first() {
        Some(first) if first & 0x80 == 0 => element(INTEGER, &[magnitude]),
        _ => element(INTEGER, &[&[0], magnitude]),
    }
}

/// The big-endian magnitude of an INTEGER that is not negative, without leading zeros. `None` for a longer form or a negative one.
pub(super) fn magnitude(value: &[u8]) -> Option<&[u8]> {
    match value {
        [0] => Some(&[]),
        [0, next, ..] => (next & 0x80 != 0).then(|| value.get(1..)).flatten(),
        [first, ..] => (first & 0x80 == 0).then_some(value),
        [] => None,
    }
}

/// The elements of a SET OF in the order that DER asks for: ascending, as octet strings. X.690, 11.6.
pub(super) fn sort(elements: &mut [impl AsRef<[u8]>]) {
    // Comparing whole encodings as they are is the same as padding the shorter with zeros: one is never the front of another.
    elements.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
}

/// Hexadecimal, lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let bytes = element(OCTET_STRING, &[&vec![7; length]]);
            let read = only(&bytes, OCTET_STRING).unwrap();
            assert_eq!((read.value.len(), read.range(), read.value_range().end), (length, 0..bytes.len(), bytes.len()));
        }
    }

    #[test]
    fn refuses_what_is_no_der() {
        for bytes in
            [&[][..], &[4], &[4, 1], &[4, 0x81, 1, 0], &[4, 0x82, 0, 0x80], &[0x30, 0x80, 0, 0], &[0x1f, 1, 0], &[4, 0x85, 0, 0, 0, 0, 1]]
        {
            assert_eq!(Reader::new(bytes).element(), None, "{bytes:?}");
        }
        assert_eq!(only(&[4, 0, 0], 4), None);
    }

    #[test]
    fn integers_are_shortest() {
        for (magnitude_, value) in [(&[0, 0][..], &[0][..]), (&[0x7f], &[0x7f]), (&[0x80], &[0, 0x80]), (&[0, 1, 0], &[1, 0])] {
            let integer = unsigned(magnitude_);
            assert_eq!(integer.get(2..), Some(value));
            assert!(magnitude(value).is_some());
        }
        assert_eq!((magnitude(&[0x80]), magnitude(&[0, 1]), magnitude(&[]), magnitude(&[0])), (None, None, None, Some(&[][..])));
    }
}
