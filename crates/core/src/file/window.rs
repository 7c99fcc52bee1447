//! Parsing of bytes whose number is not known before: a window that grows until they are enough.

use crate::error::Result;
use crate::host::Host;
use crate::limits;
use crate::syntax::{Fault, Lexer};

/// The first window, in bytes: most objects fit.
pub(super) const FIRST: u64 = 1024;

/// Runs `parser` on the bytes from `at` on, more of them each time that it lacks some; returns those bytes and what it made of them.
///
/// Errors: `ERR_OBJECT_BROKEN`, `ERR_FILE_TRUNCATED`, `ERR_LIMIT`.
pub(super) async fn parse<T>(host: &Host, at: u64, parser: impl Fn(&mut Lexer) -> std::result::Result<T, Fault>) -> Result<(Vec<u8>, T)> {
    let mut size = FIRST;
    loop {
        let bytes = host.read(at..at.saturating_add(size)).await?;
        let last = at.saturating_add(size) >= host.length();
        match parser(&mut Lexer::new(&bytes, 0, last)) {
            Ok(parsed) => return Ok((bytes, parsed)),
            Err(Fault::More) if size >= limits::OBJECT => return Err(limits::exceeded("bytes in one object", limits::OBJECT).at(at)),
            Err(Fault::More) if !last => size = (size * 8).min(limits::OBJECT),
            Err(fault) => return Err(super::fault(fault, at)),
        }
    }
}
