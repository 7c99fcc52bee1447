//! The bytes that are appended to the document.

use std::collections::BTreeMap;
use std::ops::Range;

use super::builder::{NewObjects, StreamData};
use super::{trailer, xref};
use crate::encryption::Vectors;
use crate::error::{Code, Error, Result};
use crate::file::File;
use crate::file::xref::{Entry, Kind};
use crate::limits;
use crate::report::{Warning, WarningCode};
use crate::syntax::splice::Splice;
use crate::syntax::{Lexer, ObjectId, parse_object, write};

/// A written update.
pub(crate) struct Update {
    pub(crate) bytes: Vec<u8>,
    /// Ranges of `bytes` that are filled in later, in the order in which the objects have them.
    pub(crate) placeholders: Vec<Range<usize>>,
    /// Kind of its cross-reference section.
    pub(crate) kind: Kind,
    pub(crate) warnings: Vec<Warning>,
}

impl Update {
    /// Writes an update of `file`. `id` is the new `/ID[1]`, `vectors` are for the encryption where the document has one, `version` is the
    /// document's version of PDF.
    ///
    /// Errors: `ERR_LIMIT` where an offset has more than ten digits and the version no cross-reference streams.
    pub(crate) fn write(file: &File, new: &NewObjects, id: [u8; 16], vectors: &mut Vectors, version: (u8, u8)) -> Result<Update> {
        let length = file.io.length();
        let mut bytes = Vec::new();
        if !file.ends_line {
            bytes.push(b'\n');
        }
        // After a damaged cross-reference the update lists every object, for no section before it does.
        let mut listed: BTreeMap<u32, Entry> = file.xref.rebuilt_entries().cloned().unwrap_or_default();
        if file.startxref.is_none() {
            listed.insert(0, Entry::Free); // the head of the list of free entries (7.5.4)
        }
        let mut placeholders = Vec::new();
        for object in &new.objects {
            // Offsets of the cross-reference count from the header, which may come after other bytes.
            let offset = length - file.base + bytes.len() as u64;
            listed.insert(object.id.number, Entry::Offset { offset, generation: object.id.generation });
            let body = encoded(file, object.id, &object.body, object.stream.as_ref(), vectors)?;
            let at = write::indirect_object(&mut bytes, object.id, &body);
            placeholders.extend(object.placeholders.iter().map(|range| at + range.start..at + range.end));
        }

        let mut warnings = Vec::new();
        let xref_offset = length - file.base + bytes.len() as u64;
        let kind = match file.xref.kind {
            Kind::Table if xref_offset > xref::LARGEST_IN_TABLE => {
                if version < (1, 5) {
                    return Err(limits::exceeded(
                        "bytes that a table can point to, and PDF below 1.5 has no streams for it",
                        xref::LARGEST_IN_TABLE,
                    ));
                }
                warnings.push(WarningCode::XrefStream.plain());
                Kind::Stream
            }
            kind => kind,
        };
        let mut trailer = trailer::entries(file, &new.trailer);
        trailer.extend(trailer::identifier(file, id));
        let own = file.unreferenced(new.next_number);
        if kind == Kind::Stream {
            listed.insert(own, Entry::Offset { offset: xref_offset, generation: 0 });
        }
        if kind == Kind::Table && file.startxref.is_none() {
            close_gaps(&mut listed);
        }
        let entries: Vec<(u32, Entry)> = listed.into_iter().collect();
        match kind {
            Kind::Table => xref::write_table(&mut bytes, &entries, new.next_number, &trailer, file.startxref),
            Kind::Stream => xref::write_stream(&mut bytes, &entries, own, &trailer, file.startxref),
        }
        bytes.extend(format!("startxref\n{xref_offset}\n%%EOF\n").into_bytes());
        Ok(Update { bytes, placeholders, kind, warnings })
    }
}

/// Lists the numbers without an object as free: the only table of a file is one subsection from 0 on (7.5.4), and after one with gaps
/// Acrobat calls a signature invalid as soon as there is a second. Not where it would be the most of the update.
fn close_gaps(listed: &mut BTreeMap<u32, Entry>) {
    let Some(end) = listed.last_key_value().map(|(number, _)| *number) else { return };
    if (end as usize).saturating_sub(listed.len()) <= limits::FREE_ENTRIES {
        for number in 0..end {
            listed.entry(number).or_insert(Entry::Free);
        }
    }
}

/// The body of an object as the document has its objects: encrypted where it is, a stream with its data and their length.
fn encoded(file: &File, id: ObjectId, body: &[u8], stream: Option<&StreamData>, vectors: &mut Vectors) -> Result<Vec<u8>> {
    let mut body = match &file.encryption {
        Some(encryption) => encryption.encrypt_strings(id, body, vectors)?,
        None => body.to_vec(),
    };
    let Some(data) = stream else { return Ok(body) };
    let data = match (data, &file.encryption) {
        (StreamData::Plain(data), Some(encryption)) => encryption.encrypt_stream(id, data, vectors)?,
        (StreamData::Plain(data) | StreamData::AsWritten(data), _) => data.clone(),
    };
    let object = parse_object(&mut Lexer::new(&body, 0, true)).map_err(|_| Error::from(Code::Internal))?;
    let entries = object.value.as_dictionary().ok_or(Code::Internal)?;
    let mut splice = Splice::new(&body, &object);
    splice.set(entries, &object.span, "Length", data.len().to_string().as_bytes());
    body = splice.finish();
    Ok([body.as_slice(), b"\nstream\n", &data, b"\nendstream"].concat())
}
