//! Certificates (RFC 5280, 4.1): read once, kept as the bytes that they came in.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::ID_SIGNED_DATA;
use der::asn1::BitStringRef;
use der::{Any, AnyRef, Decode, Sequence, Tag, Tagged};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsage, SubjectKeyIdentifier};
use x509_cert::name::Name;
use x509_cert::time::Time;

use super::algorithm::DigestAlgorithm;
use super::public_key::PublicKey;
use super::{check, name, pem, time};
use crate::error::{Code, Error, Result};
use crate::limits::{BUNDLE, CERTIFICATE, CHAIN, EXTENSIONS, NAME_ATTRIBUTES};
use crate::report::{Warning, WarningCode};

/// An X.509 certificate: its DER, and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    fields: Fields,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fields {
    /// As it stands.
    serial_number: Any,
    /// As it stands: [`Name`] puts the attributes of a multi-valued RDN in order, and not every issuer does.
    raw_issuer: Any,
    issuer: Name,
    subject: Name,
    not_before: i64,
    not_after: i64,
    key: std::result::Result<PublicKey, String>,
    /// `keyUsage` (RFC 5280, 4.2.1.3), digitalSignature in the lowest bit.
    key_usage: Option<u16>,
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
        // The identifier octet of a SEQUENCE.
        if bytes.first() == Some(&0x30) {
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

    /// The serial number, an INTEGER as it stands.
    pub(super) fn serial_number(&self) -> &Any {
        &self.fields.serial_number
    }

    /// The name of the issuer, as it stands.
    pub(super) fn raw_issuer(&self) -> &Any {
        &self.fields.raw_issuer
    }

    /// The name of the issuer.
    pub(super) fn issuer(&self) -> &Name {
        &self.fields.issuer
    }

    /// `keyUsage` (RFC 5280, 4.2.1.3), digitalSignature in the lowest bit; none where the certificate does not say.
    pub(crate) fn key_usage(&self) -> Option<u16> {
        self.fields.key_usage
    }

    /// The attributes of the subject: keyword, or object identifier, and value.
    pub(crate) fn subject_attributes(&self) -> Vec<(String, String)> {
        name::attributes(self.subject())
    }

    /// The name of the subject.
    pub(super) fn subject(&self) -> &Name {
        &self.fields.subject
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
        !keys_differ && same_name(self.subject(), other.issuer())
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
            found.push((Code::CertificateExpired, WarningCode::CertificateExpired, text));
        }
        if now < not_before {
            let text = format!("the certificate is valid from {} on", time::rfc3339(not_before));
            found.push((Code::CertificateNotYetValid, WarningCode::CertificateNotYetValid, text));
        }
        // digitalSignature or nonRepudiation (RFC 5280, 4.2.1.3); a certificate that does not say may do all.
        if self.fields.key_usage.is_some_and(|usage| usage & 0b11 == 0) {
            let text = "the key usage of the certificate has neither digitalSignature nor nonRepudiation".to_owned();
            found.push((Code::CertificateKeyUsage, WarningCode::CertificateKeyUsage, text));
        }
        match found.first() {
            Some((code, _, text)) if strict => Err(code.because(text.as_str())),
            _ => Ok(found.into_iter().map(|(_, code, text)| code.because(text)).collect()),
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

/// Whether two names are the same, apart from string types and the case of ASCII (RFC 5280, 7.1, in short).
fn same_name(a: &Name, b: &Name) -> bool {
    let mut pairs = a.iter().zip(b.iter());
    a.iter().count() == b.iter().count() && pairs.all(|(a, b)| a.oid == b.oid && a.value.value().eq_ignore_ascii_case(b.value.value()))
}

/// ```asn1
/// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// ```
/// RFC 5280, 4.1. The model of `x509-cert` owns its values; this one shows what must be copied as it stands.
#[derive(Sequence)]
struct Outline<'a> {
    tbs_certificate: TbsOutline<'a>,
    signature_algorithm: AnyRef<'a>,
    signature: AnyRef<'a>,
}

/// ```asn1
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
/// ```
/// RFC 5280, 4.1.
#[derive(Sequence)]
struct TbsOutline<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    version: Option<AnyRef<'a>>,
    serial_number: AnyRef<'a>,
    signature: AnyRef<'a>,
    issuer: AnyRef<'a>,
    validity: AnyRef<'a>,
    subject: AnyRef<'a>,
    subject_public_key_info: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<AnyRef<'a>>,
}

/// What is used of a certificate. `None` where it cannot be read, or is beyond the limits.
fn fields(der: &[u8]) -> Option<Fields> {
    let parsed = x509_cert::Certificate::from_der(der).ok()?;
    let parsed = parsed.tbs_certificate();
    let outline = Outline::from_der(der).ok()?.tbs_certificate;
    let seconds = |time: &Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    let (issuer, subject) = (parsed.issuer().clone(), parsed.subject().clone());
    [&issuer, &subject].iter().all(|name| name.iter().count() <= NAME_ATTRIBUTES).then_some(())?;
    (parsed.extensions().map_or(0, |extensions| extensions.len()) <= EXTENSIONS).then_some(())?;
    let key_usage = parsed.get_extension::<KeyUsage>().ok()?.map(|(_, usage)| usage.0.bits());
    let subject_key = parsed.get_extension::<SubjectKeyIdentifier>().ok()?.map(|(_, id)| id.0.as_bytes().to_vec());
    let authority_key = parsed.get_extension::<AuthorityKeyIdentifier>().ok()?;
    Some(Fields {
        serial_number: outline.serial_number.into(),
        raw_issuer: outline.issuer.into(),
        issuer,
        subject,
        not_before: seconds(&parsed.validity().not_before)?,
        not_after: seconds(&parsed.validity().not_after)?,
        key: PublicKey::parse(parsed.subject_public_key_info()),
        key_usage,
        subject_key,
        authority_key: authority_key.and_then(|(_, id)| id.key_identifier).map(|id| id.as_bytes().to_vec()),
    })
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
    let parts = Vec::<AnyRef<'_>>::from_der(bytes).unwrap_or_default();
    let tags: Vec<Tag> = parts.iter().take(4).map(Tagged::tag).collect();
    let oid = parts.first().and_then(|first| first.decode_as::<ObjectIdentifier>().ok());
    let version = parts.first().and_then(|first| first.decode_as::<u8>().ok());
    match (tags.as_slice(), version) {
        _ if bytes.is_empty() => "the certificate has no bytes".into(),
        _ if oid == Some(ID_SIGNED_DATA) => is("a PKCS #7 or CMS file"),
        ([Tag::Integer, Tag::Sequence, ..], Some(3)) => is("a PKCS #12 file"),
        ([Tag::Integer, ..], Some(0 | 1)) => is("a private key"),
        ([Tag::Sequence, Tag::OctetString], _) => is("an encrypted private key"),
        ([Tag::Sequence, Tag::BitString], _) => is("a public key"),
        ([Tag::Sequence, Tag::Sequence, Tag::BitString, ..], _) => {
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

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn string_types_and_case_do_not_matter() {
        let name = |text| Name::from_str(text).unwrap();
        assert!(same_name(&name("CN=Issuing CA,C=DE"), &name("CN=issuing ca,C=de")));
        for other in ["CN=Issuing CB,C=DE", "CN=Issuing CA", "C=DE,CN=Issuing CA", "O=Issuing CA,C=DE"] {
            assert!(!same_name(&name("CN=Issuing CA,C=DE"), &name(other)), "{other}");
        }
    }
}
