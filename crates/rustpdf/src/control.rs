//! How a caller watches a signing, and ends it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

/// Watches a call and ends it before its time. The default does neither.
#[derive(Default)]
#[non_exhaustive]
pub struct Control<'a> {
    /// Told how far it is: at the beginning of a phase, every 16 MiB or so, and at its end.
    pub on_progress: Option<Box<dyn FnMut(Progress) + 'a>>,
    /// Ends the call with [`Failure::Cancelled`], and all is as it was.
    pub cancellation: Cancellation,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// How much of it is done: bytes, in [`Phase::Sign`] signatures.
    pub done: u64,
    /// How much there is, in the same unit.
    pub total: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The structure of the document is read. Few bytes of it are asked for, and how many is not known before.
    Read,
    /// The document is digested and, where the output is another file, copied.
    Digest,
    /// The signers are asked.
    Sign,
    /// What was not written while the document was digested.
    Write,
}

/// Says from any thread that a call shall end. Clones belong together.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Nothing is cancelled yet.
    pub fn new() -> Self {
        Cancellation::default()
    }

    /// Ends the calls that this was given to, at their next piece or step. What is committed already stays.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has been said.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many bytes lie between two calls of `on_progress`.
const INTERVAL: u64 = 16 << 20;

impl Control<'_> {
    /// Ends here where the caller wants it.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.cancellation.is_cancelled() { Err(Failure::Cancelled) } else { Ok(()) }
    }

    /// Tells how far it is.
    pub(crate) fn tell(&mut self, phase: Phase, done: u64, total: u64) {
        if let Some(on_progress) = &mut self.on_progress {
            on_progress(Progress { phase, done, total });
        }
    }

    /// Tells how far it is, and ends here where the caller wants it.
    pub(crate) fn report(&mut self, phase: Phase, done: u64, total: u64) -> Result<(), Failure> {
        self.tell(phase, done, total);
        self.check()
    }

    /// The same where `done` grew from `before`, told now and then.
    pub(crate) fn advance(&mut self, phase: Phase, before: u64, done: u64, total: u64) -> Result<(), Failure> {
        if done == total || before / INTERVAL != done / INTERVAL {
            self.tell(phase, done, total);
        }
        self.check()
    }
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("cancellation", &self.cancellation).finish_non_exhaustive()
    }
}
