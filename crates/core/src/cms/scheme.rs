//! Which algorithm a key signs with, and how CMS names it (RFC 5754, RFC 4055, RFC 4056, RFC 5758, RFC 8419).

use serde::{Deserialize, Serialize};

use super::algorithm::{Curve, DigestAlgorithm, SignatureAlgorithm};
use super::certificate::Certificate;
use super::der::{self, Element, Reader, context};
use super::oid;
use super::public_key::PublicKey;
use crate::error::{Code, Result};

/// How a signature is made: the algorithm with all its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scheme {
    /// The algorithm.
    pub(crate) signature: SignatureAlgorithm,
    /// Digests the content, the signed attributes and, in PSS, the mask.
    pub(crate) digest: DigestAlgorithm,
    /// The curve of ECDSA.
    pub(crate) curve: Option<Curve>,
    /// The length of the salt of PSS, in bytes.
    pub(crate) salt_length: Option<u16>,
}

impl Scheme {
    /// The scheme for the key of `certificate`; what is not asked for is chosen by the key.
    ///
    /// SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512 for P-521 and Ed25519, the digest of its parameters for a key
    /// that is for PSS only. Errors: `ERR_ALGORITHM_MISMATCH`, `ERR_CERTIFICATE_KEY`.
    pub(crate) fn choose(
        certificate: &Certificate,
        signature: Option<SignatureAlgorithm>,
        digest: Option<DigestAlgorithm>,
    ) -> Result<Scheme> {
        let key = certificate.key()?;
        let mismatch = |asked: &str| {
            Err(Code::AlgorithmMismatch.because(format!("{asked} does not fit the certificate, whose key is {}", key.describe())))
        };
        let default = match key {
            PublicKey::Rsa { pss_only: false, .. } => SignatureAlgorithm::RsaPkcs1,
            PublicKey::Rsa { pss_only: true, .. } => SignatureAlgorithm::RsaPss,
            PublicKey::Ec { .. } => SignatureAlgorithm::Ecdsa,
            PublicKey::Ed25519 { .. } => SignatureAlgorithm::Ed25519,
        };
        let signature = signature.unwrap_or(default);
        let plain_rsa = matches!(key, PublicKey::Rsa { pss_only: false, .. });
        if signature != default && !(plain_rsa && signature == SignatureAlgorithm::RsaPss) {
            return mismatch(signature.as_str());
        }
        let required = match key {
            PublicKey::Rsa { restriction: Some(restriction), .. } => Some(restriction.digest),
            PublicKey::Ed25519 { .. } => Some(DigestAlgorithm::Sha512),
            _ => None,
        };
        let preferred = match key {
            PublicKey::Ec { curve: Curve::P384, .. } => DigestAlgorithm::Sha384,
            PublicKey::Ec { curve: Curve::P521, .. } => DigestAlgorithm::Sha512,
            _ => DigestAlgorithm::Sha256,
        };
        let digest = digest.or(required).unwrap_or(preferred);
        if required.is_some_and(|required| required != digest) {
            return mismatch(digest.as_str());
        }
        let curve = if let PublicKey::Ec { curve, .. } = key { Some(*curve) } else { None };
        let salt_length = (signature == SignatureAlgorithm::RsaPss).then(|| match key {
            PublicKey::Rsa { restriction: Some(restriction), .. } => restriction.salt_length.max(digest.output_len() as u16),
            _ => digest.output_len() as u16,
        });
        Ok(Scheme { signature, digest, curve, salt_length })
    }

    /// Whether it works on a curve: ECDSA or EdDSA.
    pub(crate) fn is_elliptic(&self) -> bool {
        matches!(self.signature, SignatureAlgorithm::Ecdsa | SignatureAlgorithm::Ed25519)
    }

    /// Whether it is EdDSA.
    pub(crate) fn is_edwards(&self) -> bool {
        self.signature == SignatureAlgorithm::Ed25519
    }

    /// The AlgorithmIdentifier of the signature, as SignerInfo names it.
    ///
    /// RSA is `rsaEncryption` with NULL (RFC 3370, 3.2), which every reader knows; PSS has explicit parameters (RFC 4056, 3);
    /// ECDSA and Ed25519 have none (RFC 5754, 3.3; RFC 8419, 2.2).
    pub(super) fn identifier(&self) -> Vec<u8> {
        let named = |oid: &[u8], parameters: &[u8]| der::element(der::SEQUENCE, &[&der::element(der::OID, &[oid]), parameters]);
        match self.signature {
            SignatureAlgorithm::RsaPkcs1 => named(oid::RSA_ENCRYPTION, &[der::NULL, 0]),
            SignatureAlgorithm::RsaPss => named(oid::RSASSA_PSS, &self.pss_parameters()),
            SignatureAlgorithm::Ecdsa => named(
                match self.digest {
                    DigestAlgorithm::Sha256 => oid::ECDSA_WITH_SHA256,
                    DigestAlgorithm::Sha384 => oid::ECDSA_WITH_SHA384,
                    DigestAlgorithm::Sha512 => oid::ECDSA_WITH_SHA512,
                },
                &[],
            ),
            SignatureAlgorithm::Ed25519 => named(oid::ED25519, &[]),
        }
    }

    /// ```asn1
    /// RSASSA-PSS-params ::= SEQUENCE {
    ///     hashAlgorithm    [0] HashAlgorithm      DEFAULT sha1Identifier,
    ///     maskGenAlgorithm [1] MaskGenAlgorithm   DEFAULT mgf1SHA1Identifier,
    ///     saltLength       [2] INTEGER            DEFAULT 20,
    ///     trailerField     [3] INTEGER            DEFAULT 1 }
    /// ```
    /// RFC 4055, 3.1.
    fn pss_parameters(&self) -> Vec<u8> {
        let hash = self.digest.identifier_with_null();
        let mask = der::element(der::SEQUENCE, &[&der::element(der::OID, &[oid::MGF1]), &hash]);
        let salt = der::unsigned(&self.salt_length.unwrap_or_default().to_be_bytes());
        let parts = [der::element(context(0), &[&hash]), der::element(context(1), &[&mask]), der::element(context(2), &[&salt])];
        der::element(der::SEQUENCE, &[&parts[0], &parts[1], &parts[2]])
    }

    /// The scheme that a SignerInfo names by its two AlgorithmIdentifiers, for this key. `None` where they are not
    /// supported, contradict one another or do not fit the key.
    pub(super) fn from_identifiers(digest: DigestAlgorithm, signature: &[u8], key: &PublicKey) -> Option<Scheme> {
        let mut reader = der::only(signature, der::SEQUENCE)?.reader();
        let algorithm = reader.expect(der::OID)?.value;
        let parameters = if reader.is_empty() { None } else { Some(reader.element()?) };
        reader.end()?;
        let null = parameters.is_none_or(|parameters| parameters.tag == der::NULL && parameters.value.is_empty());
        let scheme = |signature| Scheme { signature, digest, curve: None, salt_length: None };
        match key {
            PublicKey::Rsa { pss_only, restriction, .. } => {
                if algorithm == oid::RSASSA_PSS {
                    let (hash, salt) = pss_parameters(&parameters?)?;
                    let fits = restriction.is_none_or(|restriction| restriction.digest == digest && restriction.salt_length <= salt);
                    return (hash == digest && fits).then(|| Scheme { salt_length: Some(salt), ..scheme(SignatureAlgorithm::RsaPss) });
                }
                let named = match digest {
                    DigestAlgorithm::Sha256 => oid::SHA256_WITH_RSA,
                    DigestAlgorithm::Sha384 => oid::SHA384_WITH_RSA,
                    DigestAlgorithm::Sha512 => oid::SHA512_WITH_RSA,
                };
                let fits = !pss_only && null && (algorithm == oid::RSA_ENCRYPTION || algorithm == named);
                fits.then(|| scheme(SignatureAlgorithm::RsaPkcs1))
            }
            PublicKey::Ec { curve, .. } => {
                let scheme = Scheme { curve: Some(*curve), ..scheme(SignatureAlgorithm::Ecdsa) };
                let named = scheme.identifier();
                (null && der::only(&named, der::SEQUENCE)?.reader().expect(der::OID)?.value == algorithm).then_some(scheme)
            }
            PublicKey::Ed25519 { .. } => (parameters.is_none() && algorithm == oid::ED25519).then(|| scheme(SignatureAlgorithm::Ed25519)),
        }
    }
}

/// Digest and salt length of RSASSA-PSS-params (see [`Scheme`]). `None` for another mask or trailer, and for the defaults, which are SHA-1.
pub(super) fn pss_parameters(parameters: &Element<'_>) -> Option<(DigestAlgorithm, u16)> {
    (parameters.tag == der::SEQUENCE).then_some(())?;
    let mut reader = parameters.reader();
    let digest = DigestAlgorithm::from_identifier(&explicit(&mut reader, 0, der::SEQUENCE)?)?;
    let mut mask = explicit(&mut reader, 1, der::SEQUENCE)?.reader();
    (mask.expect(der::OID)?.value == oid::MGF1).then_some(())?;
    (DigestAlgorithm::from_identifier(&mask.expect(der::SEQUENCE)?)? == digest).then_some(())?;
    mask.end()?;
    let salt_length = match reader.peek() {
        Some(tag) if tag == context(2) => match der::magnitude(explicit(&mut reader, 2, der::INTEGER)?.value)? {
            [] => 0,
            [low] => u16::from(*low),
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => return None,
        },
        _ => 20,
    };
    if reader.peek() == Some(context(3)) {
        (explicit(&mut reader, 3, der::INTEGER)?.value == [1]).then_some(())?;
    }
    reader.end()?;
    Some((digest, salt_length))
}

/// The element with this tag inside `[number] EXPLICIT`.
fn explicit<'a>(reader: &mut Reader<'a>, number: u8, tag: u8) -> Option<Element<'a>> {
    let mut inner = reader.expect(context(number))?.reader();
    let element = inner.expect(tag)?;
    inner.end()?;
    Some(element)
}
