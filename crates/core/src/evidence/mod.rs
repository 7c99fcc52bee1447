//! Proofs that outlast a certificate: paths to an anchor (RFC 5280, 6), OCSP responses (RFC 6960), revocation lists (RFC 5280, 5 and 6.3).
//!
//! Pure functions: bytes and a time in, a judgement out.

mod gather;
mod path;
mod signature;
mod timestamps;
mod web;

pub(crate) mod crl;
pub(crate) mod ocsp;

pub(crate) use gather::{Gathering, Subject};
pub(crate) use path::{Path, Pool, certificates_of};
pub(crate) use signature::SignatureOf;
pub(crate) use timestamps::{Stamp, Timestamps};
pub(crate) use web::Web;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::x509::{name, pem};

/// Seconds that the clock of a service may be ahead.
const CLOCK_SKEW: i64 = 300;

/// The reason why an answer proves nothing, for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable(pub(crate) String);

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The result that is this reason.
fn unusable<T>(reason: impl Into<String>) -> Result<T, Unusable> {
    Err(Unusable(reason.into()))
}

/// The reason for bytes that are not `wanted`.
fn unrecognized(bytes: &[u8], wanted: &str) -> Unusable {
    Unusable(match pem::text(bytes) {
        _ if bytes.is_empty() => "the answer is empty".to_owned(),
        Some(text) => format!("the answer is {} and not {wanted}", text.as_str()),
        None => format!("the answer is not {wanted}, or is cut off, or more bytes follow"),
    })
}

/// A name between back quotes.
fn quoted(name: &[u8]) -> String {
    format!("`{}`", name::common_name(name))
}

/// Status of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    /// Also one that is on hold.
    Revoked {
        /// Seconds since 1970 UTC.
        time: i64,
        /// CRLReason (RFC 5280, 5.3.1).
        reason: Option<u8>,
    },
    /// Known to no OCSP responder: no proof.
    Unknown,
}

/// The name of a CRLReason.
///
/// ```asn1
/// CRLReason ::= ENUMERATED { unspecified (0), keyCompromise (1), … }
/// ```
/// RFC 5280, 5.3.1.
pub(crate) fn reason_name(reason: Option<u8>) -> &'static str {
    match reason {
        Some(1) => "keyCompromise",
        Some(2) => "cACompromise",
        Some(3) => "affiliationChanged",
        Some(4) => "superseded",
        Some(5) => "cessationOfOperation",
        Some(6) => "certificateHold",
        Some(8) => "removeFromCRL",
        Some(9) => "privilegeWithdrawn",
        Some(10) => "aACompromise",
        _ => "unspecified",
    }
}
