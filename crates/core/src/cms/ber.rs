//! Basic encoding rules, as far as containers from elsewhere use them: indefinite lengths, longer forms of a length, octet
//! strings in pieces (X.690, 8.1.3 and 8.7). What is read here is written as DER.

use super::NESTING;
use super::der::{self, OCTET_STRING};

/// One element, of definite or indefinite length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) raw: &'a [u8],
    /// The contents, without the two octets that end an indefinite length.
    pub(super) value: &'a [u8],
}

impl<'a> Element<'a> {
    /// A reader of its contents.
    pub(super) fn reader(&self) -> Reader<'a> {
        Reader { rest: self.value }
    }

    /// The octets of an OCTET STRING with the tag `tag`, in one piece or in several. `None` for anything else.
    pub(super) fn octets(&self, tag: u8) -> Option<Vec<u8>> {
        if self.tag == tag {
            return Some(self.value.to_vec());
        }
        (self.tag == tag | 0x20).then_some(())?;
        let mut out = Vec::with_capacity(self.value.len());
        let mut open = vec![self.reader()];
        while let Some(reader) = open.last_mut() {
            if reader.is_empty() {
                open.pop();
                continue;
            }
            let piece = reader.element()?;
            match piece.tag {
                OCTET_STRING => out.extend_from_slice(piece.value),
                tag if tag == OCTET_STRING | 0x20 && open.len() < NESTING => open.push(piece.reader()),
                _ => return None,
            }
        }
        Some(out)
    }

    /// Its DER down to `levels` below it; what lies deeper is copied as it stands.
    pub(super) fn to_der(self, levels: usize) -> Option<Vec<u8>> {
        if self.tag == OCTET_STRING | 0x20 {
            return Some(der::element(OCTET_STRING, &[&self.octets(OCTET_STRING)?]));
        }
        if self.tag & 0x20 == 0 || levels == 0 {
            return Some(if self.tag & 0x20 == 0 { der::element(self.tag, &[self.value]) } else { self.raw.to_vec() });
        }
        let mut parts = Vec::new();
        let mut reader = self.reader();
        while !reader.is_empty() {
            parts.extend(reader.element()?.to_der(levels - 1)?);
        }
        Some(der::element(self.tag, &[&parts]))
    }
}

/// Reads elements one after the other. Each call gives `None` where the bytes are not the BER that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(super) fn element(&mut self) -> Option<Element<'a>> {
        let tag = self.peek()?;
        let (header, value, end) = match self.rest.get(1)? {
            0x80 if tag & 0x20 != 0 && tag & 0x1f != 0x1f => {
                let length = indefinite(self.rest.get(2..)?)?;
                (2, length, 2)
            }
            _ => {
                let (header, length) = der::definite(self.rest, false)?;
                (header, length, 0)
            }
        };
        let (raw, rest) = self.rest.split_at_checked(header.checked_add(value)?.checked_add(end)?)?;
        let value = raw.get(header..raw.len() - end)?;
        self.rest = rest;
        Some(Element { tag, raw, value })
    }

    pub(super) fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.peek() == Some(tag) { self.element() } else { None }
    }

    /// The next element if it has this tag. The outer `None` says that it is broken.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<Element<'a>>> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Some(None) }
    }
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
            (tag, 0x80) if tag & 0x20 != 0 && tag & 0x1f != 0x1f => {
                open += 1;
                (open <= NESTING).then_some(())?;
                at += 2;
            }
            _ => {
                let (header, length) = der::definite(rest, false)?;
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
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.element().and_then(|element| element.to_der(4)).as_deref(), Some(&[0x30, 6, 4, 1, b'a', 2, 1, 9][..]));
        assert_eq!(reader.rest(), &[0xff]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = [0x30, 0x80].repeat(100_000);
        assert!(Reader::new(&deep).element().is_none());
        let deep = [[0x24, 0x80].repeat(NESTING + 1), [0, 0].repeat(NESTING + 1)].concat();
        assert!(Reader::new(&deep).element().is_none());
        assert!(Reader::new(&[0x30, 0x80, 1]).element().is_none());
    }
}
