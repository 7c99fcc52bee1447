//! Digests and matches of one pass over the document. The states of the digests are kept: several signers need one pass.
#![expect(clippy::single_range_in_vec_init, reason = "a list of one range is meant")]

use std::ops::Range;

use memchr::memmem::Finder;
use rustpdf_core::{Copied, DigestAlgorithm, DigestAnswer, DigestPart, DigestRequest, Hasher, Matches};

/// Largest number of offsets that are returned for a pattern.
const MATCHES: usize = 1000;
/// Largest number of bytes of a match that lie in an earlier piece: patterns have 64 bytes at most.
const TAIL: usize = 63;

/// Digests in the making, and matches.
#[derive(Default)]
pub(crate) struct Digests {
    states: Vec<State>,
    patterns: Vec<Pattern>,
    /// Ranges in which the patterns are looked for.
    find_in: Vec<Range<u64>>,
    /// End of what was searched, and its last bytes.
    searched: u64,
    tail: Vec<u8>,
}

/// Digest of some ranges of the document.
struct State {
    algorithm: DigestAlgorithm,
    ranges: Vec<Range<u64>>,
    hasher: Hasher,
}

struct Pattern {
    finder: Finder<'static>,
    matches: Matches,
}

impl Digests {
    /// Digests and matches that a request needs of a document of `length` bytes. Equal ones are made once.
    pub(crate) fn new(request: &DigestRequest, length: u64) -> Self {
        let mut digests = Digests::default();
        request.parts.iter().for_each(|part| digests.add(part.algorithm, part.ranges.clone()));
        request.keep.iter().for_each(|algorithm| digests.add(*algorithm, vec![0..length]));
        let pattern = |bytes: &Vec<u8>| Pattern { finder: Finder::new(bytes).into_owned(), matches: Matches::default() };
        digests.patterns = request.find.iter().map(pattern).collect();
        digests.find_in = request.find_in.clone();
        digests
    }

    fn add(&mut self, algorithm: DigestAlgorithm, ranges: Vec<Range<u64>>) {
        if self.state(algorithm, &ranges).is_none() {
            self.states.push(State { algorithm, ranges, hasher: Hasher::new(algorithm) });
        }
    }

    fn state(&self, algorithm: DigestAlgorithm, ranges: &[Range<u64>]) -> Option<&State> {
        self.states.iter().find(|state| state.algorithm == algorithm && state.ranges == ranges)
    }

    /// Whether no byte of the document is needed.
    pub(crate) fn is_empty(&self) -> bool {
        self.states.is_empty() && self.patterns.is_empty()
    }

    /// Takes in the bytes of the document from `offset` on; the pieces come in order.
    pub(crate) fn update(&mut self, offset: u64, bytes: &[u8]) {
        for state in &mut self.states {
            state.ranges.iter().for_each(|range| state.hasher.update(within(bytes, offset, range)));
        }
        if !self.patterns.is_empty() {
            for range in std::mem::take(&mut self.find_in) {
                self.search(offset.max(range.start), within(bytes, offset, &range));
                self.find_in.push(range);
            }
        }
    }

    /// Searches the bytes from `offset` on. What was searched before belongs to them where they follow it.
    fn search(&mut self, offset: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if offset != self.searched {
            self.tail.clear();
        }
        self.searched = offset + bytes.len() as u64;
        for pattern in &mut self.patterns {
            // A match that began in the pieces before.
            let reach = pattern.finder.needle().len().saturating_sub(1);
            let before = &self.tail[self.tail.len().saturating_sub(reach)..];
            let across = [before, &bytes[..reach.min(bytes.len())]].concat();
            pattern.search(offset - before.len() as u64, &across, before.len());
            pattern.search(offset, bytes, bytes.len());
        }
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        self.tail.drain(..self.tail.len().saturating_sub(TAIL));
    }

    /// Digests and matches in the order of the request; none where another pass is needed.
    pub(crate) fn answer(&self, parts: &[DigestPart], copied: Copied) -> Option<DigestAnswer> {
        let digest = |part: &DigestPart| {
            let mut hasher = self.state(part.algorithm, &part.ranges)?.hasher.clone();
            hasher.update(&part.suffix);
            Some(hasher.digest())
        };
        let digests = parts.iter().map(digest).collect::<Option<_>>()?;
        Some(DigestAnswer { digests, found: self.patterns.iter().map(|pattern| pattern.matches.clone()).collect(), copied })
    }
}

impl Pattern {
    /// Notes the matches in `bytes`, which lie at `offset`, that begin among the first `starts`.
    fn search(&mut self, offset: u64, bytes: &[u8], starts: usize) {
        let mut from = 0;
        while let Some(found) = self.finder.find(&bytes[from..]).map(|found| from + found).filter(|found| *found < starts) {
            if self.matches.offsets.len() == MATCHES {
                self.matches.more = true;
            }
            if self.matches.more {
                return;
            }
            self.matches.offsets.push(offset + found as u64);
            from = found + 1;
        }
    }
}

/// The part of `bytes`, which lie at `offset`, that lies in `range`.
fn within<'a>(bytes: &'a [u8], offset: u64, range: &Range<u64>) -> &'a [u8] {
    let place = |position: u64| usize::try_from(position.saturating_sub(offset)).unwrap_or(usize::MAX).min(bytes.len());
    &bytes[place(range.start)..place(range.end)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes in which patterns overlap, and lie across pieces of any size.
    fn document() -> Vec<u8> {
        b"1 0 obj aaaa 11 0 obj\n1 0 obj".repeat(40)
    }

    fn in_pieces(request: &DigestRequest, document: &[u8], size: usize) -> DigestAnswer {
        let mut digests = Digests::new(request, document.len() as u64);
        for (index, piece) in document.chunks(size).enumerate() {
            digests.update((index * size) as u64, piece);
        }
        digests.answer(&request.parts, Copied::None).unwrap()
    }

    fn part(algorithm: DigestAlgorithm, ranges: &[Range<u64>], suffix: &[u8]) -> DigestPart {
        DigestPart { algorithm, ranges: ranges.to_vec(), suffix: suffix.to_vec() }
    }

    #[test]
    fn pieces_of_any_size_give_the_same() {
        let document = document();
        let mut request = DigestRequest::default();
        request.find = vec![b"aa".to_vec(), b"1 0 obj".to_vec(), b"j".to_vec(), document[3..67].to_vec(), b"absent".to_vec()];
        request.find_in = vec![0..document.len() as u64];
        request.parts = vec![
            part(DigestAlgorithm::Sha256, &[0..document.len() as u64], b"suffix"),
            part(DigestAlgorithm::Sha512, &[3..10, 10..11, 500..777], b""),
            part(DigestAlgorithm::Sha256, &[], b"only a suffix"),
        ];
        let digests = vec![
            DigestAlgorithm::Sha256.digest(&[&document, b"suffix"]),
            DigestAlgorithm::Sha512.digest(&[&document[3..11], &document[500..777]]),
            DigestAlgorithm::Sha256.digest(&[b"only a suffix"]),
        ];
        let found: Vec<Matches> = request
            .find
            .iter()
            .map(|pattern| {
                let starts = document.windows(pattern.len()).enumerate().filter(|(_, window)| window == pattern);
                Matches { offsets: starts.map(|(start, _)| start as u64).collect(), more: false }
            })
            .collect();
        assert!(found[0].offsets.len() == 120 && found[1].offsets.len() == 120, "{found:?}");
        for size in [1, 2, 5, 6, 7, 8, 62, 63, 64, 65, 1000, document.len()] {
            let answer = in_pieces(&request, &document, size);
            assert!(answer.digests == digests, "digests in pieces of {size}");
            assert!(answer.found == found, "matches in pieces of {size}");
        }
    }

    #[test]
    fn a_thousand_matches_and_more() {
        let mut request = DigestRequest::default();
        request.find = vec![b"x".to_vec()];
        request.find_in = vec![0..5000];
        for (length, more) in [(999, false), (1000, false), (1001, true)] {
            for size in [1, 100, 5000] {
                let found = &in_pieces(&request, &vec![b'x'; length], size).found[0];
                assert_eq!((found.offsets.len(), found.more), (length.min(1000), more));
            }
        }
    }

    #[test]
    fn only_ranges_are_searched() {
        let document = document();
        let mut request = DigestRequest::default();
        request.find = vec![b"1 0 obj".to_vec()];
        request.find_in = vec![0..7, 8..21, 60..100];
        let pattern: &[u8] = &request.find[0];
        let starts = document.windows(pattern.len()).enumerate().filter(|(_, window)| window == &pattern).map(|(start, _)| start as u64);
        let within = |start: &u64| request.find_in.iter().any(|range| range.contains(start) && *start + 7 <= range.end);
        let expected: Vec<u64> = starts.filter(within).collect();
        assert!(expected.len() > 2, "{expected:?}");
        for size in [1, 3, 7, 20, 1000] {
            assert_eq!(in_pieces(&request, &document, size).found[0].offsets, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_kept_state_is_of_its_algorithm_and_ranges() {
        let mut request = DigestRequest::default();
        request.parts = vec![part(DigestAlgorithm::Sha256, &[0..3], b"")];
        request.keep = vec![DigestAlgorithm::Sha384];
        let mut digests = Digests::new(&request, 3);
        digests.update(0, b"abc");
        let later = part(DigestAlgorithm::Sha384, &[0..3], b"d");
        assert_eq!(digests.answer(&[later], Copied::None).unwrap().digests, [DigestAlgorithm::Sha384.digest(&[b"abcd"])]);
        assert!(digests.answer(&[part(DigestAlgorithm::Sha512, &[0..3], b"")], Copied::None).is_none());
        assert!(digests.answer(&[part(DigestAlgorithm::Sha256, &[0..2], b"")], Copied::None).is_none());
    }
}
