//! From a key to its certificate: a certification request (PKCS #10, RFC 2986) or a self-signed certificate (RFC 5280), signed by the key store.

use const_oid::ObjectIdentifier;
use der::{Any, Encode, Tag, TagNumber};

use super::prepare::Ambient;
use crate::crypto::{Scheme, SignatureAlgorithm, SigningRequest, verify};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::x509::{Certificate, name_of, pem, time};

/// keyUsage, basicConstraints, subjectKeyIdentifier. RFC 5280, 4.2.1.
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const SUBJECT_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
/// extensionRequest. RFC 2985, 5.4.2.
const EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14");
/// DER of a BIT STRING with digitalSignature and nonRepudiation. RFC 5280, 4.2.1.3.
const SIGNING: &[u8] = &[3, 2, 6, 0xc0];
/// Days that a certificate can be valid.
const DAYS: std::ops::RangeInclusive<u32> = 1..=36_525;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// A key and the name for it.
#[derive(Clone, Debug)]
pub struct KeyAndName {
    /// Subject: `CN=…,O=…` (RFC 4514) or `/O=…/CN=…`.
    pub subject: String,
    /// SubjectPublicKeyInfo, DER or PEM.
    pub public_key: Vec<u8>,
    /// Signature algorithm. Default: that of the key.
    pub signature_algorithm: Option<SignatureAlgorithm>,
    /// Digest algorithm. Default: that of the key.
    pub digest_algorithm: Option<DigestAlgorithm>,
}

impl KeyAndName {
    /// A key, as a SubjectPublicKeyInfo or a certificate in DER or PEM, and the name of its holder. It signs by its usual algorithms.
    pub fn new(subject: impl Into<String>, public_key: impl Into<Vec<u8>>) -> Self {
        KeyAndName { subject: subject.into(), public_key: public_key.into(), signature_algorithm: None, digest_algorithm: None }
    }
}

/// A certification request or a certificate without its signature.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// DER of what is signed.
    to_be_signed: Vec<u8>,
    scheme: Scheme,
    /// A certificate with the key, for the check of the signature.
    key: Certificate,
}

impl Issuance {
    /// A certification request, for an authority. It asks for a certificate for signatures (keyUsage).
    ///
    /// ```asn1
    /// CertificationRequestInfo ::= SEQUENCE {
    ///     version       INTEGER { v1(0) },
    ///     subject       Name,
    ///     subjectPKInfo SubjectPublicKeyInfo,
    ///     attributes    [0] IMPLICIT SET OF Attribute }
    /// ```
    /// RFC 2986, 4.1. Errors: `ERR_ARGUMENT`, `ERR_ALGORITHM_MISMATCH`.
    pub fn request(key: &KeyAndName) -> Result<Issuance> {
        let Parts { subject, info, scheme, certificate } = Parts::of(key)?;
        let make = || {
            let extensions = sequence(&[&extension(KEY_USAGE, true, SIGNING)?])?;
            let attribute = sequence(&[&EXTENSION_REQUEST.to_der()?, &element(Tag::Set, &[&extensions])?])?;
            sequence(&[&[2, 1, 0], &subject, &info, &element(context(0), &[&attribute])?])
        };
        Ok(Issuance { to_be_signed: internal(make())?, scheme, key: certificate })
    }

    /// A certificate that its own key signs, for a first try: no validator trusts it unless it is told to. It is valid from `ambient.now` on, for so many
    /// days, and its serial number comes from the entropy.
    ///
    /// Errors: `ERR_ARGUMENT`, `ERR_ALGORITHM_MISMATCH`, `ERR_SIGNING_TIME`.
    pub fn self_signed(key: &KeyAndName, ambient: &Ambient, days: u32) -> Result<Issuance> {
        if !DAYS.contains(&days) {
            let (from, to) = (DAYS.start(), DAYS.end());
            return Err(Code::Argument
                .because(format!("the certificate is to be valid for {days} days"))
                .with_remedy(format!("give a number of days from {from} to {to}")));
        }
        let Parts { subject, info, scheme, certificate } = Parts::of(key)?;
        let random = DigestAlgorithm::Sha256.digest(&[b"rustpdf serial number", &ambient.entropy]);
        // Positive, without a leading zero (RFC 5280, 4.1.2.2; X.690, 8.3.2).
        let mut serial: Vec<u8> = random.into_iter().take(16).collect();
        if let Some(first) = serial.first_mut() {
            *first = *first & 0x7f | 0x40;
        }
        let until = ambient.now.saturating_add(DAY * i64::from(days));
        let tbs = certificate_body(&subject, &info, &scheme, &serial, [ambient.now, until], Some(&certificate.key_identifier()))?;
        Ok(Issuance { to_be_signed: tbs, scheme, key: certificate })
    }

    /// The request to the key store.
    pub fn signing_request(&self) -> SigningRequest {
        SigningRequest::make(&self.scheme, self.to_be_signed.clone())
    }

    /// DER of the request or the certificate with its signature, which is verified first.
    ///
    /// Errors: `ERR_SIGNATURE_…`.
    pub fn complete(&self, raw: &[u8]) -> Result<Vec<u8>> {
        let signature = verify::checked(&self.key, &self.scheme, &self.to_be_signed, raw)?;
        let make = || {
            let algorithm = self.scheme.certificate_identifier()?.to_der()?;
            sequence(&[&self.to_be_signed, &algorithm, &element(Tag::BitString, &[&[0], &signature])?])
        };
        internal(make())
    }
}

/// What both are made of.
struct Parts {
    /// DER of the Name and of the SubjectPublicKeyInfo.
    subject: Vec<u8>,
    info: Vec<u8>,
    scheme: Scheme,
    certificate: Certificate,
}

impl Parts {
    fn of(key: &KeyAndName) -> Result<Parts> {
        let subject = name_of(&key.subject)?;
        let info = public_key_info(&key.public_key)?;
        let unknown = || {
            Code::Argument
                .because("the public key is no SubjectPublicKeyInfo in DER or PEM")
                .with_remedy("give the public key as the key store exports it: PEM that begins with -----BEGIN PUBLIC KEY-----")
        };
        // Nothing but its key is looked at.
        let placeholder = Scheme::announced(SignatureAlgorithm::RsaPkcs1, None)?;
        let body = certificate_body(&subject, &info, &placeholder, &[1], [0, 1], None)?;
        let make = || sequence(&[&body, &placeholder.certificate_identifier()?.to_der()?, &[3, 1, 0]]);
        let certificate = Certificate::from_der(&internal(make())?).ok_or_else(unknown)?;
        let described = |error: crate::error::Error| Code::Argument.because(format!("the public key cannot be used: {}", error.found()));
        certificate.key().map_err(described)?;
        let scheme = Scheme::choose(&certificate, key.signature_algorithm, key.digest_algorithm)?;
        Ok(Parts { subject, info, scheme, certificate })
    }
}

/// DER of a SubjectPublicKeyInfo that is DER or PEM, or of that of a certificate.
fn public_key_info(given: &[u8]) -> Result<Vec<u8>> {
    if !pem::is_pem(given) {
        let certificate = Certificate::from_der(given);
        return Ok(certificate.map_or_else(|| given.to_vec(), |certificate| certificate.public_key_info().to_vec()));
    }
    let block = pem::blocks(given, 1).pop();
    let label = block.as_ref().map(|block| block.label.clone()).unwrap_or_default();
    if label.contains("PRIVATE KEY") {
        return Err(Code::Argument
            .because("the public key is a private key")
            .with_remedy("give the public key: no private key is needed, and none should leave its store"));
    }
    if label.contains("CERTIFICATE") {
        let (certificate, _) = Certificate::parse(given)?;
        return Ok(certificate.public_key_info().to_vec());
    }
    let bytes = block.filter(|block| block.label == "PUBLIC KEY").and_then(|block| block.bytes);
    bytes.ok_or_else(|| {
        Code::Argument
            .because(format!("the public key is PEM of the kind `{label}`"))
            .with_remedy("give PEM that begins with -----BEGIN PUBLIC KEY-----")
    })
}

/// ```asn1
/// TBSCertificate ::= SEQUENCE {
///     version         [0] EXPLICIT INTEGER { v3(2) },
///     serialNumber        INTEGER,
///     signature           AlgorithmIdentifier,
///     issuer              Name,
///     validity            SEQUENCE { notBefore Time, notAfter Time },
///     subject             Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo,
///     extensions      [3] EXPLICIT SEQUENCE OF Extension }
/// ```
/// RFC 5280, 4.1. Issuer and subject are the same.
fn certificate_body(
    subject: &[u8],
    info: &[u8],
    scheme: &Scheme,
    serial: &[u8],
    validity: [i64; 2],
    key_identifier: Option<&[u8]>,
) -> Result<Vec<u8>> {
    let [from, until] = validity.map(|seconds| time::time(seconds).ok_or(Code::SigningTime));
    let (from, until) = (from?, until?);
    let make = || {
        let algorithm = scheme.certificate_identifier()?.to_der()?;
        let mut extensions = vec![extension(BASIC_CONSTRAINTS, true, &[0x30, 0])?, extension(KEY_USAGE, true, SIGNING)?];
        if let Some(identifier) = key_identifier {
            extensions.push(extension(SUBJECT_KEY, false, &element(Tag::OctetString, &[identifier])?)?);
        }
        let extensions = element(context(3), &[&sequence(&[&extensions.concat()])?])?;
        let validity = sequence(&[&from.to_der()?, &until.to_der()?])?;
        let version = element(context(0), &[&[2, 1, 2]])?;
        sequence(&[&version, &element(Tag::Integer, &[serial])?, &algorithm, subject, &validity, subject, info, &extensions])
    };
    internal(make())
}

/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
fn extension(oid: ObjectIdentifier, critical: bool, value: &[u8]) -> der::Result<Vec<u8>> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid.to_der()?, critical, &element(Tag::OctetString, &[value])?])
}

fn context(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

fn sequence(parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    element(Tag::Sequence, parts)
}

fn element(tag: Tag, parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    Any::new(tag, parts.concat())?.to_der()
}

fn internal<T>(made: der::Result<T>) -> Result<T> {
    made.map_err(|_| Code::Internal.into())
}
