//! Which object numbers a section speaks of, and where their entries stand. ISO 32000-2, 7.5.4.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A run of object numbers, from `first` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subsection {
    pub(super) first: u32,
    pub(super) end: u32,
    /// Where the entry of `first` stands.
    pub(super) at: u64,
    /// The length of an entry in bytes.
    pub(super) size: u8,
}

impl Subsection {
    fn place(&self, number: u32) -> u64 {
        self.at + u64::from(number - self.first) * u64::from(self.size)
    }
}

/// The subsections of a section, ascending, without overlap.
pub(super) struct Subsections {
    disjoint: Vec<Subsection>,
    is_overlapping: bool,
}

impl Subsections {
    /// Orders `listed`. A number should be in one subsection alone; of several the first listed counts, as in most readers.
    pub(super) fn new(listed: &[Subsection]) -> Self {
        let mut order: Vec<usize> = (0..listed.len()).filter(|&index| listed[index].first < listed[index].end).collect();
        order.sort_by_key(|&index| listed[index].first);
        let mut order = order.into_iter().peekable();
        let mut disjoint: Vec<Subsection> = Vec::with_capacity(listed.len());
        // The subsections that speak of the number `at`, the first listed on top.
        let mut open = BinaryHeap::new();
        let mut at = 0;
        loop {
            while let Some(index) = order.next_if(|&index| listed[index].first <= at) {
                open.push(Reverse(index));
            }
            while open.peek().is_some_and(|Reverse(index)| listed[*index].end <= at) {
                open.pop();
            }
            let next = order.peek().map(|&index| listed[index].first);
            let Some(Reverse(index)) = open.peek() else {
                match next {
                    Some(next) => at = next,
                    None => {
                        let listed: u64 = listed.iter().map(|one| u64::from(one.end.saturating_sub(one.first))).sum();
                        let kept: u64 = disjoint.iter().map(|one| u64::from(one.end - one.first)).sum();
                        return Subsections { disjoint, is_overlapping: listed > kept };
                    }
                }
                continue;
            };
            let from = &listed[*index];
            let end = next.map_or(from.end, |next| next.min(from.end));
            let part = Subsection { first: at, end, at: from.place(at), size: from.size };
            match disjoint.last_mut() {
                Some(last) if last.end == at && last.size == part.size && last.place(at) == part.at => last.end = end,
                _ => disjoint.push(part),
            }
            at = end;
        }
    }

    /// Whether a number was listed twice.
    pub(super) fn is_overlapping(&self) -> bool {
        self.is_overlapping
    }

    /// Numbers that are listed, ascending.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.disjoint.iter().flat_map(|subsection| subsection.first..subsection.end)
    }

    /// How many numbers are listed.
    pub(super) fn count(&self) -> u64 {
        self.disjoint.iter().map(|subsection| u64::from(subsection.end - subsection.first)).sum()
    }

    /// The subsections, ascending.
    pub(super) fn all(&self) -> &[Subsection] {
        &self.disjoint
    }

    /// Where the entry of `number` stands, and its length.
    pub(super) fn find(&self, number: u32) -> Option<(u64, u8)> {
        let index = self.disjoint.partition_point(|subsection| subsection.end <= number);
        let subsection = self.disjoint.get(index).filter(|subsection| subsection.first <= number)?;
        Some((subsection.place(number), subsection.size))
    }

    /// One more than the largest number.
    pub(super) fn end(&self) -> u32 {
        self.disjoint.last().map_or(0, |subsection| subsection.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subsection(first: u32, end: u32, at: u64) -> Subsection {
        Subsection { first, end, at, size: 20 }
    }

    #[test]
    fn entries_are_found() {
        let subsections = Subsections::new(&[subsection(10, 12, 1000), subsection(7, 7, 5), subsection(0, 3, 0)]);
        assert_eq!(subsections.disjoint, [subsection(0, 3, 0), subsection(10, 12, 1000)]);
        assert_eq!([2, 3, 9, 10, 11, 12].map(|number| subsections.find(number).map(|found| found.0)), {
            [Some(40), None, None, Some(1000), Some(1020), None]
        });
        assert_eq!(subsections.end(), 12);
        assert_eq!(Subsections::new(&[]).end(), 0);
    }

    #[test]
    fn of_two_entries_the_first_listed_counts() {
        let listed = [subsection(5, 7, 1000), subsection(0, 10, 2000), subsection(6, 12, 3000), subsection(11, 12, 4000)];
        let subsections = Subsections::new(&listed);
        for number in 0..13 {
            let first = listed.iter().find(|s| (s.first..s.end).contains(&number)).map(|s| (s.place(number), s.size));
            assert_eq!(subsections.find(number), first, "{number}");
        }
        assert_eq!(subsections.disjoint.len(), 4);
        assert!(subsections.is_overlapping());
        assert!(!Subsections::new(&listed[1..2]).is_overlapping());
    }
}
