//! Calls without a machine: they ask nothing.

use serde_json::{Value, json};

use super::frame::{Header, flag, missing, parse, present, take, text, write};
use super::start::{answer, credentials, options, session};
use super::{contained, step};
use crate::error::{Code, Result};
use crate::operation::{Resumption, Session, SessionAnswer, SignedDocument, open_batch, serialize_batch};

/// Completes a live session (`complete`), saves sessions (`serialize`), or opens saved ones (`open`).
pub fn call(frame: &[u8]) -> Vec<u8> {
    let called = contained(|| {
        let (header, payload) = parse(frame)?;
        match text(&header, "operation")? {
            "complete" => complete(&header, payload),
            "serialize" => serialize(&header, payload),
            "open" => open(&header, payload),
            _ => Err(Code::Frame.because("the call names no operation")),
        }
    });
    called.unwrap_or_else(|error| step::failed(&error, None))
}

fn complete(header: &Header, mut payload: &[u8]) -> Result<Vec<u8>> {
    let session = session(header, &mut payload)?;
    let signed = match answer(header, &mut payload)? {
        SessionAnswer::Signature(raw) => vec![session.complete_with_signature(&raw)?],
        SessionAnswer::Container(container) => vec![session.complete(&container)?],
        SessionAnswer::None => session.finished()?,
    };
    step::signed(SignedDocument { signed, ..SignedDocument::default() })
}

fn serialize(header: &Header, mut payload: &[u8]) -> Result<Vec<u8>> {
    let payload = &mut payload;
    let lengths = header.get("sessions").and_then(Value::as_array).ok_or_else(|| missing("sessions"))?;
    let sessions = lengths.iter().map(|length| {
        let live = take(payload, length)?;
        if live.is_empty() { Ok(None) } else { Session::from_live(live).map(Some) }
    });
    let sessions = sessions.collect::<Result<Vec<_>>>()?;
    let key = key(header, payload)?;
    let saved = match (flag(header, "batch"), &sessions[..], key) {
        (true, sessions, key) => serialize_batch(sessions, key)?,
        (false, [Some(session)], Some(key)) => session.seal(key)?,
        (false, [Some(session)], None) => session.serialize_unsealed()?,
        _ => return Err(missing("sessions")),
    };
    write(json!({ "step": "done", "result": null }), &saved)
}

fn open(header: &Header, mut payload: &[u8]) -> Result<Vec<u8>> {
    let payload = &mut payload;
    let saved = take(payload, header.get("saved").unwrap_or(&Value::Null))?;
    let key = key(header, payload)?;
    let by = match credentials(header, payload)? {
        Some(credentials) => Some(Resumption { credentials, options: options(header)?, now: header.get("now").and_then(Value::as_i64) }),
        None => None,
    };
    let sessions = match (flag(header, "batch"), key) {
        (true, key) => open_batch(saved, key, by.as_ref())?,
        (false, Some(key)) => vec![Some(Session::unseal(saved, key)?)],
        (false, None) => vec![Some(Session::parse_unsealed(saved, by.as_ref())?)],
    };
    let live = sessions.iter().map(|session| session.as_ref().map_or(Ok(Vec::new()), Session::to_live)).collect::<Result<Vec<_>>>()?;
    let lengths: Vec<_> = live.iter().map(Vec::len).collect();
    write(json!({ "step": "done", "result": { "sessions": lengths } }), &live.concat())
}

fn key<'a>(header: &Header, payload: &mut &'a [u8]) -> Result<Option<&'a [u8]>> {
    present(header, "key").map(|length| take(payload, length)).transpose()
}
