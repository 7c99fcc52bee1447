//! A container from elsewhere (RFC 5652), checked as strictly as one of our own, and written as DER.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{
    ID_AA_SIGNING_CERTIFICATE, ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME,
};
use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Sequence, Tag, Tagged};
use spki::AlgorithmIdentifierOwned;

use super::ber;
use super::ess::{SigningCertificate, SigningCertificateV2};
use super::signed_data::SignedData;
use super::signer_info::{Attribute, SignerInfo};
use crate::crypto::Scheme;
use crate::crypto::SignatureAlgorithm;
use crate::crypto::verify::verify;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::limits::FOREIGN_CONTAINER;
use crate::x509::Certificate;
use crate::x509::pem;

/// cms-algorithm-protection. RFC 6211, 2.
const ID_AA_CMS_ALGORITHM_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

/// ```asn1
/// CMSAlgorithmProtection ::= SEQUENCE {
///     digestAlgorithm         DigestAlgorithmIdentifier,
///     signatureAlgorithm  [1] IMPLICIT SignatureAlgorithmIdentifier OPTIONAL,
///     macAlgorithm        [2] IMPLICIT MessageAuthenticationCodeAlgorithm OPTIONAL }
/// ```
/// RFC 6211, 2. A signature has no macAlgorithm.
#[derive(Sequence)]
struct AlgorithmProtection {
    digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    signature_algorithm: Option<AlgorithmIdentifierOwned>,
}

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
    /// Whether the signer is named by a key identifier, which RFC 5652 allows and several readers do not take.
    pub(crate) by_key_identifier: bool,
}

/// Checks a container, and writes its outer layers as DER; certificates and attributes are copied as they stand.
///
/// Errors, the most telling one: those that begin with `ERR_CONTAINER_` (all but `ERR_CONTAINER_TOO_LARGE`), `ERR_CERTIFICATE_KEY`, `ERR_LIMIT`.
pub(crate) fn check_container(bytes: &[u8], expected: &Expected<'_>) -> Result<Checked> {
    if bytes.len() > FOREIGN_CONTAINER {
        return Err(Code::Limit.because(format!("the container has {} bytes, and at the most {FOREIGN_CONTAINER} are read", bytes.len())));
    }
    let unreadable = || Code::ContainerFormat.because(describe_unrecognized(bytes));
    let (der, trailing) = ber::to_der(bytes).ok_or_else(unreadable)?;
    let data = SignedData::parse(&der).ok_or_else(unreadable)?;
    // Zeros fill the reserved space of /Contents, and are not a part of the container.
    if trailing.iter().any(|octet| *octet != 0) {
        return Err(Code::ContainerFormat.because(format!("{} bytes follow the container", trailing.len())));
    }
    let content = &data.encap_content_info;
    if content.econtent.is_some() {
        return Err(Code::ContainerContent.into());
    }
    if content.econtent_type != ID_DATA {
        return Err(Code::ContainerContent
            .because(format!("the content of the container is of the type {} and not id-data", content.econtent_type)));
    }
    let count = data.signer_infos().len();
    if count != 1 {
        return Err(Code::ContainerSigners.because(format!("the container has {count} signers")));
    }
    let signer = data.signer_infos().next().flatten();
    let signer = signer.ok_or_else(|| Code::ContainerFormat.because("the SignerInfo of the container cannot be read"))?;
    if !data.crls_are_known() {
        return Err(Code::ContainerFormat.because("the container has revocation information that is neither a CRL nor an OCSP response"));
    }
    let signature_algorithm = check_signer(&signer, &data.certificates(), expected)?;
    let by_key_identifier = signer.is_by_key_identifier();
    let der = data.normalized(signer.digest_algorithm).and_then(|data| data.write());
    let der = der.map_err(|_| Code::ContainerFormat.because("a part of the container cannot be written"))?;
    Ok(Checked { der, signature_algorithm, by_key_identifier })
}

/// Checks what the signer signed, and how.
fn check_signer(signer: &SignerInfo, certificates: &[Certificate], expected: &Expected<'_>) -> Result<SignatureAlgorithm> {
    let digest = signer.digest();
    if digest != Some(expected.digest_algorithm) {
        let found = digest.map_or("another digest algorithm", DigestAlgorithm::as_str);
        let text = format!("the container uses {found} and the session {}", expected.digest_algorithm.as_str());
        return Err(Code::ContainerDigestAlgorithm.because(text));
    }
    let signed = signer.signed()?;
    let attributes = SignerInfo::attributes(&signed)?;
    check_attributes(&attributes, expected)?;
    check_algorithm_protection(&attributes, signer)?;
    let mut named = certificates.iter().filter(|certificate| signer.is_by(certificate));
    let certificate = named.next();
    let certificate =
        certificate.ok_or_else(|| Code::ContainerSignerCertificate.because("the container does not hold the certificate of its signer"))?;
    if named.any(|other| other.der() != certificate.der()) {
        return Err(Code::ContainerSignerCertificate.because("the container has two certificates that its signer may be named by"));
    }
    if expected.certificate.is_some_and(|wanted| wanted.der() != certificate.der()) {
        return Err(
            Code::ContainerSignerCertificate.because("the signer of the container is not the certificate that the session was begun with")
        );
    }
    check_signing_certificate(&attributes, certificate, expected.pades)?;

    let scheme = scheme(signer, certificate, expected.digest_algorithm)?;
    let signature = signer.signature.as_bytes();
    let value = verify(certificate.key()?, &scheme, &signed, signature)
        .map_err(|refusal| Code::ContainerSignature.because(refusal.found.replace("`data`", "the signed attributes")))?;
    if value != signature {
        return Err(Code::ContainerSignature
            .because("the ECDSA signature in the container is r and s one after the other, where CMS wants DER (RFC 5753, 7.2)"));
    }
    Ok(scheme.signature)
}

/// The scheme that the container names, where it is one that is known and fits.
fn scheme(signer: &SignerInfo, certificate: &Certificate, digest: DigestAlgorithm) -> Result<Scheme> {
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

fn check_attributes(attributes: &[Attribute<'_>], expected: &Expected<'_>) -> Result<()> {
    let digest = value(attributes, ID_MESSAGE_DIGEST).and_then(|value| value.decode_as::<&OctetStringRef>().ok());
    let Some(digest) = digest else {
        return Err(Code::ContainerSignedAttributes.because("the container has no message-digest attribute with one value"));
    };
    if digest.as_bytes() != expected.message_digest {
        return Err(Code::ContainerMessageDigest.into());
    }
    let content_type = value(attributes, ID_CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    if content_type != Some(ID_DATA) {
        return Err(Code::ContainerSignedAttributes.because("the content-type attribute of the container is not id-data"));
    }
    match expected.pades && find(attributes, ID_SIGNING_TIME).is_some() {
        true => Err(Code::ContainerSigningTime.into()),
        false => Ok(()),
    }
}

/// cms-algorithm-protection (RFC 6211): where it is there, it must name the algorithms of the SignerInfo.
fn check_algorithm_protection(attributes: &[Attribute<'_>], signer: &SignerInfo) -> Result<()> {
    let Some(attribute) = find(attributes, ID_AA_CMS_ALGORITHM_PROTECTION) else { return Ok(()) };
    let protection = attribute.value().and_then(|value| value.decode_as::<AlgorithmProtection>().ok());
    // An absent parameter and NULL mean the same for a digest algorithm (RFC 5754, 2).
    let fits = protection.is_some_and(|protection| {
        DigestAlgorithm::from_identifier(&protection.digest_algorithm).is_some_and(|found| Some(found) == signer.digest())
            && protection.signature_algorithm.as_ref() == Some(&signer.signature_algorithm)
    });
    match fits {
        true => Ok(()),
        false => Err(Code::ContainerSignedAttributes
            .because("the cms-algorithm-protection attribute of the container names other algorithms than its SignerInfo (RFC 6211, 3)")),
    }
}

/// signing-certificate or signing-certificate-v2, which must name the signer (RFC 5035, 5.4 and 3).
fn check_signing_certificate(attributes: &[Attribute<'_>], certificate: &Certificate, pades: bool) -> Result<()> {
    let old = find(attributes, ID_AA_SIGNING_CERTIFICATE);
    let new = find(attributes, ID_AA_SIGNING_CERTIFICATE_V_2);
    if pades && old.is_none() && new.is_none() {
        return Err(Code::ContainerSigningCertificate
            .because("the container has no signing-certificate attribute, which PAdES requires (EN 319 142-1, 6.3)"));
    }
    let old_fits = |old: Attribute<'_>| {
        old.value().and_then(|value| value.decode_as::<SigningCertificate>().ok()).is_some_and(|old| old.is_of(certificate))
    };
    let new_fits = |new: Attribute<'_>| {
        new.value().and_then(|value| value.decode_as::<SigningCertificateV2>().ok()).is_some_and(|new| new.is_of(certificate))
    };
    match old.is_none_or(old_fits) && new.is_none_or(new_fits) {
        true => Ok(()),
        false => Err(Code::ContainerSigningCertificate
            .because("the signing-certificate attribute of the container names another certificate than that of its signer")),
    }
}

/// The attribute of this type.
fn find<'a>(attributes: &[Attribute<'a>], oid: ObjectIdentifier) -> Option<Attribute<'a>> {
    attributes.iter().find(|attribute| attribute.oid == oid).copied()
}

/// The one value of the attribute of this type. `None` where it is missing, or has several.
fn value<'a>(attributes: &[Attribute<'a>], oid: ObjectIdentifier) -> Option<AnyRef<'a>> {
    find(attributes, oid)?.value()
}

/// Description of bytes that are not a container.
fn describe_unrecognized(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "the container has no bytes".into();
    }
    if let Some(text) = pem::text(bytes) {
        return format!("the container is {} where bytes are wanted", text.as_str());
    }
    if Certificate::from_der(bytes).is_some() {
        return "this is a certificate, not a container".into();
    }
    let der = ber::to_der(bytes).map(|(der, _)| der).unwrap_or_default();
    let Ok(parts) = Vec::<AnyRef<'_>>::from_der(&der) else {
        return "the container is no DER or BER, or is cut off (a raw signature is completed otherwise)".into();
    };
    let tags: Vec<Tag> = parts.iter().take(2).map(Tagged::tag).collect();
    match parts.first().and_then(|first| first.decode_as::<ObjectIdentifier>().ok()) {
        Some(ID_SIGNED_DATA) => return "the SignedData of the container cannot be read".into(),
        Some(oid) => return format!("the container is a ContentInfo of the type {oid} and not SignedData"),
        None => {}
    }
    match tags.as_slice() {
        [Tag::Integer, Tag::Set] => "the container is a SignedData without the ContentInfo around it".into(),
        [Tag::Integer, Tag::Integer] => "this is a raw ECDSA signature, not a container".into(),
        _ => "the container is no CMS SignedData".into(),
    }
}
