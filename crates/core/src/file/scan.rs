//! One pass over a file whose cross-reference is missing or damaged, for the objects that stand in it.
//!
//! ISO 32000-2 leaves it to the reader what to do with such a file. As in other readers, of several objects with one number the last
//! in the file counts, for it is that of the last revision.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memchr_iter;

use super::conversion::Sample;
use super::search::find;
use super::window::Reader;
use super::{IndirectObject, indirect_object};
use crate::error::Result;
use crate::io::Io;
use crate::limits;
use crate::syntax::{Dictionary, Object, ObjectId, Value, is_space, parse_object};

/// What one step of the scan looks at, in bytes: a part of the block cache, so that objects are parsed from the same answer.
const WINDOW: u64 = limits::CACHE / 4;
/// The longest head of an object that may lie across two windows: "nnnnnnnnnn ggggg obj" with some white space.
const OVERLAP: usize = 64;
/// What follows the data of a stream (7.3.8.1).
pub(super) const END: &[u8] = b"endstream";

/// What stands in the file. Offsets count from the first byte.
#[derive(Default)]
pub(super) struct Scan {
    /// The objects that stand by themselves: their generation, and where the last of each number starts.
    pub(super) objects: BTreeMap<u32, (u16, u64)>,
    /// Those of them that are object streams, in the order of the file.
    pub(super) object_streams: Vec<(u32, u64)>,
    /// Trailers and dictionaries of cross-reference streams, in the order of the file.
    pub(super) trailers: Vec<Trailer>,
    /// Those of `objects` that call themselves a catalog.
    pub(super) catalogs: Vec<ObjectId>,
    /// Numbers of signature dictionaries, each definition of them.
    pub(super) signatures: Vec<u32>,
    /// Compressed data of its streams.
    pub(super) sample: Sample,
    /// Whether an `endstream` was looked for and none was found: then there is none further on either.
    no_more_ends: bool,
}

/// A trailer and the bytes that it was parsed from.
pub(super) struct Trailer {
    pub(super) source: Vec<u8>,
    pub(super) object: Object,
}

/// What the scan stops at: offsets in the window.
enum Word {
    Object { head: usize, end: usize, id: ObjectId },
    Trailer { end: usize },
}

impl Scan {
    /// Scans the document from `start` on.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(super) async fn run(io: &Io, start: u64) -> Result<Scan> {
        let reader = Reader::new(io);
        let (mut scan, mut at) = (Scan::default(), start);
        while at < io.length() {
            let window = io.read(at..at.saturating_add(WINDOW)).await?;
            io.charge(window.len() as u64 / limits::WORK_SEARCH)?;
            let last = at + window.len() as u64 >= io.length();
            scan.sample.add(&window);
            let enough = if last { window.len() } else { window.len().saturating_sub(OVERLAP) };
            let mut from = 0;
            // In this window, until the next place lies beyond it, or so near its end that a head may be cut.
            let next = loop {
                let next = match next_word(&window, from) {
                    None => break at + enough.max(from) as u64,
                    Some(Word::Trailer { end }) => scan.trailer(&reader, at + end as u64).await?,
                    Some(Word::Object { head, end, id }) => scan.object(&reader, at + head as u64, id, at + end as u64).await?,
                };
                match usize::try_from(next.saturating_sub(at)) {
                    Ok(offset) if offset < enough => from = offset,
                    _ => break next,
                }
            };
            at = next;
        }
        Ok(scan)
    }

    /// Notes the trailer behind the keyword; returns where the scan goes on.
    async fn trailer(&mut self, reader: &Reader, at: u64) -> Result<u64> {
        match reader.parse(at, parse_object).await {
            Ok((source, object)) => {
                let end = object.span.end as u64;
                self.keep_trailer(source, object);
                Ok(at + end)
            }
            Err(_) => go_on(reader).map(|()| at),
        }
    }

    fn keep_trailer(&mut self, mut source: Vec<u8>, object: Object) {
        if matches!(object.value, Value::Dictionary(_)) {
            source.truncate(object.span.end);
            source.shrink_to_fit();
            self.trailers.push(Trailer { source, object });
            let bytes = |trailers: &[Trailer]| trailers.iter().map(|trailer| trailer.source.len()).sum::<usize>();
            while self.trailers.len() > 1 && (self.trailers.len() > limits::TRAILERS || bytes(&self.trailers) > limits::TRAILERS_BYTES) {
                self.trailers.remove(0);
            }
        }
    }

    /// Notes the object at `head`; returns where the scan goes on: behind its stream, so that what looks like objects there (an attached
    /// PDF) is passed over.
    async fn object(&mut self, reader: &Reader, head: u64, id: ObjectId, behind: u64) -> Result<u64> {
        // The lists grow with every definition, also of a number that was there before.
        if self.objects.len().max(self.object_streams.len()).max(self.catalogs.len()).max(self.signatures.len()) >= limits::REBUILT_OBJECTS
        {
            return Err(limits::exceeded("objects, and its cross-reference is damaged", limits::REBUILT_OBJECTS));
        }
        if id.number == 0 || id.number > limits::OBJECT_NUMBER {
            return Ok(behind);
        }
        let loaded = match indirect_object(reader, head).await {
            Ok(loaded) => loaded,
            Err(_) => {
                go_on(reader)?;
                // Its number is in use; an older one that can be read is better than it.
                self.objects.entry(id.number).or_insert((id.generation, head));
                return Ok(behind);
            }
        };
        self.objects.insert(id.number, (id.generation, head));
        let end = head + loaded.object.span.end as u64;
        let Some(dictionary) = loaded.dictionary() else { return Ok(end) };
        if is_signature(dictionary) {
            self.signatures.push(id.number);
        }
        match dictionary.name("Type") {
            Some(b"Catalog") => self.catalogs.push(id),
            Some(b"ObjStm") if loaded.stream.is_some() => self.object_streams.push((id.number, head)),
            Some(b"XRef") if loaded.stream.is_some() => {
                self.keep_trailer(loaded.source.to_vec(), loaded.object.clone());
            }
            _ => {}
        }
        match loaded.stream {
            Some(start) => self.behind_stream(reader, &loaded, start).await,
            None => Ok(end),
        }
    }

    /// Where the stream from `start` on ends: where its `/Length` says when `endstream` stands there, else at the next `endstream`.
    async fn behind_stream(&mut self, reader: &Reader, loaded: &IndirectObject, start: u64) -> Result<u64> {
        let length = loaded.dictionary().and_then(|dictionary| dictionary.integer("Length")).and_then(|length| u64::try_from(length).ok());
        if let Some(end) = length.and_then(|length| start.checked_add(length))
            && ends_at(reader, end).await?
        {
            return Ok(end);
        }
        if self.no_more_ends {
            return Ok(start);
        }
        let found = find_word(reader, END, start..reader.io.length()).await?;
        self.no_more_ends = found.is_none();
        Ok(found.unwrap_or(start))
    }
}

/// Whether a dictionary is that of a signature: both keys are required of every kind that readers show (12.8.1, table 255).
pub(super) fn is_signature(dictionary: &Dictionary) -> bool {
    dictionary.get("ByteRange").is_some() && dictionary.get("Contents").is_some()
}

/// Passes over an object that cannot be read, or is too large or deep by itself, as long as another of any size can be parsed.
pub(super) fn go_on(reader: &Reader) -> Result<()> {
    match reader.io.work_left() < limits::OBJECT {
        true => Err(limits::exceeded("units of work, and has objects that cannot be read", limits::work(reader.io.length()))),
        false => Ok(()),
    }
}

/// Whether `endstream` stands at `at`, but for white space.
pub(super) async fn ends_at(reader: &Reader, at: u64) -> Result<bool> {
    let bytes = reader.io.read(at..at.saturating_add(END.len() as u64 + 4)).await?;
    let space = bytes.iter().take(4).take_while(|byte| is_space(**byte)).count();
    Ok(bytes[space..].starts_with(END))
}

/// Where the first `word` in `range` stands.
pub(super) async fn find_word(reader: &Reader, word: &[u8], Range { start: mut at, end }: Range<u64>) -> Result<Option<u64>> {
    while at < end {
        let window = reader.io.read(at..at.saturating_add(WINDOW).min(end)).await?;
        reader.io.charge(window.len() as u64 / limits::WORK_SEARCH)?;
        if let Some(found) = find(&window, word) {
            return Ok(Some(at + found as u64));
        }
        let step = window.len() as u64;
        if at + step >= end {
            break;
        }
        at += step.saturating_sub(word.len() as u64 - 1).max(1);
    }
    Ok(None)
}

/// Heads of objects in `bytes`, wherever they stand: number and offset.
pub(super) fn heads(bytes: &[u8]) -> impl Iterator<Item = (u32, u64)> {
    let mut from = 0;
    // Of the letters of `obj`, this one is the rarest.
    memchr_iter(b'j', bytes).filter_map(move |last| {
        let before = bytes.get(from..=last)?.strip_suffix(b"obj")?;
        let (head, id) = head_before(before)?;
        let start = (from + head) as u64;
        from = last + 1;
        Some((id.number, start))
    })
}

/// The first head of an object, or `trailer`, from `from` on.
fn next_word(window: &[u8], from: usize) -> Option<Word> {
    let mut at = from;
    loop {
        let rest = window.get(at..)?;
        at += rest.iter().position(|byte| matches!(byte, b'o' | b't'))?;
        let rest = &window[at..];
        if rest.starts_with(b"obj")
            && let Some((head, id)) = head_before(&window[from..at])
        {
            return Some(Word::Object { head: from + head, end: at + b"obj".len(), id });
        }
        if rest.starts_with(b"trailer") {
            return Some(Word::Trailer { end: at + b"trailer".len() });
        }
        at += 1;
    }
}

/// The number and generation that `bytes` end with, and where they start (7.3.10).
fn head_before(bytes: &[u8]) -> Option<(usize, ObjectId)> {
    let (generation, before) = last_number(bytes)?;
    let apart = before.last().copied().is_some_and(is_space);
    let (number, before) = last_number(before).filter(|_| apart)?;
    let id = ObjectId::new(u32::try_from(number).ok()?, u16::try_from(generation).ok()?);
    Some((before.len(), id))
}

/// The number that stands last in `bytes`, but for white space, and what is before it.
fn last_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes.iter().rposition(|byte| !is_space(*byte))? + 1;
    let digits = bytes[..end].iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let (before, number) = bytes[..end].split_at(end - digits);
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    (digits <= 10).then_some((number, before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let head = |text: &[u8]| head_before(text).map(|(at, id)| (at, id.number, id.generation));
        assert_eq!(head(b"endobj\n12 0 "), Some((7, 12, 0)));
        assert_eq!(head(b"endobj12\r\n3\n"), Some((6, 12, 3)));
        assert_eq!(head(b"1 65536 "), None);
        assert_eq!(head(b"12 "), None);
        assert_eq!(head(b"x 1y0 "), None);
        assert_eq!(head(b"end"), None);
        assert_eq!(head(b"12345678901 0 "), None);
        assert_eq!(head(b""), None);
    }
}
