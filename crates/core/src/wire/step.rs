//! Step frames.

use std::collections::BTreeMap;
use std::mem;

use super::frame::write as frame;
use super::frames::{
    DoneStep, DrawStep, ErrorFrame, ErrorStep, HttpStep, JobState, LedgerPlace, LedgerResult, PartLength, ReadStep, RecoveredResult,
    ResultOf, SessionResult, SignStep, SkippedResult, StepFrame,
};
use crate::commit::{OpenedLedger, Recovered};
use crate::error::{Error, Result};
use crate::hex::Hex;
use crate::io::{Copied, Operation, Step};
use crate::operation::{DocumentInfo, ExtendedDocument, Session, SignedDocument};

/// The payload of a step is not in its header.
pub(super) fn write<T>(step: Step<T>, done: impl FnOnce(T) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    match step {
        Step::Done(outcome) => done(outcome),
        Step::Read { document, ranges } => question(&StepFrame::Read(ReadStep { ranges: &ranges, document }), &[]),
        Step::Digest(request) => {
            let suffixes: Vec<_> = request.parts.iter().map(|part| part.suffix.as_slice()).collect();
            question(&StepFrame::Digest(&request), &suffixes.concat())
        }
        Step::Sign { signer, mut request, warnings } => {
            let data = mem::take(&mut request.data);
            question(&StepFrame::Sign(SignStep { signer, request: &request, warnings: &warnings }), &data)
        }
        Step::Verify(request) => {
            let payload = [request.key.as_slice(), &request.message, &request.signature].concat();
            question(&StepFrame::Verify(&request), &payload)
        }
        Step::Draw(request) => {
            let name = |index: usize, part: &Vec<u8>| PartLength { name: index.to_string(), length: part.len() as u64 };
            let parts = request.parts.iter().enumerate().map(|(index, part)| name(index, part)).collect();
            question(&StepFrame::Draw(DrawStep { request: &request, parts }), &request.parts.concat())
        }
        Step::Http { requests } => {
            let bodies: Vec<_> = requests.iter().map(|request| request.body.as_slice()).collect();
            question(&StepFrame::Http(HttpStep { requests: &requests }), &bodies.concat())
        }
        Step::Store(request) => {
            let mut written = Vec::new();
            for operation in &request.operations {
                if let Operation::Write { bytes, .. } | Operation::Append { bytes, .. } = operation {
                    written.extend_from_slice(bytes);
                }
            }
            question(&StepFrame::Store(&request), &written)
        }
    }
}

#[inline(never)] // once for all operations: it is a part of every module
fn question(step: &StepFrame<'_>, payload: &[u8]) -> Result<Vec<u8>> {
    frame(step, payload)
}

/// A result without reports.
pub(super) fn done(result: ResultOf<'_>, payload: &[u8]) -> Result<Vec<u8>> {
    question(&StepFrame::Done(DoneStep { result, reports: Vec::new(), copy: Copied::None }), payload)
}

pub(super) fn signed(document: SignedDocument) -> Result<Vec<u8>> {
    let reports = document.signed.iter().map(|signed| &signed.report).collect();
    let updates: Vec<_> = document.signed.iter().map(|signed| signed.update.as_slice()).collect();
    let result = if document.skipped { ResultOf::Skipped(SkippedResult { skipped: true }) } else { ResultOf::Nothing };
    question(&StepFrame::Done(DoneStep { result, reports, copy: document.copied }), &updates.concat())
}

pub(super) fn extended(document: ExtendedDocument) -> Result<Vec<u8>> {
    let result = if document.skipped { ResultOf::Skipped(SkippedResult { skipped: true }) } else { ResultOf::Extension(&document.report) };
    question(&StepFrame::Done(DoneStep { result, reports: Vec::new(), copy: document.copied }), &document.update)
}

/// A session without its live form.
fn described(session: &Session) -> SessionResult<'_> {
    SessionResult {
        hash: Hex(session.hash().to_vec()),
        hash_algorithm: session.hash_algorithm(),
        document_length: session.document_length(),
        container_size: session.container_size(),
        request: session.request(),
        report: session.report(),
        // Both need no answer.
        signed: session.is_signed() || session.waits(),
        level: session.level(),
        state: session.state(),
    }
}

pub(super) fn session(session: Session) -> Result<Vec<u8>> {
    let (result, reports) = (ResultOf::Session(described(&session)), vec![session.report()]);
    question(&StepFrame::Done(DoneStep { result, reports, copy: Copied::None }), &session.to_live()?)
}

pub(super) fn document_info(info: DocumentInfo) -> Result<Vec<u8>> {
    done(ResultOf::DocumentInfo(&info), &[])
}

pub(super) fn recovered(Recovered { outcome, removed, .. }: Recovered) -> Result<Vec<u8>> {
    done(ResultOf::Recovered(RecoveredResult { outcome, removed }), &[])
}

pub(super) fn ledger(OpenedLedger { ledger, states }: OpenedLedger) -> Result<Vec<u8>> {
    let ledger = LedgerPlace { path: ledger.path, identity: ledger.identity, lock_identity: ledger.lock_identity };
    // Collecting sorts, which adds 6 KB to the module for each type.
    let mut named = BTreeMap::new();
    named.extend(states.iter().map(|(id, state)| (id.clone(), JobState::of(state))));
    done(ResultOf::Ledger(LedgerResult { ledger, states: named }), &[])
}

pub(super) fn nothing((): ()) -> Result<Vec<u8>> {
    done(ResultOf::Nothing, &[])
}

/// An error, with the session from which to go on, if there is one.
pub(super) fn failed(error: &Error, unfinished: Option<&Session>) -> Vec<u8> {
    let live = unfinished.and_then(|session| session.to_live().ok());
    let session = unfinished.filter(|_| live.is_some()).map(described);
    let error = ErrorFrame {
        code: error.code().as_str(),
        group: error.group().as_str(),
        message: error.message(),
        offset: error.offset(),
        object: error.object(),
        failure: error.failure(),
    };
    // The header of an error is small: it fits.
    question(&StepFrame::Error(ErrorStep { error, session }), &live.unwrap_or_default()).unwrap_or_default()
}
