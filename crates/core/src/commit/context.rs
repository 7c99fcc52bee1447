//! Facts about the call: the process, the time, the entropy.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::digest::DigestAlgorithm;
use crate::error::Result;
use crate::io::{Io, Operation, Process};

/// Process that signs, and the source of random names.
#[derive(Debug)]
pub(crate) struct Context {
    pub(super) process: Process,
    /// Seconds since 1970, UTC.
    pub(super) now: i64,
    entropy: [u8; 32],
    names: AtomicU32,
}

impl Context {
    pub(crate) fn new(process: Process, now: i64, entropy: [u8; 32]) -> Context {
        Context { process, now, entropy, names: AtomicU32::new(0) }
    }

    /// Asks the host for the process.
    pub(crate) async fn ask(io: &Io, now: i64, entropy: [u8; 32]) -> Result<Context> {
        let process = io.store(vec![Operation::Process { pid: None }]).await?.process()?;
        Ok(Context::new(process, now, entropy))
    }

    /// Six bytes for a name, others each time.
    pub(super) fn random(&self) -> [u8; 6] {
        let count = self.names.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let digest = DigestAlgorithm::Sha256.digest(&[b"rustpdf name", &self.entropy, &count]);
        std::array::from_fn(|index| digest.get(index).copied().unwrap_or(0))
    }

    /// Whether another process certainly does not exist: it had a number in this PID namespace.
    ///
    /// `start` is the start that it noted, or empty where none was.
    pub(super) async fn is_gone(&self, io: &Io, pid: u64, start: &str) -> Result<bool> {
        if pid == self.process.pid && (start.is_empty() || start == self.process.start) {
            return Ok(false);
        }
        let process = io.store(vec![Operation::Process { pid: Some(pid) }]).await?.process()?;
        Ok(!process.lives || (!start.is_empty() && !process.start.is_empty() && process.start != start))
    }
}
