//! Start frames.

use serde_json::Value;

use super::Running;
use super::frame::{Header, flag, missing, number, parse, path, present, take, text};
use crate::commit::{DocumentLocation, Ledger, LedgerEntry, LedgerState, OutputLocation};
use crate::error::{Code, Result};
use crate::io::Handle;
use crate::operation::{Credentials, Moment, Session, SessionAnswer, Signatory};
use crate::options::{Password, SigningOptions, unhex};

pub(super) fn start(frame: &[u8]) -> Result<Running> {
    let (mut header, mut payload) = parse(frame)?;
    let payload = &mut payload;
    match text(&header, "operation")?.to_owned().as_str() {
        "sign" => {
            let listed = header.remove("signatories");
            let listed = listed.as_ref().and_then(Value::as_array).ok_or_else(|| missing("signatories"))?;
            let signatories = listed.iter().map(|signatory| {
                let signatory = signatory.as_object().ok_or_else(|| missing("signatories"))?;
                let credentials = credentials(signatory, payload)?.ok_or(Code::Frame.because("a signer has no certificate"))?;
                Ok(Signatory { credentials, options: options(signatory)? })
            });
            let signatories = signatories.collect::<Result<_>>()?;
            let (document, output, ledger) = (document(&header)?, output(&header)?, entry(&header)?);
            Ok(Running::Sign(crate::Machine::sign(document, moment(&header)?, signatories, output, ledger)))
        }
        "prepare" => {
            let credentials = credentials(&header, payload)?;
            Ok(Running::Session(crate::Machine::prepare(document(&header)?, moment(&header)?, credentials, options(&header)?)))
        }
        "resume" => {
            let session = session(&header, payload)?;
            let skip = flag(&header, "skipDocumentCheck");
            Ok(Running::Session(crate::Machine::resume(document(&header)?, moment(&header)?, session, skip)))
        }
        "complete" => {
            let session = session(&header, payload)?;
            let answer = answer(&header, payload)?;
            Ok(Running::Sign(crate::Machine::complete(document(&header)?, moment(&header)?, session, answer, output(&header)?)))
        }
        "recover" => {
            let file = header.get("file").and_then(Value::as_object).ok_or_else(|| missing("file"))?;
            let owner = match present(&header, "journalOwner") {
                Some(_) => Some(text(&header, "journalOwner")?.to_owned()),
                None => None,
            };
            Ok(Running::Recover(crate::Machine::recover(path(file, "path")?, moment(&header)?, flag(&header, "undo"), owner)))
        }
        "inspect" => {
            let password = match present(&header, "password") {
                None => None,
                Some(Value::String(password)) => Some(Password::from(password.as_str())),
                Some(_) => return Err(Code::OptionValue.because("`password` is not a text")),
            };
            Ok(Running::Inspect(crate::Machine::inspect(document(&header)?, password)))
        }
        "openLedger" => Ok(Running::OpenLedger(crate::Machine::open_ledger(path(&header, "path")?, moment(&header)?))),
        "closeLedger" => Ok(Running::CloseLedger(crate::Machine::close_ledger(ledger(&header)?))),
        #[cfg(feature = "test-panic")]
        "probe" => super::probe::start(&header, payload),
        #[cfg(feature = "test-panic")]
        "panic" => Ok(Running::Panic),
        _ => Err(Code::Frame.because("the start names no operation")),
    }
}

pub(super) fn moment(header: &Header) -> Result<Moment> {
    let now = header.get("now").and_then(Value::as_i64).ok_or(Code::SigningTime)?;
    let entropy = header.get("entropy").and_then(Value::as_str).and_then(unhex).and_then(|bytes| bytes.try_into().ok());
    Ok(Moment { now, entropy: entropy.ok_or(Code::Entropy)? })
}

pub(super) fn options(header: &Header) -> Result<SigningOptions> {
    present(header, "options").map_or_else(|| Ok(SigningOptions::default()), |options| SigningOptions::from_value(options.clone()))
}

/// A certificate and its chain, whose lengths are in the header.
pub(super) fn credentials(header: &Header, payload: &mut &[u8]) -> Result<Option<Credentials>> {
    let certificate = match present(header, "certificate") {
        None => return Ok(None),
        Some(length) => take(payload, length)?.to_vec(),
    };
    let chain = header.get("chain").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let chain = chain.iter().map(|length| Ok(take(payload, length)?.to_vec())).collect::<Result<_>>()?;
    Ok(Some(Credentials { certificate, chain }))
}

/// A live session.
pub(super) fn session(header: &Header, payload: &mut &[u8]) -> Result<Session> {
    Session::from_live(take(payload, header.get("session").unwrap_or(&Value::Null))?)
}

/// The answer that completes a session.
pub(super) fn answer(header: &Header, payload: &mut &[u8]) -> Result<SessionAnswer> {
    let mut bytes = || -> Result<Vec<u8>> { Ok(take(payload, header.get("answerLength").unwrap_or(&Value::Null))?.to_vec()) };
    match text(header, "answer")? {
        "signature" => Ok(SessionAnswer::Signature(bytes()?)),
        "container" => Ok(SessionAnswer::Container(bytes()?)),
        "none" => Ok(SessionAnswer::None),
        _ => Err(missing("answer")),
    }
}

pub(super) fn document(header: &Header) -> Result<DocumentLocation> {
    let Some(file) = present(header, "file") else {
        return Ok(DocumentLocation::Memory { length: number(header, "length")? });
    };
    let file = file.as_object().ok_or_else(|| missing("file"))?;
    match present(file, "handle") {
        None => Ok(DocumentLocation::Path(path(file, "path")?)),
        Some(_) => {
            let path = if present(file, "path").is_some() { Some(path(file, "path")?) } else { None };
            Ok(DocumentLocation::Handle { handle: handle(file)?, path })
        }
    }
}

fn output(header: &Header) -> Result<OutputLocation> {
    let Some(output) = present(header, "output") else { return Ok(OutputLocation::Update) };
    let output = output.as_object().ok_or_else(|| missing("output"))?;
    let or_in_place = flag(output, "orInPlace");
    if flag(output, "inPlace") {
        Ok(OutputLocation::InPlace)
    } else if present(output, "handle").is_some() {
        Ok(OutputLocation::Handle { handle: handle(output)?, or_in_place })
    } else {
        Ok(OutputLocation::Path { path: path(output, "path")?, replace: flag(output, "replace"), or_in_place })
    }
}

/// Number of an open file of the caller.
fn handle(header: &Header) -> Result<Handle> {
    let handle = number(header, "handle")?;
    Handle::try_from(handle).ok().filter(|handle| *handle < 16).ok_or_else(|| missing("handle"))
}

fn entry(header: &Header) -> Result<Option<LedgerEntry>> {
    let Some(entry) = present(header, "ledger") else { return Ok(None) };
    let entry = entry.as_object().ok_or_else(|| missing("ledger"))?;
    let state = match present(entry, "state") {
        None => None,
        Some(state) => Some(state.as_object().and_then(LedgerState::from_object).ok_or_else(|| missing("state"))?),
    };
    Ok(Some(LedgerEntry { ledger: ledger(entry)?, id: text(entry, "id")?.to_owned(), state }))
}

fn ledger(header: &Header) -> Result<Ledger> {
    let ledger = header.get("ledger").and_then(Value::as_object).ok_or_else(|| missing("ledger"))?;
    let (identity, lock_identity) = (text(ledger, "identity")?.to_owned(), text(ledger, "lockIdentity")?.to_owned());
    Ok(Ledger { path: path(ledger, "path")?, identity, lock_identity })
}
