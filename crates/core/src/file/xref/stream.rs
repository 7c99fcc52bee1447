//! Cross-reference streams. ISO 32000-2, 7.5.8.

use super::subsections::{Subsection, Subsections};
use super::{Budget, Entry};
use crate::error::{Code, Result};
use crate::file::window::{Landmarks, Reader};
use crate::file::{IndirectObject, decoded_data, encoded_data};
use crate::limits;

/// The entries of one stream.
pub(super) struct StreamSection {
    /// The number of the stream itself, which no entry has to list.
    number: u32,
    data: Vec<u8>,
    /// `/W`: the widths of type, second and third field, in bytes.
    widths: [usize; 3],
    /// `/Index`; the entries stand in `data`.
    subsections: Subsections,
}

impl StreamSection {
    /// Errors: `ERR_XREF_BROKEN`, `ERR_STREAM_BROKEN`, `ERR_LIMIT`.
    pub(super) async fn read(reader: &Reader, loaded: &IndirectObject, room: &mut Budget) -> Result<Self> {
        let broken = |found: &str| Code::XrefBroken.because(found).within(loaded.id);
        let Some(dictionary) = loaded.dictionary().filter(|dictionary| dictionary.name("Type") == Some(b"XRef")) else {
            return Err(broken("there is no cross-reference stream where one should be"));
        };
        // A cross-reference stream stands by itself: its /Length must be direct (7.5.8.2).
        let encoded = encoded_data(reader, loaded, dictionary).await?;
        let mut widths = [0; 3];
        let given = dictionary.get("W").and_then(|value| value.as_array()).ok_or_else(|| broken("the cross-reference stream has no /W"))?;
        for (width, object) in widths.iter_mut().zip(given) {
            let value = object.value.as_integer().and_then(|value| usize::try_from(value).ok()).filter(|value| *value <= 8);
            *width = value.ok_or_else(|| broken("a width of the cross-reference stream is out of bounds"))?;
        }
        if given.len() != 3 || widths[0] == 0 {
            reader.doubt("the entries of a cross-reference stream have unusual widths", loaded.stream.unwrap_or(0));
        }
        let size: usize = widths.iter().sum();
        if size == 0 || widths[1] == 0 {
            return Err(broken("the entries of the cross-reference stream have no width"));
        }
        let index: Vec<i64> = match dictionary.get("Index").and_then(|value| value.as_array()) {
            Some(index) => index.iter().map(|object| object.value.as_integer().unwrap_or(-1)).collect(),
            None => vec![0, dictionary.integer("Size").unwrap_or(0)],
        };
        if !index.len().is_multiple_of(2) || index.iter().any(|number| *number < 0) || index.chunks_exact(2).any(|pair| pair[1] == 0) {
            reader.doubt("the /Index of a cross-reference stream has an odd, negative or empty pair", loaded.stream.unwrap_or(0));
        }
        let promised = index.chunks_exact(2).map(|pair| pair[1].max(0) as u64).sum::<u64>().saturating_mul(size as u64);
        let largest = index.chunks_exact(2).map(|pair| pair[0].saturating_add(pair[1])).max().unwrap_or(0);
        let data = decoded_data(reader, loaded, dictionary, encoded, room.decoded)?;
        let length = data.len();
        room.decode(length)?;
        if length as u64 != promised || largest > dictionary.integer("Size").unwrap_or(0) {
            reader.doubt("a cross-reference stream has more or fewer entries than its /Index and /Size say", loaded.stream.unwrap_or(0));
        }
        reader.io.charge(limits::WORK_ENTRY * (index.len() + length / size) as u64)?;
        let mut listed = Vec::new();
        let mut place = 0_usize;
        for pair in index.chunks_exact(2) {
            let (Ok(first), Ok(count)) = (u32::try_from(pair[0]), u32::try_from(pair[1])) else {
                return Err(broken("the /Index of the cross-reference stream is no list of numbers"));
            };
            // A stream that ends early loses its last entries, not the first.
            let count = count.min(((length / size).saturating_sub(place)) as u32);
            if first.checked_add(count).is_none_or(|end| end > limits::OBJECT_NUMBER) {
                return Err(limits::exceeded("object numbers", limits::OBJECT_NUMBER));
            }
            room.list()?;
            // Eight bytes a field, and three fields: the length of an entry fits.
            listed.push(Subsection { first, end: first + count, at: (place * size) as u64, size: size as u8 });
            place += count as usize;
        }
        let subsections = Subsections::new(&listed);
        if subsections.is_overlapping() {
            reader.doubt("a cross-reference stream lists an object twice", loaded.stream.unwrap_or(0));
        }
        let mut landmarks = Landmarks::new(reader.io.length());
        let mut is_unknown = false;
        for entry in data.chunks_exact(size) {
            match fields(entry, widths) {
                (1, offset, _) => landmarks.add(offset),
                (kind, ..) => is_unknown |= kind > 2,
            }
        }
        if is_unknown {
            reader.doubt("a cross-reference stream has an entry of an unknown type", loaded.stream.unwrap_or(0));
        }
        reader.list(landmarks);
        Ok(StreamSection { number: loaded.id.number, data, widths, subsections })
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> u64 {
        self.subsections.count()
    }

    /// All entries with their numbers, ascending.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, Entry)> {
        self.subsections.numbers().filter_map(|number| self.entry(number).ok().flatten().map(|entry| (number, entry)))
    }

    /// Errors: `ERR_XREF_BROKEN`.
    pub(super) fn entry(&self, number: u32) -> Result<Option<Entry>> {
        let Some((at, size)) = self.subsections.find(number) else { return Ok(None) };
        let (at, end) = (at as usize, at as usize + usize::from(size)); // in data that is held
        let Some(bytes) = self.data.get(at..end) else { return Ok(None) };
        let (kind, second, third) = fields(bytes, self.widths);
        Ok(Some(match kind {
            1 => Entry::Offset { offset: second, generation: u16::try_from(third).unwrap_or(u16::MAX) },
            2 => match u32::try_from(second) {
                Ok(stream) => Entry::Compressed { stream, index: u32::try_from(third).unwrap_or(u32::MAX) },
                Err(_) => return Err(Code::XrefBroken.because(format!("the cross-reference entry of object {number} is malformed"))),
            },
            // An unknown type stands for null (7.5.8.3).
            _ => Entry::Free,
        }))
    }

    /// One more than the largest number, the stream's own included.
    pub(super) fn end(&self) -> u32 {
        self.subsections.end().max(self.number.saturating_add(1))
    }
}

/// Type, second and third field of an entry (7.5.8.2, tables 17 and 18). The type is 1 where its width is 0.
fn fields(mut entry: &[u8], widths: [usize; 3]) -> (u64, u64, u64) {
    let mut field = |width: usize| {
        let (head, tail) = entry.split_at(width);
        entry = tail;
        head.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte))
    };
    let kind = if widths[0] == 0 { 1 } else { field(widths[0]) };
    (kind, field(widths[1]), field(widths[2]))
}
