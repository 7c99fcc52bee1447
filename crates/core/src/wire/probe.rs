//! One step, asked as a host's test wants it.

use serde_json::{Value, json};

use super::Running;
use super::frame::{missing, take};
use super::frames::{ResponseFrame, ResultFrame, ResultOf, Start};
use super::start::Parts;
use crate::commit::{Document, DocumentLocation};
use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::hex::{self, Hex};
use crate::io::{
    Answer, DigestAnswer, DigestPart, DigestProgress, DigestRequest, Handle, HttpAnswer, HttpBody, HttpPurpose, HttpRequest, HttpResponse,
    Operation, Question, StorePath, StoreRequest, StoreResult,
};
use crate::limits;

type Header = serde_json::Map<String, Value>;

/// A machine that asks the step of the start frame, of the document if it names one. The bytes of the step are the part `step`.
pub(super) fn start(start: &Start, header: &Value, parts: &Parts<'_>) -> Result<Running> {
    let step = header.get("step").and_then(Value::as_object).ok_or_else(|| missing("step"))?.clone();
    let payload = parts.get(&"step".to_owned()).unwrap_or_default().to_vec();
    let location = super::start::document(start)?;
    Ok(Running::Probe(crate::Machine::probe(move |io| async move {
        let io = match &location {
            DocumentLocation::Memory { length } => io.with_document(None, *length)?,
            _ => Document::open_to_read(&io, &location).await?.io,
        };
        let question = question(&step, &mut payload.as_slice(), io.file())?;
        io.probe(question).await
    })))
}

/// A number of the header. Errors: `ERR_FRAME` that names the field.
fn number(header: &Header, field: &str) -> Result<u64> {
    header.get(field).and_then(Value::as_u64).ok_or_else(|| missing(field))
}

/// A text of the header. Errors: `ERR_FRAME` that names the field.
fn text<'a>(header: &'a Header, field: &str) -> Result<&'a str> {
    header.get(field).and_then(Value::as_str).ok_or_else(|| missing(field))
}

/// A path of the header. Errors: `ERR_FRAME` that names the field.
fn path(header: &Header, field: &str) -> Result<StorePath> {
    hex::decode(text(header, field)?).map(StorePath).ok_or_else(|| missing(field))
}

/// A truth value of the header; `false` where there is none.
fn flag(header: &Header, field: &str) -> bool {
    header.get(field).and_then(Value::as_bool).unwrap_or(false)
}

/// A value of the header that is neither absent nor null.
fn present<'a>(header: &'a Header, field: &str) -> Option<&'a Value> {
    header.get(field).filter(|value| !value.is_null())
}

fn question(step: &Header, payload: &mut &[u8], document: Option<Handle>) -> Result<Question> {
    match text(step, "step")? {
        "read" => Ok(Question::Read { document, ranges: ranges(step.get("ranges"))? }),
        "digest" => Ok(Question::Digest(digest(step, payload, document)?)),
        "http" => {
            let requests = list(step, "requests")?.iter().map(|request| {
                let request = request.as_object().ok_or_else(|| missing("requests"))?;
                Ok(HttpRequest {
                    id: number(request, "id")? as u32,
                    purpose: match text(request, "purpose")? {
                        "ocsp" => HttpPurpose::Ocsp,
                        "crl" => HttpPurpose::Crl,
                        "issuer" => HttpPurpose::Issuer,
                        _ => HttpPurpose::Timestamp,
                    },
                    service: number(request, "service").ok().map(|service| service as u32),
                    url: text(request, "url").ok().map(str::to_owned),
                    method: if text(request, "method")? == "GET" { "GET" } else { "POST" },
                    content_type: (text(request, "method")? != "GET").then_some("application/timestamp-query"),
                    accept: "application/timestamp-reply",
                    body: take(payload, number(request, "body")?)?.to_vec(),
                    limit: number(request, "limit")?,
                    delay: number(request, "delay").ok().map(|delay| delay as u32),
                    cache: text(request, "cache").ok().map(str::to_owned),
                })
            });
            Ok(Question::Http(requests.collect::<Result<_>>()?))
        }
        _ => {
            let operations = list(step, "operations")?
                .iter()
                .map(|operation| self::operation(operation.as_object().ok_or_else(|| missing("operations"))?, payload));
            let operations = operations.collect::<Result<_>>()?;
            Ok(Question::Store(StoreRequest { operations, is_final: flag(step, "final"), progress: None }))
        }
    }
}

fn digest(step: &Header, payload: &mut &[u8], document: Option<Handle>) -> Result<DigestRequest> {
    let algorithm = |value: &Value| DigestAlgorithm::parse(value.as_str().unwrap_or_default());
    let parts = list(step, "parts")?.iter().map(|part| {
        Ok(DigestPart {
            algorithm: algorithm(&part["algorithm"])?,
            ranges: ranges(part.get("ranges"))?,
            suffix: take(payload, part["suffix"].as_u64().unwrap_or_default())?.to_vec(),
        })
    });
    let parts = parts.collect::<Result<Vec<_>>>()?;
    let keep = step.get("keep").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let find = step.get("find").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(DigestRequest {
        document,
        parts,
        keep: keep.iter().map(algorithm).collect::<Result<_>>()?,
        copy: present(step, "copy").and_then(Value::as_u64).map(|handle| handle as Handle),
        find: find.iter().map(|pattern| pattern.as_str().and_then(hex::decode).ok_or_else(|| missing("find"))).collect::<Result<_>>()?,
        find_in: step.get("findIn").map_or_else(|| Ok(std::iter::once(0..limits::DOCUMENT).collect()), |given| ranges(Some(given)))?,
        progress: DigestProgress::default(),
    })
}

fn operation(operation: &Header, payload: &mut &[u8]) -> Result<Operation> {
    let handle = || number(operation, "handle").map(|handle| handle as Handle);
    let small = |field: &str| present(operation, field).and_then(Value::as_u64).map(|number| number as u32);
    let path = |field: &str| path(operation, field);
    let mut bytes = || -> Result<Vec<u8>> { Ok(take(payload, number(operation, "length")?)?.to_vec()) };
    Ok(match text(operation, "op")? {
        "resolve" => Operation::Resolve { path: path("path")? },
        "open" => {
            let access = crate::json::field(operation, "access").map_err(missing)?;
            Operation::Open { handle: handle()?, path: path("path")?, access }
        }
        "create" => Operation::Create { handle: handle()?, path: path("path")?, mode: small("mode").unwrap_or(0o600) },
        "stat" if present(operation, "handle").is_some() => Operation::StatHandle { handle: handle()? },
        "stat" => Operation::StatPath { path: path("path")? },
        "absent" => Operation::Absent { path: path("path")? },
        "read" => Operation::Read { handle: handle()?, offset: number(operation, "offset")?, length: number(operation, "length")? },
        "write" => Operation::Write { handle: handle()?, offset: number(operation, "offset")?, bytes: bytes()? },
        "append" => Operation::Append { handle: handle()?, bytes: bytes()? },
        "truncate" => Operation::Truncate { handle: handle()?, length: number(operation, "length")? },
        "sync" => Operation::Sync { handle: handle()? },
        "permit" => Operation::Permit { handle: handle()?, owner: small("owner"), group: small("group"), mode: small("mode") },
        "close" => Operation::Close { handle: handle()? },
        "link" => Operation::Link { from: path("from")?, to: path("to")? },
        "rename" => Operation::Rename { from: path("from")?, to: path("to")? },
        "remove" => {
            Operation::Remove { path: path("path")?, identity: present(operation, "identity").and_then(Value::as_str).map(str::to_owned) }
        }
        "list" => Operation::List { path: path("path")?, prefix: hex::decode(text(operation, "prefix")?).unwrap_or_default() },
        "syncFolder" => Operation::SyncFolder { path: path("path")? },
        "process" => Operation::Process { pid: present(operation, "pid").and_then(Value::as_u64) },
        "wait" => Operation::Wait { milliseconds: small("milliseconds").unwrap_or(0) },
        _ => return Err(missing("op")),
    })
}

fn ranges(value: Option<&Value>) -> Result<Vec<std::ops::Range<u64>>> {
    let pairs = value.and_then(Value::as_array).ok_or_else(|| missing("ranges"))?;
    let range = |pair: &Value| {
        let (offset, length) = (pair[0].as_u64()?, pair[1].as_u64()?);
        Some(offset..offset.checked_add(length)?)
    };
    pairs.iter().map(|pair| range(pair).ok_or_else(|| missing("ranges"))).collect()
}

fn list<'a>(header: &'a Header, field: &str) -> Result<&'a [Value]> {
    header.get(field).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| missing(field))
}

/// The answer as it was understood.
pub(super) fn answered(answer: Answer) -> Result<Vec<u8>> {
    let mut payload = Vec::new();
    let answer = match answer {
        Answer::Read(pieces) => {
            let ranges: Vec<_> = pieces.iter().map(|(offset, bytes)| json!([offset, bytes.len()])).collect();
            payload = pieces.into_iter().flat_map(|(_, bytes)| bytes).collect();
            json!({ "answer": "read", "ranges": ranges })
        }
        Answer::Digest(DigestAnswer { digests, found, copied }) => {
            let lengths: Vec<_> = digests.iter().map(Vec::len).collect();
            payload = digests.concat();
            json!({ "answer": "digest", "digests": lengths, "found": found, "copied": copied })
        }
        Answer::Http(HttpAnswer { now, responses }) => {
            let mut response = |response: &HttpResponse| {
                let frame = ResponseFrame { id: response.id, ..ResponseFrame::default() };
                match &response.outcome {
                    Ok(HttpBody { status, body, retry_after, cached }) => {
                        payload.extend_from_slice(body);
                        ResponseFrame {
                            status: Some(*status),
                            body: Some(body.len() as u64),
                            retry_after: *retry_after,
                            cached: *cached,
                            ..frame
                        }
                    }
                    Err(kind) => ResponseFrame { failed: Some(*kind), ..frame },
                }
            };
            json!({ "answer": "http", "now": now, "responses": responses.iter().map(&mut response).collect::<Vec<_>>() })
        }
        Answer::Store(results) => {
            let results: Vec<_> = results.into_iter().map(|result| self::result(result, &mut payload)).collect();
            json!({ "answer": "store", "results": results })
        }
        _ => json!({ "answer": null }),
    };
    super::step::done(ResultOf::Probe(json!({ "answer": answer })), &payload)
}

fn result(result: StoreResult, payload: &mut Vec<u8>) -> ResultFrame {
    let nothing = ResultFrame::default();
    match result {
        StoreResult::Done => nothing,
        StoreResult::Path(path) => ResultFrame { path: Some(path), ..nothing },
        StoreResult::Stat(stat) => ResultFrame { stat: Some(stat), ..nothing },
        StoreResult::Bytes(bytes) => {
            payload.extend_from_slice(&bytes);
            ResultFrame { length: Some(bytes.len() as u64), ..nothing }
        }
        StoreResult::Removed(removed) => ResultFrame { removed: Some(removed), ..nothing },
        StoreResult::Names(names) => ResultFrame { names: Some(names.into_iter().map(Hex).collect()), ..nothing },
        StoreResult::Process(process) => ResultFrame { process: Some(process), ..nothing },
        StoreResult::Failed(kind) => ResultFrame { failed: Some(kind), ..nothing },
    }
}
