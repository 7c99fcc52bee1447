//! The loop over the steps, and the host that answers them.

use std::any::Any;
use std::fs::File;
use std::future::Future;
use std::mem::take;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use rustpdf_core::{
    Answer, Code, DigestAnswer, DigestPhase, DigestRequest, DocumentInfo, DocumentLocation, ExtendedDocument, FailureKind, Handle,
    HttpBody, HttpRequest, Machine, OpenedLedger, Recovered, Session, SignedDocument, SigningRequest, Step, StoreProgress, StoreRequest,
    StoreResult, Warning,
};

use crate::control::{Cancellation, Control, Phase};
use crate::digest::Digests;
use crate::disk::{Disk, failure_kind};
use crate::error::{Error, Result, Unfinished, UnfinishedSession};
use crate::exchange::{Exchange, in_thread};
use crate::online::{Http, HttpError, Online, OutgoingRequest};
use crate::pass::{Document, pass};
use crate::signatory::Signers;
use crate::source::Source;

/// Result of a machine, and its warnings.
pub(crate) trait Warned {
    /// Warnings of its reports: those that the caller knows already, and those that came after the key was asked.
    fn warnings(&self) -> Vec<Warning> {
        Vec::new()
    }
}

impl Warned for SignedDocument {
    fn warnings(&self) -> Vec<Warning> {
        self.signed.iter().flat_map(|signed| signed.report.warnings.clone()).collect()
    }
}

impl Warned for ExtendedDocument {
    fn warnings(&self) -> Vec<Warning> {
        self.report.warnings.clone()
    }
}

impl Warned for Session {}
impl Warned for DocumentInfo {}
impl Warned for Recovered {}
impl Warned for OpenedLedger {}
impl Warned for () {}

/// Runs a machine to its end: after a failure, too, for it then removes its temporary files.
pub(crate) fn run<T: Warned>(machine: &mut Machine<T>, host: &mut Host) -> Result<T> {
    let mut answer = Answer::Start;
    loop {
        answer = match host.advance(machine, answer) {
            Pause::Signature { signer, request } => {
                let signature = host.catch(|host| host.signers.sign(signer, &request));
                host.signed(signer, signature)
            }
            Pause::Requests(requests) => host.request(requests),
            Pause::End(outcome) => return outcome,
        };
    }
}

/// Runs a machine over any [`Source`].
pub(crate) fn run_over<T: Warned, S: Source + ?Sized>(
    document: &S,
    signers: Signers,
    machine: impl FnOnce(DocumentLocation) -> Machine<T>,
    control: &mut Control,
) -> Result<T> {
    run_knowing(document, signers, machine, control, &[])
}

/// Runs a machine over any [`Source`], where the caller knows some warnings already.
pub(crate) fn run_knowing<T: Warned, S: Source + ?Sized>(
    document: &S,
    signers: Signers,
    machine: impl FnOnce(DocumentLocation) -> Machine<T>,
    control: &mut Control,
    known: &[Warning],
) -> Result<T> {
    let length = document.length()?;
    let mut host = Host { source: Some((&document, length)), ..Host::new(signers, control) }.knowing(known);
    let mut machine = machine(DocumentLocation::Memory { length });
    run(&mut machine, &mut host).map_err(|cause| unfinished(&mut machine, cause))
}

/// Runs a machine of one signer over any [`Source`], and awaits the signature and, if `send` is given, its responses. No host outlives a
/// pause: the future is `Send` if those of `sign` and `send` are, whatever a host contains.
pub(crate) async fn run_awaiting<T, S, R, W>(
    document: &S,
    machine: impl FnOnce(DocumentLocation) -> Machine<T>,
    sign: impl Fn(SigningRequest) -> R,
    send: Option<impl Fn(OutgoingRequest) -> W>,
    control: &mut Control<'_>,
) -> Result<T>
where
    T: Warned,
    S: Source + ?Sized,
    R: Future<Output = Result<Vec<u8>>>,
    W: Future<Output = std::result::Result<HttpBody, HttpError>>,
{
    let length = document.length()?;
    let mut machine = machine(DocumentLocation::Memory { length });
    let (mut given, mut state) = (None, State::default());
    loop {
        let pause = {
            let mut host = Host { source: Some((&document, length)), state: take(&mut state), ..Host::new(Signers::default(), control) };
            let answer = match given.take() {
                Some(Given::Signature(signer, signature)) => host.signed(signer, signature),
                Some(Given::Responses(exchange)) => {
                    let told = exchange.and_then(|exchange| {
                        host.catch(|host| {
                            let (done, total) = exchange.progress();
                            host.control.tell(Phase::Http, done, total);
                            Ok(exchange)
                        })
                    });
                    host.answered(told)
                }
                None => Answer::Start,
            };
            let pause = host.advance(&mut machine, answer);
            state = take(&mut host.state);
            pause
        };
        match pause {
            Pause::Signature { signer, request } => given = Some(Given::Signature(signer, sign(request).await)),
            Pause::Requests(requests) => {
                let exchange = Exchange::new(&control.online, &control.online.services, requests, state.requested);
                let (online, cancellation) = (control.online.clone(), control.cancellation.clone());
                given = Some(Given::Responses(match exchange {
                    Ok(exchange) => awaited(exchange, send.as_ref(), online, cancellation).await,
                    Err(error) => Err(error),
                }));
            }
            Pause::End(outcome) => return outcome.map_err(|cause| unfinished(&mut machine, cause)),
        }
    }
}

/// Answer of a future.
enum Given {
    Signature(usize, Result<Vec<u8>>),
    Responses(Result<Exchange>),
}

/// Awaits the responses: those of `send`, or those of a client that blocks, in a thread.
async fn awaited<W>(
    mut exchange: Exchange,
    send: Option<&impl Fn(OutgoingRequest) -> W>,
    online: Online,
    cancellation: Cancellation,
) -> Result<Exchange>
where
    W: Future<Output = std::result::Result<HttpBody, HttpError>>,
{
    if let Some(send) = send {
        exchange.run_async(send, &cancellation).await?;
        return Ok(exchange);
    }
    let http = client(&online);
    let run = move || {
        let check = |_: &Exchange| if cancellation.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) };
        exchange.run(&http, check).map(|()| exchange)
    };
    in_thread(run)?.await
}

/// The client of the caller, or that of this crate.
fn client(online: &Online) -> Arc<dyn Http> {
    match &online.http {
        Some(http) => http.clone(),
        #[cfg(feature = "http")]
        None => Arc::new(crate::client::HttpClient::new(online)),
        #[cfg(not(feature = "http"))]
        None => Arc::new(|_: &OutgoingRequest| -> std::result::Result<HttpBody, HttpError> {
            Err(rustpdf_core::HttpFailure::Unsupported.into())
        }),
    }
}

/// The error with its session, where the machine has signatures.
fn unfinished<T>(machine: &mut Machine<T>, cause: Error) -> Error {
    match machine.unfinished() {
        Some(session) => Error::Unfinished(Box::new(Unfinished { cause, session: UnfinishedSession::Memory(session) })),
        None => cause,
    }
}

/// A machine pauses for a signature, for responses of servers, and at its end.
enum Pause<T> {
    Signature { signer: usize, request: SigningRequest },
    Requests(Vec<HttpRequest>),
    End(Result<T>),
}

/// Answers the steps, under the eyes of the caller.
pub(crate) struct Host<'a, 'c, 's> {
    /// Document that is no file, and its length at the start.
    source: Option<(&'a dyn Source, u64)>,
    disk: Disk<'a>,
    signers: Signers<'s>,
    control: &'a mut Control<'c>,
    state: State,
}

/// What a host knows of the run so far.
#[derive(Default)]
struct State {
    digests: Digests,
    /// Bytes of the document that the machine has read.
    read: u64,
    /// Failures in the order in which they were answered.
    failures: Vec<Error>,
    /// Warnings that the caller has.
    warned: Vec<Warning>,
    /// Place of the signer that was asked last.
    signer: usize,
    /// Time that requests to servers took.
    requested: Duration,
    /// Panic of a callback, for the end of the run.
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a, 'c, 's> Host<'a, 'c, 's> {
    pub(crate) fn new(signers: Signers<'s>, control: &'a mut Control<'c>) -> Self {
        Host { source: None, disk: Disk::default(), signers, control, state: State::default() }
    }

    /// The host of a call before which the caller had some warnings.
    pub(crate) fn knowing(mut self, warnings: &[Warning]) -> Self {
        self.state.warned.extend_from_slice(warnings);
        self
    }

    /// Gives an open file of the caller a handle.
    pub(crate) fn lend(&mut self, file: &'a File) -> Handle {
        self.disk.lend(file)
    }

    /// Answers steps up to the next pause. At the end a panic of a callback goes on.
    fn advance<T: Warned>(&mut self, machine: &mut Machine<T>, mut answer: Answer) -> Pause<T> {
        let outcome = loop {
            answer = match machine.next(answer) {
                Ok(Step::Done(outcome)) => {
                    self.warn_late(outcome.warnings());
                    break Ok(outcome);
                }
                Ok(Step::Sign { signer, request, warnings }) => match self.before_signature(signer, &warnings) {
                    Ok(()) => {
                        self.state.signer = signer;
                        return Pause::Signature { signer, request };
                    }
                    Err(error) => Answer::Failed(self.fail(error)),
                },
                Ok(Step::Http { requests }) => match self.is_cancelled() {
                    true => Answer::Failed(self.fail(Error::Cancelled)),
                    false => {
                        let told = self.catch(|host| {
                            host.control.tell(Phase::Http, 0, requests.len() as u64);
                            Ok(())
                        });
                        match told {
                            Ok(()) => return Pause::Requests(requests),
                            Err(error) => Answer::Failed(self.fail(error)),
                        }
                    }
                },
                Ok(step) => self.answer(step),
                Err(error) => break Err(self.cause(error)),
            };
        };
        match self.state.panic.take() {
            Some(panic) => resume_unwind(panic),
            None => Pause::End(outcome),
        }
    }

    /// Hands over the warnings that came after the key was asked. The document is complete: an error of the caller changes nothing.
    fn warn_late(&mut self, warnings: Vec<Warning>) {
        let late: Vec<_> = warnings.into_iter().filter(|warning| !self.state.warned.contains(warning)).collect();
        let _ = self.catch(|host| host.control.warn(&late));
    }

    /// Hands over the warnings, and reports that a signer is called.
    ///
    /// Errors: the caller's own; that the call is cancelled.
    fn before_signature(&mut self, signer: usize, warnings: &[Warning]) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::Cancelled);
        }
        self.state.warned.extend_from_slice(warnings);
        self.catch(|host| {
            host.control.warn(warnings)?;
            host.control.report(Phase::Sign, signer as u64, host.signers.count())
        })
    }

    /// The answer of a signer.
    fn signed(&mut self, signer: usize, signature: Result<Vec<u8>>) -> Answer {
        let told = signature.and_then(|signature| {
            self.catch(|host| {
                host.control.tell(Phase::Sign, signer as u64 + 1, host.signers.count());
                Ok(signature)
            })
        });
        told.map_or_else(|error| Answer::Failed(self.fail(error)), Answer::Sign)
    }

    /// Sends requests, and waits for the responses.
    fn request(&mut self, requests: Vec<HttpRequest>) -> Answer {
        let answered = self.catch(|host| {
            let online = &host.control.online;
            let services = host.signers.services(host.state.signer).unwrap_or(&online.services);
            let mut exchange = Exchange::new(online, services, requests, host.state.requested)?;
            let http = client(&host.control.online);
            let control = &mut *host.control;
            let mut told = Some(0);
            exchange.run(&http, |exchange| {
                let (done, total) = exchange.progress();
                if told.replace(done) != Some(done) {
                    control.tell(Phase::Http, done, total);
                }
                if control.cancellation.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
            })?;
            Ok(exchange)
        });
        self.answered(answered)
    }

    /// The answer of servers.
    fn answered(&mut self, exchange: Result<Exchange>) -> Answer {
        match exchange {
            Ok(exchange) => {
                self.state.requested += exchange.elapsed();
                Answer::Http(exchange.answer())
            }
            Err(error) => Answer::Failed(self.fail(error)),
        }
    }

    fn is_cancelled(&self) -> bool {
        self.state.panic.is_some() || self.control.cancellation.is_cancelled()
    }

    /// Failures are answers, too. A cancellation is one of each step that is not final: the core then cleans up by final steps.
    fn answer<T>(&mut self, step: Step<T>) -> Answer {
        let is_final = matches!(&step, Step::Store(request) if request.is_final);
        let answered = match self.is_cancelled() && !is_final {
            true => Err(Error::Cancelled),
            false => self.catch(|host| host.perform(step)),
        };
        answered.unwrap_or_else(|error| Answer::Failed(self.fail(error)))
    }

    /// Keeps the panic of a callback until the machine has cleaned up.
    fn catch<R>(&mut self, task: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        catch_unwind(AssertUnwindSafe(|| task(self))).unwrap_or_else(|panic| {
            self.state.panic = Some(panic);
            Err(Error::Cancelled)
        })
    }

    fn perform<T>(&mut self, step: Step<T>) -> Result<Answer> {
        match step {
            Step::Read { document, ranges } => self.read(document, ranges).map(Answer::Read),
            Step::Digest(request) => self.digest(&request).map(Answer::Digest),
            Step::Store(request) => Ok(Answer::Store(self.store(request))),
            #[cfg(feature = "appearance")]
            Step::Draw(request) => Ok(rustpdf_core::wire::drawn(*request, rustpdf_appearance::answer)?),
            #[cfg(not(feature = "appearance"))]
            Step::Draw(_) => Err(Code::AppearanceModule
                .because("the feature `appearance` of the crate is off")
                .with_remedy("turn it on, or give a page of a PDF alone (`Appearance::pdf`)")
                .into()),
            _ => Err(Code::Internal.into()),
        }
    }

    fn read(&mut self, handle: Option<Handle>, ranges: Vec<Range<u64>>) -> Result<Vec<(u64, Vec<u8>)>> {
        let (document, length) = document(self.source, &self.disk, handle)?;
        if self.state.read == 0 {
            self.control.tell(Phase::Read, 0, length);
        }
        let mut pieces = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            document.source.read_at(range.start, &mut bytes)?;
            let before = self.state.read;
            self.state.read += bytes.len() as u64;
            self.control.advance(Phase::Read, before, self.state.read, length)?;
            pieces.push((range.start, bytes));
        }
        Ok(pieces)
    }

    /// Passes over the document, unless the states of an earlier pass serve.
    fn digest(&mut self, request: &DigestRequest) -> Result<DigestAnswer> {
        if request.copy.is_none()
            && request.find.is_empty()
            && let Some(answer) = self.state.digests.answer(&request.parts, Default::default())
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
        self.state.digests = digests;
        self.state.digests.answer(&request.parts, copied).ok_or(Code::Internal.into())
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
        self.state.failures.push(error);
        kind
    }

    /// The host's own error where that ended the machine.
    fn cause(&mut self, error: rustpdf_core::Error) -> Error {
        match error.failure().map(|number| number as usize).filter(|number| *number < self.state.failures.len()) {
            Some(number) => self.state.failures.swap_remove(number),
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
