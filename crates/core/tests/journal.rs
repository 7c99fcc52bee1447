//! What becomes of a file whose signing in place was interrupted.

mod common;

use common::{Document, options, prepared, run};
use rustpdf_core::{Machine, Outcome, journal};

fn document() -> Vec<u8> {
    Document::new().with(4, &format!("({})", "x".repeat(3000))).bytes()
}

/// An update as long as one, with zeros in it.
fn update() -> Vec<u8> {
    let container = vec![0x30; 40];
    let session = prepared(&document(), options(r#"{"containerSize": 2000}"#)).unwrap();
    let covered = session.covered_update();
    [&covered[..100], &container, &[0; 70], &covered[100..]].concat()
}

fn journal_of(document: &[u8]) -> Vec<u8> {
    journal(document.len() as u64, &document[document.len() - 1024..], &update()).unwrap()
}

/// The file after recovery, or the code of the refusal.
fn recovered(file: &[u8], journal: &[u8], undo: bool) -> Result<(Outcome, Vec<u8>), &'static str> {
    let recovery = run(Machine::recover(file.len() as u64, journal.to_vec(), undo), file, |_| unreachable!())
        .map_err(|error| error.code().as_str())?;
    let mut file = file.to_vec();
    if let Some((offset, bytes)) = recovery.write {
        file.resize(file.len().max(offset as usize + bytes.len()), 0);
        file[offset as usize..offset as usize + bytes.len()].copy_from_slice(&bytes);
    }
    file.truncate(recovery.length as usize);
    assert_eq!(file.len() as u64, recovery.length);
    Ok((recovery.outcome, file))
}

#[test]
fn wherever_it_stopped() {
    let (document, update) = (document(), update());
    let journal = journal_of(&document);
    let signed = [document.as_slice(), &update].concat();
    for cut in 0..=update.len() {
        let mut file = signed[..document.len() + cut].to_vec();
        assert_eq!(recovered(&file, &journal, false), Ok((Outcome::Signed, signed.clone())), "cut at {cut}");
        assert_eq!(recovered(&file, &journal, true), Ok((Outcome::Original, document.clone())), "cut at {cut}");
        file.resize(signed.len(), 0);
        assert_eq!(recovered(&file, &journal, false), Ok((Outcome::Signed, signed.clone())), "zeros from {cut} on");
    }
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let (document, update) = (document(), update());
    let journal = journal_of(&document);
    let signed = [document.as_slice(), &update].concat();
    // Somebody else's bytes behind the document, or a document that changed.
    let mut changed = document.clone();
    changed[document.len() - 10] ^= 1;
    for file in [[document.as_slice(), b"\n9 0 obj"].concat(), changed, document[1..].to_vec(), document[..100].to_vec(), vec![]] {
        for undo in [false, true] {
            assert_eq!(recovered(&file, &journal, undo), Err("ERR_JOURNAL_DOCUMENT"));
        }
    }
    // A further revision behind ours: it is there, and cannot be taken back.
    let more = [signed.as_slice(), b"more"].concat();
    assert_eq!(recovered(&more, &journal, false), Ok((Outcome::Signed, more.clone())));
    assert_eq!(recovered(&more, &journal, true), Err("ERR_JOURNAL_DOCUMENT"));
}

#[test]
fn a_damaged_journal_does_nothing() {
    let document = document();
    let journal = journal_of(&document);
    for at in 0..journal.len() {
        let mut damaged = journal.clone();
        damaged[at] ^= 0x10;
        assert_eq!(recovered(&document, &damaged, false), Err("ERR_JOURNAL_DAMAGED"), "byte {at}");
        assert_eq!(recovered(&document, &journal[..at], true), Err("ERR_JOURNAL_DAMAGED"), "{at} bytes");
    }
}

#[test]
fn a_document_shorter_than_its_tail() {
    let short = journal(5, b"%PDF-", b"update").unwrap();
    assert_eq!(recovered(b"%PDF-upd", &short, false), Ok((Outcome::Signed, b"%PDF-update".to_vec())));
}

#[test]
fn none_is_written_that_is_not_read() {
    let update = vec![0; 64 << 20];
    assert_eq!(journal(5, b"%PDF-", &update).unwrap_err().code().as_str(), "ERR_LIMIT");
    assert!(journal(5, b"%PDF-", &update[..(64 << 20) - 200]).unwrap().len() <= 64 << 20);
}
