//! A container from elsewhere (RFC 5652), checked as strictly as one of our own, and written as DER.

use super::super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use super::super::ber::{self, Element};
use super::super::certificate::Certificate;
use super::super::der::{self, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context};
use super::super::scheme::Scheme;
use super::super::signed_data::content_info;
use super::super::signer_info::{Attribute, SignerInfo, value};
use super::super::{CONTAINER, CONTAINER_CERTIFICATES, oid, pem};
use super::signature::verify;
use crate::error::{Code, Result};

/// What a container must be for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// The digest algorithm of the session.
    pub(crate) digest_algorithm: DigestAlgorithm,
    /// The digest of the content.
    pub(crate) message_digest: &'a [u8],
    /// Whether it is to be PAdES: no signing-time, but signing-certificate (EN 319 142-1, 6.3).
    pub(crate) pades: bool,
    /// The signer, where the session was begun with one.
    pub(crate) certificate: Option<&'a Certificate>,
}

/// A container that passed.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// What is to be embedded.
    pub(crate) der: Vec<u8>,
    /// By which the signature was verified.
    pub(crate) signature_algorithm: SignatureAlgorithm,
    /// All certificates that could be read, that of the signer among them.
    pub(crate) certificates: Vec<Certificate>,
    /// The certificate of the signer.
    pub(crate) signer: Certificate,
}

/// Checks a container, and writes its outer layers as DER; certificates and attributes are copied as they stand.
///
/// Errors, the most telling one: those that begin with `ERR_CONTAINER_` (all but `ERR_CONTAINER_TOO_LARGE`), `ERR_CERTIFICATE_KEY`, `ERR_LIMIT`.
pub(crate) fn container(bytes: &[u8], expected: &Expected<'_>) -> Result<Checked> {
    if bytes.len() > CONTAINER {
        return Err(Code::Limit.because(format!("the container has {} bytes, and at the most {CONTAINER} are read", bytes.len())));
    }
    let parts = parts(bytes).ok_or_else(|| Code::ContainerFormat.because(look(bytes)))?;
    // What fills the hole of /Contents up is no part of the container; anything else is one too many.
    if parts.trailing.iter().any(|octet| *octet != 0) {
        return Err(Code::ContainerFormat.because(format!("{} bytes follow the container", parts.trailing.len())));
    }
    if parts.has_content {
        return Err(Code::ContainerContent.into());
    }
    if parts.content_type != oid::ID_DATA {
        return Err(Code::ContainerContent
            .because(format!("the content of the container is of the type {} and not id-data", oid::dotted(parts.content_type))));
    }
    let signer = match parts.signer_infos.as_slice() {
        [only] => SignerInfo::parse(only).ok_or_else(|| Code::ContainerFormat.because("the SignerInfo of the container cannot be read"))?,
        infos => return Err(Code::ContainerSigners.because(format!("the container has {} signers", infos.len()))),
    };
    if signer.digest_algorithm != Some(expected.digest_algorithm) {
        let found = signer.digest_algorithm.map_or("another digest algorithm", DigestAlgorithm::as_str);
        let text = format!("the container uses {found} and the session {}", expected.digest_algorithm.as_str());
        return Err(Code::ContainerDigestAlgorithm.because(text));
    }
    let attributes = signer.attributes()?;
    check_attributes(&attributes, expected)?;
    let certificates: Vec<Certificate> = parts.certificates.iter().filter_map(|raw| Certificate::from_der(raw)).collect();
    let certificate = certificates.iter().find(|certificate| signer.is_by(certificate));
    let certificate =
        certificate.ok_or_else(|| Code::ContainerSignerCertificate.because("the container does not hold the certificate of its signer"))?;
    if expected.certificate.is_some_and(|wanted| wanted.der() != certificate.der()) {
        return Err(
            Code::ContainerSignerCertificate.because("the signer of the container is not the certificate that the session was begun with")
        );
    }
    check_signing_certificate(&attributes, certificate, expected.pades)?;

    let scheme = scheme(&signer, certificate, expected.digest_algorithm)?;
    let signed = der::element(SET, &[signer.signed_attributes.unwrap_or_default()]);
    let value = verify(certificate.key()?, &scheme, &signed, &signer.signature)
        .map_err(|refusal| Code::ContainerSignature.because(refusal.found.replace("`data`", "the signed attributes")))?;
    if value != signer.signature {
        return Err(Code::ContainerSignature
            .because("the ECDSA signature in the container is r and s one after the other, where CMS wants DER (RFC 5753, 7.2)"));
    }
    let der = write(&parts, &signer).ok_or_else(|| Code::ContainerFormat.because("a part of the container cannot be read"))?;
    let signer = certificate.clone();
    Ok(Checked { der, signature_algorithm: scheme.signature, certificates, signer })
}

fn scheme(signer: &SignerInfo<'_>, certificate: &Certificate, digest: DigestAlgorithm) -> Result<Scheme> {
    let key = certificate.key()?;
    let scheme = Scheme::from_identifiers(digest, &signer.signature_algorithm, key);
    let scheme = scheme.ok_or_else(|| {
        Code::ContainerSignature.because(format!(
            "the signature algorithm of the container is not supported or does not fit its digest algorithm or key, which is {}",
            key.describe()
        ))
    })?;
    match scheme.signature == SignatureAlgorithm::Ed25519 && digest != DigestAlgorithm::Sha512 {
        true => Err(Code::ContainerDigestAlgorithm.because("Ed25519 in CMS goes with sha512 (RFC 8419, 3.1)")),
        false => Ok(scheme),
    }
}

/// ContentInfo and SignedData (see [`mod@super::super::signed_data`]), taken apart without a judgement.
pub(in super::super) struct Parts<'a> {
    version: Element<'a>,
    content_type: &'a [u8],
    has_content: bool,
    /// Certificates and other CertificateChoices, as they stand.
    pub(in super::super) certificates: Vec<&'a [u8]>,
    crls: Option<Element<'a>>,
    signer_infos: Vec<Element<'a>>,
    trailing: &'a [u8],
}

impl Parts<'_> {
    /// The certificate of the first signer, where it is there.
    pub(in super::super) fn signer<'c>(&self, certificates: &'c [Certificate]) -> Option<&'c Certificate> {
        let info = SignerInfo::parse(self.signer_infos.first()?)?;
        certificates.iter().find(|certificate| info.is_by(certificate))
    }
}

/// `None` where it is no ContentInfo with SignedData.
pub(in super::super) fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let mut outer = ber::Reader::new(bytes);
    let mut info = outer.expect(SEQUENCE)?.reader();
    (info.expect(OID)?.value == oid::ID_SIGNED_DATA).then_some(())?;
    let mut signed_data = info.expect(context(0))?.reader().expect(SEQUENCE)?.reader();
    let version = signed_data.expect(INTEGER)?;
    signed_data.expect(SET)?;
    let mut content = signed_data.expect(SEQUENCE)?.reader();
    let content_type = content.expect(OID)?.value;
    let has_content = !content.is_empty();
    let certificates = match signed_data.optional(context(0))? {
        Some(set) => list(&set, CONTAINER_CERTIFICATES)?.iter().map(|element| element.raw).collect(),
        None => Vec::new(),
    };
    let crls = signed_data.optional(context(1))?;
    let signer_infos = list(&signed_data.expect(SET)?, CONTAINER_CERTIFICATES)?;
    (signed_data.is_empty() && info.is_empty()).then_some(())?;
    Some(Parts { version, content_type, has_content, certificates, crls, signer_infos, trailing: outer.rest() })
}

fn list<'a>(outer: &Element<'a>, most: usize) -> Option<Vec<Element<'a>>> {
    let mut reader = outer.reader();
    let mut found = Vec::new();
    while !reader.is_empty() {
        (found.len() < most).then_some(())?;
        found.push(reader.element()?);
    }
    Some(found)
}

fn check_attributes(attributes: &[Attribute<'_>], expected: &Expected<'_>) -> Result<()> {
    let Some(digest) = value(attributes, oid::MESSAGE_DIGEST, OCTET_STRING) else {
        return Err(Code::ContainerSignedAttributes.because("the container has no message-digest attribute with one value"));
    };
    if digest.value != expected.message_digest {
        return Err(Code::ContainerMessageDigest.into());
    }
    if value(attributes, oid::CONTENT_TYPE, OID).is_none_or(|content_type| content_type.value != oid::ID_DATA) {
        return Err(Code::ContainerSignedAttributes.because("the content-type attribute of the container is not id-data"));
    }
    match expected.pades && attributes.iter().any(|attribute| attribute.oid == oid::SIGNING_TIME) {
        true => Err(Code::ContainerSigningTime.into()),
        false => Ok(()),
    }
}

/// signing-certificate or signing-certificate-v2, which must name the signer (RFC 5035, 5.4 and 3).
///
/// ```asn1
/// SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, … }
/// ESSCertID          ::= SEQUENCE { certHash OCTET STRING, issuerSerial IssuerSerial OPTIONAL }
/// ```
/// The first names the signer. SHA-1 in the old one is broken as a digest, but still tells certificates apart.
fn check_signing_certificate(attributes: &[Attribute<'_>], certificate: &Certificate, pades: bool) -> Result<()> {
    let old = attributes.iter().find(|attribute| attribute.oid == oid::SIGNING_CERTIFICATE);
    let new = attributes.iter().find(|attribute| attribute.oid == oid::SIGNING_CERTIFICATE_V2);
    if pades && old.is_none() && new.is_none() {
        return Err(Code::ContainerSigningCertificate
            .because("the container has no signing-certificate attribute, which PAdES requires (EN 319 142-1, 6.3)"));
    }
    let names = |attribute: &Attribute<'_>, is_new: bool| -> Option<bool> {
        let mut certificates = der::only(attribute.values.value, SEQUENCE)?.reader().expect(SEQUENCE)?.reader();
        let mut first = certificates.expect(SEQUENCE)?.reader();
        let digest = match first.optional(SEQUENCE)? {
            Some(identifier) if is_new => certificate.digest(DigestAlgorithm::from_identifier(&identifier)?),
            Some(_) => return None,
            None if is_new => certificate.digest(DigestAlgorithm::Sha256),
            None => certificate.sha1(),
        };
        Some(first.expect(OCTET_STRING)?.value == digest)
    };
    let fits = old.is_none_or(|old| names(old, false) == Some(true)) && new.is_none_or(|new| names(new, true) == Some(true));
    match fits {
        true => Ok(()),
        false => Err(Code::ContainerSigningCertificate
            .because("the signing-certificate attribute of the container names another certificate than that of its signer")),
    }
}

/// The container as DER. Values of unsigned attributes, such as timestamp tokens, are copied as they stand.
fn write(parts: &Parts<'_>, signer: &SignerInfo<'_>) -> Option<Vec<u8>> {
    let unsigned = match signer.unsigned_attributes {
        // [1] { Attribute { type, SET { value } } }
        Some(attributes) => attributes.to_der(3)?,
        None => Vec::new(),
    };
    let signed = signer.signed_attributes.map(|contents| der::element(context(0), &[contents])).unwrap_or_default();
    let signature = der::element(OCTET_STRING, &[&signer.signature]);
    let info = der::element(
        SEQUENCE,
        &[
            &signer.version.to_der(1)?,
            &signer.sid.to_der(8)?,
            &signer.digest_identifier,
            &signed,
            &signer.signature_algorithm,
            &signature,
            &unsigned,
        ],
    );
    let crls = parts.crls.map(|crls| crls.to_der(1)).unwrap_or(Some(Vec::new()))?;
    Some(content_info(&parts.version.to_der(1)?, &signer.digest_identifier, &mut parts.certificates.clone(), &crls, &info))
}

/// What bytes are that are no container.
fn look(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "the container has no bytes".into();
    }
    if let Some(text) = pem::text(bytes) {
        return format!("the container is {} where bytes are wanted", text.as_str());
    }
    if Certificate::from_der(bytes).is_some() {
        return "this is a certificate, not a container".into();
    }
    let Some(outer) = ber::Reader::new(bytes).expect(SEQUENCE) else {
        return "the container is no DER or BER, or is cut off (a raw signature is completed otherwise)".into();
    };
    let mut reader = outer.reader();
    match reader.element() {
        Some(first) if first.tag == OID && first.value != oid::ID_SIGNED_DATA => {
            format!("the container is a ContentInfo of the type {} and not SignedData", oid::dotted(first.value))
        }
        Some(first) if first.tag == OID => "the SignedData of the container cannot be read".into(),
        Some(first) if first.tag == INTEGER && reader.peek() == Some(SET) => {
            "the container is a SignedData without the ContentInfo around it".into()
        }
        Some(first) if first.tag == INTEGER && reader.peek() == Some(INTEGER) => "this is a raw ECDSA signature, not a container".into(),
        _ => "the container is no CMS SignedData".into(),
    }
}
