//! The SignerInfo of a container from elsewhere (RFC 5652, 5.3).

use super::ATTRIBUTES;
use super::algorithm::DigestAlgorithm;
use super::ber::Element;
use super::certificate::Certificate;
use super::der::{self, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context};
use crate::error::{Code, Result};

/// SignerInfo (RFC 5652, 5.3; its ASN.1 stands in [`mod@super::signed_data`]).
pub(super) struct SignerInfo<'a> {
    pub(super) version: Element<'a>,
    pub(super) sid: Element<'a>,
    pub(super) digest_identifier: Vec<u8>,
    pub(super) digest_algorithm: Option<DigestAlgorithm>,
    /// The contents of `[0]`.
    pub(super) signed_attributes: Option<&'a [u8]>,
    pub(super) signature_algorithm: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) unsigned_attributes: Option<Element<'a>>,
}

impl<'a> SignerInfo<'a> {
    pub(super) fn parse(info: &Element<'a>) -> Option<Self> {
        (info.tag == SEQUENCE).then_some(())?;
        let mut reader = info.reader();
        let version = reader.expect(INTEGER)?;
        let sid = reader.element()?;
        let digest_identifier = reader.expect(SEQUENCE)?.to_der(2)?;
        let digest_algorithm = DigestAlgorithm::from_identifier(&der::only(&digest_identifier, SEQUENCE)?);
        let signed_attributes = reader.optional(context(0))?.map(|attributes| attributes.value);
        let signature_algorithm = reader.expect(SEQUENCE)?.to_der(8)?;
        let signature = reader.element()?.octets(OCTET_STRING)?;
        let unsigned_attributes = reader.optional(context(1))?;
        reader.is_empty().then_some(())?;
        Some(SignerInfo {
            version,
            sid,
            digest_identifier,
            digest_algorithm,
            signed_attributes,
            signature_algorithm,
            signature,
            unsigned_attributes,
        })
    }

    /// Whether the signer is named by this certificate.
    ///
    /// ```asn1
    /// SignerIdentifier ::= CHOICE { issuerAndSerialNumber IssuerAndSerialNumber, subjectKeyIdentifier [0] OCTET STRING }
    /// ```
    pub(super) fn is_by(&self, certificate: &Certificate) -> bool {
        match self.sid.tag {
            SEQUENCE => {
                let mut reader = self.sid.reader();
                let issuer = reader.element().is_some_and(|issuer| issuer.raw == certificate.issuer());
                issuer && reader.element().is_some_and(|serial| serial.raw == certificate.serial()) && reader.is_empty()
            }
            0x80 | 0xa0 => self.sid.octets(0x80).as_deref().is_some_and(|id| Some(id) == certificate.subject_key()),
            _ => false,
        }
    }

    /// The signed attributes: each type once, in the order of DER, since validators digest them as DER (RFC 5652, 5.4).
    pub(super) fn attributes(&self) -> Result<Vec<Attribute<'a>>> {
        let Some(contents) = self.signed_attributes else {
            return Err(Code::ContainerSignedAttributes.because("the container has no signed attributes"));
        };
        let mut found: Vec<Attribute<'a>> = Vec::new();
        let mut walk = || {
            let mut reader = der::Reader::new(contents);
            let mut last: &[u8] = &[];
            while !reader.is_empty() {
                let element = reader.expect(SEQUENCE)?;
                (last < element.raw && found.len() < ATTRIBUTES).then_some(())?;
                last = element.raw;
                let mut attribute = element.reader();
                let oid = attribute.expect(OID)?.value;
                let values = attribute.expect(SET)?;
                attribute.end()?;
                values.reader().element()?;
                found.push(Attribute { oid, values });
            }
            Some(())
        };
        if walk().is_none() {
            return Err(Code::ContainerSignedAttributes
                .because("the signed attributes of the container are not in DER, which orders them by their bytes (RFC 5652, 5.3)"));
        }
        let repeated = found.iter().enumerate().any(|(index, one)| found.iter().skip(index + 1).any(|other| other.oid == one.oid));
        match repeated {
            true => Err(Code::ContainerSignedAttributes.because("the container has a signed attribute twice")),
            false => Ok(found),
        }
    }
}

pub(super) struct Attribute<'a> {
    pub(super) oid: &'a [u8],
    pub(super) values: der::Element<'a>,
}

/// The one value of the attribute of this type. `None` where it is missing, or has several.
pub(super) fn value<'a>(attributes: &[Attribute<'a>], oid: &[u8], tag: u8) -> Option<der::Element<'a>> {
    let attribute = attributes.iter().find(|attribute| attribute.oid == oid)?;
    der::only(attribute.values.value, tag)
}
