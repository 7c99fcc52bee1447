//! Values as they are written into an update. ISO 32000-2, 7.3 and 7.9.2.

use std::io::Write;
use std::ops::Range;

use super::object::ObjectId;
use crate::hex;

/// `12 0 R`.
pub(crate) fn reference(id: ObjectId) -> Vec<u8> {
    format!("{} {} R", id.number, id.generation).into_bytes()
}

/// A name, with `#` for every byte that needs it (7.3.5).
pub(crate) fn name(name: &[u8]) -> Vec<u8> {
    let mut out = vec![b'/'];
    for &byte in name {
        match byte {
            b'!'..=b'~' if !b"#()<>[]{}/%".contains(&byte) => out.push(byte),
            _ => out.extend(format!("#{byte:02X}").into_bytes()),
        }
    }
    out
}

/// A value of a dictionary that is written.
pub(crate) trait Primitive {
    fn write(&self, out: &mut Vec<u8>);
}

/// A key, or a name as a value (7.3.5): without the solidus, of regular characters only.
#[derive(Clone, Copy)]
pub(crate) struct Name(pub(crate) &'static str);

/// A text string (7.9.2.2).
pub(crate) struct Text<'a>(pub(crate) &'a str);

/// A value in its source text.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a>(pub(crate) &'a [u8]);

impl Primitive for Name {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'/');
        out.extend_from_slice(self.0.as_bytes());
    }
}

impl Primitive for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.to_string().into_bytes());
    }
}

impl Primitive for ObjectId {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(reference(*self));
    }
}

impl Primitive for Text<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(text_string(self.0));
    }
}

impl Primitive for Source<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0);
    }
}

/// Writer of a dictionary (7.3.7). Entries are written in the order of the calls.
pub(crate) struct DictionaryWriter {
    out: Vec<u8>,
}

impl DictionaryWriter {
    pub(crate) fn new() -> Self {
        DictionaryWriter { out: b"<<".to_vec() }
    }

    /// A dictionary with its `/Type`.
    pub(crate) fn of_type(name: Name) -> Self {
        let mut dictionary = Self::new();
        dictionary.pair(Name("Type"), name);
        dictionary
    }

    /// Writes an entry after those before it.
    pub(crate) fn pair(&mut self, key: Name, value: impl Primitive) -> &mut Self {
        if self.out.len() > 2 {
            self.out.push(b' ');
        }
        key.write(&mut self.out);
        self.out.push(b' ');
        value.write(&mut self.out);
        self
    }

    /// Writes an entry if there is a value.
    pub(crate) fn optional(&mut self, key: Name, value: Option<impl Primitive>) -> &mut Self {
        if let Some(value) = value {
            self.pair(key, value);
        }
        self
    }

    /// Writes an entry on a line of its own, and returns where its value is in the finished dictionary.
    pub(crate) fn line(&mut self, key: Name, value: impl Primitive) -> Range<usize> {
        self.out.push(b'\n');
        key.write(&mut self.out);
        self.out.push(b' ');
        let start = self.out.len();
        value.write(&mut self.out);
        start..self.out.len()
    }

    /// The dictionary with its delimiters.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(b">>");
        self.out
    }
}

/// An array of values that are written already (7.3.6).
pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [b"[", items.join(&b' ').as_slice(), b"]"].concat()
}

/// A text string (7.9.2.2): PDFDocEncoding where that holds the text, else UTF-16BE with a byte order mark.
pub(crate) fn text_string(text: &str) -> Vec<u8> {
    let bytes = match pdf_doc_encoded(text) {
        // Text that would be read as one with a byte order mark is not left in PDFDocEncoding.
        Some(bytes) if !bytes.starts_with(b"\xfe\xff") && !bytes.starts_with(b"\xef\xbb\xbf") => bytes,
        _ => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
    };
    string(&bytes)
}

/// The text in PDFDocEncoding (annex D.2); none where that has not all of its characters.
pub(crate) fn pdf_doc_encoded(text: &str) -> Option<Vec<u8>> {
    text.chars().map(pdf_doc_encoding).collect()
}

/// A string, literal where it is mostly ASCII, else hexadecimal (7.3.4).
pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    if bytes.iter().filter(|byte| !matches!(byte, b' '..=b'~')).count() * 4 > bytes.len() {
        return hexadecimal(bytes);
    }
    let mut out = vec![b'('];
    for &byte in bytes {
        match byte {
            b'(' | b')' | b'\\' => out.extend([b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            // Anything else by its number: a bare end of line would be read as a line feed.
            _ => out.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    out.push(b')');
    out
}

/// `<48656a>`.
pub(crate) fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 * bytes.len() + 2);
    out.push(b'<');
    hex::extend(&mut out, bytes);
    out.push(b'>');
    out
}

/// Appends an indirect object on lines of its own, and returns where its body starts.
pub(crate) fn indirect_object(out: &mut Vec<u8>, id: ObjectId, body: &[u8]) -> usize {
    // Writing to a vector cannot fail.
    let _ = writeln!(out, "{} {} obj", id.number, id.generation);
    let start = out.len();
    out.extend_from_slice(body);
    out.extend_from_slice(b"\nendobj\n");
    start
}

/// The code of a character in PDFDocEncoding (annex D.2); none where it has none.
fn pdf_doc_encoding(character: char) -> Option<u8> {
    const FROM_0X18: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const FROM_0X80: [char; 31] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž',
        'ı', 'ł', 'œ', 'š', 'ž',
    ];
    let place = |table: &[char], from: u8| table.iter().position(|&c| c == character).map(|at| from + at as u8);
    match character {
        '\t' | '\n' | '\r' | ' '..='~' | '¡'..='¬' | '®'..='ÿ' => Some(character as u32 as u8),
        '€' => Some(0xa0),
        _ => place(&FROM_0X18, 0x18).or_else(|| place(&FROM_0X80, 0x80)),
    }
}

/// The text of a text string: UTF-16BE or UTF-8 by their marks, else PDFDocEncoding.
pub(crate) fn decode_text_string(bytes: &[u8]) -> String {
    if let Some(units) = bytes.strip_prefix(b"\xfe\xff") {
        let units: Vec<u16> = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(text).into_owned();
    }
    bytes.iter().map(|&byte| DECODED[usize::from(byte)]).collect()
}

/// PDFDocEncoding the other way; what it leaves undefined stays as it is.
static DECODED: std::sync::LazyLock<[char; 256]> = std::sync::LazyLock::new(|| {
    let mut table = std::array::from_fn(|byte| char::from(byte as u8));
    for code in (0..=0xffff_u32).filter_map(char::from_u32) {
        if let Some(byte) = pdf_doc_encoding(code) {
            table[usize::from(byte)] = code;
        }
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(text_string("a (b) \\ é €"), b"(a \\(b\\) \\\\ \\351 \\240)");
        assert_eq!(text_string("Ω"), b"<feff03a9>");
        assert_eq!(text_string("🖋"), b"<feffd83ddd8b>");
        assert_eq!(text_string("þÿ"), b"<feff00fe00ff>");
        for text in ["plain", "“quoted” – Łódź?", "Ελληνικά", "漢字 🖋 ) \\", "\u{ad}", ""] {
            let written = text_string(text);
            let mut lexer = crate::syntax::Lexer::new(&written, 0, true);
            let read = crate::syntax::parse_object(&mut lexer).unwrap();
            assert_eq!(decode_text_string(read.value.as_string().unwrap()), text);
        }
    }

    #[test]
    fn names() {
        assert_eq!(name(b"A b#/\xff"), b"/A#20b#23#2F#FF");
    }
}
