//! Objects in streams. ISO 32000-2, 7.5.7.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::window::Reader;
use super::{IndirectObject, decoded_data, encoded_data, excess};
use crate::encryption::Encryption;
use crate::error::{Code, Result};
use crate::limits;
use crate::syntax::{Dictionary, Fault, Lexer, ObjectId, is_space, parse_object};

/// A decoded object stream and where its objects start.
#[derive(Debug)]
pub(super) struct ObjectStream {
    data: Vec<u8>,
    /// Ascending by number.
    objects: Vec<Place>,
}

/// Where an object stands in a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) number: u32,
    /// Which one of the stream's objects it is, from 0 on.
    pub(super) index: u32,
    /// In bytes from the first of the decoded data.
    at: usize,
}

impl ObjectStream {
    /// Reads the stream of `loaded`; `dictionary` is its own with direct values.
    ///
    /// Errors: `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
    pub(super) async fn read(
        reader: &Reader,
        loaded: &IndirectObject,
        dictionary: &Dictionary,
        encryption: Option<&Encryption>,
    ) -> Result<Self> {
        let broken = |found: &str| Code::StreamBroken.because(found).within(loaded.id);
        let mut data = encoded_data(reader, loaded, dictionary).await?;
        if let Some(encryption) = encryption {
            reader.io.charge(limits::WORK_DECRYPT.1 * data.len() as u64)?;
            data = encryption.decrypt_stream(loaded.id, data)?;
        }
        let data = decoded_data(reader, loaded, dictionary, data, limits::DECODED_STREAM)?;
        let integer = |key| dictionary.integer(key).and_then(|value| usize::try_from(value).ok());
        let (Some(count), Some(first)) = (integer("N"), integer("First")) else {
            return Err(broken("the object stream has no /N or /First"));
        };
        if count > limits::OBJECT_STREAM {
            return Err(limits::exceeded("objects in one object stream", limits::OBJECT_STREAM));
        }
        // An object takes at least "1 0" and a space.
        if count > data.len() / 4 + 1 {
            return Err(broken("the object stream has fewer objects than its /N"));
        }
        reader.io.charge(limits::WORK_INDEX * count as u64)?;
        let mut lexer = Lexer::new(&data, 0, true);
        let mut objects = Vec::with_capacity(count);
        let mut next = || match parse_object(&mut lexer) {
            Ok(object) => object.value.as_integer(),
            Err(_) => None,
        };
        for index in 0..count as u32 {
            let (Some(number), Some(offset)) = (next(), next()) else {
                return Err(broken("the object stream has fewer objects than its /N"));
            };
            let (Ok(number), Ok(offset)) = (u32::try_from(number), usize::try_from(offset)) else { continue };
            if let Some(at) = first.checked_add(offset).filter(|at| *at < data.len()) {
                objects.push(Place { number, index, at });
            }
        }
        let starts = objects.first().map_or(first, |place: &Place| place.at);
        let is_spaced = data.get(lexer.offset()..starts).is_some_and(|between| between.iter().all(|byte| is_space(*byte)));
        let ascends = objects.windows(2).all(|pair| pair[0].at < pair[1].at);
        let mut numbers: Vec<u32> = objects.iter().map(|place| place.number).collect();
        numbers.sort_unstable();
        let is_once = numbers.windows(2).all(|pair| pair[0] != pair[1]);
        if !is_spaced || !ascends || !is_once || objects.len() != count {
            let at = loaded.stream.unwrap_or(0);
            reader.doubt("the index of an object stream is out of order, lists an object twice, or does not fit /First", at);
        }
        objects.sort_by_key(|place| place.number); // stable: of two with one number the first is found
        Ok(ObjectStream { data, objects })
    }

    /// What is held of it, in bytes.
    pub(super) fn size(&self) -> usize {
        self.data.len() + self.objects.len() * size_of::<Place>()
    }

    /// Its objects, ascending by number.
    pub(super) fn places(&self) -> &[Place] {
        &self.objects
    }

    /// The object of this number; none when the stream does not hold it. `index` is its place in the stream by the cross-reference: some
    /// readers go by it, others by the number.
    pub(super) fn object(&self, reader: &Reader, id: ObjectId, index: u32) -> Result<Option<IndirectObject>> {
        let place = self.objects.partition_point(|place| place.number < id.number);
        let named = self.objects[place..].iter().take_while(|place| place.number == id.number);
        let Some(place) = named.clone().next() else {
            reader.doubt("an object stream does not contain an object that the cross-reference places in it", 0);
            return Ok(None);
        };
        if place.index != index || named.clone().nth(1).is_some() {
            reader.doubt("an object stream contains an object elsewhere than the cross-reference says, or twice", 0);
        }
        self.object_at(reader, id, place).map(Some)
    }

    /// The object at a place of the stream.
    pub(super) fn object_at(&self, reader: &Reader, id: ObjectId, place: &Place) -> Result<IndirectObject> {
        reader.io.charge(limits::WORK_OBJECT)?;
        let data = self.data.get(place.at..).unwrap_or_default();
        let mut lexer = Lexer::new(data, 0, true);
        let parsed = parse_object(&mut lexer);
        let source = data.get(..lexer.offset()).unwrap_or_default();
        reader.io.charge(limits::WORK_TOKEN * lexer.tokens() + source.len() as u64)?;
        match parsed {
            // Its own source: an object that is kept does not keep the stream.
            Ok(object) => Ok(IndirectObject { id, source: Arc::new(source.to_vec()), object, stream: None }),
            Err(fault @ (Fault::Deep | Fault::Many)) => Err(excess(fault).within((id.number, 0))),
            Err(_) => Err(Code::ObjectBroken.because("an object in an object stream cannot be read").within((id.number, 0))),
        }
    }
}

/// Decoded object streams that are kept: the newest, as many as the limits allow, and at least one.
#[derive(Default)]
pub(super) struct KeptStreams {
    streams: BTreeMap<u32, Arc<ObjectStream>>,
    /// Their numbers, oldest first.
    order: VecDeque<u32>,
    bytes: usize,
}

impl KeptStreams {
    pub(super) fn get(&self, number: u32) -> Option<Arc<ObjectStream>> {
        self.streams.get(&number).cloned()
    }

    pub(super) fn keep(&mut self, number: u32, stream: Arc<ObjectStream>) {
        self.bytes += stream.size();
        self.order.push_back(number);
        self.streams.insert(number, stream);
        while self.order.len() > 1 && (self.order.len() > limits::OBJECT_STREAMS_KEPT || self.bytes > limits::OBJECT_STREAMS_BYTES) {
            let oldest = self.order.pop_front().and_then(|oldest| self.streams.remove(&oldest));
            self.bytes -= oldest.map_or(0, |stream| stream.size());
        }
    }
}
