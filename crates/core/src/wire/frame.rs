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
        _ => Err(Code::Frame.into()),
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
