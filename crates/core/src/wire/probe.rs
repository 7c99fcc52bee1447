//! One step, asked as a host's test wants it.

use serde_json::{Value, json};

use super::Running;
use super::frame::{Header, flag, hexadecimal, missing, number, path, present, take, text, write};
use crate::cms::DigestAlgorithm;
use crate::commit::{Document, DocumentLocation};
use crate::error::Result;
use crate::io::{
    Access, Answer, DigestPart, DigestProgress, DigestRequest, Handle, HttpRequest, Operation, Question, Stat, StoreRequest, StoreResult,
};
use crate::options::unhex;

/// A machine that asks the step of the start frame, of the document if it names one.
pub(super) fn start(header: &Header, payload: &mut &[u8]) -> Result<Running> {
    let step = header.get("step").and_then(Value::as_object).ok_or_else(|| missing("step"))?.clone();
    let mut payload = std::mem::take(payload).to_vec();
    let location = super::start::document(header)?;
    Ok(Running::Probe(crate::Machine::probe(move |io| async move {
        let io = match &location {
            DocumentLocation::Memory { length } => io.with_document(None, *length)?,
            _ => Document::open_to_read(&io, &location).await?.io,
        };
        let question = question(&step, &mut &std::mem::take(&mut payload)[..], io.file())?;
        io.probe(question).await
    })))
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
                    purpose: "timestamp",
                    method: "POST",
                    url: text(request, "url")?.to_owned(),
                    headers: Vec::new(),
                    body: take(payload, request.get("body").unwrap_or(&Value::Null))?.to_vec(),
                    limit: number(request, "limit")?,
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
            suffix: take(payload, &part["suffix"])?.to_vec(),
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
        find: find.iter().map(|pattern| pattern.as_str().and_then(unhex).ok_or_else(|| missing("find"))).collect::<Result<_>>()?,
        progress: DigestProgress::default(),
    })
}

fn operation(operation: &Header, payload: &mut &[u8]) -> Result<Operation> {
    let handle = || number(operation, "handle").map(|handle| handle as Handle);
    let small = |field: &str| present(operation, field).and_then(Value::as_u64).map(|number| number as u32);
    let path = |field: &str| path(operation, field);
    let mut bytes = || -> Result<Vec<u8>> { Ok(take(payload, operation.get("length").unwrap_or(&Value::Null))?.to_vec()) };
    Ok(match text(operation, "op")? {
        "resolve" => Operation::Resolve { path: path("path")? },
        "open" => {
            let access = [Access::Read, Access::Write, Access::Append]
                .into_iter()
                .find(|access| Some(access.as_str()) == operation["access"].as_str());
            Operation::Open { handle: handle()?, path: path("path")?, access: access.ok_or_else(|| missing("access"))? }
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
        "list" => Operation::List { path: path("path")?, prefix: unhex(text(operation, "prefix")?).unwrap_or_default() },
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
        Answer::Digest(answer) => {
            let found: Vec<_> = answer.found.iter().map(|matches| json!({ "offsets": matches.offsets, "more": matches.more })).collect();
            let digests: Vec<_> = answer.digests.iter().map(Vec::len).collect();
            payload = answer.digests.concat();
            json!({ "answer": "digest", "digests": digests, "found": found, "copied": answer.copied.as_str() })
        }
        Answer::Http(responses) => {
            let responses: Vec<_> = responses
                .iter()
                .map(|response| match &response.outcome {
                    Ok((status, body)) => {
                        payload.extend_from_slice(body);
                        json!({ "id": response.id, "status": status, "body": body.len() })
                    }
                    Err(kind) => json!({ "id": response.id, "failed": kind.as_str() }),
                })
                .collect();
            json!({ "answer": "http", "responses": responses })
        }
        Answer::Store(results) => {
            let results: Vec<_> = results.iter().map(|result| self::result(result, &mut payload)).collect();
            json!({ "answer": "store", "results": results })
        }
        _ => json!({ "answer": null }),
    };
    write(json!({ "step": "done", "result": { "answer": answer } }), &payload)
}

fn result(result: &StoreResult, payload: &mut Vec<u8>) -> Value {
    match result {
        StoreResult::Done => json!({}),
        StoreResult::Path(path) => json!({ "path": hexadecimal(&path.0) }),
        StoreResult::Stat(Stat { kind, identity, size, mode, owner, group, links, modified, changed }) => json!({
            "type": kind.as_str(), "identity": identity, "size": size, "mode": mode, "owner": owner, "group": group, "links": links,
            "modified": modified, "changed": changed,
        }),
        StoreResult::Bytes(bytes) => {
            payload.extend_from_slice(bytes);
            json!({ "length": bytes.len() })
        }
        StoreResult::Removed(removed) => json!({ "removed": removed }),
        StoreResult::Names(names) => json!({ "names": names.iter().map(|name| hexadecimal(name)).collect::<Vec<_>>() }),
        StoreResult::Process(process) => json!({
            "pid": process.pid, "user": process.user, "host": process.host, "boot": process.boot, "namespace": process.namespace,
            "start": process.start, "lives": process.lives,
        }),
        StoreResult::Failed(kind) => json!({ "failed": kind.as_str() }),
    }
}
