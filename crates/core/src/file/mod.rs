//! ISO 32000-2, 7.5: the file, read lazily: its two ends, the chain of cross-reference sections, and single objects.

mod conversion;
mod ends;
mod foreign;
mod heads;
mod hidden;
mod object_stream;
mod rebuild;
mod scan;
mod search;
mod shadow;
mod window;
pub(crate) mod xref;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::encryption::Encryption;
use crate::error::{Code, Error, Result};
use crate::io::Io;
use crate::limits;
use crate::report::{Warning, WarningCode};
use crate::syntax::{Dictionary, Fault, Lexer, Object, ObjectId, Value, filter, parse_indirect_header, parse_object};
use ends::Ends;
use object_stream::{KeptStreams, ObjectStream};
pub(crate) use shadow::ShadowSearch;
use window::Reader;
use xref::{CrossReference, Entry};

/// A file whose ends and cross-reference have been read.
pub(crate) struct File {
    pub(crate) io: Io,
    /// What offsets in the file count from: 0, or where `%PDF-` stands when junk comes before it.
    pub(crate) base: u64,
    /// Of the header, `(1, 7)`.
    pub(crate) header_version: (u8, u8),
    /// The value behind the last `startxref`, as it stands; none where the cross-reference was rebuilt.
    pub(crate) startxref: Option<u64>,
    /// Whether the last byte ends a line.
    pub(crate) ends_line: bool,
    pub(crate) xref: CrossReference,
    /// The first string of `/ID`, the document's for good (14.4).
    pub(crate) identifier: Option<Vec<u8>>,
    /// How the document is encrypted, where it is.
    pub(crate) encryption: Option<Encryption>,
    /// What is wrong with the file and did not stop the reading.
    damage: Vec<(WarningCode, Error)>,
    reader: Reader,
    /// Heads of objects behind those that the cross-reference lists: number and offset. None for a document that is too large to look.
    later: Option<Vec<(u32, u64)>>,
    object_streams: Mutex<KeptStreams>,
    /// Numbers behind all that the cross-reference lists, to which something refers: an object that took one would be taken for what is
    /// missing there.
    dangling: Mutex<BTreeSet<u32>>,
}

/// An object and the bytes that it was parsed from.
#[derive(Clone, Debug)]
pub(crate) struct IndirectObject {
    pub(crate) id: ObjectId,
    pub(crate) source: Arc<Vec<u8>>,
    pub(crate) object: Object,
    /// Where the data of a stream starts, in bytes from the first of the document.
    pub(crate) stream: Option<u64>,
}

impl IndirectObject {
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        self.object.value.as_dictionary()
    }
}

/// All references in an object.
fn references(object: &Object) -> impl Iterator<Item = ObjectId> {
    let mut open = vec![object];
    std::iter::from_fn(move || {
        while let Some(object) = open.pop() {
            match &object.value {
                Value::Reference(id) => return Some(*id),
                Value::Array(items) => open.extend(items.iter()),
                Value::Dictionary(dictionary) => open.extend(dictionary.entries.iter().map(|entry| &entry.object)),
                _ => {}
            }
        }
        None
    })
}

impl File {
    /// Reads the ends of the document and its chain of cross-reference sections. Where they are missing or damaged, the whole
    /// document is scanned and the cross-reference rebuilt.
    ///
    /// `password` opens an encrypted document, as its owner or as a user.
    /// Errors: those of the file group; `ERR_PASSWORD_MISSING`, `ERR_PASSWORD_WRONG`; `ERR_LIMIT`.
    pub(crate) async fn open(io: &Io, password: Option<&str>) -> Result<File> {
        let ends = ends::read(io).await?;
        match File::as_written(io, &ends, password).await {
            Err(error) if error.is_damage() => File::rebuild(io, &ends, password, error).await,
            outcome => outcome,
        }
    }

    /// The file by its own cross-reference.
    async fn as_written(io: &Io, ends: &Ends, password: Option<&str>) -> Result<File> {
        let startxref = ends.startxref.clone()?;
        let reader = Reader::new(io);
        let (base, xref) = xref::read(&reader, ends.header, startxref.offset).await?;
        let mut file = File::make(io, ends, reader, base, xref);
        file.startxref = Some(startxref.offset);
        if let Some(found) = startxref.doubt {
            file.reader.doubt(found, startxref.at);
        }
        if ends.header.is_none() {
            file.reader.doubt("there is no header in the first 1,024 bytes", 0);
        }
        if !file.xref.has_right_size() {
            file.reader.doubt("/Size is not beyond the largest object number", startxref.at);
        }
        file.check_linearized(ends.header.unwrap_or(0)).await?;
        file.check_heads().await?;
        if startxref.objects_behind {
            file.damage.push((WarningCode::RevisionCut, ends::revision_cut()));
        }
        file.decrypt(password).await?;
        Ok(file)
    }

    /// Reads the identifier, and opens the encryption where there is one.
    async fn decrypt(&mut self, password: Option<&str>) -> Result<()> {
        // Both are plain in an encrypted document (7.5.5, table 15; 7.6.2), and read before anything is decrypted.
        self.identifier = self.read_identifier().await?;
        if let Some(encrypt) = self.xref.trailer.get("Encrypt").cloned() {
            let encrypt = self.direct(encrypt).await?;
            let identifier = self.identifier.as_deref().unwrap_or_default();
            self.encryption = Some(Encryption::open(&encrypt, identifier, password)?);
        }
        Ok(())
    }

    fn make(io: &Io, ends: &Ends, reader: Reader, base: u64, xref: CrossReference) -> File {
        File {
            io: io.clone(),
            base,
            header_version: ends.version,
            startxref: None,
            ends_line: ends.ends_line,
            xref,
            identifier: None,
            encryption: None,
            damage: ends.header.is_none().then(|| (WarningCode::HeaderMissing, Code::NotAPdf.into())).into_iter().collect(),
            reader,
            later: None,
            object_streams: Mutex::default(),
            dangling: Mutex::default(),
        }
    }

    /// The first number from `from` on that nothing that was read refers to.
    pub(crate) fn unreferenced(&self, from: u32) -> u32 {
        let dangling = self.dangling.lock().unwrap_or_else(PoisonError::into_inner);
        (from..).find(|number| !dangling.contains(number)).unwrap_or(from)
    }

    fn note_references(&self, object: &Object) {
        let (end, mut dangling) = (self.xref.listed_end(), self.dangling.lock().unwrap_or_else(PoisonError::into_inner));
        let room = limits::DANGLING.saturating_sub(dangling.len());
        dangling.extend(references(object).map(|id| id.number).filter(|number| *number >= end).take(room));
    }

    /// Whether something in `object` refers to what was never written: to a number behind all that the cross-reference lists.
    pub(crate) fn dangles(&self, object: &Object) -> bool {
        let end = self.xref.listed_end();
        references(object).any(|id| id.number >= end)
    }

    /// What a signer should know of the file.
    pub(crate) fn warn(&self, warnings: &mut Vec<Warning>) {
        warnings.extend(self.damage.iter().map(|(code, error)| match code {
            WarningCode::Converted => code.because(error.found()),
            _ => code.plain(),
        }));
        if let Some(doubt) = self.reader.doubts().first() {
            warnings.push(WarningCode::XrefAmbiguous.because(doubt.found()));
        }
        if self.encryption.as_ref().is_some_and(Encryption::restricted) {
            warnings.push(WarningCode::Permissions.plain());
        }
    }

    /// Whether the file is damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        !self.damage.is_empty()
    }

    /// Whether the file is damaged, or readers can take different objects from it.
    pub(crate) fn is_doubtful(&self) -> bool {
        !self.damage.is_empty() || !self.reader.doubts().is_empty()
    }

    /// Refuses a file that is damaged, or from which readers can take different objects. Errors: those of the file group.
    pub(crate) fn check_undamaged(&self) -> Result<()> {
        if let Some((_, error)) = self.damage.first() {
            return Err(error.clone());
        }
        self.reader.doubts().first().map_or(Ok(()), |doubt| Err(doubt.clone()))
    }

    /// Loads an object; none when it is free or was never written, which stands for null (7.3.10).
    ///
    /// Errors: `ERR_OBJECT_BROKEN`, `ERR_STREAM_BROKEN`, `ERR_XREF_BROKEN`, `ERR_LIMIT`.
    pub(crate) async fn load(&self, id: ObjectId) -> Result<Option<IndirectObject>> {
        let loaded = self.find(id).await?;
        if let Some(loaded) = &loaded {
            self.note_references(&loaded.object);
        }
        Ok(loaded)
    }

    async fn find(&self, id: ObjectId) -> Result<Option<IndirectObject>> {
        match self.xref.entry(&self.io, id.number).await? {
            Entry::Free => Ok(None),
            Entry::Offset { offset, generation } if generation == id.generation => self.load_at(id, offset).await.map(Some),
            Entry::Compressed { stream, index } if id.generation == 0 => {
                let stream = self.object_stream(stream).await.map_err(|error| error.within((id.number, 0)))?;
                stream.object(&self.reader, id, index)
            }
            // A reference with another generation is one to an object that is gone. Some readers ignore the generation.
            Entry::Offset { .. } | Entry::Compressed { .. } => {
                self.reader.doubt("a reference has another generation than the cross-reference", 0);
                Ok(None)
            }
        }
    }

    /// Loads object `id` from `offset`. Where the object itself has another generation, that of the reference counts, as in the
    /// cross-reference that an update continues.
    async fn load_at(&self, id: ObjectId, offset: u64) -> Result<IndirectObject> {
        let at = self.base.saturating_add(offset);
        let loaded = indirect_object(&self.reader, at).await.map_err(|error| error.within(id))?;
        if loaded.id.generation != id.generation {
            self.reader.doubt("an object has another generation than the cross-reference", at);
        }
        if loaded.source.first() == Some(&b'%') {
            self.reader.doubt("the cross-reference points to a comment", at);
        }
        match loaded.id.number == id.number {
            true => self.decrypted(IndirectObject { id, ..loaded }).map_err(|error| error.within(id)),
            false => Err(Code::ObjectBroken
                .because(format!("the cross-reference promises object {} where object {} stands", id.number, loaded.id.number))
                .at(at)
                .within(id)),
        }
    }

    /// The object with plain strings, and a source that has them. What stands in an object stream is plain with it (7.6.2).
    fn decrypted(&self, loaded: IndirectObject) -> Result<IndirectObject> {
        let Some(encryption) = &self.encryption else { return Ok(loaded) };
        self.io.charge(limits::WORK_DECRYPT.0 * loaded.object.span.len() as u64)?;
        let Some(source) = encryption.decrypt_strings(loaded.id, &loaded.source, &loaded.object)? else { return Ok(loaded) };
        let object = parse_object(&mut Lexer::new(&source, 0, true)).map_err(|_| Error::from(Code::ObjectBroken))?;
        Ok(IndirectObject { source: Arc::new(source), object, ..loaded })
    }

    /// Where the value of `key` is in the document, in the dictionary of object `id` or in that of its `/V`. None for an object in a stream.
    pub(crate) async fn value_range(&self, id: ObjectId, key: &str) -> Result<Option<Range<u64>>> {
        let Entry::Offset { offset, .. } = self.xref.entry(&self.io, id.number).await? else { return Ok(None) };
        let at = self.base.saturating_add(offset);
        let Ok(loaded) = indirect_object(&self.reader, at).await else { return Ok(None) };
        let value = loaded.dictionary().and_then(|entries| entries.object(key).or_else(|| entries.get("V")?.as_dictionary()?.object(key)));
        Ok(value.map(|value| at + value.span.start as u64..at + value.span.end as u64))
    }

    /// Brings the bytes of the first of `ids` into the cache by two questions, and returns of how many: where they lie close together
    /// of a thousand, where they are scattered of as many as the cache holds well.
    pub(crate) async fn prefetch(&self, ids: impl Iterator<Item = ObjectId> + Clone) -> Result<usize> {
        let ids = ids.take(limits::PREFETCH);
        let (mut ranges, mut blocks, mut count) = (Vec::new(), BTreeSet::new(), 0);
        for id in ids.clone() {
            count += 1;
            if let Some(range) = self.xref.entry_range(&self.io, id.number)? {
                blocks.insert(range.start / limits::BLOCK);
                ranges.push(range);
                if blocks.len() >= limits::PREFETCH_BLOCKS {
                    break;
                }
            }
        }
        self.io.fetch(&ranges).await?;
        let ids = ids.take(count);
        (ranges, blocks, count) = (Vec::new(), BTreeSet::new(), 0);
        for id in ids {
            count += 1;
            if let Entry::Offset { offset, .. } = self.xref.entry(&self.io, id.number).await? {
                let at = self.base.saturating_add(offset).min(self.io.length());
                ranges.push(at..at.saturating_add(window::FIRST).min(self.io.length()));
                blocks.insert(at / limits::BLOCK);
                if blocks.len() >= limits::PREFETCH_BLOCKS {
                    break;
                }
            }
        }
        self.io.fetch(&ranges).await?;
        Ok(count)
    }

    /// Where an object stands, in bytes of the document: that of its object stream, if it is in one.
    pub(crate) async fn place(&self, id: ObjectId) -> Result<Option<u64>> {
        let entry = match self.xref.entry(&self.io, id.number).await? {
            Entry::Compressed { stream, .. } => self.xref.entry(&self.io, stream).await?,
            entry => entry,
        };
        Ok(if let Entry::Offset { offset, .. } = entry { Some(self.base.saturating_add(offset)) } else { None })
    }

    /// Loads what `value` refers to, through references to references; the place of a direct value is that of `holder`.
    pub(crate) async fn resolve(&self, value: &Object, holder: &IndirectObject) -> Result<Option<IndirectObject>> {
        let mut held = IndirectObject { id: holder.id, source: holder.source.clone(), object: value.clone(), stream: None };
        let mut visited = Vec::new();
        while visited.len() < limits::REFERENCES {
            match held.object.value.as_reference() {
                None => return Ok((held.object.value != Value::Null).then_some(held)),
                Some(id) if visited.contains(&id) => return Err(circle().within(holder.id)),
                Some(id) => match self.load(id).await? {
                    Some(loaded) => {
                        visited.push(id);
                        held = loaded;
                    }
                    None => return Ok(None),
                },
            }
        }
        Err(limits::exceeded("references to one another", limits::REFERENCES).within(holder.id))
    }

    /// The value of `key` in a dictionary of `holder`, resolved.
    pub(crate) async fn entry(&self, dictionary: &Dictionary, key: &str, holder: &IndirectObject) -> Result<Option<IndirectObject>> {
        match dictionary.object(key) {
            Some(object) => self.resolve(object, holder).await,
            None => Ok(None),
        }
    }

    async fn object_stream(&self, number: u32) -> Result<Arc<ObjectStream>> {
        if let Some(stream) = self.kept().get(number) {
            return Ok(stream);
        }
        // 7.5.7: an object stream does not stand in another.
        let Entry::Offset { offset, .. } = self.xref.entry(&self.io, number).await? else {
            return Err(Code::ObjectBroken.because(format!("there is no object stream {number}")));
        };
        let stream = Arc::new(self.open_object_stream(&self.load_at(ObjectId::new(number, 0), offset).await?).await?);
        self.kept().keep(number, stream.clone());
        Ok(stream)
    }

    /// Decodes the object stream `loaded`.
    async fn open_object_stream(&self, loaded: &IndirectObject) -> Result<ObjectStream> {
        let dictionary = self.with_direct(loaded, &["Length", "Filter", "DecodeParms", "N", "First"]).await?;
        ObjectStream::read(&self.reader, loaded, &dictionary, self.encryption.as_ref()).await
    }

    /// The data of the stream of `loaded` as the document has it.
    ///
    /// Errors: `ERR_STREAM_BROKEN`, `ERR_LIMIT`, and what loading its `/Length` gives.
    pub(crate) async fn stream_data(&self, loaded: &IndirectObject) -> Result<Vec<u8>> {
        let dictionary = self.with_direct(loaded, &["Length"]).await?;
        encoded_data(&self.reader, loaded, &dictionary).await
    }

    /// The data of the stream of `loaded`, decrypted and decoded.
    ///
    /// Errors: `ERR_STREAM_BROKEN`, `ERR_LIMIT`, and what loading its parameters gives.
    pub(crate) async fn decoded_stream(&self, loaded: &IndirectObject) -> Result<Vec<u8>> {
        let dictionary = self.with_direct(loaded, &["Length", "Filter", "DecodeParms"]).await?;
        let mut data = encoded_data(&self.reader, loaded, &dictionary).await?;
        if let Some(encryption) = &self.encryption {
            self.io.charge(limits::WORK_DECRYPT.1 * data.len() as u64)?;
            data = encryption.decrypt_stream(loaded.id, data)?;
        }
        decoded_data(&self.reader, loaded, &dictionary, data, limits::DECODED_STREAM)
    }

    /// The dictionary of `loaded`, with direct values of `keys`.
    async fn with_direct(&self, loaded: &IndirectObject, keys: &[&str]) -> Result<Dictionary> {
        let mut dictionary = loaded.dictionary().cloned().unwrap_or_default();
        for key in keys {
            if let Some(index) = dictionary.entries.iter().rposition(|entry| entry.key == key.as_bytes()) {
                let value = self.direct(dictionary.entries[index].object.value.clone()).await?;
                Arc::make_mut(&mut dictionary.entries)[index].object.value = value;
            }
        }
        Ok(dictionary)
    }

    /// `value` with what it refers to in its place. That stands by itself: it tells how an object stream is read, and is not in one.
    async fn direct(&self, mut value: Value) -> Result<Value> {
        for _ in 0..limits::REFERENCES {
            let Some(place) = reference_in(&mut value, PARAMETERS_DEPTH) else { return Ok(value) };
            let Some(id) = place.as_reference() else { return Ok(value) };
            *place = match self.xref.entry(&self.io, id.number).await? {
                Entry::Offset { offset, generation } if generation == id.generation => self.load_at(id, offset).await?.object.value,
                _ => Value::Null,
            };
        }
        Err(circle())
    }

    /// `/ID[0]`, which may be an object of its own.
    async fn read_identifier(&self) -> Result<Option<Vec<u8>>> {
        let Some(object) = &self.xref.identifier else { return Ok(None) };
        let trailer = IndirectObject { id: ObjectId::new(0, 0), source: Arc::default(), object: object.clone(), stream: None };
        let Some(pair) = self.resolve(object, &trailer).await? else { return Ok(None) };
        let Some(first) = pair.object.value.as_array().and_then(<[Object]>::first) else { return Ok(None) };
        let first = self.resolve(first, &pair).await?;
        Ok(first.and_then(|first| first.object.value.as_string().filter(|string| !string.is_empty()).map(<[u8]>::to_vec)))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, KeptStreams> {
        self.object_streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How deep `/DecodeParms` nests: an array of dictionaries of values.
const PARAMETERS_DEPTH: usize = 3;

/// The first reference in `value`, not deeper than `depth`.
fn reference_in(value: &mut Value, depth: usize) -> Option<&mut Value> {
    match value {
        Value::Reference(_) if depth > 0 => Some(value),
        Value::Array(items) if depth > 0 => {
            let index = items.iter().position(|item| has_reference(&item.value, depth - 1))?;
            reference_in(&mut Arc::make_mut(items).get_mut(index)?.value, depth - 1)
        }
        Value::Dictionary(dictionary) if depth > 0 => {
            let index = dictionary.entries.iter().position(|entry| has_reference(&entry.object.value, depth - 1))?;
            reference_in(&mut Arc::make_mut(&mut dictionary.entries).get_mut(index)?.object.value, depth - 1)
        }
        _ => None,
    }
}

/// Whether there is a reference in `value`, not deeper than `depth`.
fn has_reference(value: &Value, depth: usize) -> bool {
    match value {
        Value::Reference(_) => depth > 0,
        Value::Array(items) if depth > 0 => items.iter().any(|item| has_reference(&item.value, depth - 1)),
        Value::Dictionary(dictionary) if depth > 0 => dictionary.entries.iter().any(|entry| has_reference(&entry.object.value, depth - 1)),
        _ => false,
    }
}

fn circle() -> Error {
    Code::ObjectBroken.because("references form a circle")
}

/// Parses the indirect object at `at`, and notes where its stream starts.
async fn indirect_object(reader: &Reader, at: u64) -> Result<IndirectObject> {
    let (source, (id, object, stream, has_more)) = reader
        .parse(at, |lexer| {
            let id = parse_indirect_header(lexer)?;
            let object = parse_object(lexer)?;
            let mut stream = None;
            if matches!(object.value, Value::Dictionary(_)) {
                lexer.skip_space();
                if lexer.keyword_prefix(b"stream")? {
                    stream = Some(lexer.after_end_of_line()?);
                }
            }
            let has_more = stream.is_none() && is_value(lexer.clone());
            Ok((id, object, stream, has_more))
        })
        .await?;
    if has_more {
        reader.doubt("an object has a second value", at);
    }
    Ok(IndirectObject { id, source: Arc::new(source), object, stream: stream.map(|offset| at.saturating_add(offset as u64)) })
}

/// Whether another value follows, rather than `endobj`, or the head of the next object where `endobj` is missing.
fn is_value(mut lexer: Lexer) -> bool {
    lexer.skip_space();
    match lexer.peek_byte() {
        Some(b'<' | b'[' | b'(' | b'/') => true,
        // Of a head that the window cuts there is nothing to say.
        Some(b'0'..=b'9') => !matches!(parse_indirect_header(&mut lexer), Ok(_) | Err(Fault::Incomplete)),
        _ => false,
    }
}

/// `data`, those of the stream of `loaded`, decoded to `most` bytes; `dictionary` is its own with direct values.
///
/// Errors: `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
fn decoded_data(reader: &Reader, loaded: &IndirectObject, dictionary: &Dictionary, data: Vec<u8>, most: usize) -> Result<Vec<u8>> {
    filter::decode(dictionary, data, most, &|units| reader.io.charge(units))
        .map_err(|error| error.at(loaded.stream.unwrap_or(0)).within(loaded.id))
}

/// The data of the stream of `loaded` as they stand in the document: as many as `/Length` says if `endstream` follows, else up to the first
/// `endstream` or `endobj`. `dictionary` is its own with direct values.
///
/// Errors: `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
async fn encoded_data(reader: &Reader, loaded: &IndirectObject, dictionary: &Dictionary) -> Result<Vec<u8>> {
    let broken = |found: &str| Code::StreamBroken.because(found).within(loaded.id);
    let Some(start) = loaded.stream else { return Err(broken("there is no stream")) };
    let too_long = || limits::exceeded("bytes in a cross-reference or object stream", limits::ENCODED_STREAM).at(start);
    let length = dictionary.integer("Length").and_then(|length| u64::try_from(length).ok());
    let told = length.map(|length| start.saturating_add(length)).filter(|end| *end <= reader.io.length());
    let end = match told {
        Some(end) if end - start > limits::ENCODED_STREAM => return Err(too_long()),
        Some(end) if scan::ends_at(reader, end).await? => end,
        _ => {
            reader.doubt("a stream that is read does not end where its /Length says", start);
            let most = start.saturating_add(limits::ENCODED_STREAM).min(reader.io.length());
            let found = scan::find_word(reader, scan::END, start..most).await?;
            // Without `endstream` the object ends the stream. What an update appends must not change where it ends.
            let before = scan::find_word(reader, b"endobj", start..found.unwrap_or(most)).await?;
            before.or(found).or(told).ok_or_else(|| broken("the stream has no usable /Length and no end"))?
        }
    };
    let data = reader.io.read(start..end).await?;
    Ok(data)
}

/// The error that a syntax fault at `at` is.
fn fault(fault: Fault, at: u64) -> Error {
    match fault {
        Fault::Incomplete => Code::FileTruncated.because("the document ends within an object").at(at),
        Fault::Broken(offset) => Error::from(Code::ObjectBroken).at(at.saturating_add(offset as u64)),
        Fault::Deep | Fault::Many => excess(fault).at(at),
    }
}

/// The error of an object that is too deep or too large.
fn excess(fault: Fault) -> Error {
    match fault {
        Fault::Many => limits::exceeded("values in one object", limits::VALUES),
        _ => limits::exceeded("arrays and dictionaries in one another", limits::NESTING),
    }
}
