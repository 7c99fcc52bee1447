//! Signing a file in two phases, and going on after a failure that came after the signature.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustpdf::{
    Control, Error, FileSession, Output, Resumption, SignedFile, SigningOptions, SigningRequest, begin_signing_controlled, resume_signing,
    resume_signing_file, resume_signing_file_unchecked, resume_unsealed, resume_unsealed_file,
};

use crate::common::{Folder, assert_same, begin_file_at, code, document, moment, rsa, sign, sign_file_at, signed};

const KEY: &[u8] = b"a secret of the caller, 32 bytes";

fn begun(input: &Path) -> FileSession {
    begin_file_at(input, moment(), Some(rsa()), &SigningOptions::default()).unwrap()
}

/// The certificate and the options of [`begun`].
fn begun_by() -> Resumption {
    Resumption { credentials: Some(rsa()), options: SigningOptions::default(), now: None }
}

fn new_file(path: PathBuf) -> Output {
    Output::NewFile { path, replace: false }
}

fn no_key(_: &SigningRequest) -> Result<Vec<u8>, Error> {
    unreachable!("the key is asked again")
}

#[test]
fn two_phases_are_as_one() {
    let document = document();
    let expected = signed(&document);
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document);
    let control = &mut Control::default();
    let saved = begun(&input).serialize(KEY).unwrap();
    let session = resume_signing_file(&saved, &input, KEY, control).unwrap();
    let raw = sign(&session.request().unwrap()).unwrap();

    for output in [Output::InPlace, Output::Update, new_file(folder.path("out.pdf"))] {
        assert_eq!(code(session.complete_with_signature(&raw[1..], &output, control)), "ERR_SIGNATURE_LENGTH");
        assert_eq!(code(session.complete(b"no container", &output, control)), "ERR_CONTAINER_FORMAT");
        folder.assert_names(&["in.pdf"]);
    }
    assert_same(&fs::read(&input).unwrap(), &document, "after refusals");

    session.complete_with_signature(&raw, &new_file(folder.path("out.pdf")), control).unwrap();
    assert_same(&fs::read(folder.path("out.pdf")).unwrap(), &expected, "a new file");
    let signed = session.complete_with_signature(&raw, &Output::InPlace, control).unwrap();
    assert_eq!(signed.reports[0].byte_range[3] + signed.reports[0].byte_range[2], expected.len() as u64);
    assert_same(&fs::read(&input).unwrap(), &expected, "in place");
    assert_eq!(code(session.complete_with_signature(&raw, &Output::InPlace, control)), "ERR_FILE_CHANGED");
    assert_same(&fs::read(&input).unwrap(), &expected, "signed once");
    assert_eq!(code(resume_signing_file(&saved, &input, KEY, control)), "ERR_SESSION_DOCUMENT");
}

#[test]
fn a_finished_container_is_taken() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let control = &mut Control::default();
    let session = begun(&input);
    let raw = sign(&session.request().unwrap()).unwrap();
    let signed = session.complete_with_signature(&raw, &Output::Update, control).unwrap();
    let container = container_of(&signed);
    let bare = begin_file_at(&input, moment(), None, &SigningOptions::default()).unwrap();
    assert!(bare.request().is_none());
    assert_eq!(code(bare.complete(&container, &Output::InPlace, control)), "ERR_CONTAINER_MESSAGE_DIGEST", "it has another hole");
    let again = session.complete(&container, &Output::InPlace, control).unwrap();
    assert_eq!(again.update, signed.update);
}

/// The container in the placeholder of `/ByteRange`.
fn container_of(signed: &SignedFile) -> Vec<u8> {
    let [_, start, end, _] = signed.reports[0].byte_range.map(|at| at.saturating_sub(signed.reports[0].document_length) as usize);
    let digits = std::str::from_utf8(&signed.update[start + 1..end - 1]).unwrap();
    let length = 2 * signed.reports[0].container_length.unwrap();
    (0..length).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn a_sealed_session_is_opened_by_its_key_only() {
    let document = document();
    let folder = Folder::new();
    let (input, control) = (folder.with("in.pdf", &document), &mut Control::default());
    let session = begun(&input);
    assert_eq!(code(session.serialize(&KEY[1..])), "ERR_ARGUMENT");
    let saved = session.serialize(KEY).unwrap();
    let mut other = KEY.to_vec();
    other[31] ^= 1;
    assert_eq!(code(resume_signing_file(&saved, &input, &other, control)), "ERR_SESSION_SEAL");
    assert_eq!(code(resume_signing_file(&saved, &input, &KEY[1..], control)), "ERR_ARGUMENT");
    assert_eq!(code(resume_unsealed_file(&saved, &input, Some(&begun_by()), control)), "ERR_SESSION_SEAL");

    // Of a document in memory and of a file it is the same.
    let resumed = resume_signing(&saved, &document[..], KEY).unwrap();
    let raw = sign(&resumed.request().unwrap()).unwrap();
    assert_same(&resumed.complete_with_signature(&raw).unwrap().appended_to(&document), &signed(&document), "in memory");
    let saved = begin_signing_controlled(&document[..], Some(rsa()), &SigningOptions::new(), &mut Control::new().ambient(moment()))
        .unwrap()
        .serialize(KEY)
        .unwrap();
    let resumed = resume_signing_file(&saved, &input, KEY, control).unwrap();
    resumed.complete_with_signature(&raw, &Output::InPlace, control).unwrap();
    assert_same(&fs::read(&input).unwrap(), &signed(&document), "in place");
}

#[test]
fn the_certificate_comes_with_the_signature() {
    let document = document();
    let folder = Folder::new();
    let (input, control) = (folder.with("in.pdf", &document), &mut Control::default());
    let options = SigningOptions::from_json(r#"{"pades": false, "signatureAlgorithm": "rsa-pkcs1"}"#).unwrap();
    let session = begin_file_at(&input, moment(), None, &options).unwrap();
    let raw = sign(&session.request().unwrap()).unwrap();
    assert_eq!(code(session.complete_with_signature(&raw, &Output::InPlace, control)), "ERR_SESSION_NO_CERTIFICATE");
    assert_eq!(code(begun(&input).with_certificate(&rsa())), "ERR_SESSION_ARGUMENTS");
    let by = Resumption { credentials: None, options, now: None };
    let resumed = resume_unsealed_file(&session.serialize_unsealed().unwrap(), &input, Some(&by), control).unwrap();
    let update = resumed.with_certificate(&rsa()).unwrap().complete_with_signature(&raw, &Output::Update, control).unwrap().update;
    session.with_certificate(&rsa()).unwrap().complete_with_signature(&raw, &Output::InPlace, control).unwrap();
    assert_same(&fs::read(&input).unwrap(), &[document, update].concat(), "in place");
    assert!(Command::new("pdfsig").arg("-nocert").arg(&input).status().is_ok_and(|status| status.success()));
}

#[test]
fn an_unsealed_session_takes_its_certificate_from_the_caller() {
    let document = document();
    let folder = Folder::new();
    let (input, control) = (folder.with("in.pdf", &document), &mut Control::default());
    let saved = begun(&input).serialize_unsealed().unwrap();
    assert_eq!(code(resume_signing_file(&saved, &input, KEY, control)), "ERR_SESSION_SEAL");
    assert!(resume_unsealed_file(&saved, &input, None, control).unwrap().request().is_none());
    let mut other = begun_by();
    other.options.pades = false;
    assert_eq!(code(resume_unsealed_file(&saved, &input, Some(&other), control)), "ERR_SESSION_ARGUMENTS");
    let session = resume_unsealed_file(&saved, &input, Some(&begun_by()), control).unwrap();
    let raw = sign(&session.request().unwrap()).unwrap();
    session.complete_with_signature(&raw, &new_file(folder.path("out.pdf")), control).unwrap();
    assert_same(&fs::read(folder.path("out.pdf")).unwrap(), &signed(&document), "a file");
    let session = resume_unsealed(&saved, &document[..], Some(&begun_by())).unwrap();
    assert_same(&session.complete_with_signature(&raw).unwrap().appended_to(&document), &signed(&document), "in memory");
}

#[test]
fn a_document_that_changed_is_noticed_unless_the_caller_vouches_for_it() {
    let mut document = document();
    let folder = Folder::new();
    let (input, control) = (folder.with("in.pdf", &document), &mut Control::default());
    let session = begun(&input);
    let saved = session.serialize(KEY).unwrap();
    document[12] ^= 1;
    fs::write(&input, &document).unwrap();
    let raw = sign(&session.request().unwrap()).unwrap();
    assert_eq!(code(session.complete_with_signature(&raw, &Output::InPlace, control)), "ERR_FILE_CHANGED");
    assert_eq!(code(resume_signing_file(&saved, &input, KEY, control)), "ERR_SESSION_DOCUMENT");
    assert!(resume_signing_file_unchecked(&saved, &input, KEY, control).is_ok());
    fs::write(&input, &document[1..]).unwrap();
    assert_eq!(code(resume_signing_file_unchecked(&saved, &input, KEY, control)), "ERR_SESSION_DOCUMENT");
    folder.assert_names(&["in.pdf"]);
}

#[test]
fn a_failure_after_the_signature_has_a_session_that_needs_no_key() {
    let document = document();
    let expected = signed(&document);
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document);
    let late = folder.path("late.pdf");
    let signer = |request: &SigningRequest| {
        fs::write(&late, b"precious").unwrap();
        sign(request)
    };
    let (options, control) = (SigningOptions::default(), &mut Control::default());
    let error = sign_file_at(&input, &new_file(late.clone()), moment(), rsa(), signer, &options, control).unwrap_err();
    // It is the error of the system, and tells of the session.
    assert!(matches!(error.cause(), Error::Io(error) if error.kind() == ErrorKind::AlreadyExists), "{error}");
    assert!(error.to_string().contains("late.pdf") && error.to_string().contains("session"), "{error}");
    folder.assert_names(&["in.pdf", "late.pdf"]);

    let session = error.unfinished().expect("a session");
    assert!(session.is_signed());
    let again = session.complete_signed(&new_file(late.clone()), control).unwrap_err();
    assert!(matches!(again.cause(), Error::Io(error) if error.kind() == ErrorKind::AlreadyExists), "{again}");
    again.unfinished().expect("a session").complete_signed(&new_file(folder.path("out.pdf")), control).unwrap();
    assert_same(&fs::read(folder.path("out.pdf")).unwrap(), &expected, "a new file");

    // It may be saved, too, and completes in place.
    let saved = session.serialize(KEY).unwrap();
    let resumed = resume_signing_file(&saved, &input, KEY, control).unwrap();
    resumed.complete_signed(&Output::InPlace, control).unwrap();
    assert_same(&fs::read(&input).unwrap(), &expected, "in place");
    assert_eq!(code(session.complete_signed(&Output::InPlace, control)), "ERR_FILE_CHANGED");

    // A failure before the signature has none.
    let taken = sign_file_at(&input, &new_file(late), moment(), rsa(), no_key, &options, control).unwrap_err();
    assert!(taken.unfinished().is_none(), "{taken}");
    assert_eq!(fs::read(folder.path("late.pdf")).unwrap(), b"precious");
}

#[test]
fn a_session_that_is_not_signed_is_not_completed_without_an_answer() {
    let folder = Folder::new();
    let input = folder.with("in.pdf", &document());
    let session = begun(&input);
    assert!(!session.is_signed());
    let error = session.complete_signed(&Output::InPlace, &mut Control::default()).unwrap_err();
    assert!(error.code().is_some() && error.unfinished().is_none(), "{error}");
    assert_same(&fs::read(&input).unwrap(), &document(), "the document");
}
