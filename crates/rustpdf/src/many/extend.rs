//! Extending many files.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use rustpdf_core::{Code, ExtensionOptions, Machine};

use super::OpenLedger;
use crate::control::{Cancellation, Control};
use crate::error::Result;
use crate::extend::ExtendedFile;
use crate::file::{Input, Output};
use crate::online::Online;
use crate::parallel::{IN_FLIGHT, in_parallel};
use crate::run::{Host, run};
use crate::signatory::Signers;

/// One of many files to be extended.
#[derive(Debug)]
pub struct ExtendJob {
    /// Name of the job in the results and in the ledger, different from the others.
    pub id: String,
    /// Path of the document.
    pub input: PathBuf,
    /// Destination of the extended document.
    pub output: Output,
    /// Options of the extension.
    pub options: ExtensionOptions,
}

/// Result of a job of [`extend_many`].
#[derive(Debug)]
pub struct ExtendResult {
    /// Name of the job.
    pub id: String,
    /// Outcome of this job. The others go on after a failure.
    pub outcome: Result<ExtendOutcome>,
}

/// Outcome of a job of [`extend_many`] that did not fail.
#[derive(Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "there is one for each file")]
pub enum ExtendOutcome {
    /// Extended in this run.
    Extended(ExtendedFile),
    /// Nothing was to be done: an earlier run did it, according to the ledger, or the evidence lasts until after
    /// [`ExtendManyOptions::renew_before`].
    Skipped,
}

/// Options of a run that extends many files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExtendManyOptions {
    /// Number of files in work at once; 8 by default.
    pub in_flight: usize,
    /// File that records the extended jobs, for the next run. It takes only the outputs [`Output::InPlace`] and [`Output::NewFile`].
    pub ledger: Option<PathBuf>,
    /// Leave documents alone whose signatures have the level, and evidence that lasts until after this time. Default: extend all.
    pub renew_before: Option<SystemTime>,
    /// Ends the run: no further job is begun, and those in work fail with [`Error::Cancelled`](crate::Error::Cancelled) unless they are
    /// committed.
    pub cancellation: Cancellation,
    /// Timestamp services, and how servers are asked. The jobs share a cache.
    pub online: Online,
}

impl Default for ExtendManyOptions {
    fn default() -> Self {
        let (cancellation, online) = (Cancellation::new(), Online::new());
        ExtendManyOptions { in_flight: IN_FLIGHT, ledger: None, renew_before: None, cancellation, online }
    }
}

impl ExtendManyOptions {
    /// Default options.
    pub fn new() -> Self {
        ExtendManyOptions::default()
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

    /// Sets [`renew_before`](#structfield.renew_before).
    #[must_use]
    pub fn renew_before(mut self, renew_before: SystemTime) -> Self {
        self.renew_before = Some(renew_before);
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

/// Extends many files as [`extend_file`](crate::extend_file) does, some at a time, and hands over each result as it comes, on the
/// calling thread.
///
/// With `renew_before` it renews an archive: documents with evidence that lasts longer are skipped. A run that is repeated with a ledger
/// extends each document once, until its evidence ends before `renew_before`. One run at a time uses a ledger.
///
/// Errors: `ERR_LEDGER_…`, and `ERR_ARGUMENT` where `in_flight` is 0 or `renew_before` is before 1970.
///
/// ```no_run
/// use std::time::{Duration, SystemTime};
/// use rustpdf::{ExtendJob, ExtendManyOptions, ExtensionOptions, Online, Output, TimestampService, ValidationOptions, extend_many};
///
/// let trust = ValidationOptions::new().trust([std::fs::read("root.pem")?, std::fs::read("tsa-root.pem")?]);
/// let jobs = ["a.pdf", "b.pdf"].map(|path| ExtendJob {
///     id: path.into(),
///     input: path.into(),
///     output: Output::InPlace,
///     options: ExtensionOptions::new().validation(trust.clone()),
/// });
/// let options = ExtendManyOptions::new()
///     .renew_before(SystemTime::now() + Duration::from_secs(90 * 24 * 3600))
///     .online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// extend_many(jobs, &options, |result| println!("{}: {:?}", result.id, result.outcome))?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn extend_many(
    jobs: impl IntoIterator<Item = ExtendJob, IntoIter: Send>,
    options: &ExtendManyOptions,
    each: impl FnMut(ExtendResult),
) -> Result<()> {
    let renew_before = options.renew_before.map(seconds).transpose()?;
    let ledger = options.ledger.as_deref().map(OpenLedger::open).transpose()?;
    let online = options.online.cached();
    let work = |job: ExtendJob| {
        let mut control = Control::new().cancellation(options.cancellation.clone()).online(online.clone());
        let outcome = extend(&job, ledger.as_ref(), renew_before, &mut control);
        ExtendResult { id: job.id, outcome }
    };
    in_parallel(jobs, options.in_flight, &options.cancellation, work, each)
}

fn extend(job: &ExtendJob, ledger: Option<&OpenLedger>, renew_before: Option<i64>, control: &mut Control) -> Result<ExtendOutcome> {
    let entry = ledger.map(|ledger| ledger.entry(&job.id)).transpose()?;
    let (ambient, options) = (control.moment()?, control.online.numbered_extension(job.options.clone()));
    let input = Input::from(job.input.as_path());
    let mut host = Host::new(Signers::default(), control);
    let (document, output) = (input.location(&mut host)?, job.output.location(&mut host)?);
    let extended = run(&mut Machine::extend(document, ambient, options, output, entry, renew_before), &mut host)?;
    Ok(if extended.skipped { ExtendOutcome::Skipped } else { ExtendOutcome::Extended(extended.into()) })
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> Result<i64> {
    let since = time.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok());
    let error = || Code::Argument.because("`renew_before` is before 1970").with_remedy("give a later time");
    Ok(since.ok_or_else(error)?)
}
