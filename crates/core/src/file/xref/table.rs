//! A classic table, indexed by arithmetic: of a million entries only those asked for are read. ISO 32000-2, 7.5.4.

use std::ops::Range;

use super::{Entry, broken, number};
use crate::error::{Code, Result};
use crate::file::window;
use crate::host::Host;
use crate::limits;

/// "nnnnnnnnnn ggggg n" and a two-byte end of line.
const ENTRY: u64 = 20;

/// The subsections of one table.
pub(super) struct TableSection {
    subsections: Vec<Subsection>,
}

struct Subsection {
    first: u32,
    count: u32,
    /// Of the first entry, in bytes from the first of the document.
    at: u64,
}

/// What stands between two subsections.
enum Next {
    Subsection { first: i64, count: i64, entries: usize },
    Trailer(usize),
}

impl TableSection {
    /// Reads the heads of the subsections from behind `xref` on, and returns where the trailer dictionary starts.
    ///
    /// Errors: `ERR_XREF_BROKEN`, `ERR_LIMIT`.
    pub(super) async fn read(host: &Host, mut at: u64, left: &mut usize) -> Result<(Self, u64)> {
        let mut subsections = Vec::new();
        loop {
            let (_, next) = window::parse(host, at, |lexer| {
                lexer.skip_space();
                if lexer.keyword_prefix(b"trailer")? {
                    return Ok(Next::Trailer(lexer.offset()));
                }
                let (first, count) = (number(lexer)?, number(lexer)?);
                lexer.skip_space();
                Ok(Next::Subsection { first, count, entries: lexer.offset() })
            })
            .await
            .map_err(|error| broken(error, at))?;
            match next {
                Next::Trailer(offset) => return Ok((TableSection { subsections }, at + offset as u64)),
                Next::Subsection { first, count, entries } => {
                    let start = at + entries as u64;
                    let found = || Code::XrefBroken.because("a subsection of the cross-reference table does not fit the document").at(at);
                    let (Ok(first), Ok(count)) = (u32::try_from(first), u32::try_from(count)) else { return Err(found()) };
                    let end = start + u64::from(count) * ENTRY;
                    // An empty subsection has no entries to start at: what was skipped belongs to what follows.
                    if end > host.length() || first.checked_add(count).is_none_or(|end| end > limits::OBJECT_NUMBER) {
                        return Err(found());
                    }
                    *left = left.checked_sub(1).ok_or_else(|| limits::exceeded("cross-reference subsections", limits::SUBSECTIONS))?;
                    if count > 0 {
                        subsections.push(Subsection { first, count, at: start });
                    }
                    at = end;
                }
            }
        }
    }

    /// Where the entry of `number` stands.
    pub(super) fn entry_range(&self, number: u32) -> Option<Range<u64>> {
        let subsection = self.subsections.iter().find(|s| s.first <= number && number - s.first < s.count)?;
        let at = subsection.at + u64::from(number - subsection.first) * ENTRY;
        Some(at..at + ENTRY)
    }

    pub(super) async fn entry(&self, host: &Host, number: u32) -> Result<Option<Entry>> {
        let Some(range) = self.entry_range(number) else { return Ok(None) };
        let bytes = host.read(range.clone()).await?;
        match parse(&bytes) {
            Some(entry) => Ok(Some(entry)),
            None => Err(Code::XrefBroken.because(format!("the cross-reference entry of object {number} is malformed")).at(range.start)),
        }
    }

    /// One more than the largest number.
    pub(super) fn end(&self) -> u32 {
        self.subsections.iter().map(|s| s.first + s.count).max().unwrap_or(0)
    }
}

fn parse(bytes: &[u8]) -> Option<Entry> {
    let [offset @ .., _, _, _, _, _, _, _, _, _, _] = bytes else { return None };
    let (generation, kind, end) = (bytes.get(11..16)?, *bytes.get(17)?, bytes.get(18..20)?);
    if bytes[10] != b' ' || bytes[16] != b' ' || !end.iter().all(|byte| matches!(byte, b' ' | b'\r' | b'\n')) {
        return None;
    }
    let decimal = |digits: &[u8]| digits.iter().try_fold(0_u64, |value, d| d.is_ascii_digit().then(|| value * 10 + u64::from(d - b'0')));
    let offset = decimal(offset)?;
    let generation = u16::try_from(decimal(generation)?).ok()?;
    match kind {
        b'n' if offset == 0 => Some(Entry::Free), // as some writers mark what they did not write
        b'n' => Some(Entry::Offset { offset, generation }),
        b'f' => Some(Entry::Free),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        assert_eq!(parse(b"0000000017 00000 n \n"), Some(Entry::Offset { offset: 17, generation: 0 }));
        assert_eq!(parse(b"9999999999 65535 n\r\n"), Some(Entry::Offset { offset: 9_999_999_999, generation: 65535 }));
        assert_eq!(parse(b"0000000000 65535 f \n"), Some(Entry::Free));
        assert_eq!(parse(b"0000000017 00000 n \n"[..19].as_ref()), None);
        assert_eq!(parse(b"000000017 00000 n  \n"), None);
        assert_eq!(parse(b"0000000017 00000 x \n"), None);
    }
}
