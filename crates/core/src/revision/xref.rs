//! The cross-reference section of the update, of the same kind as the one before. ISO 32000-2, 7.5.4 and 7.5.8.

use super::update::Written;
use crate::syntax::ObjectId;

/// Ten digits are all that an entry of a table has.
pub(super) const LARGEST_IN_TABLE: u64 = 9_999_999_999;

/// A table of the objects written and its trailer; `entries` is what the trailer holds beside `/Size` and `/Prev`.
pub(super) fn write_table(out: &mut Vec<u8>, written: &[Written], size: u32, entries: &[u8], previous: u64) {
    out.extend_from_slice(b"xref\n");
    for run in runs(written) {
        out.extend(format!("{} {}\n", run[0].id.number, run.len()).into_bytes());
        for Written { id, offset } in run {
            out.extend(format!("{offset:010} {:05} n \n", id.generation).into_bytes());
        }
    }
    out.extend(format!("trailer\n<</Size {size} /Prev {previous}").into_bytes());
    out.extend_from_slice(entries);
    out.extend_from_slice(b">>\n");
}

/// A cross-reference stream of the objects written, itself among them, unfiltered: it is a few dozen bytes.
pub(super) fn write_stream(out: &mut Vec<u8>, written: &mut [Written], id: ObjectId, entries: &[u8], previous: u64) {
    written.sort_by_key(|written| written.id);
    let largest = written.iter().map(|written| written.offset).max().unwrap_or(0);
    let width = (8 - largest.leading_zeros() as usize / 8).max(1);
    let mut index = Vec::new();
    let mut data = Vec::new();
    for run in runs(written) {
        index.push(format!("{} {}", run[0].id.number, run.len()));
        for Written { id, offset } in run {
            data.push(1);
            data.extend_from_slice(&offset.to_be_bytes()[8 - width..]);
            data.extend_from_slice(&id.generation.to_be_bytes());
        }
    }
    out.extend(
        format!(
            "{} 0 obj\n<</Type /XRef /Size {} /Prev {previous} /W [1 {width} 2] /Index [{}] /Length {}",
            id.number,
            id.number + 1,
            index.join(" "),
            data.len()
        )
        .into_bytes(),
    );
    out.extend_from_slice(entries);
    out.extend_from_slice(b">>\nstream\n");
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\nendstream\nendobj\n");
}

/// Runs of consecutive object numbers; `written` ascends.
fn runs(written: &[Written]) -> impl Iterator<Item = &[Written]> {
    written.chunk_by(|one, next| one.id.number + 1 == next.id.number)
}
