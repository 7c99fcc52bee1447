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

/// A document with these line ends and a stream of Flate.
fn with_line_ends(end: &str, content: Option<&[u8]>) -> Vec<u8> {
    let mut document = format!("%PDF-1.7{end}").into_bytes();
    let end_of_entry = if end.len() == 2 { end.to_owned() } else { format!(" {end}") };
    let mut table = format!("xref{end}0 5{end}0000000000 65535 f{end_of_entry}").into_bytes();
    let stream = content.map_or_else(Vec::new, deflated);
    let filter = if content.is_some() { "/Filter/FlateDecode" } else { "" };
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}{filter}>>{end}stream{}", stream.len(), if end.contains('\n') { end } else { "\r\n" }),
    ];
    for (index, body) in bodies.iter().enumerate() {
        table.extend(format!("{:010} 00000 n{end_of_entry}", document.len()).bytes());
        document.extend(format!("{} 0 obj{end}{body}", index + 1).bytes());
        if index == 3 {
            document.extend(&stream);
            document.extend(format!("{end}endstream").bytes());
        }
        document.extend(format!("{end}endobj{end}").bytes());
    }
    let at = document.len();
    document.extend(table);
    document.extend(format!("trailer{end}<</Size 5/Root 1 0 R>>{end}startxref{end}{at}{end}%%EOF{end}").bytes());
    document
}

fn deflated(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Numbers that are spread, which Flate makes about half as long.
fn numbers(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let number = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{} ", state >> 16)
    };
    (0..count).map(number).collect::<String>().into_bytes()
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        match rest.strip_prefix(from) {
            Some(after) => {
                out.extend(to);
                rest = after;
            }
            None => {
                out.push(*first);
                rest = &rest[1..];
            }
        }
    }
    out
}

/// Few bytes say nothing of how often each of them comes. A stream that cannot be decoded, in a document without some bytes, does.
#[test]
fn small_documents_that_were_converted_are_named() {
    // Content whose compressed data has a line end of each kind within.
    let is_fit = |content: &Vec<u8>| b"\r\n".iter().all(|end| deflated(content)[2..].iter().rev().skip(4).any(|byte| byte == end));
    for least in [100, 400] {
        let content = (least..).map(numbers).find(is_fit).unwrap();
        let [unix, dos, mac] = ["\n", "\r\n", "\r"].map(|end| with_line_ends(end, Some(&content)));
        for plain in [&unix, &dos, &mac] {
            assert_eq!(warnings(plain), [""; 0]);
        }
        let latin: String = unix.iter().map(|byte| char::from(*byte)).collect();
        let seven: Vec<u8> = unix.iter().map(|byte| byte & 0x7f).collect();
        let ascii: Vec<u8> = unix.iter().copied().filter(u8::is_ascii).collect();
        for (converted, found) in [
            (replaced(&unix, b"\n", b"\r\n"), "were changed to CR LF"),
            (replaced(&replaced(&dos, b"\r\n", b"\n"), b"\r", b"\n"), "were changed to LF"),
            (replaced(&unix, b"\r", b"\n"), "were changed to LF"),
            (replaced(&unix, b"\r", b""), "were changed to LF"),
            (replaced(&unix, b"\n", b"\r"), "were changed to CR"),
            (String::from_utf8_lossy(&unix).into_owned().into_bytes(), "were replaced by U+FFFD"),
            (latin.into_bytes(), "were encoded as UTF-8"),
            (seven, "above 127 were removed or replaced"),
            (ascii, "above 127 were removed or replaced"),
        ] {
            let refused = prepared(&converted, options("{}")).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains(found), "{least}, {found}: {refused}");
        }
    }
}

/// Offsets that are wrong by just as much as a conversion makes them.
#[test]
fn a_conversion_that_spoiled_nothing_is_told() {
    let [unix, dos] = ["\n", "\r\n"].map(|end| with_line_ends(end, None));
    let noted = [&unix[..9], b"%\xe4\xf6\n", &unix[9..]].concat();
    let latin: String = noted.iter().map(|byte| char::from(*byte)).collect();
    for (converted, found) in [
        (replaced(&unix, b"\n", b"\r\n"), "its line ends were changed to CR LF"),
        (replaced(&dos, b"\r\n", b"\n"), "its line ends were changed from CR LF to LF"),
    ] {
        assert_eq!(warnings(&converted), ["WARN_CONVERTED", "WARN_XREF_REBUILT"]);
        assert!(prepared(&converted, options("{}")).unwrap().report().warnings[0].message.contains(found));
        let error = prepared(&converted, options(r#"{"strict": true}"#)).unwrap_err();
        assert!(error.to_string().contains(found), "{error}");
    }
    // The offsets of this one were wrong before.
    assert_eq!(warnings(latin.as_bytes()), ["WARN_XREF_REBUILT"]);
    assert_eq!(warnings(&replaced(&unix, b"%%EOF", b"% %EOF")), ["WARN_XREF_AMBIGUOUS"]);
}

/// Damage of another kind keeps its own answer.
#[test]
fn a_stream_that_cannot_be_decoded_is_no_trace() {
    let mut document = with_line_ends("\n", Some(&numbers(150)));
    let at = document.windows(7).position(|window| window == b"stream\n").unwrap();
    for byte in &mut document[at + 20..at + 40] {
        *byte ^= 0x55;
    }
    assert!(document.contains(&b'\r') || prepared(&document, options("{}")).is_ok());
    document.extend(b"%\r\n%\n");
    assert!(prepared(&document, options("{}")).is_ok());
    // An intact one without a carriage return.
    assert_eq!(warnings(&with_line_ends("\n", Some(b"q Q"))), [""; 0]);
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
