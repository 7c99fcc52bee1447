//! Later definitions of an object, which the cross-reference does not list. A reader that repairs the document takes the last definition
//! (ISO 32000-2, 7.5.4 leaves that to the reader), so it shows another object before the signature than after it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::xref::Entry;
use super::{File, indirect_object, scan, window};
use crate::error::Result;
use crate::io::{Find, Matches};
use crate::limits;
use crate::syntax::{ObjectId, Value, is_space};

/// A search for later definitions of some objects.
#[derive(Default)]
pub(crate) struct ShadowSearch {
    /// `N G obj` of each object, to be found outside large streams.
    find: Find,
    /// For each pattern where the definition of its object starts, and the bytes of the pattern before it.
    definitions: Vec<(u64, u64)>,
    /// Later definitions that were found already, as offsets of the cross-reference.
    found: Vec<u64>,
}

/// Bytes before `N G obj` that are part of its pattern. In a document with more objects than a host reports matches, `1 0 obj` alone is the
/// end of too many others.
const BEFORE: [&str; 3] = ["\n", "\r", " "];

impl ShadowSearch {
    /// Patterns to find in the document of `length` bytes. Nothing if earlier signers of this run have `searched` for all of them, or if
    /// another pass over the document costs too much. The patterns are added to `searched`.
    pub(crate) fn begin(&mut self, searched: &mut Vec<Vec<u8>>, length: u64) -> Find {
        let is_new = self.find.patterns.iter().any(|pattern| !searched.contains(pattern));
        if !is_new || (!searched.is_empty() && length > limits::SEARCHED_AGAIN) {
            self.definitions.clear();
            return Find::default();
        }
        searched.extend(self.find.patterns.iter().cloned());
        self.find.clone()
    }
}

impl File {
    /// Plans a search for later definitions of `ids`, of the catalog, and of the nodes from `ids` to the root of the page tree.
    ///
    /// A document from which readers can take different objects needs no search: the signer is told anyway.
    pub(crate) async fn watch(&self, ids: &[ObjectId]) -> Result<ShadowSearch> {
        let mut search = ShadowSearch::default();
        if self.is_doubtful() {
            return Ok(search);
        }
        let mut open = ids.to_vec();
        let catalog = self.xref.trailer.get("Root").and_then(Value::as_reference);
        // The root of the page tree has no parent, and may list a million pages: it is not read again.
        let loaded = match catalog {
            Some(id) => self.load(id).await?,
            None => None,
        };
        let root = loaded.as_ref().and_then(|loaded| loaded.dictionary()?.get("Pages")?.as_reference());
        open.extend(catalog.into_iter().chain(root));
        let mut definitions = BTreeMap::new();
        while let Some(id) = open.pop() {
            if definitions.len() >= limits::WATCHED || definitions.contains_key(&id) {
                continue;
            }
            let (id, at) = match self.xref.entry(&self.io, id.number).await? {
                Entry::Offset { offset, .. } => (id, offset),
                Entry::Compressed { stream, .. } => {
                    open.push(ObjectId::new(stream, 0));
                    match self.xref.entry(&self.io, stream).await? {
                        Entry::Offset { offset, .. } => (id, offset),
                        _ => continue,
                    }
                }
                Entry::Free => continue,
            };
            // Some writers point to the end of line before the object.
            let at = self.base.saturating_add(at);
            let head = self.io.read(at..at.saturating_add(limits::WATCHED_SPACE)).await?;
            definitions.insert(id, at + head.iter().take_while(|byte| is_space(**byte)).count() as u64);
            if Some(id) == root {
                continue;
            }
            let loaded = match self.load(id).await {
                // A node above the page is not needed for the signature.
                Err(error) if error.is_damage() => None,
                loaded => loaded?,
            };
            if let Some(loaded) = loaded
                && let Some(dictionary) = loaded.dictionary()
                && matches!(dictionary.name("Type"), Some(b"Page" | b"Pages"))
            {
                open.extend(dictionary.get("Parent").and_then(Value::as_reference));
            }
        }
        // After an object of this run's own updates no byte of the document follows.
        definitions.retain(|_, at| *at < self.io.document_length());
        if let Some(later) = &self.later {
            let later = later.iter().filter(|(number, at)| definitions.iter().any(|(id, start)| id.number == *number && at > start));
            search.found = later.map(|(_, at)| at.saturating_sub(self.base)).collect();
            return Ok(search);
        }
        let before: &[&str] = if self.xref.listed_end() as usize > limits::MATCHES { &BEFORE } else { &[""] };
        for (id, at) in definitions {
            for before in before {
                search.find.patterns.push(format!("{before}{} {} obj", id.number, id.generation).into_bytes());
                search.definitions.push((at, before.len() as u64));
            }
        }
        search.find.ranges = self.outside_large_streams().await?;
        Ok(search)
    }

    /// Whether one of the matches is a later definition: not the number of another object, and not in a stream of a listed object, such as
    /// an attached PDF.
    pub(crate) async fn is_shadowed(&self, search: &ShadowSearch, found: &[Matches]) -> Result<bool> {
        let mut later = search.found.clone();
        for ((definition, before), matches) in search.definitions.iter().zip(found) {
            if matches.more {
                return Ok(true);
            }
            for at in matches.offsets.iter().map(|at| at + before).filter(|at| at > definition) {
                let before = self.io.read(at.saturating_sub(1)..at).await?;
                if !before.first().is_some_and(u8::is_ascii_digit) {
                    later.push(at.saturating_sub(self.base));
                }
            }
        }
        if later.is_empty() {
            return Ok(false);
        }
        later.sort_unstable();
        for (at, offset) in later.iter().zip(self.xref.offsets_before(&self.reader, &later).await?) {
            let stream = match offset {
                Some(offset) => self.stream_range(offset).await?,
                None => None,
            };
            if !stream.is_some_and(|stream| stream.contains(&self.base.saturating_add(*at))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Data of the stream object at `offset`, by its `/Length`. None if `endstream` is not at its end.
    async fn stream_range(&self, offset: u64) -> Result<Option<Range<u64>>> {
        let Ok(loaded) = indirect_object(&self.reader, self.base.saturating_add(offset)).await else { return Ok(None) };
        let (Some(start), Some(dictionary)) = (loaded.stream, loaded.dictionary()) else { return Ok(None) };
        let length = match dictionary.get("Length").cloned() {
            Some(length) => self.direct(length).await?.as_integer().and_then(|length| u64::try_from(length).ok()),
            None => None,
        };
        let Some(end) = length.map(|length| start.saturating_add(length)).filter(|end| *end <= self.io.length()) else { return Ok(None) };
        Ok(scan::ends_at(&self.reader, end).await?.then_some(start..end))
    }

    /// The document without the data of large streams: those are seen by the distance from one listed offset to the next.
    async fn outside_large_streams(&self) -> Result<Vec<Range<u64>>> {
        let (mut ranges, mut from) = (Vec::new(), 0);
        let starts = self.reader.starts_of_gaps();
        let blocks: Vec<_> =
            starts.iter().map(|offset| self.base.saturating_add(*offset)).map(|at| at..at.saturating_add(window::FIRST)).collect();
        for (index, offset) in starts.into_iter().enumerate() {
            if index % limits::PREFETCH_BLOCKS == 0 {
                self.io.fetch(&blocks[index..blocks.len().min(index + limits::PREFETCH_BLOCKS)]).await?;
            }
            let Some(stream) = self.stream_range(offset).await?.filter(|stream| stream.start >= from) else { continue };
            ranges.push(from..stream.start);
            from = stream.end;
        }
        ranges.push(from..self.io.document_length());
        ranges.retain(|range| range.start < range.end);
        Ok(ranges)
    }
}
