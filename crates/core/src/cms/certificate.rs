//! Certificates (RFC 5280, 4.1): read once, kept as the bytes that they came in.

use std::ops::Range;

use ::der::Decode;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsage, SubjectKeyIdentifier};
use x509_cert::time::Time;

use super::algorithm::DigestAlgorithm;
use super::der::{self, context};
use super::public_key::PublicKey;
use super::{BUNDLE, CERTIFICATE, CHAIN, EXTENSIONS, check, name, oid, pem, time};
use crate::error::{Code, Error, Result};
use crate::report::Warning;

/// An X.509 certificate: its DER, and where the parts lie that are used.
///
/// ```asn1
/// Certificate    ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// TBSCertificate ::= SEQUENCE {
///     version         [0] INTEGER DEFAULT v1,
///     serialNumber        INTEGER,
///     signature           AlgorithmIdentifier,
///     issuer              Name,
///     validity            SEQUENCE { notBefore Time, notAfter Time },
///     subject             Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo,
///     issuerUniqueID  [1] IMPLICIT BIT STRING OPTIONAL,
///     subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
///     extensions      [3] SEQUENCE OF Extension OPTIONAL }
/// Extension      ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    fields: Fields,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fields {
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    not_before: i64,
    not_after: i64,
    key: std::result::Result<PublicKey, String>,
    /// `keyUsage` has digitalSignature or nonRepudiation, or is not there (RFC 5280, 4.2.1.3).
    may_sign: bool,
    subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
}

impl Certificate {
    /// The signing certificate: DER or PEM, with text around it or CRLF. In a PEM bundle it is the first; the others are
    /// returned beside it, for its chain.
    ///
    /// Its key must be one that signatures can be checked with. Errors: `ERR_CERTIFICATE_FORMAT`, `ERR_CERTIFICATE_KEY`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<(Certificate, Vec<Certificate>)> {
        let mut found = Self::parse_all(bytes, Code::CertificateFormat)?.into_iter();
        let Some(leaf) = found.next() else { return Err(Code::CertificateFormat.into()) };
        check::check_point(&leaf)?;
        Ok((leaf, found.collect()))
    }

    /// The certificates of one element of a chain: DER, PEM or a PEM bundle. Errors: `code`, with what the bytes look like.
    pub(super) fn parse_all(bytes: &[u8], code: Code) -> Result<Vec<Certificate>> {
        if bytes.len() > BUNDLE {
            return Err(code.because(format!("the certificate has {} bytes, and at the most {BUNDLE} are read", bytes.len())));
        }
        let one = |der: &[u8]| match der.len() > CERTIFICATE {
            true => Err(code.because(format!("the certificate has {} bytes, and at the most {CERTIFICATE} are read", der.len()))),
            false => Certificate::from_der(der).ok_or_else(|| code.because(look(der))),
        };
        if bytes.first() == Some(&der::SEQUENCE) {
            return Ok(vec![one(bytes)?]);
        }
        if !pem::is_pem(bytes) {
            return Err(code.because(look(bytes)));
        }
        let mut found = Vec::new();
        for block in pem::blocks(bytes, 2 * CHAIN + 2) {
            if block.label.contains("PRIVATE KEY") {
                return Err(code.because("the certificate file holds a private key, which must stay where it is"));
            }
            if !matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE") {
                continue;
            }
            let Some(der) = block.bytes else {
                return Err(code.because("a PEM block of the certificate holds something else than base64"));
            };
            found.push(one(&der)?);
        }
        match found.is_empty() {
            true => Err(code.because("the PEM text holds no complete CERTIFICATE block")),
            false => Ok(found),
        }
    }

    /// The certificate of exactly these bytes of DER. `None` where they are none.
    pub(super) fn from_der(der: &[u8]) -> Option<Certificate> {
        let fields = fields(der)?;
        Some(Certificate { der: der.to_vec(), fields })
    }

    /// The bytes that it came in.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key, where it is one that is supported. Errors: `ERR_CERTIFICATE_KEY`.
    pub(super) fn key(&self) -> Result<&PublicKey> {
        self.fields.key.as_ref().map_err(|found| Code::CertificateKey.because(format!("the certificate has {found}")))
    }

    /// The bytes of a part of it.
    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// The serial number, as an INTEGER with its header.
    pub(super) fn serial(&self) -> &[u8] {
        self.part(&self.fields.serial)
    }

    /// The name of the issuer, as DER.
    pub(super) fn issuer(&self) -> &[u8] {
        self.part(&self.fields.issuer)
    }

    /// The name of the subject, as DER.
    pub(super) fn subject(&self) -> &[u8] {
        self.part(&self.fields.subject)
    }

    /// The subject key identifier (RFC 5280, 4.2.1.2).
    pub(super) fn subject_key(&self) -> Option<&[u8]> {
        self.fields.subject_key.as_deref()
    }

    /// Seconds since 1970 UTC: the first and the last at which it is valid.
    pub(super) fn validity(&self) -> (i64, i64) {
        (self.fields.not_before, self.fields.not_after)
    }

    /// Whether issuer and subject are the same: the end of a chain.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer() == self.subject()
    }

    /// Whether `self` may have issued `other`, by names and key identifiers (RFC 5280, 4.2.1.1). No signature is verified.
    pub(super) fn may_have_issued(&self, other: &Certificate) -> bool {
        let authority_key = other.fields.authority_key.as_deref();
        let keys_differ = matches!((self.subject_key(), authority_key), (Some(subject), Some(authority)) if subject != authority);
        !keys_differ && name::same(self.subject(), other.issuer())
    }

    /// Whether it may sign now: its validity, and `keyUsage` where it is there (RFC 5280, 4.2.1.3).
    ///
    /// What speaks against it is a warning, or with `strict` an error: `ERR_CERTIFICATE_EXPIRED`,
    /// `ERR_CERTIFICATE_NOT_YET_VALID`, `ERR_CERTIFICATE_KEY_USAGE`.
    pub(crate) fn check_use(&self, now: i64, strict: bool) -> Result<Vec<Warning>> {
        let (not_before, not_after) = self.validity();
        let mut found = Vec::new();
        if now > not_after {
            let text = format!("the certificate expired at {}", time::rfc3339(not_after));
            found.push((Code::CertificateExpired, "WARN_CERTIFICATE_EXPIRED", text));
        }
        if now < not_before {
            let text = format!("the certificate is valid from {} on", time::rfc3339(not_before));
            found.push((Code::CertificateNotYetValid, "WARN_CERTIFICATE_NOT_YET_VALID", text));
        }
        if !self.fields.may_sign {
            let text = "the key usage of the certificate has neither digitalSignature nor nonRepudiation".to_owned();
            found.push((Code::CertificateKeyUsage, "WARN_CERTIFICATE_KEY_USAGE", text));
        }
        match found.first() {
            Some((code, _, text)) if strict => Err(code.because(text.as_str())),
            _ => Ok(found.into_iter().map(|(_, code, text)| Warning::new(code, text)).collect()),
        }
    }

    /// The digest of the whole certificate, by which signing-certificate names it (RFC 5035, 4).
    pub(super) fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        algorithm.digest(&[&self.der])
    }

    /// Its SHA-1, by which the first signing-certificate attribute names it (RFC 2634, 5.4). Used for nothing else.
    pub(super) fn sha1(&self) -> Vec<u8> {
        use sha1::Digest;
        sha1::Sha1::digest(&self.der).to_vec()
    }
}

/// The values by `x509-cert`; names and serial number by where they lie, since they are compared and copied as they stand.
fn fields(der: &[u8]) -> Option<Fields> {
    let parsed = x509_cert::Certificate::from_der(der).ok()?;
    let parsed = parsed.tbs_certificate();
    let seconds = |time: &Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    let (not_before, not_after) = (seconds(&parsed.validity().not_before)?, seconds(&parsed.validity().not_after)?);
    let key = PublicKey::parse(parsed.subject_public_key_info());
    (parsed.extensions().map_or(0, |extensions| extensions.len()) <= EXTENSIONS).then_some(())?;
    let key_usage = parsed.get_extension::<KeyUsage>().ok()?.map(|(_, usage)| usage.digital_signature() || usage.non_repudiation());
    let subject_key = parsed.get_extension::<SubjectKeyIdentifier>().ok()?.map(|(_, id)| id.0.as_bytes().to_vec());
    let authority_key = parsed.get_extension::<AuthorityKeyIdentifier>().ok()?;
    let authority_key = authority_key.and_then(|(_, id)| id.key_identifier).map(|id| id.as_bytes().to_vec());

    let mut tbs = der::only(der, der::SEQUENCE)?.reader().expect(der::SEQUENCE)?.reader();
    tbs.optional(context(0))?;
    let serial = tbs.expect(der::INTEGER)?.range();
    tbs.expect(der::SEQUENCE)?;
    let issuer = tbs.expect(der::SEQUENCE)?.range();
    tbs.expect(der::SEQUENCE)?;
    let subject = tbs.expect(der::SEQUENCE)?.range();
    Some(Fields { serial, issuer, subject, not_before, not_after, key, may_sign: key_usage.unwrap_or(true), subject_key, authority_key })
}

/// What bytes are that are no certificate.
fn look(bytes: &[u8]) -> String {
    let is = |what: &str| format!("this is {what}, not a certificate");
    match pem::text(bytes) {
        Some(pem::Text::Pem) => return is("PEM text of another kind"),
        Some(pem::Text::Base64) => return is("base64 without the lines of PEM around it"),
        Some(pem::Text::Hexadecimal) => return is("hexadecimal text"),
        None => {}
    }
    let mut tags = Vec::new();
    let mut first_oid = None;
    let mut version = None;
    if let Some(outer) = der::only(bytes, der::SEQUENCE) {
        let mut reader = outer.reader();
        while let Some(element) = reader.element().filter(|_| tags.len() < 10) {
            match element.tag {
                der::OID if tags.is_empty() => first_oid = Some(element.value),
                der::INTEGER if tags.is_empty() => version = element.value.first().copied(),
                _ => {}
            }
            tags.push(element.tag);
        }
    }
    match (tags.as_slice(), version) {
        _ if bytes.is_empty() => "the certificate has no bytes".into(),
        _ if first_oid == Some(oid::ID_SIGNED_DATA) => is("a PKCS #7 or CMS file"),
        ([der::INTEGER, der::SEQUENCE, ..], Some(3)) => is("a PKCS #12 file"),
        ([der::INTEGER, ..], Some(0 | 1)) => is("a private key"),
        ([der::SEQUENCE, der::OCTET_STRING], _) => is("an encrypted private key"),
        ([der::SEQUENCE, der::BIT_STRING], _) => is("a public key"),
        ([der::SEQUENCE, der::SEQUENCE, der::BIT_STRING, ..], _) => {
            "the certificate, its request or its revocation list cannot be read as a certificate".into()
        }
        _ => "the certificate is neither DER nor PEM".into(),
    }
}

/// The error for an element of a chain, with its position from 1.
pub(super) fn at_position(position: usize, error: &Error) -> String {
    let text = error.to_string();
    let found = text.split(';').next().unwrap_or_default();
    format!("element {position} of the chain: {found}")
}
