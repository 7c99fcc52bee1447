//! Signed data of X.509: certificates, revocation lists, OCSP responses.

use der::asn1::BitStringRef;
use der::{AnyRef, Decode, Tag};

use super::elements::Elements;

/// ```asn1
/// SIGNED ::= SEQUENCE { toBeSigned ANY, algorithm AlgorithmIdentifier, signature BIT STRING }
/// ```
/// RFC 5280, 4.1 and 5.1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    /// DER of the part that is signed, a SEQUENCE.
    pub(crate) message: &'a [u8],
    /// DER of the AlgorithmIdentifier.
    pub(crate) algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// DER of the elements after the signature. Only OCSP has some: certificates (RFC 6960, 4.2.1).
    pub(crate) rest: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Parses exactly one element. `None` for anything else.
    pub(crate) fn parse(der: &'a [u8]) -> Option<Self> {
        let mut parts = Elements::within(AnyRef::from_der(der).ok()?, Tag::Sequence)?;
        let message = parts.expect_bytes(Tag::Sequence)?;
        let algorithm = parts.expect_bytes(Tag::Sequence)?;
        let signature = parts.next()?.decode_as::<BitStringRef<'_>>().ok()?.as_bytes()?;
        Some(Signed { message, algorithm, signature, rest: parts.rest()? })
    }
}
