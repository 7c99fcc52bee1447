//! The container: ContentInfo with SignedData and its one SignerInfo (RFC 5652, 3 and 5).

use super::certificate::Certificate;
use super::chain::Chain;
use super::der::{self, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context};
use super::oid;
use super::scheme::Scheme;
use super::signed_attributes::SignedAttributes;

/// The container of a signature that was checked: detached, with the whole chain.
///
/// `signature` is the value as CMS carries it, which for ECDSA is DER: what [`super::check::signature`] returned.
///
/// ```asn1
/// SignerInfo ::= SEQUENCE {
///     version                INTEGER (1),
///     sid                    IssuerAndSerialNumber,
///     digestAlgorithm        AlgorithmIdentifier,
///     signedAttrs        [0] IMPLICIT SET OF Attribute OPTIONAL,
///     signatureAlgorithm     AlgorithmIdentifier,
///     signature              OCTET STRING,
///     unsignedAttrs      [1] IMPLICIT SET OF Attribute OPTIONAL }
/// IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER }
/// ```
/// RFC 5652, 5.3 and 10.2.4.
pub(crate) fn signed_data(
    certificate: &Certificate,
    chain: &Chain,
    scheme: &Scheme,
    attributes: &SignedAttributes,
    signature: &[u8],
) -> Vec<u8> {
    let digest_algorithm = scheme.digest.identifier();
    let signer_info = der::element(
        SEQUENCE,
        &[
            &[INTEGER, 1, 1],
            &der::element(SEQUENCE, &[certificate.issuer(), certificate.serial()]),
            &digest_algorithm,
            &der::element(context(0), &[attributes.contents()]),
            &scheme.identifier(),
            &der::element(OCTET_STRING, &[signature]),
        ],
    );
    let mut certificates: Vec<&[u8]> = chain.certificates().iter().map(Certificate::der).collect();
    certificates.push(certificate.der());
    content_info(&[INTEGER, 1, 1], &digest_algorithm, &mut certificates, &[], &signer_info)
}

/// ContentInfo around the parts of SignedData, each of them DER. The certificates are put in order, each once.
///
/// ```asn1
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY }
/// SignedData  ::= SEQUENCE {
///     version                INTEGER,
///     digestAlgorithms       SET OF AlgorithmIdentifier,
///     encapContentInfo       SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates       [0] IMPLICIT SET OF CertificateChoices OPTIONAL,
///     crls               [1] IMPLICIT SET OF RevocationInfoChoice OPTIONAL,
///     signerInfos            SET OF SignerInfo }
/// ```
/// RFC 5652, 3 and 5.1.
pub(super) fn content_info(
    version: &[u8],
    digest_algorithms: &[u8],
    certificates: &mut Vec<&[u8]>,
    crls: &[u8],
    signer_info: &[u8],
) -> Vec<u8> {
    der::sort(certificates);
    certificates.dedup();
    let content = der::element(SEQUENCE, &[&der::element(OID, &[oid::ID_DATA])]);
    let certificates = if certificates.is_empty() { Vec::new() } else { der::element(context(0), certificates) };
    let digest_algorithms = der::element(SET, &[digest_algorithms]);
    let signer_infos = der::element(SET, &[signer_info]);
    let parts = [version, &digest_algorithms, &content, &certificates, crls, &signer_infos];
    let length = parts.iter().map(|part| part.len()).sum();
    let mut inner = Vec::new();
    der::header(&mut inner, SEQUENCE, length);
    let mut explicit = Vec::new();
    der::header(&mut explicit, context(0), inner.len() + length);
    let id = der::element(OID, &[oid::ID_SIGNED_DATA]);
    let head: [&[u8]; 3] = [&id, &explicit, &inner];
    der::element(SEQUENCE, &[head.as_slice(), parts.as_slice()].concat())
}
