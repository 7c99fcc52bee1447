//! Keys, documents and folders of these tests.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use rustpdf::{
    Ambient, Cause, Control, Credentials, Error, FileSession, Input, Output, RecoverOptions, Recovered, RecoveryOutcome, Result,
    SignedFile, Signer, SigningOptions, SigningRequest, begin_signing_file, recover_file, sign_controlled, sign_file,
};
use tempfile::TempDir;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn certificates() -> PathBuf {
    tests().join("pki/certificates")
}

/// A document of five pages.
pub fn document() -> Vec<u8> {
    fs::read(tests().join("vectors/documents/pages.pdf")).unwrap()
}

/// A document whose last object is a stream of `bytes` zeros.
pub fn padded(bytes: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("xref\n0 5\n0000000000 65535 f \n");
    let stream = [format!("<</Length {bytes}>>\nstream\n").as_bytes(), &vec![0; bytes], b"\nendstream"].concat();
    let objects: [&[u8]; 4] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        &stream,
    ];
    for (index, object) in objects.into_iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let at = out.len();
    out.extend(format!("{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").into_bytes());
    out
}

pub fn rsa() -> Credentials {
    let read = |name| fs::read(certificates().join(name)).unwrap();
    Credentials { certificate: read("rsa.pem"), chain: vec![read("chain.pem")] }
}

/// 2026-01-01, and entropy that is not random.
pub fn moment() -> Ambient {
    moment_of(7)
}

/// The same with other entropy, so that another update comes out.
pub fn moment_of(entropy: u8) -> Ambient {
    Ambient { now: 1_767_225_600, entropy: [entropy; 32] }
}

/// The raw signature by the key of [`rsa`]; what was signed before is not signed again.
pub fn sign(request: &SigningRequest) -> Result<Vec<u8>> {
    static MADE: Mutex<Option<HashMap<Vec<u8>, Vec<u8>>>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_default();
    Ok(made.entry(request.data.clone()).or_insert_with(|| openssl(&request.data)).clone())
}

fn openssl(data: &[u8]) -> Vec<u8> {
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), data).unwrap();
    let mut command = Command::new("openssl");
    let output =
        command.args(["dgst", "-sha256", "-sign"]).arg(certificates().join("rsa.key")).arg(input.path()).output().expect("openssl");
    assert!(output.status.success());
    output.stdout
}

/// The document as it comes out signed in memory.
pub fn signed(document: &[u8]) -> Vec<u8> {
    signed_at(document, moment())
}

/// The same at another moment.
pub fn signed_at(document: &[u8], moment: Ambient) -> Vec<u8> {
    sign_controlled(document, &signer_of(rsa(), sign), &SigningOptions::new(), &mut Control::new().ambient(moment)).unwrap().pdf
}

/// Signs as [`signed`] does, but a file.
pub fn sign_the_file(input: impl Into<Input>, output: &Output) -> Result<SignedFile> {
    sign_file_at(input, output, moment(), rsa(), sign, &SigningOptions::new(), &mut Control::new())
}

/// A signer of credentials.
pub fn signer_of<F>(Credentials { certificate, chain }: Credentials, sign: F) -> Signer<F> {
    Signer { certificate, chain, sign }
}

/// Signs a file at a given moment.
pub fn sign_file_at<F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>, E: Into<Cause>>(
    input: impl Into<Input>,
    output: &Output,
    moment: Ambient,
    credentials: Credentials,
    sign: F,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<SignedFile> {
    control.ambient = Some(moment);
    sign_file(input, output, &signer_of(credentials, sign), options, control)
}

/// Begins a session of a file at a given moment.
pub fn begin_file_at(
    input: impl Into<Input>,
    moment: Ambient,
    credentials: Option<Credentials>,
    options: &SigningOptions,
) -> Result<FileSession> {
    begin_signing_file(input, credentials, options, &mut Control::new().ambient(moment))
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.unwrap_err().code().expect("a refusal").as_str()
}

/// The system's error of a failure.
pub fn io_error<T: std::fmt::Debug>(result: Result<T>) -> std::io::Error {
    match result.unwrap_err() {
        Error::Io(error) => error,
        other => panic!("{other}"),
    }
}

/// Ends an interrupted signing in place.
pub fn recover(path: impl AsRef<Path>, undo: bool) -> Result<RecoveryOutcome> {
    recover_file(path, &RecoverOptions::new().undo(undo)).map(|Recovered { outcome, .. }| outcome)
}

/// A folder that vanishes.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file of this name with these bytes.
    pub fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// All names in it.
    pub fn names(&self) -> BTreeSet<String> {
        fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Holds these names and no others.
    pub fn assert_names(&self, names: &[&str]) {
        assert_eq!(self.names(), names.iter().map(|name| (*name).to_owned()).collect());
    }
}

/// Compares without printing.
pub fn assert_same(found: &[u8], expected: &[u8], what: impl std::fmt::Display) {
    assert!(found == expected, "{what}: {} bytes where {} were expected, or others", found.len(), expected.len());
}
