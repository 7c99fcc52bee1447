//! Calls without a machine: they ask nothing.

use super::frame::{parse, read};
use super::frames::{CertifyCall, CertifyResult, CompleteCall, OpenCall, OperationName, ResultOf, SerializeCall, SessionsResult};
use super::start::{Parts, ambient_of, answer, certified, credentials, options};
use super::{contained, step};
use crate::crypto::SignatureAlgorithm;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::operation::{Issuance, KeyAndName, Resumption, Session, SessionAnswer, SignedDocument, open_batch, serialize_batch};

/// Completes a live session (`complete`), saves sessions (`serialize`), opens saved ones (`open`), or makes a certificate of a key (`certify`).
pub fn call(frame: &[u8]) -> Vec<u8> {
    let called = contained(|| {
        let (header, payload) = parse(frame)?;
        let OperationName { operation } = read(&header)?;
        match operation.as_str() {
            "complete" => complete(read(&header)?, payload),
            "serialize" => serialize(&read(&header)?, payload),
            "open" => open(read(&header)?, payload),
            "certify" => certify(read(&header)?, payload),
            _ => Err(Code::Frame.because("the call names no operation")),
        }
    });
    called.unwrap_or_else(|error| step::failed(&error, None))
}

fn complete(call: CompleteCall, payload: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::of(&call.parts, payload)?;
    let credentials = credentials(call.certificate.as_ref(), &call.chain, &parts)?;
    let session = certified(parts.get(&call.session)?, credentials.as_ref(), call.now)?;
    let signed = match answer(call.signature, call.container, &parts)? {
        SessionAnswer::Signature(raw) => vec![session.complete_with_signature(&raw)?],
        SessionAnswer::Container(container) => vec![session.complete(&container)?],
        SessionAnswer::None => session.finished()?,
    };
    step::signed(SignedDocument { signed, ..SignedDocument::default() })
}

fn serialize(call: &SerializeCall, payload: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::of(&call.parts, payload)?;
    let session = |part| Session::from_live(parts.get(part)?);
    let sessions = call.sessions.iter().map(|part| part.as_ref().map(session).transpose()).collect::<Result<Vec<_>>>()?;
    let key = call.key.as_ref().map(|key| parts.get(key)).transpose()?;
    let saved = match (call.batch, &sessions[..], key) {
        (true, sessions, key) => serialize_batch(sessions, key)?,
        (false, [Some(session)], Some(key)) => session.serialize(key)?,
        (false, [Some(session)], None) => session.serialize_unsealed()?,
        _ => return Err(super::frame::missing("sessions")),
    };
    step::done(ResultOf::Nothing, &saved)
}

fn open(call: OpenCall, payload: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::of(&call.parts, payload)?;
    let saved = parts.get(&call.saved)?;
    let key = call.key.as_ref().map(|key| parts.get(key)).transpose()?;
    let credentials = credentials(call.certificate.as_ref(), &call.chain, &parts)?;
    let given = credentials.is_some() || call.options.as_ref().is_some_and(|options| !options.is_null());
    let by =
        given.then(|| Ok::<_, Error>(Resumption { credentials, options: options(call.options, &parts)?, now: call.now })).transpose()?;
    let sessions = match (call.batch, key) {
        (true, key) => open_batch(saved, key, by.as_ref())?,
        (false, Some(key)) => vec![Some(Session::unseal(saved, key)?)],
        (false, None) => vec![Some(Session::parse_unsealed(saved, by.as_ref())?)],
    };
    let live = sessions.iter().map(|session| session.as_ref().map_or(Ok(Vec::new()), Session::to_live)).collect::<Result<Vec<_>>>()?;
    step::done(ResultOf::Sessions(SessionsResult { sessions: live.iter().map(Vec::len).collect() }), &live.concat())
}

fn certify(call: CertifyCall, payload: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::of(&call.parts, payload)?;
    let key = KeyAndName {
        subject: call.subject,
        public_key: parts.get(&call.public_key)?.to_vec(),
        signature_algorithm: call.signature_algorithm.map(|name| SignatureAlgorithm::parse(&name)).transpose()?,
        digest_algorithm: call.digest_algorithm.map(|name| DigestAlgorithm::parse(&name)).transpose()?,
    };
    let issuance = match call.days {
        None => Issuance::request(&key)?,
        Some(days) => {
            let days = u32::try_from(days).unwrap_or(0);
            Issuance::self_signed(&key, &ambient_of(call.now.as_ref(), call.entropy.as_ref())?, days)?
        }
    };
    match call.signature {
        None => step::done(ResultOf::Certify(CertifyResult { request: issuance.signing_request() }), &[]),
        Some(raw) => step::done(ResultOf::Nothing, &issuance.complete(parts.get(&raw)?)?),
    }
}
