//! Sessions as bytes. What comes back has travelled through somebody's database: it is read like a file, under limits.

use std::fmt;
use std::result::Result;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::session::{Known, Session};
use super::signer::Signer;
use crate::cms::{Certificate, Chain, DigestAlgorithm, Scheme, SignatureAlgorithm, SignedAttributes};
use crate::error::{Code, Error};
use crate::limits;
use crate::report::Report;
use crate::signature::byte_range::ByteRange;

/// The first bytes of a saved session. A byte of version follows.
const MAGIC: &[u8] = b"rustpdf session ";
/// Sessions of another version are refused, not guessed at.
const VERSION: u8 = 1;
/// SHA-256 of what follows. It tells of accidents; against a forger the digest of the document is computed anew.
const CHECK: usize = 32;

/// What is saved, after the magic, the version and the check.
#[derive(Serialize, Deserialize)]
struct Saved {
    before: Vec<u8>,
    after: Vec<u8>,
    pades: bool,
    digest_algorithm: DigestAlgorithm,
    hash: Vec<u8>,
    known: Option<SavedKnown>,
    /// As JSON, which leaves out what is not there.
    report: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct SavedKnown {
    /// DER, the signer's first.
    #[serde(deserialize_with = "few")]
    certificates: Vec<Vec<u8>>,
    signature_algorithm: SignatureAlgorithm,
    /// The DER SET OF that is signed.
    attributes: Vec<u8>,
    check_signature: bool,
}

/// A list no longer than a chain may be: an empty element takes one byte in a session, and two dozen in memory.
fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
    struct Few;
    impl<'de> Visitor<'de> for Few {
        type Value = Vec<Vec<u8>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at the most {} certificates", limits::CHAIN + 1)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = sequence.next_element()? {
                if list.len() > limits::CHAIN {
                    return Err(de::Error::invalid_length(list.len() + 1, &self));
                }
                list.push(element);
            }
            Ok(list)
        }
    }
    deserializer.deserialize_seq(Few)
}

impl Session {
    /// The session as bytes: a few kilobytes for an ordinary document, more when large objects are overridden.
    ///
    /// They hold the certificates and the objects that the update overrides, but no other part of the document, and no secret.
    /// The change log says which later versions complete them. Errors: `ERR_INTERNAL`.
    pub fn serialize(&self) -> Result<Vec<u8>, Error> {
        let known = self.known.as_ref().map(|known| SavedKnown {
            certificates: [&known.signer.certificate]
                .into_iter()
                .chain(known.signer.chain.certificates())
                .map(|c| c.der().to_vec())
                .collect(),
            signature_algorithm: known.signer.scheme.signature,
            attributes: known.attributes.as_bytes().to_vec(),
            check_signature: known.check_signature,
        });
        let saved = Saved {
            before: self.before.clone(),
            after: self.after.clone(),
            pades: self.pades,
            digest_algorithm: self.digest_algorithm,
            hash: self.hash.clone(),
            known,
            report: serde_json::to_vec(&self.report).map_err(|_| Code::Internal)?,
        };
        let data = postcard::to_allocvec(&saved).map_err(|_| Code::Internal)?;
        let check = DigestAlgorithm::Sha256.digest(&[&data]);
        Ok([MAGIC, &[VERSION], check.as_slice(), &data].concat())
    }

    /// Reads a saved session. Whether it belongs to a document is another question: see `Machine::resume`.
    ///
    /// Errors: `ERR_SESSION_FORMAT`, `ERR_SESSION_VERSION`, `ERR_SESSION_DAMAGED`.
    pub fn parse(bytes: &[u8]) -> Result<Session, Error> {
        let Some(([version], rest)) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first_chunk()) else {
            return Err(Code::SessionFormat.into());
        };
        if *version != VERSION {
            return Err(Code::SessionVersion.because(format!("the session has version {version} and this package knows {VERSION}")));
        }
        if bytes.len() > limits::SESSION {
            return Err(Code::SessionDamaged.because(format!("the session has more than {} bytes", limits::SESSION)));
        }
        let (check, data) = rest.split_at_checked(CHECK).ok_or(Code::SessionDamaged)?;
        if DigestAlgorithm::Sha256.digest(&[data]) != check {
            return Err(Code::SessionDamaged.into());
        }
        match postcard::take_from_bytes::<Saved>(data) {
            Ok((saved, [])) => saved.restore().ok_or(Code::SessionDamaged.into()),
            _ => Err(Code::SessionDamaged.into()),
        }
    }
}

impl Saved {
    /// The session, when its parts agree with one another: a forger can make the check anew.
    fn restore(self) -> Option<Session> {
        let report: Report = serde_json::from_slice(&self.report).ok()?;
        if self.hash.len() != self.digest_algorithm.output_len() || !limits::CONTAINER.contains(&report.container_size) {
            return None;
        }
        let before = report.document_length.checked_add(self.before.len() as u64)?;
        let resume = before.checked_add(2 * report.container_size as u64 + 2)?;
        let range = ByteRange { before, resume, after: self.after.len() as u64 };
        let text = range.write();
        if report.byte_range != [0, range.before, range.resume, range.after]
            || !self.before.windows(text.len()).any(|window| window == text)
        {
            return None;
        }
        let known = match self.known {
            Some(known) => Some(known.restore(self.digest_algorithm, &self.hash)?),
            None => None,
        };
        let Saved { before, after, pades, digest_algorithm, hash, .. } = self;
        Some(Session { before, after, pades, digest_algorithm, hash, known, report })
    }
}

impl SavedKnown {
    fn restore(self, digest_algorithm: DigestAlgorithm, hash: &[u8]) -> Option<Known> {
        let (leaf, issuers) = self.certificates.split_first()?;
        let (certificate, bundled) = Certificate::parse(leaf).ok()?;
        let issuers: Vec<&[u8]> = issuers.iter().map(Vec::as_slice).collect();
        let (chain, _) = Chain::parse(&certificate, bundled, &issuers).ok()?;
        let scheme = Scheme::choose(&certificate, Some(self.signature_algorithm), Some(digest_algorithm)).ok()?;
        let attributes = SignedAttributes::from_bytes(&self.attributes).filter(|attributes| attributes.are_over(hash))?;
        Some(Known { signer: Signer { certificate, chain, scheme }, attributes, check_signature: self.check_signature })
    }
}
