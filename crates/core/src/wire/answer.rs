//! Answer frames.

use serde_json::Value;

use super::frame::{Header, flag, missing, number, parse as parse_frame, path, take, text};
use crate::error::{Code, Result};
use crate::io::{Answer, Copied, DigestAnswer, FailureKind, FileKind, HttpResponse, Matches, Process, Stat, StoreResult};
use crate::options::unhex;

pub(super) fn parse(frame: &[u8]) -> Result<Answer> {
    let (header, mut payload) = parse_frame(frame)?;
    let payload = &mut payload;
    match header.get("answer").and_then(Value::as_str) {
        None if header.is_empty() => Ok(Answer::Start),
        Some("read") => read(&header, payload),
        Some("digest") => digest(&header, payload),
        Some("sign") => Ok(Answer::Sign(payload.to_vec())),
        Some("http") => {
            Ok(Answer::Http(list(&header, "responses")?.iter().map(|response| http(response, payload)).collect::<Result<_>>()?))
        }
        Some("store") => Ok(Answer::Store(list(&header, "results")?.iter().map(|result| store(result, payload)).collect::<Result<_>>()?)),
        Some("failed") => Ok(Answer::Failed(kind(&header, "kind")?)),
        _ => Err(Code::AnswerKind.into()),
    }
}

fn read(header: &Header, payload: &mut &[u8]) -> Result<Answer> {
    let pieces = list(header, "ranges")?.iter().map(|range| {
        let offset = range.get(0).and_then(Value::as_u64).ok_or_else(|| missing("ranges"))?;
        let length =
            range.get(1).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok()).ok_or_else(|| missing("ranges"))?;
        let (piece, rest) =
            payload.split_at_checked(length).ok_or_else(|| Code::AnswerLength.because("fewer bytes were read than announced"))?;
        *payload = rest;
        Ok((offset, piece.to_vec()))
    });
    Ok(Answer::Read(pieces.collect::<Result<_>>()?))
}

/// The payload are the digests: their lengths follow from their algorithms, so they are in the header only where there are several.
fn digest(header: &Header, payload: &mut &[u8]) -> Result<Answer> {
    let digests = list(header, "digests")?.iter().map(|length| Ok(take(payload, length)?.to_vec())).collect::<Result<_>>()?;
    let found = match header.get("found") {
        None => Vec::new(),
        Some(_) => list(header, "found")?
            .iter()
            .map(|matches| {
                let matches = matches.as_object().ok_or_else(|| missing("found"))?;
                let offsets = list(matches, "offsets")?.iter().map(|offset| offset.as_u64().ok_or_else(|| missing("offsets")));
                Ok(Matches { offsets: offsets.collect::<Result<_>>()?, more: flag(matches, "more") })
            })
            .collect::<Result<_>>()?,
    };
    let copied = match header.get("copied") {
        None => Copied::None,
        Some(_) => Copied::parse(text(header, "copied")?).ok_or_else(|| missing("copied"))?,
    };
    Ok(Answer::Digest(DigestAnswer { digests, found, copied }))
}

fn http(response: &Value, payload: &mut &[u8]) -> Result<HttpResponse> {
    let response = response.as_object().ok_or_else(|| missing("responses"))?;
    let id = u32::try_from(number(response, "id")?).map_err(|_| missing("id"))?;
    let outcome = match response.get("failed") {
        Some(_) => Err(kind(response, "failed")?),
        None => {
            let status = u16::try_from(number(response, "status")?).map_err(|_| missing("status"))?;
            Ok((status, take(payload, response.get("body").unwrap_or(&Value::Null))?.to_vec()))
        }
    };
    Ok(HttpResponse { id, outcome })
}

/// A result of an operation, which is known by its fields.
fn store(result: &Value, payload: &mut &[u8]) -> Result<StoreResult> {
    let result = result.as_object().ok_or_else(|| missing("results"))?;
    if result.contains_key("failed") {
        return Ok(StoreResult::Failed(kind(result, "failed")?));
    }
    if result.contains_key("path") {
        return Ok(StoreResult::Path(path(result, "path")?));
    }
    if result.contains_key("type") {
        return Ok(StoreResult::Stat(stat(result)?));
    }
    if let Some(length) = result.get("length") {
        return Ok(StoreResult::Bytes(take(payload, length)?.to_vec()));
    }
    if result.contains_key("removed") {
        return Ok(StoreResult::Removed(flag(result, "removed")));
    }
    if result.contains_key("names") {
        let names = list(result, "names")?.iter().map(|name| name.as_str().and_then(unhex).ok_or_else(|| missing("names")));
        return Ok(StoreResult::Names(names.collect::<Result<_>>()?));
    }
    if result.contains_key("lives") {
        return Ok(StoreResult::Process(process(result)));
    }
    match result.is_empty() {
        true => Ok(StoreResult::Done),
        false => Err(missing("results")),
    }
}

fn stat(result: &Header) -> Result<Stat> {
    let kind = FileKind::parse(text(result, "type")?).ok_or_else(|| missing("type"))?;
    if kind == FileKind::Missing {
        return Ok(Stat::default());
    }
    let small = |field: &str| number(result, field).and_then(|number| u32::try_from(number).map_err(|_| missing(field)));
    Ok(Stat {
        kind,
        identity: text(result, "identity")?.to_owned(),
        size: number(result, "size")?,
        mode: small("mode")? & 0o777,
        owner: small("owner")?,
        group: small("group")?,
        links: number(result, "links")?,
        modified: text(result, "modified")?.to_owned(),
        changed: text(result, "changed")?.to_owned(),
    })
}

/// Facts that a system does not tell are missing, and empty.
fn process(result: &Header) -> Process {
    let text = |field: &str| result.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |field: &str| result.get(field).and_then(Value::as_u64).unwrap_or_default();
    Process {
        pid: number("pid"),
        user: u32::try_from(number("user")).unwrap_or(u32::MAX),
        host: text("host"),
        boot: text("boot"),
        namespace: text("namespace"),
        start: text("start"),
        lives: flag(result, "lives"),
    }
}

fn kind(header: &Header, field: &str) -> Result<FailureKind> {
    FailureKind::parse(text(header, field)?).ok_or_else(|| missing(field))
}

fn list<'a>(header: &'a Header, field: &str) -> Result<&'a [Value]> {
    header.get(field).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| missing(field))
}
