//! Files that are given in place of a PDF file: the message says what they are.

mod common;

use std::fs;

use common::{Document, options, prepared};

/// The message of the refusal.
fn refusal(document: &[u8]) -> String {
    let error = prepared(document, options("{}")).expect_err("a refusal");
    assert_eq!(error.code().as_str(), "ERR_NOT_A_PDF", "{error}");
    error.to_string()
}

/// The codes of the warnings.
fn warnings(document: &[u8]) -> Vec<&'static str> {
    let session = prepared(document, options("{}")).unwrap();
    session.report().warnings.iter().map(|warning| warning.code.as_str()).collect()
}

/// A DER element.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [&[tag, 0x84], &length[..], content].concat()
}

/// The document in a SignedData of pieces of indefinite length, as writers of large `.p7m` make it.
fn in_pieces(document: &[u8]) -> Vec<u8> {
    let signed_data = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let data = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    let pieces: Vec<u8> = document.chunks(100).flat_map(|piece| element(4, piece)).collect();
    let version = b"\x02\x01\x01\x31\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    [b"\x30\x80", &signed_data[..], b"\xa0\x80\x30\x80", version, b"\x30\x80", data, b"\xa0\x80\x24\x80", &pieces, &[0; 12]].concat()
}

/// A document with a stream that is compressed, or looks so.
fn with_stream() -> Vec<u8> {
    let mut state = 1_u32;
    let data: Vec<u8> = (0..3000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    let text = Document::new().with(4, "<</Filter/FlateDecode/Length 3000>>\nstream\nDATA\nendstream").bytes();
    let at = text.windows(4).position(|window| window == b"DATA").unwrap();
    [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", &text[9..at], &data, &text[at + 4..]].concat()
}

#[test]
fn a_message_around_a_pdf_file() {
    let message = fs::read("tests/data/foreign/doc.pdf.p7m").unwrap();
    let pieces = in_pieces(&Document::new().bytes());
    for file in [&message, &pieces] {
        assert!(refusal(file).contains("not a PDF file but a signed CMS message"), "{}", refusal(file));
    }
}

#[test]
fn a_pdf_file_that_was_converted() {
    let plain = with_stream();
    assert!(prepared(&plain, options("{}")).is_ok());
    let latin: String = plain.iter().map(|byte| char::from(*byte)).collect();
    let wide: Vec<u8> = latin.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let dos: Vec<u8> = plain.iter().flat_map(|byte| if *byte == b'\n' { b"\r\n".to_vec() } else { vec![*byte] }).collect();
    let asked: Vec<u8> = plain.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }).collect();
    for (converted, found) in [
        (String::from_utf8_lossy(&plain).as_bytes(), "were replaced by U+FFFD"),
        (latin.as_bytes(), "were encoded as UTF-8"),
        (&dos, "were changed to CR LF"),
        (&asked, "above 127 were removed or replaced"),
        (&wide, "converted to UTF-16"),
    ] {
        assert!(refusal(converted).contains(found), "{}", refusal(converted));
    }
}

/// The streams may be too far from both ends to be seen before the file is scanned.
#[test]
fn a_converted_stream_in_the_middle_is_found_by_the_scan() {
    let plain = with_stream();
    let filler = [b"%".as_slice(), &[b'x'; 80 << 10], b"\n"].concat();
    let body = plain.len() - 200;
    let converted = String::from_utf8_lossy(&[&plain[..15], &filler, &plain[15..body], &filler, &plain[body..]].concat()).into_owned();
    assert!(refusal(converted.as_bytes()).contains("were replaced by U+FFFD"));
}

/// Some writers have such a comment themselves. It is a trace only where the offsets moved and no stream shows the contrary, and what is
/// left of such a document may be all of it.
#[test]
fn a_comment_alone_is_no_proof() {
    let intact = Document::new().bytes();
    let comment = "%\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n";
    let moved = [&intact[..9], comment.as_bytes(), &intact[9..]].concat();
    assert_eq!(warnings(&moved), ["WARN_CONVERTED", "WARN_XREF_REBUILT"]);
    let error = prepared(&moved, options(r#"{"strict": true}"#)).unwrap_err();
    assert!(error.to_string().contains("was converted as text: its first comment was"), "{error}");
    let with_streams = [&intact[..9], comment.as_bytes(), &with_stream()[15..]].concat();
    assert_eq!(warnings(&with_streams), ["WARN_XREF_REBUILT"]);
}

#[test]
fn containers_are_refused_with_a_header_within() {
    let document = Document::new().bytes();
    for (start, found) in [
        (&b"PK\x03\x04\x14\0\0\0\0\0doc.pdf"[..], "a ZIP archive"),
        (
            b"MIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n",
            "a mail or another MIME message",
        ),
        (b"<!DOCTYPE html>\n<pre>", "an HTML page"),
        (b"GIF89a", "a GIF image"),
        (b"%FDF-1.2\n", "an FDF file"),
    ] {
        let file = [start, &document].concat();
        assert!(refusal(&file).contains(found), "{}", refusal(&file));
    }
}

#[test]
fn junk_before_the_header_is_no_container() {
    let document = Document::new().bytes();
    for junk in ["\u{feff}", "\n\n", "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n", "<b>Notice</b>: x\n", "From the scanner\n"]
    {
        let file = [junk.as_bytes(), &document].concat();
        assert!(prepared(&file, options("{}")).is_ok(), "{junk:?}");
    }
}
