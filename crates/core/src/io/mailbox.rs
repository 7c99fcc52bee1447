//! How the story, an `async fn`, asks and is answered: a mailbox between it and its one poll.

use std::future::{Future, poll_fn};
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::blocks::Blocks;
use super::step::{Answer, Question, Step};
use crate::cms::{DigestAlgorithm, SigningRequest};
use crate::error::{Code, Error, Result};
use crate::limits;

/// The story's handle to the host: what it may ask.
///
/// What it shows is the host's document and, behind it, the updates that were made in this run: who signs next signs all of it.
#[derive(Clone)]
pub(crate) struct Io {
    mailbox: Arc<Mutex<Mailbox>>,
    /// The length of the host's document.
    document: u64,
    appended: Arc<Vec<u8>>,
}

struct Mailbox {
    question: Option<Question>,
    answer: Option<Answer>,
    blocks: Blocks,
    reads: u32,
    bytes_read: u64,
}

impl Io {
    /// A host for a document of `length` bytes that is read in aligned blocks of `block` bytes.
    pub(crate) fn new(length: u64, block: u64) -> Self {
        let mailbox = Mailbox { question: None, answer: None, blocks: Blocks::new(length, block), reads: 0, bytes_read: 0 };
        Io { mailbox: Arc::new(Mutex::new(mailbox)), document: length, appended: Arc::default() }
    }

    /// The same document with `update` behind it.
    pub(crate) fn with_appended(&self, update: &[u8]) -> Io {
        Io { appended: Arc::new([self.appended.as_slice(), update].concat()), ..self.clone() }
    }

    /// The length of the document in bytes, with what was appended.
    pub(crate) fn length(&self) -> u64 {
        self.document + self.appended.len() as u64
    }

    /// Refuses a document whose length no language can carry: offsets are sums, and must not overflow.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(crate) fn check_length(&self) -> Result<()> {
        match self.document <= limits::DOCUMENT {
            true => Ok(()),
            false => Err(limits::exceeded("bytes", limits::DOCUMENT)),
        }
    }

    /// How often the document was asked for, and how many bytes came.
    pub(crate) fn reading(&self) -> (u32, u64) {
        let mailbox = self.lock();
        (mailbox.reads, mailbox.bytes_read)
    }

    /// The bytes of `range`, cut at the end of the document.
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
        if range.end.saturating_sub(range.start) > limits::CACHE / 2 {
            return self.read_past_cache(range).await;
        }
        self.fetch(std::slice::from_ref(&range)).await?;
        let held = self.lock().blocks.copy(&range);
        match held {
            Some(bytes) => Ok(bytes),
            // An answer much larger than the question has pushed the block out again.
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
        self.lock().blocks.insert(&pieces);
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
        match self.ask(Question::Read(ranges)).await {
            Answer::Read(pieces) => {
                let mut mailbox = self.lock();
                mailbox.reads += 1;
                mailbox.bytes_read += pieces.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>();
                Ok(pieces)
            }
            _ => Err(Code::Internal.into()),
        }
    }

    /// H(document ‖ suffix). `later` are the algorithms that will be asked for behind this one.
    pub(crate) async fn digest(&self, algorithm: DigestAlgorithm, suffix: &[u8], later: &[DigestAlgorithm]) -> Result<Vec<u8>> {
        let suffix = [self.appended.as_slice(), suffix].concat();
        match self.ask(Question::Digest { algorithm, suffix, later: later.to_vec() }).await {
            Answer::Digest(digest) => Ok(digest),
            _ => Err(Code::Internal.into()),
        }
    }

    /// The raw signature that `request` asks of `signer`, unchecked.
    pub(crate) async fn sign(&self, signer: usize, request: SigningRequest) -> Result<Vec<u8>> {
        match self.ask(Question::Sign { signer, request }).await {
            Answer::Sign(signature) => Ok(signature),
            _ => Err(Code::Internal.into()),
        }
    }

    /// Puts the question, and is woken by the next poll, which brings the answer: `Driver` polls for nothing else.
    async fn ask(&self, question: Question) -> Answer {
        let mut question = Some(question);
        poll_fn(move |_| {
            let mut mailbox = self.lock();
            if let Some(question) = question.take() {
                mailbox.question = Some(question);
                return Poll::Pending;
            }
            mailbox.answer.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a story: hands its questions out and its answers in.
pub(crate) struct Driver<T> {
    work: Pin<Box<dyn Future<Output = Result<T>> + Send>>,
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
    pub(crate) fn new(io: Io, work: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Driver { work: Box::pin(work), io, state: State::Fresh }
    }

    pub(crate) fn set_block(&self, block: u64) {
        let mut mailbox = self.io.lock();
        mailbox.blocks = Blocks::new(self.io.document, block);
    }

    /// The error that ended it, where one did.
    pub(crate) fn failure(&self) -> Option<&Error> {
        if let State::Failed(error) = &self.state { Some(error) } else { None }
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
        let polled = self.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(Ok(outcome)) => {
                self.state = State::Done;
                Ok(Step::Done(outcome))
            }
            Poll::Ready(Err(error)) => Err(self.fail(error)),
            Poll::Pending => {
                let Some(question) = self.io.lock().question.take() else { return Err(self.fail(Code::Internal.into())) };
                self.state = State::Asked(question.clone());
                Ok(match question {
                    Question::Read(ranges) => Step::Read { ranges },
                    Question::Digest { algorithm, suffix, later } => Step::Digest { algorithm, suffix, later },
                    Question::Sign { signer, request } => Step::Sign { signer, request },
                })
            }
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed(error.clone());
        error
    }
}
