//! A frame: four bytes of length (big-endian), a JSON object, a payload.

use serde::Serialize;
use serde_json::Value;

use crate::error::{Code, Error, Result};
use crate::json::FromJson;
use crate::limits;

/// Writes a frame.
pub(super) fn write(header: &impl Serialize, payload: &[u8]) -> Result<Vec<u8>> {
    let header = serde_json::to_vec(header).map_err(|_| Code::Internal)?;
    let length = u32::try_from(header.len()).map_err(|_| Code::Frame)?;
    Ok([&length.to_be_bytes(), header.as_slice(), payload].concat())
}

/// The header, a JSON object, and the payload of a frame. Errors: `ERR_FRAME`.
pub(super) fn parse(frame: &[u8]) -> Result<(Value, &[u8])> {
    let (length, rest) = frame.split_first_chunk().ok_or(Code::Frame)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > limits::HEADER {
        return Err(Code::Frame.because(format!("the header of a frame has more than {} bytes", limits::HEADER)));
    }
    let (header, payload) = rest.split_at_checked(length).ok_or(Code::Frame)?;
    match serde_json::from_slice(header) {
        Ok(header @ Value::Object(_)) => Ok((header, payload)),
        _ => Err(half_character(header).map_or(Code::Frame.into(), |name| {
            Code::OptionValue
                .because(format!("`{name}` has half of a surrogate pair (U+D800 to U+DFFF), which is not a character"))
                .with_remedy("give text of whole characters: it may have been cut within one")
        })),
    }
}

/// The name of the value that holds half of a surrogate pair, where the header would be right without it.
///
/// Strings of JavaScript and Python can hold such a half, JSON can escape it, and text cannot contain it (RFC 8259, 8.2).
fn half_character(header: &[u8]) -> Option<String> {
    // A character that is in no text stands in for each half.
    const MARK: char = '\u{fffe}';
    let mut marked = header.to_vec();
    let unit = |at: usize| {
        let digits = header.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut at = 0;
    let mut found = false;
    while at < header.len() {
        at += match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                marked.get_mut(at + 2..at + 6)?.copy_from_slice(b"fffe");
                found = true;
                6
            }
            _ if header.get(at) == Some(&b'\\') => 2,
            _ => 1,
        };
    }
    let header = serde_json::from_slice(&marked).ok().filter(|_| found)?;
    let path = path_of(MARK, &header)?;
    Some(path.rsplit_once("options.").map_or(path.as_str(), |(_, name)| name).to_owned())
}

/// Names that lead to a text with this character, without the numbers of lists.
fn path_of(mark: char, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(mark).then(String::new),
        Value::Array(items) => items.iter().find_map(|item| path_of(mark, item)),
        Value::Object(entries) => entries.iter().find_map(|(name, value)| {
            let inner = if name.contains(mark) { Some(String::new()) } else { path_of(mark, value) }?;
            let name: String = name.chars().filter(|character| *character != mark).collect();
            Some(if inner.is_empty() { name } else { format!("{name}.{inner}") })
        }),
        _ => None,
    }
}

/// Reads the fields of a header. Errors: `ERR_FRAME` that names the field.
pub(super) fn read<T: FromJson>(header: &Value) -> Result<T> {
    T::from_json(header).map_err(missing)
}

/// Takes the next bytes of a payload.
pub(super) fn take<'a>(payload: &mut &'a [u8], length: u64) -> Result<&'a [u8]> {
    let taken = usize::try_from(length).ok().and_then(|length| payload.split_at_checked(length));
    let (part, rest) = taken.ok_or(Code::Frame.because("the payload of a frame is shorter than its header says"))?;
    *payload = rest;
    Ok(part)
}

/// The error of a header without a usable field.
pub(super) fn missing(field: &str) -> Error {
    Code::Frame.because(format!("the header of a frame has no valid `{field}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(header: &str) -> String {
        let frame = [&u32::try_from(header.len()).unwrap().to_be_bytes(), header.as_bytes()].concat();
        let error = parse(&frame).unwrap_err();
        format!("{} {error}", error.code().as_str())
    }

    /// The same in every language whose strings can hold half of a character.
    #[test]
    fn half_a_character_is_named_with_its_option() {
        for (header, name) in [
            (r#"{"signatories":[{"certificate":"c","options":{"name":"a\ud800"}}]}"#, "name"),
            (r#"{"options":{"lock":{"action":"include","fields":["b","\uDC00a"]}}}"#, "lock.fields"),
            (r#"{"options":{"reason":"\\\ud83d\ud83d\udd8b"}}"#, "reason"),
            (r#"{"password":"\udfff"}"#, "password"),
            (r#"{"options":{"a\ud800":1}}"#, "a"),
        ] {
            let found = refused(header);
            assert!(found.starts_with(&format!("ERR_OPTION_VALUE `{name}` has half of a surrogate pair")), "{found}");
        }
        for header in [r#"{"options":{"name":"\ud83d\udd8b"}"#, r#"{"name":"\\ud800""#, "[]", r#"{"name":"\ud8"}"#] {
            assert!(refused(header).starts_with("ERR_FRAME"), "{header}");
        }
    }
}
