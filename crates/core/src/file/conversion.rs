//! Traces of a conversion as text, which destroys the streams of a PDF file. Compressed data has every byte value; after a conversion
//! some are missing, or the data is valid UTF-8.

use super::search::{find, rfind};

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
        let mut from = 0;
        while self.bytes < ENOUGH
            && self.keywords < KEYWORDS
            && let Some(at) = find_from(window, b"stream", from)
        {
            self.keywords += 1;
            from = at + b"stream".len();
            let dictionary = &window[at.saturating_sub(DICTIONARY)..at];
            let dictionary = &dictionary[rfind(dictionary, b"obj").unwrap_or(dictionary.len())..];
            let has = |names: &[&[u8]]| names.iter().any(|name| find(dictionary, name).is_some());
            if !has(&COMPRESSED) || has(&TEXT) || !dictionary.trim_ascii_end().ends_with(b">>") {
                continue;
            }
            let end = find_from(window, b"endstream", from).unwrap_or(window.len());
            self.grown += usize::from(end < window.len() && has_grown(dictionary, &window[from..end]));
            self.add_data(window[from..end.min(from + OF_STREAM)].trim_ascii());
            from = end;
        }
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

/// Whether the data after the keyword `stream` is longer than the `/Length` of its dictionary by as many bytes as it has pairs of CR and LF.
fn has_grown(dictionary: &[u8], stream: &[u8]) -> bool {
    let Some(at) = rfind(dictionary, b"/Length") else { return false };
    let digits = dictionary[at + b"/Length".len()..].trim_ascii_start();
    let digits = &digits[..digits.iter().take_while(|byte| byte.is_ascii_digit()).count().min(9)];
    let Some(length) = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok()) else { return false };
    let data = stream.strip_prefix(b"\r\n").and_then(|data| data.strip_suffix(b"\r\n")).unwrap_or_default();
    let pairs = data.windows(2).filter(|pair| *pair == b"\r\n").count();
    pairs > 0 && data.len() == length + pairs
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
    fn comments() {
        assert!(is_comment_converted("%PDF-1.7\r\n%\u{fffd}\u{fffd}\u{fffd}\u{fffd}\r\n".as_bytes()));
        assert!(is_comment_converted("%PDF-1.7\n%âãÏÓ\n".as_bytes()));
        assert!(!is_comment_converted("%PDF-1.7\n%äüöß\n\u{fffd}".as_bytes()));
        assert!(!is_comment_converted(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"));
    }
}
