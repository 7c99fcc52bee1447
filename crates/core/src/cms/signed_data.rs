//! The container: ContentInfo with SignedData (RFC 5652, 3 and 5), made and read.

use crate::limits::CONTAINER_CERTIFICATES;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{DigestAlgorithmIdentifiers, EncapsulatedContentInfo};
use const_oid::db::rfc5911::{ID_DATA, ID_SIGNED_DATA};
use der::asn1::SetOfVec;
use der::{Any, Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;

use super::ber;
use super::certificate::Certificate;
use super::chain::Chain;
use super::scheme::Scheme;
use super::signed_attributes::SignedAttributes;
use super::signer_info::SignerInfo;
use crate::error::{Code, Result};

/// The container of a signature that was checked: detached, with the whole chain.
///
/// `signature` is the value as CMS carries it, which for ECDSA is DER: what [`super::check::signature`] returned.
pub(crate) fn signed_data(
    certificate: &Certificate,
    chain: &Chain,
    scheme: &Scheme,
    attributes: &SignedAttributes,
    signature: &[u8],
) -> Result<Vec<u8>> {
    let written = SignedData::make(certificate, chain, scheme, attributes, signature).and_then(|data| data.write());
    // An encoding fails only above 256 MiB, and every part is a thousandth of that.
    written.map_err(|_| Code::Internal.into())
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
pub(super) struct SignedData {
    version: CmsVersion,
    digest_algorithms: DigestAlgorithmIdentifiers,
    pub(super) encap_content_info: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    certificates: Option<SetOfVec<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    crls: Option<SetOfVec<Any>>,
    signer_infos: SetOfVec<Any>,
}

impl SignedData {
    fn make(
        certificate: &Certificate,
        chain: &Chain,
        scheme: &Scheme,
        attributes: &SignedAttributes,
        signature: &[u8],
    ) -> der::Result<Self> {
        let signer_info = SignerInfo::make(certificate, scheme, attributes, signature)?;
        let certificates = chain.certificates().iter().chain([certificate]).map(|one| Any::from_der(one.der()));
        Ok(SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from([scheme.digest.identifier()])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
            certificates: Some(SetOfVec::try_from(certificates.collect::<der::Result<Vec<Any>>>()?)?),
            crls: None,
            signer_infos: SetOfVec::try_from([Any::encode_from(&signer_info)?])?,
        })
    }

    /// Reads a container in DER or BER without a judgement; returns what follows it, too. `None` where it is none, or beyond
    /// the limits.
    pub(super) fn parse(bytes: &[u8]) -> Option<(SignedData, &[u8])> {
        let (der, trailing) = ber::to_der(bytes)?;
        let info = ContentInfo::from_der(&der).ok()?;
        (info.content_type == ID_SIGNED_DATA).then_some(())?;
        let data: SignedData = info.content.decode_as().ok()?;
        let few = data.certificates.as_ref().map_or(0, SetOfVec::len) <= CONTAINER_CERTIFICATES
            && data.signer_infos.len() <= CONTAINER_CERTIFICATES;
        few.then_some((data, trailing))
    }

    /// The certificates that can be read.
    pub(super) fn certificates(&self) -> Vec<Certificate> {
        let all = self.certificates.iter().flat_map(|set| set.iter());
        all.filter_map(|one| Certificate::from_der(&one.to_der().ok()?)).collect()
    }

    /// The signers; `None` for one that cannot be read.
    pub(super) fn signer_infos(&self) -> impl ExactSizeIterator<Item = Option<SignerInfo>> {
        self.signer_infos.as_slice().iter().map(|info| info.decode_as().ok())
    }

    /// With this digest algorithm as the only one, and each certificate once.
    pub(super) fn tidied(mut self, digest_algorithm: AlgorithmIdentifierOwned) -> der::Result<Self> {
        self.digest_algorithms = SetOfVec::try_from([digest_algorithm])?;
        let mut certificates = self.certificates.take().map(SetOfVec::into_vec).unwrap_or_default();
        certificates.dedup();
        self.certificates = (!certificates.is_empty()).then(|| SetOfVec::try_from(certificates)).transpose()?;
        Ok(self)
    }

    /// ```asn1
    /// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
    /// ```
    /// RFC 5652, 3.
    pub(super) fn write(&self) -> der::Result<Vec<u8>> {
        ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(self)? }.to_der()
    }
}
