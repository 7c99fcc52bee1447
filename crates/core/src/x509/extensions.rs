//! Extensions of certificates, revocation lists and OCSP responses (RFC 5280, 4.2), read on demand.

use const_oid::ObjectIdentifier;
use der::asn1::BitStringRef;
use der::{AnyRef, Decode, Tag, TagNumber, Tagged};

use super::certificate::Certificate;
use super::elements::Elements;
use crate::limits::{ADDRESS, ADDRESSES, EXTENSIONS};

const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const AUTHORITY_INFORMATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1");
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");
/// RFC 6960, 4.2.2.2.1.
const OCSP_NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");

/// Extensions of a certificate that may be critical: those of RFC 5280, 4.2, qcStatements (RFC 3739, 3.2.6) and id-pkix-ocsp-nocheck.
const KNOWN: [ObjectIdentifier; 15] = [
    BASIC_CONSTRAINTS,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    OCSP_NO_CHECK,
    // subjectKeyIdentifier, keyUsage, subjectAltName, issuerAltName, nameConstraints, certificatePolicies, policyMappings,
    // authorityKeyIdentifier, policyConstraints, inhibitAnyPolicy.
    ObjectIdentifier::new_unwrap("2.5.29.14"),
    ObjectIdentifier::new_unwrap("2.5.29.15"),
    ObjectIdentifier::new_unwrap("2.5.29.17"),
    ObjectIdentifier::new_unwrap("2.5.29.18"),
    ObjectIdentifier::new_unwrap("2.5.29.30"),
    ObjectIdentifier::new_unwrap("2.5.29.32"),
    ObjectIdentifier::new_unwrap("2.5.29.33"),
    ObjectIdentifier::new_unwrap("2.5.29.35"),
    ObjectIdentifier::new_unwrap("2.5.29.36"),
    ObjectIdentifier::new_unwrap("2.5.29.54"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3"),
];

/// All reasons of a revocation: the bits 1 to 8 of ReasonFlags (RFC 5280, 4.2.1.13).
pub(crate) const REASONS: u16 = 0b1_1111_1110;

/// ```asn1
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
/// RFC 5280, 4.1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) critical: bool,
    /// Contents of `extnValue`.
    pub(crate) value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// The extensions of `der`, a SEQUENCE of them. `None` for anything else, and for more than [`EXTENSIONS`].
    pub(crate) fn list(der: &'a [u8]) -> Option<Vec<Extension<'a>>> {
        let mut list = Elements::within(AnyRef::from_der(der).ok()?, Tag::Sequence)?;
        let mut found = Vec::new();
        while !list.is_finished() {
            let mut extension = Elements::of(list.expect(Tag::Sequence).filter(|_| found.len() < EXTENSIONS)?.value())?;
            let oid = extension.next()?.decode_as().ok()?;
            let mut value = extension.next()?;
            let critical = value.tag() == Tag::Boolean && value.value() != [0];
            if value.tag() == Tag::Boolean {
                value = extension.next()?;
            }
            if value.tag() != Tag::OctetString || !extension.is_finished() {
                return None;
            }
            found.push(Extension { oid, critical, value: value.value() });
        }
        Some(found)
    }

    /// The element that the value is.
    pub(crate) fn element(&self) -> Option<AnyRef<'a>> {
        AnyRef::from_der(self.value).ok()
    }

    /// The elements of the SEQUENCE that the value is.
    pub(crate) fn elements(&self) -> Option<Elements<'a>> {
        Elements::within(self.element()?, Tag::Sequence)
    }
}

/// Bits of a BIT STRING of named bits, the first in the lowest bit.
pub(crate) fn flags(value: AnyRef<'_>) -> Option<u16> {
    Some(flags_of(value.decode_as::<BitStringRef<'_>>().ok()?.raw_bytes()))
}

/// As [`flags`], of the octets that carry the bits.
pub(crate) fn flags_of(octets: &[u8]) -> u16 {
    let octet = |index: usize| octets.get(index).map_or(0, |octet| u16::from(octet.reverse_bits()));
    octet(0) | octet(1) << 8
}

/// ```asn1
/// DistributionPoint ::= SEQUENCE {
///     distributionPoint  [0] DistributionPointName OPTIONAL,
///     reasons            [1] IMPLICIT ReasonFlags OPTIONAL,
///     cRLIssuer          [2] IMPLICIT GeneralNames OPTIONAL }
/// ```
/// RFC 5280, 4.2.1.13.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DistributionPoint {
    /// Addresses for http and https.
    pub(crate) urls: Vec<String>,
    /// Reasons that its list covers, as [`REASONS`].
    pub(crate) reasons: u16,
    /// DER of the name of the list's issuer, where that is not the issuer of the certificate.
    pub(crate) crl_issuer: Option<Vec<u8>>,
    /// DER of its name.
    pub(crate) name: Option<Vec<u8>>,
}

/// ```asn1
/// DistributionPointName ::= CHOICE { fullName [0] IMPLICIT GeneralNames, nameRelativeToCRLIssuer [1] IMPLICIT RelativeDistinguishedName }
/// GeneralName           ::= CHOICE { directoryName [4] Name, uniformResourceIdentifier [6] IMPLICIT IA5String, … }
/// ```
/// RFC 5280, 4.2.1.6 and 4.2.1.13. Returns the names of `fullName`, given the DER of the DistributionPointName.
pub(crate) fn full_names(name: &[u8]) -> Vec<AnyRef<'_>> {
    let names = AnyRef::from_der(name).ok().filter(|name| tag_number(name) == Some(0));
    names.map_or_else(Vec::new, |names| general_names(names.value()))
}

/// The names in the contents of GeneralNames, at the most [`EXTENSIONS`].
pub(crate) fn general_names(contents: &[u8]) -> Vec<AnyRef<'_>> {
    let mut found = Vec::new();
    if let Some(mut names) = Elements::of(contents) {
        while found.len() < EXTENSIONS
            && let Some(name) = names.next()
        {
            found.push(name);
        }
    }
    found
}

/// DER of the first directory name in the contents of GeneralNames.
pub(crate) fn directory_name(contents: &[u8]) -> Option<&[u8]> {
    let name = general_names(contents).into_iter().find(|name| tag_number(name) == Some(4))?;
    Elements::of(name.value())?.expect_bytes(Tag::Sequence)
}

/// The number of a context-specific tag.
pub(crate) fn tag_number(element: &AnyRef<'_>) -> Option<u32> {
    match element.tag() {
        Tag::ContextSpecific { number: TagNumber(number), .. } => Some(number),
        _ => None,
    }
}

/// The address that a general name is, if it is one for http or https.
fn address(name: &AnyRef<'_>) -> Option<String> {
    let octets = Some(name.value()).filter(|octets| tag_number(name) == Some(6) && octets.len() <= ADDRESS)?;
    let text = std::str::from_utf8(octets).ok().filter(|text| text.bytes().all(|octet| octet.is_ascii_graphic()))?;
    let (scheme, _) = text.split_once("://")?;
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then(|| text.to_owned())
}

impl Certificate {
    /// Its extensions.
    fn extensions(&self) -> Vec<Extension<'_>> {
        Extension::list(self.extensions_der()).unwrap_or_default()
    }

    /// The extension of this type.
    pub(crate) fn extension(&self, oid: ObjectIdentifier) -> Option<Extension<'_>> {
        self.extensions().into_iter().find(|extension| extension.oid == oid)
    }

    /// `basicConstraints`: whether it is a CA, and how many CAs may follow it in a path. `None` where the certificate does not say.
    ///
    /// ```asn1
    /// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
    /// ```
    /// RFC 5280, 4.2.1.9.
    pub(crate) fn basic_constraints(&self) -> Option<(bool, Option<u32>)> {
        let mut fields = self.extension(BASIC_CONSTRAINTS)?.elements()?;
        let (mut is_ca, mut length) = (false, None);
        while let Some(field) = fields.next() {
            match field.tag() {
                Tag::Boolean => is_ca = field.value() != [0],
                // One that is too large permits every path.
                _ => length = Some(field.decode_as().unwrap_or(u32::MAX)),
            }
        }
        Some((is_ca, length))
    }

    /// Whether it is a CA by `basicConstraints`.
    pub(crate) fn is_ca(&self) -> bool {
        self.basic_constraints().is_some_and(|(is_ca, _)| is_ca)
    }

    /// The number of CAs that may follow it in a path, itself and self-issued ones not counted.
    pub(crate) fn path_length(&self) -> Option<u32> {
        self.basic_constraints()?.1
    }

    /// `extKeyUsage`: whether it is critical, and the purposes. RFC 5280, 4.2.1.12.
    pub(crate) fn extended_key_usage(&self) -> Option<(bool, Vec<ObjectIdentifier>)> {
        let extension = self.extension(EXTENDED_KEY_USAGE)?;
        let mut purposes = extension.elements()?;
        let mut found = Vec::new();
        while found.len() < EXTENSIONS
            && let Some(purpose) = purposes.next()
        {
            found.extend(purpose.decode_as::<ObjectIdentifier>().ok());
        }
        Some((extension.critical, found))
    }

    /// Addresses of OCSP responders for it. RFC 5280, 4.2.2.1.
    pub(crate) fn ocsp_urls(&self) -> Vec<String> {
        self.authority_information(OCSP)
    }

    /// Addresses of certificates of its issuer. RFC 5280, 4.2.2.1.
    pub(crate) fn issuer_urls(&self) -> Vec<String> {
        self.authority_information(CA_ISSUERS)
    }

    /// ```asn1
    /// AuthorityInfoAccess ::= SEQUENCE OF SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
    /// ```
    /// RFC 5280, 4.2.2.1.
    fn authority_information(&self, method: ObjectIdentifier) -> Vec<String> {
        let mut found = Vec::new();
        let Some(mut list) = self.extension(AUTHORITY_INFORMATION).and_then(|extension| extension.elements()) else { return found };
        while found.len() < ADDRESSES
            && let Some(description) = list.next()
        {
            let Some(mut description) = Elements::of(description.value()) else { continue };
            let of_method = description.next().is_some_and(|oid| oid.decode_as() == Ok(method));
            let url = description.next().filter(|_| of_method).and_then(|name| address(&name));
            found.extend(url.filter(|url| !found.contains(url)));
        }
        found
    }

    /// Distribution points of the lists that it may be revoked by. RFC 5280, 4.2.1.13.
    pub(crate) fn crl_points(&self) -> Vec<DistributionPoint> {
        let mut found = Vec::new();
        let Some(mut points) = self.extension(CRL_DISTRIBUTION_POINTS).and_then(|extension| extension.elements()) else { return found };
        while found.len() < ADDRESSES
            && let Some(point) = points.expect(Tag::Sequence)
        {
            let Some(mut point) = Elements::of(point.value()) else { continue };
            let name = point.tagged(0).map(|name| name.value().to_vec());
            let reasons = point.tagged(1).map_or(REASONS, |reasons| flags_of(reasons.value().get(1..).unwrap_or_default()) & REASONS);
            let crl_issuer = point.tagged(2).and_then(|names| directory_name(names.value()).map(<[u8]>::to_vec));
            let names = name.as_deref().map_or_else(Vec::new, full_names);
            let urls = names.iter().filter_map(address).take(ADDRESSES).collect();
            found.push(DistributionPoint { urls, reasons, crl_issuer, name });
        }
        found
    }

    /// Whether the issuer of an OCSP responder's certificate wants no proof that it is not revoked. RFC 6960, 4.2.2.2.1.
    pub(crate) fn has_no_check(&self) -> bool {
        self.extension(OCSP_NO_CHECK).is_some()
    }

    /// Whether a critical extension is unknown, so that the certificate proves nothing (RFC 5280, 4.2).
    pub(crate) fn unknown_critical_extensions(&self) -> bool {
        self.extensions().iter().any(|extension| extension.critical && !KNOWN.contains(&extension.oid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate of the fixtures of `evidence`.
    fn certificate(name: &str) -> Certificate {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/evidence").join(format!("{name}.pem"));
        Certificate::parse(&std::fs::read(path).unwrap()).unwrap().0
    }

    #[test]
    fn addresses_are_those_for_http() {
        let leaf = certificate("leaf");
        assert_eq!(leaf.ocsp_urls(), ["http://example.test/ocsp"]);
        assert_eq!(leaf.issuer_urls(), ["http://example.test/ca.crt", "HTTPS://example.test/ca.p7c"]);
        let points = leaf.crl_points();
        let urls = points.iter().map(|point| &point.urls[..]).collect::<Vec<_>>();
        // The second is for ldap.
        assert_eq!(urls, [&["http://example.test/a.crl".to_owned()][..], &[], &["http://example.test/b.crl".to_owned()]]);
        assert!(points.iter().all(|point| point.reasons == REASONS && point.crl_issuer.is_none()));
        assert!(!leaf.is_ca() && !leaf.has_no_check() && !leaf.unknown_critical_extensions());
        assert_eq!(leaf.extended_key_usage(), None);
    }

    #[test]
    fn points_with_reasons_and_another_issuer() {
        let points = certificate("reasons").crl_points();
        // keyCompromise and cACompromise, then all others.
        assert_eq!(points.iter().map(|point| point.reasons).collect::<Vec<_>>(), [0b110, 0b1_1111_1000]);
        let points = certificate("indirect").crl_points();
        assert_eq!(points[0].crl_issuer.as_deref(), Some(certificate("crlissuer").subject()));
    }

    #[test]
    fn authorities_and_responders() {
        let (root, ca, short) = (certificate("root"), certificate("ca"), certificate("short"));
        assert_eq!((root.is_ca(), root.path_length()), (true, None));
        assert_eq!((ca.is_ca(), ca.path_length()), (true, None));
        assert_eq!((short.is_ca(), short.path_length()), (true, Some(0)));
        assert!(root.ocsp_urls().is_empty() && root.issuer_urls().is_empty() && root.crl_points().is_empty());
        let responder = certificate("responder");
        let ocsp_signing = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
        assert_eq!(responder.extended_key_usage(), Some((true, vec![ocsp_signing])));
        assert!(responder.has_no_check() && !certificate("checked").has_no_check());
        assert!(certificate("critical").unknown_critical_extensions());
    }
}
