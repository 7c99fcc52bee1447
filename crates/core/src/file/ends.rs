//! The two ends of a file: its header and the last `startxref`. ISO 32000-2, 7.5.2 and 7.5.5.

use super::conversion::{self, Sample, Trace};
use super::foreign::{self, Edges};
use super::search::{find, rfind};
use crate::error::{Code, Error, Result};
use crate::io::Io;
use crate::limits;
use crate::syntax::{Lexer, filter, is_space};

/// What is taken for the version of a file without a header: the first with everything that an update writes.
const ASSUMED: (u8, u8) = (1, 4);

/// What the ends of a file say.
pub(super) struct Ends {
    /// Where `%PDF-` stands, in bytes from the first; none where it is missing.
    pub(super) header: Option<u64>,
    pub(super) version: (u8, u8),
    /// The last `startxref`, or what is wrong with it.
    pub(super) startxref: std::result::Result<StartXref, Error>,
    pub(super) ends_line: bool,
    /// Whether the comment after the header was converted as text, which is no proof by itself.
    pub(super) converted_comment: bool,
    /// How the document was converted as text, where that moved it and spoiled nothing.
    pub(super) moved: Option<&'static str>,
}

/// The last `startxref` of a file.
#[derive(Clone, Copy)]
pub(super) struct StartXref {
    pub(super) offset: u64,
    /// Where the keyword stands.
    pub(super) at: u64,
    /// Reason for which other readers do not find it, or find another one.
    pub(super) doubt: Option<&'static str>,
    /// Whether objects stand behind it: the beginning of a revision that was cut short, which no reader shows.
    pub(super) objects_behind: bool,
}

/// Reads both ends in one question.
///
/// Errors: `ERR_FILE_EMPTY`; `ERR_NOT_A_PDF` where neither end looks like one of a PDF file, for other formats, and for a PDF file that was
/// converted as text.
pub(super) async fn read(io: &Io) -> Result<Ends> {
    let length = io.length();
    if length == 0 {
        return Err(Code::FileEmpty.into());
    }
    let tail = length.saturating_sub(limits::TAIL);
    io.fetch(&[0..limits::BLOCK, tail..length]).await?;
    let head = io.read(0..limits::BLOCK).await?;
    let margin = head.get(..limits::MARGIN as usize).unwrap_or(&head);
    let header = find(margin, b"%PDF-");
    let digit = |at: usize| head.get(at).filter(|byte| byte.is_ascii_digit()).map_or(0, |byte| byte - b'0');
    let version = header.map_or(ASSUMED, |header| (digit(header + 5), digit(header + 7)));
    let bytes = io.read(tail..length).await?;
    // `startxref` belongs into the last 1,024 bytes; those of real files are further up when junk was appended, and a window
    // this large finds it there.
    let found = rfind(&bytes, b"startxref");
    if let Some(format) = foreign::format(&Edges { head: &head, tail: &bytes, length, is_pdf: header.is_some() || found.is_some() }) {
        return Err(Code::NotAPdf.because(format!("the document is not a PDF file but {format}")));
    }
    if header.is_none() && found.is_none() {
        return Err(Code::NotAPdf.into());
    }
    let mut sample = Sample::default();
    sample.add(&bytes);
    if tail > 0 {
        sample.add(&head);
    }
    check_conversion(&sample)?;
    let startxref = match found {
        Some(at) => startxref(&bytes, at, tail).map_err(|error| error.at(tail + at as u64)),
        None => Err(Code::XrefMissing.into()),
    };
    let ends_line = bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r'));
    let converted_comment = conversion::is_comment_converted(&head);
    let mut moved = None;
    if tail == 0 {
        let offset = startxref.as_ref().ok().and_then(|startxref| usize::try_from(startxref.offset).ok());
        let is_intact = |data: &[u8], most| filter::is_whole_zlib(data, most, &|units| io.charge(units));
        match conversion::trace(&bytes[header.unwrap_or(0)..], offset, is_intact)? {
            Some(Trace::Spoiled(found)) => return Err(converted(found)),
            Some(Trace::Moved(found)) => moved = Some(found),
            None => {}
        }
    }
    Ok(Ends { header: header.map(|at| at as u64), version, startxref, ends_line, converted_comment, moved })
}

/// Refuses a document whose streams were converted as text. Errors: `ERR_NOT_A_PDF`.
pub(super) fn check_conversion(sample: &Sample) -> Result<()> {
    match sample.conversion() {
        Some(found) => Err(converted(found)),
        None => Ok(()),
    }
}

/// The error of a document that was converted as text.
pub(super) fn converted(found: &str) -> Error {
    Code::NotAPdf.because(format!("the document is a PDF file that was converted as text: {found}"))
}

/// Reads the `startxref` at `at` in the bytes from `start` on.
fn startxref(tail: &[u8], at: usize, start: u64) -> Result<StartXref> {
    let mut lexer = Lexer::new(tail, at + b"startxref".len(), true);
    lexer.skip_space();
    let behind = tail.get(lexer.offset()..).unwrap_or_default();
    let objects_behind = find(behind, b" obj").is_some() || find(behind, b"endobj").is_some();
    // Readers look for it in the last 1,024 bytes. Where it stands further up they rebuild the cross-reference, with those objects.
    if objects_behind && tail.len() - at > limits::MARGIN as usize {
        return Err(revision_cut());
    }
    let digits: Vec<u8> = behind.iter().copied().take(20).take_while(u8::is_ascii_digit).collect();
    match std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok()) {
        Some(offset) => Ok(StartXref { offset, at: start + at as u64, doubt: doubt(tail, at, lexer.offset()), objects_behind }),
        None if behind.is_empty() => Err(Code::FileTruncated.because("the document ends behind startxref")),
        None => Err(Code::XrefMissing.because("there is no offset behind the last startxref")),
    }
}

/// A reason for which other readers do not find the `startxref` at `at`, with its offset at `digits`. They then rebuild the cross-reference.
/// 7.5.5 asks for the keyword, the offset and `%%EOF`, a line each.
fn doubt(tail: &[u8], at: usize, digits: usize) -> Option<&'static str> {
    let line = tail[..at].iter().rposition(|byte| is_end_of_line(*byte)).map_or(0, |end| end + 1);
    let before = &tail[at + b"startxref".len()..digits];
    let after = &tail[digits..];
    let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let after = &after[count..];
    let space = after.iter().take_while(|byte| is_space(**byte)).count();
    if tail.len() - at > limits::MARGIN as usize {
        Some("the last startxref is not in the last 1,024 bytes")
    } else if tail[line..at].contains(&b'%') {
        Some("the last startxref is in a comment")
    } else if before.contains(&b'%') || !before.iter().any(|byte| is_space(*byte)) || before.len() > LINES {
        Some("the offset does not follow startxref on a line of its own")
    } else if space == 0 || !after[space..].starts_with(b"%%EOF") {
        Some("%%EOF does not follow startxref and its offset")
    } else {
        None
    }
}

fn is_end_of_line(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// White space between startxref and its offset that every reader passes over.
const LINES: usize = 4;

/// The error of objects behind the last `startxref`.
pub(super) fn revision_cut() -> Error {
    Code::FileTruncated.because("the last revision has no end: there are objects behind the last startxref")
}
