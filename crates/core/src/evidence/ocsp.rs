//! OCSP: requests and responses (RFC 6960, RFC 5019, RFC 9654).

use const_oid::ObjectIdentifier;
use der::{Any, AnyRef, Decode, Encode, Tag, Tagged};
use sha1::Digest;
use spki::AlgorithmIdentifierOwned;

use super::signature::is_signed_by;
use super::{CLOCK_SKEW, SignatureOf, Status, Unusable, quoted, unrecognized, unusable};
use crate::digest::DigestAlgorithm;
use crate::limits::SIGNERS;
use crate::x509::extensions::tag_number;
use crate::x509::{Certificate, Elements, Extension, Signed, name, time};

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const ARCHIVE_CUTOFF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.6");
/// id-kp-OCSPSigning. RFC 6960, 4.2.2.2.
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
/// The AlgorithmIdentifier of SHA-1, with NULL as all clients write it.
const SHA_1_DER: &[u8] = b"\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00";

/// A response that proves something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OcspAnswer {
    pub(crate) status: Status,
    /// Seconds since 1970 UTC, as the others.
    pub(crate) produced_at: i64,
    pub(crate) this_update: i64,
    pub(crate) next_update: Option<i64>,
    /// The issuer itself, or the certificate that it issued for this.
    pub(crate) responder: Certificate,
    /// Whether the responder is not the issuer itself.
    pub(crate) is_delegated: bool,
    /// Whether a proof is wanted that the responder is not revoked (RFC 6960, 4.2.2.2.1).
    pub(crate) needs_own_proof: bool,
    /// The certificates in the response.
    pub(crate) certificates: Vec<Certificate>,
    /// Whether a nonce was sent and none came back.
    pub(crate) nonce_missing: bool,
}

/// DER of the request for the status of `certificate`.
///
/// ```asn1
/// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest }
/// TBSRequest  ::= SEQUENCE { requestList SEQUENCE OF SEQUENCE { reqCert CertID }, requestExtensions [2] EXPLICIT Extensions OPTIONAL }
/// CertID      ::= SEQUENCE {
///     hashAlgorithm  AlgorithmIdentifier,
///     issuerNameHash OCTET STRING,
///     issuerKeyHash  OCTET STRING,
///     serialNumber   INTEGER }
/// Nonce       ::= OCTET STRING
/// ```
/// RFC 6960, 4.1.1. SHA-1 only names the issuer; responders that prepare their answers know no other digest (RFC 5019, 2.1.1).
pub(crate) fn request(certificate: &Certificate, issuer: &Certificate, nonce: Option<&[u8; 32]>) -> Vec<u8> {
    let make = || {
        let name_hash = sha1(certificate.issuer());
        let key_hash = sha1(issuer.public_key());
        let id = element(0x30, &[SHA_1_DER, &element(0x04, &[&name_hash])?, &element(0x04, &[&key_hash])?, certificate.serial_number()])?;
        let list = element(0x30, &[&element(0x30, &[&id])?])?;
        let Some(nonce) = nonce else { return element(0x30, &[&element(0x30, &[&list])?]) };
        let value = element(0x04, &[&element(0x04, &[nonce])?])?;
        let extension = element(0x30, &[&NONCE.to_der()?, &value])?;
        let extensions = element(0xa2, &[&element(0x30, &[&extension])?])?;
        element(0x30, &[&element(0x30, &[&list, &extensions])?])
    };
    // Only a serial number beyond 256 MiB could not be written.
    make().unwrap_or_default()
}

/// The element with this identifier octet and the contents `parts`.
fn element(tag: u8, parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    Any::new(Tag::from_der(&[tag])?, parts.concat())?.to_der()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    sha1::Sha1::digest(bytes).to_vec()
}

/// Judges `response`, exactly one OCSPResponse in DER: the status of `certificate`, issued by `issuer`, at `now`, seconds since 1970 UTC.
///
/// A responder of which the response has no certificate is looked for in `pool`. `nonce` is that of the request.
pub(crate) fn read(
    response: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    pool: &[Certificate],
    now: i64,
    nonce: Option<&[u8; 32]>,
) -> Result<OcspAnswer, Unusable> {
    let signed = basic(response)?;
    let unreadable = || Unusable("the response cannot be read".to_owned());
    let data = Data::parse(signed.message).ok_or_else(unreadable)?;
    let certificates = certificates(signed.rest).ok_or_else(unreadable)?;
    let single = data.single(certificate, issuer)?;
    let (responder, is_delegated) = responder(&data, signed, issuer, &certificates, pool)?;
    if let Some(unknown) =
        data.extensions.iter().chain(&single.extensions).find(|one| one.critical && ![NONCE, ARCHIVE_CUTOFF].contains(&one.oid))
    {
        return unusable(format!("the response has the critical extension {}, which is not known", unknown.oid));
    }
    let (this_update, next_update) = (single.this_update, single.next_update);
    if this_update > now + CLOCK_SKEW {
        return unusable(format!("the response is of the future, {}", time::rfc3339(this_update)));
    }
    if let Some(end) = next_update.filter(|end| *end < now) {
        return unusable(format!("the response was valid until {}", time::rfc3339(end)));
    }
    let expired = certificate.validity().1;
    if single.status == Status::Good && this_update > expired && single.archive_cutoff().is_none_or(|cutoff| cutoff > expired) {
        return unusable(
            "the response is younger than the end of the certificate, and says of no expired one that it is known (archive cutoff)",
        );
    }
    let echoed = data.extensions.iter().find(|extension| extension.oid == NONCE);
    let nonce_missing = nonce.is_some() && echoed.is_none();
    if let (Some(nonce), Some(echoed)) = (nonce, echoed) {
        // Some responders leave the inner OCTET STRING out.
        if echoed.value != nonce && !echoed.element().is_some_and(|inner| inner.tag() == Tag::OctetString && inner.value() == nonce) {
            return unusable("the response has another nonce than the request");
        }
    }
    Ok(OcspAnswer {
        status: single.status,
        produced_at: data.produced_at,
        this_update,
        next_update,
        needs_own_proof: is_delegated && !responder.has_no_check(),
        responder,
        is_delegated,
        certificates,
        nonce_missing,
    })
}

/// The BasicOCSPResponse.
///
/// ```asn1
/// OCSPResponse  ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
/// ```
/// RFC 6960, 4.2.1.
fn basic(response: &[u8]) -> Result<Signed<'_>, Unusable> {
    let status = || {
        let mut parts = Elements::within(AnyRef::from_der(response).ok()?, Tag::Sequence)?;
        let status = parts.expect(Tag::Enumerated)?.value();
        let bytes = parts.tagged(0);
        parts.is_finished().then_some((status, bytes))
    };
    let (status, bytes) = status().ok_or_else(|| unrecognized(response, "an OCSP response in DER"))?;
    let name = match status {
        [0] => None,
        [1] => Some("malformedRequest"),
        [2] => Some("internalError"),
        [3] => Some("tryLater"),
        [5] => Some("sigRequired"),
        [6] => Some("unauthorized"),
        _ => Some("a status that RFC 6960 does not know"),
    };
    if let Some(name) = name {
        return unusable(format!("the responder answers {name}"));
    }
    let inside = || {
        let mut bytes = Elements::within(AnyRef::from_der(bytes?.value()).ok()?, Tag::Sequence)?;
        (bytes.next()?.decode_as::<ObjectIdentifier>() == Ok(BASIC)).then_some(())?;
        Signed::parse(bytes.expect(Tag::OctetString)?.value())
    };
    inside().ok_or_else(|| Unusable("the responder answers something else than a basic OCSP response".to_owned()))
}

/// Certificates of a BasicOCSPResponse: `[0] EXPLICIT SEQUENCE OF Certificate OPTIONAL`. Those that cannot be read are passed over.
fn certificates(rest: &[u8]) -> Option<Vec<Certificate>> {
    let mut rest = Elements::of(rest)?;
    let mut found = Vec::new();
    if let Some(list) = rest.tagged(0) {
        let mut list = Elements::within(AnyRef::from_der(list.value()).ok()?, Tag::Sequence)?;
        while !list.is_finished() && found.len() < SIGNERS {
            found.extend(Certificate::from_der(list.expect_bytes(Tag::Sequence)?));
        }
    }
    rest.is_finished().then_some(found)
}

/// ```asn1
/// ResponseData ::= SEQUENCE {
///     version            [0] EXPLICIT INTEGER DEFAULT v1,
///     responderID            CHOICE { byName [1] Name, byKey [2] OCTET STRING },
///     producedAt             GeneralizedTime,
///     responses              SEQUENCE OF SingleResponse,
///     responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
/// RFC 6960, 4.2.1.
struct Data<'a> {
    by_key: bool,
    /// DER of the name, or the SHA-1 of the key.
    responder: &'a [u8],
    produced_at: i64,
    /// Contents of the SEQUENCE.
    responses: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

impl<'a> Data<'a> {
    fn parse(der: &'a [u8]) -> Option<Self> {
        let mut fields = Elements::within(AnyRef::from_der(der).ok()?, Tag::Sequence)?;
        fields.tagged(0);
        let id = fields.next()?;
        let (by_key, responder) = match tag_number(&id)? {
            1 => (false, id.value()),
            2 => (true, AnyRef::from_der(id.value()).ok().filter(|hash| hash.tag() == Tag::OctetString)?.value()),
            _ => return None,
        };
        let produced_at = time::parse(fields.next()?)?;
        let responses = fields.expect(Tag::Sequence)?.value();
        let extensions = extensions(&mut fields)?;
        Some(Data { by_key, responder, produced_at, responses, extensions })
    }

    /// Whether `certificate` is the responder by name or key. RFC 6960, 4.2.1.
    fn is_by(&self, certificate: &Certificate) -> bool {
        match self.by_key {
            true => sha1(certificate.public_key()) == self.responder,
            false => name::is_same(certificate.subject(), self.responder),
        }
    }

    /// The response for `certificate`. Of several one that says revoked, else the youngest.
    fn single(&self, certificate: &Certificate, issuer: &Certificate) -> Result<Single<'a>, Unusable> {
        let unreadable = || Unusable("the response cannot be read".to_owned());
        let mut list = Elements::of(self.responses).ok_or_else(unreadable)?;
        let mut found: Option<Single<'a>> = None;
        while !list.is_finished() {
            let der = list.expect(Tag::Sequence).ok_or_else(unreadable)?.value();
            let mut fields = Elements::of(der).ok_or_else(unreadable)?;
            let id = fields.expect(Tag::Sequence).ok_or_else(unreadable)?;
            if !is_of(id, certificate, issuer).ok_or_else(unreadable)? {
                continue;
            }
            let single = Single::parse(fields).ok_or_else(unreadable)?;
            let rank = |single: &Single<'_>| (matches!(single.status, Status::Revoked { .. }), single.this_update);
            if found.as_ref().is_none_or(|found| rank(&single) > rank(found)) {
                found = Some(single);
            }
        }
        found.ok_or_else(|| Unusable("the response is about another certificate".to_owned()))
    }
}

/// Extensions in `[1] EXPLICIT`, the last field.
fn extensions<'a>(fields: &mut Elements<'a>) -> Option<Vec<Extension<'a>>> {
    let found = match fields.tagged(1) {
        Some(extensions) => Extension::list(extensions.value())?,
        None => Vec::new(),
    };
    fields.is_finished().then_some(found)
}

/// Whether the contents of a CertID name `certificate`, by any digest that is known.
fn is_of(id: AnyRef<'_>, certificate: &Certificate, issuer: &Certificate) -> Option<bool> {
    let mut id = Elements::of(id.value())?;
    let algorithm: AlgorithmIdentifierOwned = id.next()?.decode_as().ok()?;
    let (name_hash, key_hash) = (id.expect(Tag::OctetString)?.value(), id.expect(Tag::OctetString)?.value());
    if id.expect_bytes(Tag::Integer)? != certificate.serial_number() {
        return Some(false);
    }
    let digest = DigestAlgorithm::from_identifier(&algorithm);
    if digest.is_none() && algorithm.oid != SHA_1 {
        return Some(false);
    }
    let hash = |bytes: &[u8]| digest.map_or_else(|| sha1(bytes), |digest| digest.digest(&[bytes]));
    Some(hash(certificate.issuer()) == name_hash && hash(issuer.public_key()) == key_hash)
}

/// ```asn1
/// SingleResponse ::= SEQUENCE {
///     certID               CertID,
///     certStatus           CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL },
///     thisUpdate           GeneralizedTime,
///     nextUpdate       [0] EXPLICIT GeneralizedTime OPTIONAL,
///     singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// RevokedInfo    ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT ENUMERATED OPTIONAL }
/// ```
/// RFC 6960, 4.2.1.
struct Single<'a> {
    status: Status,
    this_update: i64,
    next_update: Option<i64>,
    extensions: Vec<Extension<'a>>,
}

impl<'a> Single<'a> {
    /// Parses the fields after the first.
    fn parse(mut fields: Elements<'a>) -> Option<Self> {
        let status = fields.next()?;
        let status = match tag_number(&status)? {
            0 => Status::Good,
            1 => {
                let mut info = Elements::of(status.value())?;
                let time = time::parse(info.next()?)?;
                let reason = info.tagged(0).and_then(|reason| AnyRef::from_der(reason.value()).ok()?.value().first().copied());
                Status::Revoked { time, reason }
            }
            2 => Status::Unknown,
            _ => return None,
        };
        let this_update = time::parse(fields.next()?)?;
        let next_update = match fields.tagged(0) {
            Some(time) => Some(time::parse(AnyRef::from_der(time.value()).ok()?)?),
            None => None,
        };
        let extensions = extensions(&mut fields)?;
        Some(Single { status, this_update, next_update, extensions })
    }

    /// The time from which on expired certificates are known. RFC 6960, 4.4.4.
    fn archive_cutoff(&self) -> Option<i64> {
        time::parse(self.extensions.iter().find(|extension| extension.oid == ARCHIVE_CUTOFF)?.element()?)
    }
}

/// The certificate by which the response verifies, and whether the issuer delegated to it. RFC 6960, 4.2.2.2.
fn responder(
    data: &Data<'_>,
    signed: Signed<'_>,
    issuer: &Certificate,
    certificates: &[Certificate],
    pool: &[Certificate],
) -> Result<(Certificate, bool), Unusable> {
    let mut reason = Unusable("the certificate of the responder is not known".to_owned());
    let candidates = [issuer].into_iter().chain(certificates).chain(pool).filter(|candidate| data.is_by(candidate));
    for candidate in candidates.take(SIGNERS) {
        // An issuer may have several certificates for one key.
        let is_issuer = candidate.public_key_info() == issuer.public_key_info() && name::is_same(candidate.subject(), issuer.subject());
        let checked = SignatureOf::new(signed, candidate).and_then(|signature| {
            let delegated = if is_issuer { Ok(()) } else { check_delegation(candidate, issuer, data.produced_at) };
            delegated.and_then(|()| if signature.verifies() { Ok(()) } else { unusable("the signature on the response does not verify") })
        });
        match checked {
            Ok(()) if is_issuer => return Ok((issuer.clone(), false)),
            Ok(()) => return Ok((candidate.clone(), true)),
            Err(found) => reason = found,
        }
    }
    Err(reason)
}

/// Whether `issuer` issued `responder` for this purpose: directly, by the same key (RFC 6960, 4.2.2.2).
fn check_delegation(responder: &Certificate, issuer: &Certificate, produced_at: i64) -> Result<(), Unusable> {
    let refused = |reason: &str| unusable(format!("the responder {} {reason}", quoted(responder.subject())));
    if !issuer.may_have_issued(responder) {
        return refused("was not issued by the issuer of the certificate");
    }
    if !responder.extended_key_usage().is_some_and(|(_, purposes)| purposes.contains(&OCSP_SIGNING)) {
        return refused("may not sign OCSP responses by its extended key usage");
    }
    // digitalSignature or nonRepudiation.
    if responder.key_usage().is_some_and(|usage| usage & 0b11 == 0) {
        return refused("may not sign by its key usage");
    }
    let (not_before, not_after) = responder.validity();
    if !(not_before..=not_after).contains(&produced_at) {
        return refused("was not valid when it produced the response");
    }
    if responder.unknown_critical_extensions() {
        return refused("has a critical extension that is not known");
    }
    match is_signed_by(responder, issuer)? {
        true => Ok(()),
        false => refused("was not signed by the issuer of the certificate"),
    }
}
