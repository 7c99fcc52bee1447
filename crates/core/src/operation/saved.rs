//! Sessions as bytes: live within a process, sealed or unsealed outside of it.
//!
//! A saved session has travelled through a database or a disk. It is read like a document, under limits.

use std::fmt;
use std::marker::PhantomData;
use std::result::Result;

use serde::de::{self, DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::announced::Announced;
use super::envelope;
use super::levels::Goal;
use super::resumption::{Resuming, Resumption};
use super::session::{Known, Session, SessionSigner, SignedUpdate};
use super::signer::Signer;
use crate::cms::{Expected, SignedAttributes, check_container};
use crate::commit::FileIdentity;
use crate::crypto::{Scheme, SignatureAlgorithm, verify};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error};
use crate::hex;
use crate::json::FromJson;
use crate::limits;
use crate::report::{Report, WarningCode};
use crate::signature::byte_range::ByteRange;
use crate::x509::{Certificate, Chain};

/// The first bytes of a live session, and its version.
const LIVE: &[u8] = b"rustpdf live \x01";

/// The parts that every form has.
#[derive(Serialize, Deserialize)]
struct Common {
    before: Vec<u8>,
    after: Vec<u8>,
    pades: bool,
    digest_algorithm: DigestAlgorithm,
    hash: Vec<u8>,
    encrypted: bool,
    appended: Vec<u8>,
    #[serde(deserialize_with = "bounded::<{ limits::SIGNATORIES }, _, _>")]
    signed: Vec<SavedSigned>,
    /// As JSON, which leaves out absent entries.
    report: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct SavedSigned {
    update: Vec<u8>,
    /// As JSON.
    report: Vec<u8>,
}

/// A live or sealed session.
#[derive(Serialize, Deserialize)]
struct Whole {
    common: Common,
    signer: SavedSigner,
    document: Option<FileIdentity>,
    /// As in [`Unsealed`]: a session read from one without a certificate can be saved again.
    noted: Option<[u8; 32]>,
    unsealed: bool,
}

/// The same for a level above B-B.
#[derive(Serialize, Deserialize)]
struct Levelled {
    whole: Whole,
    goal: Goal,
    container: Option<Vec<u8>>,
    /// Containers of finished signatures, as long as proofs for them are missing.
    #[serde(deserialize_with = "bounded::<{ limits::SIGNATORIES }, _, _>")]
    open: Vec<Option<Vec<u8>>>,
}

#[derive(Serialize, Deserialize)]
enum SavedSigner {
    Service,
    Known(SavedKnown),
    Announced(SavedAnnounced),
}

#[derive(Serialize, Deserialize)]
struct SavedAnnounced {
    signature_algorithm: SignatureAlgorithm,
    /// The DER SET OF that is signed.
    attributes: Vec<u8>,
    check_signature: bool,
    strict: bool,
}

#[derive(Serialize, Deserialize)]
struct SavedKnown {
    /// DER, the signer's first.
    #[serde(deserialize_with = "bounded::<{ limits::CHAIN + 1 }, _, _>")]
    certificates: Vec<Vec<u8>>,
    signature_algorithm: SignatureAlgorithm,
    /// The DER SET OF that is signed.
    attributes: Vec<u8>,
    check_signature: bool,
}

/// An unsealed session: nothing that decides what a key signs for, and with which certificate.
#[derive(Serialize, Deserialize)]
struct Unsealed {
    common: Common,
    /// SHA-256 of the signed attributes, if the session has a request.
    attributes: Option<[u8; 32]>,
}

/// A list of at most `N` elements: an empty element takes one byte in a file, and some dozen in memory.
pub(super) fn bounded<'de, const N: usize, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Bounded<T, const N: usize>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Bounded<T, N> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {N} elements")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = sequence.next_element()? {
                if list.len() == N {
                    return Err(de::Error::invalid_length(list.len() + 1, &self));
                }
                list.push(element);
            }
            Ok(list)
        }
    }
    deserializer.deserialize_seq(Bounded::<T, N>(PhantomData))
}

impl Session {
    /// The session as bytes of this process: complete, neither sealed nor checked for changes.
    ///
    /// Never store or send them: [`Session::serialize`] and [`Session::serialize_unsealed`] are for that. Errors: `ERR_INTERNAL`.
    pub fn to_live(&self) -> Result<Vec<u8>, Error> {
        Ok([LIVE, &self.complete_data(false)?].concat())
    }

    /// Reads what [`Session::to_live`] returned. Errors: `ERR_SESSION_FORMAT`.
    pub fn from_live(bytes: &[u8]) -> Result<Session, Error> {
        bytes
            .strip_prefix(LIVE)
            .and_then(Session::from_complete_data)
            .ok_or_else(|| Code::SessionFormat.because("this is not a live session of this version"))
    }

    /// The session as bytes for a disk, a database or another process, under HMAC-SHA-256 by `key`.
    ///
    /// `key` has 32 bytes or more, and is secret: with it anybody can make sessions that [`Session::unseal`] accepts. The bytes
    /// hold the certificates and the objects that the update overrides, but no other part of the document and no secret. They are
    /// not encrypted. The field name of an encrypted document is left out, and `field` in the report of the resumed session is
    /// empty. Errors: `ERR_ARGUMENT` for a short key, `ERR_LIMIT`.
    ///
    /// ```
    /// # use rustpdf_core::{Result, Session};
    /// fn through_a_database(session: &Session, key: &[u8; 32]) -> Result<Session> {
    ///     let saved = session.serialize(key)?;
    ///     Session::unseal(&saved, key)
    /// }
    /// ```
    pub fn serialize(&self, key: &[u8]) -> Result<Vec<u8>, Error> {
        envelope::SESSION.enclose(&self.sealed_data()?, Some(key))
    }

    /// Reads a sealed session. The seal is verified before anything is parsed.
    ///
    /// Whether the session belongs to a document is another question: see `Machine::resume`. Errors: `ERR_ARGUMENT` for a short
    /// key, `ERR_SESSION_FORMAT`, `ERR_SESSION_VERSION`, `ERR_SESSION_SEAL`, `ERR_SESSION_DAMAGED`.
    pub fn unseal(saved: &[u8], key: &[u8]) -> Result<Session, Error> {
        Session::from_sealed_data(envelope::SESSION.open(saved, Some(key))?)
    }

    /// The session as bytes for a place that nobody else can write to. A check sum detects accidents only.
    ///
    /// They hold no certificate, chain, signed attribute or choice of checks, which are arguments of [`Session::parse_unsealed`],
    /// and no identity of a file. Anybody who can change the bytes can change the update, and so what the signature covers: use
    /// [`Session::serialize`] where that is possible. The field name of an encrypted document is left out, as there. Errors: `ERR_LIMIT`.
    ///
    /// ```
    /// # use rustpdf_core::{Resumption, Result, Session};
    /// fn through_a_safe_place(session: &Session, by: &Resumption) -> Result<Session> {
    ///     Session::parse_unsealed(&session.serialize_unsealed()?, Some(by))
    /// }
    /// ```
    pub fn serialize_unsealed(&self) -> Result<Vec<u8>, Error> {
        envelope::SESSION.enclose(&self.unsealed_data()?, None)
    }

    /// Reads an unsealed session.
    ///
    /// With `by` the signer and the signed attributes are made again from its certificate and options, or from its options alone if the
    /// certificate comes with the signature. Without, the session takes a container only. The report is what the file says, with its warnings: display it, and decide nothing by it. Errors:
    /// `ERR_SESSION_FORMAT`, `ERR_SESSION_VERSION`, `ERR_SESSION_DAMAGED`; `ERR_SESSION_SEAL` for a sealed session;
    /// `ERR_SESSION_ARGUMENTS` for a certificate or options that are not those of the beginning; `ERR_SIGNING_TIME` where
    /// `signingTimeAttribute` comes without the time; those of the options and the certificate; for a signed session
    /// `ERR_CONTAINER_…`.
    pub fn parse_unsealed(saved: &[u8], by: Option<&Resumption>) -> Result<Session, Error> {
        let data = envelope::SESSION.open(saved, None)?;
        let by = by.map(Resuming::make).transpose()?;
        Session::from_unsealed_data(data, by.as_ref())
    }

    pub(super) fn sealed_data(&self) -> Result<Vec<u8>, Error> {
        self.complete_data(true)
    }

    /// The form with everything; `saved` for outside of this process.
    fn complete_data(&self, saved: bool) -> Result<Vec<u8>, Error> {
        let whole = self.whole(saved)?;
        match &self.goal {
            None => write(&whole),
            Some(goal) => write(&Levelled {
                whole,
                goal: goal.clone(),
                container: self.container.clone(),
                open: self.signed.iter().map(|signed| signed.open.clone()).collect(),
            }),
        }
    }

    /// A session for B-B ends where one for a level has more.
    fn from_complete_data(data: &[u8]) -> Option<Session> {
        match read::<Whole>(data) {
            Some(whole) => whole.restore(false),
            None => read::<Levelled>(data).and_then(Levelled::restore),
        }
    }

    pub(super) fn from_sealed_data(data: &[u8]) -> Result<Session, Error> {
        Session::from_complete_data(data).ok_or_else(|| envelope::SESSION.damaged())
    }

    pub(super) fn unsealed_data(&self) -> Result<Vec<u8>, Error> {
        if self.goal.is_some() {
            return Err(Code::Level
                .because("a session above B-B is saved sealed only: it holds the certificates that are trusted")
                .with_remedy("give a key of 32 bytes or more"));
        }
        if self.report.rect.is_some() {
            return Err(Code::OptionValue
                .because("a session of a visible signature is saved sealed only: anybody who can change it decides what is shown")
                .with_remedy("give a key of 32 bytes or more"));
        }
        let attributes = match (self.signer.asked(), self.noted) {
            (Some((_, attributes)), _) => Some(sha256(attributes.as_bytes())?),
            (None, noted) => noted,
        };
        write(&Unsealed { common: self.common(true)?, attributes })
    }

    pub(super) fn from_unsealed_data(data: &[u8], by: Option<&Resuming<'_>>) -> Result<Session, Error> {
        let Unsealed { common, attributes } = read(data).ok_or_else(|| envelope::SESSION.damaged())?;
        let mut session = common.restore(false).ok_or_else(|| envelope::SESSION.damaged())?;
        session.unsealed = true;
        session.noted = attributes;
        session.signer = by.map_or(Ok(SessionSigner::Service), |by| by.signer(&session))?;
        if by.is_none_or(Resuming::checks_signature) {
            session.check_container()?;
        }
        Ok(session)
    }

    fn whole(&self, saved: bool) -> Result<Whole, Error> {
        let signer = match &self.signer {
            SessionSigner::Service => SavedSigner::Service,
            SessionSigner::Announced(announced) => SavedSigner::Announced(SavedAnnounced {
                signature_algorithm: announced.scheme.signature,
                attributes: announced.attributes.as_bytes().to_vec(),
                check_signature: announced.check_signature,
                strict: announced.strict,
            }),
            SessionSigner::Known(known) => {
                let Signer { certificate, chain, scheme } = &known.signer;
                SavedSigner::Known(SavedKnown {
                    certificates: [certificate].into_iter().chain(chain.certificates()).map(|c| c.der().to_vec()).collect(),
                    signature_algorithm: scheme.signature,
                    attributes: known.attributes.as_bytes().to_vec(),
                    check_signature: known.check_signature,
                })
            }
        };
        Ok(Whole { common: self.common(saved)?, signer, document: self.document.clone(), noted: self.noted, unsealed: self.unsealed })
    }

    fn common(&self, saved: bool) -> Result<Common, Error> {
        // The name of a field is text of the document, and what is saved of an encrypted one must not be readable.
        let hidden = saved && self.encrypted;
        let report = |report: &Report| {
            let mut report = report.clone();
            if hidden {
                report.field.clear();
                for warning in report.warnings.iter_mut().filter(|warning| warning.code == WarningCode::FieldName) {
                    *warning = warning.code.plain();
                }
            }
            serde_json::to_vec(&report).map_err(|_| Error::from(Code::Internal))
        };
        let signed = |signed: &SignedUpdate| Ok(SavedSigned { update: signed.update.clone(), report: report(&signed.report)? });
        Ok(Common {
            before: self.before.clone(),
            after: self.after.clone(),
            pades: self.pades,
            digest_algorithm: self.digest_algorithm,
            hash: self.hash.clone(),
            encrypted: self.encrypted,
            appended: self.appended.clone(),
            signed: self.signed.iter().map(signed).collect::<Result<_, Error>>()?,
            report: report(&self.report)?,
        })
    }

    /// The bytes of `/Contents` of a signed session, zeros at the end included; `None` if the updates are not the session's.
    fn contents(&self, is_levelled: bool) -> Option<Vec<u8>> {
        let updates = self.signed.iter().map(|signed| signed.update.as_slice()).collect::<Vec<_>>().concat();
        let contents = updates.strip_prefix(self.appended.as_slice())?.strip_prefix(self.before.as_slice())?;
        let (contents, after) = contents.split_at_checked(2 * self.container_size() + 2)?;
        // Above B-B further updates follow.
        let follows = if is_levelled { after.starts_with(&self.after) } else { after == self.after };
        let contents = contents.strip_prefix(b"<")?.strip_suffix(b">").filter(|_| follows)?;
        hex::decode(str::from_utf8(contents).ok()?).filter(|contents| contents.len() == self.container_size())
    }

    /// Checks the container of a signed session like one that just arrived. Errors: `ERR_CONTAINER_…`.
    fn check_container(&self) -> Result<(), Error> {
        if !self.is_signed() {
            return Ok(());
        }
        let contents = self.contents(false).ok_or_else(|| envelope::SESSION.damaged())?;
        let expected = Expected {
            digest_algorithm: self.digest_algorithm,
            message_digest: &self.hash,
            pades: self.pades,
            certificate: self.signer.known().map(|known| &known.signer.certificate),
        };
        check_container(&contents, &expected).map(|_| ())
    }
}

impl Common {
    /// The session without a signer, if its parts agree: a check sum can be made again for other parts. Updates may follow those of signatures of a
    /// level.
    fn restore(self, is_levelled: bool) -> Option<Session> {
        let report = read_report(&self.report)?;
        if self.hash.len() != self.digest_algorithm.output_len() || !limits::CONTAINER.contains(&report.container_size) {
            return None;
        }
        report.document_length.checked_sub(self.appended.len() as u64)?;
        let before = report.document_length.checked_add(self.before.len() as u64)?;
        let resume = before.checked_add(2 * report.container_size as u64 + 2)?;
        let range = ByteRange { before, resume, after: self.after.len() as u64 };
        let text = range.write();
        if report.byte_range != [0, range.before, range.resume, range.after]
            || !self.before.windows(text.len()).any(|window| window == text)
        {
            return None;
        }
        let signed = |signed: SavedSigned| Some(SignedUpdate { update: signed.update, report: read_report(&signed.report)?, open: None });
        let signed: Vec<SignedUpdate> = self.signed.into_iter().map(signed).collect::<Option<_>>()?;
        let session = Session {
            before: self.before,
            after: self.after,
            pades: self.pades,
            digest_algorithm: self.digest_algorithm,
            hash: self.hash,
            signer: SessionSigner::Service,
            report,
            encrypted: self.encrypted,
            unsealed: false,
            noted: None,
            document: None,
            document_name: None,
            appended: self.appended,
            goal: None,
            container: None,
            signed,
        };
        (!session.is_signed() || session.contents(is_levelled).is_some()).then_some(session)
    }
}

impl Levelled {
    fn restore(self) -> Option<Session> {
        let mut session = self.whole.restore(true)?;
        if session.signed.len() != self.open.len()
            || self.container.as_ref().is_some_and(|container| container.len() > session.container_size())
        {
            return None;
        }
        for (signed, open) in session.signed.iter_mut().zip(self.open) {
            signed.open = open;
        }
        Some(Session { goal: Some(self.goal), container: self.container, ..session })
    }
}

impl Whole {
    fn restore(self, is_levelled: bool) -> Option<Session> {
        let session = self.common.restore(is_levelled)?;
        let signer = match self.signer {
            SavedSigner::Service => SessionSigner::Service,
            SavedSigner::Known(known) => SessionSigner::Known(Box::new(known.restore(session.digest_algorithm, &session.hash)?)),
            SavedSigner::Announced(_) if session.pades => return None,
            SavedSigner::Announced(announced) => SessionSigner::Announced(announced.restore(session.digest_algorithm, &session.hash)?),
        };
        Some(Session { signer, document: self.document, noted: self.noted, unsealed: self.unsealed, ..session })
    }
}

impl SavedAnnounced {
    fn restore(self, digest_algorithm: DigestAlgorithm, hash: &[u8]) -> Option<Announced> {
        let scheme = Scheme::announced(self.signature_algorithm, Some(digest_algorithm)).ok()?;
        let attributes = SignedAttributes::from_bytes(&self.attributes).filter(|attributes| attributes.are_over(hash))?;
        Some(Announced { scheme, attributes, check_signature: self.check_signature, strict: self.strict })
    }
}

impl SavedKnown {
    fn restore(self, digest_algorithm: DigestAlgorithm, hash: &[u8]) -> Option<Known> {
        let (leaf, issuers) = self.certificates.split_first()?;
        let (certificate, bundled) = Certificate::parse(leaf).ok()?;
        verify::check_point(&certificate).ok()?;
        let issuers: Vec<&[u8]> = issuers.iter().map(Vec::as_slice).collect();
        let (chain, _) = Chain::parse(&certificate, bundled, &issuers).ok()?;
        let scheme = Scheme::choose(&certificate, Some(self.signature_algorithm), Some(digest_algorithm)).ok()?;
        let attributes = SignedAttributes::from_bytes(&self.attributes).filter(|attributes| attributes.are_over(hash))?;
        Some(Known { signer: Signer { certificate, chain, scheme }, attributes, check_signature: self.check_signature })
    }
}

fn read_report(json: &[u8]) -> Option<Report> {
    Report::from_json(&serde_json::from_slice(json).ok()?).ok()
}

/// SHA-256 of `bytes`, as an unsealed session notes it.
pub(super) fn sha256(bytes: &[u8]) -> Result<[u8; 32], Error> {
    DigestAlgorithm::Sha256.digest(&[bytes]).try_into().map_err(|_| Code::Internal.into())
}

fn write(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(value).map_err(|_| Code::Internal.into())
}

/// The value that `data` holds, and nothing after it.
fn read<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(data) {
        Ok((value, [])) => Some(value),
        _ => None,
    }
}
