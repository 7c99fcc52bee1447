//! Documents of many gigabytes, most of them a hole in the file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use rustpdf::{DocumentInfo, Output, SignedFile, Source, WarningCode, inspect};

use crate::common::{Folder, code, sign_the_file};

/// Where the cross-reference section is, and of what kind.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    TableInFront,
    TableBehind,
    StreamBehind,
}

/// A document with a stream of `hole` zeros, and the bytes in front of and behind them.
struct Large {
    front: Vec<u8>,
    hole: u64,
    behind: Vec<u8>,
}

impl Large {
    fn new(version: &str, hole: u64, section: Section) -> Self {
        let mut front = format!("%PDF-{version}\n").into_bytes();
        let mut offsets = Vec::new();
        for (index, object) in
            ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]
                .into_iter()
                .enumerate()
        {
            offsets.push(front.len() as u64);
            front.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
        }
        let table = |offsets: &[u64]| {
            let entries: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
            format!("xref\n0 5\n0000000000 65535 f \n{entries}trailer\n<</Size 5/Root 1 0 R>>\n").into_bytes()
        };
        let mut at = front.len() as u64;
        if section == Section::TableInFront {
            offsets.push(at + table(&[0; 4]).len() as u64);
            front.extend(table(&offsets));
        } else {
            offsets.push(at);
        }
        front.extend(format!("4 0 obj\n<</Length {hole}>>\nstream\n").into_bytes());
        let mut behind = b"\nendstream\nendobj\n".to_vec();
        if section != Section::TableInFront {
            at = front.len() as u64 + hole + behind.len() as u64;
        }
        match section {
            Section::TableInFront => {}
            Section::TableBehind => behind.extend(table(&offsets)),
            Section::StreamBehind => {
                offsets.push(at);
                let mut entries = vec![0; 11];
                for offset in &offsets {
                    entries.push(1);
                    entries.extend(offset.to_be_bytes());
                    entries.extend([0, 0]);
                }
                let dictionary = "<</Type/XRef/Size 6/Root 1 0 R/W[1 8 2]";
                behind.extend(format!("5 0 obj\n{dictionary}/Length {}>>\nstream\n", entries.len()).into_bytes());
                behind.extend(entries);
                behind.extend(b"\nendstream\nendobj\n");
            }
        }
        behind.extend(format!("startxref\n{at}\n%%EOF\n").into_bytes());
        Large { front, hole, behind }
    }

    fn length(&self) -> u64 {
        self.front.len() as u64 + self.hole + self.behind.len() as u64
    }

    fn write(&self, path: &Path) {
        let mut file = File::create(path).unwrap();
        file.write_all(&self.front).unwrap();
        file.set_len(self.front.len() as u64 + self.hole).unwrap();
        OpenOptions::new().append(true).open(path).unwrap().write_all(&self.behind).unwrap();
    }

    /// Signs the document in place and looks at what came out.
    fn sign(&self) -> (SignedFile, DocumentInfo) {
        let folder = Folder::new();
        let path = folder.path("large.pdf");
        self.write(&path);
        let signed = sign_the_file(&path, &Output::InPlace).unwrap();
        folder.assert_names(&["large.pdf"]);

        let file = File::open(&path).unwrap();
        let length = file.length().unwrap();
        assert_eq!(length, self.length() + signed.update.len() as u64);
        let [start, before, resume, after] = signed.reports[0].byte_range;
        assert_eq!((start, resume + after), (0, length));
        assert!(before > self.length() && resume > before);
        let holds = |bytes: &[u8], offset| {
            let mut found = vec![0; bytes.len()];
            file.read_at(offset, &mut found).unwrap();
            assert!(found == bytes, "{} bytes at {offset}", bytes.len());
        };
        holds(&self.front, 0);
        holds(&[0; 512], self.front.len() as u64 + self.hole / 2);
        holds(&self.behind, self.length() - self.behind.len() as u64);
        holds(&signed.update, self.length());

        let information = inspect(&file, None).unwrap();
        assert_eq!((information.revisions, information.pages, information.signatures.len()), (2, Some(1), 1));
        assert!(information.signatures[0].covers_whole_file);
        (signed, information)
    }
}

/// The largest offset that a table holds.
const TABLE: u64 = 9_999_999_999;

#[test]
fn beyond_four_gibibytes() {
    let (signed, _) = Large::new("1.7", (1 << 32) + 5, Section::TableBehind).sign();
    assert_eq!(signed.reports[0].xref, "table");
}

#[test]
fn beyond_what_a_table_holds() {
    let large = Large::new("1.5", TABLE, Section::TableInFront);
    let (signed, _) = large.sign();
    let report = &signed.reports[0];
    assert_eq!(report.xref, "stream");
    assert!(report.warnings.iter().any(|warning| warning.code == WarningCode::XrefStream));

    // Streams came with PDF 1.5.
    let folder = Folder::new();
    let path = folder.path("old.pdf");
    Large::new("1.4", TABLE, Section::TableInFront).write(&path);
    assert_eq!(code(sign_the_file(&path, &Output::InPlace)), "ERR_LIMIT");
    let copy = Output::NewFile { path: folder.path("new.pdf"), replace: false };
    assert_eq!(code(sign_the_file(&path, &copy)), "ERR_LIMIT", "before anything is copied");
    folder.assert_names(&["old.pdf"]);
}

#[test]
fn a_cross_reference_stream_behind_ten_gigabytes() {
    let (signed, _) = Large::new("1.7", TABLE + 100, Section::StreamBehind).sign();
    assert_eq!(signed.reports[0].xref, "stream");
    assert!(signed.reports[0].warnings.iter().all(|warning| warning.code != WarningCode::XrefStream));
}
