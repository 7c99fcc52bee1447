//! A classic table, indexed by arithmetic: of a million entries only those asked for are read. ISO 32000-2, 7.5.4.

use std::ops::Range;

use super::stream::StreamSection;
use super::subsections::{Subsection, Subsections};
use super::{Budget, Entry, broken, number};
use crate::error::{Code, Result};
use crate::file::window::{Landmarks, Reader};
use crate::io::Io;
use crate::limits;

/// "nnnnnnnnnn ggggg n", which a two-byte end of line follows.
const ENTRY: usize = 18;

/// Bytes of a table that are checked at once: larger than what the block cache keeps, so that it keeps what it has.
const CHUNK: u64 = limits::CACHE;

/// The subsections of one table; their entries stand in the document.
pub(super) struct TableSection {
    subsections: Subsections,
}

/// What stands between two subsections.
enum Next {
    Subsection { first: i64, count: i64, entries: usize },
    Trailer(usize),
}

impl TableSection {
    /// Reads the heads of the subsections from behind `xref` on, and returns where the trailer dictionary starts.
    ///
    /// Errors: `ERR_XREF_BROKEN`, `ERR_LIMIT`.
    pub(super) async fn read(reader: &Reader, mut at: u64, room: &mut Budget) -> Result<(Self, u64)> {
        let mut listed = Vec::new();
        loop {
            let (bytes, next) = reader
                .parse(at, |lexer| {
                    lexer.skip_space();
                    if lexer.keyword_prefix(b"trailer")? {
                        return Ok(Next::Trailer(lexer.offset()));
                    }
                    let (first, count) = (number(lexer)?, number(lexer)?);
                    lexer.skip_space();
                    Ok(Next::Subsection { first, count, entries: lexer.offset() })
                })
                .await
                .map_err(|error| broken(error, at))?;
            match next {
                Next::Trailer(offset) => return Ok((TableSection { subsections: Subsections::new(&listed) }, at + offset as u64)),
                Next::Subsection { first, count, entries } => {
                    let start = at + entries as u64;
                    if count > 0 && !is_line(bytes.get(..entries).unwrap_or_default()) {
                        reader.doubt("the head of a subsection of a cross-reference table is not a line of its own", at);
                    }
                    let found = || Code::XrefBroken.because("a subsection of the cross-reference table does not fit the document").at(at);
                    let (Ok(first), Ok(count)) = (u32::try_from(first), u32::try_from(count)) else { return Err(found()) };
                    let size = if count > 0 { entry_size(&reader.io, start).await? } else { 0 };
                    let end = start + u64::from(count) * u64::from(size);
                    // An empty subsection has no entries to start at: what was skipped belongs to what follows.
                    if end > reader.io.length() || first.checked_add(count).is_none_or(|end| end > limits::OBJECT_NUMBER) {
                        return Err(found());
                    }
                    room.list()?;
                    if count > 0 {
                        listed.push(Subsection { first, end: first + count, at: start, size });
                    }
                    at = end;
                }
            }
        }
    }

    /// Notes entries that readers can take differently: malformed ones, those of 19 or 21 bytes, a number in two subsections, and a table
    /// that starts at 1 with the entry of 0.
    ///
    /// Errors: what reading gives, `ERR_LIMIT`.
    pub(super) async fn check(&self, reader: &Reader) -> Result<()> {
        if self.subsections.is_overlapping() {
            reader.doubt("a cross-reference table lists an object twice", self.subsections.all().first().map_or(0, |first| first.at));
        }
        if let Some(other) = self.subsections.all().iter().find(|subsection| subsection.size != 20) {
            reader.doubt("entries of a cross-reference table have 19 or 21 bytes", other.at);
        }
        let (mut landmarks, mut malformed, mut shifted) = (Landmarks::new(reader.io.length()), None, None);
        let first = self.subsections.all().first().map_or(0, |first| first.first);
        self.each(reader, |number, at, bytes| {
            // An entry without an end of line: some readers take two entries for one.
            if !bytes[ENTRY.min(bytes.len())..].iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
                malformed = malformed.or(Some(at));
            }
            match parse(bytes) {
                Some(Entry::Offset { offset, .. }) => landmarks.add(offset),
                Some(_) if number == 1 && first == 1 => shifted = Some(at),
                Some(_) => {}
                None => malformed = malformed.or(Some(at)),
            }
        })
        .await?;
        reader.list(landmarks);
        if let Some(at) = malformed {
            reader.doubt("a cross-reference table has a malformed entry, or entries of different lengths", at);
        }
        if let Some(at) = shifted
            && reader.io.read(at..at + ENTRY as u64).await? == b"0000000000 65535 f"
        {
            reader.doubt("a cross-reference table starts at 1 with the entry of object 0", at);
        }
        Ok(())
    }

    /// Passes the bytes of all entries with their numbers and places to `take`.
    ///
    /// Errors: what reading gives, `ERR_LIMIT`.
    async fn each(&self, reader: &Reader, mut take: impl FnMut(u32, u64, &[u8])) -> Result<()> {
        for subsection in self.subsections.all() {
            let size = u64::from(subsection.size);
            let (mut number, mut at) = (subsection.first, subsection.at);
            while number < subsection.end {
                let count = u64::from(subsection.end - number).min(CHUNK / size);
                let chunk = reader.io.read(at..at + count * size).await?;
                reader.io.charge(limits::WORK_ENTRY * count)?;
                for entry in chunk.chunks(size as usize) {
                    take(number, at, entry);
                    (number, at) = (number + 1, at + size);
                }
                if (chunk.len() as u64) < count * size {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Passes all entries with their numbers to `take`; none for a malformed one.
    ///
    /// Errors: what reading gives, `ERR_LIMIT`.
    pub(super) async fn entries(&self, reader: &Reader, mut take: impl FnMut(u32, Option<Entry>)) -> Result<()> {
        self.each(reader, |number, _, bytes| take(number, parse(bytes))).await
    }

    /// Whether the table and the stream that its trailer names (`/XRefStm`) place an object differently.
    pub(super) async fn contradicts(&self, io: &Io, stream: &StreamSection) -> Result<bool> {
        io.charge(limits::WORK_ENTRY * stream.count())?;
        for (number, other) in stream.entries() {
            if self.subsections.find(number).is_some()
                && let Ok(Some(entry @ Entry::Offset { .. })) = self.entry(io, number).await
                && other != entry
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the entry of `number` stands.
    pub(super) fn entry_range(&self, number: u32) -> Option<Range<u64>> {
        let (at, size) = self.subsections.find(number)?;
        Some(at..at + u64::from(size))
    }

    pub(super) async fn entry(&self, io: &Io, number: u32) -> Result<Option<Entry>> {
        let Some(range) = self.entry_range(number) else { return Ok(None) };
        io.charge(limits::WORK_LOOKUP.1)?;
        let bytes = io.read(range.clone()).await?;
        match parse(&bytes) {
            Some(entry) => Ok(Some(entry)),
            None => Err(Code::XrefBroken.because(format!("the cross-reference entry of object {number} is malformed")).at(range.start)),
        }
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> u64 {
        self.subsections.count()
    }

    /// One more than the largest number.
    pub(super) fn end(&self) -> u32 {
        self.subsections.end()
    }
}

/// The length of the entries from `start` on, as the first of them shows it: 20 bytes, says 7.5.4, but some writers end a line with one
/// byte, and others with a space and two.
async fn entry_size(io: &Io, start: u64) -> Result<u8> {
    let bytes = io.read(start..start + 21).await?;
    let end = bytes.iter().skip(ENTRY).take_while(|byte| is_end(**byte)).count();
    Ok(match end {
        1 => 19,
        3 => 21,
        _ => 20,
    })
}

/// Whether white space, two numbers and an end of line are all that `head` has: no comment, and nothing behind the numbers but one space.
fn is_line(head: &[u8]) -> bool {
    let space = head.iter().rev().take_while(|byte| is_end(**byte)).count();
    let (line, end) = head.split_at(head.len() - space);
    let is_plain = line.iter().all(|byte| byte.is_ascii_digit() || is_end(*byte));
    is_plain && matches!(end, b"\n" | b"\r" | b"\r\n" | b" \n" | b" \r" | b" \r\n")
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b' ' | b'\r' | b'\n')
}

fn parse(bytes: &[u8]) -> Option<Entry> {
    let (entry, end) = bytes.split_at_checked(ENTRY)?;
    let (offset, generation, kind) = (&entry[..10], &entry[11..16], entry[17]);
    if entry[10] != b' ' || entry[16] != b' ' || end.is_empty() || !end.iter().all(|byte| is_end(*byte)) {
        return None;
    }
    let decimal = |digits: &[u8]| digits.iter().try_fold(0_u64, |value, d| d.is_ascii_digit().then(|| value * 10 + u64::from(d - b'0')));
    let offset = decimal(offset)?;
    let generation = decimal(generation)?; // of a free entry some writers give 65536
    match kind {
        b'n' if offset == 0 => Some(Entry::Free), // as some writers mark what they did not write
        b'n' => Some(Entry::Offset { offset, generation: u16::try_from(generation).ok()? }),
        b'f' => Some(Entry::Free),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        assert_eq!(parse(b"0000000017 00000 n \n"), Some(Entry::Offset { offset: 17, generation: 0 }));
        assert_eq!(parse(b"9999999999 65535 n\r\n"), Some(Entry::Offset { offset: 9_999_999_999, generation: 65535 }));
        assert_eq!(parse(b"0000000000 65535 f \n"), Some(Entry::Free));
        assert_eq!(parse(b"0000000017 00002 n\n"), Some(Entry::Offset { offset: 17, generation: 2 }));
        assert_eq!(parse(b"0000000000 65536 f \n"), Some(Entry::Free));
        assert_eq!(parse(b"0000000017 65536 n \n"), None);
        assert_eq!(parse(b"0000000017 00000 n"), None);
        assert_eq!(parse(b"000000017 00000 n  \n"), None);
        assert_eq!(parse(b"0000000017 00000 x \n"), None);
    }
}
