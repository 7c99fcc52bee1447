//! The chain of cross-reference sections and what it says of an object. ISO 32000-2, 7.5.4 and 7.5.8.

mod stream;
mod table;

use std::collections::BTreeSet;
use std::ops::Range;

use super::ends::Ends;
use super::{Loaded, window};
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::limits;
use crate::syntax::{Dictionary, Object};
use stream::StreamSection;
use table::TableSection;

/// What the cross-reference says of an object number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Free, or mentioned nowhere.
    Free,
    /// At `offset`, counted from the file's own start.
    Offset { offset: u64, generation: u16 },
    /// In an object stream.
    Compressed { stream: u32 },
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
    pub(crate) kind: Kind,
    /// The newest trailer or stream dictionary, and the bytes that it was parsed from.
    pub(crate) trailer: Dictionary,
    pub(crate) trailer_object: Object,
    pub(crate) trailer_source: Vec<u8>,
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
}

impl CrossReference {
    /// What the newest section that knows `number` says of it.
    ///
    /// Errors: `ERR_XREF_BROKEN`.
    pub(crate) async fn entry(&self, host: &Host, number: u32) -> Result<Entry> {
        let mut sections = self.sections.iter().peekable();
        while let Some(section) = sections.next() {
            let found = match section {
                Section::Table(table) => table.entry(host, number).await?,
                Section::Stream { section, .. } => section.entry(number)?,
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
    pub(crate) fn entry_range(&self, number: u32) -> Option<Range<u64>> {
        self.sections.iter().find_map(|section| match section {
            Section::Table(table) => table.entry_range(number),
            Section::Stream { .. } => None,
        })
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

    /// The number that a new object may take: above every one in use, those of cross-reference streams that no entry lists included.
    ///
    /// `/Size` is believed while it is possible. Errors: `ERR_LIMIT`.
    pub(crate) fn next_number(&self) -> Result<u32> {
        let listed = self.sections.iter().map(|section| match section {
            Section::Table(table) => table.end(),
            Section::Stream { section, .. } => section.end(),
        });
        let size = self.trailer.integer("Size").and_then(|size| u32::try_from(size).ok()).filter(|size| *size <= limits::OBJECT_NUMBER);
        let next = listed.max().unwrap_or(0).max(size.unwrap_or(0)).max(1);
        match next <= limits::OBJECT_NUMBER - 1000 {
            true => Ok(next),
            false => Err(limits::exceeded("object numbers", limits::OBJECT_NUMBER)),
        }
    }
}

/// Reads the chain from the last `startxref` on. Returns the base of its offsets, too.
///
/// Errors: `ERR_XREF_BROKEN`, `ERR_FILE_TRUNCATED`, `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
pub(super) async fn read(host: &Host, ends: &Ends) -> Result<(u64, CrossReference)> {
    // Offsets count from the header, says 7.5.2; from the first byte, say many writers that put junk before it.
    let mut bases = vec![0];
    if ends.header > 0 {
        bases.insert(0, ends.header);
    }
    let mut failure = None;
    for base in bases {
        match Chain::follow(host, base, ends.startxref).await {
            Ok(cross_reference) => return Ok((base, cross_reference)),
            Err(error) if error.code() == Code::Limit => return Err(error),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or(Code::Internal.into()))
}

/// The chain while it is followed.
struct Chain<'h> {
    host: &'h Host,
    base: u64,
    sections: Vec<Section>,
    subsections_left: usize,
}

/// A section as it was read.
struct Read {
    section: Section,
    trailer: Object,
    source: Vec<u8>,
}

impl Chain<'_> {
    async fn follow(host: &Host, base: u64, startxref: u64) -> Result<CrossReference> {
        let mut chain = Chain { host, base, sections: Vec::new(), subsections_left: limits::SUBSECTIONS };
        let mut visited = BTreeSet::new();
        let mut newest: Option<(Kind, Object, Vec<u8>)> = None;
        let mut offsets = Vec::new();
        let mut next = Some(startxref);
        while let Some(offset) = next {
            if !visited.insert(offset) {
                return Err(Code::XrefBroken.because("the cross-reference sections form a circle").at(offset));
            }
            if visited.len() > limits::SECTIONS {
                return Err(limits::exceeded("cross-reference sections", limits::SECTIONS));
            }
            let Read { section, trailer, source } = chain.section(offset).await?;
            let kind = if matches!(section, Section::Table(_)) { Kind::Table } else { Kind::Stream };
            chain.sections.push(section);
            offsets.push(offset);
            let dictionary = trailer.value.as_dictionary().ok_or(Error::from(Code::XrefBroken))?;
            if kind == Kind::Table
                && let Some(hidden) = dictionary.integer("XRefStm").and_then(|offset| u64::try_from(offset).ok())
                && let Read { section: Section::Stream { section, .. }, .. } = chain.stream_section(hidden).await?
            {
                chain.sections.push(Section::Stream { section, hidden: true });
            }
            // Some writers give a real number here; no number at all ends the chain.
            next = dictionary.integer("Prev").and_then(|offset| u64::try_from(offset).ok());
            newest.get_or_insert((kind, trailer, source));
        }
        let (kind, trailer_object, trailer_source) = newest.ok_or(Error::from(Code::XrefBroken))?;
        let trailer = trailer_object.value.as_dictionary().cloned().ok_or(Error::from(Code::XrefBroken))?;
        Ok(CrossReference { sections: chain.sections, kind, trailer, trailer_object, trailer_source, offsets })
    }

    /// Reads the section at `offset`: a table where `xref` stands, else a stream.
    async fn section(&mut self, offset: u64) -> Result<Read> {
        let at = self.base.saturating_add(offset);
        if at >= self.host.length() {
            return Err(Code::XrefBroken.because("a cross-reference section lies after the end of the document").at(at));
        }
        let (_, (table, start)) = window::parse(self.host, at, |lexer| {
            lexer.skip_space();
            let table = lexer.keyword_prefix(b"xref")?;
            Ok((table, lexer.offset()))
        })
        .await
        .map_err(|error| broken(error, at))?;
        if !table {
            return self.stream_section(offset).await;
        }
        let (section, trailer_at) = TableSection::read(self.host, at + start as u64, &mut self.subsections_left).await?;
        let (source, trailer) =
            window::parse(self.host, trailer_at, crate::syntax::parse_object).await.map_err(|error| broken(error, trailer_at))?;
        Ok(Read { section: Section::Table(section), trailer, source })
    }

    async fn stream_section(&mut self, offset: u64) -> Result<Read> {
        let at = self.base.saturating_add(offset);
        let loaded: Loaded = super::indirect_object(self.host, at).await.map_err(|error| broken(error, at))?;
        let section = StreamSection::read(self.host, &loaded).await?;
        let Loaded { source, object, .. } = loaded;
        Ok(Read { section: Section::Stream { section, hidden: false }, trailer: object, source: source.to_vec() })
    }
}

/// What cannot be parsed where a section should be is a broken cross-reference, whatever it is otherwise.
fn broken(error: Error, at: u64) -> Error {
    match error.code() {
        Code::Limit => error,
        _ => Code::XrefBroken.because("there is no cross-reference section where one should be").at(at),
    }
}

/// Reads the integer that must come next.
fn number(lexer: &mut crate::syntax::Lexer) -> std::result::Result<i64, crate::syntax::Fault> {
    match lexer.token()? {
        crate::syntax::Token::Integer(value) => Ok(value),
        _ => Err(crate::syntax::Fault::Broken(lexer.offset())),
    }
}
