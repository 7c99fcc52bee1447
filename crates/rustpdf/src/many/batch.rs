//! Two phases of many files: for a service that signs many hashes in one call.

use rustpdf_core::{Code, Credentials, Resumption, Session, SigningOptions, SigningRequest, open_batch, serialize_batch};

use crate::control::{Cancellation, Control};
use crate::error::{Error, Result};
use crate::file::{FileSession, Input, Output, SignedFile, begin_signing_file, resumed};
use crate::online::Online;
use crate::parallel::{IN_FLIGHT, in_parallel};

/// Prepared signatures of many files. A failure concerns its own file, and the others go on.
///
/// A refused answer changes nothing in its session, and another answer may be given.
#[derive(Debug)]
pub struct SessionBatch {
    sessions: Vec<Result<FileSession>>,
}

/// Options of a call on a batch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BatchOptions {
    /// Number of files in work at once; 8 by default.
    pub in_flight: usize,
    /// Ends the call: no further file is begun, and those in work fail with [`Error::Cancelled`] unless they are committed.
    pub cancellation: Cancellation,
    /// Timestamp services, and how servers are asked, for levels above B-B. The files share a cache.
    pub online: Online,
}

impl Default for BatchOptions {
    fn default() -> Self {
        BatchOptions { in_flight: IN_FLIGHT, cancellation: Cancellation::new(), online: Online::new() }
    }
}

impl BatchOptions {
    /// Default options.
    pub fn new() -> Self {
        BatchOptions::default()
    }

    /// Sets [`in_flight`](#structfield.in_flight).
    #[must_use]
    pub fn in_flight(mut self, in_flight: usize) -> Self {
        self.in_flight = in_flight;
        self
    }

    /// Sets [`cancellation`](#structfield.cancellation).
    #[must_use]
    pub fn cancellation(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Sets [`online`](#structfield.online).
    #[must_use]
    pub fn online(mut self, online: Online) -> Self {
        self.online = online;
        self
    }
}

/// Prepares signatures of many files, some at a time. See [`begin_signing_file`].
///
/// ```no_run
/// use rustpdf::{BatchOptions, Output, SigningOptions, begin_signing_many};
/// # fn my_service(_: Vec<&[u8]>) -> Vec<Vec<u8>> { unimplemented!() }
///
/// let (options, batch_options) = (SigningOptions::new(), BatchOptions::new());
/// let batch = begin_signing_many(["a.pdf", "b.pdf"], None, &options, &batch_options)?;
/// let containers = my_service(batch.hashes());
/// batch.complete(&containers, &[Output::InPlace, Output::InPlace], &batch_options, |index, signed| match signed {
///     Ok(_) => println!("{index} is signed"),
///     Err(error) => println!("{index}: {error}"),
/// })?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn begin_signing_many<I: Into<Input>>(
    inputs: impl IntoIterator<Item = I>,
    credentials: Option<&Credentials>,
    options: &SigningOptions,
    batch: &BatchOptions,
) -> Result<SessionBatch> {
    let begin = |_, input, control: &mut Control| begin_signing_file(input, credentials.cloned(), options, control);
    SessionBatch::make(inputs.into_iter().map(Into::into).collect(), batch, begin)
}

/// Opens the sealed sessions of a batch, with their files in the same order. The files are digested again.
///
/// Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`.
///
/// ```no_run
/// use rustpdf::{BatchOptions, resume_signing_many};
/// # let key = [0; 32];
///
/// let batch = resume_signing_many(&std::fs::read("contracts.sessions")?, ["a.pdf", "b.pdf"], &key, &BatchOptions::new())?;
/// assert_eq!(batch.sessions().len(), 2);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_signing_many<I: Into<Input>>(
    saved: &[u8],
    inputs: impl IntoIterator<Item = I>,
    key: &[u8],
    batch: &BatchOptions,
) -> Result<SessionBatch> {
    SessionBatch::resume(open_batch(saved, Some(key), None)?, inputs, batch)
}

/// Opens the unsealed sessions of a batch, with their files in the same order. Certificate, chain and options are those of `by`.
///
/// Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`, those of the certificate and the options.
///
/// ```no_run
/// use rustpdf::{BatchOptions, Resumption, SigningOptions, resume_unsealed_many};
/// # let credentials = rustpdf::credentials(&[], &[]);
///
/// let (saved, options) = (std::fs::read("contracts.sessions")?, BatchOptions::new());
/// let by = Resumption { credentials: Some(credentials), options: SigningOptions::new(), now: None };
/// let batch = resume_unsealed_many(&saved, ["a.pdf", "b.pdf"], Some(&by), &options)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_unsealed_many<I: Into<Input>>(
    saved: &[u8],
    inputs: impl IntoIterator<Item = I>,
    by: Option<&Resumption>,
    batch: &BatchOptions,
) -> Result<SessionBatch> {
    SessionBatch::resume(open_batch(saved, None, by)?, inputs, batch)
}

impl SessionBatch {
    fn make(
        inputs: Vec<Input>,
        batch: &BatchOptions,
        begin: impl Fn(usize, Input, &mut Control) -> Result<FileSession> + Sync,
    ) -> Result<SessionBatch> {
        // A file that a cancellation keeps from being begun is cancelled, too.
        let mut sessions: Vec<_> = inputs.iter().map(|_| Err(Error::Cancelled)).collect();
        let work = |(index, input)| (index, begin(index, input, &mut batch.control(&batch.online)));
        let items = inputs.into_iter().enumerate();
        in_parallel(items, batch.in_flight, &batch.cancellation, work, |(index, session)| sessions[index] = session)?;
        Ok(SessionBatch { sessions })
    }

    fn resume<I: Into<Input>>(
        saved: Vec<Option<Session>>,
        inputs: impl IntoIterator<Item = I>,
        batch: &BatchOptions,
    ) -> Result<SessionBatch> {
        let inputs: Vec<Input> = inputs.into_iter().map(Into::into).collect();
        one_for_each(inputs.len(), "documents", saved.len(), "saved sessions")?;
        SessionBatch::make(inputs, batch, |index, input, control| match &saved[index] {
            Some(session) => resumed(session.clone(), input, false, control),
            None => {
                let error = Code::SessionFormat.because("the document has no session: it failed when the sessions were begun");
                Err(error.with_remedy("begin it again").into())
            }
        })
    }

    /// Session of each file, in the order of the files, or the reason why it has none.
    pub fn sessions(&self) -> &[Result<FileSession>] {
        &self.sessions
    }

    /// Requests for the key: of all sessions, in their order. A session that takes a container only has none.
    pub fn requests(&self) -> Vec<SigningRequest> {
        self.begun().filter_map(|(_, session)| session.request()).collect()
    }

    /// Digests for a service that returns containers: of all sessions, in their order.
    pub fn hashes(&self) -> Vec<&[u8]> {
        self.begun().map(|(_, session)| session.hash()).collect()
    }

    /// Sessions as bytes, sealed by a secret key of 32 bytes or more, for [`resume_signing_many`].
    ///
    /// Errors: `ERR_ARGUMENT`, `ERR_LIMIT`.
    pub fn serialize(&self, key: &[u8]) -> Result<Vec<u8>> {
        Ok(serialize_batch(&self.live(), Some(key))?)
    }

    /// Sessions as bytes without a seal, for [`resume_unsealed_many`]. Keep them as safely as the documents.
    ///
    /// Errors: `ERR_LIMIT`.
    pub fn serialize_unsealed(&self) -> Result<Vec<u8>> {
        Ok(serialize_batch(&self.live(), None)?)
    }

    /// Completes with a raw signature for each of [`SessionBatch::requests`], in their order. `outputs` has one for each file. `each`
    /// receives the number of a file and its result, as it comes.
    ///
    /// Errors: `ERR_ARGUMENT` where a number of answers or outputs is wrong.
    ///
    /// ```no_run
    /// use rustpdf::{BatchOptions, Output, SigningOptions, begin_signing_many};
    /// # fn my_hsm(_: &[u8]) -> Vec<u8> { unimplemented!() }
    /// # let credentials = rustpdf::credentials(&[], &[]);
    ///
    /// let options = BatchOptions::new();
    /// let batch = begin_signing_many(["a.pdf", "b.pdf"], Some(&credentials), &SigningOptions::new(), &options)?;
    /// let signatures: Vec<_> = batch.requests().iter().map(|request| my_hsm(&request.data)).collect();
    /// batch.complete_with_signatures(&signatures, &[Output::InPlace, Output::InPlace], &options, |index, signed| {
    ///     println!("{index}: {}", signed.is_ok());
    /// })?;
    /// # Ok::<(), rustpdf::Error>(())
    /// ```
    pub fn complete_with_signatures(
        &self,
        signatures: &[impl AsRef<[u8]> + Sync],
        outputs: &[Output],
        batch: &BatchOptions,
        each: impl FnMut(usize, Result<SignedFile>),
    ) -> Result<()> {
        let complete = |session: &FileSession, signature: &[u8], output: &Output, control: &mut Control| {
            session.complete_with_signature(signature, output, control)
        };
        self.answer(signatures, outputs, batch, complete, each)
    }

    /// Completes with a finished CMS container for each of [`SessionBatch::hashes`], in their order, as
    /// [`SessionBatch::complete_with_signatures`] does.
    ///
    /// Errors: `ERR_ARGUMENT` where a number of answers or outputs is wrong.
    pub fn complete(
        &self,
        containers: &[impl AsRef<[u8]> + Sync],
        outputs: &[Output],
        batch: &BatchOptions,
        each: impl FnMut(usize, Result<SignedFile>),
    ) -> Result<()> {
        let complete =
            |session: &FileSession, container: &[u8], output: &Output, control: &mut Control| session.complete(container, output, control);
        self.answer(containers, outputs, batch, complete, each)
    }

    fn answer(
        &self,
        answers: &[impl AsRef<[u8]> + Sync],
        outputs: &[Output],
        batch: &BatchOptions,
        complete: impl Fn(&FileSession, &[u8], &Output, &mut Control) -> Result<SignedFile> + Sync,
        mut each: impl FnMut(usize, Result<SignedFile>),
    ) -> Result<()> {
        let begun: Vec<_> = self.begun().collect();
        one_for_each(answers.len(), "answers", begun.len(), "sessions")?;
        one_for_each(outputs.len(), "outputs", self.sessions.len(), "documents")?;
        let (items, online) = (begun.into_iter().zip(answers), batch.online.cached());
        let work = |((index, session), answer): ((usize, &FileSession), _)| {
            (index, complete(session, AsRef::<[u8]>::as_ref(answer), &outputs[index], &mut batch.control(&online)))
        };
        in_parallel(items, batch.in_flight, &batch.cancellation, work, |(index, signed)| each(index, signed))
    }

    fn begun(&self) -> impl Iterator<Item = (usize, &FileSession)> {
        self.sessions.iter().enumerate().filter_map(|(index, session)| Some((index, session.as_ref().ok()?)))
    }

    fn live(&self) -> Vec<Option<Session>> {
        self.sessions.iter().map(|session| session.as_ref().ok().map(|session| session.session().clone())).collect()
    }
}

impl BatchOptions {
    fn control(&self, online: &Online) -> Control<'static> {
        Control::new().cancellation(self.cancellation.clone()).online(online.clone())
    }
}

/// Errors: `ERR_ARGUMENT` unless there are as many of one as of the other.
fn one_for_each(given: usize, name: &str, needed: usize, owners: &str) -> Result<()> {
    if given == needed {
        return Ok(());
    }
    Err(Code::Argument.because(format!("there are {given} {name} for {needed} {owners}")).with_remedy("give one for each").into())
}
