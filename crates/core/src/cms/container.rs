//! A container from elsewhere (RFC 5652), checked as strictly as one of our own, and written as DER.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc3161::ID_CT_TST_INFO;
use const_oid::db::rfc5911::{
    ID_AA_SIGNING_CERTIFICATE, ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME,
};
use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Sequence, Tag, Tagged};
use spki::AlgorithmIdentifierOwned;

use super::ess::{SigningCertificate, SigningCertificateV2};
use super::signed_data::SignedData;
use super::signer_info::{Attribute, SignerInfo};
use crate::ber;
use crate::crypto::Scheme;
use crate::crypto::SignatureAlgorithm;
use crate::crypto::verify::verify;
use crate::digest::{DigestAlgorithm, unsupported_name};
use crate::error::{Code, Error, Result};
use crate::limits::FOREIGN_CONTAINER;
use crate::x509::Certificate;
use crate::x509::name::common_name;
use crate::x509::pem;

/// cms-algorithm-protection. RFC 6211, 2.
pub(super) const ID_AA_CMS_ALGORITHM_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

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
        return Err(Code::Limit
            .because(format!("the container has {} bytes, and at the most {FOREIGN_CONTAINER} are read", bytes.len()))
            .with_remedy("have the signing service leave revocation data and needless certificates out of it"));
    }
    let unreadable = || unrecognized(bytes);
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
    let certificates = data.certificates();
    let (signature_algorithm, certificate) = check_signer(&signer, &certificates, expected, ID_DATA)?;
    let by_key_identifier = signer.is_by_key_identifier();
    let der = data.normalized(signer, certificate).and_then(|data| data.write());
    let der = der.map_err(|_| Code::ContainerFormat.because("a part of the container cannot be written"))?;
    Ok(Checked { der, signature_algorithm, by_key_identifier })
}

/// Checks what the signer signed, and how. Returns the certificate that the signer is named by. `content_type`: id-data, or id-ct-TSTInfo
/// of a timestamp.
pub(super) fn check_signer<'c>(
    signer: &SignerInfo,
    certificates: &'c [Certificate],
    expected: &Expected<'_>,
    content_type: ObjectIdentifier,
) -> Result<(SignatureAlgorithm, &'c Certificate)> {
    let wanted = expected.digest_algorithm.as_str();
    match signer.digest() {
        Some(digest) if digest == expected.digest_algorithm => {}
        Some(digest) => {
            return Err(Code::ContainerDigestAlgorithm.because(format!("the container uses {} and the session {wanted}", digest.as_str())));
        }
        None => {
            let found = unsupported_name(signer.digest_algorithm.oid);
            return Err(Code::ContainerDigestAlgorithm
                .because(format!("the container uses {found}, which is not supported, and the session {wanted}"))
                .with_remedy(format!("have the signing service use {wanted}")));
        }
    }
    let signed = signer.signed()?;
    let attributes = SignerInfo::attributes(&signed)?;
    check_attributes(&attributes, expected, content_type)?;
    check_algorithm_protection(&attributes, signer)?;
    let mut named = certificates.iter().filter(|certificate| signer.is_by(certificate));
    let certificate = named.next();
    let certificate = certificate.ok_or_else(|| {
        Code::ContainerSignerCertificate
            .because("the container does not hold the certificate of its signer")
            .with_remedy("have the signing service put the signer's certificate into the container")
    })?;
    if named.any(|other| other.der() != certificate.der()) {
        return Err(Code::ContainerSignerCertificate.because("the container has two certificates that its signer may be named by"));
    }
    if let Some(wanted) = expected.certificate.filter(|wanted| wanted.der() != certificate.der()) {
        let (found, wanted) = (common_name(certificate.subject()), common_name(wanted.subject()));
        let found = format!(
            "the certificate of the container's signer is that of `{found}`, not the one of `{wanted}` that the session was begun with"
        );
        return Err(Code::ContainerSignerCertificate
            .because(found)
            .with_remedy("begin the session with the certificate that the signing service uses, or without one"));
    }
    let required = match content_type {
        ID_CT_TST_INFO => Some("RFC 3161, 2.4.2 requires"),
        _ => expected.pades.then_some("PAdES requires (EN 319 142-1, 6.3)"),
    };
    check_signing_certificate(&attributes, certificate, certificates, required)?;

    let scheme = scheme(signer, certificate, expected.digest_algorithm)?;
    let signature = signer.signature.as_bytes();
    let value = verify(certificate.key()?, &scheme, &signed, signature)
        .map_err(|refusal| Code::ContainerSignature.because(refusal.found.replace("`data`", "the signed attributes")))?;
    if value != signature {
        return Err(Code::ContainerSignature
            .because("the ECDSA signature in the container is r and s one after the other, where CMS wants DER (RFC 5753, 7.2)"));
    }
    Ok((scheme.signature, certificate))
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

fn check_attributes(attributes: &[Attribute<'_>], expected: &Expected<'_>, content_type: ObjectIdentifier) -> Result<()> {
    let digest = value(attributes, ID_MESSAGE_DIGEST).and_then(|value| value.decode_as::<&OctetStringRef>().ok());
    let Some(digest) = digest else {
        return Err(Code::ContainerSignedAttributes.because("the container has no message-digest attribute with one value"));
    };
    let digest = digest.as_bytes();
    if digest != expected.message_digest {
        let algorithm = expected.digest_algorithm;
        return Err(match algorithm.digested_again(expected.message_digest, |again| again == digest) {
            Some(word) => Code::ContainerMessageDigest
                .because(format!("`hash` of the session {word} before the container was made"))
                .with_remedy("hand `hash` to the signing service as the digest of the content, not as the content"),
            None if digest == algorithm.digest(&[]) => Code::ContainerMessageDigest
                .because("the container was made for empty content")
                .with_remedy("hand `hash` to the signing service as the digest of the content"),
            None => Code::ContainerMessageDigest.into(),
        });
    }
    let found = value(attributes, ID_CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    if found != Some(content_type) {
        let name = if content_type == ID_DATA { "id-data" } else { "that of its content" };
        return Err(Code::ContainerSignedAttributes.because(format!("the content-type attribute of the container is not {name}")));
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
fn check_signing_certificate(
    attributes: &[Attribute<'_>],
    certificate: &Certificate,
    certificates: &[Certificate],
    required: Option<&str>,
) -> Result<()> {
    let old = find(attributes, ID_AA_SIGNING_CERTIFICATE);
    let new = find(attributes, ID_AA_SIGNING_CERTIFICATE_V_2);
    if let Some(required) = required.filter(|_| old.is_none() && new.is_none()) {
        return Err(
            Code::ContainerSigningCertificate.because(format!("the container has no signing-certificate attribute, which {required}"))
        );
    }
    if let Some(old) = old {
        let named = old.value().and_then(|value| value.decode_as::<SigningCertificate>().ok());
        named_certificate(named.map(|named| move |one: &Certificate| named.is_of(one)), certificate, certificates)?;
    }
    if let Some(new) = new {
        let named = new.value().and_then(|value| value.decode_as::<SigningCertificateV2>().ok());
        named_certificate(named.map(|named| move |one: &Certificate| named.is_of(one)), certificate, certificates)?;
    }
    Ok(())
}

/// Whether the signing-certificate attribute, which is `None` if it cannot be read, names the signer's certificate.
fn named_certificate(
    is_named: Option<impl Fn(&Certificate) -> bool>,
    certificate: &Certificate,
    certificates: &[Certificate],
) -> Result<()> {
    let Some(is_named) = is_named else {
        return Err(Code::ContainerSigningCertificate
            .because("the signing-certificate attribute of the container cannot be read")
            .with_remedy("have the signing service write the attribute as RFC 5035 does"));
    };
    if is_named(certificate) {
        return Ok(());
    }
    let signer = common_name(certificate.subject());
    Err(match certificates.iter().find(|other| is_named(other)) {
        Some(other) => Code::ContainerSigningCertificate
            .because(format!(
                "the signing-certificate attribute of the container names the certificate of `{}`, and the signer's is that of `{signer}`",
                common_name(other.subject())
            ))
            .with_remedy("have the signing service put the digest of the signer's certificate into the attribute, as its first"),
        None => Code::ContainerSigningCertificate
            .because(format!(
                "the signing-certificate attribute of the container has not the digest of the signer's certificate, that of `{signer}`, \
                 nor that of another one in the container"
            ))
            .with_remedy("have the signing service compute the attribute from the certificate that it puts into the container: it may use an older one"),
    })
}

/// The attribute of this type.
pub(super) fn find<'a>(attributes: &[Attribute<'a>], oid: ObjectIdentifier) -> Option<Attribute<'a>> {
    attributes.iter().find(|attribute| attribute.oid == oid).copied()
}

/// The one value of the attribute of this type. `None` where it is missing, or has several.
pub(super) fn value<'a>(attributes: &[Attribute<'a>], oid: ObjectIdentifier) -> Option<AnyRef<'a>> {
    find(attributes, oid)?.value()
}

/// The error for bytes that are not a container.
fn unrecognized(bytes: &[u8]) -> Error {
    let code = Code::ContainerFormat;
    if bytes.is_empty() {
        return code.because("the container has no bytes");
    }
    if let Some(text) = pem::text(bytes) {
        return code.because(format!("the container is {} where bytes are wanted", text.as_str())).with_remedy(text.remedy());
    }
    if Certificate::from_der(bytes).is_some() {
        return code.because("this is a certificate, not a container");
    }
    let der = ber::to_der(bytes).map(|(der, _)| der).unwrap_or_default();
    let Ok(parts) = Vec::<AnyRef<'_>>::from_der(&der) else {
        return code
            .because("the container is no DER or BER, or is cut off")
            .with_remedy("give all of its bytes; a raw signature completes a session that was begun with a certificate");
    };
    let tags: Vec<Tag> = parts.iter().take(2).map(Tagged::tag).collect();
    match parts.first().and_then(|first| first.decode_as::<ObjectIdentifier>().ok()) {
        Some(ID_SIGNED_DATA) => return code.because("the SignedData of the container cannot be read"),
        Some(oid) => return code.because(format!("the container is a ContentInfo of the type {oid} and not SignedData")),
        None => {}
    }
    match tags.as_slice() {
        [Tag::Integer, Tag::Set] => code.because("the container is a SignedData without the ContentInfo around it"),
        [Tag::Integer, Tag::Integer] => code
            .because("this is a raw ECDSA signature, not a container")
            .with_remedy("begin with `certificate`, and complete the session with the raw signature"),
        _ => code.because("the container is no CMS SignedData"),
    }
}
