//! Signing many files.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::{io, thread};

use rustpdf_core::{Credentials, LedgerEntry, Machine, OpenedLedger, SigningOptions, SigningRequest};

use crate::ambient;
use crate::control::{Cancellation, Control};
use crate::disk::store_path;
use crate::error::Result;
use crate::file::{Output, SignedFile, sign_job};
use crate::run::{Host, run};
use crate::signatory::{Signatory, Signers};

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
    /// Outcome of this job; the others go on after a failure.
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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManyOptions {
    /// Number of files in work at once, and so of calls of the signer; 8 by default.
    pub in_flight: usize,
    /// File from which the next run knows, after an interruption, which jobs are done. It takes only the outputs [`Output::InPlace`] and
    /// [`Output::NewFile`].
    pub ledger: Option<PathBuf>,
    /// Ends the run: no further job is begun, and those in work fail with [`Error::Cancelled`](crate::Error::Cancelled) unless they are committed.
    pub cancellation: Cancellation,
}

impl Default for ManyOptions {
    fn default() -> Self {
        ManyOptions { in_flight: 8, ledger: None, cancellation: Cancellation::new() }
    }
}

/// Signs many files, some at a time, and hands over each result as it comes, on the calling thread.
///
/// A job that fails leaves its files as they were and the others alone. The jobs are taken from their iterator one by one, so there
/// may be any number of them. With a ledger the same call resumes a run that was interrupted, even killed: no file is signed twice.
/// One run at a time uses a ledger.
///
/// Errors: `ERR_LEDGER_…`, and where `in_flight` is 0.
pub fn sign_many<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    jobs: impl IntoIterator<Item = Job, IntoIter: Send>,
    credentials: &Credentials,
    signer: impl Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E> + Sync,
    options: &ManyOptions,
    mut each: impl FnMut(JobResult),
) -> Result<()> {
    if options.in_flight == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no job may be in work; give an `in_flight` of one or more").into());
    }
    let ledger = options.ledger.as_deref().map(OpenLedger::open).transpose()?;
    let jobs = Mutex::new(jobs.into_iter());
    let next = || {
        if options.cancellation.is_cancelled() {
            return None;
        }
        jobs.lock().unwrap_or_else(PoisonError::into_inner).next()
    };
    thread::scope(|scope| {
        // A slow consumer of the results slows the run down, and holds only a few of them.
        let (sender, results) = sync_channel(1);
        for _ in 0..options.in_flight {
            let (sender, next, ledger, signer) = (sender.clone(), &next, ledger.as_ref(), &signer);
            thread::Builder::new().spawn_scoped(scope, move || {
                while let Some(job) = next() {
                    let outcome = sign(&job, credentials, signer, ledger, &options.cancellation);
                    if sender.send(JobResult { id: job.id, outcome }).is_err() {
                        return;
                    }
                }
            })?;
        }
        drop(sender);
        results.into_iter().for_each(&mut each);
        Ok(())
    })
}

fn sign<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    job: &Job,
    credentials: &Credentials,
    signer: impl Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    ledger: Option<&OpenLedger>,
    cancellation: &Cancellation,
) -> Result<JobOutcome> {
    let mut control = Control { cancellation: cancellation.clone(), ..Control::default() };
    let signatories = vec![Signatory::new(credentials.clone(), job.options.clone(), signer)];
    let entry = ledger.map(|ledger| ledger.entry(&job.id));
    let document = sign_job(&job.input.as_path().into(), &job.output, ambient()?, signatories, entry, &mut control)?;
    Ok(if document.skipped { JobOutcome::Skipped } else { JobOutcome::Signed(document.into()) })
}

/// Ledger of this run. Dropping it lets the next run use it.
struct OpenLedger(OpenedLedger);

impl OpenLedger {
    fn open(path: &Path) -> Result<Self> {
        perform(Machine::open_ledger(store_path(path)?, ambient()?)).map(OpenLedger)
    }

    fn entry(&self, id: &str) -> LedgerEntry {
        LedgerEntry { ledger: self.0.ledger.clone(), id: id.to_owned(), state: self.0.states.get(id).cloned() }
    }
}

impl Drop for OpenLedger {
    /// Where that fails, the next run finds that this process is gone.
    fn drop(&mut self) {
        let _ = perform(Machine::close_ledger(self.0.ledger.clone()));
    }
}

fn perform<T>(mut machine: Machine<T>) -> Result<T> {
    run(&mut machine, &mut Host::new(Signers::default(), &mut Control::default()))
}
