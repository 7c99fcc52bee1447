//! Digest and signature algorithms, and which of them a key is used with (RFC 5754, RFC 4055, RFC 5758, RFC 8419).

use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::certificate::Certificate;
use super::der::{self, Element, Reader, context};
use super::oid;
use super::public_key::PublicKey;
use crate::error::{Code, Result};

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// All of them, the shortest first.
    pub(crate) const ALL: [DigestAlgorithm; 3] = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

    /// The name: `sha256`, `sha384` or `sha512`.
    pub fn as_str(self) -> &'static str {
        match self {
            DigestAlgorithm::Sha256 => "sha256",
            DigestAlgorithm::Sha384 => "sha384",
            DigestAlgorithm::Sha512 => "sha512",
        }
    }

    /// The algorithm of this name. Errors: `ERR_ALGORITHM_UNKNOWN`.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or_else(|| unknown("digest", name, "sha256, sha384, sha512"))
    }

    /// The length of a digest, in bytes.
    pub fn output_len(self) -> usize {
        match self {
            DigestAlgorithm::Sha256 => 32,
            DigestAlgorithm::Sha384 => 48,
            DigestAlgorithm::Sha512 => 64,
        }
    }

    /// The digest of `parts`, one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        parts.iter().for_each(|part| hasher.update(part));
        hasher.digest()
    }

    /// The contents octets of its object identifier.
    pub(super) fn oid(self) -> &'static [u8] {
        match self {
            DigestAlgorithm::Sha256 => oid::SHA256,
            DigestAlgorithm::Sha384 => oid::SHA384,
            DigestAlgorithm::Sha512 => oid::SHA512,
        }
    }

    pub(super) fn from_oid(oid: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == oid)
    }

    /// The AlgorithmIdentifier, without parameters as RFC 5754, 2 asks of a writer.
    pub(super) fn identifier(self) -> Vec<u8> {
        der::element(der::SEQUENCE, &[&der::element(der::OID, &[self.oid()])])
    }

    /// The AlgorithmIdentifier with NULL, as DigestInfo (RFC 8017, 9.2) and the parameters of PSS (RFC 4055, 2.1) have it.
    pub(super) fn identifier_with_null(self) -> Vec<u8> {
        der::element(der::SEQUENCE, &[&der::element(der::OID, &[self.oid()]), &[der::NULL, 0]])
    }

    /// Reads an AlgorithmIdentifier whose parameters are absent or NULL, as RFC 5754, 2 asks of a reader.
    pub(super) fn from_identifier(identifier: &Element<'_>) -> Option<Self> {
        let mut reader = identifier.reader();
        let oid = reader.expect(der::OID)?;
        if let Some(null) = reader.optional(der::NULL)? {
            null.value.is_empty().then_some(())?;
        }
        reader.end()?;
        Self::from_oid(oid.value)
    }

    /// ```asn1
    /// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
    /// ```
    /// RFC 8017, 9.2.
    pub(super) fn digest_info(self, digest: &[u8]) -> Vec<u8> {
        der::element(der::SEQUENCE, &[&self.identifier_with_null(), &der::element(der::OCTET_STRING, &[digest])])
    }
}

/// A digest in the making. A clone keeps the state, so that one document can be digested with several ends.
#[derive(Clone, Debug)]
pub struct Hasher(State);

#[derive(Clone, Debug)]
enum State {
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// A hasher that has seen nothing.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        Hasher(match algorithm {
            DigestAlgorithm::Sha256 => State::Sha256(sha2::Sha256::new()),
            DigestAlgorithm::Sha384 => State::Sha384(sha2::Sha384::new()),
            DigestAlgorithm::Sha512 => State::Sha512(sha2::Sha512::new()),
        })
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> DigestAlgorithm {
        match self.0 {
            State::Sha256(_) => DigestAlgorithm::Sha256,
            State::Sha384(_) => DigestAlgorithm::Sha384,
            State::Sha512(_) => DigestAlgorithm::Sha512,
        }
    }

    /// The digest of all bytes taken in.
    pub fn digest(self) -> Vec<u8> {
        match self.0 {
            State::Sha256(state) => state.finalize().to_vec(),
            State::Sha384(state) => state.finalize().to_vec(),
            State::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

/// A signature algorithm, without its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    #[serde(rename = "rsa-pkcs1")]
    RsaPkcs1,
    /// RSASSA-PSS (RFC 8017, 8.1), the mask made by MGF1 with the same digest.
    RsaPss,
    /// ECDSA (FIPS 186-5, 6).
    Ecdsa,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl SignatureAlgorithm {
    const ALL: [SignatureAlgorithm; 4] =
        [SignatureAlgorithm::RsaPkcs1, SignatureAlgorithm::RsaPss, SignatureAlgorithm::Ecdsa, SignatureAlgorithm::Ed25519];

    /// The name: `rsa-pkcs1`, `rsa-pss`, `ecdsa` or `ed25519`.
    pub fn as_str(self) -> &'static str {
        match self {
            SignatureAlgorithm::RsaPkcs1 => "rsa-pkcs1",
            SignatureAlgorithm::RsaPss => "rsa-pss",
            SignatureAlgorithm::Ecdsa => "ecdsa",
            SignatureAlgorithm::Ed25519 => "ed25519",
        }
    }

    /// The algorithm of this name. Errors: `ERR_ALGORITHM_UNKNOWN`.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name);
        found.ok_or_else(|| unknown("signature", name, "rsa-pkcs1, rsa-pss, ecdsa, ed25519"))
    }
}

fn unknown(kind: &str, name: &str, names: &str) -> crate::error::Error {
    let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    Code::AlgorithmUnknown.because(format!("there is no {kind} algorithm `{name}` (there are {names})"))
}

/// A curve of ECDSA (FIPS 186-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256, secp256r1.
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
}

impl Curve {
    /// The name: `p256`, `p384` or `p521`.
    pub fn as_str(self) -> &'static str {
        match self {
            Curve::P256 => "p256",
            Curve::P384 => "p384",
            Curve::P521 => "p521",
        }
    }

    /// The length of a field element and of r and s, in bytes.
    pub(super) fn field_len(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
}

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
