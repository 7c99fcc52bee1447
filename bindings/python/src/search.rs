//! The search for a few byte patterns, by as few passes over a piece as can be.

use memchr::memmem::Finder;

/// Offsets that are kept of each pattern.
const KEPT: usize = 1000;
/// A common end of this many bytes or more is searched for once, in place of each pattern.
const COMMON: usize = 3;

/// State of a search.
pub struct Search {
    patterns: Vec<Vec<u8>>,
    /// Bytes to search for, with the pattern that ends with them; `None` where all patterns do.
    needles: Vec<(Finder<'static>, Option<usize>)>,
    /// The last bytes before the next piece: one fewer than the longest pattern has.
    tail: Vec<u8>,
    /// Offset of the next piece.
    position: u64,
    found: Vec<(Vec<u64>, bool)>,
}

impl Search {
    pub fn new(patterns: Vec<Vec<u8>>) -> Search {
        let common = common_end(&patterns);
        let needles = if common.len() < COMMON {
            patterns.iter().enumerate().map(|(number, pattern)| (Finder::new(pattern).into_owned(), Some(number))).collect()
        } else {
            vec![(Finder::new(common).into_owned(), None)]
        };
        let found = vec![(Vec::new(), false); patterns.len()];
        Search { needles, tail: Vec::new(), position: 0, found, patterns }
    }

    /// Takes the piece at the offset `at`: it follows the one before, or pieces were passed over.
    pub fn feed(&mut self, piece: &[u8], at: u64) {
        if at != self.position {
            self.tail.clear();
            self.position = at;
        }
        let overlap = self.patterns.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1);
        let before = self.tail.len();
        let mut border = std::mem::take(&mut self.tail);
        border.extend_from_slice(&piece[..piece.len().min(overlap)]);
        // Across the border first: these matches come before those within the piece.
        self.scan(&border, self.position - before as u64, |start, end| start < before && end > before);
        self.scan(piece, self.position, |_, _| true);
        self.position += piece.len() as u64;
        self.tail = match piece.len() < overlap {
            true => border.split_off(border.len().saturating_sub(overlap)),
            false => piece[piece.len() - overlap..].to_vec(),
        };
    }

    pub fn found(&self) -> &[(Vec<u64>, bool)] {
        &self.found
    }

    fn scan(&mut self, bytes: &[u8], position: u64, counts: impl Fn(usize, usize) -> bool) {
        for (finder, only) in &self.needles {
            let mut from = 0;
            while let Some(at) = finder.find(&bytes[from..]) {
                let end = from + at + finder.needle().len();
                from += at + 1;
                for (number, pattern) in self.patterns.iter().enumerate() {
                    if only.is_some_and(|only| only != number) || !bytes[..end].ends_with(pattern) {
                        continue;
                    }
                    let start = end - pattern.len();
                    if counts(start, end) {
                        let (offsets, more) = &mut self.found[number];
                        match offsets.len() < KEPT {
                            true => offsets.push(position + start as u64),
                            false => *more = true,
                        }
                    }
                }
            }
        }
    }
}

/// The longest end that all patterns have in common.
fn common_end(patterns: &[Vec<u8>]) -> &[u8] {
    let Some((first, rest)) = patterns.split_first() else { return &[] };
    let length = rest.iter().fold(first.len(), |length, pattern| {
        let pairs = first.iter().rev().zip(pattern.iter().rev());
        pairs.take(length).take_while(|(one, other)| one == other).count()
    });
    &first[first.len() - length..]
}
