//! The machine of steps: the public face of the operations.

use std::future::Future;

use crate::commit::{self, Context, Document, DocumentLocation, Ledger, LedgerEntry, OpenedLedger, OutputLocation, Recovered, Recovery};
use crate::error::{Code, Error, Result};
use crate::io::{Answer, Driver, Io, Step, StorePath};
use crate::operation::{
    self, Ambient, Credentials, DocumentInfo, ExtendedDocument, ExtensionTask, PreparedUpdate, Session, SessionAnswer, Signatory,
    SignatureRequest, SignedDocument, Unfinished,
};
use crate::options::{ExtensionOptions, Password, SigningOptions};

/// Asks its host, step by step, for what it needs, and ends in a `T`.
///
/// Call [`Machine::next`] with [`Answer::Start`], do what the step says, and call it again with the answer, until
/// [`Step::Done`]. One question is open at a time. An answer of another kind or length is misuse (`ERR_ANSWER_KIND`,
/// `ERR_ANSWER_LENGTH`) and changes nothing: the same question may be answered again. Any other error ends the machine, which
/// then repeats it. After `Done` the machine is used up (`ERR_MACHINE_DONE`).
///
/// A machine that is dropped before its end may leave a temporary file: answer the open step by [`Answer::Failed`] instead, and go on to the end.
pub struct Machine<T> {
    driver: Driver<T>,
    unfinished: Unfinished,
}

impl<T> Machine<T> {
    fn new<F: Future<Output = Result<T>> + Send + 'static>(operation: impl FnOnce(Io, Unfinished) -> F) -> Self {
        let (io, unfinished) = (Io::new(), Unfinished::default());
        let operation = operation(io.clone(), unfinished.clone());
        Machine { driver: Driver::new(io, operation), unfinished }
    }

    /// The error that ended the machine, if one did.
    pub(crate) fn error(&self) -> Option<&Error> {
        self.driver.error()
    }

    /// Takes the answer to the open question and returns the next step.
    pub fn next(&mut self, answer: Answer) -> Result<Step<T>> {
        self.driver.next(answer)
    }

    /// Units of work that the last reading of the document has cost, and how many it may cost. A unit is some ten nanoseconds of native code.
    pub fn work(&self) -> (u64, u64) {
        self.driver.work()
    }

    /// After an error that came after a signature: the session from which to go on, without the key. It is returned once.
    pub fn unfinished(&mut self) -> Option<Session> {
        self.error()?;
        self.unfinished.take()
    }
}

impl Machine<SignedDocument> {
    /// Signs a document by each of `signatories` in turn, into an output, and asks for their raw signatures on the way.
    ///
    /// The updates belong after the document in their order: the same as if each had signed what the one before left. The
    /// document is digested once by each algorithm, and before any key is asked, every certificate and option is checked.
    pub fn sign(
        document: DocumentLocation,
        ambient: Ambient,
        signatories: Vec<Signatory>,
        output: OutputLocation,
        ledger: Option<LedgerEntry>,
    ) -> Self {
        Machine::new(|io, unfinished| operation::sign(io, document, ambient, signatories, output, ledger, unfinished))
    }

    /// Completes a session into an output.
    ///
    /// Errors: those of [`Session::complete`], [`Session::complete_with_signature`] and [`Session::finished`]; `ERR_FILE_CHANGED` where the document's
    /// file is not as it was when the session was begun.
    ///
    /// Without an answer, a session goes on that waits for a timestamp, for revocation data or for its output. `password` opens an encrypted document,
    /// which only a level above B-T needs.
    pub fn complete(
        document: DocumentLocation,
        ambient: Ambient,
        session: Session,
        answer: SessionAnswer,
        password: Option<Password>,
        output: OutputLocation,
    ) -> Self {
        Machine::new(|io, unfinished| operation::finish(io, document, ambient, session, answer, password, output, unfinished))
    }
}

impl Machine<ExtendedDocument> {
    /// Raises signatures of a document to a level, or renews their evidence, into an output.
    ///
    /// `renew_before`, in seconds since 1970 UTC: nothing is done where the signatures have the level, and evidence that lasts until after this time.
    ///
    /// Errors: `ERR_SIGNATURE_BROKEN`, `ERR_SIGNATURE_MISSING`; those of the groups *service* and *certificate*.
    pub fn extend(
        document: DocumentLocation,
        ambient: Ambient,
        options: ExtensionOptions,
        output: OutputLocation,
        ledger: Option<LedgerEntry>,
        renew_before: Option<i64>,
    ) -> Self {
        let task = ExtensionTask { options, alone: false, renew_before };
        Machine::new(|io, _| operation::extend(io, document, ambient, task, output, ledger))
    }

    /// Gives a document a timestamp of its own (ISO 32000-2, 12.8.5), into an output. Errors: `ERR_TIMESTAMP_…`.
    pub fn timestamp(document: DocumentLocation, ambient: Ambient, options: ExtensionOptions, output: OutputLocation) -> Self {
        let task = ExtensionTask { options, alone: true, renew_before: None };
        Machine::new(|io, _| operation::extend(io, document, ambient, task, output, None))
    }
}

impl Machine<Session> {
    /// Prepares a signature of a document. Without credentials the session takes a container only.
    pub fn prepare(document: DocumentLocation, ambient: Ambient, credentials: Option<Credentials>, options: SigningOptions) -> Self {
        Machine::new(|io, _| async move {
            let request = SignatureRequest::make(&ambient, credentials.as_ref(), options)?;
            let document = open(&io, &ambient, &document).await?;
            let mut update = PreparedUpdate::write(&document.io, &ambient, request).await?;
            if update.integrity.is_some() {
                return Err(Code::EncryptionMac.into());
            }
            let find = update.shadows.begin(&mut Vec::new(), 0);
            let (hash, answer) = document.io.digest(update.digest_algorithm, &update.covered(), &[], None, find, Vec::new()).await?;
            update.check_shadows(&answer.found).await?;
            document.ensure_unchanged().await?;
            Ok(update.into_session(&ambient, hash)?.with_document(document.identity(), document.name()))
        })
    }

    /// Resumes a session with its document, which is digested again, so that it is the one that was prepared.
    ///
    /// With `skip_document_check` the document is not read: one that changed is not noticed, and gets an invalid signature. That is refused for a
    /// session from an unsealed file, whose digest anybody may have chosen.
    pub fn resume(document: DocumentLocation, ambient: Ambient, session: Session, skip_document_check: bool) -> Self {
        Machine::new(|io, _| async move {
            if skip_document_check && session.is_unsealed() {
                return Err(Code::Argument
                    .because("the check of the document cannot be skipped for an unsealed session")
                    .with_remedy("leave the option that skips it out, or seal the session with a key"));
            }
            let document = open(&io, &ambient, &document).await?;
            match skip_document_check {
                true => session.verify_length(&document.io)?,
                false => {
                    session.verify_document(&document.io).await?;
                    document.ensure_unchanged().await?;
                }
            }
            Ok(session.with_document(document.identity(), document.name()))
        })
    }
}

/// Opens a document whose output is not known yet.
async fn open(io: &Io, ambient: &Ambient, document: &DocumentLocation) -> Result<Document> {
    let context = operation::context(io, ambient, document, &OutputLocation::Update).await?;
    Document::open(io, &context, document, &OutputLocation::Update).await
}

impl Machine<DocumentInfo> {
    /// Reads the facts that a document states of itself and its signatures; `password` opens an encrypted one.
    pub fn inspect(document: DocumentLocation, password: Option<Password>) -> Self {
        Machine::new(|io, _| async move {
            password.as_ref().map_or(Ok(()), Password::check)?;
            let document = Document::open_to_read(&io, &document).await?;
            operation::inspect(&document.io, password.as_ref()).await
        })
    }
}

impl Machine<Recovered> {
    /// Ends an interrupted signing in place of the file at `path`: finishes it, or with `undo` takes it back. Removes leftovers of ended processes.
    ///
    /// `journal_owner` is the name or number of a user. Recovery accepts a journal of that user although the document has another owner.
    /// Errors: `ERR_JOURNAL_DAMAGED`, `ERR_JOURNAL_DOCUMENT`, `ERR_JOURNAL_OWNER`, `ERR_FILE_BUSY`.
    pub fn recover(path: StorePath, ambient: Ambient, undo: bool, journal_owner: Option<String>) -> Self {
        Machine::new(|io, _| async move {
            let context = Context::ask(&io, ambient.now, ambient.entropy).await?;
            commit::recover(&io, &context, &path, &Recovery { undo, owner: journal_owner.as_deref() }).await
        })
    }
}

impl Machine<OpenedLedger> {
    /// Opens the ledger of a run over many files, or makes one, and locks it for this process.
    ///
    /// Errors: `ERR_LEDGER_BUSY`, `ERR_LEDGER_FORMAT`.
    pub fn open_ledger(path: StorePath, ambient: Ambient) -> Self {
        Machine::new(|io, _| async move {
            let context = Context::ask(&io, ambient.now, ambient.entropy).await?;
            commit::open_ledger(&io, &context, &path).await
        })
    }
}

impl Machine<()> {
    /// Releases the lock of a ledger.
    pub fn close_ledger(ledger: Ledger) -> Self {
        Machine::new(|io, _| async move { commit::close_ledger(&io, &ledger).await })
    }
}

#[cfg(feature = "test-panic")]
impl Machine<Answer> {
    /// Asks what a host's test wants to be asked.
    pub(crate) fn probe<F: Future<Output = Result<Answer>> + Send + 'static>(operation: impl FnOnce(Io) -> F) -> Self {
        Machine::new(|io, _| operation(io))
    }
}

impl<T> Machine<T> {
    /// The same machine for a host that verifies signatures: it is asked [`Step::Verify`].
    pub fn with_verifying_host(self) -> Self {
        self.driver.set_host_verifies();
        self
    }

    /// The same machine with blocks of another size: the output must not depend on it.
    #[doc(hidden)]
    pub fn with_block(self, block: u64) -> Self {
        self.driver.set_block(block);
        self
    }
}
