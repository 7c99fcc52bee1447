//! Warnings, progress, cancellation, time and servers of a call.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustpdf_core::{Ambient, Password, Warning};

use crate::error::{Cause, Error, Result};
use crate::online::Online;

/// Warnings, progress, cancellation, time and servers of a call. The default has no callbacks, and signs now.
///
/// ```
/// use rustpdf::Control;
///
/// let mut control = Control::new()
///     .on_warnings(|warnings| warnings.iter().try_for_each(|warning| Err(warning.message.clone().into())))
///     .on_progress(|progress| println!("{:?}: {} of {}", progress.phase, progress.done, progress.total));
/// let cancellation = control.cancellation.clone(); // for another thread
/// # let _ = (&mut control, cancellation);
/// ```
#[derive(Default)]
#[non_exhaustive]
pub struct Control<'a> {
    /// Receives the progress: at the beginning of a phase, every 16 MiB or so, and at its end.
    pub on_progress: Option<Box<OnProgress<'a>>>,
    /// Receives the warnings of a signature, if there are any, before its signer is called. An error ends the call, and the key is not
    /// asked. The error is returned as [`Error::Signer`], unchanged. Warnings about timestamps and levels come when the document is
    /// complete: an error then changes nothing.
    pub on_warnings: Option<Box<OnWarnings<'a>>>,
    /// Ends the call with [`Error::Cancelled`]. Files stay as they were.
    pub cancellation: Cancellation,
    /// Time of signing and entropy, for reproducible output. Default: now, and entropy of the system.
    pub ambient: Option<Ambient>,
    /// Timestamp services, and how servers are asked, for levels above B-B.
    pub online: Online,
    /// Password of the encrypted document of a session. Only its completion at a level above B-T needs it.
    pub password: Option<Password>,
}

/// Function that receives the progress.
pub type OnProgress<'a> = dyn FnMut(Progress) + Send + 'a;

/// Function that receives warnings.
pub type OnWarnings<'a> = dyn FnMut(&[Warning]) -> std::result::Result<(), Cause> + Send + 'a;

/// Progress of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Phase of the call.
    pub phase: Phase,
    /// Amount that is done: bytes, in [`Phase::Sign`] signatures, in [`Phase::Http`] requests.
    pub done: u64,
    /// Whole amount, in the same unit.
    pub total: u64,
}

/// Phase of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The structure of the document is read. This takes few bytes; the number is not known before.
    Read,
    /// The document is digested and, where the output is another file, copied.
    Digest,
    /// The signers are called.
    Sign,
    /// Servers are asked. The amounts are requests that are sent together.
    Http,
    /// The part of the output is written that was not written with the digest.
    Write,
}

/// Cancellation token, usable from any thread. Clones share state.
///
/// ```
/// let cancellation = rustpdf::Cancellation::new();
/// cancellation.clone().cancel();
/// assert!(cancellation.is_cancelled());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Token that is not cancelled.
    pub fn new() -> Self {
        Cancellation::default()
    }

    /// Ends the calls that have this token, at their next piece or step. A committed output stays.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the token is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bytes between two calls of `on_progress`.
const INTERVAL: u64 = 16 << 20;

impl<'a> Control<'a> {
    /// Control without callbacks.
    pub fn new() -> Self {
        Control::default()
    }

    /// Sets [`on_progress`](#structfield.on_progress).
    #[must_use]
    pub fn on_progress(mut self, on_progress: impl FnMut(Progress) + Send + 'a) -> Self {
        self.on_progress = Some(Box::new(on_progress));
        self
    }

    /// Sets [`on_warnings`](#structfield.on_warnings).
    #[must_use]
    pub fn on_warnings(mut self, on_warnings: impl FnMut(&[Warning]) -> std::result::Result<(), Cause> + Send + 'a) -> Self {
        self.on_warnings = Some(Box::new(on_warnings));
        self
    }

    /// Sets [`cancellation`](#structfield.cancellation).
    #[must_use]
    pub fn cancellation(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Sets [`ambient`](#structfield.ambient).
    #[must_use]
    pub fn ambient(mut self, ambient: Ambient) -> Self {
        self.ambient = Some(ambient);
        self
    }

    /// Sets [`online`](#structfield.online).
    #[must_use]
    pub fn online(mut self, online: Online) -> Self {
        self.online = online;
        self
    }

    /// Sets [`password`](#structfield.password).
    #[must_use]
    pub fn password(mut self, password: impl Into<Password>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Time and entropy of this call.
    pub(crate) fn moment(&self) -> Result<Ambient> {
        self.ambient.clone().map_or_else(crate::ambient, Ok)
    }

    /// Hands warnings to the caller. Errors: the caller's own.
    pub(crate) fn warn(&mut self, warnings: &[Warning]) -> Result<()> {
        match &mut self.on_warnings {
            Some(on_warnings) if !warnings.is_empty() => on_warnings(warnings).map_err(Error::Signer),
            _ => Ok(()),
        }
    }

    /// Reports the progress.
    pub(crate) fn tell(&mut self, phase: Phase, done: u64, total: u64) {
        if let Some(on_progress) = &mut self.on_progress {
            on_progress(Progress { phase, done, total });
        }
    }

    /// Reports the progress.
    ///
    /// Errors: where the call is cancelled.
    pub(crate) fn report(&mut self, phase: Phase, done: u64, total: u64) -> Result<()> {
        self.tell(phase, done, total);
        if self.cancellation.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Reports the progress from `before` on, where it is time to.
    ///
    /// Errors: where the call is cancelled.
    pub(crate) fn advance(&mut self, phase: Phase, before: u64, done: u64, total: u64) -> Result<()> {
        if done == total || before / INTERVAL != done / INTERVAL {
            self.tell(phase, done, total);
        }
        if self.cancellation.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("cancellation", &self.cancellation).finish_non_exhaustive()
    }
}
