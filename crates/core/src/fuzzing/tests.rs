//! The seeds of the fuzz targets, and what they found once, on the stable toolchain.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Runs `target` on its seeds, what it found, and `further` files; at least `accepted` of them must be accepted, or they have become stale.
fn replay(name: &str, target: fn(&[u8]) -> bool, further: Option<&str>, accepted: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = [format!("fuzz/seeds/{name}"), format!("fuzz/regressions/{name}")].into_iter().chain(further.map(str::to_owned));
    let mut found = 0;
    for folder in folders {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).filter(|path| path.is_file()).collect();
        files.sort();
        for file in files {
            println!("{}", file.display()); // seen where it fails
            found += usize::from(target(&fs::read(file).expect("a seed")));
        }
    }
    assert!(found >= accepted, "{found} were accepted");
}

const DOCUMENTS: Option<&str> = Some("tests/vectors/documents");

#[test]
fn lexer_seeds() {
    replay("lexer", lexer, None, 15);
}

#[test]
fn xref_seeds() {
    replay("xref", xref, DOCUMENTS, 20);
}

#[test]
fn object_stream_seeds() {
    replay("object_stream", object_stream, None, 8);
}

#[test]
fn cms_seeds() {
    replay("cms", cms, Some("tests/vectors/certificates"), 10);
}

#[test]
fn timestamp_seeds() {
    replay("timestamp", timestamp, Some("crates/core/tests/data/timestamps"), 5);
}

#[test]
fn ocsp_seeds() {
    replay("ocsp", ocsp, None, 7);
}

#[test]
fn appearance_seeds() {
    replay("appearance", appearance, DOCUMENTS, 10);
}

#[test]
fn http_seeds() {
    replay("http", http, None, 2);
}

#[test]
fn crl_seeds() {
    replay("crl", crl, None, 7);
}

#[test]
fn session_seeds() {
    replay("session", session, None, 4);
}

#[test]
fn batch_seeds() {
    replay("batch", batch, None, 3);
}

#[test]
fn journal_seeds() {
    replay("journal", journal, None, 7);
}

#[test]
fn ledger_seeds() {
    replay("ledger", ledger, None, 8);
}

#[test]
fn start_seeds() {
    replay("start", start, None, 10);
}

#[test]
fn sign_seeds() {
    replay("sign", sign, DOCUMENTS, 25);
}

#[test]
fn info_seeds() {
    replay("inspect", inspect, DOCUMENTS, 15);
}

#[test]
fn frame_seeds() {
    replay("frame", frame, None, 8);
}
