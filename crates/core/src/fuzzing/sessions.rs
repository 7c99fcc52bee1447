//! Saved sessions: a check sum can be made again for any data.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{KEY, credentials, raw_signature, sha256};
use crate::crypto::SignatureAlgorithm;
use crate::error::Code;
use crate::operation::{Resumption, Session, open_batch, serialize_batch};
use crate::options::SigningOptions;

/// Heads of a sealed session, and of batches.
const SEALED: &[u8] = b"rustpdf session \x02s";
const BATCHES: [&[u8]; 2] = [b"rustpdf batch \x02s", b"rustpdf batch \x02u"];
/// Head of a live session.
pub(super) const LIVE: &[u8] = b"rustpdf live \x01";
/// Head of an unsealed session.
const UNSEALED: &[u8] = b"rustpdf session \x02u";

/// `data` as the data of a live or sealed session, and of an unsealed one. A session that is accepted can be saved again and completed,
/// and its update is as long as it says, whatever else is in it.
pub fn session(data: &[u8]) -> bool {
    let live = Session::from_live(&[LIVE, data].concat());
    if let Ok(session) = &live {
        assert!(Session::from_live(&session.to_live().expect("a session")).expect("a live session") == *session);
        consistent(session);
    }
    let saved = checked(UNSEALED, data);
    let by = Resumption { credentials: Some(credentials()), options: SigningOptions::default(), now: None };
    let sealed = Session::unseal(&sealed(SEALED, data), &KEY);
    assert_eq!(sealed.is_ok(), live.is_ok(), "live and sealed sessions have the same data");
    let mut accepted = live.is_ok();
    let alone = SigningOptions { pades: false, signature_algorithm: Some(SignatureAlgorithm::Ed25519), ..SigningOptions::default() };
    let alone = Resumption { credentials: None, options: alone, now: None };
    for by in [None, Some(&by), Some(&alone)] {
        match Session::parse_unsealed(&saved, by) {
            Ok(session) => {
                let again = session.serialize_unsealed().expect("a session");
                assert!(Session::parse_unsealed(&again, by).expect("a session that was saved") == session);
                consistent(&session);
                accepted = true;
            }
            Err(error) => assert_ne!(error.code(), Code::Internal, "{error}"),
        }
    }
    accepted
}

/// `data` as the data of a sealed batch, and of an unsealed one. A batch that is accepted can be saved again, and its sessions are consistent.
pub fn batch(data: &[u8]) -> bool {
    let unsealed = checked(BATCHES[1], data);
    let by = Resumption { credentials: Some(credentials()), options: SigningOptions::default(), now: None };
    let mut accepted = false;
    for (saved, key, by) in [(sealed(BATCHES[0], data), Some(&KEY[..]), None), (unsealed.clone(), None, None), (unsealed, None, Some(&by))]
    {
        match open_batch(&saved, key, by) {
            Ok(sessions) => {
                sessions.iter().flatten().for_each(consistent);
                let again = serialize_batch(&sessions, key).and_then(|again| open_batch(&again, key, by)).expect("a batch");
                assert!(again.len() == sessions.len());
                accepted = true;
            }
            Err(error) => assert_ne!(error.code(), Code::Internal, "{error}"),
        }
    }
    accepted
}

/// A sealed value with this head.
fn sealed(head: &[u8], data: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(&KEY).expect("a key").chain_update(head).chain_update(data);
    [head, data, &mac.finalize().into_bytes()].concat()
}

/// An unsealed value with this head.
fn checked(head: &[u8], data: &[u8]) -> Vec<u8> {
    let mut saved = [head, data].concat();
    saved.extend(sha256(&saved));
    saved
}

fn consistent(session: &Session) {
    let report = session.report();
    let [start, before, resume, after] = report.byte_range;
    let placeholder = 2 * session.container_size() as u64 + 2;
    assert_eq!((start, resume - before), (0, placeholder));
    assert_eq!(session.covered_update().len() as u64, before - report.document_length + after);
    let signed = match session.request() {
        Some(request) => {
            let certified = session.with_certificate(&credentials(), None);
            certified.as_ref().unwrap_or(session).complete_with_signature(&raw_signature(&request.data))
        }
        None => session.complete(b""),
    };
    let updates = match session.finished() {
        Ok(signed) => signed,
        Err(_) => signed.into_iter().collect(),
    };
    if !updates.is_empty() {
        let length: usize = updates.iter().map(|signed| signed.update.len()).sum();
        assert_eq!(session.document_length() + length as u64, resume + after);
    }
}
