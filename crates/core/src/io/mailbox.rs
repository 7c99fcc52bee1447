//! How an operation, an `async fn`, asks its host: a mailbox between it and the poll that drives it.

use std::future::{Future, poll_fn};
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::vec;

use super::blocks::Blocks;
use super::draw::{DrawError, DrawRequest};
use super::step::{
    Answer, DigestAnswer, DigestPart, DigestPhase, DigestProgress, DigestRequest, FailureKind, Find, Handle, HttpAnswer, HttpRequest,
    Question, Step, StoreRequest, VerifyRequest,
};
use super::store::{Operation, Process, Stat, StorePath, StoreResult};
use crate::crypto::SigningRequest;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::report::Warning;

/// An operation's handle to its host.
///
/// It shows the host's document and, after it, the updates that were made in this run: the next signer signs all of it.
#[derive(Clone)]
pub(crate) struct Io {
    mailbox: Arc<Mutex<Mailbox>>,
    /// The document's file; none where the host holds the document itself.
    file: Option<Handle>,
    /// Length of the host's document.
    document: u64,
    appended: Arc<Vec<u8>>,
    work: Arc<Work>,
}

/// Units of work of reading the document.
#[derive(Default)]
struct Work {
    /// What it may still cost.
    left: AtomicU64,
    /// What it may cost from its beginning on.
    allowed: AtomicU64,
}

struct Mailbox {
    question: Option<Question>,
    answer: Option<Answer>,
    /// Size of the blocks in which the document is read.
    block: u64,
    blocks: Blocks,
    reads: u32,
    bytes_read: u64,
    failures: u32,
    handles: Handle,
    /// Whether the host can verify signatures.
    verifies: bool,
}

/// The first handle that the core gives: smaller ones are the caller's open files.
const FIRST_HANDLE: Handle = 16;

/// A failure that the host answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) kind: FailureKind,
    /// Number among the failures of this run, from 0.
    number: u32,
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Error {
        Code::AnswerFailed
            .because(format!("the host answered that the step failed ({})", format!("{:?}", failed.kind).to_ascii_lowercase()))
            .failed(failed.number)
    }
}

/// Results of operations on files, taken in the order of the operations.
#[derive(Debug)]
pub(crate) struct Results(vec::IntoIter<StoreResult>);

impl Results {
    /// How many are left.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Passes over a result that says nothing.
    pub(crate) fn skip(&mut self) -> &mut Self {
        self.0.next();
        self
    }

    pub(crate) fn stat(&mut self) -> Result<Stat> {
        if let Some(StoreResult::Stat(stat)) = self.0.next() { Ok(stat) } else { Err(Code::Internal.into()) }
    }

    pub(crate) fn path(&mut self) -> Result<StorePath> {
        if let Some(StoreResult::Path(path)) = self.0.next() { Ok(path) } else { Err(Code::Internal.into()) }
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>> {
        if let Some(StoreResult::Bytes(bytes)) = self.0.next() { Ok(bytes) } else { Err(Code::Internal.into()) }
    }

    pub(crate) fn removed(&mut self) -> Result<bool> {
        if let Some(StoreResult::Removed(removed)) = self.0.next() { Ok(removed) } else { Err(Code::Internal.into()) }
    }

    pub(crate) fn names(&mut self) -> Result<Vec<Vec<u8>>> {
        if let Some(StoreResult::Names(names)) = self.0.next() { Ok(names) } else { Err(Code::Internal.into()) }
    }

    pub(crate) fn process(&mut self) -> Result<Process> {
        if let Some(StoreResult::Process(process)) = self.0.next() { Ok(process) } else { Err(Code::Internal.into()) }
    }
}

impl Io {
    /// No document yet: see [`Io::with_document`].
    pub(crate) fn new() -> Self {
        let mailbox = Mailbox {
            question: None,
            answer: None,
            block: limits::BLOCK,
            blocks: Blocks::new(0, limits::BLOCK),
            reads: 0,
            bytes_read: 0,
            failures: 0,
            handles: FIRST_HANDLE,
            verifies: false,
        };
        Io { mailbox: Arc::new(Mutex::new(mailbox)), file: None, document: 0, appended: Arc::default(), work: Arc::default() }
    }

    /// A document of `length` bytes, in `file` or held by the host, read in aligned blocks.
    ///
    /// Errors: `ERR_LIMIT` for a length that not every language can carry: offsets are sums, and must not overflow.
    pub(crate) fn with_document(&self, file: Option<Handle>, length: u64) -> Result<Io> {
        if length > limits::DOCUMENT {
            return Err(limits::exceeded("bytes", limits::DOCUMENT).with_remedy("sign a smaller document"));
        }
        let mut mailbox = self.lock();
        mailbox.blocks = Blocks::new(length, mailbox.block);
        drop(mailbox);
        let io = Io { file, document: length, ..self.clone() };
        io.renew_work();
        Ok(io)
    }

    /// Begins a reading of the document with all the work that it may cost.
    pub(crate) fn renew_work(&self) {
        let most = limits::work(self.length());
        self.work.left.store(most, Ordering::Relaxed);
        self.work.allowed.store(most, Ordering::Relaxed);
    }

    /// Units of work that are left.
    pub(crate) fn work_left(&self) -> u64 {
        self.work.left.load(Ordering::Relaxed)
    }

    /// Charges `units` of work. If fewer are left, none are left afterwards: a caller that passes over the error does not go on.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(crate) fn charge(&self, units: u64) -> Result<()> {
        let left = self.work_left().checked_sub(units);
        self.work.left.store(left.unwrap_or(0), Ordering::Relaxed); // a machine has one thread
        left.map(|_| ()).ok_or_else(|| limits::exceeded("units of work", limits::work(self.length())))
    }

    /// The same document with `update` after it.
    pub(crate) fn with_appended(&self, update: &[u8]) -> Io {
        Io { appended: Arc::new([self.appended.as_slice(), update].concat()), ..self.clone() }
    }

    /// Updates made in this run.
    pub(crate) fn appended(&self) -> &[u8] {
        &self.appended
    }

    /// Length of the document in bytes, with the updates of this run.
    pub(crate) fn length(&self) -> u64 {
        self.document + self.appended.len() as u64
    }

    /// Length of the document in bytes, without the updates of this run.
    pub(crate) fn document_length(&self) -> u64 {
        self.document
    }

    /// A handle that no file has yet.
    pub(crate) fn new_handle(&self) -> Handle {
        let mut mailbox = self.lock();
        mailbox.handles += 1;
        mailbox.handles - 1
    }

    /// Number of `read` steps, and of the bytes that they returned.
    pub(crate) fn reading(&self) -> (u32, u64) {
        let mailbox = self.lock();
        (mailbox.reads, mailbox.bytes_read)
    }

    /// Bytes of `range`, cut at the end of the document.
    pub(crate) async fn read(&self, range: Range<u64>) -> Result<Vec<u8>> {
        let mut bytes = self.read_document(self.within_document(&range)).await?;
        let appended = |offset: u64| usize::try_from(offset.saturating_sub(self.document)).unwrap_or(usize::MAX).min(self.appended.len());
        bytes.extend_from_slice(self.appended.get(appended(range.start)..appended(range.end)).unwrap_or_default());
        Ok(bytes)
    }

    fn within_document(&self, range: &Range<u64>) -> Range<u64> {
        range.start.min(self.document)..range.end.min(self.document)
    }

    async fn read_document(&self, range: Range<u64>) -> Result<Vec<u8>> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        self.charge(limits::WORK_COPY.0 + (range.end - range.start) / limits::WORK_COPY.1)?;
        if range.end.saturating_sub(range.start) > limits::CACHE / 2 {
            return self.read_past_cache(range).await;
        }
        self.fetch(std::slice::from_ref(&range)).await?;
        let held = self.lock().blocks.copy(&range);
        match held {
            Some(bytes) => Ok(bytes),
            // An answer much larger than the question evicted the block.
            None => self.read_past_cache(range).await,
        }
    }

    /// Brings the blocks of all `ranges` into the cache by one question, as far as the cache holds them.
    pub(crate) async fn fetch(&self, ranges: &[Range<u64>]) -> Result<()> {
        let ranges: Vec<_> = ranges.iter().map(|range| self.within_document(range)).filter(|range| !range.is_empty()).collect();
        let missing = self.lock().blocks.missing(&ranges);
        if missing.is_empty() {
            return Ok(());
        }
        let pieces = self.ask_read(missing).await?;
        self.lock().blocks.insert(pieces);
        Ok(())
    }

    async fn read_past_cache(&self, range: Range<u64>) -> Result<Vec<u8>> {
        let pieces = self.ask_read(vec![range.clone()]).await?;
        for (offset, mut bytes) in pieces {
            let skip = range.start.checked_sub(offset).and_then(|skip| usize::try_from(skip).ok());
            let length = usize::try_from(range.end - range.start).map_err(|_| Error::from(Code::Internal))?;
            if let Some(skip) = skip
                && bytes.len() >= skip.saturating_add(length)
            {
                bytes.truncate(skip + length);
                bytes.drain(..skip);
                return Ok(bytes);
            }
        }
        Err(Code::Internal.into())
    }

    async fn ask_read(&self, ranges: Vec<Range<u64>>) -> Result<Vec<(u64, Vec<u8>)>> {
        let bytes: u64 = ranges.iter().map(|range| range.end.saturating_sub(range.start)).sum();
        self.charge(limits::WORK_READ * (1 + ranges.len() as u64) + bytes / 8)?;
        match self.ask(Question::Read { document: self.file, ranges }).await? {
            Answer::Read(pieces) => {
                let mut mailbox = self.lock();
                mailbox.reads += 1;
                mailbox.bytes_read += pieces.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>();
                Ok(pieces)
            }
            _ => Err(Code::Internal.into()),
        }
    }

    /// H(document ‖ suffix), where `keep` are the algorithms that a later digest of this run uses. The document is copied to `copy`, and `further`
    /// parts of it are digested: the digests of the answer are theirs.
    pub(crate) async fn digest(
        &self,
        algorithm: DigestAlgorithm,
        suffix: &[u8],
        keep: &[DigestAlgorithm],
        copy: Option<Handle>,
        find: Find,
        further: Vec<DigestPart>,
    ) -> Result<(Vec<u8>, DigestAnswer)> {
        let suffix = [self.appended.as_slice(), suffix].concat();
        let ranges = std::iter::once(0..self.document).collect();
        let whole = DigestPart { algorithm, ranges, suffix };
        let request = DigestRequest {
            document: self.file,
            parts: [vec![whole], further].concat(),
            keep: keep.to_vec(),
            copy,
            find: find.patterns,
            find_in: find.ranges,
            progress: DigestProgress { phase: DigestPhase::Digest, total: self.document },
        };
        let mut answer = self.ask_digest(request).await?;
        match answer.digests.is_empty() {
            true => Err(Code::Internal.into()),
            false => Ok((answer.digests.remove(0), answer)),
        }
    }

    /// Copies the document to `copy`, which gets `total` bytes in the end.
    pub(crate) async fn copy(&self, copy: Handle, total: u64) -> Result<DigestAnswer> {
        let progress = DigestProgress { phase: DigestPhase::Write, total };
        self.ask_digest(DigestRequest { document: self.file, copy: Some(copy), progress, ..DigestRequest::default() }).await
    }

    async fn ask_digest(&self, request: DigestRequest) -> Result<DigestAnswer> {
        match self.ask(Question::Digest(request)).await? {
            Answer::Digest(answer) => Ok(answer),
            _ => Err(Code::Internal.into()),
        }
    }

    /// The raw signature of `signer` for `request`, unchecked. The caller is told of `warnings` before the key is asked.
    pub(crate) async fn sign(&self, signer: usize, request: SigningRequest, warnings: Vec<Warning>) -> Result<Vec<u8>> {
        match self.ask(Question::Sign { signer, request, warnings }).await? {
            Answer::Sign(signature) => Ok(signature),
            _ => Err(Code::Internal.into()),
        }
    }

    /// A PDF whose first page is the drawing.
    ///
    /// Errors: those that the module that draws found, by its codes; `ERR_APPEARANCE_MODULE` for an unknown one.
    pub(crate) async fn draw(&self, request: DrawRequest) -> Result<Vec<u8>> {
        match self.ask(Question::Draw(Box::new(request))).await? {
            Answer::Draw(Ok(pdf)) => Ok(pdf),
            Answer::Draw(Err(DrawError { code, found, remedy })) => {
                let known = Code::ALL.iter().copied().find(|known| known.as_str() == code);
                let error = known.unwrap_or(Code::AppearanceModule).because(found);
                Err(match remedy {
                    Some(remedy) => error.with_remedy(remedy),
                    None => error,
                })
            }
            _ => Err(Code::Internal.into()),
        }
    }

    /// Has the host send requests. A failure of one is a part of the answer.
    pub(crate) async fn http(&self, requests: Vec<HttpRequest>) -> Result<HttpAnswer> {
        match self.ask(Question::Http(requests)).await? {
            Answer::Http(answer) => Ok(answer),
            _ => Err(Code::Internal.into()),
        }
    }

    /// Whether the host says that it can verify signatures.
    pub(crate) fn host_verifies(&self) -> bool {
        self.lock().verifies
    }

    /// Whether the host knows that a signature verifies. A failure is no knowledge: the signature must not be lost by it.
    pub(crate) async fn verify(&self, request: VerifyRequest) -> bool {
        matches!(self.ask(Question::Verify(request)).await, Ok(Answer::Verify(Some(true))))
    }

    /// Performs operations on files. A step can be cancelled before it is performed.
    pub(crate) async fn store(&self, operations: Vec<Operation>) -> std::result::Result<Results, Failed> {
        self.perform(StoreRequest { operations, is_final: false, progress: None }).await
    }

    /// Performs operations that must not be cancelled: an output or a journal gets its name, or what failed is cleaned up.
    pub(crate) async fn store_final(&self, operations: Vec<Operation>) -> std::result::Result<Results, Failed> {
        self.perform(StoreRequest { operations, is_final: true, progress: None }).await
    }

    /// Performs the operations of a request.
    pub(crate) async fn perform(&self, request: StoreRequest) -> std::result::Result<Results, Failed> {
        let results = match self.ask(Question::Store(request)).await {
            Ok(Answer::Store(results)) => results,
            Ok(_) => Vec::new(), // `Question::accept` let no other kind through
            Err(failed) => return Err(failed),
        };
        match results.last() {
            Some(StoreResult::Failed(kind)) => Err(self.fail(*kind)),
            _ => Ok(Results(results.into_iter())),
        }
    }

    /// The document's file, if the document is one.
    #[cfg(feature = "test-panic")]
    pub(crate) fn file(&self) -> Option<Handle> {
        self.file
    }

    /// Puts a question of a test, as it is.
    #[cfg(feature = "test-panic")]
    pub(crate) async fn probe(&self, question: Question) -> Result<Answer> {
        Ok(self.ask(question).await?)
    }

    fn fail(&self, kind: FailureKind) -> Failed {
        let mut mailbox = self.lock();
        mailbox.failures += 1;
        Failed { kind, number: mailbox.failures - 1 }
    }

    /// Puts the question, and is woken by the next poll, which brings the answer: `Driver` polls for nothing else.
    async fn ask(&self, question: Question) -> std::result::Result<Answer, Failed> {
        let mut question = Some(question);
        let answer = poll_fn(move |_| {
            let mut mailbox = self.lock();
            if let Some(question) = question.take() {
                mailbox.question = Some(question);
                return Poll::Pending;
            }
            mailbox.answer.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        if let Answer::Failed(kind) = answer { Err(self.fail(kind)) } else { Ok(answer) }
    }

    fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs an operation: hands its questions out and its answers in.
pub(crate) struct Driver<T> {
    operation: Pin<Box<dyn Future<Output = Result<T>> + Send>>,
    io: Io,
    state: State,
}

enum State {
    Fresh,
    Asked(Question),
    Failed(Error),
    Done,
}

impl<T> Driver<T> {
    pub(crate) fn new(io: Io, operation: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Driver { operation: Box::pin(operation), io, state: State::Fresh }
    }

    pub(crate) fn set_host_verifies(&self) {
        self.io.lock().verifies = true;
    }

    pub(crate) fn set_block(&self, block: u64) {
        self.io.lock().block = block;
    }

    /// The error that ended it, if one did.
    pub(crate) fn error(&self) -> Option<&Error> {
        if let State::Failed(error) = &self.state { Some(error) } else { None }
    }

    /// See `Machine::work`.
    pub(crate) fn work(&self) -> (u64, u64) {
        let Work { left, allowed, .. } = &*self.io.work;
        let allowed = allowed.load(Ordering::Relaxed);
        (allowed - left.load(Ordering::Relaxed), allowed)
    }

    /// See `Machine::next`.
    pub(crate) fn next(&mut self, answer: Answer) -> Result<Step<T>> {
        match (&self.state, &answer) {
            (State::Failed(error), _) => return Err(error.clone()),
            (State::Done, _) => return Err(Code::MachineDone.into()),
            (State::Fresh, Answer::Start) => {}
            (State::Fresh, _) => return Err(Code::AnswerKind.into()),
            (State::Asked(question), answer) => question.accept(answer)?,
        }
        self.io.lock().answer = Some(answer);
        let polled = self.operation.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(Ok(outcome)) => {
                self.state = State::Done;
                Ok(Step::Done(outcome))
            }
            Poll::Ready(Err(error)) => Err(self.fail(error)),
            Poll::Pending => {
                let Some(question) = self.io.lock().question.take() else { return Err(self.fail(Code::Internal.into())) };
                self.state = State::Asked(question.clone());
                Ok(question.into_step())
            }
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed(error.clone());
        error
    }
}
