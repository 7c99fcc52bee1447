//! Signing files: the core decides what is read and written, and when.

mod session;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustpdf_core::{
    Copied, DocumentLocation, LedgerEntry, Machine, OutputLocation, Recovered, Report, SignedDocument, SigningOptions, SigningRequest,
};

pub(crate) use session::resumed;
pub use session::{FileSession, begin_signing_file, resume_signing_file, resume_signing_file_unchecked, resume_unsealed_file};

use crate::ambient;
use crate::control::Control;
use crate::disk::store_path;
use crate::error::{Cause, Error, Result, Unfinished, UnfinishedSession};
use crate::run::{Host, Warned, run};
use crate::signatory::{Signatory, Signers};
use crate::signer::Signer;
use crate::system::path_of;

/// Document that is a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// File at this path. Symbolic links are followed.
    Path(PathBuf),
    /// Open file, which must be readable. Its cursor is neither used nor moved.
    File(Arc<File>),
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Input::Path(path)
    }
}

impl From<&Path> for Input {
    fn from(path: &Path) -> Self {
        Input::Path(path.to_owned())
    }
}

impl From<&PathBuf> for Input {
    fn from(path: &PathBuf) -> Self {
        Input::Path(path.to_owned())
    }
}

impl From<&str> for Input {
    fn from(path: &str) -> Self {
        Input::Path(path.into())
    }
}

impl From<File> for Input {
    fn from(file: File) -> Self {
        Input::File(Arc::new(file))
    }
}

impl From<Arc<File>> for Input {
    fn from(file: Arc<File>) -> Self {
        Input::File(file)
    }
}

impl Input {
    pub(crate) fn location<'a>(&'a self, host: &mut Host<'a, '_, '_>) -> Result<DocumentLocation> {
        Ok(match self {
            Input::Path(path) => DocumentLocation::Path(store_path(path)?),
            Input::File(file) => {
                let path = path_of(file).map(|path| store_path(&path)).transpose()?;
                DocumentLocation::Handle { handle: host.lend(file), path }
            }
        })
    }
}

/// Destination of the signed document.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// The document itself: the update is appended. This is the cheapest output, and nothing can be lost: an interrupted signing is
    /// finished or taken back by [`recover_file`] or by the next signing.
    InPlace,
    /// Another file, which gets its name when it is complete. It gets the mode of the document, less the umask.
    NewFile {
        /// Path of the file. A symbolic link to a file is followed.
        path: PathBuf,
        /// Whether a regular file at the path is replaced; it keeps its mode. Otherwise it is left alone and the call fails.
        replace: bool,
    },
    /// Open file, which must be writable and empty. Its cursor is neither used nor moved; after a failure it is empty again.
    File(File),
    /// None: the caller appends [`SignedFile::update`].
    Update,
}

impl Output {
    pub(crate) fn location<'a>(&'a self, host: &mut Host<'a, '_, '_>) -> Result<OutputLocation> {
        Ok(match self {
            Output::InPlace => OutputLocation::InPlace,
            Output::NewFile { path, replace } => OutputLocation::Path { path: store_path(path)?, replace: *replace, or_in_place: false },
            Output::File(file) => OutputLocation::Handle { handle: host.lend(file), or_in_place: false },
            Output::Update => OutputLocation::Update,
        })
    }
}

/// Signed file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedFile {
    /// Bytes that follow the document in the signed one: the updates of all signers.
    pub update: Vec<u8>,
    /// One report for each signer.
    pub reports: Vec<Report>,
    /// How the document got into the output.
    pub copied: Copied,
}

impl From<SignedDocument> for SignedFile {
    fn from(document: SignedDocument) -> Self {
        let (updates, reports): (Vec<_>, Vec<_>) = document.signed.into_iter().map(|signed| (signed.update, signed.report)).unzip();
        SignedFile { update: updates.concat(), reports, copied: document.copied }
    }
}

/// Signs a file.
///
/// The file is read in one pass. If the output is another file, the same pass copies it. Everything that can be refused without a
/// signature is checked before the signer is called. A call that fails leaves the files as they were.
///
/// Errors: the refusals of the core; [`Error::Io`]; [`Error::Signer`] with the signer's own error. An error after the signature has a
/// session that completes without the key ([`Error::unfinished`]).
///
/// ```no_run
/// use rustpdf::{Control, Output, Signer, SigningOptions, sign_file};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// let signer = Signer::new(std::fs::read("leaf.pem")?, |request| my_hsm(&request.data));
/// let output = Output::NewFile { path: "signed.pdf".into(), replace: false };
/// let signed = sign_file("contract.pdf", &output, &signer, &SigningOptions::new(), &mut Control::new())?;
/// println!("{} bytes were appended", signed.update.len());
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_file<F, E>(
    input: impl Into<Input>,
    output: &Output,
    signer: &Signer<F>,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<SignedFile>
where
    F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    E: Into<Cause>,
{
    sign_file_in_turn(input, output, vec![Signatory::new(signer, options.clone())], control)
}

/// Has a file signed by several, each over those before it, in one pass over it.
///
/// All certificates and options are checked before the first signer is called. All sign, or nothing is written.
///
/// ```no_run
/// use rustpdf::{Control, Output, Signatory, Signer, SigningOptions, sign_file_in_turn};
/// # fn first_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # fn second_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # let (first_certificate, second_certificate) = (Vec::new(), Vec::new());
///
/// let first = Signer::new(first_certificate, |request| first_hsm(&request.data));
/// let second = Signer::new(second_certificate, |request| second_hsm(&request.data));
/// let signatories = vec![Signatory::new(&first, SigningOptions::new()), Signatory::new(&second, SigningOptions::new())];
/// sign_file_in_turn("contract.pdf", &Output::InPlace, signatories, &mut Control::new())?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_file_in_turn(
    input: impl Into<Input>,
    output: &Output,
    signatories: Vec<Signatory<'_>>,
    control: &mut Control,
) -> Result<SignedFile> {
    sign_job(&input.into(), output, signatories, None, control).map(SignedFile::from)
}

/// Signs a file, which may be a job of a run with a ledger.
pub(crate) fn sign_job(
    input: &Input,
    output: &Output,
    signatories: Vec<Signatory<'_>>,
    ledger: Option<LedgerEntry>,
    control: &mut Control,
) -> Result<SignedDocument> {
    let ambient = control.moment()?;
    let (inputs, signers) = Signatory::split(signatories, &control.online);
    let mut host = Host::new(signers, control);
    let (document, output) = (input.location(&mut host)?, output.location(&mut host)?);
    run_file(input, Machine::sign(document, ambient, inputs, output, ledger), &mut host)
}

/// Runs a machine over a file. An error after the signature gets its session.
fn run_file<T: Warned>(input: &Input, mut machine: Machine<T>, host: &mut Host) -> Result<T> {
    run(&mut machine, host).map_err(|cause| match machine.unfinished() {
        Some(session) => {
            let session = UnfinishedSession::File(FileSession { input: input.clone(), session });
            Error::Unfinished(Box::new(Unfinished { cause, session }))
        }
        None => cause,
    })
}

/// Options of [`recover_file`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RecoverOptions {
    /// Whether the signature is undone instead of finished.
    pub undo: bool,
    /// Further user, by name or number, that may own the journal. Without it the owner of the file and the own user may.
    pub journal_owner: Option<String>,
}

impl RecoverOptions {
    /// Default options.
    pub fn new() -> Self {
        RecoverOptions::default()
    }

    /// Sets [`undo`](#structfield.undo).
    #[must_use]
    pub fn undo(mut self, undo: bool) -> Self {
        self.undo = undo;
        self
    }

    /// Sets [`journal_owner`](#structfield.journal_owner).
    #[must_use]
    pub fn journal_owner(mut self, journal_owner: impl Into<String>) -> Self {
        self.journal_owner = Some(journal_owner.into());
        self
    }
}

/// Ends an interrupted signing in place of the file at `path`: finishes it, or undoes it.
///
/// Also removes the temporary files that ended processes left beside the file. Signing a file recovers it by itself. This call is for a
/// file that is not signed again. Errors: `ERR_JOURNAL_…`.
///
/// ```no_run
/// use rustpdf::{RecoverOptions, RecoveryOutcome, recover_file};
///
/// let recovered = recover_file("contract.pdf", &RecoverOptions::new().undo(true))?;
/// println!("the original: {}", recovered.outcome == RecoveryOutcome::Original);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn recover_file(path: impl AsRef<Path>, options: &RecoverOptions) -> Result<Recovered> {
    let mut machine = Machine::recover(store_path(path.as_ref())?, ambient()?, options.undo, options.journal_owner.clone());
    run(&mut machine, &mut Host::new(Signers::default(), &mut Control::default()))
}
