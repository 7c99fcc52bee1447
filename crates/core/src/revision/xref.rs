//! The cross-reference section of the update, of the same kind as the one before. ISO 32000-2, 7.5.4 and 7.5.8.

use std::io::Write;

use crate::file::xref::Entry;

/// Ten digits are all that an entry of a table has.
pub(super) const LARGEST_IN_TABLE: u64 = 9_999_999_999;

/// A table of `entries`, which ascend, and its trailer; `trailer` is what that holds beside `/Size` and `/Prev`.
pub(super) fn write_table(out: &mut Vec<u8>, entries: &[(u32, Entry)], size: u32, trailer: &[u8], previous: Option<u64>) {
    out.extend_from_slice(b"xref\n");
    for run in runs(entries) {
        let _ = writeln!(out, "{} {}", run[0].0, run.len());
        for (_, entry) in run {
            let (offset, generation, kind) = match entry {
                Entry::Offset { offset, generation } => (*offset, *generation, 'n'),
                _ => (0, 65535, 'f'),
            };
            let _ = writeln!(out, "{offset:010} {generation:05} {kind} ");
        }
    }
    let _ = write!(out, "trailer\n<</Size {size}{}", prev(previous));
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\n");
}

/// A cross-reference stream with the number `number` of `entries`, itself among them, unfiltered: it is a few dozen bytes.
pub(super) fn write_stream(out: &mut Vec<u8>, entries: &[(u32, Entry)], number: u32, trailer: &[u8], previous: Option<u64>) {
    let fields = |entry: &Entry| match *entry {
        Entry::Free => (0, 0, 65535),
        Entry::Offset { offset, generation } => (1, offset, u32::from(generation)),
        Entry::Compressed { stream, index } => (2, u64::from(stream), index),
    };
    let width = |largest: u64| (8 - largest.leading_zeros() as usize / 8).max(1);
    let second = width(entries.iter().map(|(_, entry)| fields(entry).1).max().unwrap_or(0));
    let third = width(entries.iter().map(|(_, entry)| fields(entry).2.into()).max().unwrap_or(0)).max(2);
    let mut index = Vec::new();
    let mut data = Vec::with_capacity(entries.len() * (1 + second + third));
    for run in runs(entries) {
        index.push(format!("{} {}", run[0].0, run.len()));
        for (_, entry) in run {
            let (kind, offset, rest) = fields(entry);
            data.push(kind);
            data.extend_from_slice(&offset.to_be_bytes()[8 - second..]);
            data.extend_from_slice(&u64::from(rest).to_be_bytes()[8 - third..]);
        }
    }
    out.extend(
        format!(
            "{number} 0 obj\n<</Type /XRef /Size {}{} /W [1 {second} {third}] /Index [{}] /Length {}",
            number + 1,
            prev(previous),
            index.join(" "),
            data.len()
        )
        .into_bytes(),
    );
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\nstream\n");
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\nendstream\nendobj\n");
}

/// `/Prev`, where there is a section before this one.
fn prev(offset: Option<u64>) -> String {
    offset.map_or(String::new(), |offset| format!(" /Prev {offset}"))
}

/// Runs of consecutive object numbers.
fn runs(entries: &[(u32, Entry)]) -> impl Iterator<Item = &[(u32, Entry)]> {
    entries.chunk_by(|one, next| one.0 + 1 == next.0)
}
