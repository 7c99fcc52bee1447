//! Steps and answers as they cross a language boundary: a small JSON header and one byte payload.
//!
//! A frame is the length of the header (four bytes, big-endian), the header (a JSON object), and the payload. Byte strings in a
//! header are hexadecimal. Nothing here decides anything: every frame is a call of [`crate::Machine`] or [`crate::Session`].
//!
//! This is the one entry of every other language, so panics end here: where they unwind they come out as `ERR_INTERNAL`.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value, json};

use crate::cms::{DigestAlgorithm, SigningRequest};
use crate::error::{Code, Error, Result};
use crate::io::{Answer, Step};
use crate::limits;
use crate::operation::{self, Credentials, Information, Moment, Recovery, Session, Signatory, Signed};
use crate::options::{Password, SigningOptions, unhex};
use crate::syntax::write;

/// A machine that speaks frames.
pub struct Machine {
    running: Running,
}

enum Running {
    Sign(crate::Machine<Vec<Signed>>),
    Session(crate::Machine<Session>),
    Info(crate::Machine<Information>),
    Recover(crate::Machine<Recovery>),
    /// Meets a bug, so that a host's tests can see what becomes of one.
    #[cfg(feature = "test-panic")]
    Panic,
    /// The start frame was wrong: the first step, and every one after it, is this error.
    Failed(Error),
}

impl Machine {
    /// Starts by a frame whose header names the `operation`, the `length` of the document and what else that operation takes.
    pub fn start(frame: &[u8]) -> Machine {
        Machine { running: contained(|| start(frame)).unwrap_or_else(Running::Failed) }
    }

    /// Takes an answer frame and gives a step frame; an error is a step, too.
    pub fn next(&mut self, frame: &[u8]) -> Vec<u8> {
        if let Some(error) = self.failure() {
            return failed(error);
        }
        let step = contained(|| Ok(self.step(frame))).unwrap_or_else(|panicked| {
            self.running = Running::Failed(panicked.clone());
            Err(panicked)
        });
        step.unwrap_or_else(|error| failed(&error))
    }

    fn failure(&self) -> Option<&Error> {
        match &self.running {
            Running::Failed(error) => Some(error),
            Running::Sign(machine) => machine.failure(),
            Running::Session(machine) => machine.failure(),
            Running::Info(machine) => machine.failure(),
            Running::Recover(machine) => machine.failure(),
            #[cfg(feature = "test-panic")]
            Running::Panic => None,
        }
    }

    fn step(&mut self, frame: &[u8]) -> Result<Vec<u8>> {
        let answer = answer(frame)?;
        match &mut self.running {
            Running::Failed(error) => Err(error.clone()),
            Running::Sign(machine) => step(machine.next(answer)?, signed),
            Running::Session(machine) => step(machine.next(answer)?, session),
            Running::Info(machine) => step(machine.next(answer)?, information),
            Running::Recover(machine) => step(machine.next(answer)?, recovery),
            #[cfg(feature = "test-panic")]
            Running::Panic => panic!("a test asked for a panic"),
        }
    }
}

/// What the work gives, and `ERR_INTERNAL` where it panics: what it was at is not used again.
fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Code::Internal.into()))
}

/// Completes a saved session by the answer of a key holder (`"answer": "signature"`) or a signing service (`"answer": "container"`).
pub fn complete(frame: &[u8]) -> Vec<u8> {
    let signed = contained(|| {
        let (header, payload) = parse(frame)?;
        let length = usize::try_from(header.get("session").and_then(Value::as_u64).unwrap_or(u64::MAX)).map_err(|_| Code::Frame)?;
        let (saved, answer) = payload.split_at_checked(length).ok_or(Code::Frame)?;
        let session = Session::parse(saved)?;
        match header.get("answer").and_then(Value::as_str) {
            Some("signature") => session.complete_with_signature(answer),
            Some("container") => session.complete(answer),
            _ => Err(Code::Frame.into()),
        }
    });
    signed.and_then(|signed| self::signed(vec![signed])).unwrap_or_else(|error| failed(&error))
}

/// Makes the journal of a signing in place: the header has the `length` of the document and of its `tail`, which comes before the
/// update in the payload.
pub fn journal(frame: &[u8]) -> Vec<u8> {
    let journal = contained(|| {
        let (header, payload) = parse(frame)?;
        let length = header.get("length").and_then(Value::as_u64).ok_or(Code::Frame)?;
        let tail = header.get("tail").and_then(Value::as_u64).and_then(|tail| usize::try_from(tail).ok()).ok_or(Code::Frame)?;
        let (tail, update) = payload.split_at_checked(tail).ok_or(Code::Frame)?;
        self::frame(json!({ "step": "done" }), &operation::journal(length, tail, update)?)
    });
    journal.unwrap_or_else(|error| failed(&error))
}

fn start(frame: &[u8]) -> Result<Running> {
    let (mut header, payload) = parse(frame)?;
    let length = header.get("length").and_then(Value::as_u64).ok_or_else(|| Code::Frame.because("the start has no length"))?;
    let mut payload = payload;
    match header.get("operation").and_then(Value::as_str) {
        Some("sign") => {
            let signatories = header.remove("signatories");
            let signatories = signatories.as_ref().and_then(Value::as_array).ok_or(Code::Frame)?.iter().map(|signatory| {
                let signatory = signatory.as_object().ok_or(Code::Frame)?;
                let credentials = credentials(signatory, &mut payload)?.ok_or(Code::Frame.because("a signer has no certificate"))?;
                Ok(Signatory { credentials, options: options(signatory)? })
            });
            let signatories = signatories.collect::<Result<_>>()?;
            Ok(Running::Sign(crate::Machine::sign(length, moment(&header)?, signatories)))
        }
        Some("prepare") => {
            let credentials = credentials(&header, &mut payload)?;
            Ok(Running::Session(crate::Machine::prepare(length, moment(&header)?, credentials, options(&header)?)))
        }
        Some("resume") => {
            let vouched = header.get("documentVouched").and_then(Value::as_bool).unwrap_or(false);
            Ok(Running::Session(crate::Machine::resume(length, payload.to_vec(), vouched)))
        }
        Some("recover") => {
            let undo = header.get("undo").and_then(Value::as_bool).unwrap_or(false);
            Ok(Running::Recover(crate::Machine::recover(length, payload.to_vec(), undo)))
        }
        Some("info") => {
            let password = match header.get("password") {
                None | Some(Value::Null) => None,
                Some(Value::String(password)) => Some(Password::from(password.as_str())),
                Some(_) => return Err(Code::OptionValue.because("`password` is not a text")),
            };
            Ok(Running::Info(crate::Machine::info(length, password)))
        }
        #[cfg(feature = "test-panic")]
        Some("panic") => Ok(Running::Panic),
        _ => Err(Code::Frame.because("the start names no operation")),
    }
}

fn moment(header: &Map<String, Value>) -> Result<Moment> {
    let now = header.get("now").and_then(Value::as_i64).ok_or(Code::SigningTime)?;
    let entropy = header.get("entropy").and_then(Value::as_str).and_then(unhex).and_then(|bytes| bytes.try_into().ok());
    Ok(Moment { now, entropy: entropy.ok_or(Code::Entropy)? })
}

fn options(header: &Map<String, Value>) -> Result<SigningOptions> {
    match header.get("options") {
        None | Some(Value::Null) => Ok(SigningOptions::default()),
        Some(options) => SigningOptions::from_value(options.clone()),
    }
}

/// A certificate and its chain, whose lengths stand in the header; takes their bytes off the payload.
fn credentials(header: &Map<String, Value>, payload: &mut &[u8]) -> Result<Option<Credentials>> {
    let mut take = |value: &Value| {
        let length = value.as_u64().and_then(|length| usize::try_from(length).ok()).ok_or(Code::Frame)?;
        let (part, rest) = payload.split_at_checked(length).ok_or(Code::Frame)?;
        *payload = rest;
        Ok::<_, Error>(part.to_vec())
    };
    let certificate = match header.get("certificate") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => take(value)?,
    };
    let chain = header.get("chain").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Some(Credentials { certificate, chain: chain.iter().map(take).collect::<Result<_>>()? }))
}

fn answer(frame: &[u8]) -> Result<Answer> {
    let (header, payload) = parse(frame)?;
    match header.get("answer").and_then(Value::as_str) {
        None if header.is_empty() => Ok(Answer::Start),
        Some("digest") => Ok(Answer::Digest(payload.to_vec())),
        Some("sign") => Ok(Answer::Sign(payload.to_vec())),
        Some("read") => {
            let ranges = header.get("ranges").and_then(Value::as_array).ok_or(Code::Frame)?;
            let mut rest = payload;
            let pieces = ranges.iter().map(|range| {
                let offset = range.get(0).and_then(Value::as_u64).ok_or(Code::Frame)?;
                let length = range.get(1).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok()).ok_or(Code::Frame)?;
                let (piece, tail) =
                    rest.split_at_checked(length).ok_or_else(|| Code::AnswerLength.because("the bytes read are fewer than announced"))?;
                rest = tail;
                Ok((offset, piece.to_vec()))
            });
            Ok(Answer::Read(pieces.collect::<Result<_>>()?))
        }
        _ => Err(Code::AnswerKind.into()),
    }
}

fn step<T>(step: Step<T>, done: impl FnOnce(T) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    match step {
        Step::Read { ranges } => read(&ranges),
        Step::Digest { algorithm, suffix, later } => digest(algorithm, &suffix, &later),
        Step::Sign { signer, request } => sign(signer, &request),
        Step::Done(outcome) => done(outcome),
    }
}

#[inline(never)] // once for all operations: it is a part of every module
fn read(ranges: &[Range<u64>]) -> Result<Vec<u8>> {
    let ranges: Vec<_> = ranges.iter().map(|range| json!([range.start, range.end - range.start])).collect();
    frame(json!({ "step": "read", "ranges": ranges }), &[])
}

#[inline(never)]
fn digest(algorithm: DigestAlgorithm, suffix: &[u8], later: &[DigestAlgorithm]) -> Result<Vec<u8>> {
    let later: Vec<_> = later.iter().map(|algorithm| algorithm.as_str()).collect();
    frame(json!({ "step": "digest", "algorithm": algorithm.as_str(), "later": later }), suffix)
}

#[inline(never)]
fn sign(signer: usize, request: &SigningRequest) -> Result<Vec<u8>> {
    let mut header = self::request(request);
    header.insert("step".into(), "sign".into());
    header.insert("signer".into(), signer.into());
    frame(Value::Object(header), &request.data)
}

fn request(request: &SigningRequest) -> Map<String, Value> {
    let mut header = Map::new();
    let mut put = |key: &str, value: Value| header.insert(key.to_owned(), value);
    put("digest", hex(&request.digest));
    put("digestAlgorithm", request.digest_algorithm.as_str().into());
    put("signatureAlgorithm", request.signature_algorithm.as_str().into());
    if let Some(digest_info) = &request.digest_info {
        put("digestInfo", hex(digest_info));
    }
    if let Some(salt_length) = request.salt_length {
        put("saltLength", salt_length.into());
    }
    if let Some(curve) = request.curve {
        put("curve", curve.as_str().into());
    }
    header
}

fn signed(signed: Vec<Signed>) -> Result<Vec<u8>> {
    let (reports, updates): (Vec<_>, Vec<_>) = signed.into_iter().map(|signed| (signed.report, signed.update)).unzip();
    frame(json!({ "step": "done", "reports": reports }), &updates.concat())
}

fn session(session: Session) -> Result<Vec<u8>> {
    let request = session.request().map(|request| {
        let mut header = self::request(&request);
        header.insert("data".into(), hex(&request.data));
        header
    });
    let result = json!({
        "hash": hex(session.hash()),
        "hashAlgorithm": session.hash_algorithm().as_str(),
        "documentLength": session.document_length(),
        "containerSize": session.container_size(),
        "request": request,
        "report": session.report(),
    });
    frame(json!({ "step": "done", "result": result, "reports": [session.report()] }), &session.serialize()?)
}

fn information(information: Information) -> Result<Vec<u8>> {
    frame(json!({ "step": "done", "result": information }), &[])
}

fn recovery(recovery: Recovery) -> Result<Vec<u8>> {
    let (offset, bytes) = recovery.write.unzip();
    let result = json!({ "outcome": recovery.outcome.as_str(), "offset": offset, "length": recovery.length });
    frame(json!({ "step": "done", "result": result }), &bytes.unwrap_or_default())
}

fn failed(error: &Error) -> Vec<u8> {
    let mut header = json!({ "code": error.code().as_str(), "group": error.group().as_str(), "message": error.to_string() });
    if let Some(offset) = error.offset() {
        header["offset"] = offset.into();
    }
    if let Some((number, generation)) = error.object() {
        header["object"] = json!([number, generation]);
    }
    // The header of an error is small: it fits.
    frame(json!({ "step": "error", "error": header }), &[]).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> Value {
    let mut text = Vec::with_capacity(2 * bytes.len());
    write::extend_hexadecimal(&mut text, bytes);
    String::from_utf8(text).unwrap_or_default().into()
}

fn frame(header: Value, payload: &[u8]) -> Result<Vec<u8>> {
    let header = header.to_string();
    let length = u32::try_from(header.len()).map_err(|_| Code::Frame)?;
    Ok([&length.to_be_bytes(), header.as_bytes(), payload].concat())
}

fn parse(frame: &[u8]) -> Result<(Map<String, Value>, &[u8])> {
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

#[cfg(all(test, feature = "test-panic"))]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_is_repeated() {
        let start = frame(json!({ "operation": "panic", "length": 0 }), &[]).unwrap();
        let mut machine = Machine::start(&start);
        for _ in 0..2 {
            let step = machine.next(&frame(json!({}), &[]).unwrap());
            let (header, _) = parse(&step).unwrap();
            assert_eq!(header["error"]["code"], "ERR_INTERNAL");
        }
    }
}
