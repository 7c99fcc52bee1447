//! Decoding of streams (ISO 32000-2, 7.4), by lopdf, under a limit.

use super::object::{Dictionary, Object, Value};
use crate::error::{Code, Result};
use crate::limits;

/// Decodes `data` by the `/Filter` and `/DecodeParms` of its stream dictionary, whose values must be direct.
///
/// Errors: `ERR_STREAM_BROKEN`, for an unknown filter, spoiled data or more than the limit.
pub(crate) fn decode(dictionary: &Dictionary, data: Vec<u8>) -> Result<Vec<u8>> {
    let mut entries = lopdf::Dictionary::new();
    for key in ["Filter", "DecodeParms"] {
        if let Some(object) = dictionary.object(key) {
            entries.set(key, converted(object));
        }
    }
    if entries.is_empty() {
        return Ok(data);
    }
    lopdf::Stream::new(entries, data)
        .decompressed_content_with_limit(limits::DECODED_STREAM)
        .map_err(|error| Code::StreamBroken.because(format!("a stream cannot be decoded ({error})")))
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
        assert_eq!(decode(&dictionary, b"FE 61 80 >".to_vec()).unwrap(), b"aaa");
    }

    #[test]
    fn an_unknown_filter_is_an_error() {
        assert_eq!(decode(&dictionary(b"<</Filter/Crypt>>"), vec![1]).unwrap_err().code(), Code::StreamBroken);
    }
}
