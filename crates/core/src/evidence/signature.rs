//! Signatures on certificates, OCSP responses and revocation lists.

use const_oid::db::rfc5912::RSA_ENCRYPTION;
use der::Decode;
use spki::AlgorithmIdentifierOwned;

use super::{Unusable, quoted, unusable};
use crate::crypto::Scheme;
use crate::crypto::verify::verify;
use crate::digest::DigestAlgorithm;
use crate::x509::{Certificate, Signed};

/// A signature that is not verified yet, so that a host may verify one over much data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignatureOf<'a> {
    /// The certificate that it is to verify by.
    pub(crate) signer: &'a Certificate,
    pub(crate) scheme: Scheme,
    pub(crate) message: &'a [u8],
    /// The value; of ECDSA in DER.
    pub(crate) signature: &'a [u8],
}

impl<'a> SignatureOf<'a> {
    /// The signature on `signed` as one by `signer`. The error says that the algorithm is not supported, or does not fit the key.
    pub(super) fn new(signed: Signed<'a>, signer: &'a Certificate) -> Result<Self, Unusable> {
        let Ok(algorithm) = AlgorithmIdentifierOwned::from_der(signed.algorithm) else {
            return unusable("the algorithm of its signature cannot be read");
        };
        let key = signer.key().map_err(|_| Unusable(format!("the key of {} is not supported", quoted(signer.subject()))))?;
        // `rsaEncryption` names no digest. That of Ed25519 is SHA-512, which is asked first.
        let mut digests = DigestAlgorithm::ALL.into_iter().rev().filter(|_| algorithm.oid != RSA_ENCRYPTION);
        match digests.find_map(|digest| Scheme::from_identifiers(digest, &algorithm, key)) {
            Some(scheme) => Ok(SignatureOf { signer, scheme, message: signed.message, signature: signed.signature }),
            None => unusable(format!(
                "it is signed by the algorithm {}, which is not supported or does not fit the key of {}",
                algorithm.oid,
                quoted(signer.subject())
            )),
        }
    }

    /// Whether it verifies.
    pub(crate) fn verifies(&self) -> bool {
        let value = self.signer.key().ok().and_then(|key| verify(key, &self.scheme, self.message, self.signature).ok());
        // ECDSA's r‖s verifies, too, and is no value here.
        value.is_some_and(|value| value == self.signature)
    }
}

/// Whether `issuer` signed `certificate`.
pub(super) fn is_signed_by(certificate: &Certificate, issuer: &Certificate) -> Result<bool, Unusable> {
    let Some(signed) = certificate.signed() else { return unusable("its two signature algorithms differ") };
    SignatureOf::new(signed, issuer).map(|signature| signature.verifies())
}
