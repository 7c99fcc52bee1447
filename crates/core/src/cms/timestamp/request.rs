//! The request to a timestamp service (RFC 3161, 2.4.1), and a comparison of the token with it (2.4.2).

use const_oid::ObjectIdentifier;
use der::{Encode, Tag};

use super::super::mac::element;
use super::response::Refused;
use super::token::TstInfo;
use crate::digest::{DigestAlgorithm, unsupported_name};
use crate::error::{Code, Result};

/// Parts of a request that differ from one to the next.
#[derive(Clone, Debug)]
pub(crate) struct TimestampRequest {
    pub(crate) digest_algorithm: DigestAlgorithm,
    /// Digest of the data by that algorithm.
    pub(crate) imprint: Vec<u8>,
    /// Octets of a positive INTEGER; leading zeros do not count.
    pub(crate) nonce: [u8; 8],
    /// Policy that the token must be made under; otherwise the service chooses.
    pub(crate) policy: Option<ObjectIdentifier>,
    /// Whether the token must contain the certificate of its signer (certReq).
    pub(crate) certificates: bool,
}

impl TimestampRequest {
    /// ```asn1
    /// TimeStampReq ::= SEQUENCE {
    ///     version        INTEGER { v1(1) },
    ///     messageImprint MessageImprint,
    ///     reqPolicy      OBJECT IDENTIFIER OPTIONAL,
    ///     nonce          INTEGER OPTIONAL,
    ///     certReq        BOOLEAN DEFAULT FALSE,
    ///     extensions [0] IMPLICIT Extensions OPTIONAL }
    /// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }
    /// ```
    /// RFC 3161, 2.4.1. The digest algorithm has NULL as its parameters, which every service reads.
    pub(crate) fn to_der(&self) -> Result<Vec<u8>> {
        let make = || {
            let algorithm = self.digest_algorithm.identifier_with_null().to_der()?;
            let imprint = element(Tag::Sequence, &[&algorithm, &element(Tag::OctetString, &[&self.imprint])?])?;
            let policy = self.policy.map(|policy| policy.to_der()).transpose()?.unwrap_or_default();
            let magnitude = magnitude(&self.nonce);
            // A leading zero keeps the number positive, and stands alone for zero.
            let sign: &[u8] = if magnitude.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
            let nonce = element(Tag::Integer, &[sign, magnitude])?;
            let certificates: &[u8] = if self.certificates { &[1, 1, 0xff] } else { &[] };
            element(Tag::Sequence, &[&[2, 1, 1], &imprint, &policy, &nonce, certificates])
        };
        make().map_err(|_: der::Error| Code::Internal.into())
    }

    /// Compares digest algorithm, imprint, nonce and policy.
    pub(super) fn check(&self, info: &TstInfo<'_>) -> std::result::Result<(), Refused> {
        let mismatch = |found: String| Err(Refused::Mismatch(found));
        let (found, asked) = (DigestAlgorithm::from_identifier(&info.digest_algorithm), self.digest_algorithm.as_str());
        if found != Some(self.digest_algorithm) {
            let found = found.map_or_else(|| unsupported_name(info.digest_algorithm.oid), |found| found.as_str().into());
            return mismatch(format!("the timestamp has a digest by {found}, and the request one by {asked}"));
        }
        if info.imprint != self.imprint {
            return mismatch("the timestamp has another digest than the request: it is of other data".into());
        }
        match info.nonce {
            Some(nonce) if magnitude(nonce) == magnitude(&self.nonce) => {}
            Some(_) => return mismatch("the timestamp has another nonce than the request: it answers another one".into()),
            None => return mismatch("the timestamp does not have the nonce of the request: it may answer another one".into()),
        }
        match self.policy.filter(|policy| *policy != info.policy) {
            Some(asked) => mismatch(format!("the timestamp was made under the policy {}, and {asked} was asked for", info.policy)),
            None => Ok(()),
        }
    }
}

/// Octets of a number without leading zeros.
fn magnitude(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}
