//! Formats that are given in place of a PDF file, recognized by their first bytes. A PDF within one of them is not a document by itself.

use super::search::find;
use crate::{base64, hex};

/// First bytes of binary formats, and their names. `%PDF-` within one of them is a part of its content.
const BINARY: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"MSCF\0\0\0\0", "a CAB archive"),
    (b"!<arch>\n", "an ar archive"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"8BPS", "a Photoshop image"),
    (b"AT&TFORM", "a DjVu document"),
    (b"\xc5\xd0\xd3\xc6", "an EPS file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an OLE file (such as DOC, XLS or MSG)"),
    (b"{\\rtf", "an RTF document"),
    (b"\x78\x9f\x3e\x22", "a TNEF file (winmail.dat)"),
    (b"\0\x05\x16\x00", "an AppleSingle file"),
    (b"\0\x05\x16\x07", "an AppleDouble file (the resources of a file of macOS)"),
    (b"%FDF-", "an FDF file (the data of a form)"),
];

/// First bytes that a PDF file may follow, or that are too common.
const WEAK: &[(&[u8], &str)] = &[
    (b"BM", "a BMP image"),
    (b"\x78\x01", "zlib data"),
    (b"\x78\x9c", "zlib data"),
    (b"\x78\xda", "zlib data"),
    (b"\x1b%-12345X", "a print job"),
    (b"\x1bE", "a print job"),
    (b"HTTP/1.", "an HTTP response"),
    (b"[object ", "the text [object …] of JavaScript"),
    (b"37,80,68,70,45,", "the bytes of a PDF file as decimal numbers"),
    (b"[37,80,68,70,45,", "the bytes of a PDF file as decimal numbers"),
    (b"[37, 80, 68, 70, 45, ", "the bytes of a PDF file as decimal numbers"),
    (b"version https://git-lfs", "a pointer of Git LFS"),
    (b"00000000: ", "a hexadecimal dump"),
    (b"begin 6", "uuencoded text"),
];

/// Names in a ZIP archive, and the formats that have them.
const ZIP: &[(&[u8], &str)] = &[
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"application/vnd.etsi.asic", "an ASiC container"),
    (b"application/epub+zip", "an EPUB file"),
    (b"word/document.xml", "a Word document (DOCX)"),
    (b"xl/workbook.", "an Excel workbook (XLSX)"),
    (b"ppt/presentation.xml", "a PowerPoint presentation (PPTX)"),
    (b"FixedDocSeq.fdseq", "an XPS document"),
    (b"FixedDocumentSequence.fdseq", "an XPS document"),
];

/// Words in XML or HTML, and what has them.
const MARKUP: &[(&str, &str)] = &[
    ("<xdp:xdp", "an XDP file (an XFA form as XML)"),
    ("http://ns.adobe.com/xdp/", "an XDP file (an XFA form as XML)"),
    ("www.xfa.org/schema", "an XFA form as XML"),
    ("<xfdf", "an XFDF file (the data of a form)"),
    ("<html", "an HTML page"),
    ("<!doctype html", "an HTML page"),
    ("<svg", "an SVG image"),
];

/// Beginnings of lines that only a mail or another MIME message has.
const MAIL: [&str; 7] = [
    "mime-version:",
    "content-transfer-encoding:",
    "content-type: multipart/",
    "received:",
    "return-path:",
    "message-id:",
    "delivered-to:",
];

/// Content types of CMS by their object identifiers (RFC 5652, 5083, 3274, 5544), as DER, and what they are called.
const CMS: &[(&[u8], &str)] = &[
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "a signed CMS message (PKCS #7, such as .p7m)"),
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", "a CMS message (PKCS #7, such as .p7m)"),
    (b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x1f", "a CMS message with time-stamps (such as .tsd)"),
    (b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01", "a CMS message (PKCS #7, such as .p7m)"),
];

/// Base64 or hexadecimal digits that are decoded to recognize the data.
const DIGITS: usize = 4096;
const PDF: &[u8] = b"%PDF-";

/// The bytes at both ends of a document.
#[derive(Clone, Copy)]
pub(super) struct Edges<'a> {
    pub(super) head: &'a [u8],
    pub(super) tail: &'a [u8],
    /// Length of the document.
    pub(super) length: u64,
    /// Whether it has a mark of a PDF file at one of its ends.
    pub(super) is_pdf: bool,
}

/// What the document is, if it is not a PDF file and of a known format.
pub(super) fn format(edges: &Edges<'_>) -> Option<String> {
    let text = without_mark(edges.head);
    if text.starts_with(PDF) {
        return None;
    }
    container(edges, text).or_else(|| if edges.is_pdf { None } else { other(edges, text) })
}

/// Formats that can have a PDF file within, also in its first bytes.
fn container(edges: &Edges<'_>, text: &[u8]) -> Option<String> {
    let head = edges.head;
    if let Some(kind) = by_prefix(BINARY, head).or_else(|| asn_1(head, edges.length)).or_else(|| by_structure(head)) {
        return Some(kind.to_owned());
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let found = ZIP.iter().find(|(name, _)| contains(head, name) || contains(edges.tail, name));
        return Some(found.map_or("a ZIP archive", |(_, kind)| kind).to_owned());
    }
    if let Some(text) = utf_16(head) {
        return Some(if text.starts_with(PDF) { "a PDF file that was converted to UTF-16" } else { "UTF-16 text" }.to_owned());
    }
    if let Some(literal) = text.strip_prefix(b"b'").or_else(|| text.strip_prefix(b"b\"")).filter(|literal| literal.starts_with(PDF)) {
        let shown = if contains(literal, b"\\x") || contains(literal, b"\\n") { "the text of" } else { "in" };
        return Some(format!("a PDF file {shown} a bytes literal of Python"));
    }
    let words = String::from_utf8_lossy(text).to_ascii_lowercase();
    // Up to 1.x a header was also `%!PS-Adobe-N.n PDF-M.m` (ISO 32000-1, annex H.3).
    if words.trim_start_matches('\u{4}').starts_with("%!ps") && !words.lines().next().is_some_and(|line| line.contains(" pdf-")) {
        return Some("a PostScript file".to_owned());
    }
    if ["<?xml", "<!doctype ", "<html", "<xdp:", "<xfdf", "<svg"].iter().any(|start| words.starts_with(start)) {
        let found = MARKUP.iter().find(|(word, _)| words.contains(word));
        return Some(found.map_or("an XML file", |(_, kind)| kind).to_owned());
    }
    is_mail(&words).then(|| "a mail or another MIME message".to_owned())
}

/// Formats that are told only of a document without a mark of a PDF file.
fn other(edges: &Edges<'_>, text: &[u8]) -> Option<String> {
    if let Some(kind) = by_prefix(WEAK, text) {
        return Some(kind.to_owned());
    }
    if let Some(encoded) = encoded(text) {
        return Some(encoded);
    }
    if !edges.head.iter().chain(edges.tail).any(|byte| *byte != 0) {
        return Some("a file of zeros".to_owned());
    }
    let words = String::from_utf8_lossy(text);
    // The last character may be cut.
    let valid = std::str::from_utf8(text).map_or_else(|error| error.error_len().is_none(), |_| true);
    match words.chars().next() {
        _ if !valid || text.iter().any(|byte| *byte < b'\t' || (0x0e..0x1b).contains(byte)) => None,
        Some('{' | '[') => Some("JSON or other text".to_owned()),
        Some('<') => Some("HTML, XML or other text".to_owned()),
        _ => Some("text".to_owned()),
    }
}

/// PEM, base64 and hexadecimal text of a known format.
fn encoded(text: &[u8]) -> Option<String> {
    if let Some(label) = text.strip_prefix(b"-----BEGIN ") {
        let is_cms = [&b"PKCS7"[..], b"PKCS #7", b"CMS"].iter().any(|name| label.starts_with(name));
        let kind = match (is_cms, label.starts_with(b"PGP")) {
            (true, _) => "a CMS message (PKCS #7, such as .p7m) as PEM text",
            (false, true) => "an OpenPGP message",
            (false, false) => "PEM text",
        };
        return Some(kind.to_owned());
    }
    let quoted = [&b"b'"[..], b"b\"", b"'", b"\""].iter().find_map(|quote| text.strip_prefix(*quote)).unwrap_or(text);
    let quoted = quoted.split(|byte| matches!(byte, b'\'' | b'"')).next().unwrap_or_default();
    let url =
        quoted.starts_with(b"data:").then(|| quoted.iter().position(|byte| *byte == b',').map(|comma| &quoted[comma + 1..])).flatten();
    let digits = |start: &[u8]| -> Vec<u8> { start.iter().filter(|byte| !byte.is_ascii_whitespace()).take(DIGITS).copied().collect() };
    let hexadecimal = [&b"0x"[..], b"\\x", b"<"].iter().find_map(|start| quoted.strip_prefix(*start)).unwrap_or(quoted);
    let hexadecimal = digits(hexadecimal);
    let even = hexadecimal.get(..hexadecimal.len() / 2 * 2).and_then(|digits| hex::decode(std::str::from_utf8(digits).ok()?));
    let base64_digits = digits(url.unwrap_or(quoted));
    let whole = base64_digits.get(..base64_digits.len() / 4 * 4).and_then(base64::decode);
    let (data, name) = match (even, whole) {
        (Some(data), _) if data.len() >= 8 => (data, "hexadecimal"),
        (_, Some(data)) if data.len() >= 8 => (data, "base64"),
        _ => return None,
    };
    if data.starts_with(PDF) {
        return Some(format!("a PDF file as {name} text"));
    }
    let decoded = Edges { head: &data, tail: &[], length: 0, is_pdf: false };
    container(&decoded, &data).or_else(|| Some(by_prefix(WEAK, &data)?.to_owned())).map(|kind| format!("{kind} as {name} text"))
}

/// Messages in DER or BER (X.690, 8.1): a sequence that begins with the type of a CMS message, or is as long as the document.
fn asn_1(head: &[u8], length: u64) -> Option<&'static str> {
    let (first, rest) = head.strip_prefix(&[0x30])?.split_first()?;
    let count = usize::from(first & 0x7f);
    let (size, content) = match first {
        0x00..0x80 => (Some(u64::from(*first)), rest),
        0x80 => (None, rest),
        0x81..=0x88 => {
            let (size, content) = rest.split_at_checked(count)?;
            (Some(size.iter().fold(0_u64, |size, byte| size << 8 | u64::from(*byte))), content)
        }
        _ => return None,
    };
    if let Some(kind) = by_prefix(CMS, content) {
        return Some(kind);
    }
    let header = (head.len() - content.len()) as u64;
    let whole = size.is_some_and(|size| size > 16 && size.checked_add(header) == Some(length));
    (whole && matches!(content.first(), Some(0x02 | 0x06 | 0x30 | 0x31 | 0xa0))).then_some("data in DER (ASN.1, such as a certificate)")
}

/// Formats whose mark is not at their beginning.
fn by_structure(head: &[u8]) -> Option<&'static str> {
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some("a WebP image");
    }
    if head.get(4..8) == Some(b"ftyp") && head.starts_with(b"\0\0") {
        return Some("an image or video (HEIF, AVIF or MP4)");
    }
    None
}

fn by_prefix(table: &[(&[u8], &'static str)], bytes: &[u8]) -> Option<&'static str> {
    table.iter().find(|(prefix, _)| bytes.starts_with(prefix)).map(|(_, kind)| *kind)
}

/// The first characters of UTF-16 text, if they are ASCII.
fn utf_16(head: &[u8]) -> Option<Vec<u8>> {
    let (marked, little) = match head {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        [b'%' | b'<' | b'{', 0, ..] => (head, true),
        [0, b'%' | b'<' | b'{', ..] => (head, false),
        _ => return None,
    };
    let pairs = marked.chunks_exact(2).take(8).map(|pair| if little { (pair[0], pair[1]) } else { (pair[1], pair[0]) });
    let text: Vec<u8> = pairs.map_while(|(low, high)| (high == 0 && low.is_ascii() && low != 0).then_some(low)).collect();
    (text.len() >= 4).then_some(text)
}

/// The bytes after a mark of UTF-8 and white space.
fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// Whether `words` begin with the header of a mail, or a part of a MIME message (RFC 5322, 2.2; RFC 2046, 5.1.1).
fn is_mail(words: &str) -> bool {
    let mut lines = words.lines().take_while(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    if first.starts_with("--") {
        return lines.next().is_some_and(|line| line.starts_with("content-"));
    }
    let is_field =
        |line: &str| line.split_once(':').is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    (is_field(first) || first.starts_with("from "))
        && std::iter::once(first).chain(lines).any(|line| MAIL.iter().any(|start| line.starts_with(start)))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    find(bytes, word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> String {
        let is_pdf = contains(bytes, PDF);
        format(&Edges { head: bytes, tail: bytes, length: bytes.len() as u64, is_pdf }).unwrap_or_default()
    }

    #[test]
    fn a_pdf_file_after_other_bytes_stays_one() {
        for junk in
            ["", "\u{feff}", "\r\n ", "junk\n", "<br />\n<b>Warning</b>\n", "HTTP/1.1 200 OK\r\n\r\n", "Content-Type: application/pdf\n\n"]
        {
            assert_eq!(told(format!("{junk}%PDF-1.7\n").as_bytes()), "", "{junk:?}");
        }
        assert_eq!(told(b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\n%PDF-1.7\n"), "");
        assert_eq!(told(b"%!PS-Adobe-3.0 PDF-1.4\n1 0 obj"), "text");
        assert_eq!(told(b"\x00\x01\x02\x03"), "");
    }

    #[test]
    fn containers_are_told_with_a_pdf_file_within() {
        let with = |start: &[u8]| told(&[start, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"].concat());
        let cms = b"\x30\x82\x08\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x82";
        let pieces = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80";
        let stamped = b"\x30\x82\x08\x00\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x1f\xa0\x82";
        let mut archive = b"doc.pdf".to_vec();
        archive.resize(257, 0);
        archive.extend(b"ustar  ");
        archive.resize(512, 0);
        for (start, kind) in [
            (&cms[..], "a signed CMS message"),
            (pieces, "a signed CMS message"),
            (stamped, "a CMS message with time-stamps"),
            (b"PK\x03\x04\x14\0doc.pdf", "a ZIP archive"),
            (b"PK\x03\x04\x14\0mimetypeapplication/vnd.etsi.asic-e+zip", "an ASiC container"),
            (&archive, "a tar archive"),
            (b"\x89PNG\r\n\x1a\n", "a PNG image"),
            (b"%!PS-Adobe-3.0\n", "a PostScript file"),
            (b"<!DOCTYPE html><p>", "an HTML page"),
            (b"<?xml version=\"1.0\"?><xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\">", "an XDP file"),
            (b"From: a@b.example\r\nMIME-Version: 1.0\r\n\r\n", "a mail"),
            (b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\n", "a mail"),
            (b"%FDF-1.2\n", "an FDF file"),
        ] {
            let found = with(start);
            assert!(found.starts_with(kind), "{kind}: {found}");
        }
    }

    #[test]
    fn text_of_files_is_told() {
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for (bytes, kind) in [
            (&b"JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9U\neXBl"[..], "a PDF file as base64 text"),
            (b"\"JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9U\"", "a PDF file as base64 text"),
            (b"data:application/pdf;base64,JVBERi0xLjcKJeLjz9MK", "a PDF file as base64 text"),
            (b"255044462D312E370A25E2E3CFD30A312030206F626A", "a PDF file as hexadecimal text"),
            (b"\\x255044462d312e370a25e2e3cfd30a312030206f626a", "a PDF file as hexadecimal text"),
            (b"MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCABgkqhkiG9w0B", "a signed CMS message"),
            (b"-----BEGIN PKCS7-----\nMIAGCSqGSIb3DQEHAqCAMIACAQEx", "a CMS message"),
            (b"b'%PDF-1.7\\n%\\xe2\\xe3'", "a PDF file the text of a bytes literal"),
            (b"{\"error\": \"not found\"}", "JSON or other text"),
            (b"<p>not found</p>", "HTML, XML or other text"),
            (b"not found", "text"),
            (b"\0\0\0\0", "a file of zeros"),
            (&wide("\u{feff}%PDF-1.7\r\n", u16::to_le_bytes), "a PDF file that was converted to UTF-16"),
            (&wide("%PDF-1.7\r\n", u16::to_be_bytes), "a PDF file that was converted to UTF-16"),
            (&wide("\u{feff}<html>", u16::to_le_bytes), "UTF-16 text"),
        ] {
            let found = told(bytes);
            assert!(found.starts_with(kind), "{kind}: {found}");
        }
    }
}
