//! Parsing of bytes whose number is not known before: a window that grows until they are enough.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Result;
use crate::io::Io;
use crate::limits;
use crate::syntax::{Fault, Lexer};

/// The first window, in bytes: most objects fit.
pub(super) const FIRST: u64 = 1024;

/// The document under a budget: one object that is read again and again costs as much as many.
pub(super) struct Reader {
    pub(super) io: Io,
    /// Bytes that may still be parsed or decoded.
    left: AtomicU64,
}

impl Reader {
    pub(super) fn new(io: &Io) -> Self {
        Reader::with_budget(io, limits::WORK)
    }

    pub(super) fn with_budget(io: &Io, bytes: u64) -> Self {
        Reader { io: io.clone(), left: AtomicU64::new(bytes) }
    }

    /// Bytes that may still be parsed or decoded.
    pub(super) fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes `bytes` that are parsed or decoded from the budget.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(super) fn spend(&self, bytes: usize) -> Result<()> {
        match self.left().checked_sub(bytes as u64) {
            Some(left) => {
                self.left.store(left, Ordering::Relaxed); // a machine has one thread
                Ok(())
            }
            None => Err(limits::exceeded("bytes to parse and decode", limits::WORK)),
        }
    }

    /// Runs `parser` on the bytes from `at` on, more of them each time that it lacks some; returns those bytes and what it made of them.
    ///
    /// Errors: `ERR_OBJECT_BROKEN`, `ERR_FILE_TRUNCATED`, `ERR_LIMIT`.
    pub(super) async fn parse<T>(&self, at: u64, parser: impl Fn(&mut Lexer) -> std::result::Result<T, Fault>) -> Result<(Vec<u8>, T)> {
        let mut size = FIRST;
        loop {
            let bytes = self.io.read(at..at.saturating_add(size)).await?;
            let last = at.saturating_add(size) >= self.io.length();
            let mut lexer = Lexer::new(&bytes, 0, last);
            let parsed = parser(&mut lexer);
            self.spend(if matches!(parsed, Err(Fault::Incomplete)) { bytes.len() } else { lexer.offset() })?;
            match parsed {
                Ok(parsed) => return Ok((bytes, parsed)),
                Err(Fault::Incomplete) if size >= limits::OBJECT => {
                    return Err(limits::exceeded("bytes in one object", limits::OBJECT).at(at));
                }
                Err(Fault::Incomplete) if !last => size = (size * 8).min(limits::OBJECT),
                Err(fault) => return Err(super::fault(fault, at)),
            }
        }
    }
}
