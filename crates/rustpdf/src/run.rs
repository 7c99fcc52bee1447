//! The loop over the steps, and the host that answers them.

use std::any::Any;
use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rustpdf_core::{
    Answer, Code, DigestAnswer, DigestPhase, DigestRequest, DocumentLocation, FailureKind, Handle, Machine, SigningRequest, Step,
    StoreProgress, StoreRequest, StoreResult,
};

use crate::control::{Control, Phase};
use crate::digest::Digests;
use crate::disk::{Disk, failure_kind};
use crate::error::{Error, Result, Unfinished, UnfinishedSession};
use crate::pass::{Document, pass};
use crate::signatory::Signers;
use crate::source::Source;

/// Runs a machine to its end: after a failure, too, for it then removes its temporary files.
pub(crate) fn run<T>(machine: &mut Machine<T>, host: &mut Host) -> Result<T> {
    let mut answer = Answer::Start;
    let outcome = loop {
        answer = match machine.next(answer) {
            Ok(Step::Done(outcome)) => break Ok(outcome),
            Ok(step) => host.answer(step),
            Err(error) => break Err(host.cause(error)),
        };
    };
    match host.panic.take() {
        Some(panic) => resume_unwind(panic),
        None => outcome,
    }
}

/// Runs a machine over any [`Source`].
pub(crate) fn run_over<T, S: Source + ?Sized>(
    document: &S,
    signers: Signers,
    machine: impl FnOnce(DocumentLocation) -> Machine<T>,
) -> Result<T> {
    let length = document.length()?;
    let (source, mut control) = (&document as &dyn Source, Control::default());
    let mut host = Host { source: Some((source, length)), ..Host::new(signers, &mut control) };
    let mut machine = machine(DocumentLocation::Memory { length });
    run(&mut machine, &mut host).map_err(|cause| match machine.unfinished() {
        Some(session) => Error::Unfinished(Box::new(Unfinished { cause, session: UnfinishedSession::Memory(session) })),
        None => cause,
    })
}

/// Answers the steps, under the eyes of the caller.
pub(crate) struct Host<'a, 'c, 's> {
    /// Document that is no file, and its length at the start.
    source: Option<(&'a dyn Source, u64)>,
    disk: Disk<'a>,
    signers: Signers<'s>,
    control: &'a mut Control<'c>,
    digests: Digests,
    /// Bytes of the document that the machine has read.
    read: u64,
    /// Failures in the order in which they were answered.
    failures: Vec<Error>,
    /// Panic of a callback, for the end of the run.
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a, 'c, 's> Host<'a, 'c, 's> {
    pub(crate) fn new(signers: Signers<'s>, control: &'a mut Control<'c>) -> Self {
        Host {
            source: None,
            disk: Disk::default(),
            signers,
            control,
            digests: Digests::default(),
            read: 0,
            failures: Vec::new(),
            panic: None,
        }
    }

    /// Gives an open file of the caller a handle.
    pub(crate) fn lend(&mut self, file: &'a File) -> Handle {
        self.disk.lend(file)
    }

    /// Failures are answers, too. A cancellation is one of each step that is not final: the core then cleans up by final steps.
    fn answer<T>(&mut self, step: Step<T>) -> Answer {
        let is_final = matches!(&step, Step::Store(request) if request.is_final);
        let is_cancelled = self.panic.is_some() || self.control.cancellation.is_cancelled();
        let answered = match is_cancelled && !is_final {
            true => Err(Error::Cancelled),
            false => self.catch(|host| host.perform(step)),
        };
        answered.unwrap_or_else(|error| Answer::Failed(self.fail(error)))
    }

    /// Keeps the panic of a callback until the machine has cleaned up.
    fn catch<R>(&mut self, task: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        catch_unwind(AssertUnwindSafe(|| task(self))).unwrap_or_else(|panic| {
            self.panic = Some(panic);
            Err(Error::Cancelled)
        })
    }

    fn perform<T>(&mut self, step: Step<T>) -> Result<Answer> {
        match step {
            Step::Read { document, ranges } => self.read(document, ranges).map(Answer::Read),
            Step::Digest(request) => self.digest(&request).map(Answer::Digest),
            Step::Sign { signer, request, warnings } => {
                self.control.warn(&warnings)?;
                self.sign(signer, &request).map(Answer::Sign)
            }
            Step::Store(request) => Ok(Answer::Store(self.store(request))),
            _ => Err(Code::Internal.into()),
        }
    }

    fn read(&mut self, handle: Option<Handle>, ranges: Vec<Range<u64>>) -> Result<Vec<(u64, Vec<u8>)>> {
        let (document, length) = document(self.source, &self.disk, handle)?;
        if self.read == 0 {
            self.control.tell(Phase::Read, 0, length);
        }
        let mut pieces = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            document.source.read_at(range.start, &mut bytes)?;
            let before = self.read;
            self.read += bytes.len() as u64;
            self.control.advance(Phase::Read, before, self.read, length)?;
            pieces.push((range.start, bytes));
        }
        Ok(pieces)
    }

    /// Passes over the document, unless the states of an earlier pass serve.
    fn digest(&mut self, request: &DigestRequest) -> Result<DigestAnswer> {
        if request.copy.is_none()
            && request.find.is_empty()
            && let Some(answer) = self.digests.answer(&request.parts, Default::default())
        {
            return Ok(answer);
        }
        let (document, length) = document(self.source, &self.disk, request.document)?;
        let output = request.copy.map(|handle| self.disk.file(handle)).transpose()?;
        let phase = match request.progress.phase {
            DigestPhase::Write => Phase::Write,
            DigestPhase::Digest => Phase::Digest,
        };
        let mut digests = Digests::new(request, length);
        let copied = pass(document, length, &mut digests, output, self.control, (phase, request.progress.total))?;
        self.digests = digests;
        self.digests.answer(&request.parts, copied).ok_or(Code::Internal.into())
    }

    fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>> {
        let (done, total) = (signer as u64, self.signers.len() as u64);
        self.control.report(Phase::Sign, done, total)?;
        let signature = self.signers.sign(signer, request)?;
        self.control.tell(Phase::Sign, done + 1, total);
        Ok(signature)
    }

    fn store(&mut self, request: StoreRequest) -> Vec<StoreResult> {
        let mut results = Vec::with_capacity(request.operations.len());
        for operation in request.operations {
            match self.disk.perform(operation) {
                Ok(result) => results.push(result),
                Err(error) => {
                    results.push(StoreResult::Failed(self.fail(error.into())));
                    return results;
                }
            }
        }
        if let Some(StoreProgress { done, total }) = request.progress {
            // The operations are done, whatever the callback does.
            let _ = self.catch(|host| {
                host.control.tell(Phase::Write, done, total);
                Ok(())
            });
        }
        results
    }

    fn fail(&mut self, error: Error) -> FailureKind {
        let kind = match &error {
            Error::Io(error) => failure_kind(error),
            Error::Cancelled => FailureKind::Cancelled,
            _ => FailureKind::Other,
        };
        self.failures.push(error);
        kind
    }

    /// The host's own error where that ended the machine.
    fn cause(&mut self, error: rustpdf_core::Error) -> Error {
        match error.failure().map(|number| number as usize).filter(|number| *number < self.failures.len()) {
            Some(number) => self.failures.swap_remove(number),
            None => error.into(),
        }
    }
}

/// The document, and its length.
fn document<'d>(source: Option<(&'d dyn Source, u64)>, disk: &'d Disk, handle: Option<Handle>) -> Result<(Document<'d>, u64)> {
    match (handle, source) {
        (Some(handle), _) => {
            let file = disk.file(handle)?;
            Ok((Document { source: file, file: Some(file) }, file.length()?))
        }
        (None, Some((source, length))) => Ok((Document { source, file: None }, length)),
        (None, None) => Err(Code::Internal.into()),
    }
}
