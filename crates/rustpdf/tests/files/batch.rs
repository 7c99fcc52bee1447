//! Two phases of many files.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use rustpdf::{
    BatchOptions, Output, Result, Resumption, SessionBatch, SignedFile, SigningOptions, begin_signing_many, resume_signing_many,
    resume_unsealed_many,
};

use crate::common::{Folder, code, document, rsa, sign};

const KEY: &[u8] = &[7; 32];

/// Three files, of which the second is not a PDF.
fn inputs(folder: &Folder) -> [PathBuf; 3] {
    let document = document();
    [("a.pdf", &document[..]), ("b.pdf", b"a letter"), ("c.pdf", &document)].map(|(name, bytes)| folder.with(name, bytes))
}

fn begun(inputs: &[PathBuf]) -> SessionBatch {
    begin_signing_many(inputs, Some(&rsa()), &SigningOptions::new(), &BatchOptions::new()).unwrap()
}

fn in_place() -> [Output; 3] {
    [Output::InPlace, Output::InPlace, Output::InPlace]
}

fn signatures(batch: &SessionBatch) -> Vec<Vec<u8>> {
    batch.requests().iter().map(|request| sign(request).unwrap()).collect()
}

/// Completes and returns the result of each file.
fn complete(batch: &SessionBatch, signatures: &[Vec<u8>], outputs: &[Output]) -> Result<BTreeMap<usize, Result<SignedFile>>> {
    let mut results = BTreeMap::new();
    batch.complete_with_signatures(signatures, outputs, &BatchOptions::new().in_flight(2), |index, signed| {
        assert!(results.insert(index, signed).is_none());
    })?;
    Ok(results)
}

/// Why a file has no session.
fn codes(batch: &SessionBatch) -> Vec<Option<&str>> {
    batch.sessions().iter().map(|session| session.as_ref().err().map(|error| error.code().unwrap().as_str())).collect()
}

fn is_signed(path: &PathBuf) -> bool {
    rustpdf::inspect(&fs::File::open(path).unwrap(), None).unwrap().signatures.len() == 1
}

#[test]
fn a_file_that_fails_leaves_the_others() {
    let folder = Folder::new();
    let inputs = inputs(&folder);
    let batch = begun(&inputs);
    assert_eq!(codes(&batch), [None, Some("ERR_NOT_A_PDF"), None]);
    assert_eq!((batch.requests().len(), batch.hashes().len()), (2, 2));

    // A refused answer concerns its file, and may be followed by another one.
    let right = signatures(&batch);
    let results = complete(&batch, &[right[0].clone(), right[1][1..].to_vec()], &in_place()).unwrap();
    assert!(results[&0].is_ok() && !results.contains_key(&1), "{results:?}");
    assert_eq!(code(results.into_values().next_back().unwrap()), "ERR_SIGNATURE_LENGTH");
    assert!(is_signed(&inputs[0]));
    let again = complete(&batch, &right, &in_place()).unwrap();
    assert!(again[&2].is_ok() && is_signed(&inputs[2]), "{again:?}");
    folder.assert_names(&["a.pdf", "b.pdf", "c.pdf"]);
}

#[test]
fn saved_sessions_are_resumed_with_their_files() {
    let folder = Folder::new();
    let inputs = inputs(&folder);
    let batch = begun(&inputs);
    let (sealed, unsealed) = (batch.serialize(KEY).unwrap(), batch.serialize_unsealed().unwrap());
    let raw = signatures(&batch);
    let options = BatchOptions::new();

    let resumed = resume_signing_many(&sealed, &inputs, KEY, &options).unwrap();
    assert_eq!(resumed.requests(), batch.requests());
    assert_eq!(codes(&resumed), [None, Some("ERR_SESSION_FORMAT"), None]);
    let by = Resumption { credentials: Some(rsa()), options: SigningOptions::new(), now: None };
    let unsealed = resume_unsealed_many(&unsealed, &inputs, Some(&by), &options).unwrap();
    let mut unnamed = batch.requests(); // anybody could have written the name of the field into a file without a seal
    unnamed.iter_mut().for_each(|request| request.field_name = None);
    assert_eq!(unsealed.requests(), unnamed);
    assert!(complete(&unsealed, &raw, &in_place()).unwrap().values().all(Result::is_ok));
    assert!(is_signed(&inputs[0]) && is_signed(&inputs[2]));
    assert_eq!(code(resume_signing_many(&sealed, &inputs, &[8; 32], &options)), "ERR_SESSION_SEAL");
}

#[test]
fn numbers_that_do_not_match_are_refused() {
    let folder = Folder::new();
    let inputs = inputs(&folder);
    let (batch, options) = (begun(&inputs), BatchOptions::new());
    let raw = signatures(&batch);
    assert_eq!(code(complete(&batch, &raw[1..], &in_place())), "ERR_ARGUMENT");
    assert_eq!(code(complete(&batch, &raw, &in_place()[1..])), "ERR_ARGUMENT");
    assert_eq!(code(resume_signing_many(&batch.serialize(KEY).unwrap(), &inputs[1..], KEY, &options)), "ERR_ARGUMENT");
    let none = options.in_flight(0);
    assert_eq!(code(begin_signing_many(&inputs, None, &SigningOptions::new(), &none)), "ERR_ARGUMENT");
    let cancelled = BatchOptions::new();
    cancelled.cancellation.cancel();
    let batch = begin_signing_many(&inputs, None, &SigningOptions::new(), &cancelled).unwrap();
    assert!(batch.sessions().iter().all(|session| matches!(session, Err(rustpdf::Error::Cancelled))), "{batch:?}");
}
