//! Many files, some at a time.

mod ledger;

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::{fs, io, thread};

use rustpdf_core::{Credentials, DigestAlgorithm, Hasher, SigningOptions, SigningRequest};

use crate::control::{Cancellation, Control};
use crate::failure::Failure;
use crate::file::{Output, SignedFile, recover, sign_announced};
use crate::moment;
use crate::turn::Turn;
use ledger::{Ledger, State};

/// One of many files to be signed.
#[derive(Debug)]
pub struct Job {
    /// What tells it from the others, in the results and in the ledger.
    pub id: String,
    /// Where the document is.
    pub input: PathBuf,
    /// Where the signed one goes.
    pub output: Output,
    /// How it is signed.
    pub options: SigningOptions,
}

/// How a job ended.
#[derive(Debug)]
pub struct JobResult {
    /// Which one.
    pub id: String,
    /// Its failure is its own: the others go on.
    pub outcome: Result<JobOutcome, Failure>,
}

/// How a job went well.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobOutcome {
    /// Now.
    Signed(SignedFile),
    /// In an earlier run, says the ledger.
    Skipped,
}

/// How many files are signed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManyOptions {
    /// How many files are in work at once, and so how many calls of the signer; 8 by default.
    pub in_flight: usize,
    /// The file that tells the next run, after an interruption, what is done. With it only the outputs
    /// [`Output::InPlace`] and [`Output::NewFile`] are taken.
    pub ledger: Option<PathBuf>,
    /// Ends the run: no further job is begun, and those in work fail with [`Failure::Cancelled`] unless they are committed.
    pub cancellation: Cancellation,
}

impl Default for ManyOptions {
    fn default() -> Self {
        ManyOptions { in_flight: 8, ledger: None, cancellation: Cancellation::new() }
    }
}

/// Signs many files, some at a time, and hands over each result as it comes, on the thread that calls.
///
/// A job that fails leaves its files as they were and the others alone. The jobs are taken from their iterator one by one, so there
/// may be any number of them. With a ledger a run that was interrupted, even killed, is resumed by the same call: what was signed
/// is not signed again. One run at a time uses a ledger.
///
/// Errors: where no job may be in work, or the ledger cannot be opened.
pub fn sign_many<E: Into<Box<dyn Error + Send + Sync>>>(
    jobs: impl IntoIterator<Item = Job, IntoIter: Send>,
    credentials: &Credentials,
    signer: impl Fn(&SigningRequest) -> Result<Vec<u8>, E> + Sync,
    options: &ManyOptions,
    mut each: impl FnMut(JobResult),
) -> Result<(), Failure> {
    if options.in_flight == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no job may be in work; give an `in_flight` of one or more").into());
    }
    let ledger = options.ledger.as_deref().map(Ledger::open).transpose()?;
    let jobs = Mutex::new(jobs.into_iter());
    let next = || {
        if options.cancellation.is_cancelled() {
            return None;
        }
        jobs.lock().unwrap_or_else(PoisonError::into_inner).next()
    };
    thread::scope(|scope| {
        // Who takes the results slowly slows the run down, and holds only a few of them.
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

fn sign<E: Into<Box<dyn Error + Send + Sync>>>(
    job: &Job,
    credentials: &Credentials,
    signer: impl Fn(&SigningRequest) -> Result<Vec<u8>, E>,
    ledger: Option<&Ledger>,
    cancellation: &Cancellation,
) -> Result<JobOutcome, Failure> {
    if let Some(ledger) = ledger {
        match ledger.state(&job.id) {
            Some(State::Signed) => return Ok(JobOutcome::Skipped),
            Some(State::Signing { length, signed_length, update }) if was_committed(job, length, signed_length, update.as_deref())? => {
                ledger.note(&job.id, State::Signed)?;
                return Ok(JobOutcome::Skipped);
            }
            _ => output_of(job)?,
        };
    }
    let announce = |length: u64, update: &[u8]| match ledger {
        Some(ledger) => {
            let signed_length = length + update.len() as u64;
            Ok(ledger.note(&job.id, State::Signing { length, signed_length, update: Some(sha256(update)) })?)
        }
        None => Ok(()),
    };
    let control = &mut Control { cancellation: cancellation.clone(), ..Control::default() };
    let turns = vec![Turn::new(credentials.clone(), job.options.clone(), signer)];
    let signed = sign_announced(job.input.as_path().into(), &job.output, moment()?, turns, control, announce)?;
    if let Some(ledger) = ledger {
        // The file is signed, whether this can be written or not: the next run sees it by its length.
        let _ = ledger.note(&job.id, State::Signed);
    }
    Ok(JobOutcome::Signed(signed))
}

/// The file that a job of a run with a ledger writes.
fn output_of(job: &Job) -> io::Result<&Path> {
    match &job.output {
        Output::InPlace => Ok(&job.input),
        Output::NewFile { path, .. } => Ok(path),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "after an interruption nobody knows what became of this output; sign in place or into a new file, or without a ledger",
        )),
    }
}

/// Finds out whether a job was committed that was interrupted.
///
/// Errors: where its file is neither what it was nor signed.
fn was_committed(job: &Job, length: u64, signed_length: u64, update: Option<&str>) -> Result<bool, Failure> {
    let output = output_of(job)?;
    recover(output, false)?;
    let found = match fs::metadata(output) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !matches!(job.output, Output::InPlace) => return Ok(false),
        metadata => metadata?.len(),
    };
    match found {
        _ if found == signed_length && ends_with(output, length, signed_length, update)? => Ok(true),
        _ if matches!(job.output, Output::NewFile { replace: true, .. }) => Ok(false),
        _ if found == length && matches!(job.output, Output::InPlace) => Ok(false),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "an earlier run was interrupted and {} has {found} bytes where it had {length} or, signed, {signed_length}; see what \
                 became of it, then remove its lines from the ledger",
                output.display()
            ),
        )
        .into()),
    }
}

/// Whether what is behind `length` is the update of this digest. Sizes are the same from run to run, so an older output may have them, too.
fn ends_with(path: &Path, length: u64, signed_length: u64, update: Option<&str>) -> io::Result<bool> {
    let Some(expected) = update else { return Ok(true) };
    let mut found = Vec::new();
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(length))?;
    file.take(signed_length.saturating_sub(length)).read_to_end(&mut found)?;
    Ok(sha256(&found) == expected)
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(DigestAlgorithm::Sha256);
    hasher.update(bytes);
    hasher.digest().iter().map(|byte| format!("{byte:02x}")).collect()
}
