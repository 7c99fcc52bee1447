//! Start frames.

use serde_json::Value;

use super::Running;
use super::frame::{missing, parse, read, take};
use super::frames::{
    CloseLedgerStart, CompleteStart, ExtendStart, FileLocation, InspectStart, LedgerJob, LedgerPlace, OpenLedgerStart, OperationName,
    OutputPlace, Part, PartLength, PrepareStart, RecoverStart, ResumeStart, SignStart, SignatoryStart, Start,
};
use crate::commit::{DocumentLocation, Ledger, LedgerEntry, OutputLocation};
use crate::error::{Code, Result};
use crate::hex;
use crate::io::{Handle, StorePath};
use crate::operation::{Ambient, Credentials, Session, SessionAnswer, Signatory};
use crate::options::{ExtensionOptions, Password, SigningOptions};

/// The caller's open files have numbers below this.
const CALLERS: Handle = 16;

pub(super) fn start(frame: &[u8]) -> Result<Running> {
    let (header, payload) = parse(frame)?;
    let OperationName { operation } = read(&header)?;
    let start: Start = read(&header)?;
    let parts = Parts::of(&start.parts, payload)?;
    match operation.as_str() {
        "sign" => {
            let SignStart { signatories, output: place, ledger } = read(&header)?;
            let signatories = signatories.into_iter().map(|one| signatory(one, &parts)).collect::<Result<_>>()?;
            let (document, output, ledger) = (document(&start)?, output(place)?, ledger.map(job).transpose()?);
            let machine = crate::Machine::sign(document, ambient(&start)?, signatories, output, ledger);
            Ok(Running::Sign(if start.verifies { machine.with_verifying_host() } else { machine }))
        }
        "prepare" => {
            let PrepareStart { certificate, chain, options: given } = read(&header)?;
            let credentials = credentials(certificate.as_ref(), &chain, &parts)?;
            Ok(Running::Session(crate::Machine::prepare(document(&start)?, ambient(&start)?, credentials, options(given, &parts)?)))
        }
        "resume" => {
            let ResumeStart { session, skip_document_check } = read(&header)?;
            let session = Session::from_live(parts.get(&session)?)?;
            Ok(Running::Session(crate::Machine::resume(document(&start)?, ambient(&start)?, session, skip_document_check)))
        }
        "complete" => {
            let CompleteStart { session, signature, certificate, chain, container, password: given, output: place } = read(&header)?;
            let (document, ambient, output) = (document(&start)?, ambient(&start)?, output(place)?);
            let credentials = credentials(certificate.as_ref(), &chain, &parts)?;
            let session = certified(parts.get(&session)?, credentials.as_ref(), Some(ambient.now))?;
            let answer = answer(signature, container, &parts)?;
            Ok(Running::Sign(crate::Machine::complete(document, ambient, session, answer, password(given)?, output)))
        }
        "extend" | "timestamp" => {
            let ExtendStart { options: given, output: place, ledger, renew_before } = read(&header)?;
            let part = |name: &str| parts.find(name).map(<[u8]>::to_vec);
            let options = ExtensionOptions::from_value(given.unwrap_or_else(|| Value::Object(serde_json::Map::new())), &part)?;
            let (document, ambient, output, ledger) = (document(&start)?, ambient(&start)?, output(place)?, ledger.map(job).transpose()?);
            let machine = match operation.as_str() {
                "extend" => crate::Machine::extend(document, ambient, options, output, ledger, renew_before),
                _ => crate::Machine::timestamp(document, ambient, options, output),
            };
            Ok(Running::Extend(if start.verifies { machine.with_verifying_host() } else { machine }))
        }
        "recover" => {
            let RecoverStart { undo, journal_owner } = read(&header)?;
            let path = start.file.as_ref().and_then(|file| file.path.clone()).ok_or_else(|| missing("file"))?;
            Ok(Running::Recover(crate::Machine::recover(checked(path)?, ambient(&start)?, undo, journal_owner)))
        }
        "inspect" => {
            let InspectStart { password } = read(&header)?;
            Ok(Running::Inspect(crate::Machine::inspect(document(&start)?, self::password(password)?)))
        }
        "openLedger" => {
            let OpenLedgerStart { path } = read(&header)?;
            Ok(Running::OpenLedger(crate::Machine::open_ledger(checked(path)?, ambient(&start)?)))
        }
        "closeLedger" => {
            let CloseLedgerStart { ledger } = read(&header)?;
            Ok(Running::CloseLedger(crate::Machine::close_ledger(self::ledger(ledger)?)))
        }
        #[cfg(feature = "test-panic")]
        "probe" => super::probe::start(&start, &header, &parts),
        #[cfg(feature = "test-panic")]
        "panic" => Ok(Running::Panic),
        _ => Err(Code::Frame.because("the start names no operation")),
    }
}

/// Named parts of a payload.
pub(super) struct Parts<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Parts<'a> {
    /// Errors: `ERR_FRAME` for a payload that is shorter or longer than its parts.
    pub(super) fn of(lengths: &'a [PartLength], mut payload: &'a [u8]) -> Result<Self> {
        let mut parts = Vec::with_capacity(lengths.len());
        for PartLength { name, length } in lengths {
            parts.push((name.as_str(), take(&mut payload, *length)?));
        }
        match payload.is_empty() {
            true => Ok(Parts(parts)),
            false => Err(Code::Frame.because("the payload of a frame is longer than its header says")),
        }
    }

    /// Errors: `ERR_FRAME`.
    pub(super) fn get(&self, name: &Part) -> Result<&'a [u8]> {
        self.find(name).ok_or_else(|| missing("parts"))
    }

    fn find(&self, name: &str) -> Option<&'a [u8]> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
    }
}

pub(super) fn ambient(start: &Start) -> Result<Ambient> {
    ambient_of(start.now.as_ref(), start.entropy.as_ref())
}

/// Time and entropy of a header. Errors: `ERR_SIGNING_TIME`, `ERR_ENTROPY`.
pub(super) fn ambient_of(now: Option<&Value>, entropy: Option<&Value>) -> Result<Ambient> {
    let now = now.and_then(Value::as_i64).ok_or(Code::SigningTime)?;
    let entropy = entropy.and_then(Value::as_str).and_then(hex::decode).and_then(|bytes| bytes.try_into().ok());
    Ok(Ambient { now, entropy: entropy.ok_or(Code::Entropy)? })
}

/// Options of a header. A byte option is hexadecimal, or `{"part": NAME}`.
pub(super) fn options(options: Option<Value>, parts: &Parts<'_>) -> Result<SigningOptions> {
    let part = |name: &str| parts.find(name).map(<[u8]>::to_vec);
    options
        .filter(|options| !options.is_null())
        .map_or_else(|| Ok(SigningOptions::default()), |options| SigningOptions::from_value(options, &part))
}

/// A password of a header. Errors: `ERR_OPTION_VALUE`.
fn password(given: Option<Value>) -> Result<Option<Password>> {
    match given.filter(|given| !given.is_null()) {
        None => Ok(None),
        Some(Value::String(password)) => Ok(Some(Password::from(password))),
        Some(_) => Err(Code::OptionValue.because("`password` is not a text")),
    }
}

fn signatory(signatory: SignatoryStart, parts: &Parts<'_>) -> Result<Signatory> {
    let SignatoryStart { certificate, chain, options: given } = signatory;
    let credentials = credentials(Some(&certificate), &chain, parts)?.ok_or_else(|| missing("certificate"))?;
    Ok(Signatory { credentials, options: options(given, parts)? })
}

/// A certificate and its chain.
pub(super) fn credentials(certificate: Option<&Part>, chain: &[Part], parts: &Parts<'_>) -> Result<Option<Credentials>> {
    let Some(certificate) = certificate else { return Ok(None) };
    let chain = chain.iter().map(|part| parts.get(part).map(<[u8]>::to_vec)).collect::<Result<_>>()?;
    Ok(Some(Credentials { certificate: parts.get(certificate)?.to_vec(), chain }))
}

/// A live session, with the certificate that came with its signature.
pub(super) fn certified(live: &[u8], credentials: Option<&Credentials>, now: Option<i64>) -> Result<Session> {
    let session = Session::from_live(live)?;
    match credentials {
        Some(credentials) => session.with_certificate(credentials, now),
        None => Ok(session),
    }
}

/// The answer that completes a session.
pub(super) fn answer(signature: Option<Part>, container: Option<Part>, parts: &Parts<'_>) -> Result<SessionAnswer> {
    match (signature, container) {
        (Some(signature), None) => Ok(SessionAnswer::Signature(parts.get(&signature)?.to_vec())),
        (None, Some(container)) => Ok(SessionAnswer::Container(parts.get(&container)?.to_vec())),
        (None, None) => Ok(SessionAnswer::None),
        (Some(_), Some(_)) => Err(missing("container")),
    }
}

pub(super) fn document(start: &Start) -> Result<DocumentLocation> {
    let Some(FileLocation { path, handle }) = &start.file else {
        return Ok(DocumentLocation::Memory { length: start.length.ok_or_else(|| missing("length"))? });
    };
    let path = path.clone().map(checked).transpose()?;
    match handle {
        Some(handle) => Ok(DocumentLocation::Handle { handle: callers(*handle)?, path }),
        None => Ok(DocumentLocation::Path(path.ok_or_else(|| missing("path"))?)),
    }
}

fn output(place: Option<OutputPlace>) -> Result<OutputLocation> {
    let Some(OutputPlace { in_place, path, handle, replace, or_in_place }) = place else { return Ok(OutputLocation::Update) };
    match (in_place, handle, path) {
        (true, ..) => Ok(OutputLocation::InPlace),
        (false, Some(handle), _) => Ok(OutputLocation::Handle { handle: callers(handle)?, or_in_place }),
        (false, None, Some(path)) => Ok(OutputLocation::Path { path: checked(path)?, replace, or_in_place }),
        (false, None, None) => Err(missing("output")),
    }
}

fn job(LedgerJob { ledger, id, state }: LedgerJob) -> Result<LedgerEntry> {
    let state = state.map(|state| state.into_state().ok_or_else(|| missing("state"))).transpose()?;
    Ok(LedgerEntry { ledger: self::ledger(ledger)?, id, state })
}

fn ledger(LedgerPlace { path, identity, lock_identity }: LedgerPlace) -> Result<Ledger> {
    Ok(Ledger { path: checked(path)?, identity, lock_identity })
}

/// Number of an open file of the caller. Errors: `ERR_FRAME`.
fn callers(handle: Handle) -> Result<Handle> {
    if handle < CALLERS { Ok(handle) } else { Err(missing("handle")) }
}

/// Errors: `ERR_ARGUMENT` for an empty path, or one with a zero byte.
fn checked(path: StorePath) -> Result<StorePath> {
    match path.0.is_empty() || path.0.contains(&0) {
        true => Err(Code::Argument.because("a path is empty, or contains a zero byte").with_remedy("give the path of a file")),
        false => Ok(path),
    }
}
