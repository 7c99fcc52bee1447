//! The block cache: what was read of the document, in aligned blocks, bounded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use crate::limits;

/// Aligned blocks of the document; the oldest give way.
pub(super) struct Blocks {
    length: u64,
    size: u64,
    held: BTreeMap<u64, Vec<u8>>,
    order: VecDeque<u64>,
}

impl Blocks {
    pub(super) fn new(length: u64, size: u64) -> Self {
        Blocks { length, size: size.clamp(1, limits::CACHE / 4), held: BTreeMap::new(), order: VecDeque::new() }
    }

    /// What has to be asked for so that the cache holds `ranges`: whole blocks, neighbours joined, no more than the cache holds.
    pub(super) fn missing(&self, ranges: &[Range<u64>]) -> Vec<Range<u64>> {
        let mut wanted: BTreeSet<u64> = BTreeSet::new();
        let most = (limits::CACHE / self.size).max(1) as usize;
        for range in ranges {
            let blocks = range.start / self.size..range.end.min(self.length).div_ceil(self.size);
            for block in blocks.take(most).filter(|block| !self.held.contains_key(block)) {
                if wanted.len() < most {
                    wanted.insert(block);
                }
            }
        }
        let mut joined: Vec<Range<u64>> = Vec::new();
        for block in wanted {
            let range = block * self.size..((block + 1) * self.size).min(self.length);
            match joined.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => joined.push(range),
            }
        }
        joined
    }

    /// Takes every whole block out of `pieces`, and gives up the oldest blocks for them.
    pub(super) fn insert(&mut self, pieces: Vec<(u64, Vec<u8>)>) {
        for (offset, bytes) in pieces {
            // A piece that is one block is kept as it is.
            if offset % self.size == 0
                && self.whole(offset / self.size, self.length) == Some(offset..offset.saturating_add(bytes.len() as u64))
            {
                self.hold(offset / self.size, bytes);
                continue;
            }
            let end = offset.saturating_add(bytes.len() as u64).min(self.length);
            let mut block = offset.div_ceil(self.size);
            while let Some(range) = self.whole(block, end) {
                let from = (range.start - offset) as usize;
                let to = (range.end - offset) as usize;
                self.hold(block, bytes[from..to].to_vec());
                block += 1;
            }
        }
        while self.order.len() as u64 * self.size > limits::CACHE {
            if let Some(oldest) = self.order.pop_front() {
                self.held.remove(&oldest);
            }
        }
    }

    fn hold(&mut self, block: u64, bytes: Vec<u8>) {
        if self.held.insert(block, bytes).is_none() {
            self.order.push_back(block);
        }
    }

    /// The range of a block that ends by `end`; none when it does not, or has no bytes.
    fn whole(&self, block: u64, end: u64) -> Option<Range<u64>> {
        let start = block.checked_mul(self.size)?;
        let stop = start.saturating_add(self.size).min(self.length);
        (start < stop && stop <= end).then_some(start..stop)
    }

    /// The bytes of `range`, when all its blocks are held.
    pub(super) fn copy(&self, range: &Range<u64>) -> Option<Vec<u8>> {
        let mut copy = Vec::with_capacity((range.end - range.start) as usize);
        let mut at = range.start;
        while at < range.end {
            let block = self.held.get(&(at / self.size))?;
            let start = at / self.size * self.size;
            let from = (at - start) as usize;
            let to = ((range.end - start) as usize).min(block.len());
            copy.extend_from_slice(block.get(from..to)?);
            at = start + to as u64;
        }
        Some(copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_blocks_are_joined_and_cut_at_the_end() {
        let mut blocks = Blocks::new(100, 16);
        assert_eq!(blocks.missing(&[5..6, 30..40, 96..100]), [0..48, 96..100]);
        blocks.insert(vec![(16, vec![7; 20])]);
        assert_eq!(blocks.missing(&[5..40, 41..42]), [0..16, 32..48]);
        assert_eq!(blocks.copy(&(17..32)), Some(vec![7; 15]));
        assert_eq!(blocks.copy(&(17..33)), None);
    }

    #[test]
    fn the_cache_is_bounded() {
        let mut blocks = Blocks::new(u64::MAX, 1 << 16);
        for block in 0..40 {
            blocks.insert(vec![(block << 16, vec![block as u8; 1 << 16])]);
        }
        assert_eq!(blocks.held.len() as u64 * (1 << 16), limits::CACHE);
        assert_eq!(blocks.copy(&(0..1)), None);
        assert_eq!(blocks.copy(&((39 << 16)..(39 << 16) + 1)), Some(vec![39]));
    }
}
