//! The bytes that are appended to the document.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{trailer, xref};
use crate::encryption::Vectors;
use crate::error::{Code, Error, Result};
use crate::file::File;
use crate::file::xref::{Entry, Kind};
use crate::limits;
use crate::report::{Warning, WarningCode};
use crate::signature::byte_range::ByteRange;
use crate::signature::{Change, SignaturePlan};
use crate::syntax::splice::Splice;
use crate::syntax::{Lexer, ObjectId, parse_object, write};

/// An update with a hole where the container will be.
pub(crate) struct Update {
    pub(crate) bytes: Vec<u8>,
    /// The hexadecimal string of `/Contents` with its delimiters.
    pub(crate) contents: Range<usize>,
    pub(crate) byte_range: ByteRange,
}

impl Update {
    /// What is covered by the signature, after the document itself.
    pub(crate) fn around_contents(&self) -> Vec<u8> {
        [&self.bytes[..self.contents.start], &self.bytes[self.contents.end..]].concat()
    }
}

/// A revision as it is written.
pub(crate) struct Revision {
    pub(crate) update: Update,
    pub(crate) kind: Kind,
    pub(crate) warnings: Vec<Warning>,
}

impl Revision {
    /// Writes the update that `plan` asks for. `id` is the new `/ID[1]`, `vectors` are for the encryption where the document has one.
    ///
    /// Errors: `ERR_LIMIT` where an offset has more than ten digits and the version no cross-reference streams.
    pub(crate) fn write(file: &File, plan: &SignaturePlan, id: [u8; 16], vectors: &mut Vectors, version: (u8, u8)) -> Result<Revision> {
        let length = file.io.length();
        let mut bytes = Vec::new();
        if !file.ends_line {
            bytes.push(b'\n');
        }
        // Behind a damaged cross-reference the update tells of every object, for no section before it does.
        let mut listed: BTreeMap<u32, Entry> = file.xref.rebuilt_entries().cloned().unwrap_or_default();
        if file.startxref.is_none() {
            listed.insert(0, Entry::Free); // the head of the list of free entries (7.5.4)
        }
        let (mut byte_range_at, mut contents_at) = (0, 0);
        let dictionary = &plan.dictionary;
        let signature = (plan.signature_id, &dictionary.body, None);
        let changes = plan.changes.iter().map(|Change { id, body, stream }| (*id, body, stream.as_deref()));
        let mut objects: Vec<_> = changes.chain([signature]).collect();
        objects.sort_by_key(|(id, ..)| *id);
        for (id, body, stream) in objects {
            let start = bytes.len();
            // Offsets count from where the file counts its own; /ByteRange counts from the first byte.
            listed.insert(id.number, Entry::Offset { offset: length - file.base + start as u64, generation: id.generation });
            let body_at = write::indirect_object(&mut bytes, id, &encoded(file, id, body, stream, vectors)?);
            // No string stands before these two, so that encryption does not move them.
            if id == plan.signature_id {
                (byte_range_at, contents_at) = (body_at + dictionary.byte_range_at, body_at + dictionary.contents_at);
            }
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
        let mut trailer = trailer::kept_entries(file);
        trailer.extend(trailer::identifier(file, id));
        let own = file.unreferenced(plan.next_number);
        if kind == Kind::Stream {
            listed.insert(own, Entry::Offset { offset: xref_offset, generation: 0 });
        }
        if kind == Kind::Table && file.startxref.is_none() {
            close_gaps(&mut listed);
        }
        let entries: Vec<(u32, Entry)> = listed.into_iter().collect();
        match kind {
            Kind::Table => xref::write_table(&mut bytes, &entries, plan.next_number, &trailer, file.startxref),
            Kind::Stream => xref::write_stream(&mut bytes, &entries, own, &trailer, file.startxref),
        }
        bytes.extend(format!("startxref\n{xref_offset}\n%%EOF\n").into_bytes());

        let contents = contents_at..contents_at + dictionary.contents_length;
        let byte_range = ByteRange {
            before: length + contents.start as u64,
            resume: length + contents.end as u64,
            after: (bytes.len() - contents.end) as u64,
        };
        let text = byte_range.write();
        bytes.get_mut(byte_range_at..byte_range_at + text.len()).ok_or(Code::Internal)?.copy_from_slice(&text);
        Ok(Revision { update: Update { bytes, contents, byte_range }, kind, warnings })
    }
}

/// Lists the numbers without an object as free: the only table of a file is one subsection from 0 on (7.5.4), and behind one with gaps
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
fn encoded(file: &File, id: ObjectId, body: &[u8], stream: Option<&[u8]>, vectors: &mut Vectors) -> Result<Vec<u8>> {
    let mut body = match &file.encryption {
        Some(encryption) => encryption.encrypt_strings(id, body, vectors)?,
        None => body.to_vec(),
    };
    let Some(data) = stream else { return Ok(body) };
    let data = match &file.encryption {
        Some(encryption) => encryption.encrypt_stream(id, data, vectors)?,
        None => data.to_vec(),
    };
    let object = parse_object(&mut Lexer::new(&body, 0, true)).map_err(|_| Error::from(Code::Internal))?;
    let entries = object.value.as_dictionary().ok_or(Code::Internal)?;
    let mut splice = Splice::new(&body, &object);
    splice.set(entries, &object.span, "Length", data.len().to_string().as_bytes());
    body = splice.finish();
    Ok([body.as_slice(), b"\nstream\n", &data, b"\nendstream"].concat())
}
