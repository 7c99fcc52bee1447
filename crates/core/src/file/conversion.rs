//! Traces of a conversion as text, which destroys the streams of a PDF file. Compressed data has every byte value; after a conversion
//! some are missing, or the data is valid UTF-8.

use memchr::{memchr, memchr_iter};

use super::search::{find, rfind};
use crate::error::Result;
use crate::syntax::{Lexer, parse_indirect_header};

/// Compressed data to look at, in bytes.
const ENOUGH: usize = 64 << 10;
/// The same of one stream.
const OF_STREAM: usize = 8 << 10;
/// Keywords to look at: a document can have many that begin no stream.
const KEYWORDS: usize = 4096;
/// How far before `stream` its dictionary begins, in bytes.
const DICTIONARY: usize = 1 << 10;
/// Filters whose data is compressed. Others make few byte values.
const COMPRESSED: [&[u8]; 4] = [b"/FlateDecode", b"/DCTDecode", b"/LZWDecode", b"/JPXDecode"];
/// Filters whose data is text.
const TEXT: [&[u8]; 4] = [b"/ASCII85Decode", b"/ASCIIHexDecode", b"/A85", b"/AHx"];
/// U+FFFD in UTF-8, which replaces bytes that cannot be decoded.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();
/// The usual comment of binary bytes, converted from Latin-1 to UTF-8.
const COMMENT: &[u8] = "%âãÏÓ".as_bytes();
/// Compressed data among which a carriage return and a line feed are expected, in bytes: each has one chance in 256.
const EXPECTED: usize = 512;
/// Compressed data that have a byte above 127, in bytes.
const EXPECTED_HIGH: usize = 32;
/// Decoded bytes of a stream that are looked at.
const SHOWN: u64 = 1 << 20;
/// Line ends of a stream that are changed back in every combination: each doubles the work.
const RESTORED: usize = 8;
/// Decoded bytes of a stream that are looked at in each combination.
const RESTORED_BYTES: u64 = 16 << 10;
/// Streams of one document that are decoded, or compared with later ones.
const DECODED: usize = 64;

/// Compressed streams in a part of a document.
struct Streams<'a> {
    window: &'a [u8],
    from: usize,
    /// Keywords that were looked at.
    keywords: usize,
    /// Data of the first streams, without the space around it. An update repeats objects, and a repetition is no further trace.
    seen: Vec<&'a [u8]>,
}

struct Stream<'a> {
    dictionary: &'a [u8],
    /// All between the keyword and `endstream`, another object, or the end of the part.
    data: &'a [u8],
    is_complete: bool,
}

impl<'a> Iterator for Streams<'a> {
    type Item = Stream<'a>;

    fn next(&mut self) -> Option<Stream<'a>> {
        let window = self.window;
        while self.keywords < KEYWORDS
            && let Some(at) = find_from(window, b"stream", self.from)
        {
            self.keywords += 1;
            self.from = at + b"stream".len();
            let dictionary = &window[at.saturating_sub(DICTIONARY)..at];
            let dictionary = &dictionary[rfind(dictionary, b"obj").unwrap_or(dictionary.len())..];
            let has = |names: &[&[u8]]| names.iter().any(|name| find(dictionary, name).is_some());
            if !has(&COMPRESSED) || has(&TEXT) || !dictionary.trim_ascii_end().ends_with(b">>") {
                continue;
            }
            let end = find_from(window, b"endstream", self.from);
            // The keyword may be missing: what follows is then another object, of a later revision at the latest.
            let object = find_from(&window[..end.unwrap_or(window.len())], b"obj", self.from);
            let data = &window[self.from..object.or(end).unwrap_or(window.len())];
            self.from = end.unwrap_or(window.len());
            let trimmed = data.trim_ascii();
            if self.seen.contains(&trimmed) {
                continue;
            }
            if self.seen.len() < DECODED {
                self.seen.push(trimmed);
            }
            return Some(Stream { dictionary, data, is_complete: object.is_none() && end.is_some() });
        }
        None
    }
}

impl Stream<'_> {
    /// A direct `/Length`.
    fn length(&self) -> Option<usize> {
        let at = rfind(self.dictionary, b"/Length")?;
        let digits = self.dictionary[at + b"/Length".len()..].trim_ascii_start();
        let (digits, rest) = digits.split_at(digits.iter().take_while(|byte| byte.is_ascii_digit()).count().min(9));
        let is_reference = rest.trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
        std::str::from_utf8(digits).ok()?.parse().ok().filter(|_| !is_reference)
    }

    /// Whether the data is longer than `/Length` by as many bytes as it has pairs of CR and LF.
    fn has_grown(&self) -> bool {
        let Some(length) = self.length() else { return false };
        let data = self.data.strip_prefix(b"\r\n").and_then(|data| data.strip_suffix(b"\r\n")).unwrap_or_default();
        let pairs = pairs(data);
        self.is_complete && pairs > 0 && data.len() == length + pairs
    }

    /// Whether the data is shorter than `/Length` by as many bytes as it may have had carriage returns: one of 64 at the most.
    fn has_shrunk(&self) -> bool {
        let data = self.data.strip_prefix(b"\n").unwrap_or(self.data);
        let data = data.strip_suffix(b"\n").unwrap_or(data);
        self.length().is_some_and(|length| data.len() < length && length - data.len() <= 2 + length / 64)
    }

    /// The data of a stream whose only filter is Flate, without the line end before it.
    fn flate(&self) -> Option<&[u8]> {
        let has = |name: &&[u8]| find(self.dictionary, name).is_some();
        let [flate, others @ ..] = &COMPRESSED;
        (self.is_complete && has(flate) && !others.iter().any(has)).then(|| self.data.trim_ascii_start())
    }
}

/// Compressed data of the streams in some parts of a document.
#[derive(Default)]
pub(super) struct Sample {
    keywords: usize,
    bytes: usize,
    counts: Vec<usize>,
    /// Whether some data is not UTF-8.
    binary: bool,
    replacements: usize,
    /// Line feeds after a carriage return.
    pairs: usize,
    /// Streams that are longer than their `/Length` by just their line feeds.
    grown: usize,
}

impl Sample {
    /// Adds the data of the streams in `window`, a part of the document.
    pub(super) fn add(&mut self, window: &[u8]) {
        let mut streams = Streams { window, from: 0, keywords: self.keywords, seen: Vec::new() };
        while self.bytes < ENOUGH
            && let Some(stream) = streams.next()
        {
            self.grown += usize::from(stream.has_grown());
            self.add_data(stream.data[..stream.data.len().min(OF_STREAM)].trim_ascii());
        }
        self.keywords = streams.keywords;
    }

    fn add_data(&mut self, data: &[u8]) {
        self.counts.resize(256, 0);
        self.bytes += data.len();
        for (index, byte) in data.iter().enumerate() {
            self.counts[usize::from(*byte)] += 1;
            self.pairs += usize::from(*byte == b'\n' && index > 0 && data[index - 1] == b'\r');
        }
        // The last character may be cut.
        self.binary |= std::str::from_utf8(data).is_err_and(|error| error.error_len().is_some());
        self.replacements += data.windows(REPLACEMENT.len()).filter(|window| *window == REPLACEMENT).count();
    }

    /// How the document was converted, if it was.
    pub(super) fn conversion(&self) -> Option<&'static str> {
        let high: usize = self.counts.iter().skip(0x80).sum();
        let count = |byte: u8| self.counts.get(usize::from(byte)).copied().unwrap_or(0);
        let varied =
            |least: usize| self.counts.iter().enumerate().filter(|(byte, count)| !matches!(byte, 10 | 13) && **count >= least).count();
        if !self.binary && high >= 16 && 2 * REPLACEMENT.len() * self.replacements >= high {
            return Some("the bytes of its streams were replaced by U+FFFD");
        }
        if !self.binary && high >= 16 {
            return Some("the bytes of its streams were encoded as UTF-8");
        }
        if self.bytes >= 256 && high == 0 {
            return Some("the bytes of its streams above 127 were removed or replaced");
        }
        if count(b'\n') == self.pairs && (self.grown > 0 || self.pairs >= 4 && varied(1) >= 200) {
            return Some("the line ends in its streams were changed to CR LF");
        }
        // Of evenly spread bytes each value comes 32 times in 8 KiB.
        if varied(8) >= 254 && (count(b'\r') == 0) != (count(b'\n') == 0) {
            return Some("the line ends in its streams were changed");
        }
        None
    }

    /// Whether there was no compressed data.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }
}

/// A conversion of a small document, all bytes of which are known.
pub(super) enum Trace {
    /// It spoiled a stream.
    Spoiled(&'static str),
    /// It moved what the offsets lead to, and spoiled no stream of Flate.
    Moved(&'static str),
}

/// The conversion of the document `bytes`, if it was converted. `startxref` is the offset that its last cross-reference section should have.
/// `is_intact` decodes Flate, up to a number of bytes.
///
/// A conversion leaves two traces: bytes that are nowhere in the document, and streams that cannot be decoded or are not as long as they say.
/// Neither is a proof by itself.
pub(super) fn trace(
    bytes: &[u8],
    startxref: Option<usize>,
    is_intact: impl Fn(&[u8], u64) -> Result<Option<bool>>,
) -> Result<Option<Trace>> {
    let (has_cr, has_lf) = (memchr(b'\r', bytes).is_some(), memchr(b'\n', bytes).is_some());
    let is_after_cr = |at: usize| at > 0 && bytes[at - 1] == b'\r';
    let is_dos = has_cr && has_lf && memchr_iter(b'\n', bytes).all(is_after_cr);
    let is_unix = has_lf && !memchr_iter(b'\n', bytes).any(is_after_cr);
    let is_utf_8 = std::str::from_utf8(bytes).is_ok();
    if has_cr && has_lf && !is_dos && !is_unix && !is_utf_8 {
        return Ok(None);
    }
    if find(bytes, b"/Encrypt").is_none() {
        let flate =
            || Streams { window: bytes, from: 0, keywords: 0, seen: Vec::new() }.filter(|stream| stream.flate().is_some()).take(DECODED);
        let length: usize = flate().map(|stream| stream.data.len()).sum();
        for stream in flate() {
            let data = stream.flate().unwrap_or_default();
            let (found, is_sure) = if is_utf_8 && find(data, REPLACEMENT).is_some() {
                ("the bytes of its streams were replaced by U+FFFD", true)
            } else if is_utf_8 && !data.is_ascii() {
                ("the bytes of its streams were encoded as UTF-8", true)
            } else if bytes.is_ascii() && length >= EXPECTED_HIGH {
                ("the bytes of its streams above 127 were removed or replaced", true)
            } else if is_dos && pairs(data) > 0 {
                ("the line ends in its streams were changed to CR LF", true)
            } else if is_unix && (!has_cr || stream.has_shrunk()) {
                ("the line ends in its streams were changed to LF", length >= EXPECTED || stream.has_shrunk())
            } else if !has_lf {
                ("the line ends in its streams were changed to CR", length >= EXPECTED)
            } else {
                continue;
            };
            if is_intact(data, SHOWN)? == Some(false) && (is_sure || is_restored(data, &is_intact)?) {
                return Ok(Some(Trace::Spoiled(found)));
            }
        }
    }
    // Of each byte, how many bytes of the original it was: their sum leads to the section.
    let leads = |at: usize| bytes.get(at..).is_some_and(begins_section);
    let Some(offset) = startxref.filter(|offset| !leads(*offset)) else { return Ok(None) };
    let place = |size: fn(u8, Option<u8>) -> usize| {
        let mut original = 0;
        (0..bytes.len()).find(|at| {
            let size = size(bytes[*at], bytes.get(at + 1).copied());
            original += size;
            size > 0 && original - size == offset
        })
    };
    let is_moved = |size| place(size).is_some_and(leads);
    Ok(if is_utf_8 && is_moved(|byte, _| usize::from(byte & 0xc0 != 0x80)) {
        Some(Trace::Moved("its text was encoded as UTF-8"))
    } else if is_dos && is_moved(|byte, next| usize::from((byte, next) != (b'\r', Some(b'\n')))) {
        Some(Trace::Moved("its line ends were changed to CR LF"))
    } else if is_unix && has_lost_returns(bytes, offset) {
        Some(Trace::Moved("its line ends were changed from CR LF to LF"))
    } else {
        None
    })
}

/// Whether the last table is before `offset` by the line feeds before it at the most, and its entries have lost their carriage returns.
fn has_lost_returns(bytes: &[u8], offset: usize) -> bool {
    let before = &bytes[..offset.min(bytes.len())];
    let Some(table) = rfind(before, b"\nxref\n") else { return false };
    let first = bytes[table + 1..].split(|byte| *byte == b'\n').nth(2);
    // "nnnnnnnnnn ggggg n", which a space or a carriage return follows (7.5.4).
    offset - (table + 1) <= memchr_iter(b'\n', &bytes[..=table]).count() && first.is_some_and(|entry| entry.len() == 18)
}

/// Whether `data` that cannot be decoded can be, if some of its line ends are the other one. Data with many line ends is not tried. Its last
/// byte ends the line before `endstream`.
fn is_restored(data: &[u8], is_intact: impl Fn(&[u8], u64) -> Result<Option<bool>>) -> Result<bool> {
    let places: Vec<usize> = (0..data.len().saturating_sub(1)).filter(|at| matches!(data[*at], b'\r' | b'\n')).take(RESTORED + 1).collect();
    if places.len() > RESTORED {
        return Ok(false);
    }
    let mut changed = data.to_vec();
    for number in 1_u32..1 << places.len() {
        // Gray code: each number differs from the one before in one place.
        if let Some(byte) = places.get(number.trailing_zeros() as usize).and_then(|at| changed.get_mut(*at)) {
            *byte ^= b'\r' ^ b'\n';
        }
        if is_intact(&changed, RESTORED_BYTES)? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a cross-reference section begins: a table, or the object of a stream.
fn begins_section(bytes: &[u8]) -> bool {
    bytes.starts_with(b"xref")
        || bytes.first().is_some_and(u8::is_ascii_digit) && parse_indirect_header(&mut Lexer::new(bytes, 0, true)).is_ok()
}

/// Pairs of CR and LF.
fn pairs(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).filter(|at| *at > 0 && bytes[at - 1] == b'\r').count()
}

/// Whether the comment after the header, whose bytes mark the file as binary (7.5.2), was converted. Some writers begin so, and it is no
/// proof by itself.
pub(super) fn is_comment_converted(head: &[u8]) -> bool {
    let lines = head.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty());
    lines.skip(1).take(1).any(|line| line.starts_with(COMMENT) || line.starts_with(b"%") && find(line, REPLACEMENT).is_some())
}

fn find_from(bytes: &[u8], word: &[u8], from: usize) -> Option<usize> {
    Some(from + find(bytes.get(from..)?, word)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streams of bytes that are spread like compressed ones, as pieces of about 2 KiB.
    fn streams(count: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        for number in 1..=count {
            out.extend(format!("{number} 0 obj\n<</Filter/FlateDecode/Length 2000>>\nstream\n").bytes());
            out.extend((0..2000).map(|_| byte()));
            out.extend(b"\nendstream\nendobj\n");
        }
        out
    }

    fn told(document: &[u8]) -> Option<&'static str> {
        let mut sample = Sample::default();
        sample.add(document);
        sample.conversion()
    }

    #[test]
    fn conversions_are_recognized() {
        for count in [1, 8] {
            let plain = streams(count);
            assert_eq!(told(&plain), None);
            let ends = |bytes: &[u8], from: u8, to: &[u8]| {
                bytes.iter().flat_map(|byte| if *byte == from { to.to_vec() } else { vec![*byte] }).collect()
            };
            let seven: Vec<u8> = plain.iter().map(|byte| byte & 0x7f).collect();
            let asked: Vec<u8> = plain.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }).collect();
            let latin: String = plain.iter().map(|byte| char::from(*byte)).collect();
            let unix: Vec<u8> = ends(&plain, b'\r', b"\n");
            let dos: Vec<u8> = ends(&plain, b'\n', b"\r\n");
            for (converted, word) in [
                (String::from_utf8_lossy(&plain).as_bytes(), "U+FFFD"),
                (latin.as_bytes(), "UTF-8"),
                (&seven[..], "above 127"),
                (&asked, "above 127"),
                (&dos, "CR LF"),
            ] {
                assert!(told(converted).is_some_and(|found| found.contains(word)), "{word}");
            }
            assert_eq!(told(&unix).is_some(), count == 8);
        }
    }

    #[test]
    fn text_in_streams_is_not_a_trace() {
        let stream = |filter: &str, data: &str| format!("1 0 obj\n<<{filter}>>\nstream\n{data}\nendstream\n");
        let text = "\u{fffd}text\u{fffd}".repeat(100);
        assert_eq!(told(stream("", &text).as_bytes()), None);
        assert_eq!(told(stream("/Filter[/ASCII85Decode/FlateDecode]", &"Gb\"0".repeat(100)).as_bytes()), None);
        assert_eq!(told(&[stream("/Filter/FlateDecode", &text).as_bytes(), &streams(1)].concat()), None);
        assert!(told(stream("/Filter/FlateDecode", &text).as_bytes()).is_some());
    }

    #[test]
    fn a_short_stream_that_grew_by_its_line_feeds() {
        let stream = |length: usize, data: &str| format!("1 0 obj\n<</Filter/FlateDecode/Length {length}>>\nstream\n{data}\nendstream\n");
        let dos = |text: String| text.replace('\n', "\r\n");
        assert!(told(dos(stream(9, "x\n34\n6789")).as_bytes()).is_some());
        assert_eq!(told(dos(stream(8, "x\n34\n6789")).as_bytes()), None);
        assert_eq!(told(dos(stream(9, "x23456789")).as_bytes()), None);
        assert_eq!(told(stream(11, "x\r\n34\r\n6789").as_bytes()), None);
        assert_eq!(told(format!("{}{}", dos(stream(9, "x\n34\n6789")), stream(9, "x\n3456789")).as_bytes()), None);
    }

    #[test]
    fn a_stream_without_its_end_is_none_of_the_next_object() {
        let next = format!("\n2 0 obj\n<</Contents<{}>>>\nendobj\n", "00".repeat(200));
        assert_eq!(told(format!("1 0 obj\n<</Filter/FlateDecode>>\nstream\nabc{next}").as_bytes()), None);
    }

    #[test]
    fn comments() {
        assert!(is_comment_converted("%PDF-1.7\r\n%\u{fffd}\u{fffd}\u{fffd}\u{fffd}\r\n".as_bytes()));
        assert!(is_comment_converted("%PDF-1.7\n%âãÏÓ\n".as_bytes()));
        assert!(!is_comment_converted("%PDF-1.7\n%äüöß\n\u{fffd}".as_bytes()));
        assert!(!is_comment_converted(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"));
    }
}
