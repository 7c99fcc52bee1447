//! Checks that what the cross-reference says of places in the file is true, where a reader that finds it false repairs the document.

use super::scan::heads;
use super::search::{find, rfind};
use super::xref::Entry;
use super::{File, indirect_object};
use crate::error::Result;
use crate::limits;
use crate::syntax::is_space;

impl File {
    /// Notes a linearized file with a first section that is not on the chain of `startxref`. Some readers begin with that section, others
    /// with `startxref` (annex F). An updated file is not linearized any more: its `/L` is another length.
    pub(super) async fn check_linearized(&self, header: u64) -> Result<()> {
        let window = self.io.read(header..header.saturating_add(limits::MARGIN)).await?;
        let Some(key) = find(&window, b"/Linearized") else { return Ok(()) };
        let Some(object) = rfind(&window[..key], b" obj") else { return Ok(()) };
        let start = window[..object].iter().rposition(|byte| matches!(byte, b'\r' | b'\n')).map_or(0, |end| end + 1);
        let Ok(loaded) = indirect_object(&self.reader, header + start as u64).await else { return Ok(()) };
        let Some(dictionary) = loaded.dictionary() else { return Ok(()) };
        if dictionary.integer("L") != i64::try_from(self.io.length()).ok() {
            return Ok(());
        }
        let behind = header + (start + loaded.object.span.end) as u64;
        let rest = self.io.read(behind..behind.saturating_add(limits::MARGIN)).await?;
        let end = find(&rest, b"endobj").map_or(0, |at| at + 6);
        let space = rest[end..].iter().take_while(|byte| is_space(**byte)).count();
        let section = behind + (end + space) as u64;
        if !self.xref.has_section_at(section.saturating_sub(self.base)) {
            self.reader.doubt("the first section of a linearized file is not the one that startxref leads to", section);
        }
        Ok(())
    }

    /// Notes objects that are not where the cross-reference says, or have another number or generation. In documents of moderate size
    /// all of them are looked at, for a reader may repair the document because of any.
    pub(super) async fn check_heads(&mut self) -> Result<()> {
        if self.io.length() > limits::HEADS || u64::from(self.xref.listed_end()) > self.io.length() {
            return Ok(());
        }
        let bytes = self.io.read(0..self.io.length()).await?;
        self.io.charge(bytes.len() as u64 / limits::WORK_SEARCH)?;
        let newest = self.xref.newest(&self.reader).await?;
        let is_later = |(number, at): &(u32, u64)| match newest.get(number) {
            Some(Entry::Offset { offset, .. }) => *at > self.base.saturating_add(*offset) + limits::WATCHED_SPACE,
            Some(Entry::Compressed { .. }) => true,
            _ => false,
        };
        self.later = Some(heads(&bytes).filter(is_later).take(limits::LATER).collect());
        for (number, entry) in newest {
            let Entry::Offset { offset, generation } = entry else { continue };
            self.io.charge(limits::WORK_LOOKUP.1)?;
            let at = self.base.saturating_add(offset);
            let head = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
            if !head.is_some_and(|head| starts_object(head, number, generation)) {
                self.reader.doubt("an object is not where the cross-reference says, or has another number or generation", at);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether `bytes` start with `N G obj`, after an end of line at the most.
fn starts_object(bytes: &[u8], number: u32, generation: u16) -> bool {
    let mut rest = &bytes[bytes.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count()..];
    for expected in [u64::from(number), u64::from(generation)] {
        let digits = rest.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let value = rest[..digits].iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        let space = rest[digits..].iter().take_while(|byte| is_space(**byte)).count();
        if digits == 0 || space == 0 || value != expected {
            return false;
        }
        rest = &rest[digits + space..];
    }
    rest.starts_with(b"obj")
}
