//! The SignerInfo (RFC 5652, 5.3), made and read.

use std::iter;

use cms::content_info::CmsVersion;
use const_oid::ObjectIdentifier;
use der::asn1::{OctetString, SetOfRef, SetOfVec};
use der::{
    Any, AnyRef, Decode, DecodeValue, Encode, EncodeValue, FixedTag, Header, Length, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged,
    ValueOrd, Writer,
};
use spki::AlgorithmIdentifierOwned;

use super::mac::PDF_MAC_DATA;
use super::signed_attributes::{SignedAttributes, attribute};
use crate::crypto::Scheme;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::limits::ATTRIBUTES;
use crate::x509::name::is_same;
use crate::x509::{Certificate, Elements};

/// ```asn1
/// SignerInfo ::= SEQUENCE {
///     version                INTEGER (1),
///     sid                    SignerIdentifier,
///     digestAlgorithm        AlgorithmIdentifier,
///     signedAttrs        [0] IMPLICIT SET OF Attribute OPTIONAL,
///     signatureAlgorithm     AlgorithmIdentifier,
///     signature              OCTET STRING,
///     unsignedAttrs      [1] IMPLICIT SET OF Attribute OPTIONAL }
/// SignerIdentifier ::= CHOICE { issuerAndSerialNumber IssuerAndSerialNumber, subjectKeyIdentifier [0] OCTET STRING }
/// ```
/// RFC 5652, 5.3. That of the crate `cms` puts names and signed attributes in order; here they stay as issued and as signed.
#[derive(Sequence)]
pub(super) struct SignerInfo {
    version: CmsVersion,
    sid: Any,
    pub(super) digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    signed_attributes: Option<RawSetOf>,
    pub(super) signature_algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: OctetString,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    unsigned_attributes: Option<RawSetOf>,
}

/// ```asn1
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }
/// ```
/// RFC 5652, 5.3. That of `x509-cert` owns each of its values, however many there are.
#[derive(Clone, Copy, Sequence, ValueOrd)]
pub(super) struct Attribute<'a> {
    pub(super) oid: ObjectIdentifier,
    values: AnyRef<'a>,
}

impl<'a> Attribute<'a> {
    fn has_values(&self) -> bool {
        self.values.tag() == Tag::Set && !self.values.value().is_empty()
    }

    /// The one value. `None` where there are several.
    pub(super) fn value(&self) -> Option<AnyRef<'a>> {
        AnyRef::from_der(self.values.value()).ok()
    }
}

/// A SET OF whose contents are kept as they stand, in whatever order.
struct RawSetOf(Vec<u8>);

impl FixedTag for RawSetOf {
    const TAG: Tag = Tag::Set;
}

impl<'a> DecodeValue<'a> for RawSetOf {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_vec(header.length()).map(RawSetOf)
    }
}

impl EncodeValue for RawSetOf {
    fn value_len(&self) -> der::Result<Length> {
        Length::try_from(self.0.len())
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(&self.0)
    }
}

/// ```asn1
/// IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER }
/// ```
/// RFC 5652, 10.2.4. Both are copied from the certificate as they stand.
#[derive(Sequence)]
struct IssuerAndSerialNumber<'a> {
    issuer: AnyRef<'a>,
    serial_number: AnyRef<'a>,
}

impl SignerInfo {
    /// That of a signature value as CMS carries it.
    ///
    /// `token` is the integrity code of the document, where it has one.
    pub(super) fn make(
        certificate: &Certificate,
        scheme: &Scheme,
        attributes: &SignedAttributes,
        signature: &[u8],
        token: Option<&[u8]>,
    ) -> der::Result<Self> {
        let unsigned = |token| SetOfVec::try_from([attribute(PDF_MAC_DATA, &AnyRef::from_der(token)?)?])?.to_der();
        Ok(SignerInfo {
            version: CmsVersion::V1,
            sid: issuer_and_serial_number(certificate)?,
            digest_algorithm: scheme.digest.identifier(),
            signed_attributes: Some(RawSetOf::from_der(attributes.as_bytes())?),
            signature_algorithm: scheme.identifier()?,
            signature: OctetString::new(signature)?,
            unsigned_attributes: token.map(unsigned).transpose()?.map(|set| RawSetOf::from_der(&set)).transpose()?,
        })
    }

    /// Whether the signer is named by this certificate: by the issuer's distinguished name and the serial number (RFC 5652, 10.2.4), and
    /// names are equal as RFC 5280, 7.1 says; or by its key identifier.
    pub(super) fn is_by(&self, certificate: &Certificate) -> bool {
        match self.sid.tag() {
            Tag::Sequence => self.sid.decode_as::<IssuerAndSerialNumber<'_>>().is_ok_and(|named| {
                let issuer = named.issuer.to_der().unwrap_or_default();
                named.serial_number.to_der().as_deref() == Ok(certificate.serial_number()) && is_same(&issuer, certificate.issuer())
            }),
            Tag::ContextSpecific { number: TagNumber(0), .. } => Some(self.sid.value()) == certificate.subject_key(),
            _ => false,
        }
    }

    /// With the issuer's name as the certificate has it, where it is written otherwise: several readers compare bytes. It is not signed.
    pub(super) fn renamed(self, certificate: &Certificate) -> der::Result<Option<Self>> {
        let sid = issuer_and_serial_number(certificate)?;
        Ok((self.sid.tag() == Tag::Sequence && self.sid != sid).then_some(SignerInfo { sid, ..self }))
    }

    /// Whether it names the signer by a key identifier instead of issuer and serial number.
    pub(super) fn is_by_key_identifier(&self) -> bool {
        self.sid.tag() != Tag::Sequence
    }

    /// What was signed, with the tag of SET OF (RFC 5652, 5.4). Errors: `ERR_CONTAINER_SIGNED_ATTRIBUTES`.
    pub(super) fn signed(&self) -> Result<Vec<u8>> {
        let Some(set) = &self.signed_attributes else {
            return Err(Code::ContainerSignedAttributes
                .because("the container has no signed attributes")
                .with_remedy("ask for a container with signed attributes (CAdES)"));
        };
        set.to_der().map_err(|_| Code::ContainerSignedAttributes.into())
    }

    /// The signed attributes: each type once, in the order of DER, since validators digest them as DER (RFC 5652, 5.4).
    ///
    /// Errors: `ERR_CONTAINER_SIGNED_ATTRIBUTES`.
    pub(super) fn attributes<'a>(signed: &'a [u8]) -> Result<Vec<Attribute<'a>>> {
        let set = SetOfRef::<Attribute<'a>>::from_der(signed).ok();
        let set = set.filter(|set| set.iter().take(ATTRIBUTES + 1).count() <= ATTRIBUTES);
        let attributes: Vec<Attribute<'a>> = set.iter().flat_map(SetOfRef::iter).collect();
        if attributes.is_empty() || attributes.iter().any(|attribute| !attribute.has_values()) {
            return Err(Code::ContainerSignedAttributes
                .because("the signed attributes of the container are not in DER, which orders them by their bytes (RFC 5652, 5.3)")
                .with_remedy("have the signing service write and sign them in DER"));
        }
        let repeated =
            attributes.iter().enumerate().any(|(index, one)| attributes.iter().skip(index + 1).any(|other| other.oid == one.oid));
        match repeated {
            true => Err(Code::ContainerSignedAttributes
                .because("the container has a signed attribute twice (RFC 5652, 5.3)")
                .with_remedy("have the signing service write each attribute once")),
            false => Ok(attributes),
        }
    }

    /// The DER of each value of the unsigned attributes of this type, in whatever order they stand.
    pub(super) fn unsigned(&self, oid: ObjectIdentifier) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let set = self.unsigned_attributes.as_ref().and_then(|set| Elements::of(&set.0));
        let attributes = set.into_iter().flat_map(|mut set| iter::from_fn(move || set.next()));
        for attribute in attributes.take(ATTRIBUTES).filter_map(|one| one.decode_as::<Attribute<'_>>().ok()) {
            if attribute.oid != oid {
                continue;
            }
            let values = Elements::within(attribute.values, Tag::Set);
            let values = values.into_iter().flat_map(|mut values| iter::from_fn(move || values.next()));
            found.extend(values.take(ATTRIBUTES).filter_map(|value| value.to_der().ok()));
        }
        found
    }

    /// With one more unsigned attribute, in its place by the order of DER.
    pub(super) fn with_unsigned(self, oid: ObjectIdentifier, value: AnyRef<'_>) -> der::Result<Self> {
        let new = attribute(oid, &value)?.to_der()?;
        let RawSetOf(mut set) = self.unsigned_attributes.unwrap_or(RawSetOf(Vec::new()));
        let mut reader = SliceReader::new(&set)?;
        let mut at = 0;
        while !reader.is_finished() {
            let one = reader.tlv_bytes()?;
            if *one > *new {
                break;
            }
            at += one.len();
        }
        set.splice(at..at, new);
        Ok(SignerInfo { unsigned_attributes: Some(RawSetOf(set)), ..self })
    }

    /// The digest algorithm, where it is one that is known.
    pub(super) fn digest(&self) -> Option<DigestAlgorithm> {
        DigestAlgorithm::from_identifier(&self.digest_algorithm)
    }
}

fn issuer_and_serial_number(certificate: &Certificate) -> der::Result<Any> {
    let (issuer, serial_number) = (AnyRef::from_der(certificate.issuer())?, AnyRef::from_der(certificate.serial_number())?);
    Any::encode_from(&IssuerAndSerialNumber { issuer, serial_number })
}
