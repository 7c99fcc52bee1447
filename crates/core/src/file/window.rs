//! Parsing of bytes whose number is not known before: a window that grows until they are enough.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Code, Error, Result};
use crate::io::Io;
use crate::limits;
use crate::syntax::{Fault, Lexer};

/// The first window, in bytes: most objects fit.
pub(super) const FIRST: u64 = 1024;

/// The document while it is parsed.
pub(super) struct Reader {
    pub(super) io: Io,
    /// Places at which readers can take different objects from the document.
    doubts: Mutex<Vec<Error>>,
    landmarks: Mutex<Landmarks>,
}

/// The largest listed offset in each part of the document of [`PART`] bytes, by the number of the part. Where some parts have none, there is
/// a large stream. Offsets beyond the document are ignored.
pub(super) struct Landmarks {
    length: u64,
    largest: BTreeMap<u64, u64>,
}

/// Bytes of a part.
const PART: u64 = 1 << 20;

impl Landmarks {
    /// No offsets yet, of a document of `length` bytes.
    pub(super) fn new(length: u64) -> Self {
        Landmarks { length, largest: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, offset: u64) {
        if offset < self.length {
            let largest = self.largest.entry(offset / PART).or_default();
            *largest = offset.max(*largest);
        }
    }
}

impl Reader {
    pub(super) fn new(io: &Io) -> Self {
        Reader { io: io.clone(), doubts: Mutex::default(), landmarks: Mutex::new(Landmarks::new(io.length())) }
    }

    /// Adds offsets that a cross-reference section lists.
    pub(super) fn list(&self, landmarks: Landmarks) {
        let mut all = self.landmarks.lock().unwrap_or_else(PoisonError::into_inner);
        landmarks.largest.into_values().for_each(|offset| all.add(offset));
    }

    /// Largest listed offsets before parts of the document without any, ascending: objects that may have a large stream.
    pub(super) fn starts_of_gaps(&self) -> Vec<u64> {
        let landmarks = self.landmarks.lock().unwrap_or_else(PoisonError::into_inner);
        let end = self.io.length() / PART;
        let next = landmarks.largest.keys().skip(1).copied().chain([end]);
        let before = landmarks.largest.iter().zip(next).filter(|((part, _), next)| *next > **part + 1);
        before.map(|((_, offset), _)| *offset).take(limits::WATCHED_STREAMS).collect()
    }

    /// Forgets what was noted of a reading that failed.
    pub(super) fn forget(&self) {
        self.doubts().clear();
        self.landmarks.lock().unwrap_or_else(PoisonError::into_inner).largest.clear();
    }

    /// Notes a place at which other readers can take another object: `found` says why, `at` is its offset in the document.
    pub(super) fn doubt(&self, found: &str, at: u64) {
        let mut doubts = self.doubts();
        if doubts.len() < limits::DOUBTS {
            doubts.push(Code::XrefAmbiguous.because(format!("readers can take different objects from the document: {found}")).at(at));
        }
    }

    /// The places noted so far.
    pub(super) fn doubts(&self) -> MutexGuard<'_, Vec<Error>> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `parser` on the bytes from `at` on, more of them each time that it lacks some; returns those bytes and what it made of them.
    ///
    /// Errors: `ERR_OBJECT_BROKEN`, `ERR_FILE_TRUNCATED`, `ERR_LIMIT`.
    pub(super) async fn parse<T>(&self, at: u64, parser: impl Fn(&mut Lexer) -> std::result::Result<T, Fault>) -> Result<(Vec<u8>, T)> {
        let mut size = FIRST;
        loop {
            let mut bytes = self.io.read(at..at.saturating_add(size)).await?;
            let last = at.saturating_add(size) >= self.io.length();
            let mut lexer = Lexer::new(&bytes, 0, last);
            let parsed = parser(&mut lexer);
            let parsed_bytes = if matches!(parsed, Err(Fault::Incomplete)) { bytes.len() } else { lexer.offset() };
            self.io.charge(limits::WORK_OBJECT + limits::WORK_TOKEN * lexer.tokens() + parsed_bytes as u64)?;
            match parsed {
                Ok(parsed) => {
                    bytes.truncate(parsed_bytes);
                    if size > FIRST {
                        bytes.shrink_to_fit(); // what is kept of a large window is no larger than the object
                    }
                    return Ok((bytes, parsed));
                }
                Err(Fault::Incomplete) if size >= limits::OBJECT => {
                    return Err(limits::exceeded("bytes in one object", limits::OBJECT).at(at));
                }
                Err(Fault::Incomplete) if !last => size = (size * 8).min(limits::OBJECT),
                Err(fault) => return Err(super::fault(fault, at)),
            }
        }
    }
}
