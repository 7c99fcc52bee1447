//! The two ends of a file: its header and the last `startxref`. ISO 32000-2, 7.5.2 and 7.5.5.

use crate::error::{Code, Result};
use crate::host::Host;
use crate::limits;
use crate::syntax::{Lexer, is_space};

/// What the ends of a file say.
pub(super) struct Ends {
    /// Where `%PDF-` stands, in bytes from the first.
    pub(super) header: u64,
    pub(super) version: (u8, u8),
    pub(super) startxref: u64,
    pub(super) ends_line: bool,
}

/// Reads both ends in one question.
///
/// Errors: `ERR_FILE_EMPTY`, `ERR_NOT_A_PDF`, `ERR_XREF_MISSING`, `ERR_FILE_TRUNCATED`.
pub(super) async fn read(host: &Host) -> Result<Ends> {
    let length = host.length();
    if length == 0 {
        return Err(Code::FileEmpty.into());
    }
    let tail = length.saturating_sub(limits::TAIL);
    host.fetch(&[0..limits::MARGIN, tail..length]).await?;
    let head = host.read(0..limits::MARGIN + 16).await?;
    let Some(header) = find(&head, b"%PDF-") else { return Err(Code::NotAPdf.into()) };
    let digit = |at: usize| head.get(at).filter(|byte| byte.is_ascii_digit()).map_or(0, |byte| byte - b'0');
    // `startxref` belongs into the last 1,024 bytes; those of real files are further up when junk was appended, and a window
    // this large finds it there.
    let tail = host.read(tail..length).await?;
    let Some(at) = rfind(&tail, b"startxref") else {
        // A file that once had an end and lost it, or never was one.
        return Err(Code::XrefMissing.into());
    };
    let offset = length - tail.len() as u64 + at as u64;
    let mut lexer = Lexer::new(&tail, at + b"startxref".len(), true);
    lexer.skip_space();
    let digits: Vec<u8> = tail[lexer.offset()..].iter().copied().take(20).take_while(u8::is_ascii_digit).collect();
    let startxref = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    // Objects behind the last end of file are a revision that was cut short. Without it the document would be another one.
    let behind = &tail[lexer.offset()..];
    if find(behind, b" obj").is_some() || find(behind, b"endobj").is_some() {
        return Err(Code::FileTruncated.because("the last revision has no end: there are objects behind the last startxref").at(offset));
    }
    match startxref {
        Some(startxref) => Ok(Ends {
            header: header as u64,
            version: (digit(header + 5), digit(header + 7)),
            startxref,
            ends_line: tail.last().copied().is_some_and(|byte| is_space(byte) && (byte == b'\n' || byte == b'\r')),
        }),
        None if lexer.offset() >= tail.len() => Err(Code::FileTruncated.because("the document ends behind startxref").at(offset)),
        None => Err(Code::XrefMissing.because("there is no offset behind the last startxref").at(offset)),
    }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

fn rfind(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}
