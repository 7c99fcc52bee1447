//! Flate streams (ISO 32000-2, 7.4.4) that are decoded no further than they are asked for.
//!
//! The cross-reference stream of a million objects decodes to some 7 MB, of which a signature needs a few entries, most often the
//! first ones. A library decodes all of it.

use std::io::{Cursor, Read};

use flate2::read::ZlibDecoder;

use super::object::{Dictionary, Value};
use super::predictor;
use crate::error::{Code, Result};

/// A stream, decoded up to some place.
pub(crate) struct LazyFlate {
    /// What is still to be decoded; none at the end.
    encoded: Option<ZlibDecoder<Cursor<Vec<u8>>>>,
    /// Bytes in a row, where each begins with the type of its PNG predictor (7.4.4.4).
    row: Option<usize>,
    decoded: Vec<u8>,
}

/// The unit in which is decoded, in bytes: a few thousand entries.
const STEP: usize = 32 << 10;
/// What a byte of deflated data can decode to at the most.
pub(crate) const EXPANSION: usize = 1032;

impl LazyFlate {
    /// Begins to decode `data` to the `length` that they promise; gives them back where they are encoded by more than Flate and a PNG predictor of single bytes, or spoiled
    /// from the start.
    pub(crate) fn open(dictionary: &Dictionary, data: Vec<u8>, length: usize) -> std::result::Result<LazyFlate, Vec<u8>> {
        let flate = |value: &Value| value.as_name() == Some(b"FlateDecode");
        let known = match dictionary.get("Filter") {
            Some(Value::Array(filters)) => matches!(filters.as_slice(), [filter] if flate(&filter.value)),
            Some(filter) => flate(filter),
            None => false,
        };
        let parameters = match dictionary.get("DecodeParms") {
            None => Some(None),
            Some(Value::Dictionary(parameters)) => Some(Some(parameters)),
            Some(_) => None,
        };
        let row = parameters.and_then(|parameters| match parameters {
            None => Some(None),
            Some(parameters) => {
                let entry = |key, default| parameters.get(key).map_or(Some(default), Value::as_integer);
                match (entry("Predictor", 1)?, entry("Colors", 1)?, entry("BitsPerComponent", 8)?, entry("Columns", 1)?) {
                    (1, ..) => Some(None),
                    (10..=15, 1, 8, columns @ 1..=1024) => Some(Some(columns as usize)),
                    _ => None,
                }
            }
        });
        let (true, Some(row)) = (known, row) else { return Err(data) };
        let mut gradual = LazyFlate { encoded: Some(ZlibDecoder::new(Cursor::new(data))), row, decoded: Vec::with_capacity(length) }; // growing, it would be copied, and held twice
        match gradual.decode() {
            Ok(()) if !gradual.decoded.is_empty() => Ok(gradual),
            _ => Err(gradual.encoded.map_or_else(Vec::new, |encoded| encoded.into_inner().into_inner())),
        }
    }

    /// A stream that is decoded already.
    pub(crate) fn whole(decoded: Vec<u8>) -> LazyFlate {
        LazyFlate { encoded: None, row: None, decoded }
    }

    /// The decoded bytes up to `end`, or to the end of the stream.
    ///
    /// Errors: `ERR_STREAM_BROKEN`.
    pub(crate) fn up_to(&mut self, end: usize) -> Result<&[u8]> {
        while self.decoded.len() < end && self.encoded.is_some() {
            self.decode()?;
        }
        Ok(&self.decoded)
    }

    /// Decodes a further step.
    fn decode(&mut self) -> Result<()> {
        let Some(encoded) = &mut self.encoded else { return Ok(()) };
        let stride = self.row.map_or(1, |row| row + 1);
        let length = STEP / stride * stride;
        let mut step = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match encoded.read(&mut step[filled..]) {
                // As in most readers, what comes before spoiled data counts.
                Ok(0) | Err(_) => break,
                Ok(count) => filled += count,
            }
        }
        match self.row {
            None => self.decoded.extend_from_slice(&step[..filled]),
            Some(row) => step[..filled].chunks_exact(stride).try_for_each(|bytes| self.add_row(row, bytes))?,
        }
        // Where nothing at all could be decoded, the data may be asked back.
        if filled < length && !self.decoded.is_empty() {
            self.encoded = None;
        }
        Ok(())
    }

    /// Adds a row of so many bytes, which the type of its predictor precedes.
    fn add_row(&mut self, row: usize, bytes: &[u8]) -> Result<()> {
        let broken = || Code::StreamBroken.because("a stream cannot be decoded: its predictor does not fit its data");
        let (filter, bytes) = bytes.split_first().ok_or_else(broken)?;
        let at = self.decoded.len();
        self.decoded.extend_from_slice(bytes);
        let (before, current) = self.decoded.split_at_mut(at);
        let restored = match before.len().checked_sub(row) {
            Some(above) => predictor::restore_row(*filter, 1, &before[above..], current),
            None => predictor::restore_row(*filter, 1, &vec![0; row], current),
        };
        restored.ok_or_else(broken)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::{Lexer, filter, parse_object};
    use super::*;

    fn dictionary(text: &str) -> Dictionary {
        parse_object(&mut Lexer::new(text.as_bytes(), 0, true)).unwrap().value.as_dictionary().unwrap().clone()
    }

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    /// Rows of seven bytes by every predictor in turn.
    fn rows() -> Vec<u8> {
        (0..30_000_u32)
            .flat_map(|row| [row % 5].into_iter().chain((0..7).map(move |at| row * 31 + at * 7)).map(|byte| byte as u8))
            .collect()
    }

    #[test]
    fn as_the_filter_decodes_it() {
        let forms = [
            ("<</Filter/FlateDecode>>", rows()),
            ("<</Filter[/FlateDecode]/DecodeParms<</Predictor 1>>>>", rows()),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>>>", rows()),
        ];
        for (text, data) in forms {
            let (dictionary, encoded) = (dictionary(text), deflated(&data));
            let expected = filter::decode(&dictionary, encoded.clone(), usize::MAX).unwrap();
            for ends in [vec![usize::MAX], vec![1, 7, 100, 50_000, 50_001, usize::MAX]] {
                let mut gradual = LazyFlate::open(&dictionary, encoded.clone(), 100).unwrap();
                for end in ends {
                    let decoded = gradual.up_to(end).unwrap();
                    assert!(decoded.len() >= end.min(expected.len()) && expected.starts_with(decoded));
                    assert!(decoded.len() <= end.saturating_add(STEP));
                }
            }
        }
    }

    #[test]
    fn what_it_does_not_know_comes_back() {
        let data = deflated(&rows());
        for text in [
            "<<>>",
            "<</Filter/LZWDecode>>",
            "<</Filter[/FlateDecode/FlateDecode]>>",
            "<</Filter/FlateDecode/DecodeParms[<</Predictor 12>>]>>",
            "<</Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 7>>>>",
            "<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7/Colors 3>>>>",
            "<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns(x)>>>>",
        ] {
            assert_eq!(LazyFlate::open(&dictionary(text), data.clone(), 100).err().as_ref(), Some(&data), "{text}");
        }
        let spoiled = b"no zlib at all".to_vec();
        assert_eq!(LazyFlate::open(&dictionary("<</Filter/FlateDecode>>"), spoiled.clone(), 100).err(), Some(spoiled));
    }

    #[test]
    fn what_comes_before_spoiled_data_counts() {
        let mut data = deflated(&rows());
        data.truncate(data.len() / 2);
        let mut gradual = LazyFlate::open(&dictionary("<</Filter/FlateDecode>>"), data, 100).unwrap();
        let decoded = gradual.up_to(usize::MAX).unwrap();
        assert!((1..rows().len()).contains(&decoded.len()) && rows().starts_with(decoded));
    }
}
