//! Signing files: what is read, what is written, and when.

mod folder;
mod in_kernel;
mod in_place;
mod input;
mod journal;
mod output;
mod pass;
mod positioned;
mod recover;
mod session;
mod temporary;

pub use input::Input;
pub use output::{Copied, Output, SignedFile};
pub use recover::{Recovered, recover};
pub use session::FileSession;

pub(crate) use folder::sync as sync_folder;
pub(crate) use positioned::write_all_at;

use std::error::Error;

use rustpdf_core::{Credentials, Machine, Moment, Session, Signed, SigningOptions, SigningRequest};

use crate::control::{Control, Phase};
use crate::digest::Digests;
use crate::failure::Failure;
use crate::run::{Host, run};
use crate::source::Source;
use crate::turn::{Signers, Turn};
use crate::{credentials, moment};
use input::Document;
use output::Destination;
use pass::pass;

/// Signs a file.
///
/// It is read in one pass, which copies it as well where the output is another file; nothing is written before all was checked that
/// can be refused without a signature. A call that fails leaves everything as it was. `certificate` and each of `chain` are DER or
/// PEM, the chain in any order. The signer's own error comes back as [`Failure::Signer`], unchanged.
///
/// Errors: those of signing; `ERR_FILE_CHANGED` where the file changes meanwhile, `ERR_FILE_BUSY` where another process signs it in
/// place, `ERR_JOURNAL_…` where one was interrupted that cannot be finished.
pub fn sign_file_with<E: Into<Box<dyn Error + Send + Sync>>>(
    input: impl Into<Input>,
    output: &Output,
    certificate: &[u8],
    signer: impl FnMut(&SigningRequest) -> Result<Vec<u8>, E>,
    chain: &[&[u8]],
    options: &SigningOptions,
    control: &mut Control,
) -> Result<SignedFile, Failure> {
    sign_file_with_at(input, output, moment()?, credentials(certificate, chain), signer, options, control)
}

/// The same with a time and entropy that are given, so that the output can be made again.
pub fn sign_file_with_at<E: Into<Box<dyn Error + Send + Sync>>>(
    input: impl Into<Input>,
    output: &Output,
    moment: Moment,
    credentials: Credentials,
    signer: impl FnMut(&SigningRequest) -> Result<Vec<u8>, E>,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<SignedFile, Failure> {
    sign_file_in_turn_at(input, output, moment, vec![Turn::new(credentials, options.clone(), signer)], control)
}

/// Has a file signed by several, each over those before it, in one pass over it. All of them sign or none.
pub fn sign_file_in_turn(
    input: impl Into<Input>,
    output: &Output,
    turns: Vec<Turn<'_>>,
    control: &mut Control,
) -> Result<SignedFile, Failure> {
    sign_file_in_turn_at(input, output, moment()?, turns, control)
}

/// The same with a time and entropy that are given.
pub fn sign_file_in_turn_at(
    input: impl Into<Input>,
    output: &Output,
    moment: Moment,
    turns: Vec<Turn<'_>>,
    control: &mut Control,
) -> Result<SignedFile, Failure> {
    sign_announced(input.into(), output, moment, turns, control, |_, _| Ok(()))
}

/// The same, and the length of the document and the update are announced when all have signed and nothing is committed.
pub(crate) fn sign_announced(
    input: Input,
    output: &Output,
    moment: Moment,
    turns: Vec<Turn<'_>>,
    control: &mut Control,
    announce: impl FnOnce(u64, &[u8]) -> Result<(), Failure>,
) -> Result<SignedFile, Failure> {
    let document = Document::open(input)?;
    let mut destination = Destination::open(output, &document)?;
    let (signatories, signers) = Turn::split(turns);
    let mut host = FileHost::new(&document, Some(&mut destination), signers, control);
    let signed = run(Machine::sign(document.length(), moment, signatories), &mut host).map_err(|failure| document.cause(failure))?;
    let copied = host.copied;
    let update: Vec<u8> = signed.iter().flat_map(|signed| signed.update.iter().copied()).collect();
    control.check()?;
    announce(document.length(), &update)?;
    commit(&document, destination, signed, copied, control, 0)
}

/// Prepares a signature of a file, to be completed later. Without credentials the session takes a finished container only.
///
/// The file stays open, and nothing is written before the session is completed.
pub fn begin_signing_file(
    input: impl Into<Input>,
    credentials: Option<Credentials>,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<FileSession, Failure> {
    begin_signing_file_at(input, moment()?, credentials, options, control)
}

/// The same with a time and entropy that are given.
pub fn begin_signing_file_at(
    input: impl Into<Input>,
    moment: Moment,
    credentials: Option<Credentials>,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<FileSession, Failure> {
    session(input.into(), |length| Machine::prepare(length, moment, credentials, options.clone()), control)
}

/// Takes up a saved session. The file is digested again, so that it is the one that the session was begun with.
pub fn resume_signing_file(saved: &[u8], input: impl Into<Input>, control: &mut Control) -> Result<FileSession, Failure> {
    session(input.into(), |length| Machine::resume(length, saved.to_vec(), false), control)
}

fn session(input: Input, machine: impl FnOnce(u64) -> Machine<Session>, control: &mut Control) -> Result<FileSession, Failure> {
    let document = Document::open(input)?;
    let mut host = FileHost::new(&document, None, Signers::default(), control);
    let session = run(machine(document.length()), &mut host).map_err(|failure| document.cause(failure))?;
    Ok(FileSession { document, session })
}

/// Writes what was signed; `done` bytes of the output are written already, as far as the caller watches it.
fn commit(
    document: &Document,
    destination: Destination,
    signed: Vec<Signed>,
    copied: Copied,
    control: &mut Control,
    done: u64,
) -> Result<SignedFile, Failure> {
    document.check_unchanged()?;
    let (updates, reports): (Vec<_>, Vec<_>) = signed.into_iter().map(|signed| (signed.update, signed.report)).unzip();
    let update = updates.concat();
    let total = done + update.len() as u64;
    control.report(Phase::Write, done, total)?;
    destination.commit(document, &update)?;
    control.tell(Phase::Write, total, total);
    Ok(SignedFile { update, reports, copied })
}

/// Answers the steps from a file, under the eyes of the caller.
struct FileHost<'h, 'a, 'c, 's> {
    document: &'h Document,
    destination: Option<&'h mut Destination<'a>>,
    signers: Signers<'s>,
    control: &'h mut Control<'c>,
    read: u64,
    copied: Copied,
}

impl<'h, 'a, 'c, 's> FileHost<'h, 'a, 'c, 's> {
    fn new(
        document: &'h Document,
        destination: Option<&'h mut Destination<'a>>,
        signers: Signers<'s>,
        control: &'h mut Control<'c>,
    ) -> Self {
        FileHost { document, destination, signers, control, read: 0, copied: Copied::None }
    }
}

impl Host for FileHost<'_, '_, '_, '_> {
    fn read(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Failure> {
        let (before, total) = (self.read, self.document.length());
        if before == 0 {
            self.control.tell(Phase::Read, 0, total);
        }
        self.read += buffer.len() as u64;
        self.control.advance(Phase::Read, before, self.read, total)?;
        Ok(self.document.read_at(offset, buffer)?)
    }

    fn digest(&mut self, digests: &mut Digests) -> Result<(), Failure> {
        let progress = (Phase::Digest, self.document.length());
        match self.destination.take() {
            Some(destination) => self.copied = destination.begin(self.document, digests, self.control, progress)?,
            None => pass(self.document, digests, None, self.control, progress).map(|_| ())?,
        }
        self.document.check_unchanged()
    }

    fn sign(&mut self, signer: usize, request: &SigningRequest) -> Result<Vec<u8>, Failure> {
        let (done, total) = (signer as u64, self.signers.len() as u64);
        self.document.check_unchanged()?;
        self.control.report(Phase::Sign, done, total)?;
        let signature = self.signers.sign(signer, request)?;
        self.control.report(Phase::Sign, done + 1, total)?;
        Ok(signature)
    }
}
