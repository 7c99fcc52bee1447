//! Decoding of streams (ISO 32000-2, 7.4), by lopdf, under a limit.

use super::object::{Dictionary, Object, Value};
use crate::error::{Code, Error, Result};
use crate::limits;

/// Decodes `data` by the `/Filter` and `/DecodeParms` of its stream dictionary, whose values must be direct, to `most` bytes.
///
/// Errors: `ERR_STREAM_BROKEN` for an unknown filter or spoiled data; `ERR_LIMIT`.
pub(crate) fn decode(dictionary: &Dictionary, data: Vec<u8>, most: usize) -> Result<Vec<u8>> {
    let mut entries = lopdf::Dictionary::new();
    match dictionary.get("Filter") {
        None => return Ok(data),
        Some(Value::Name(filter)) => entries.set("Filter", full_name(filter)),
        Some(Value::Array(filters)) => {
            let filters: Option<Vec<_>> = filters.iter().map(|filter| filter.value.as_name().map(full_name)).collect();
            entries.set("Filter", lopdf::Object::Array(filters.ok_or_else(|| broken("its /Filter is no list of names"))?));
        }
        Some(_) => return Err(broken("its /Filter is no name")),
    }
    if let Some(parameters) = dictionary.object("DecodeParms") {
        entries.set("DecodeParms", converted(parameters));
    }
    lopdf::Stream::new(entries, data).decompressed_content_with_limit(most).map_err(|error| match error {
        lopdf::Error::Unimplemented(_) => broken("its filter is not known"),
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => limits::exceeded("bytes in a decoded stream", most),
        lopdf::Error::Decompress(lopdf::DecompressError::TooManyFilters { limit, .. }) => limits::exceeded("filters on a stream", limit),
        lopdf::Error::Decompress(lopdf::DecompressError::Ascii85(_)) => broken("its ASCII85 data are spoiled"),
        lopdf::Error::Decompress(lopdf::DecompressError::AsciiHex(_)) => broken("its hexadecimal data are spoiled"),
        lopdf::Error::Decompress(lopdf::DecompressError::Predictor(_)) => broken("its predictor does not fit its data"),
        _ => broken("its compressed data are spoiled"),
    })
}

fn broken(why: &str) -> Error {
    Code::StreamBroken.because(format!("a stream cannot be decoded: {why}"))
}

/// The name of a filter for its abbreviation: meant for inline images (8.9.7, table 92), and accepted everywhere by most readers.
fn full_name(filter: &[u8]) -> lopdf::Object {
    let name: &[u8] = match filter {
        b"AHx" => b"ASCIIHexDecode",
        b"A85" => b"ASCII85Decode",
        b"LZW" => b"LZWDecode",
        b"Fl" => b"FlateDecode",
        b"RL" => b"RunLengthDecode",
        name => name,
    };
    lopdf::Object::Name(name.to_vec())
}

/// The kinds of values that filters and their parameters have. The nesting of the source is bounded already.
fn converted(object: &Object) -> lopdf::Object {
    match &object.value {
        Value::Name(name) => lopdf::Object::Name(name.clone()),
        Value::Integer(value) => lopdf::Object::Integer(*value),
        Value::Array(items) => lopdf::Object::Array(items.iter().map(converted).collect()),
        Value::Dictionary(dictionary) => {
            let mut entries = lopdf::Dictionary::new();
            for entry in &dictionary.entries {
                entries.set(entry.key.clone(), converted(&entry.object));
            }
            lopdf::Object::Dictionary(entries)
        }
        _ => lopdf::Object::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lexer, parse_object};
    use super::*;

    fn dictionary(text: &[u8]) -> Dictionary {
        parse_object(&mut Lexer::new(text, 0, true)).unwrap().value.as_dictionary().unwrap().clone()
    }

    #[test]
    fn filters_are_applied_in_order() {
        let dictionary = dictionary(b"<</Filter[/ASCIIHexDecode /RunLengthDecode]>>");
        assert_eq!(decode(&dictionary, b"FE 61 80 >".to_vec(), 3).unwrap(), b"aaa");
        assert_eq!(decode(&dictionary, b"FE 61 80 >".to_vec(), 2).unwrap_err().code(), Code::Limit);
    }

    #[test]
    fn filters_may_be_abbreviated() {
        assert_eq!(decode(&dictionary(b"<</Filter[/AHx/RL]>>"), b"FE 61 80 >".to_vec(), 3).unwrap(), b"aaa");
    }

    #[test]
    fn an_unknown_filter_is_an_error() {
        for filter in ["/Crypt", "[/Fl(x)]", "7"] {
            let error = decode(&dictionary(format!("<</Filter {filter}>>").as_bytes()), vec![1], 9).unwrap_err();
            assert_eq!(error.code(), Code::StreamBroken);
            assert!(!error.to_string().contains("lopdf"), "{error}");
        }
    }
}
