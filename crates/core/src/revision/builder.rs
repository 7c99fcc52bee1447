//! Objects of an update, collected before they are written.

use std::ops::Range;

use crate::error::{Code, Result};
use crate::file::{File, IndirectObject};
use crate::syntax::splice::Splice;
use crate::syntax::{Dictionary, Object, ObjectId, Value};

/// A new object, or one that overrides an object of the document.
pub(super) struct NewObject {
    pub(super) id: ObjectId,
    /// Body without its stream. Strings are plain: those of an encrypted document are encrypted when the update is written.
    pub(super) body: Vec<u8>,
    pub(super) stream: Option<StreamData>,
    /// Ranges of the body that are filled in later. No string comes before them, so that encryption does not move them.
    pub(super) placeholders: Vec<Range<usize>>,
}

/// Data of a stream, whose `/Length` is set.
pub(super) enum StreamData {
    Plain(Vec<u8>),
    /// As the document has it, encrypted where that is.
    AsWritten(Vec<u8>),
}

/// All objects of an update.
pub(crate) struct NewObjects {
    pub(super) objects: Vec<NewObject>,
    /// Numbers from this one on are new.
    first_number: u32,
    /// One more than the largest new object number.
    pub(super) next_number: u32,
    /// Entries of the trailer in place of the document's.
    pub(super) trailer: Vec<(&'static str, Vec<u8>)>,
}

impl NewObjects {
    /// Objects of the document that the update overrides.
    pub(crate) fn overridden(&self) -> Vec<ObjectId> {
        self.objects.iter().map(|object| object.id).filter(|id| id.number < self.first_number).collect()
    }
}

/// Collects the objects of an update, and gives numbers to new ones.
pub(crate) struct UpdateBuilder<'f> {
    file: &'f File,
    /// In the order of their numbers.
    objects: Vec<NewObject>,
    /// Arrays of the document that get a reference, and references to them.
    arrays: Vec<ObjectId>,
    first_number: u32,
    next_number: u32,
    trailer: Vec<(&'static str, Vec<u8>)>,
}

impl<'f> UpdateBuilder<'f> {
    /// Errors: `ERR_LIMIT` where the document has used up the object numbers.
    pub(crate) fn new(file: &'f File) -> Result<Self> {
        let first_number = file.xref.next_number()?;
        Ok(UpdateBuilder { file, objects: Vec::new(), arrays: Vec::new(), first_number, next_number: first_number, trailer: Vec::new() })
    }

    /// A number that no object has and nothing that was read refers to.
    pub(crate) fn new_id(&mut self) -> ObjectId {
        let number = self.file.unreferenced(self.next_number);
        self.next_number = number + 1;
        ObjectId::new(number, 0)
    }

    /// Adds an object, or overrides one. The first body of an object stays: an array that serves as two (`/Fields` and `/Annots`) is changed once.
    pub(crate) fn put(&mut self, id: ObjectId, body: Vec<u8>) {
        self.push(NewObject { id, body, stream: None, placeholders: Vec::new() });
    }

    /// Adds a stream with its dictionary, without `/Length`.
    pub(crate) fn put_stream(&mut self, id: ObjectId, dictionary: Vec<u8>, data: Vec<u8>) {
        self.push(NewObject { id, body: dictionary, stream: Some(StreamData::Plain(data)), placeholders: Vec::new() });
    }

    /// Adds an object of which parts are filled in when the update is written. No string comes before them.
    pub(crate) fn put_with_placeholders(&mut self, id: ObjectId, body: Vec<u8>, placeholders: Vec<Range<usize>>) {
        self.push(NewObject { id, body, stream: None, placeholders });
    }

    /// Gives `key` of the trailer another value.
    pub(crate) fn set_in_trailer(&mut self, key: &'static str, value: Vec<u8>) {
        self.trailer.push((key, value));
    }

    /// Overrides an object by the changes to it, if there are any.
    ///
    /// Errors: `ERR_OBJECT_BROKEN` for the dictionary of a stream, and for an object that was changed already.
    pub(crate) fn replace(&mut self, loaded: &IndirectObject, splice: Splice<'_>) -> Result<()> {
        if splice.is_empty() {
            return Ok(());
        }
        if loaded.stream.is_some() {
            return Err(Code::ObjectBroken.because("a dictionary that has to be changed is that of a stream").within(loaded.id));
        }
        self.override_once(loaded, splice, None)
    }

    /// Overrides a stream by the changes to its dictionary. Its `data` stays as the document has it.
    ///
    /// Errors: `ERR_OBJECT_BROKEN` for an object that was changed already.
    pub(crate) fn replace_stream(&mut self, loaded: &IndirectObject, splice: Splice<'_>, data: Vec<u8>) -> Result<()> {
        self.override_once(loaded, splice, Some(StreamData::AsWritten(data)))
    }

    fn override_once(&mut self, loaded: &IndirectObject, splice: Splice<'_>, stream: Option<StreamData>) -> Result<()> {
        // The catalog as its own page, or a page as the form: only one of the two changes would count.
        if self.objects.iter().any(|object| object.id == loaded.id) {
            return Err(Code::ObjectBroken.because("one dictionary serves as two that have to be changed").within(loaded.id));
        }
        self.push(NewObject { id: loaded.id, body: splice.finish(), stream, placeholders: Vec::new() });
        Ok(())
    }

    /// Adds references, as they are written, to the array `key` of `entries`, which `dictionary` of `holder` has: in place by `splice` where
    /// the array is direct, by overriding it where it is an object of its own. A missing array is made.
    pub(crate) async fn push_references(
        &mut self,
        splice: &mut Splice<'_>,
        holder: &IndirectObject,
        entries: &Dictionary,
        dictionary: &Object,
        key: &str,
        references: &[u8],
    ) -> Result<()> {
        match entries.object(key) {
            Some(object) if matches!(object.value, Value::Array(_)) => splice.push(&object.span, references),
            Some(object) if matches!(object.value, Value::Reference(_)) => match self.file.resolve(object, holder).await? {
                Some(array) if array.object.value.as_array().is_some() => {
                    let mut inner = Splice::new(&array.source, &array.object);
                    inner.push(&array.object.span, references);
                    self.arrays.extend(object.value.as_reference().into_iter().chain([array.id]));
                    self.put(array.id, inner.finish());
                }
                _ => splice.set(entries, &dictionary.span, key, &[b"[", references, b"]"].concat()),
            },
            _ => splice.set(entries, &dictionary.span, key, &[b"[", references, b"]"].concat()),
        }
        Ok(())
    }

    /// Whether the update overrides the object.
    pub(crate) fn overrides(&self, id: ObjectId) -> bool {
        self.objects.iter().any(|object| object.id == id)
    }

    /// Arrays of the document that get a reference, and references to them.
    pub(crate) fn arrays(&self) -> &[ObjectId] {
        &self.arrays
    }

    /// All objects.
    pub(crate) fn finish(self) -> NewObjects {
        NewObjects { objects: self.objects, first_number: self.first_number, next_number: self.next_number, trailer: self.trailer }
    }

    fn push(&mut self, object: NewObject) {
        let at = self.objects.partition_point(|known| known.id < object.id);
        if self.objects.get(at).is_none_or(|known| known.id != object.id) {
            self.objects.insert(at, object);
        }
    }
}
