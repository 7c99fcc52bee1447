//! A small writer of PDF: objects, dictionaries with typed entries, numbers with a fixed number of
//! decimals.

use std::fmt::Write;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Number of an indirect object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ref(usize);

/// A document, written object by object.
pub(crate) struct Pdf {
    out: Vec<u8>,
    /// Offset of each object. The first has number 1.
    offsets: Vec<usize>,
}

impl Pdf {
    pub(crate) fn new() -> Pdf {
        Pdf { out: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), offsets: Vec::new() }
    }

    /// A number for an object that is written later.
    pub(crate) fn reserve(&mut self) -> Ref {
        self.offsets.push(0);
        Ref(self.offsets.len())
    }

    /// Writes a dictionary.
    pub(crate) fn dictionary(&mut self, number: Ref, fill: impl FnOnce(&mut Dictionary<'_>)) {
        let mut text = String::new();
        Dictionary::write(&mut text, fill);
        self.object(number, text.as_bytes(), None);
    }

    /// Writes a stream, compressed. `fill` adds entries to `/Length` and `/Filter`.
    pub(crate) fn stream(&mut self, number: Ref, data: &[u8], fill: impl FnOnce(&mut Dictionary<'_>)) {
        let data = deflate(data);
        self.encoded(number, &data, |dictionary| {
            dictionary.name("Filter", "FlateDecode");
            fill(dictionary);
        });
    }

    /// Writes a stream as it is. `fill` adds entries to `/Length`.
    pub(crate) fn encoded(&mut self, number: Ref, data: &[u8], fill: impl FnOnce(&mut Dictionary<'_>)) {
        let mut text = String::new();
        Dictionary::write(&mut text, |dictionary| {
            dictionary.integer("Length", data.len());
            fill(dictionary);
        });
        self.object(number, text.as_bytes(), Some(data));
    }

    fn object(&mut self, number: Ref, body: &[u8], stream: Option<&[u8]>) {
        self.offsets[number.0 - 1] = self.out.len();
        self.out.extend_from_slice(format!("{} 0 obj\n", number.0).as_bytes());
        self.out.extend_from_slice(body);
        if let Some(data) = stream {
            self.out.extend_from_slice(b"\nstream\n");
            self.out.extend_from_slice(data);
            self.out.extend_from_slice(b"\nendstream");
        }
        self.out.extend_from_slice(b"\nendobj\n");
    }

    /// Writes the cross-reference table and the trailer (7.5.4, 7.5.5).
    pub(crate) fn finish(mut self, catalog: Ref) -> Vec<u8> {
        let start = self.out.len();
        let mut text = format!("xref\n0 {}\n0000000000 65535 f \n", self.offsets.len() + 1);
        for offset in &self.offsets {
            let _ = writeln!(text, "{offset:010} 00000 n ");
        }
        text += "trailer\n";
        Dictionary::write(&mut text, |trailer| {
            trailer.integer("Size", self.offsets.len() + 1);
            trailer.reference("Root", catalog);
        });
        let _ = write!(text, "\nstartxref\n{start}\n%%EOF\n");
        self.out.extend_from_slice(text.as_bytes());
        self.out
    }
}

/// A dictionary that is being written.
pub(crate) struct Dictionary<'t>(&'t mut String);

impl Dictionary<'_> {
    fn write(text: &mut String, fill: impl FnOnce(&mut Dictionary<'_>)) {
        text.push_str("<<");
        fill(&mut Dictionary(text));
        text.push_str(">>");
    }

    fn entry(&mut self, key: &str, value: impl std::fmt::Display) {
        let _ = write!(self.0, "/{key} {value}");
    }

    /// A name of letters, digits, `-` and `+`.
    pub(crate) fn name(&mut self, key: &str, value: &str) {
        let _ = write!(self.0, "/{key}/{value}");
    }

    pub(crate) fn integer(&mut self, key: &str, value: impl TryInto<i64>) {
        self.entry(key, value.try_into().unwrap_or(0));
    }

    pub(crate) fn boolean(&mut self, key: &str, value: bool) {
        self.entry(key, value);
    }

    pub(crate) fn reference(&mut self, key: &str, value: Ref) {
        self.entry(key, format_args!("{} 0 R", value.0));
    }

    pub(crate) fn dictionary(&mut self, key: &str, fill: impl FnOnce(&mut Dictionary<'_>)) {
        let _ = write!(self.0, "/{key}");
        Dictionary::write(self.0, fill);
    }

    /// A text of ASCII without brackets and backslashes.
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.entry(key, format_args!("({value})"));
    }

    pub(crate) fn array(&mut self, key: &str, fill: impl FnOnce(&mut Array<'_>)) {
        let _ = write!(self.0, "/{key}");
        Array::write(self.0, fill);
    }
}

/// An array that is being written.
pub(crate) struct Array<'t>(&'t mut String);

impl Array<'_> {
    fn write(text: &mut String, fill: impl FnOnce(&mut Array<'_>)) {
        text.push('[');
        fill(&mut Array(text));
        text.push(']');
    }

    fn separate(&mut self) {
        if !self.0.ends_with('[') {
            self.0.push(' ');
        }
    }

    pub(crate) fn name(&mut self, value: &str) {
        let _ = write!(self.0, "/{value}");
    }

    pub(crate) fn integer(&mut self, value: i64) {
        self.separate();
        let _ = write!(self.0, "{value}");
    }

    pub(crate) fn number(&mut self, value: f64) {
        self.separate();
        number(self.0, value);
    }

    pub(crate) fn reference(&mut self, value: Ref) {
        self.separate();
        let _ = write!(self.0, "{} 0 R", value.0);
    }

    /// Bytes as hexadecimal digits.
    pub(crate) fn bytes(&mut self, value: &[u8]) {
        let _ = write!(self.0, "<{}>", base16ct::lower::encode_string(value));
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Array<'_>)) {
        Array::write(self.0, fill);
    }

    pub(crate) fn dictionary(&mut self, fill: impl FnOnce(&mut Dictionary<'_>)) {
        Dictionary::write(self.0, fill);
    }
}

/// Writes a number with at most four decimals.
pub(crate) fn number(text: &mut String, value: f64) {
    let scaled = (value * 10_000.0).round() as i64;
    let magnitude = scaled.unsigned_abs();
    if scaled < 0 {
        text.push('-');
    }
    let _ = write!(text, "{}", magnitude / 10_000);
    let mut decimals = magnitude % 10_000;
    if decimals > 0 {
        let mut digits = 4;
        while decimals.is_multiple_of(10) {
            decimals /= 10;
            digits -= 1;
        }
        let _ = write!(text, ".{decimals:0digits$}");
    }
}

/// A number in a message, with at most four decimals, within the bounds of ±1e9.
pub(crate) fn decimal(value: f64) -> String {
    let mut text = String::new();
    number(&mut text, value.clamp(-1e9, 1e9));
    text
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_decimals_at_most() {
        let written = |value| {
            let mut text = String::new();
            number(&mut text, value);
            text
        };
        for (value, text) in
            [(0.0, "0"), (-0.0, "0"), (1.5, "1.5"), (-0.12345, "-0.1235"), (2.00001, "2"), (0.05, "0.05"), (-0.00001, "0"), (210.0, "210")]
        {
            assert_eq!(written(value), text);
        }
    }

    #[test]
    fn documents_are_read() {
        let mut pdf = Pdf::new();
        let (catalog, pages) = (pdf.reserve(), pdf.reserve());
        pdf.dictionary(pages, |pages| {
            pages.name("Type", "Pages");
            pages.array("Kids", |_| ());
            pages.integer("Count", 0usize);
        });
        pdf.dictionary(catalog, |catalog| {
            catalog.name("Type", "Catalog");
            catalog.reference("Pages", pages);
        });
        let document = pdf.finish(catalog);
        assert!(lopdf::Document::load_mem(&document).is_ok(), "{}", String::from_utf8_lossy(&document));
    }
}
