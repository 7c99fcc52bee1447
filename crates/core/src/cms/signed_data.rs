//! The container: ContentInfo with SignedData (RFC 5652, 3 and 5), made and read.

use crate::limits::CONTAINER_CERTIFICATES;
use cms::content_info::CmsVersion;
use cms::signed_data::{DigestAlgorithmIdentifiers, EncapsulatedContentInfo};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{ID_DATA, ID_SIGNED_DATA};
use der::asn1::SetOfVec;
use der::{Any, AnyRef, Decode, Encode, Sequence, Tag, TagNumber, Tagged};

use super::mac::{self, MacKeys};
use super::signed_attributes::SignedAttributes;
use super::signer_info::SignerInfo;
use crate::crypto::Scheme;
use crate::error::{Code, Result};
use crate::x509::Certificate;
use crate::x509::Chain;

/// id-ri-ocsp-response in DER. RFC 5940, 2.1.
const ID_RI_OCSP_RESPONSE_DER: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x10, 0x02];

/// The container of a signature that was checked: detached, with the whole chain.
///
/// `signature` is the value as CMS carries it, which for ECDSA is DER: what [`crate::crypto::verify::checked`] returned. `mac` are the keys for
/// the integrity code of the document, and the digest of what the signature covers.
pub(crate) fn signed_data(
    certificate: &Certificate,
    chain: &Chain,
    scheme: &Scheme,
    attributes: &SignedAttributes,
    signature: &[u8],
    mac: Option<(&MacKeys, &[u8])>,
) -> Result<Vec<u8>> {
    let make = || {
        let token = |(keys, hash)| mac::write(keys, scheme.digest, hash, &scheme.digest.digest(&[signature]));
        let token = mac.map(token).transpose()?;
        SignedData::make(certificate, chain, scheme, attributes, signature, token.as_deref())?.write()
    };
    // An encoding fails only above 256 MiB, and every part is a thousandth of that.
    make().map_err(|_| Code::Internal.into())
}

/// ```asn1
/// SignedData ::= SEQUENCE {
///     version                INTEGER,
///     digestAlgorithms       SET OF AlgorithmIdentifier,
///     encapContentInfo       SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates       [0] IMPLICIT SET OF CertificateChoices OPTIONAL,
///     crls               [1] IMPLICIT SET OF RevocationInfoChoice OPTIONAL,
///     signerInfos            SET OF SignerInfo }
/// ```
/// RFC 5652, 5.1. That of the crate `cms` reads certificates and writes them anew; here they stay as they were issued.
#[derive(Sequence)]
pub(super) struct SignedData<'a> {
    version: CmsVersion,
    digest_algorithms: DigestAlgorithmIdentifiers,
    pub(super) encap_content_info: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    certificates: Option<SetOfVec<AnyRef<'a>>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    crls: Option<SetOfVec<AnyRef<'a>>>,
    signer_infos: SetOfVec<Any>,
}

/// ```asn1
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
/// ```
/// RFC 5652, 3. That of the crate `cms` owns its content.
#[derive(Sequence)]
struct ContentInfoRef<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: AnyRef<'a>,
}

impl<'a> SignedData<'a> {
    fn make(
        certificate: &'a Certificate,
        chain: &'a Chain,
        scheme: &Scheme,
        attributes: &SignedAttributes,
        signature: &[u8],
        token: Option<&[u8]>,
    ) -> der::Result<Self> {
        let signer_info = SignerInfo::make(certificate, scheme, attributes, signature, token)?;
        let certificates = chain.certificates().iter().chain([certificate]).map(|one| AnyRef::from_der(one.der()));
        Ok(SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from([scheme.digest.identifier()])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
            certificates: Some(SetOfVec::try_from(certificates.collect::<der::Result<Vec<AnyRef<'_>>>>()?)?),
            crls: None,
            signer_infos: SetOfVec::try_from([Any::encode_from(&signer_info)?])?,
        })
    }

    /// Parses a container in DER, as `ber::to_der` returns it. `None` for anything else, and beyond the limits.
    pub(super) fn parse(der: &'a [u8]) -> Option<SignedData<'a>> {
        let info = ContentInfoRef::from_der(der).ok()?;
        (info.content_type == ID_SIGNED_DATA).then_some(())?;
        let data: SignedData<'a> = info.content.decode_as().ok()?;
        let few = data.certificates.as_ref().map_or(0, SetOfVec::len) <= CONTAINER_CERTIFICATES
            && data.signer_infos.len() <= CONTAINER_CERTIFICATES;
        few.then_some(data)
    }

    /// The certificates that can be read.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        let all = self.certificates.iter().flat_map(|set| set.iter());
        all.filter_map(|one| Certificate::from_der(&one.to_der().ok()?)).collect()
    }

    /// Whether all revocation information is of a known kind: CRLs, and OCSP responses as RFC 5940 names them.
    pub(super) fn crls_are_known(&self) -> bool {
        self.crls.iter().flat_map(|set| set.iter()).all(|one| {
            let Ok(der) = one.to_der() else { return false };
            match one.tag() {
                // CertificateList ::= SEQUENCE { tbsCertList SEQUENCE, signatureAlgorithm SEQUENCE, signature BIT STRING } (RFC 5280, 5.1)
                Tag::Sequence => Vec::<AnyRef<'_>>::from_der(&der)
                    .is_ok_and(|parts| parts.iter().map(Tagged::tag).eq([Tag::Sequence, Tag::Sequence, Tag::BitString])),
                // OtherRevocationInfoFormat ::= SEQUENCE { otherRevInfoFormat OBJECT IDENTIFIER, otherRevInfo ANY } (RFC 5652, 10.2.1)
                Tag::ContextSpecific { number: TagNumber(1), .. } => one.value().starts_with(ID_RI_OCSP_RESPONSE_DER),
                _ => false,
            }
        })
    }

    /// The signers; `None` for one that cannot be read.
    pub(super) fn signer_infos(&self) -> impl ExactSizeIterator<Item = Option<SignerInfo>> {
        self.signer_infos.as_slice().iter().map(|info| info.decode_as().ok())
    }

    /// With `signer`, of this certificate, as the only one; with its digest algorithm alone, and each certificate once.
    pub(super) fn normalized(mut self, signer: SignerInfo, certificate: &Certificate) -> der::Result<Self> {
        self.digest_algorithms = SetOfVec::try_from([signer.digest_algorithm.clone()])?;
        let mut certificates = self.certificates.take().map(SetOfVec::into_vec).unwrap_or_default();
        certificates.dedup();
        self.certificates = (!certificates.is_empty()).then(|| SetOfVec::try_from(certificates)).transpose()?;
        match signer.renamed(certificate)? {
            Some(signer) => self.with_signer(&signer),
            None => Ok(self),
        }
    }

    /// With `signer` as the only one.
    pub(super) fn with_signer(mut self, signer: &SignerInfo) -> der::Result<Self> {
        self.signer_infos = SetOfVec::try_from([Any::encode_from(signer)?])?;
        Ok(self)
    }

    /// DER of the ContentInfo around it.
    pub(super) fn write(&self) -> der::Result<Vec<u8>> {
        ContentInfoRef { content_type: ID_SIGNED_DATA, content: AnyRef::from_der(&self.to_der()?)? }.to_der()
    }
}
