//! Saved sessions: they have travelled, and are believed only as far as they can be checked.

mod common;

use common::{Document, options, prepared, run};
use rustpdf_core::{Machine, Session};

fn document() -> Vec<u8> {
    Document::new().bytes()
}

fn saved() -> Vec<u8> {
    prepared(&document(), options(r#"{"containerSize": 256}"#)).unwrap().serialize().unwrap()
}

fn refusal(saved: &[u8], document: &[u8]) -> String {
    match run(Machine::resume(document.len() as u64, saved.to_vec(), false), document, |_| vec![]) {
        Ok(_) => "resumed".into(),
        Err(error) => error.code().as_str().into(),
    }
}

#[test]
fn a_session_survives_the_way() {
    assert_eq!(refusal(&saved(), &document()), "resumed");
    assert_eq!(Session::parse(&saved()).unwrap().serialize().unwrap(), saved());
}

#[test]
fn a_session_is_a_few_kilobytes() {
    assert!(saved().len() < 4096, "{}", saved().len());
}

#[test]
fn any_byte_changed_is_noticed() {
    let (saved, document) = (saved(), document());
    for at in 0..saved.len() {
        for flip in [1, 0x80, 0xff] {
            let mut changed = saved.clone();
            changed[at] ^= flip;
            let code = refusal(&changed, &document);
            let expected = match at {
                0..16 => "ERR_SESSION_FORMAT",
                16 => "ERR_SESSION_VERSION",
                _ => "ERR_SESSION_DAMAGED",
            };
            assert_eq!(code, expected, "byte {at}");
        }
    }
}

#[test]
fn a_session_cut_short_is_noticed() {
    let (saved, document) = (saved(), document());
    for length in 0..saved.len() {
        let code = refusal(&saved[..length], &document);
        assert_eq!(code, if length < 17 { "ERR_SESSION_FORMAT" } else { "ERR_SESSION_DAMAGED" }, "{length} bytes");
    }
    assert_eq!(refusal(&[&saved[..], b"x"].concat(), &document), "ERR_SESSION_DAMAGED");
}

/// A check sum is no seal: whoever changes the session can make it anew. What is inside must then still be bearable.
#[test]
fn a_forged_session_is_read_like_a_file() {
    let (saved, document) = (saved(), document());
    for at in 49..saved.len() {
        for flip in [1, 0x7f, 0x80, 0xff] {
            let mut forged = saved.clone();
            forged[at] ^= flip;
            let check = rustpdf_core::DigestAlgorithm::Sha256.digest(&[&forged[49..]]);
            forged[17..49].copy_from_slice(&check);
            let code = refusal(&forged, &document);
            assert!(["ERR_SESSION_DAMAGED", "ERR_SESSION_DOCUMENT", "resumed"].contains(&code.as_str()), "byte {at}: {code}");
        }
    }
}

#[test]
fn another_document_is_refused() {
    let mut other = document();
    assert_eq!(refusal(&saved(), &[&other[..], b"\n"].concat()), "ERR_SESSION_DOCUMENT");
    other[12] ^= 1;
    assert_eq!(refusal(&saved(), &other), "ERR_SESSION_DOCUMENT");
    let vouched = Machine::resume(other.len() as u64, saved(), true);
    assert!(run(vouched, &other, |_| vec![]).is_ok(), "whoever vouches is believed");
}

#[test]
fn a_session_without_certificate_takes_a_container_only() {
    let session = Session::parse(&saved()).unwrap();
    assert_eq!(session.request(), None);
    assert_eq!(session.complete_with_signature(&[1; 256]).unwrap_err().code().as_str(), "ERR_SESSION_NO_CERTIFICATE");
}

/// Sixty million empty certificates take a byte each in a session, and would take a gigabyte and a half in memory.
#[test]
fn a_list_of_certificates_is_bounded() {
    let saved = saved();
    let known = saved.len() - known_and_report_length(&saved);
    let mut forged = saved[49..known].to_vec();
    assert_eq!(saved[known], 0, "none are known");
    forged.extend([1, 0x80, 0x8e, 0xce, 0x1c]); // Some, and 60,000,000 as a varint
    forged.resize(forged.len() + 60_000_000, 0);
    let check = rustpdf_core::DigestAlgorithm::Sha256.digest(&[&forged]);
    assert_eq!(refusal(&[&saved[..17], &check, &forged].concat(), &document()), "ERR_SESSION_DAMAGED");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.is_none_or(|kib| kib < 800 << 10), "{peak:?} KiB: the list was read whole");
}

/// What ends a session without a certificate: a byte that says so, and the report with its length (of two bytes) before it.
fn known_and_report_length(saved: &[u8]) -> usize {
    1 + 2 + serde_json::to_vec(Session::parse(saved).unwrap().report()).unwrap().len()
}
