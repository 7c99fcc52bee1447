//! What the core reads of documents that are large in one way or another: it grows with what a signature is about, not with the document.

mod common;

use common::{memory, moment, options, right_answer};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rustpdf_core::{Answer, DigestAnswer, Machine, Matches, Report, Step};
use std::io::Write;

/// A document that is written object by object.
struct Writer {
    out: Vec<u8>,
    offsets: Vec<usize>,
}

impl Writer {
    fn new() -> Self {
        Writer { out: b"%PDF-1.7\n".to_vec(), offsets: vec![0] }
    }

    /// The next object.
    fn object(&mut self, body: &str) {
        self.offsets.push(self.out.len());
        write!(self.out, "{} 0 obj\n{body}\nendobj\n", self.offsets.len() - 1).unwrap();
    }

    fn table(mut self) -> Vec<u8> {
        let at = self.out.len();
        write!(self.out, "xref\n0 {}\n0000000000 65535 f \n", self.offsets.len()).unwrap();
        for offset in &self.offsets[1..] {
            self.out.extend(format!("{offset:010} 00000 n \n").into_bytes());
        }
        write!(self.out, "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", self.offsets.len()).unwrap();
        self.out
    }

    fn stream(mut self) -> Vec<u8> {
        let at = self.out.len();
        self.offsets.push(at);
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        for (number, offset) in self.offsets.iter().enumerate() {
            encoder.write_all(&[u8::from(number > 0)]).unwrap();
            encoder.write_all(&(*offset as u32).to_be_bytes()).unwrap();
        }
        let data = encoder.finish().unwrap();
        let size = self.offsets.len();
        let dictionary = format!("<</Type/XRef/Size {size}/W[1 4 0]/Root 1 0 R/Filter/FlateDecode/Length {}>>", data.len());
        write!(self.out, "{} 0 obj\n{dictionary}\nstream\n", size - 1).unwrap();
        self.out.extend_from_slice(&data);
        write!(self.out, "\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").unwrap();
        self.out
    }
}

/// What is told of a preparation. The digest is not made: it is another matter.
fn prepared(document: &[u8], json: &str) -> Report {
    let mut machine = Machine::prepare(memory(document), moment(), None, options(json));
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer).unwrap() {
            Step::Digest(request) => {
                let found = vec![Matches::default(); request.find.len()];
                Answer::Digest(DigestAnswer { digests: vec![vec![7; 32]], found, ..DigestAnswer::default() })
            }
            Step::Done(session) => return session.report().clone(),
            step => right_answer(&step, document, &|_| unreachable!()).unwrap(),
        }
    }
}

/// Not more questions than these, and not more bytes.
#[track_caller]
fn within(report: &Report, reads: u32, bytes: u64) {
    assert!(report.reads <= reads && report.bytes_read <= bytes, "{} reads, {} bytes", report.reads, report.bytes_read);
}

fn one_page(writer: &mut Writer) {
    writer.object("<</Type/Catalog/Pages 2 0 R>>");
    writer.object("<</Type/Pages/Kids[3 0 R]/Count 1>>");
    writer.object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>");
}

#[test]
fn a_million_objects() {
    let objects = || {
        let mut writer = Writer::new();
        one_page(&mut writer);
        (3..1_000_000).for_each(|_| writer.object("(x)"));
        writer
    };
    // The table is checked as a whole: 20 bytes for each object, in pieces of a megabyte.
    within(&prepared(&objects().table(), "{}"), 23, 20_200_000);
    let document = objects().stream();
    let section = document.len() - document.windows(5).rposition(|window| window == b"/XRef").unwrap();
    within(&prepared(&document, "{}"), 4, (200 << 10) + section as u64);
}

/// A tree of pages, `fan` kids to a node.
fn pages(count: usize, fan: usize) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.object("<</Type/Catalog/Pages 2 0 R>>");
    let nodes = count.div_ceil(fan);
    let kids = |first: usize, count: usize| (first..first + count).map(|number| format!("{number} 0 R ")).collect::<String>();
    if fan >= count {
        writer.object(&format!("<</Type/Pages/Count {count}/Kids[{}]>>", kids(3, count)));
        (0..count).for_each(|_| writer.object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"));
    } else {
        writer.object(&format!("<</Type/Pages/Count {count}/Kids[{}]>>", kids(3, nodes)));
        for node in 0..nodes {
            writer.object(&format!("<</Type/Pages/Parent 2 0 R/Count {fan}/Kids[{}]>>", kids(3 + nodes + node * fan, fan)));
        }
        for page in 0..nodes * fan {
            writer.object(&format!("<</Type/Page/Parent {} 0 R/MediaBox[0 0 200 200]>>", 3 + page / fan));
        }
    }
    writer.table()
}

#[test]
fn a_hundred_thousand_pages() {
    let tree = pages(100_000, 316);
    within(&prepared(&tree, "{}"), 10, 2400 << 10); // the table is checked as a whole
    within(&prepared(&tree, r#"{"page": 100000}"#), 62, 3400 << 10);
    // Of a flat tree all pages have to be looked at, for each might be a node.
    let flat = pages(100_000, 100_000);
    within(&prepared(&flat, "{}"), 10, 7 << 20);
    within(&prepared(&flat, r#"{"page": 100000}"#), 302, 17 << 20);
}

#[test]
fn ten_thousand_fields() {
    let mut writer = Writer::new();
    let fields: String = (4..10_004).map(|number| format!("{number} 0 R ")).collect();
    writer.object(&format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>"));
    writer.object("<</Type/Pages/Kids[3 0 R]/Count 1>>");
    writer.object(&format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[{fields}]>>"));
    for number in 0..10_000 {
        writer.object(&format!("<</Type/Annot/Subtype/Widget/FT/Tx/T(field{number})/Rect[0 0 1 1]/P 3 0 R>>"));
    }
    let document = writer.table();
    within(&prepared(&document, "{}"), 112, document.len() as u64 * 5);
}

#[test]
fn a_thousand_revisions() {
    let mut writer = Writer::new();
    one_page(&mut writer);
    let mut document = writer.table();
    let mut previous = document.windows(5).position(|window| window == b"xref\n").unwrap();
    for revision in 0..1000 {
        let at = document.len();
        write!(document, "4 0 obj\n(revision {revision})\nendobj\n").unwrap();
        let section = document.len();
        write!(document, "xref\n4 1\n{at:010} 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev {previous}>>\nstartxref\n{section}\n%%EOF\n")
            .unwrap();
        previous = section;
    }
    let report = prepared(&document, "{}");
    assert_eq!(report.revision, 1002);
    within(&report, 40, document.len() as u64 * 2);
}
