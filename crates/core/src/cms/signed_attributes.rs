//! The signed attributes (RFC 5652, 5.3 and 11; EN 319 122-1, 5).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNING_TIME};
use der::asn1::{OctetString, SetOfVec};
use der::{Any, AnyRef, Decode, Encode, EncodeValue, Tag, Tagged};
use x509_cert::attr::{Attribute, Attributes};

use super::attributes::AttributeOptions;
use super::cades::{
    COMMITMENT_TYPE_INDICATION, CommitmentTypeIndication, SIGNATURE_POLICY_IDENTIFIER, SIGNER_ATTRIBUTES_V2, SignaturePolicyId,
    SignerAttributeV2,
};
use super::ess::SigningCertificateV2;
use crate::crypto::Scheme;
use crate::error::{Code, Result};
use crate::x509::Certificate;
use crate::x509::time;

/// The bytes that are signed: the attributes as a SET OF in the order of DER.
///
/// ```asn1
/// SignedAttributes ::= SET OF Attribute
/// Attribute        ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }
/// ```
/// RFC 5652, 5.3. In SignerInfo they stand under `[0] IMPLICIT`; what is signed has the tag of SET OF (5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedAttributes(Vec<u8>);

impl SignedAttributes {
    /// content-type and message-digest, signing-certificate-v2 if the certificate is known, and what `options` ask for.
    ///
    /// `message_digest` is the digest of the content by the digest algorithm of `scheme`. Errors: `ERR_SIGNING_TIME`;
    /// `ERR_INTERNAL` if the digest has another length.
    pub(crate) fn make(
        scheme: &Scheme,
        certificate: Option<&Certificate>,
        message_digest: &[u8],
        options: &AttributeOptions<'_>,
    ) -> Result<Self> {
        if message_digest.len() != scheme.digest.output_len() {
            return Err(Code::Internal.into());
        }
        let digest = certificate.map(|certificate| certificate.digest(scheme.digest));
        SignedAttributes::write(scheme, certificate.zip(digest.as_deref()), message_digest, options)
    }

    /// Attributes as long as those of [`SignedAttributes::make`], with zeros for the digests. The digest of the
    /// certificate is most of the work there.
    pub(crate) fn of_same_length(scheme: &Scheme, certificate: &Certificate, options: &AttributeOptions<'_>) -> Result<Self> {
        let zeros = vec![0; scheme.digest.output_len()];
        SignedAttributes::write(scheme, Some((certificate, &zeros)), &zeros, options)
    }

    /// `certificate` comes with its digest.
    fn write(
        scheme: &Scheme,
        certificate: Option<(&Certificate, &[u8])>,
        message_digest: &[u8],
        options: &AttributeOptions<'_>,
    ) -> Result<Self> {
        let time = options.signing_time.map(|seconds| time::time(seconds).ok_or(Code::SigningTime)).transpose()?;
        let make = || {
            let mut attributes =
                vec![attribute(ID_CONTENT_TYPE, &ID_DATA)?, attribute(ID_MESSAGE_DIGEST, &OctetString::new(message_digest)?)?];
            if let Some((certificate, digest)) = certificate {
                let value = SigningCertificateV2::make(certificate, scheme.digest, digest)?;
                attributes.push(attribute(ID_AA_SIGNING_CERTIFICATE_V_2, &value)?);
            }
            if let Some(time) = &time {
                attributes.push(attribute(ID_SIGNING_TIME, time)?);
            }
            if let Some(policy) = options.policy {
                attributes.push(attribute(SIGNATURE_POLICY_IDENTIFIER, &SignaturePolicyId::make(policy)?)?);
            }
            if let Some(commitment) = options.commitment_type {
                attributes.push(attribute(COMMITMENT_TYPE_INDICATION, &CommitmentTypeIndication::make(commitment))?);
            }
            if !options.signer_roles.is_empty() {
                attributes.push(attribute(SIGNER_ATTRIBUTES_V2, &SignerAttributeV2::make(options.signer_roles)?)?);
            }
            SetOfVec::try_from(attributes)?.to_der()
        };
        // Every value was checked before it came here, so what fails is ours.
        let failed = |error: der::Error| Code::Internal.because(format!("the signed attributes cannot be encoded: {error}"));
        make().map(SignedAttributes).map_err(failed)
    }

    /// Those that were saved: what [`SignedAttributes::as_bytes`] gave. `None` where they are no SET.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let set = AnyRef::from_der(bytes).ok()?;
        (set.tag() == Tag::Set).then(|| SignedAttributes(bytes.to_vec()))
    }

    /// Whether their message-digest is `digest`.
    pub(crate) fn are_over(&self, digest: &[u8]) -> bool {
        let Ok(attributes) = Attributes::from_der(&self.0) else { return false };
        let found = attributes.iter().find(|attribute| attribute.oid == ID_MESSAGE_DIGEST);
        found.is_some_and(|attribute| attribute.values.len() == 1 && attribute.values.iter().all(|value| value.value() == digest))
    }

    /// The DER to be signed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An attribute with one value.
pub(super) fn attribute(oid: ObjectIdentifier, value: &(impl EncodeValue + Tagged)) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from([Any::encode_from(value)?])? })
}
