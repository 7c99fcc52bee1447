//! Signing and extending many files.

mod batch;
mod extend;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustpdf_core::{Code, LedgerEntry, Machine, OpenedLedger, SigningOptions, SigningRequest, Warning};

pub use batch::{BatchOptions, SessionBatch, begin_signing_many, resume_signing_many, resume_unsealed_many};
pub use extend::{ExtendJob, ExtendManyOptions, ExtendOutcome, ExtendResult, extend_many};

use crate::ambient;
use crate::control::{Cancellation, Control};
use crate::disk::store_path;
use crate::error::{Cause, Result};
use crate::file::{Output, SignedFile, sign_job};
use crate::online::Online;
use crate::parallel::{IN_FLIGHT, in_parallel};
use crate::run::{Host, Warned, run};
use crate::signatory::{Signatory, Signers};
use crate::signer::Signer;

/// One of many files to be signed.
#[derive(Debug)]
pub struct Job {
    /// Name of the job in the results and in the ledger, different from the others.
    pub id: String,
    /// Path of the document.
    pub input: PathBuf,
    /// Destination of the signed document.
    pub output: Output,
    /// Options of the signature.
    pub options: SigningOptions,
}

/// Result of a job.
#[derive(Debug)]
pub struct JobResult {
    /// Name of the job.
    pub id: String,
    /// Outcome of this job. The others go on after a failure.
    pub outcome: Result<JobOutcome>,
}

/// Outcome of a job that is done.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobOutcome {
    /// Signed in this run.
    Signed(SignedFile),
    /// Signed in an earlier run, according to the ledger.
    Skipped,
}

/// Options of a run over many files.
#[non_exhaustive]
pub struct ManyOptions<'a> {
    /// Number of files in work at once, and so of calls of the signer; 8 by default.
    pub in_flight: usize,
    /// File from which the next run knows, after an interruption, which jobs are done. It takes only the outputs [`Output::InPlace`] and
    /// [`Output::NewFile`].
    pub ledger: Option<PathBuf>,
    /// Receives the warnings of a job, if there are any, before its signer is called, on the thread of the job. An error ends the job
    /// alone, as [`Error::Signer`](crate::Error::Signer). Warnings about timestamps and levels come when the document is complete: an
    /// error then changes nothing.
    pub on_warnings: Option<Box<OnJobWarnings<'a>>>,
    /// Ends the run: no further job is begun, and those in work fail with [`Error::Cancelled`](crate::Error::Cancelled) unless they are
    /// committed.
    pub cancellation: Cancellation,
    /// Timestamp services, and how servers are asked, for levels above B-B. The jobs share a cache.
    pub online: Online,
}

/// Function that receives the warnings of a job.
pub type OnJobWarnings<'a> = dyn Fn(&Job, &[Warning]) -> std::result::Result<(), Cause> + Sync + 'a;

impl Default for ManyOptions<'_> {
    fn default() -> Self {
        ManyOptions { in_flight: IN_FLIGHT, ledger: None, on_warnings: None, cancellation: Cancellation::new(), online: Online::new() }
    }
}

impl fmt::Debug for ManyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyOptions").field("in_flight", &self.in_flight).field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl<'a> ManyOptions<'a> {
    /// Default options.
    pub fn new() -> Self {
        ManyOptions::default()
    }

    /// Sets [`in_flight`](#structfield.in_flight).
    #[must_use]
    pub fn in_flight(mut self, in_flight: usize) -> Self {
        self.in_flight = in_flight;
        self
    }

    /// Sets [`ledger`](#structfield.ledger).
    #[must_use]
    pub fn ledger(mut self, ledger: impl Into<PathBuf>) -> Self {
        self.ledger = Some(ledger.into());
        self
    }

    /// Sets [`on_warnings`](#structfield.on_warnings).
    #[must_use]
    pub fn on_warnings(mut self, on_warnings: impl Fn(&Job, &[Warning]) -> std::result::Result<(), Cause> + Sync + 'a) -> Self {
        self.on_warnings = Some(Box::new(on_warnings));
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

/// Signs many files, some at a time, and hands over each result as it comes, on the calling thread.
///
/// A job that fails leaves its files as they were and the others alone. The jobs are taken from their iterator one by one, so there
/// may be any number of them. With a ledger the same call resumes a run that was interrupted, even killed: no file is signed twice.
/// One run at a time uses a ledger.
///
/// Errors: `ERR_LEDGER_…`, and `ERR_ARGUMENT` where `in_flight` is 0.
///
/// ```no_run
/// use rustpdf::{Job, ManyOptions, Output, Signer, SigningOptions, sign_many};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// let signer = Signer::new(std::fs::read("leaf.pem")?, |request| my_hsm(&request.data));
/// let jobs = ["a.pdf", "b.pdf"].map(|path| Job {
///     id: path.into(),
///     input: path.into(),
///     output: Output::InPlace,
///     options: SigningOptions::new(),
/// });
/// sign_many(jobs, &signer, &ManyOptions::new().ledger("done"), |result| match result.outcome {
///     Ok(_) => println!("{} is signed", result.id),
///     Err(error) => println!("{}: {error}", result.id),
/// })?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_many<F, E>(
    jobs: impl IntoIterator<Item = Job, IntoIter: Send>,
    signer: &Signer<F>,
    options: &ManyOptions,
    each: impl FnMut(JobResult),
) -> Result<()>
where
    F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E> + Sync,
    E: Into<Cause>,
{
    let ledger = options.ledger.as_deref().map(OpenLedger::open).transpose()?;
    let online = options.online.cached();
    let work = |job: Job| {
        let outcome = sign(&job, signer, ledger.as_ref(), options, &online);
        JobResult { id: job.id, outcome }
    };
    in_parallel(jobs, options.in_flight, &options.cancellation, work, each)
}

fn sign<F, E>(job: &Job, signer: &Signer<F>, ledger: Option<&OpenLedger>, options: &ManyOptions, online: &Online) -> Result<JobOutcome>
where
    F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    E: Into<Cause>,
{
    let mut control = Control::new().cancellation(options.cancellation.clone()).online(online.clone());
    if let Some(on_warnings) = &options.on_warnings {
        control = control.on_warnings(|warnings| on_warnings(job, warnings));
    }
    let entry = ledger.map(|ledger| ledger.entry(&job.id)).transpose()?;
    let signatories = vec![Signatory::new(signer, job.options.clone())];
    let document = sign_job(&job.input.as_path().into(), &job.output, signatories, entry, &mut control)?;
    Ok(if document.skipped { JobOutcome::Skipped } else { JobOutcome::Signed(document.into()) })
}

/// Ledger of this run. Dropping it lets the next run use it.
struct OpenLedger {
    opened: OpenedLedger,
    /// Names of the jobs that were begun.
    begun: Mutex<HashSet<String>>,
}

impl OpenLedger {
    fn open(path: &Path) -> Result<Self> {
        let opened = perform(Machine::open_ledger(store_path(path)?, ambient()?))?;
        Ok(OpenLedger { opened, begun: Mutex::default() })
    }

    /// The place of a job. Errors: `ERR_ARGUMENT` where an earlier job of this run has its name.
    fn entry(&self, id: &str) -> Result<LedgerEntry> {
        if !self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned()) {
            return Err(Code::Argument.because(format!("two documents have the id {id}")).with_remedy("give each its own").into());
        }
        Ok(LedgerEntry { ledger: self.opened.ledger.clone(), id: id.to_owned(), state: self.opened.states.get(id).cloned() })
    }
}

impl Drop for OpenLedger {
    /// Where that fails, the next run finds that this process is gone.
    fn drop(&mut self) {
        let _ = perform(Machine::close_ledger(self.opened.ledger.clone()));
    }
}

fn perform<T: Warned>(mut machine: Machine<T>) -> Result<T> {
    run(&mut machine, &mut Host::new(Signers::default(), &mut Control::default()))
}
