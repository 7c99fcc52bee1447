//! Step frames.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::frame::{hexadecimal, write as frame};
use crate::cms::SigningRequest;
use crate::commit::{OpenedLedger, Recovered};
use crate::error::{Error, Result};
use crate::io::{DigestRequest, Handle, HttpRequest, Operation, Step, StoreRequest};
use crate::operation::{Information, Session, SignedDocument};

pub(super) fn write<T>(step: Step<T>, done: impl FnOnce(T) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    match step {
        Step::Read { document, ranges } => read(document, &ranges),
        Step::Digest(request) => digest(&request),
        Step::Sign { signer, request } => sign(signer, &request),
        Step::Http { requests } => http(&requests),
        Step::Store(request) => store(&request),
        Step::Done(outcome) => done(outcome),
    }
}

#[inline(never)] // once for all operations: it is a part of every module
fn read(document: Option<Handle>, ranges: &[Range<u64>]) -> Result<Vec<u8>> {
    let mut header = json!({ "step": "read", "ranges": pairs(ranges) });
    insert_document(&mut header, document);
    frame(header, &[])
}

#[inline(never)]
fn digest(request: &DigestRequest) -> Result<Vec<u8>> {
    let mut suffixes = Vec::new();
    let mut parts = Vec::new();
    for part in &request.parts {
        suffixes.extend_from_slice(&part.suffix);
        parts.push(json!({ "algorithm": part.algorithm.as_str(), "ranges": pairs(&part.ranges), "suffix": part.suffix.len() }));
    }
    let mut header = json!({
        "step": "digest",
        "parts": parts,
        "keep": request.keep.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>(),
        "copy": request.copy,
        "find": request.find.iter().map(|pattern| hexadecimal(pattern)).collect::<Vec<_>>(),
        "progress": { "phase": if request.progress.writes { "write" } else { "digest" }, "total": request.progress.total },
    });
    insert_document(&mut header, request.document);
    frame(header, &suffixes)
}

#[inline(never)]
fn sign(signer: usize, request: &SigningRequest) -> Result<Vec<u8>> {
    let mut header = self::request(request);
    header.insert("step".into(), "sign".into());
    header.insert("signer".into(), signer.into());
    frame(Value::Object(header), &request.data)
}

#[inline(never)]
fn http(requests: &[HttpRequest]) -> Result<Vec<u8>> {
    let mut bodies = Vec::new();
    let requests: Vec<_> = requests
        .iter()
        .map(|HttpRequest { id, purpose, method, url, headers, body, limit }| {
            bodies.extend_from_slice(body);
            json!({ "id": id, "purpose": purpose, "method": method, "url": url, "headers": headers, "body": body.len(), "limit": limit })
        })
        .collect();
    frame(json!({ "step": "http", "requests": requests }), &bodies)
}

#[inline(never)]
fn store(request: &StoreRequest) -> Result<Vec<u8>> {
    let mut written = Vec::new();
    let operations: Vec<_> = request.operations.iter().map(|operation| self::operation(operation, &mut written)).collect();
    let mut header = json!({ "step": "store", "operations": operations, "final": request.is_final });
    if let Some((done, total)) = request.progress
        && let Value::Object(header) = &mut header
    {
        header.insert("progress".into(), json!({ "done": done, "total": total }));
    }
    frame(header, &written)
}

fn operation(operation: &Operation, written: &mut Vec<u8>) -> Value {
    match operation {
        Operation::Resolve { path } => json!({ "op": "resolve", "path": hexadecimal(&path.0) }),
        Operation::Open { handle, path, access } => {
            json!({ "op": "open", "handle": handle, "path": hexadecimal(&path.0), "access": access.as_str() })
        }
        Operation::Create { handle, path, mode } => json!({ "op": "create", "handle": handle, "path": hexadecimal(&path.0), "mode": mode }),
        Operation::StatPath { path } => json!({ "op": "stat", "path": hexadecimal(&path.0) }),
        Operation::StatHandle { handle } => json!({ "op": "stat", "handle": handle }),
        Operation::Absent { path } => json!({ "op": "absent", "path": hexadecimal(&path.0) }),
        Operation::Read { handle, offset, length } => json!({ "op": "read", "handle": handle, "offset": offset, "length": length }),
        Operation::Write { handle, offset, bytes } => {
            written.extend_from_slice(bytes);
            json!({ "op": "write", "handle": handle, "offset": offset, "length": bytes.len() })
        }
        Operation::Append { handle, bytes } => {
            written.extend_from_slice(bytes);
            json!({ "op": "append", "handle": handle, "length": bytes.len() })
        }
        Operation::Truncate { handle, length } => json!({ "op": "truncate", "handle": handle, "length": length }),
        Operation::Sync { handle } => json!({ "op": "sync", "handle": handle }),
        Operation::Permit { handle, owner, group, mode } => {
            json!({ "op": "permit", "handle": handle, "owner": owner, "group": group, "mode": mode })
        }
        Operation::Close { handle } => json!({ "op": "close", "handle": handle }),
        Operation::Link { from, to } => json!({ "op": "link", "from": hexadecimal(&from.0), "to": hexadecimal(&to.0) }),
        Operation::Rename { from, to } => json!({ "op": "rename", "from": hexadecimal(&from.0), "to": hexadecimal(&to.0) }),
        Operation::Remove { path, identity } => json!({ "op": "remove", "path": hexadecimal(&path.0), "identity": identity }),
        Operation::List { path, prefix } => json!({ "op": "list", "path": hexadecimal(&path.0), "prefix": hexadecimal(prefix) }),
        Operation::SyncFolder { path } => json!({ "op": "syncFolder", "path": hexadecimal(&path.0) }),
        Operation::Process { pid } => json!({ "op": "process", "pid": pid }),
        Operation::Wait { milliseconds } => json!({ "op": "wait", "milliseconds": milliseconds }),
    }
}

fn pairs(ranges: &[Range<u64>]) -> Vec<Value> {
    ranges.iter().map(|range| json!([range.start, range.end - range.start])).collect()
}

fn insert_document(header: &mut Value, document: Option<Handle>) {
    if let (Some(document), Value::Object(header)) = (document, header) {
        header.insert("document".into(), document.into());
    }
}

fn request(request: &SigningRequest) -> Map<String, Value> {
    let mut header = Map::new();
    let mut put = |key: &str, value: Value| header.insert(key.to_owned(), value);
    put("digest", hexadecimal(&request.digest));
    put("digestAlgorithm", request.digest_algorithm.as_str().into());
    put("signatureAlgorithm", request.signature_algorithm.as_str().into());
    if let Some(digest_info) = &request.digest_info {
        put("digestInfo", hexadecimal(digest_info));
    }
    if let Some(salt_length) = request.salt_length {
        put("saltLength", salt_length.into());
    }
    if let Some(curve) = request.curve {
        put("curve", curve.as_str().into());
    }
    header
}

pub(super) fn signed(document: SignedDocument) -> Result<Vec<u8>> {
    let (reports, updates): (Vec<_>, Vec<_>) = document.signed.into_iter().map(|signed| (signed.report, signed.update)).unzip();
    let result = if document.skipped { json!({ "skipped": true }) } else { Value::Null };
    frame(json!({ "step": "done", "result": result, "reports": reports, "copy": document.copied.as_str() }), &updates.concat())
}

/// A session without its live form.
fn described(session: &Session) -> Value {
    let request = session.request().map(|request| {
        let mut header = self::request(&request);
        header.insert("data".into(), hexadecimal(&request.data));
        header
    });
    json!({
        "hash": hexadecimal(session.hash()),
        "hashAlgorithm": session.hash_algorithm().as_str(),
        "documentLength": session.document_length(),
        "containerSize": session.container_size(),
        "request": request,
        "report": session.report(),
        "signed": session.is_signed(),
    })
}

pub(super) fn session(session: Session) -> Result<Vec<u8>> {
    frame(json!({ "step": "done", "result": described(&session), "reports": [session.report()] }), &session.to_live()?)
}

pub(super) fn information(information: Information) -> Result<Vec<u8>> {
    frame(json!({ "step": "done", "result": information }), &[])
}

pub(super) fn recovered(recovered: Recovered) -> Result<Vec<u8>> {
    let result = json!({ "outcome": recovered.outcome.as_str(), "removed": recovered.removed });
    frame(json!({ "step": "done", "result": result }), &[])
}

pub(super) fn ledger(opened: OpenedLedger) -> Result<Vec<u8>> {
    let ledger = json!({
        "path": hexadecimal(&opened.ledger.path.0),
        "identity": opened.ledger.identity,
        "lockIdentity": opened.ledger.lock_identity,
    });
    let states: Map<_, _> = opened.states.iter().map(|(id, state)| (id.clone(), state.to_value())).collect();
    frame(json!({ "step": "done", "result": { "ledger": ledger, "states": states } }), &[])
}

pub(super) fn nothing((): ()) -> Result<Vec<u8>> {
    frame(json!({ "step": "done", "result": null }), &[])
}

/// An error, with the session from which to go on, if there is one.
pub(super) fn failed(error: &Error, unfinished: Option<&Session>) -> Vec<u8> {
    let mut header = json!({ "code": error.code().as_str(), "group": error.group().as_str(), "message": error.to_string() });
    if let Some(offset) = error.offset() {
        header["offset"] = offset.into();
    }
    if let Some((number, generation)) = error.object() {
        header["object"] = json!([number, generation]);
    }
    if let Some(failure) = error.failure() {
        header["failure"] = failure.into();
    }
    let mut header = json!({ "step": "error", "error": header });
    let mut live = Vec::new();
    if let Some(session) = unfinished
        && let Ok(bytes) = session.to_live()
    {
        header["session"] = described(session);
        live = bytes;
    }
    // The header of an error is small: it fits.
    frame(header, &live).unwrap_or_default()
}
