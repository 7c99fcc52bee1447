//! Objects, each with the place of its source. ISO 32000-2, 7.3.

use std::ops::Range;
use std::sync::Arc;

/// The number and the generation of an indirect object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectId {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

impl ObjectId {
    pub(crate) fn new(number: u32, generation: u16) -> Self {
        ObjectId { number, generation }
    }
}

impl From<ObjectId> for (u32, u16) {
    fn from(id: ObjectId) -> Self {
        (id.number, id.generation)
    }
}

/// A value and where it stands in the bytes that it was parsed from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

/// A value. A copy shares arrays and dictionaries with its original: of a small file a million values can be copied again and again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Real,
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Arc<[Object]>),
    Dictionary(Dictionary),
    Reference(ObjectId),
}

impl Value {
    pub(crate) fn as_integer(&self) -> Option<i64> {
        if let Value::Integer(value) = self { Some(*value) } else { None }
    }

    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        if let Value::Name(name) = self { Some(name) } else { None }
    }

    pub(crate) fn as_string(&self) -> Option<&[u8]> {
        if let Value::String(string) = self { Some(string) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Object]> {
        if let Value::Array(items) = self { Some(items) } else { None }
    }

    pub(crate) fn as_dictionary(&self) -> Option<&Dictionary> {
        if let Value::Dictionary(dictionary) = self { Some(dictionary) } else { None }
    }

    pub(crate) fn as_reference(&self) -> Option<ObjectId> {
        if let Value::Reference(id) = self { Some(*id) } else { None }
    }
}

/// Keys and values in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dictionary {
    pub(crate) entries: Arc<[Entry]>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Vec<u8>,
    pub(crate) object: Object,
}

impl Dictionary {
    /// The value of `key`, by itself or a reference; a null is as good as none (7.3.7). Of several the last counts, as in most readers.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.object(key).map(|object| &object.value)
    }

    /// The same with its place.
    pub(crate) fn object(&self, key: &str) -> Option<&Object> {
        let entry = self.entries.iter().rev().find(|entry| entry.key == key.as_bytes())?;
        (entry.object.value != Value::Null).then_some(&entry.object)
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_integer()
    }

    pub(crate) fn name(&self, key: &str) -> Option<&[u8]> {
        self.get(key)?.as_name()
    }
}
