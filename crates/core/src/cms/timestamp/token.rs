//! The timestamp token (RFC 3161, 2.4.2): a SignedData with TSTInfo, and the checks of it.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc3161::ID_CT_TST_INFO;
use const_oid::db::rfc5912::ID_KP_TIME_STAMPING;
use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Tag, Tagged};
use spki::AlgorithmIdentifierOwned;

use super::super::container::{Expected, check_signer};
use super::super::signed_data::SignedData;
use super::request::TimestampRequest;
use super::response::Refused;
use crate::ber;
use crate::digest::{DigestAlgorithm, unsupported_name};
use crate::error::{Code, Error};
use crate::limits::FOREIGN_CONTAINER;
use crate::x509::name::common_name;
use crate::x509::{Certificate, Elements, time};

/// A token that passed all checks.
#[derive(Clone, Debug)]
pub(crate) struct TimestampToken {
    /// Its ContentInfo. Where it came in BER, the outer layers were written as DER; what is signed stays as it came.
    pub(crate) der: Vec<u8>,
    /// Time of the timestamp in whole seconds since 1970 UTC.
    pub(crate) gen_time: i64,
    pub(crate) policy: ObjectIdentifier,
    pub(crate) digest_algorithm: DigestAlgorithm,
    /// Digest of the data by that algorithm.
    pub(crate) imprint: Vec<u8>,
    /// Certificate of the service.
    pub(crate) signer: Certificate,
    /// Certificates in the token.
    pub(crate) certificates: Vec<Certificate>,
    /// Whether the service granted the request with modifications.
    pub(crate) with_mods: bool,
}

impl TimestampToken {
    /// A token in a document, in DER or BER, zeros after it or not. `known`: certificates for a token that does not contain that
    /// of its signer.
    ///
    /// Checks all that needs no request: that the imprint is of the right data is left to the caller. An error is the first half of a message.
    pub(crate) fn parse(bytes: &[u8], known: &[Certificate]) -> Result<TimestampToken, String> {
        TimestampToken::read(bytes, None, known).map_err(|refused| match refused {
            Refused::Rejected(found) | Refused::Mismatch(found) | Refused::Invalid(found) => found,
        })
    }

    /// As [`TimestampToken::parse`], and compared with the request.
    pub(super) fn read(bytes: &[u8], request: Option<&TimestampRequest>, known: &[Certificate]) -> Result<TimestampToken, Refused> {
        let invalid = |found: &str| Refused::Invalid(format!("the timestamp token {found}"));
        let der = (bytes.len() <= FOREIGN_CONTAINER).then(|| ber::to_der(bytes)).flatten();
        let (der, trailing) = der.ok_or_else(|| invalid("cannot be read, or is cut off"))?;
        if trailing.iter().any(|octet| *octet != 0) {
            return Err(invalid("is followed by other bytes"));
        }
        let data = SignedData::parse(&der).ok_or_else(|| invalid("is not a CMS SignedData"))?;
        let content = &data.encap_content_info;
        if content.econtent_type != ID_CT_TST_INFO {
            return Err(invalid(&format!("has content of the type {} and not id-ct-TSTInfo", content.econtent_type)));
        }
        let content = content.econtent.as_ref().and_then(|content| content.decode_as::<&OctetStringRef>().ok());
        let content = content.map(OctetStringRef::as_bytes);
        let info = content.and_then(TstInfo::parse).ok_or_else(|| invalid("has a TSTInfo that cannot be read (RFC 3161, 2.4.2)"))?;
        if let Some(request) = request {
            request.check(&info)?;
        }
        let digest_algorithm = DigestAlgorithm::from_identifier(&info.digest_algorithm);
        let digest_algorithm = digest_algorithm.ok_or_else(|| {
            invalid(&format!("is of a digest by {}, which is not supported", unsupported_name(info.digest_algorithm.oid)))
        })?;
        if info.imprint.len() != digest_algorithm.output_len() {
            return Err(invalid("has a digest that is not as long as its algorithm says"));
        }
        let certificates = data.certificates();
        let signer = info.signed_by(&data, content.unwrap_or_default(), &certificates, known).map_err(|found| invalid(&found))?;
        check_signer_certificate(&signer, info.gen_time).map_err(Refused::Invalid)?;
        let (gen_time, policy, imprint) = (info.gen_time, info.policy, info.imprint.to_vec());
        Ok(TimestampToken { gen_time, policy, digest_algorithm, imprint, signer, certificates, with_mods: false, der })
    }
}

/// ```asn1
/// TSTInfo ::= SEQUENCE {
///     version        INTEGER { v1(1) },
///     policy         OBJECT IDENTIFIER,
///     messageImprint MessageImprint,
///     serialNumber   INTEGER,
///     genTime        GeneralizedTime,
///     accuracy       SEQUENCE OPTIONAL,
///     ordering       BOOLEAN DEFAULT FALSE,
///     nonce          INTEGER OPTIONAL,
///     tsa        [0] GeneralName OPTIONAL,
///     extensions [1] IMPLICIT Extensions OPTIONAL }
/// ```
/// RFC 3161, 2.4.2.
pub(super) struct TstInfo<'a> {
    pub(super) policy: ObjectIdentifier,
    pub(super) digest_algorithm: AlgorithmIdentifierOwned,
    pub(super) imprint: &'a [u8],
    gen_time: i64,
    /// Contents of the INTEGER.
    pub(super) nonce: Option<&'a [u8]>,
}

impl<'a> TstInfo<'a> {
    fn parse(der: &'a [u8]) -> Option<Self> {
        let mut info = Elements::within(AnyRef::from_der(der).ok()?, Tag::Sequence)?;
        (info.expect(Tag::Integer)?.value() == [1]).then_some(())?;
        let policy = info.expect(Tag::ObjectIdentifier)?.decode_as().ok()?;
        let mut imprint = Elements::of(info.expect(Tag::Sequence)?.value())?;
        let digest_algorithm = imprint.expect(Tag::Sequence)?.decode_as().ok()?;
        let octets = imprint.expect(Tag::OctetString)?.value();
        imprint.is_finished().then_some(())?;
        info.expect(Tag::Integer)?;
        // Its fraction is cut off.
        let gen_time = time::parse(info.expect(Tag::GeneralizedTime)?)?;
        let mut nonce = None;
        while let Some(element) = info.next() {
            match element.tag() {
                Tag::Integer if nonce.is_none() => nonce = Some(element.value()),
                Tag::Sequence | Tag::Boolean | Tag::ContextSpecific { .. } => {}
                _ => return None,
            }
        }
        info.is_finished().then_some(TstInfo { policy, digest_algorithm, imprint: octets, gen_time, nonce })
    }

    /// Certificate of the only signer of `content`. Its signature and its signed attributes are checked.
    fn signed_by(
        &self,
        data: &SignedData<'_>,
        content: &[u8],
        certificates: &[Certificate],
        known: &[Certificate],
    ) -> Result<Certificate, String> {
        let mut signers = data.signer_infos();
        let (Some(Some(signer)), None) = (signers.next(), signers.next()) else {
            return Err("does not have exactly one signer that can be read".into());
        };
        let Some(digest_algorithm) = signer.digest() else {
            return Err(format!("is signed with {}, which is not supported", unsupported_name(signer.digest_algorithm.oid)));
        };
        let is_inside = certificates.iter().any(|certificate| signer.is_by(certificate));
        let candidates = if is_inside { certificates } else { known };
        let message_digest = digest_algorithm.digest(&[content]);
        let expected = Expected { digest_algorithm, message_digest: &message_digest, pades: false, certificate: None };
        match check_signer(&signer, candidates, &expected, ID_CT_TST_INFO) {
            Ok((_, certificate)) => Ok(certificate.clone()),
            Err(error) => Err(described(&error)),
        }
    }
}

/// The rest of a sentence about the token, where its signature does not pass the checks of a container.
fn described(error: &Error) -> String {
    match error.code() {
        Code::ContainerMessageDigest => "has a message-digest attribute that is not the digest of its content".into(),
        _ => format!("is not valid: {}", error.found().replace("the container", "the token")),
    }
}

/// Checks that the certificate is for timestamps alone (RFC 3161, 2.3), and was valid at `gen_time`.
fn check_signer_certificate(certificate: &Certificate, gen_time: i64) -> Result<(), String> {
    let name = common_name(certificate.subject());
    let found = match certificate.extended_key_usage() {
        None => "does not have extendedKeyUsage (RFC 3161, 2.3)".to_owned(),
        Some((_, purposes)) if !purposes.contains(&ID_KP_TIME_STAMPING) => "is not for timestamps (RFC 3161, 2.3)".to_owned(),
        Some((_, purposes)) if purposes.len() != 1 => "is not for timestamps alone (RFC 3161, 2.3)".to_owned(),
        Some((false, _)) => "has extendedKeyUsage that is not critical (RFC 3161, 2.3)".to_owned(),
        Some((true, _)) => {
            let (not_before, not_after) = certificate.validity();
            if (not_before..=not_after).contains(&gen_time) {
                return Ok(());
            }
            format!(
                "is valid from {} to {}, and the timestamp is of {}",
                time::rfc3339(not_before),
                time::rfc3339(not_after),
                time::rfc3339(gen_time)
            )
        }
    };
    Err(format!("the certificate of the timestamp service, that of `{name}`, {found}"))
}
