//! The drawing as frames: a step of the core in, an answer out.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::bytes::Bytes;
use crate::error::{Code, DrawError, Result};
use crate::options::Appearance;
use crate::values::Values;
use crate::{Request, draw, limits};

/// Answers a step `draw`: a page of a PDF, or an error. Any input has an answer.
///
/// A frame is the length of its header in four bytes, big-endian, a header in JSON, and a payload.
/// The payload of the step has the parts of the header one after the other. The payload of the
/// answer is the page.
pub fn answer(step_frame: &[u8]) -> Vec<u8> {
    match drawn(step_frame) {
        Ok(page) => frame(&Answer { answer: "draw", error: None }, &page),
        Err(error) => frame(&Answer { answer: "draw", error: Some(AnswerError::of(&error)) }, &[]),
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    answer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<AnswerError<'a>>,
}

#[derive(Serialize)]
struct AnswerError<'a> {
    code: &'static str,
    found: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'a str>,
}

impl<'a> AnswerError<'a> {
    fn of(error: &'a DrawError) -> Self {
        AnswerError { code: error.code().as_str(), found: error.found(), remedy: error.remedy() }
    }
}

fn frame(header: &Answer<'_>, payload: &[u8]) -> Vec<u8> {
    // Texts and nothing else: writing them cannot fail, and the length of a header fits.
    let header = serde_json::to_vec(header).unwrap_or_default();
    let length = u32::try_from(header.len()).unwrap_or(0);
    [&length.to_be_bytes(), header.as_slice(), payload].concat()
}

fn drawn(step_frame: &[u8]) -> Result<Vec<u8>> {
    let (mut header, payload) = split(step_frame)?;
    if header.get("step").and_then(Value::as_str) != Some("draw") {
        return Err(wrong("step"));
    }
    let parts = parts(&header, payload)?;
    // Copied once, however many options name a part.
    let parts: Vec<_> = parts.into_iter().map(|(name, bytes)| (name, Bytes::from(bytes))).collect();
    let part = |name: &str| parts.iter().find(|(part, _)| part == name).map(|(_, bytes)| bytes.clone());
    let Some(Value::Object(mut request)) = header.remove("request") else { return Err(wrong("request")) };
    let options = request.remove("appearance").filter(|options| !options.is_null()).unwrap_or_else(|| Value::Object(Map::new()));
    let appearance = Appearance::from_value(options, &part)?;
    let values = Values::from_value(request.get("values").unwrap_or(&Value::Null))?;
    let side = |key| request.get(key).and_then(Value::as_f64).ok_or_else(|| wrong(key));
    let pdf_a = match request.get("pdfA") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(pdf_a)) => *pdf_a,
        Some(_) => return Err(wrong("pdfA")),
    };
    draw(&Request { appearance: &appearance, width: side("width")?, height: side("height")?, values: &values, pdf_a })
}

fn split(frame: &[u8]) -> Result<(Map<String, Value>, &[u8])> {
    let malformed = || Code::Frame.because("the frame of a drawing is malformed");
    let (length, rest) = frame.split_first_chunk().ok_or_else(malformed)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > limits::HEADER {
        return Err(Code::Frame
            .because(format!("the header of a drawing has {length} bytes, more than {}", limits::HEADER))
            .with_remedy("Send fonts and images as parts of the payload."));
    }
    let (header, payload) = rest.split_at_checked(length).ok_or_else(malformed)?;
    match serde_json::from_slice(header) {
        Ok(Value::Object(header)) => Ok((header, payload)),
        _ => Err(malformed()),
    }
}

/// Names and bytes of the payload's parts.
fn parts<'a>(header: &Map<String, Value>, payload: &'a [u8]) -> Result<Vec<(String, &'a [u8])>> {
    let Some(list) = header.get("parts").filter(|list| !list.is_null()) else { return Ok(Vec::new()) };
    let list = list.as_array().filter(|list| list.len() <= limits::PARTS).ok_or_else(|| wrong("parts"))?;
    let mut rest = payload;
    let mut parts = Vec::with_capacity(list.len());
    for part in list {
        let name = part.get("name").and_then(Value::as_str).ok_or_else(|| wrong("parts"))?;
        let length =
            part.get("length").and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok()).ok_or_else(|| wrong("parts"))?;
        let (bytes, after) =
            rest.split_at_checked(length).ok_or_else(|| Code::Frame.because("the payload of a drawing is shorter than its parts"))?;
        parts.push((name.to_owned(), bytes));
        rest = after;
    }
    Ok(parts)
}

fn wrong(key: &str) -> DrawError {
    Code::Frame.because(format!("the header of a drawing has no valid `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn step(header: &Value, payload: &[u8]) -> (Value, Vec<u8>) {
        let header = header.to_string();
        let answer = answer(&[&u32::try_from(header.len()).unwrap().to_be_bytes(), header.as_bytes(), payload].concat());
        let (header, payload) = split(&answer).unwrap();
        (Value::Object(header), payload.to_vec())
    }

    fn request(appearance: &Value) -> Value {
        json!({"step": "draw", "signer": 0, "request": {
            "appearance": appearance, "width": 210.0, "height": 60, "pdfA": true, "later": {},
            "values": {"now": 1_795_961_107, "utcOffsetMinutes": 0, "name": "Zoë", "field": "Signature1"},
        }})
    }

    #[test]
    fn a_step_is_answered_by_a_page() {
        let (header, page) = step(&request(&json!({})), &[]);
        assert_eq!(header, json!({"answer": "draw"}));
        assert!(page.starts_with(b"%PDF-1."));
        assert!(page.ends_with(b"%%EOF\n"));
    }

    #[test]
    fn errors_are_answers() {
        let (header, page) = step(&request(&json!({"text": "{nmae}"})), &[]);
        assert_eq!(header["error"]["code"], "ERR_APPEARANCE_TEXT");
        assert!(page.is_empty());
        let (header, _) = step(&request(&json!({"x": 1})), &[]);
        assert_eq!(
            header,
            json!({"answer": "draw", "error": {"code": "ERR_OPTION_UNKNOWN", "found": "there is no option `appearance.x`"}})
        );
    }

    #[test]
    fn malformed_frames_are_answered() {
        for frame in [&b""[..], b"\0\0\0\x02{}", b"\0\0\0\x05{}", b"\xff\xff\xff\xff{}", b"\0\0\0\x02[]", b"\0\0\0\x01\xff"] {
            let answer = answer(frame);
            assert!(answer.windows(9).any(|window| window == b"ERR_FRAME"), "{frame:?}");
        }
        let mut short = request(&json!({"image": {"data": {"part": "p0"}}}));
        short["parts"] = json!([{"name": "p0", "length": 5}]);
        assert_eq!(step(&short, b"1234").0["error"]["found"], "the payload of a drawing is shorter than its parts");
        assert_eq!(step(&short, b"12345").0["error"]["code"], "ERR_IMAGE");
    }
}
