//! The integrity code of an encrypted document: a token of AuthenticatedData. ISO/TS 32004; RFC 5652, 9.

use aes_kw::{KeyInit as _, KwAes256};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{ID_AES_256_WRAP, ID_CONTENT_TYPE, ID_CT_AUTH_DATA, ID_MESSAGE_DIGEST};
use der::asn1::{OctetStringRef, SetOfVec};
use der::{Any, AnyRef, Decode, Encode, Tag, TagNumber, Tagged};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use spki::AlgorithmIdentifierOwned;

use super::container::{ID_AA_CMS_ALGORITHM_PROTECTION, find, value};
use super::mac_digest::MacDigest;
use super::signed_attributes::attribute;
use super::signed_data::SignedData;
use super::signer_info::SignerInfo;
use crate::ber;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::x509::Elements;

/// id-pdfMacIntegrityInfo, id-pdfMacWrapKdf and id-pdfMacData. ISO/TS 32004.
const PDF_MAC_INTEGRITY_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.32004.1.0");
const PDF_MAC_WRAP_KDF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.32004.1.1");
pub(super) const PDF_MAC_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.32004.1.2");
/// id-hmacWithSHA256. RFC 8018, B.1.2.
const HMAC_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");

/// What a key gains by being wrapped, in bytes. RFC 3394, 2.2.1.
const WRAPPING: usize = 8;
/// The longest wrapped key that is read, in bytes.
const LONGEST_KEY: usize = 64;

/// Keys of an integrity code. They are never printed or saved.
#[derive(Clone)]
pub(crate) struct MacKeys {
    /// The key that wraps the other, from the file encryption key.
    pub(crate) wrapping: [u8; 32],
    /// The key of the code.
    pub(crate) mac: [u8; 32],
}

impl MacKeys {
    /// Keys whose code depends on `secret` and on the file encryption key: without both it cannot be forged.
    pub(crate) fn new(wrapping: [u8; 32], secret: &[u8]) -> MacKeys {
        MacKeys { wrapping, mac: mac(&wrapping, &[b"rustpdf MAC", secret]).finalize().into_bytes().into() }
    }

    /// Keys for the size of a token.
    pub(super) fn of_same_length() -> MacKeys {
        MacKeys { wrapping: [0; 32], mac: [0; 32] }
    }
}

/// ```asn1
/// ContentInfo       ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
/// AuthenticatedData ::= SEQUENCE {
///     version              INTEGER (0),
///     recipientInfos       SET OF RecipientInfo,
///     macAlgorithm         AlgorithmIdentifier,
///     digestAlgorithm  [1] IMPLICIT AlgorithmIdentifier OPTIONAL,
///     encapContentInfo     SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     authAttrs        [2] IMPLICIT SET OF Attribute OPTIONAL,
///     mac                  OCTET STRING }
/// RecipientInfo     ::= CHOICE { pwri [3] IMPLICIT SEQUENCE {
///     version                    INTEGER (0),
///     keyDerivationAlgorithm [0] IMPLICIT AlgorithmIdentifier OPTIONAL,
///     keyEncryptionAlgorithm     AlgorithmIdentifier,
///     encryptedKey               OCTET STRING } }
/// PdfMacIntegrityInfo ::= SEQUENCE {
///     version             INTEGER (0),
///     dataDigest          OCTET STRING,
///     signatureDigest [0] IMPLICIT OCTET STRING OPTIONAL }
/// ```
/// RFC 5652, 3, 9.1 and 6.2.4; ISO/TS 32004. A token of ISO/TS 32004 has one recipient and no unauthenticated attributes.
///
/// The token over the digest of `/ByteRange` and that of the signature value, which `algorithm` made.
pub(super) fn write(keys: &MacKeys, algorithm: DigestAlgorithm, data_digest: &[u8], signature_digest: &[u8]) -> der::Result<Vec<u8>> {
    const ZERO: &[u8] = &[2, 1, 0];
    let context = |number| Tag::ContextSpecific { constructed: true, number: TagNumber(number) };
    let signature_tag = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };
    let algorithm_identifier = |oid| AlgorithmIdentifierOwned { oid, parameters: None }.to_der();
    let (hmac_id, digest_id) = (algorithm_identifier(HMAC_WITH_SHA_256)?, algorithm.identifier().to_der()?);
    let contents = |identifier: &[u8]| AnyRef::from_der(identifier).map(|identifier| identifier.value().to_vec());

    let mut wrapped = [0; 32 + WRAPPING];
    KwAes256::new(&keys.wrapping.into()).wrap_key(&keys.mac, &mut wrapped).map_err(|_| Tag::OctetString.value_error())?;
    let recipient = element(
        context(3),
        &[
            ZERO,
            &element(context(0), &[&PDF_MAC_WRAP_KDF.to_der()?])?,
            &algorithm_identifier(ID_AES_256_WRAP)?,
            &element(Tag::OctetString, &[&wrapped])?,
        ],
    )?;
    let info = element(Tag::Sequence, &[ZERO, &element(Tag::OctetString, &[data_digest])?, &element(signature_tag, &[signature_digest])?])?;
    let protection = element(Tag::Sequence, &[&digest_id, &element(context(2), &[&contents(&hmac_id)?])?])?;
    let attributes = SetOfVec::try_from([
        attribute(ID_CONTENT_TYPE, &PDF_MAC_INTEGRITY_INFO)?,
        attribute(ID_MESSAGE_DIGEST, &OctetStringRef::new(&algorithm.digest(&[&info]))?)?,
        attribute(ID_AA_CMS_ALGORITHM_PROTECTION, &AnyRef::from_der(&protection)?)?,
    ])?
    .to_der()?;
    // What is authenticated has the tag of SET OF (RFC 5652, 9.2).
    let code = mac(&keys.mac, &[&attributes]).finalize().into_bytes();
    let content = [PDF_MAC_INTEGRITY_INFO.to_der()?, element(context(0), &[&element(Tag::OctetString, &[&info])?])?];
    let data = element(
        Tag::Sequence,
        &[
            ZERO,
            &element(Tag::Set, &[&recipient])?,
            &hmac_id,
            &element(context(1), &[&contents(&digest_id)?])?,
            &element(Tag::Sequence, &[&content[0], &content[1]])?,
            &element(context(2), &[&contents(&attributes)?])?,
            &element(Tag::OctetString, &[&code])?,
        ],
    )?;
    element(Tag::Sequence, &[&ID_CT_AUTH_DATA.to_der()?, &element(context(0), &[&data])?])
}

/// The DER of an element with the contents `parts`.
pub(super) fn element(tag: Tag, parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    Any::new(tag, parts.concat())?.to_der()
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    // A key shorter than a block is filled up with zeros (RFC 2104, 2).
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    parts.iter().fold(Hmac::<Sha256>::new(&block.into()), |mac, part| mac.chain_update(part))
}

/// A token that the key of the document authenticates.
pub(crate) struct MacToken {
    pub(crate) digest_algorithm: MacDigest,
    data_digest: Vec<u8>,
}

/// A token as it was parsed.
struct Parts<'a> {
    key_derivation: AlgorithmIdentifierOwned,
    key_encryption: AlgorithmIdentifierOwned,
    wrapped: &'a [u8],
    mac_algorithm: AlgorithmIdentifierOwned,
    digest_algorithm: AlgorithmIdentifierOwned,
    content_type: ObjectIdentifier,
    info: &'a [u8],
    /// With the tag of SET OF.
    attributes: Vec<u8>,
    mac: &'a [u8],
}

impl MacToken {
    /// Opens the token of a document, or the one in the container of its last signature.
    ///
    /// Errors: `ERR_MAC_INVALID`, `ERR_MAC_ALGORITHM`.
    pub(crate) fn open(bytes: &[u8], is_attached: bool, wrapping: &[u8; 32]) -> Result<MacToken> {
        if !is_attached {
            return MacToken::authenticate(bytes, None, wrapping);
        }
        let (der, filler) = ber::to_der(bytes).ok_or_else(unreadable)?;
        if filler.iter().any(|byte| *byte != 0) {
            return Err(unreadable());
        }
        let data = SignedData::parse(&der).ok_or_else(unreadable)?;
        let mut signers = data.signer_infos();
        let (Some(Some(signer)), None) = (signers.next(), signers.next()) else { return Err(unreadable()) };
        let tokens = signer.unsigned(PDF_MAC_DATA);
        let [token] = tokens.as_slice() else {
            return Err(invalid("the last signature does not contain the integrity code that /AuthCode promises"));
        };
        MacToken::authenticate(token, Some(signer.signature.as_bytes()), wrapping)
    }

    fn authenticate(token: &[u8], signature: Option<&[u8]>, wrapping: &[u8; 32]) -> Result<MacToken> {
        let parts = Parts::parse(token).ok_or_else(unreadable)?;
        let expected = [
            (&parts.key_derivation, PDF_MAC_WRAP_KDF),
            (&parts.key_encryption, ID_AES_256_WRAP),
            (&parts.mac_algorithm, HMAC_WITH_SHA_256),
        ];
        if let Some((other, _)) = expected.iter().find(|(found, expected)| found.oid != *expected) {
            return Err(unknown(other));
        }
        let digest_algorithm = MacDigest::from_identifier(&parts.digest_algorithm);
        let digest_algorithm = digest_algorithm.ok_or_else(|| unknown(&parts.digest_algorithm))?;

        let mut key = [0; LONGEST_KEY];
        let key = KwAes256::new(&(*wrapping).into()).unwrap_key(parts.wrapped, &mut key);
        let key = key.map_err(|_| invalid("the key of the integrity code was not wrapped by the key of the document"))?;
        let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Code::Internal)?.chain_update(&parts.attributes);
        mac.verify_slice(parts.mac).map_err(|_| Error::from(Code::MacInvalid))?;

        parts.check_attributes(digest_algorithm)?;
        let (data_digest, signature_digest) = parts.digests().ok_or_else(unreadable)?;
        if signature_digest.map(<[u8]>::to_vec) != signature.map(|signature| digest_algorithm.digest(signature)) {
            return Err(invalid("the integrity code was made for another signature"));
        }
        Ok(MacToken { digest_algorithm, data_digest: data_digest.to_vec() })
    }

    /// Checks the digest of what `/ByteRange` covers. Errors: `ERR_MAC_INVALID`.
    pub(crate) fn check(&self, data_digest: &[u8]) -> Result<()> {
        match self.data_digest == data_digest {
            true => Ok(()),
            false => Err(Code::MacInvalid.into()),
        }
    }
}

impl<'a> Parts<'a> {
    /// `None` where the bytes are not a token of ISO/TS 32004.
    fn parse(token: &'a [u8]) -> Option<Self> {
        let sequence = |element: AnyRef<'a>| Elements::within(element, Tag::Sequence);
        // An IMPLICIT tag stands in place of that of a SEQUENCE.
        let algorithm =
            |element: AnyRef<'a>| AnyRef::new(Tag::Sequence, element.value()).ok()?.decode_as::<AlgorithmIdentifierOwned>().ok();
        let mut info = sequence(AnyRef::from_der(token).ok()?)?;
        (info.expect(Tag::ObjectIdentifier)?.decode_as::<ObjectIdentifier>().ok()? == ID_CT_AUTH_DATA).then_some(())?;
        let mut data = sequence(Elements::of(info.tagged(0)?.value())?.next()?)?;
        is_zero(data.next()?)?;
        let mut recipients = Elements::within(data.next()?, Tag::Set)?;
        let mut recipient = Elements::of(recipients.tagged(3)?.value())?;
        recipients.is_finished().then_some(())?;
        is_zero(recipient.next()?)?;
        let key_derivation = algorithm(recipient.tagged(0)?)?;
        let key_encryption = algorithm(recipient.expect(Tag::Sequence)?)?;
        let wrapped = recipient.expect(Tag::OctetString)?.value();
        let mac_algorithm = algorithm(data.expect(Tag::Sequence)?)?;
        let digest_algorithm = algorithm(data.tagged(1)?)?;
        let mut content = sequence(data.next()?)?;
        let content_type = content.expect(Tag::ObjectIdentifier)?.decode_as().ok()?;
        let info = Elements::of(content.tagged(0)?.value())?.expect(Tag::OctetString)?.value();
        let attributes = element(Tag::Set, &[data.tagged(2)?.value()]).ok()?;
        let mac = data.expect(Tag::OctetString)?.value();
        data.is_finished().then_some(())?;
        Some(Parts { key_derivation, key_encryption, wrapped, mac_algorithm, digest_algorithm, content_type, info, attributes, mac })
    }

    /// content-type and message-digest, which must be there, and cms-algorithm-protection (RFC 6211).
    fn check_attributes(&self, digest_algorithm: MacDigest) -> Result<()> {
        let wrong = || invalid("the authenticated attributes of the integrity code contradict the rest of it");
        let attributes = SignerInfo::attributes(&self.attributes).map_err(|_| wrong())?;
        let content_type = value(&attributes, ID_CONTENT_TYPE).and_then(|value| value.decode_as().ok());
        let digest = value(&attributes, ID_MESSAGE_DIGEST).and_then(|value| value.decode_as::<&OctetStringRef>().ok());
        let fits = content_type == Some(PDF_MAC_INTEGRITY_INFO)
            && self.content_type == PDF_MAC_INTEGRITY_INFO
            && digest.is_some_and(|digest| digest.as_bytes() == digest_algorithm.digest(self.info))
            && find(&attributes, ID_AA_CMS_ALGORITHM_PROTECTION)
                .is_none_or(|protection| protection.value().and_then(protected) == Some((Some(digest_algorithm), self.mac_algorithm.oid)));
        match fits {
            true => Ok(()),
            false => Err(wrong()),
        }
    }

    /// dataDigest and signatureDigest of PdfMacIntegrityInfo.
    fn digests(&self) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        let mut info = Elements::within(AnyRef::from_der(self.info).ok()?, Tag::Sequence)?;
        is_zero(info.next()?)?;
        let data = info.expect(Tag::OctetString)?.value();
        let signature = info.tagged(0).map(|signature| signature.value());
        info.is_finished().then_some((data, signature))
    }
}

/// Digest and MAC algorithm of CMSAlgorithmProtection (RFC 6211, 2).
fn protected(value: AnyRef<'_>) -> Option<(Option<MacDigest>, ObjectIdentifier)> {
    let mut protection = Elements::within(value, Tag::Sequence)?;
    let digest = protection.expect(Tag::Sequence)?.decode_as().ok()?;
    let mac = Elements::of(protection.tagged(2)?.value())?.expect(Tag::ObjectIdentifier)?.decode_as().ok()?;
    Some((MacDigest::from_identifier(&digest), mac))
}

fn is_zero(element: AnyRef<'_>) -> Option<()> {
    (element.tag() == Tag::Integer && element.value() == [0]).then_some(())
}

fn unreadable() -> Error {
    invalid("the integrity code of the document (ISO/TS 32004) cannot be read")
}

fn invalid(found: &str) -> Error {
    Code::MacInvalid.because(found)
}

fn unknown(algorithm: &AlgorithmIdentifierOwned) -> Error {
    Code::MacAlgorithm.because(format!("the integrity code of the document (ISO/TS 32004) was made by {}", algorithm.oid))
}
