//! A frame: four bytes of length (big-endian), a JSON object, a payload.

use serde_json::{Map, Value};

use crate::error::{Code, Error, Result};
use crate::io::StorePath;
use crate::limits;
use crate::options::unhex;
use crate::syntax::write as pdf;

pub(super) type Header = Map<String, Value>;

pub(super) fn write(header: Value, payload: &[u8]) -> Result<Vec<u8>> {
    let header = header.to_string();
    let length = u32::try_from(header.len()).map_err(|_| Code::Frame)?;
    Ok([&length.to_be_bytes(), header.as_bytes(), payload].concat())
}

/// Errors: `ERR_FRAME`.
pub(super) fn parse(frame: &[u8]) -> Result<(Header, &[u8])> {
    let (length, rest) = frame.split_first_chunk().ok_or(Code::Frame)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > limits::HEADER {
        return Err(Code::Frame.because(format!("the header of a frame has more than {} bytes", limits::HEADER)));
    }
    let (header, payload) = rest.split_at_checked(length).ok_or(Code::Frame)?;
    match serde_json::from_slice(header) {
        Ok(Value::Object(header)) => Ok((header, payload)),
        _ => Err(Code::Frame.into()),
    }
}

/// Takes as many bytes off the payload as a value of the header says.
pub(super) fn take<'a>(payload: &mut &'a [u8], length: &Value) -> Result<&'a [u8]> {
    let length = length.as_u64().and_then(|length| usize::try_from(length).ok()).ok_or(Code::Frame)?;
    let (part, rest) =
        payload.split_at_checked(length).ok_or(Code::Frame.because("the payload of a frame is shorter than its header says"))?;
    *payload = rest;
    Ok(part)
}

/// A number of the header. Errors: `ERR_FRAME` that names the field.
pub(super) fn number(header: &Header, field: &str) -> Result<u64> {
    header.get(field).and_then(Value::as_u64).ok_or_else(|| missing(field))
}

/// A text of the header. Errors: `ERR_FRAME` that names the field.
pub(super) fn text<'a>(header: &'a Header, field: &str) -> Result<&'a str> {
    header.get(field).and_then(Value::as_str).ok_or_else(|| missing(field))
}

/// A path of the header. Errors: `ERR_FRAME` that names the field; `ERR_ARGUMENT` for an empty path, or one with a zero byte.
pub(super) fn path(header: &Header, field: &str) -> Result<StorePath> {
    let bytes = unhex(text(header, field)?).ok_or_else(|| missing(field))?;
    match bytes.is_empty() || bytes.contains(&0) {
        true => Err(Code::Argument.because("a path is empty, or contains a zero byte")),
        false => Ok(StorePath(bytes)),
    }
}

/// A truth value of the header; `false` where there is none.
pub(super) fn flag(header: &Header, field: &str) -> bool {
    header.get(field).and_then(Value::as_bool).unwrap_or(false)
}

/// A value of the header that is neither absent nor null.
pub(super) fn present<'a>(header: &'a Header, field: &str) -> Option<&'a Value> {
    header.get(field).filter(|value| !value.is_null())
}

pub(super) fn missing(field: &str) -> Error {
    Code::Frame.because(format!("the header of a frame has no valid `{field}`"))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> Value {
    let mut text = Vec::with_capacity(2 * bytes.len());
    pdf::extend_hexadecimal(&mut text, bytes);
    String::from_utf8(text).unwrap_or_default().into()
}
