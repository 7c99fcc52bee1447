//! Certificate revocation lists (RFC 5280, 5 and 6.3): judged without a model of them.
//!
//! A list has up to millions of entries. They are scanned once, none is kept, and nothing is allocated for one.

use const_oid::ObjectIdentifier;
use der::{AnyRef, Decode, Tag, Tagged};

use super::{CLOCK_SKEW, SignatureOf, Status, Unusable, quoted, unrecognized, unusable};
use crate::base64;
use crate::limits::SIGNERS;
use crate::x509::extensions::{flags_of, general_names, tag_number};
use crate::x509::{Certificate, DistributionPoint, Elements, Extension, REASONS, Signed, name, pem, time};

const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const DELTA_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const ISSUING_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
/// ISO/IEC 9594-8, 9.5.2.8: from this time on expired certificates stay on the list.
const EXPIRED_ON_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");
/// Extensions of an entry, by the contents of their object identifiers (RFC 5280, 5.3).
const REASON: &[u8] = b"\x55\x1d\x15";
const INSTRUCTION: &[u8] = b"\x55\x1d\x17";
const INVALIDITY: &[u8] = b"\x55\x1d\x18";
const CERTIFICATE_ISSUER: &[u8] = b"\x55\x1d\x1d";
/// cRLSign of `keyUsage`. RFC 5280, 4.2.1.3.
const CRL_SIGN: u16 = 1 << 6;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;

/// What a list says of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CrlAnswer {
    /// Good or revoked. Good counts only for the reasons.
    pub(crate) status: Status,
    /// Seconds since 1970 UTC.
    pub(crate) this_update: i64,
    pub(crate) next_update: Option<i64>,
    /// The certificate that the list is signed with. One that is not in the path of the certificate needs a path and a proof of its own.
    pub(crate) signer: Certificate,
    /// The reasons that the list covers, as [`REASONS`]: those of several lists add up.
    pub(crate) reasons: u16,
}

/// A list whose entries are not read yet, in DER.
///
/// ```asn1
/// CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertList     ::= SEQUENCE {
///     version             INTEGER OPTIONAL,
///     signature           AlgorithmIdentifier,
///     issuer              Name,
///     thisUpdate          Time,
///     nextUpdate          Time OPTIONAL,
///     revokedCertificates SEQUENCE OF SEQUENCE {
///         userCertificate    INTEGER,
///         revocationDate     Time,
///         crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
///     crlExtensions   [0] EXPLICIT Extensions OPTIONAL }
/// ```
/// RFC 5280, 5.1.
#[derive(Debug)]
pub(crate) struct Crl<'a> {
    signed: Signed<'a>,
    /// DER of the name.
    issuer: &'a [u8],
    this_update: i64,
    next_update: Option<i64>,
    /// Contents of `revokedCertificates`.
    entries: &'a [u8],
    authority_key: Option<&'a [u8]>,
    expired_since: Option<i64>,
    scope: Scope<'a>,
}

/// Certificates that a list is about.
///
/// ```asn1
/// IssuingDistributionPoint ::= SEQUENCE {
///     distributionPoint          [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts      [1] IMPLICIT BOOLEAN DEFAULT FALSE,
///     onlyContainsCACerts        [2] IMPLICIT BOOLEAN DEFAULT FALSE,
///     onlySomeReasons            [3] IMPLICIT ReasonFlags OPTIONAL,
///     indirectCRL                [4] IMPLICIT BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts [5] IMPLICIT BOOLEAN DEFAULT FALSE }
/// ```
/// RFC 5280, 5.2.5.
#[derive(Debug)]
struct Scope<'a> {
    /// DER of the DistributionPointName.
    point: Option<&'a [u8]>,
    users_only: bool,
    authorities_only: bool,
    attributes_only: bool,
    indirect: bool,
    reasons: u16,
}

impl<'a> Scope<'a> {
    fn parse(extension: Option<&Extension<'a>>) -> Option<Self> {
        let none =
            Scope { point: None, users_only: false, authorities_only: false, attributes_only: false, indirect: false, reasons: REASONS };
        let Some(extension) = extension else { return Some(none) };
        let mut fields = extension.elements()?;
        let mut flag = |number| fields.tagged(number);
        let point = flag(0).map(|point| point.value());
        let is_true = |field: Option<AnyRef<'_>>| field.is_some_and(|field| field.value() != [0]);
        let (users_only, authorities_only) = (is_true(flag(1)), is_true(flag(2)));
        let reasons = flag(3).map_or(REASONS, |reasons| flags_of(reasons.value().get(1..).unwrap_or_default()) & REASONS);
        let (indirect, attributes_only) = (is_true(flag(4)), is_true(flag(5)));
        fields.is_finished().then_some(Scope { point, users_only, authorities_only, attributes_only, indirect, reasons })
    }
}

/// DER of a list that is DER, PEM or base64.
pub(crate) fn to_der(list: Vec<u8>) -> Result<Vec<u8>, Unusable> {
    const WANTED: &str = "a revocation list in DER or PEM";
    // The identifier octet of a SEQUENCE.
    if list.first() == Some(&SEQUENCE) {
        return Ok(list);
    }
    let decoded = match pem::is_pem(&list) {
        true => pem::blocks(&list, 1).pop().filter(|block| block.label.contains("CRL")).and_then(|block| block.bytes),
        false => base64::decode(&list).filter(|der| der.first() == Some(&SEQUENCE)),
    };
    decoded.ok_or_else(|| unrecognized(&list, WANTED))
}

/// Judges `list`, in DER, and verifies it here: whether it revokes `certificate`, issued by `issuer`, at `now`, seconds since 1970 UTC.
///
/// Other certificates that may have signed it are looked for in `pool`.
#[cfg(test)]
pub(crate) fn read(
    list: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    pool: &[Certificate],
    now: i64,
) -> Result<CrlAnswer, Unusable> {
    let list = Crl::parse(list)?;
    let mut reason = list.without_signer();
    for signer in list.signers(issuer, pool) {
        match list.signature(signer) {
            Ok(signature) if signature.verifies() => return list.judge(certificate, signer, now),
            Ok(_) => reason = Unusable("the signature on the list does not verify".to_owned()),
            Err(found) => reason = found,
        }
    }
    Err(reason)
}

impl<'a> Crl<'a> {
    /// Parses all but the entries of exactly one list in DER.
    ///
    /// A delta (RFC 5280, 5.2.4) proves nothing, and neither does a list with a critical extension that is not known (5.2).
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, Unusable> {
        let signed = Signed::parse(der).filter(|signed| signed.rest.is_empty());
        let signed = signed.ok_or_else(|| unrecognized(der, "a revocation list in DER"))?;
        let (list, extensions) = Crl::fields(signed).ok_or_else(|| Unusable("the list cannot be read".to_owned()))?;
        let find = |oid| extensions.iter().find(|extension| extension.oid == oid);
        if find(DELTA_INDICATOR).is_some() {
            return unusable("the list is a delta, which proves nothing without its base");
        }
        let known = [CRL_NUMBER, ISSUING_POINT, AUTHORITY_KEY];
        if let Some(unknown) = extensions.iter().find(|extension| extension.critical && !known.contains(&extension.oid)) {
            return unusable(format!("the list has the critical extension {}, which is not known", unknown.oid));
        }
        let Some(scope) = Scope::parse(find(ISSUING_POINT)) else {
            return unusable("the issuing distribution point of the list cannot be read");
        };
        let authority_key = find(AUTHORITY_KEY).and_then(|key| Some(key.elements()?.tagged(0)?.value()));
        let expired_since = find(EXPIRED_ON_LIST).and_then(|since| time::parse(since.element()?));
        Ok(Crl { scope, authority_key, expired_since, ..list })
    }

    /// The fields, without what the extensions say, and the extensions.
    fn fields(signed: Signed<'a>) -> Option<(Self, Vec<Extension<'a>>)> {
        let mut tbs = Elements::within(AnyRef::from_der(signed.message).ok()?, Tag::Sequence)?;
        tbs.expect_bytes(Tag::Integer);
        let algorithm = tbs.expect_bytes(Tag::Sequence)?;
        // RFC 5280, 5.1.1.2.
        (algorithm == signed.algorithm).then_some(())?;
        let issuer = tbs.expect_bytes(Tag::Sequence)?;
        let this_update = time::parse(tbs.next()?)?;
        let mut field = tbs.next();
        let mut next_update = None;
        if let Some(time) = field.filter(|field| matches!(field.tag(), Tag::UtcTime | Tag::GeneralizedTime)) {
            next_update = Some(time::parse(time)?);
            field = tbs.next();
        }
        let mut entries: &[u8] = &[];
        if let Some(list) = field.filter(|field| field.tag() == Tag::Sequence) {
            entries = list.value();
            field = tbs.next();
        }
        let mut extensions = Vec::new();
        if let Some(list) = field.filter(|field| tag_number(field) == Some(0)) {
            extensions = Extension::list(list.value())?;
            field = tbs.next();
        }
        (field.is_none() && tbs.is_finished()).then_some(())?;
        let scope = Scope::parse(None)?;
        Some((Crl { signed, issuer, this_update, next_update, entries, authority_key: None, expired_since: None, scope }, extensions))
    }

    /// Certificates that may have signed it, by name and key identifier: `issuer`, and others of `pool`.
    pub(crate) fn signers<'c>(&self, issuer: &'c Certificate, pool: &'c [Certificate]) -> Vec<&'c Certificate> {
        let others = pool.iter().filter(|other| other.der() != issuer.der());
        let has_key = |one: &Certificate| !matches!((one.subject_key(), self.authority_key), (Some(one), Some(wanted)) if one != wanted);
        let may = |one: &&Certificate| has_key(one) && name::is_same(one.subject(), self.issuer);
        [issuer].into_iter().chain(others).filter(may).take(SIGNERS).collect()
    }

    /// The reason where there is no certificate that may have signed it.
    pub(crate) fn without_signer(&self) -> Unusable {
        Unusable(format!("the certificate of {}, which issued the list, is not known", quoted(self.issuer)))
    }

    /// The signature on it as one by `signer`.
    pub(crate) fn signature<'s>(&'s self, signer: &'s Certificate) -> Result<SignatureOf<'s>, Unusable> {
        if signer.key_usage().is_some_and(|usage| usage & CRL_SIGN == 0) {
            return unusable(format!("{} may not sign revocation lists by its keyUsage", quoted(signer.subject())));
        }
        if signer.unknown_critical_extensions() {
            return unusable(format!("{} has a critical extension that is not known", quoted(signer.subject())));
        }
        SignatureOf::new(self.signed, signer)
    }

    /// Whether it revokes `certificate`. Its signature must verify by `signer`, one of [`Crl::signers`].
    pub(crate) fn judge(&self, certificate: &Certificate, signer: &Certificate, now: i64) -> Result<CrlAnswer, Unusable> {
        if self.this_update > now + CLOCK_SKEW {
            return unusable(format!("the list is of the future, {}", time::rfc3339(self.this_update)));
        }
        if let Some(end) = self.next_update.filter(|end| *end < now) {
            return unusable(format!("the list was valid until {}", time::rfc3339(end)));
        }
        if self.scope.attributes_only {
            return unusable("the list is about attribute certificates only");
        }
        if self.scope.users_only && certificate.is_ca() {
            return unusable("the list is about certificates of users only, and this is one of a CA");
        }
        if self.scope.authorities_only && !certificate.is_ca() {
            return unusable("the list is about certificates of CAs only, and this is none");
        }
        let reasons = self.reasons(certificate)?;
        let found = self.find(certificate)?;
        let expired = certificate.validity().1;
        if found.is_none() && self.this_update > expired && self.expired_since.is_none_or(|since| since > expired) {
            return unusable("the list is younger than the end of the certificate, and says of no expired one that it is on it");
        }
        let status = found.map_or(Status::Good, |(time, reason)| Status::Revoked { time, reason });
        Ok(CrlAnswer { status, this_update: self.this_update, next_update: self.next_update, signer: signer.clone(), reasons })
    }

    /// The reasons that it covers of `certificate`, by the points that both name. RFC 5280, 6.3.3 (b).
    fn reasons(&self, certificate: &Certificate) -> Result<u16, Unusable> {
        let is_direct = name::is_same(self.issuer, certificate.issuer());
        let mut points = certificate.crl_points();
        let is_indirect = || self.scope.indirect && points.iter().any(|point| self.is_issuer_of(point));
        if !is_direct && !is_indirect() {
            return unusable(format!("the list is by {}, which is not the issuer that the certificate names for one", quoted(self.issuer)));
        }
        // A list that no point of the certificate names is one for all that its issuer issued.
        points.push(DistributionPoint { reasons: REASONS, ..DistributionPoint::default() });
        let own = self.scope.point.map(|point| point_names(Some(point), self.issuer));
        let is_for = |point: &DistributionPoint| {
            let is_by = if point.crl_issuer.is_some() { self.is_issuer_of(point) } else { is_direct };
            is_by
                && own.as_ref().is_none_or(|own| {
                    let names = point_names(point.name.as_deref(), point.crl_issuer.as_deref().unwrap_or(certificate.issuer()));
                    own.iter().any(|one| names.iter().any(|other| is_same_name(one, other)))
                })
        };
        let covered = points.iter().filter(|point| is_for(point)).fold(0, |covered, point| covered | point.reasons) & self.scope.reasons;
        match covered {
            0 => unusable("the list is for another distribution point than those of the certificate"),
            covered => Ok(covered),
        }
    }

    /// Whether the point names its issuer.
    fn is_issuer_of(&self, point: &DistributionPoint) -> bool {
        point.crl_issuer.as_deref().is_some_and(|issuer| name::is_same(issuer, self.issuer))
    }

    /// Time and reason of the entry of `certificate`. All entries are read: a critical extension that is not known makes a list useless (RFC 5280, 5.3).
    fn find(&self, certificate: &Certificate) -> Result<Option<(i64, Option<u8>)>, Unusable> {
        let unreadable = || Unusable("an entry of the list cannot be read".to_owned());
        let (_, wanted, _) = split(certificate.serial_number()).ok_or_else(unreadable)?;
        // In an indirect list an entry names its issuer, and those after it have the same (RFC 5280, 5.3.3).
        let mut is_issuer = name::is_same(self.issuer, certificate.issuer());
        let mut found = None;
        // Most entries have the extensions of the one before, or none.
        let mut checked: &[u8] = &[];
        let mut rest = self.entries;
        while !rest.is_empty() {
            let (tag, entry, after) = split(rest).ok_or_else(unreadable)?;
            let (serial_tag, serial, fields) = split(entry).ok_or_else(unreadable)?;
            let (time_tag, time, extensions) = split(fields).ok_or_else(unreadable)?;
            if tag != SEQUENCE || serial_tag != INTEGER || !matches!(time_tag, UTC_TIME | GENERALIZED_TIME) {
                return Err(unreadable());
            }
            if extensions != checked && !extensions.is_empty() {
                match check(extensions).ok_or_else(unreadable)? {
                    Checked::Plain => checked = extensions,
                    Checked::Issuer(names) if self.scope.indirect => {
                        let names = general_names(names);
                        let is_certificates =
                            |one: &AnyRef<'_>| tag_number(one) == Some(4) && name::is_same(one.value(), certificate.issuer());
                        is_issuer = names.iter().any(is_certificates);
                    }
                    Checked::Issuer(_) => return unusable("an entry of the list is of another issuer, and the list is not indirect"),
                    Checked::Unknown => return unusable("an entry of the list has a critical extension that is not known"),
                }
            }
            if serial == wanted && is_issuer && found.is_none() {
                let time = time::seconds(time_tag == GENERALIZED_TIME, time).ok_or_else(unreadable)?;
                found = Some((time, reason(extensions)));
            }
            rest = after;
        }
        Ok(found)
    }
}

/// What the extensions of an entry are.
enum Checked<'a> {
    /// Nothing that changes how the list is read.
    Plain,
    /// Contents of the GeneralNames of certificateIssuer.
    Issuer(&'a [u8]),
    /// One that is critical and not known.
    Unknown,
}

/// Checks the extensions of an entry. `None` where they are none.
fn check(extensions: &[u8]) -> Option<Checked<'_>> {
    let mut checked = Checked::Plain;
    each(extensions, |oid, critical, value| {
        if oid == CERTIFICATE_ISSUER {
            let (tag, names, rest) = split(value)?;
            (tag == SEQUENCE && rest.is_empty()).then_some(())?;
            if !matches!(checked, Checked::Unknown) {
                checked = Checked::Issuer(names);
            }
        } else if critical && ![REASON, INSTRUCTION, INVALIDITY].contains(&oid) {
            checked = Checked::Unknown;
        }
        Some(())
    })?;
    Some(checked)
}

/// The reason of an entry with these extensions.
fn reason(extensions: &[u8]) -> Option<u8> {
    let mut found = None;
    each(extensions, |oid, _, value| {
        if oid == REASON
            && let Some((ENUMERATED, [reason], [])) = split(value)
        {
            found = Some(*reason);
        }
        Some(())
    })?;
    found
}

/// Hands contents of the identifier, criticality and value of each extension to `visit`. `None` where they are none.
fn each<'a>(extensions: &'a [u8], mut visit: impl FnMut(&'a [u8], bool, &'a [u8]) -> Option<()>) -> Option<()> {
    let (SEQUENCE, mut list, []) = split(extensions)? else { return None };
    while !list.is_empty() {
        let (SEQUENCE, extension, after) = split(list)? else { return None };
        let (OBJECT_IDENTIFIER, oid, mut fields) = split(extension)? else { return None };
        let mut critical = false;
        if let (BOOLEAN, value, rest) = split(fields)? {
            critical = value != [0];
            fields = rest;
        }
        let (OCTET_STRING, value, []) = split(fields)? else { return None };
        visit(oid, critical, value)?;
        list = after;
    }
    Some(())
}

/// Identifier octet and contents of the element at the front, and what follows it.
#[inline]
fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}

/// A name of a distribution point: the number of its tag, and its contents.
type PointName = (u32, Vec<u8>);

/// The names of a distribution point, given the DER of a DistributionPointName; without one the name of `issuer` is it (RFC 5280, 6.3.3).
///
/// A name relative to the issuer is one with a part more.
fn point_names(point: Option<&[u8]>, issuer: &[u8]) -> Vec<PointName> {
    let Some(point) = point else { return vec![(4, issuer.to_vec())] };
    let Ok(choice) = AnyRef::from_der(point) else { return Vec::new() };
    match tag_number(&choice) {
        Some(0) => general_names(choice.value()).iter().filter_map(|one| Some((tag_number(one)?, one.value().to_vec()))).collect(),
        Some(1) => relative(choice.value(), issuer).map(|name| (4, name)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// DER of the name of `issuer` and one part more, given its contents.
fn relative(part: &[u8], issuer: &[u8]) -> Option<Vec<u8>> {
    use der::{Any, Encode};
    let set = Any::new(Tag::Set, part).ok()?.to_der().ok()?;
    let (_, contents, _) = split(issuer)?;
    Any::new(Tag::Sequence, [contents, &set].concat()).ok()?.to_der().ok()
}

fn is_same_name((tag, one): &PointName, (other_tag, other): &PointName) -> bool {
    tag == other_tag && (one == other || *tag == 4 && name::is_same(one, other))
}
