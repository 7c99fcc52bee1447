//! Elements of DER, read one after the other. A model of `der` for each structure would add a kilobyte a field to the module.

use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};

/// Elements of a constructed value, in order.
pub(crate) struct Elements<'a> {
    reader: SliceReader<'a>,
}

impl<'a> Elements<'a> {
    /// Elements of the content of a constructed element.
    pub(crate) fn of(content: &'a [u8]) -> Option<Self> {
        Some(Elements { reader: SliceReader::new(content).ok()? })
    }

    /// Elements of an element that has this tag.
    pub(crate) fn within(element: AnyRef<'a>, tag: Tag) -> Option<Self> {
        if element.tag() != tag {
            return None;
        }
        Elements::of(element.value())
    }

    /// The next element.
    pub(crate) fn next(&mut self) -> Option<AnyRef<'a>> {
        // To read at the end is a failure to the reader.
        if self.reader.is_finished() {
            return None;
        }
        AnyRef::decode(&mut self.reader).ok()
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: Tag) -> Option<AnyRef<'a>> {
        self.next().filter(|element| element.tag() == tag)
    }

    /// The next element as its bytes, tag and length included. It must have this tag.
    pub(crate) fn expect_bytes(&mut self, tag: Tag) -> Option<&'a [u8]> {
        if Tag::peek(&self.reader).ok()? != tag {
            return None;
        }
        self.reader.tlv_bytes().ok()
    }

    /// The next element if it is `[number]`, constructed or not.
    pub(crate) fn tagged(&mut self, number: u32) -> Option<AnyRef<'a>> {
        match Tag::peek(&self.reader).ok()? {
            Tag::ContextSpecific { number: found, .. } if found.value() == number => self.next(),
            _ => None,
        }
    }

    /// All bytes that were not read.
    pub(super) fn rest(mut self) -> Option<&'a [u8]> {
        let length = self.reader.remaining_len();
        self.reader.read_slice(length).ok()
    }

    /// Whether all were read, and none failed: a header at the end whose contents are missing is read before it fails.
    pub(crate) fn is_finished(&self) -> bool {
        self.reader.is_finished() && !self.reader.is_failed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_that_is_cut_off_is_not_the_end() {
        // A length of two octets, which are all that follow.
        let mut elements = Elements::of(&[0xa0, 0x82, 0x30, 0]).unwrap();
        assert!(elements.tagged(0).is_none() && !elements.is_finished());
        let mut elements = Elements::of(&[0xa0, 2, 5, 0]).unwrap();
        assert!(elements.tagged(0).is_some() && elements.is_finished());
        assert!(elements.next().is_none() && elements.is_finished());
    }
}
