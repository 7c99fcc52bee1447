//! Changes to a dictionary or an array that keep the bytes of everything else.

use std::ops::Range;

use super::lexer::is_space;
use super::object::{Dictionary, Object};
use super::write;

/// Source text and the replacements to be made in it.
///
/// A number read and written again may come out another, and a difference analysis finds it: so what is not changed is
/// copied, comments included.
pub(crate) struct Splice<'a> {
    source: &'a [u8],
    span: Range<usize>,
    changes: Vec<(Range<usize>, Vec<u8>)>,
    /// Where keys without a value got one.
    filled: Vec<usize>,
}

impl<'a> Splice<'a> {
    /// Changes to `object`, which was parsed from `source`.
    pub(crate) fn new(source: &'a [u8], object: &Object) -> Self {
        Splice { source, span: object.span.clone(), changes: Vec::new(), filled: Vec::new() }
    }

    /// Gives `key` of `dictionary`, which is the object or lies within it, another value.
    ///
    /// `dictionary` stands at `span`. Every occurrence of a key that stands there more than once gets the new value.
    pub(crate) fn set(&mut self, dictionary: &Dictionary, span: &Range<usize>, key: &str, value: &[u8]) {
        for entry in dictionary.entries.iter().filter(|entry| entry.key == key.as_bytes()) {
            let at = entry.object.span.start;
            let apart = at.checked_sub(1).and_then(|before| self.source.get(before)).copied().is_some_and(is_space);
            self.change(&entry.object.span, if apart { value.to_vec() } else { [b" ", value].concat() });
        }
        if !dictionary.entries.iter().any(|entry| entry.key == key.as_bytes()) {
            // A key without a value at the end would take the new key for one.
            if let Some(last) = dictionary.entries.last().filter(|last| last.object.span.is_empty()) {
                self.change(&last.object.span, b" null".to_vec());
            }
            let added = [write::name(key.as_bytes()).as_slice(), b" ", value].concat();
            self.insert(span.end.saturating_sub(2), &added);
        }
    }

    /// Gives what stands at `span` another value. Where nothing does, it may have got a null.
    fn change(&mut self, span: &Range<usize>, value: Vec<u8>) {
        if span.is_empty() && self.filled.contains(&span.start) {
            if let Some((_, null)) = self.changes.iter_mut().find(|(place, value)| place == span && value == b" null") {
                *null = value;
            }
            return;
        }
        if span.is_empty() {
            self.filled.push(span.start);
        }
        self.add(span.clone(), value);
    }

    /// Keeps the changes in the order of the source. Insertions at one place stay in order.
    fn add(&mut self, span: Range<usize>, value: Vec<u8>) {
        let at = self.changes.partition_point(|(known, _)| known.start <= span.start);
        self.changes.insert(at, (span, value));
    }

    /// Adds a value at the end of the array that stands at `span`.
    pub(crate) fn push(&mut self, span: &Range<usize>, value: &[u8]) {
        self.insert(span.end.saturating_sub(1), value);
    }

    /// Inserts before the closing delimiter at `at`, apart from what stands before it: a comment there ends with its line.
    fn insert(&mut self, at: usize, value: &[u8]) {
        let separator = if self.ends_in_comment(at) { b'\n' } else { b' ' };
        self.add(at..at, [&[separator], value].concat());
    }

    /// Whether the bytes right before `at` may belong to a comment: a `%` on the line is taken for one.
    fn ends_in_comment(&self, at: usize) -> bool {
        let line = &self.source[self.span.start.min(at)..at];
        line.iter().rev().take_while(|byte| !matches!(byte, b'\r' | b'\n')).any(|&byte| byte == b'%')
    }

    /// Replaces the value at `span`.
    pub(crate) fn replace(&mut self, span: &Range<usize>, value: &[u8]) {
        self.add(span.clone(), value.to_vec());
    }

    /// Whether nothing is changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The object with all changes made.
    pub(crate) fn finish(self) -> Vec<u8> {
        let added: usize = self.changes.iter().map(|(_, value)| value.len()).sum();
        let mut out = Vec::with_capacity(self.span.len() + added);
        let mut at = self.span.start;
        for (span, value) in &self.changes {
            out.extend_from_slice(&self.source[at..span.start.max(at)]);
            out.extend_from_slice(value);
            at = span.end.max(at);
        }
        out.extend_from_slice(&self.source[at..self.span.end]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lexer, parse_object};
    use super::*;

    fn set(text: &str, key: &str, value: &str) -> String {
        let object = parse_object(&mut Lexer::new(text.as_bytes(), 0, true)).unwrap();
        let mut splice = Splice::new(text.as_bytes(), &object);
        splice.set(object.value.as_dictionary().unwrap(), &object.span, key, value.as_bytes());
        String::from_utf8(splice.finish()).unwrap()
    }

    #[test]
    fn what_is_not_changed_keeps_its_bytes() {
        assert_eq!(set("<</A 1.50 %c\n/B 2>>", "B", "3"), "<</A 1.50 %c\n/B 3>>");
        assert_eq!(set("<</A 1.50/B[2]>>", "B", "3"), "<</A 1.50/B 3>>");
        assert_eq!(set("<</A/X>>", "B", "3"), "<</A/X /B 3>>");
        assert_eq!(set("<</A 1 % /Z\n>>", "B", "3"), "<</A 1 % /Z\n /B 3>>");
        assert_eq!(set("<</A(%)>>", "B", "3"), "<</A(%)\n/B 3>>");
        assert_eq!(set("<</B null>>", "B", "3"), "<</B 3>>");
        assert_eq!(set("<</A 1/B>>", "B", "3"), "<</A 1/B 3>>");
        assert_eq!(set("<</B 1/B 2>>", "B", "3"), "<</B 3/B 3>>");
        assert_eq!(set("<</A>>", "B", "3"), "<</A null /B 3>>");
        assert_eq!(set("<</A >>", "B", "3"), "<</A  null /B 3>>");
        assert_eq!(set("<<>>", "B", "3"), "<< /B 3>>");
    }

    #[test]
    fn a_key_without_a_value_gets_one() {
        let text = "<</A>>";
        let object = parse_object(&mut Lexer::new(text.as_bytes(), 0, true)).unwrap();
        let dictionary = object.value.as_dictionary().unwrap();
        for (keys, expected) in [("BC", "<</A null /B 1 /C 1>>"), ("AB", "<</A 1 /B 1>>"), ("BA", "<</A 1 /B 1>>")] {
            let mut splice = Splice::new(text.as_bytes(), &object);
            keys.chars().for_each(|key| splice.set(dictionary, &object.span, &key.to_string(), b"1"));
            assert_eq!(String::from_utf8(splice.finish()).unwrap(), expected);
        }
    }

    #[test]
    fn several_changes() {
        let text = "<</F[1 0 R]/G<</H 1>>>>";
        let object = parse_object(&mut Lexer::new(text.as_bytes(), 0, true)).unwrap();
        let dictionary = object.value.as_dictionary().unwrap();
        let mut splice = Splice::new(text.as_bytes(), &object);
        let inner = dictionary.object("G").unwrap();
        splice.set(inner.value.as_dictionary().unwrap(), &inner.span, "I", b"2");
        splice.push(&dictionary.object("F").unwrap().span, b"2 0 R");
        splice.set(dictionary, &object.span, "J", b"3");
        splice.set(dictionary, &object.span, "K", b"4");
        assert_eq!(String::from_utf8(splice.finish()).unwrap(), "<</F[1 0 R 2 0 R]/G<</H 1 /I 2>> /J 3 /K 4>>");
        let text = "<</A>>";
        let object = parse_object(&mut Lexer::new(text.as_bytes(), 0, true)).unwrap();
        let mut splice = Splice::new(text.as_bytes(), &object);
        splice.set(object.value.as_dictionary().unwrap(), &object.span, "B", b"3");
        splice.set(object.value.as_dictionary().unwrap(), &object.span, "C", b"4");
        assert_eq!(String::from_utf8(splice.finish()).unwrap(), "<</A null /B 3 /C 4>>");
    }
}
