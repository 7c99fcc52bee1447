//! Documents, signers and machines of these tests.

use std::io::Write;

use rustpdf_core::{
    Ambient, Credentials, DocumentLocation, Machine, OutputLocation, Recovered, Session, SessionAnswer, Signatory, SignedDocument,
    StorePath,
};

use crate::common;
use crate::disk::Disk;
use crate::host::{Ended, Process, in_memory, run};

/// Document that is signed, in the folder of the tests.
pub const DOCUMENT: &str = "document.pdf";
pub const JOURNAL: &str = ".document.pdf.rustpdf";
pub const OUTPUT: &str = "out.pdf";

pub fn document() -> Vec<u8> {
    common::Document::new().bytes()
}

pub fn disk() -> Disk {
    Disk::new().with(DOCUMENT, &document())
}

pub fn path(name: &str) -> StorePath {
    StorePath(name.as_bytes().to_vec())
}

pub fn file(name: &str) -> DocumentLocation {
    DocumentLocation::Path(path(name))
}

pub fn output(name: &str, replace: bool) -> OutputLocation {
    OutputLocation::Path { path: path(name), replace, or_in_place: false }
}

pub fn moment(run: u8) -> Ambient {
    Ambient { now: 1_767_225_600 + i64::from(run), entropy: [run; 32] }
}

/// A signer with a key of the vectors, whose signature is not verified: it is the same in each run.
pub fn signatory(reason: &str) -> Signatory {
    let mut options = common::options(&format!(r#"{{"reason": "{reason}"}}"#));
    options.check_signature = false;
    Signatory { credentials: credentials(), options }
}

pub fn credentials() -> Credentials {
    let path = format!("{}/../../tests/vectors/certificates/p256.pem", env!("CARGO_MANIFEST_DIR"));
    Credentials { certificate: std::fs::read(path).unwrap(), chain: vec![] }
}

pub fn signatories(count: usize) -> Vec<Signatory> {
    (0..count).map(|index| signatory(&format!("signer {index}"))).collect()
}

/// Signing number `run` of this document, by one signer.
pub fn sign(run: u8, output: OutputLocation) -> Machine<SignedDocument> {
    Machine::sign(file(DOCUMENT), moment(run), signatories(1), output, None)
}

pub fn recover(name: &str, undo: bool) -> Machine<Recovered> {
    Machine::recover(path(name), moment(200), undo, None)
}

/// Recovery some days later: temporary files of another boot are leftovers by then.
pub fn recover_later(name: &str, undo: bool) -> Machine<Recovered> {
    let moment = Ambient { now: 1_767_225_600 + 3 * 86_400, entropy: [200; 32] };
    Machine::recover(path(name), moment, undo, None)
}

/// The document after signing number `run`, computed without a disk.
pub fn signed(document: &[u8], run: u8) -> Vec<u8> {
    signed_by(document, run, 1)
}

pub fn signed_by(document: &[u8], run: u8, signers: usize) -> Vec<u8> {
    let memory = DocumentLocation::Memory { length: document.len() as u64 };
    let machine = Machine::sign(memory, moment(run), signatories(signers), OutputLocation::Update, None);
    let ended = in_memory(document, machine).unwrap();
    let mut whole = document.to_vec();
    ended.signed().signed.iter().for_each(|signed| whole.extend_from_slice(&signed.update));
    whole
}

/// A session of the document that waits for a raw signature.
pub fn session(document: &[u8], run: u8) -> Session {
    let memory = DocumentLocation::Memory { length: document.len() as u64 };
    let Signatory { credentials, options } = signatories(1).remove(0);
    let ended = in_memory(document, Machine::prepare(memory, moment(run), Some(credentials), options)).unwrap();
    let crate::host::End::Session(session) = ended.done() else { unreachable!() };
    (**session).clone()
}

pub fn complete(session: Session, output: OutputLocation) -> Machine<SignedDocument> {
    Machine::complete(file(DOCUMENT), moment(150), session, SessionAnswer::Signature(vec![1; 64]), None, output)
}

/// Completes a session that is signed: no key is asked.
pub fn complete_signed(session: Session, output: OutputLocation) -> Machine<SignedDocument> {
    Machine::complete(file(DOCUMENT), moment(150), session, SessionAnswer::None, None, output)
}

/// Runs a machine by another process.
pub fn then<T: crate::host::Ends>(disk: &mut Disk, machine: Machine<T>) -> Ended {
    run(disk, &Process { pid: 900, ..Process::new(900) }, machine)
}

/// The journal of signing number `run` in place, as its process leaves it when it is killed.
pub fn journal(document: &[u8], run: u8) -> Vec<u8> {
    let mut disk = Disk::new().with(DOCUMENT, document);
    let mut signing = crate::host::Run::new(&mut disk, &Process::new(1), sign(run, OutputLocation::InPlace));
    while disk.bytes(JOURNAL).is_none() {
        assert!(!signing.position.is_over(), "a signing in place writes a journal");
        signing.step(&mut disk, None);
    }
    disk.bytes(JOURNAL).unwrap().to_vec()
}

/// Prints past the capture of the test harness: the extent of a proof is a part of its result.
pub fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}
