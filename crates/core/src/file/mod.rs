//! ISO 32000-2, 7.5: the file, read lazily: its two ends, the chain of cross-reference sections, and single objects.

mod ends;
mod object_stream;
mod window;
pub(crate) mod xref;

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::limits;
use crate::syntax::{Dictionary, Fault, Object, ObjectId, Value, parse_indirect_header, parse_object};
use object_stream::ObjectStream;
use xref::{CrossReference, Entry};

/// A file whose ends and cross-reference have been read.
pub(crate) struct File {
    pub(crate) host: Host,
    /// What offsets in the file count from: 0, or where `%PDF-` stands when junk comes before it.
    pub(crate) base: u64,
    /// Of the header, `(1, 7)`.
    pub(crate) header_version: (u8, u8),
    /// The value behind the last `startxref`, as it stands.
    pub(crate) startxref: u64,
    /// Whether the last byte ends a line.
    pub(crate) ends_line: bool,
    pub(crate) xref: CrossReference,
    object_streams: Mutex<Vec<(u32, Arc<ObjectStream>)>>,
}

/// An object and the bytes that it was parsed from.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) id: ObjectId,
    pub(crate) source: Arc<Vec<u8>>,
    pub(crate) object: Object,
    /// Where the data of a stream starts, in bytes from the first of the document.
    pub(crate) stream: Option<u64>,
}

impl Loaded {
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        self.object.value.as_dictionary()
    }
}

impl File {
    /// Reads the ends of the document and its chain of cross-reference sections.
    ///
    /// Errors: those of the file group; `ERR_ENCRYPTED` where the trailer says so; `ERR_LIMIT`.
    pub(crate) async fn open(host: &Host) -> Result<File> {
        let ends = ends::read(host).await?;
        let (base, xref) = xref::read(host, &ends).await?;
        let file = File {
            host: host.clone(),
            base,
            header_version: ends.version,
            startxref: ends.startxref,
            ends_line: ends.ends_line,
            xref,
            object_streams: Mutex::new(Vec::new()),
        };
        if file.xref.trailer.get("Encrypt").is_some() {
            return Err(Code::Encrypted.into());
        }
        Ok(file)
    }

    /// Loads an object; none when it is free or was never written, which stands for null (7.3.10).
    ///
    /// Errors: `ERR_OBJECT_BROKEN`, `ERR_STREAM_BROKEN`, `ERR_XREF_BROKEN`, `ERR_LIMIT`.
    pub(crate) async fn load(&self, id: ObjectId) -> Result<Option<Loaded>> {
        match self.xref.entry(&self.host, id.number).await? {
            Entry::Free => Ok(None),
            Entry::Offset { offset, generation } if generation == id.generation => {
                let at = self.base.saturating_add(offset);
                let loaded = indirect_object(&self.host, at).await.map_err(|error| error.within(id.number, id.generation))?;
                match loaded.id.number == id.number {
                    true => Ok(Some(loaded)),
                    false => Err(Code::ObjectBroken
                        .because(format!("the cross-reference promises object {} where object {} stands", id.number, loaded.id.number))
                        .at(at)
                        .within(id.number, id.generation)),
                }
            }
            // A reference with another generation is one to an object that is gone.
            Entry::Offset { .. } => Ok(None),
            Entry::Compressed { stream, .. } if id.generation == 0 => {
                let stream = self.object_stream(stream).await.map_err(|error| error.within(id.number, 0))?;
                stream.object(id)
            }
            Entry::Compressed { .. } => Ok(None),
        }
    }

    /// Brings the bytes of several objects into the cache by as few questions as they need.
    pub(crate) async fn prefetch(&self, ids: impl Iterator<Item = ObjectId> + Clone) -> Result<()> {
        self.host
            .fetch(&ids.clone().take(limits::FIELD_NODES).filter_map(|id| self.xref.entry_range(id.number)).collect::<Vec<_>>())
            .await?;
        let mut ranges = Vec::new();
        for id in ids.take(1024) {
            if let Entry::Offset { offset, .. } = self.xref.entry(&self.host, id.number).await? {
                let at = self.base.saturating_add(offset).min(self.host.length());
                ranges.push(at..at.saturating_add(window::FIRST).min(self.host.length()));
            }
        }
        self.host.fetch(&ranges).await
    }

    /// Loads what `value` refers to, through references to references; the place of a direct value is that of `holder`.
    pub(crate) async fn resolve(&self, value: &Object, holder: &Loaded) -> Result<Option<Loaded>> {
        let mut held = Loaded { id: holder.id, source: holder.source.clone(), object: value.clone(), stream: None };
        for _ in 0..limits::REFERENCES {
            match held.object.value.as_reference() {
                None => return Ok((held.object.value != Value::Null).then_some(held)),
                Some(id) => match self.load(id).await? {
                    Some(loaded) => held = loaded,
                    None => return Ok(None),
                },
            }
        }
        Err(limits::exceeded("references to one another", limits::REFERENCES).within(holder.id.number, holder.id.generation))
    }

    /// The value of `key` in a dictionary of `holder`, resolved.
    pub(crate) async fn entry(&self, dictionary: &Dictionary, key: &str, holder: &Loaded) -> Result<Option<Loaded>> {
        match dictionary.object(key) {
            Some(object) => self.resolve(object, holder).await,
            None => Ok(None),
        }
    }

    async fn object_stream(&self, number: u32) -> Result<Arc<ObjectStream>> {
        let held = self.kept().iter().find(|(held, _)| *held == number).map(|(_, stream)| stream.clone());
        if let Some(stream) = held {
            return Ok(stream);
        }
        // 7.5.7: an object stream does not stand in another.
        let Entry::Offset { offset, .. } = self.xref.entry(&self.host, number).await? else {
            return Err(Code::ObjectBroken.because(format!("there is no object stream {number}")));
        };
        let loaded = indirect_object(&self.host, self.base.saturating_add(offset)).await?;
        if loaded.id.number != number {
            return Err(Code::ObjectBroken.because(format!("object {} stands where object stream {number} should", loaded.id.number)));
        }
        let length = match loaded.dictionary().and_then(|dictionary| dictionary.object("Length")) {
            Some(Object { value: Value::Reference(id), .. }) => self.plain_integer(*id).await?,
            Some(object) => object.value.as_integer(),
            None => None,
        };
        let stream = Arc::new(ObjectStream::read(&self.host, &loaded, length).await?);
        let mut kept = self.kept();
        if kept.len() >= limits::OBJECT_STREAMS_KEPT {
            kept.remove(0);
        }
        kept.push((number, stream.clone()));
        Ok(stream)
    }

    /// The value of an integer that stands by itself, as an indirect `/Length` does: it may not be in an object stream here.
    async fn plain_integer(&self, id: ObjectId) -> Result<Option<i64>> {
        match self.xref.entry(&self.host, id.number).await? {
            Entry::Offset { offset, .. } => {
                Ok(indirect_object(&self.host, self.base.saturating_add(offset)).await?.object.value.as_integer())
            }
            _ => Ok(None),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<(u32, Arc<ObjectStream>)>> {
        self.object_streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parses the indirect object at `at`, and notes where its stream starts.
pub(crate) async fn indirect_object(host: &Host, at: u64) -> Result<Loaded> {
    let (source, (id, object, stream)) = window::parse(host, at, |lexer| {
        let id = parse_indirect_header(lexer)?;
        let object = parse_object(lexer)?;
        let mut stream = None;
        if matches!(object.value, Value::Dictionary(_)) {
            lexer.skip_space();
            if lexer.keyword_prefix(b"stream")? {
                stream = Some(lexer.after_end_of_line()?);
            }
        }
        Ok((id, object, stream))
    })
    .await?;
    Ok(Loaded { id, source: Arc::new(source), object, stream: stream.map(|offset| at.saturating_add(offset as u64)) })
}

/// The data of a stream whose `/Length` is `length`, decoded.
///
/// Errors: `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
pub(crate) async fn stream_data(host: &Host, loaded: &Loaded, length: Option<i64>) -> Result<Vec<u8>> {
    let broken = |found: &str| Code::StreamBroken.because(found).within(loaded.id.number, loaded.id.generation);
    let (Some(start), Some(dictionary)) = (loaded.stream, loaded.dictionary()) else { return Err(broken("there is no stream")) };
    let Some(length) = length.and_then(|length| u64::try_from(length).ok()) else { return Err(broken("the stream has no usable /Length")) };
    if length > limits::ENCODED_STREAM {
        return Err(limits::exceeded("bytes in a cross-reference or object stream", limits::ENCODED_STREAM).at(start));
    }
    if start.saturating_add(length) > host.length() {
        return Err(broken("the stream ends after the document").at(start));
    }
    crate::syntax::filter::decode(dictionary, host.read(start..start + length).await?)
        .map_err(|error| error.at(start).within(loaded.id.number, loaded.id.generation))
}

/// The error that a syntax fault at `at` is.
pub(crate) fn fault(fault: Fault, at: u64) -> Error {
    match fault {
        Fault::More => Code::FileTruncated.because("the document ends within an object").at(at),
        Fault::Broken(offset) => Error::from(Code::ObjectBroken).at(at.saturating_add(offset as u64)),
        Fault::Deep => limits::exceeded("arrays and dictionaries in one another", limits::NESTING).at(at),
    }
}
