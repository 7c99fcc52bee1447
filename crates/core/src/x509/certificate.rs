//! Certificates (RFC 5280, 4.1): read once, kept as the bytes that they came in.

use std::ops::Range;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::ID_SIGNED_DATA;
use const_oid::db::rfc5912::{ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_KEY_USAGE, ID_CE_SUBJECT_KEY_IDENTIFIER};
use der::{AnyRef, Decode, Tag, Tagged};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::time::Time;

use super::elements::Elements;
use super::extensions::{Extension, flags};
use super::public_key::PublicKey;
use super::signed::Signed;
use super::{name, pem, time};
use crate::ber;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::limits::{BUNDLE, CERTIFICATE, CHAIN, SERIAL_NUMBER};
use crate::report::{Warning, WarningCode};

/// An X.509 certificate: its DER, and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    fields: Fields,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fields {
    /// Ranges of the DER, tag and length included: as they were issued.
    serial_number: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    public_key_info: Range<usize>,
    /// The SEQUENCE; empty where there is none.
    extensions: Range<usize>,
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
    /// Errors: `ERR_CERTIFICATE_FORMAT`, `ERR_LIMIT`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<(Certificate, Vec<Certificate>)> {
        let mut found = Self::parse_all(bytes, Code::CertificateFormat)?.into_iter();
        let Some(leaf) = found.next() else { return Err(Code::CertificateFormat.into()) };
        Ok((leaf, found.collect()))
    }

    /// The certificates of one element of a chain: DER, PEM, a PEM bundle, or PKCS #7 in DER or BER. Errors: `ERR_LIMIT`; `code`, with what the bytes look like.
    pub(crate) fn parse_all(bytes: &[u8], code: Code) -> Result<Vec<Certificate>> {
        if bytes.len() > BUNDLE {
            let found = format!("the certificates have {} bytes, and at the most {BUNDLE} are read", bytes.len());
            return Err(Code::Limit.because(found).with_remedy("give only the certificates of the chain"));
        }
        // The identifier octet of a SEQUENCE.
        if bytes.first() == Some(&0x30) {
            return Certificate::parse_der(bytes, code);
        }
        if pem::text(bytes) == Some(pem::Text::Utf16) || !pem::is_pem(bytes) {
            return Err(unrecognized(bytes, code));
        }
        let mut found = Vec::new();
        let mut others = None;
        for block in pem::blocks(bytes, 2 * CHAIN + 2) {
            if block.label.contains("PRIVATE KEY") {
                return Err(code
                    .because("the certificate file holds a private key, which must stay where it is")
                    .with_remedy("give a file with the certificate alone"));
            }
            if !matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE" | "PKCS7" | "CMS") {
                others = Some(block.label);
                continue;
            }
            let Some(der) = block.bytes else {
                return Err(code.because("a PEM block of the certificate holds something else than base64"));
            };
            found.extend(Certificate::parse_der(&der, code)?);
        }
        match others {
            Some(label) if found.is_empty() => Err(code.because(format!("the PEM text holds a {label} block and no CERTIFICATE"))),
            None if found.is_empty() => Err(code.because("the PEM text holds no complete CERTIFICATE block")),
            _ => Ok(found),
        }
    }

    /// The certificate, or those of a PKCS #7 file where a chain is wanted. Signing services and streaming writers make such files in BER.
    fn parse_der(der: &[u8], code: Code) -> Result<Vec<Certificate>> {
        let all = |certificates: Vec<&[u8]>| match certificates.len() > 2 * CHAIN {
            true => Err(too_many()),
            false => certificates.into_iter().map(|der| Certificate::parse_one(der, code)).collect(),
        };
        if code == Code::ChainFormat
            && let Some(certificates) = pkcs7(der)
        {
            return all(certificates);
        }
        match Certificate::parse_one(der, code) {
            Err(error) if code == Code::ChainFormat => match converted(der) {
                Some(der) => pkcs7(&der).map_or(Err(error), all),
                None => Err(error),
            },
            parsed => Ok(vec![parsed?]),
        }
    }

    fn parse_one(der: &[u8], code: Code) -> Result<Certificate> {
        if der.len() > CERTIFICATE {
            let remedy = if code == Code::ChainFormat { "leave it out of the chain" } else { "sign with a smaller certificate" };
            let found = format!("the certificate has {} bytes, and at the most {CERTIFICATE} are read", der.len());
            return Err(Code::Limit.because(found).with_remedy(remedy));
        }
        Certificate::from_der(der).ok_or_else(|| unrecognized(der, code))
    }

    /// The certificate of exactly these bytes of DER. `None` where they are none.
    pub(crate) fn from_der(der: &[u8]) -> Option<Certificate> {
        let fields = fields(der)?;
        Some(Certificate { der: der.to_vec(), fields })
    }

    /// The bytes that it came in.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key, where it is one that is supported. Errors: `ERR_CERTIFICATE_KEY`.
    pub(crate) fn key(&self) -> Result<&PublicKey> {
        self.fields.key.as_ref().map_err(|found| Code::CertificateKey.because(format!("the certificate has {found}")))
    }

    /// DER of the serial number, an INTEGER.
    pub(crate) fn serial_number(&self) -> &[u8] {
        self.part(&self.fields.serial_number)
    }

    /// The octets of the serial number, without one that is there for its sign.
    pub(crate) fn serial_octets(&self) -> &[u8] {
        let value = AnyRef::from_der(self.serial_number()).map_or(&[][..], AnyRef::value);
        value.strip_prefix(&[0]).unwrap_or(value)
    }

    /// DER of the issuer's name.
    pub(crate) fn issuer(&self) -> &[u8] {
        self.part(&self.fields.issuer)
    }

    /// `keyUsage` (RFC 5280, 4.2.1.3), digitalSignature in the lowest bit; none where the certificate does not say.
    pub(crate) fn key_usage(&self) -> Option<u16> {
        self.fields.key_usage
    }

    /// The attributes of the subject and of the issuer: type and value.
    pub(crate) fn names(&self) -> [Vec<(String, String)>; 2] {
        [self.subject(), self.issuer()].map(name::attributes)
    }

    /// Whether the subject has this attribute: a keyword or an object identifier, and a value (RFC 5280, 7.1).
    pub(crate) fn subject_has(&self, key: &str, value: &str) -> bool {
        name::has(self.subject(), key, value)
    }

    /// DER of the subject's name.
    pub(crate) fn subject(&self) -> &[u8] {
        self.part(&self.fields.subject)
    }

    /// DER of the SubjectPublicKeyInfo.
    pub(crate) fn public_key_info(&self) -> &[u8] {
        self.part(&self.fields.public_key_info)
    }

    /// DER of the extensions; empty where there are none.
    pub(super) fn extensions_der(&self) -> &[u8] {
        self.part(&self.fields.extensions)
    }

    /// The signature on it, if both places name one algorithm for it (RFC 5280, 4.1.1.2).
    pub(crate) fn signed(&self) -> Option<Signed<'_>> {
        let signed = Signed::parse(&self.der)?;
        let mut tbs = Elements::within(AnyRef::from_der(signed.message).ok()?, Tag::Sequence)?;
        tbs.tagged(0);
        tbs.expect(Tag::Integer)?;
        (tbs.expect_bytes(Tag::Sequence)? == signed.algorithm).then_some(signed)
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// The octets of the public key, by which OCSP names an issuer (RFC 6960, 4.1.1).
    pub(crate) fn public_key(&self) -> &[u8] {
        let info = SubjectPublicKeyInfoRef::from_der(self.public_key_info());
        info.map_or(&[], |info| info.subject_public_key.raw_bytes())
    }

    /// The subject key identifier (RFC 5280, 4.2.1.2).
    pub(crate) fn subject_key(&self) -> Option<&[u8]> {
        self.fields.subject_key.as_deref()
    }

    /// Seconds since 1970 UTC: the first and the last at which it is valid.
    pub(crate) fn validity(&self) -> (i64, i64) {
        (self.fields.not_before, self.fields.not_after)
    }

    /// Whether issuer and subject are the same: the end of a chain.
    pub(crate) fn is_self_issued(&self) -> bool {
        name::is_same(self.issuer(), self.subject())
    }

    /// Whether `self` may have issued `other`, by names and key identifiers (RFC 5280, 4.2.1.1). No signature is verified.
    pub(crate) fn may_have_issued(&self, other: &Certificate) -> bool {
        !self.has_another_key_than(other) && name::is_same(self.subject(), other.issuer())
    }

    /// Whether `other` names another key as that of its issuer (RFC 5280, 4.2.1.1).
    pub(crate) fn has_another_key_than(&self, other: &Certificate) -> bool {
        let authority_key = other.fields.authority_key.as_deref();
        matches!((self.subject_key(), authority_key), (Some(subject), Some(authority)) if subject != authority)
    }

    /// Whether it may sign now: its validity, `keyUsage` where it is there (RFC 5280, 4.2.1.3), and the length of its serial number.
    ///
    /// What speaks against it is a warning, or with `strict` an error: `ERR_CERTIFICATE_EXPIRED`,
    /// `ERR_CERTIFICATE_NOT_YET_VALID`, `ERR_CERTIFICATE_KEY_USAGE`, `ERR_CERTIFICATE_FORMAT`.
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
        let serial_number = self.serial_octets().len();
        if serial_number > SERIAL_NUMBER {
            let text =
                format!("the serial number of the certificate has {serial_number} bytes, and RFC 5280, 4.1.2.2 permits {SERIAL_NUMBER}");
            found.push((Code::CertificateFormat, WarningCode::CertificateSerial, text));
        }
        match found.first() {
            Some((Code::CertificateFormat, _, text)) if strict => Err(Code::CertificateFormat
                .because(text.as_str())
                .with_remedy("use a certificate with a shorter serial number, or leave `strict` out to sign with a warning")),
            Some((code, _, text)) if strict => Err(code.because(text.as_str())),
            _ => Ok(found.into_iter().map(|(_, code, text)| code.because(text)).collect()),
        }
    }

    /// The identifier of its key that RFC 5280, 4.2.1.2 (1) makes of it.
    pub(crate) fn key_identifier(&self) -> Vec<u8> {
        use sha1::Digest;
        sha1::Sha1::digest(self.public_key()).to_vec()
    }

    /// The digest of the whole certificate, by which signing-certificate names it (RFC 5035, 4).
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        algorithm.digest(&[&self.der])
    }

    /// Its SHA-1, by which the first signing-certificate attribute names it (RFC 2634, 5.4). Used for nothing else.
    pub(crate) fn sha1(&self) -> Vec<u8> {
        use sha1::Digest;
        sha1::Sha1::digest(&self.der).to_vec()
    }
}

/// ```asn1
/// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
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
/// RFC 5280, 4.1. Returns `None` for anything else, and beyond the limits.
fn fields(der: &[u8]) -> Option<Fields> {
    let mut certificate = Elements::within(AnyRef::from_der(der).ok()?, Tag::Sequence)?;
    let mut tbs = Elements::of(certificate.expect(Tag::Sequence)?.value())?;
    certificate.expect(Tag::Sequence)?;
    certificate.expect(Tag::BitString)?;
    certificate.is_finished().then_some(())?;

    if let Some(version) = tbs.tagged(0) {
        AnyRef::from_der(version.value()).ok()?.decode_as::<u8>().ok().filter(|version| *version <= 2)?;
    }
    let serial_number = tbs.expect_bytes(Tag::Integer)?;
    tbs.expect(Tag::Sequence)?;
    let issuer = tbs.expect_bytes(Tag::Sequence).filter(|issuer| name::is_name(issuer))?;
    let mut validity = Elements::of(tbs.expect(Tag::Sequence)?.value())?;
    let (not_before, not_after) = (seconds(validity.next()?)?, seconds(validity.next()?)?);
    validity.is_finished().then_some(())?;
    let subject = tbs.expect_bytes(Tag::Sequence).filter(|subject| name::is_name(subject))?;
    let public_key_info = tbs.expect_bytes(Tag::Sequence)?;
    let key = SubjectPublicKeyInfoRef::from_der(public_key_info).ok()?;
    tbs.tagged(1);
    tbs.tagged(2);
    let extensions_der = tbs.tagged(3).map(|extensions| extensions.value());
    let extensions = match extensions_der {
        Some(extensions) => Extensions::parse(extensions)?,
        None => Extensions::default(),
    };
    tbs.is_finished().then_some(())?;

    let range = |part: &[u8]| {
        let start = part.as_ptr() as usize - der.as_ptr() as usize;
        start..start + part.len()
    };
    Some(Fields {
        serial_number: range(serial_number),
        issuer: range(issuer),
        subject: range(subject),
        public_key_info: range(public_key_info),
        extensions: extensions_der.map_or(0..0, range),
        not_before,
        not_after,
        key: PublicKey::parse(&key),
        key_usage: extensions.key_usage,
        subject_key: extensions.subject_key,
        authority_key: extensions.authority_key,
    })
}

/// Seconds since 1970 UTC.
fn seconds(time: AnyRef<'_>) -> Option<i64> {
    i64::try_from(time.decode_as::<Time>().ok()?.to_unix_duration().as_secs()).ok()
}

/// The extensions that are used.
#[derive(Default)]
struct Extensions {
    key_usage: Option<u16>,
    subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
}

impl Extensions {
    /// ```asn1
    /// KeyUsage               ::= BIT STRING
    /// SubjectKeyIdentifier   ::= OCTET STRING
    /// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] IMPLICIT OCTET STRING OPTIONAL, … }
    /// ```
    /// RFC 5280, 4.2.1.1 to 4.2.1.3. Each occurs once (4.2).
    fn parse(der: &[u8]) -> Option<Extensions> {
        let mut found = Extensions::default();
        for extension in Extension::list(der)? {
            let repeated = match extension.oid {
                ID_CE_KEY_USAGE => found.key_usage.replace(flags(extension.element()?)?).is_some(),
                ID_CE_SUBJECT_KEY_IDENTIFIER => {
                    let id = extension.element()?;
                    (id.tag() == Tag::OctetString).then_some(())?;
                    found.subject_key.replace(id.value().to_vec()).is_some()
                }
                ID_CE_AUTHORITY_KEY_IDENTIFIER => {
                    let id = extension.elements()?.tagged(0);
                    id.is_some_and(|id| found.authority_key.replace(id.value().to_vec()).is_some())
                }
                _ => false,
            };
            if repeated {
                return None;
            }
        }
        Some(found)
    }
}

/// The certificates of a file that holds nothing else, in the form of a container without signers (RFC 2315, 9.1; RFC 5652, 5).
///
/// ```asn1
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
/// SignedData  ::= SEQUENCE {
///     version              INTEGER,
///     digestAlgorithms     SET,
///     contentInfo          SEQUENCE,
///     certificates     [0] IMPLICIT SET OF Certificate OPTIONAL, … }
/// ```
/// `None` for anything else. Attribute certificates are passed over.
fn pkcs7(der: &[u8]) -> Option<Vec<&[u8]>> {
    let mut info = Elements::within(AnyRef::from_der(der).ok()?, Tag::Sequence)?;
    (info.next()?.decode_as::<ObjectIdentifier>().ok()? == ID_SIGNED_DATA).then_some(())?;
    let mut data = Elements::within(AnyRef::from_der(info.tagged(0)?.value()).ok()?, Tag::Sequence)?;
    data.expect(Tag::Integer)?;
    data.expect(Tag::Set)?;
    data.expect(Tag::Sequence)?;
    let mut certificates = Elements::of(data.tagged(0).map_or(&[][..], |set| set.value()))?;
    let mut found = Vec::new();
    while !certificates.is_finished() {
        match certificates.expect_bytes(Tag::Sequence) {
            Some(certificate) => found.push(certificate),
            None => drop(certificates.next()?),
        }
    }
    Some(found)
}

/// All of `bytes`, which are BER, as DER. Certificates keep their contents.
fn converted(bytes: &[u8]) -> Option<Vec<u8>> {
    ber::to_der(bytes).filter(|(_, rest)| rest.is_empty()).map(|(der, _)| der)
}

/// The error for more certificates than a chain has.
pub(super) fn too_many() -> Error {
    Code::Limit
        .because(format!("the chain has more than {CHAIN} certificates"))
        .with_remedy(format!("give only the issuers of the signing certificate, at the most {CHAIN}"))
}

/// The error for bytes that are not a certificate: what they are, and how to get one of them.
fn unrecognized(bytes: &[u8], code: Code) -> Error {
    let is = |what: &str| code.because(format!("this is {what}, not a certificate"));
    if let Some(text) = pem::text(bytes) {
        return match text {
            pem::Text::Pem => is("PEM text of another kind"),
            pem::Text::Base64 => is("base64 without the lines of PEM around it").with_remedy(text.remedy()),
            text => is(text.as_str()).with_remedy(text.remedy()),
        };
    }
    let der = converted(bytes);
    let parts = Vec::<AnyRef<'_>>::from_der(der.as_deref().unwrap_or(bytes)).unwrap_or_default();
    let tags: Vec<Tag> = parts.iter().take(4).map(Tagged::tag).collect();
    let oid = parts.first().and_then(|first| first.decode_as::<ObjectIdentifier>().ok());
    let version = parts.first().and_then(|first| first.decode_as::<u8>().ok());
    match (tags.as_slice(), version) {
        _ if bytes.is_empty() => code.because("the certificate has no bytes"),
        _ if oid == Some(ID_SIGNED_DATA) => {
            is("a PKCS #7 or CMS file").with_remedy("give the signer's certificate by itself, in DER or PEM, and this file as the chain")
        }
        ([Tag::Integer, Tag::Sequence, ..], Some(3)) => {
            is("a PKCS #12 file").with_remedy("export the certificate alone: openssl pkcs12 -in FILE -nokeys -clcerts -out certificate.pem")
        }
        ([Tag::Integer, ..], Some(0 | 1)) => is("a private key").with_remedy("give the certificate; the key stays where it is"),
        ([Tag::Sequence, Tag::OctetString], _) => {
            is("an encrypted private key").with_remedy("give the certificate; the key stays where it is")
        }
        ([Tag::Sequence, Tag::BitString], _) => is("a public key").with_remedy("give the certificate that the issuer made for this key"),
        ([Tag::Sequence, Tag::Sequence, Tag::BitString, ..], _) => code
            .because("the certificate, its request or its revocation list cannot be read as a certificate")
            .with_remedy("check it with: openssl x509 -in FILE -noout -text"),
        _ => match leading_certificate(bytes) {
            Some((length, more)) => {
                code.because(format!("{more} bytes follow the certificate")).with_remedy(format!("give its first {length} bytes only"))
            }
            None if bytes.starts_with(&[0x30, 0x80]) => is("BER of indefinite length").with_remedy("convert it to DER or PEM"),
            None => code.because("the certificate is neither DER nor PEM"),
        },
    }
}

/// Length of the certificate at the front of `bytes`, and the number of bytes after it, if there are any.
fn leading_certificate(bytes: &[u8]) -> Option<(usize, usize)> {
    let length = Elements::of(bytes)?.expect_bytes(Tag::Sequence)?.len();
    Certificate::from_der(bytes.get(..length)?)?;
    Some((length, bytes.len() - length)).filter(|(_, more)| *more > 0)
}
