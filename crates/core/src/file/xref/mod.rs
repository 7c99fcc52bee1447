//! The chain of cross-reference sections and what it says of an object. ISO 32000-2, 7.5.4 and 7.5.8.

mod stream;
mod subsections;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::IndirectObject;
use super::scan::Trailer;
use super::window::Reader;
use crate::error::{Code, Error, Result};
use crate::io::Io;
use crate::limits;
use crate::syntax::{Dictionary, Lexer, Object, Value, parse_object};
use stream::StreamSection;
use table::TableSection;

/// What the cross-reference says of an object number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Free, or mentioned nowhere.
    Free,
    /// At `offset`, counted from the file's own start.
    Offset { offset: u64, generation: u16 },
    /// In an object stream, as its `index`th object.
    Compressed { stream: u32, index: u32 },
}

/// How the last revision says where its objects are, which an update then does as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    Stream,
}

/// The sections of a file, newest first.
pub(crate) struct CrossReference {
    sections: Vec<Section>,
    listed_end: u32,
    pub(crate) kind: Kind,
    /// The newest trailer or stream dictionary, and the bytes that it was parsed from.
    pub(crate) trailer: Dictionary,
    pub(crate) trailer_source: Vec<u8>,
    /// Where it stands in them.
    pub(crate) trailer_span: Range<usize>,
    /// The newest `/ID`, which need not be in the newest trailer.
    pub(super) identifier: Option<Object>,
    /// Where the sections on the chain of `/Prev` start, newest first; the streams of hybrid ones are not among them.
    offsets: Vec<u64>,
}

enum Section {
    Table(TableSection),
    /// `hidden`: the `/XRefStm` of the table before it, which speaks of what that table calls free (7.5.8.4).
    Stream {
        section: StreamSection,
        hidden: bool,
    },
    /// What a scan of the whole file found.
    Rebuilt(BTreeMap<u32, Entry>),
}

impl CrossReference {
    /// A cross-reference of `entries`, the only one of its file; `trailer` is its trailer.
    pub(super) fn rebuilt(entries: BTreeMap<u32, Entry>, trailer: Trailer) -> Self {
        let Trailer { source, object } = trailer;
        let dictionary = object.value.as_dictionary().cloned().unwrap_or_default();
        CrossReference {
            kind: if dictionary.name("Type") == Some(b"XRef") { Kind::Stream } else { Kind::Table },
            identifier: dictionary.object("ID").filter(|object| may_identify(&object.value)).cloned(),
            listed_end: entries.last_key_value().map_or(0, |(number, _)| number + 1),
            sections: vec![Section::Rebuilt(entries)],
            trailer: dictionary,
            trailer_source: source,
            trailer_span: object.span,
            offsets: vec![0],
        }
    }

    /// Adds an entry to those that were rebuilt. One in an object stream can stand in a cross-reference stream only (7.5.8.1).
    pub(super) fn add_compressed(&mut self, number: u32, stream: u32, index: u32) {
        if let [Section::Rebuilt(entries)] = self.sections.as_mut_slice() {
            entries.insert(number, Entry::Compressed { stream, index });
            self.listed_end = self.listed_end.max(number + 1);
            self.kind = Kind::Stream;
        }
    }

    /// Removes the rebuilt entries of objects in streams that are no longer there: another object took the number of the stream.
    pub(super) fn drop_dangling(&mut self) {
        if let [Section::Rebuilt(entries)] = self.sections.as_mut_slice() {
            // Ascending, as the map is.
            let streams: Vec<u32> =
                entries.iter().filter(|(_, entry)| matches!(entry, Entry::Offset { .. })).map(|(number, _)| *number).collect();
            entries.retain(|_, entry| !matches!(entry, Entry::Compressed { stream, .. } if streams.binary_search(stream).is_err()));
        }
    }

    /// The entries where they were rebuilt: all that an update has to tell, for there is no section before it.
    pub(crate) fn rebuilt_entries(&self) -> Option<&BTreeMap<u32, Entry>> {
        match self.sections.as_slice() {
            [Section::Rebuilt(entries)] => Some(entries),
            _ => None,
        }
    }

    /// What the newest section that knows `number` says of it.
    ///
    /// Errors: `ERR_XREF_BROKEN`.
    pub(crate) async fn entry(&self, io: &Io, number: u32) -> Result<Entry> {
        let mut sections = self.sections.iter().peekable();
        while let Some(section) = sections.next() {
            io.charge(limits::WORK_LOOKUP.0)?;
            let found = match section {
                Section::Table(table) => table.entry(io, number).await?,
                Section::Stream { section, .. } => section.entry(number)?,
                Section::Rebuilt(entries) => entries.get(&number).copied(),
            };
            let Some(entry) = found else { continue };
            if entry == Entry::Free
                && let Some(Section::Stream { section, hidden: true }) = sections.peek()
            {
                return Ok(section.entry(number)?.unwrap_or(Entry::Free));
            }
            return Ok(entry);
        }
        Ok(Entry::Free)
    }

    /// The bytes of the document that tell of `number`, where a table does.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(crate) fn entry_range(&self, io: &Io, number: u32) -> Result<Option<Range<u64>>> {
        for section in &self.sections {
            io.charge(limits::WORK_LOOKUP.0)?;
            if let Section::Table(table) = section
                && let Some(range) = table.entry_range(number)
            {
                return Ok(Some(range));
            }
        }
        Ok(None)
    }

    /// For each of the ascending `places` the largest offset up to it that any section lists.
    ///
    /// Errors: what reading gives, `ERR_LIMIT`.
    pub(super) async fn offsets_before(&self, reader: &Reader, places: &[u64]) -> Result<Vec<Option<u64>>> {
        let mut before = vec![None; places.len()];
        let mut note = |entry: Entry| {
            if let Entry::Offset { offset, .. } = entry
                && let Some(place) = before.get_mut(places.partition_point(|place| *place < offset))
            {
                *place = (*place).max(Some(offset));
            }
        };
        for section in &self.sections {
            match section {
                Section::Table(table) => table.entries(reader, |_, entry| entry.into_iter().for_each(&mut note)).await?,
                Section::Stream { section, .. } => {
                    reader.io.charge(limits::WORK_ENTRY * section.count())?;
                    section.entries().for_each(|(_, entry)| note(entry));
                }
                Section::Rebuilt(entries) => entries.values().copied().for_each(&mut note),
            }
        }
        for index in 1..before.len() {
            before[index] = before[index].max(before[index - 1]);
        }
        Ok(before)
    }

    /// Newest entry of each number.
    ///
    /// Errors: what reading gives, `ERR_LIMIT`.
    pub(super) async fn newest(&self, reader: &Reader) -> Result<BTreeMap<u32, Entry>> {
        let mut all = BTreeMap::new();
        for section in &self.sections {
            match section {
                Section::Table(table) => {
                    reader.io.charge(limits::WORK_INSERT * table.count())?;
                    let take = |number, entry: Option<Entry>| {
                        all.entry(number).or_insert(entry.unwrap_or(Entry::Free));
                    };
                    table.entries(reader, take).await?;
                }
                Section::Stream { section, hidden } => {
                    reader.io.charge((limits::WORK_ENTRY + limits::WORK_INSERT) * section.count())?;
                    for (number, entry) in section.entries() {
                        let known = all.entry(number).or_insert(entry);
                        if *hidden && *known == Entry::Free {
                            *known = entry;
                        }
                    }
                }
                Section::Rebuilt(entries) => all.extend(entries),
            }
        }
        Ok(all)
    }

    /// How many revisions the file has.
    pub(crate) fn revisions(&self) -> usize {
        self.revision_at(u64::MAX)
    }

    /// How many revisions end before `end`. A linearized file has two sections in one, and the older stands further behind (annex F.3).
    pub(crate) fn revision_at(&self, end: u64) -> usize {
        let linearized = |index: usize| self.offsets.get(index + 1).is_some_and(|older| *older > self.offsets[index]);
        (0..self.offsets.len()).filter(|&index| self.offsets[index] < end && !linearized(index)).count()
    }

    /// One more than the largest number in use, those of cross-reference streams that no entry lists included.
    pub(super) fn listed_end(&self) -> u32 {
        self.listed_end
    }

    /// Whether `/Size` of the newest trailer is beyond every number that is listed (7.5.5, table 15) and possible. Else readers ignore
    /// objects, or rebuild the cross-reference.
    pub(super) fn has_right_size(&self) -> bool {
        let possible = i64::from(self.listed_end)..=i64::from(limits::OBJECT_NUMBER) + 1;
        self.trailer.integer("Size").is_some_and(|size| possible.contains(&size))
    }

    /// Whether a section on the chain starts at `offset`.
    pub(super) fn has_section_at(&self, offset: u64) -> bool {
        self.offsets.contains(&offset)
    }

    /// The number that a new object may take: above every one in use.
    ///
    /// `/Size` is believed while it is possible. Errors: `ERR_LIMIT`.
    pub(crate) fn next_number(&self) -> Result<u32> {
        const MOST: u32 = limits::OBJECT_NUMBER - 10_000; // so that an update has room
        let size = self.trailer.integer("Size").and_then(|size| u32::try_from(size).ok()).filter(|size| *size <= MOST);
        match self.listed_end.max(size.unwrap_or(0)).max(1) {
            next @ ..=MOST => Ok(next),
            _ => Err(limits::exceeded("object numbers", limits::OBJECT_NUMBER)),
        }
    }
}

impl Section {
    /// One more than the largest number.
    fn end(&self) -> u32 {
        match self {
            Section::Table(table) => table.end(),
            Section::Stream { section, .. } => section.end(),
            Section::Rebuilt(entries) => entries.last_key_value().map_or(0, |(number, _)| number + 1),
        }
    }
}

/// Reads the chain from the section at `startxref` on. Returns the base of its offsets, too: 0, or `header`.
///
/// Errors: `ERR_XREF_BROKEN`, `ERR_FILE_TRUNCATED`, `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
pub(super) async fn read(reader: &Reader, header: Option<u64>, startxref: u64) -> Result<(u64, CrossReference)> {
    // Offsets count from the header, says 7.5.2; from the first byte, say many writers that put junk before it.
    let bases = header.filter(|header| *header > 0).into_iter().chain([0]);
    // Where no base reads, the one that came furthest is the right one, and its failure tells most; a limit tells more than what
    // bytes from the midst of something else look like.
    let mut failure: Option<((usize, bool), Error)> = None;
    for base in bases {
        let mut chain = Chain::new(reader, base);
        match chain.follow(startxref).await {
            Ok(newest) => {
                let noted = reader.doubts().len();
                // A neighbour that is read only by passing over white space is no section of its own.
                let is_twofold = base > 0 && Chain::new(reader, 0).section(startxref).await.is_ok() && reader.doubts().len() == noted;
                reader.doubts().truncate(noted);
                if is_twofold {
                    reader.doubt("offsets lead to a cross-reference section from the header, and from the first byte to another", base);
                }
                if base == 0 && header.is_some_and(|header| header > 0) {
                    reader.doubt("offsets count from the first byte, and not from the header", 0);
                }
                return Ok((base, chain.finish(newest)?));
            }
            Err(error) => {
                reader.forget();
                let rank = (chain.offsets.len(), error.code() == Code::Limit);
                if failure.as_ref().is_none_or(|(other, _)| rank > *other) {
                    failure = Some((rank, error));
                }
            }
        }
    }
    Err(failure.map_or(Code::Internal.into(), |(_, error)| error))
}

/// What the sections of a chain may still hold together.
struct Budget {
    subsections: usize,
    /// Bytes of decoded cross-reference streams.
    decoded: usize,
}

impl Budget {
    /// Makes room for a subsection. Errors: `ERR_LIMIT`.
    fn list(&mut self) -> Result<()> {
        let left = self.subsections.checked_sub(1);
        self.subsections = left.ok_or_else(|| limits::exceeded("cross-reference subsections", limits::SUBSECTIONS))?;
        Ok(())
    }

    /// Makes room for decoded `bytes`. Errors: `ERR_LIMIT`.
    fn decode(&mut self, bytes: usize) -> Result<()> {
        let left = self.decoded.checked_sub(bytes);
        self.decoded = left.ok_or_else(|| limits::exceeded("bytes in its cross-reference streams", limits::DECODED_STREAM))?;
        Ok(())
    }
}

/// The chain while it is followed.
struct Chain<'r> {
    reader: &'r Reader,
    base: u64,
    sections: Vec<Section>,
    offsets: Vec<u64>,
    identifier: Option<Object>,
    room: Budget,
}

/// A section as it was read.
struct Read {
    section: Section,
    trailer: Object,
    source: Vec<u8>,
}

/// The newest section.
struct NewestSection {
    kind: Kind,
    trailer: Object,
    source: Vec<u8>,
}

impl<'r> Chain<'r> {
    fn new(reader: &'r Reader, base: u64) -> Self {
        let room = Budget { subsections: limits::SUBSECTIONS, decoded: limits::DECODED_STREAM };
        Chain { reader, base, sections: Vec::new(), offsets: Vec::new(), identifier: None, room }
    }

    async fn follow(&mut self, startxref: u64) -> Result<NewestSection> {
        let (mut visited, mut hidden) = (BTreeSet::new(), BTreeSet::new());
        let mut newest = None;
        let mut next = Some(startxref);
        while let Some(offset) = next {
            if !visited.insert(offset) {
                return Err(Code::XrefBroken.because("the cross-reference sections form a circle").at(offset));
            }
            if visited.len() + hidden.len() > limits::SECTIONS {
                return Err(limits::exceeded("cross-reference sections", limits::SECTIONS));
            }
            let Read { section, trailer, source } = self.section(offset).await?;
            let kind = if matches!(section, Section::Table(_)) { Kind::Table } else { Kind::Stream };
            self.sections.push(section);
            self.offsets.push(offset);
            let dictionary = trailer.value.as_dictionary().ok_or(Error::from(Code::XrefBroken))?;
            // Of a stream that two tables name, the newer has said all: what it lists never gets as far as the older.
            if kind == Kind::Table
                && let Some(stream) = offset_of(dictionary, "XRefStm", &source)?
                && hidden.insert(stream)
                && let Read { section: Section::Stream { section, .. }, .. } = self.stream_section(stream).await?
            {
                if let Some(Section::Table(table)) = self.sections.last()
                    && table.contradicts(&self.reader.io, &section).await?
                {
                    self.reader.doubt("/XRefStm and its table place an object differently", offset);
                }
                self.sections.push(Section::Stream { section, hidden: true });
            }
            for key in ["Prev", "XRefStm"] {
                if dictionary.get(key).is_some_and(|value| value.as_integer().is_none_or(|offset| offset <= 0)) {
                    self.reader.doubt("an offset in a trailer is not a positive integer", offset);
                }
            }
            // 0, where the header is, says that there is none.
            next = offset_of(dictionary, "Prev", &source)?.filter(|offset| *offset > 0);
            if self.identifier.is_none() {
                self.identifier = dictionary.object("ID").filter(|object| may_identify(&object.value)).cloned();
            }
            newest.get_or_insert(NewestSection { kind, trailer, source });
        }
        newest.ok_or(Code::XrefBroken.into())
    }

    fn finish(self, newest: NewestSection) -> Result<CrossReference> {
        let NewestSection { kind, trailer: Object { value, span: trailer_span }, source: trailer_source } = newest;
        let Value::Dictionary(trailer) = value else { return Err(Code::XrefBroken.into()) };
        let Chain { sections, offsets, identifier, .. } = self;
        let listed_end = sections.iter().map(Section::end).max().unwrap_or(0);
        Ok(CrossReference { sections, listed_end, kind, trailer, trailer_source, trailer_span, identifier, offsets })
    }

    /// Reads the section at `offset`: a table where `xref` stands, else a stream.
    async fn section(&mut self, offset: u64) -> Result<Read> {
        let at = self.base.saturating_add(offset);
        if at >= self.reader.io.length() {
            return Err(Code::XrefBroken.because("a cross-reference section lies after the end of the document").at(at));
        }
        let before = self.reader.io.read(at.saturating_sub(1)..at).await?;
        let first = self.reader.io.read(at..at.saturating_add(1)).await?;
        let is_within_number = [before.last(), first.first()].iter().all(|byte| byte.is_some_and(u8::is_ascii_digit));
        if is_within_number || !first.first().is_some_and(|byte| *byte == b'x' || byte.is_ascii_digit()) {
            self.reader.doubt("the offset of a cross-reference section points elsewhere than to its first byte", at);
        }
        let start = |lexer: &mut Lexer| {
            lexer.skip_space();
            let table = lexer.keyword_prefix(b"xref")?;
            Ok((table, lexer.offset()))
        };
        let (_, (table, start)) = self.reader.parse(at, start).await.map_err(|error| broken(error, at))?;
        if !table {
            return self.stream_section(offset).await;
        }
        let start = at + start as u64;
        if !self.reader.io.read(start..start.saturating_add(2)).await?.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            self.reader.doubt("xref is not on a line of its own", start);
        }
        let (section, at) = TableSection::read(self.reader, start, &mut self.room).await?;
        section.check(self.reader).await?;
        let (source, trailer) = self.reader.parse(at, parse_object).await.map_err(|error| broken(error, at))?;
        Ok(Read { section: Section::Table(section), trailer, source })
    }

    async fn stream_section(&mut self, offset: u64) -> Result<Read> {
        let at = self.base.saturating_add(offset);
        let loaded: IndirectObject = super::indirect_object(self.reader, at).await.map_err(|error| broken(error, at))?;
        let section = StreamSection::read(self.reader, &loaded, &mut self.room).await?;
        let own = section.entry(loaded.id.number)?;
        if loaded.id.generation != 0 || own.is_some_and(|own| own != Entry::Offset { offset, generation: 0 }) {
            self.reader.doubt("a cross-reference stream has another number or generation than its own entry says", at);
        }
        let IndirectObject { source, object, .. } = loaded;
        Ok(Read { section: Section::Stream { section, hidden: false }, trailer: object, source: source.to_vec() })
    }
}

/// The offset that `key` of a trailer holds. Some writers give a real number; whatever is no offset would cut off what is older.
///
/// Errors: `ERR_XREF_BROKEN`.
fn offset_of(trailer: &Dictionary, key: &str, source: &[u8]) -> Result<Option<u64>> {
    let Some(object) = trailer.object(key) else { return Ok(None) };
    let offset = match object.value {
        Value::Integer(value) => u64::try_from(value).ok(),
        Value::Real => source.get(object.span.clone()).and_then(integral),
        _ => None,
    };
    offset.map(Some).ok_or_else(|| Code::XrefBroken.because(format!("/{key} is no offset")))
}

/// The value of a real number without a fraction, such as `123.0`.
fn integral(text: &[u8]) -> Option<u64> {
    let (whole, fraction) = std::str::from_utf8(text).ok()?.split_once('.')?;
    fraction.bytes().all(|digit| digit == b'0').then(|| whole.parse().ok())?
}

/// Whether an `/ID` can be the document's: a reference, or an array that starts with a string or a reference.
fn may_identify(value: &Value) -> bool {
    let first = value.as_array().and_then(<[Object]>::first).map_or(value, |first| &first.value);
    first.as_reference().is_some() || first.as_string().is_some_and(|string| !string.is_empty())
}

/// What cannot be parsed where a section should be is a broken cross-reference, whatever it is otherwise.
fn broken(error: Error, at: u64) -> Error {
    match error.code() {
        Code::Limit => error,
        _ => Code::XrefBroken.because("there is no cross-reference section where one should be").at(at),
    }
}

/// Reads the integer that must come next.
fn number(lexer: &mut Lexer) -> std::result::Result<i64, crate::syntax::Fault> {
    match lexer.token()? {
        crate::syntax::Token::Integer(value) => Ok(value),
        _ => Err(crate::syntax::Fault::Broken(lexer.offset())),
    }
}
