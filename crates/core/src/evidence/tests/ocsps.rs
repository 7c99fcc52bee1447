//! OCSP requests and responses.

use super::*;
use crate::evidence::ocsp::{OcspAnswer, read as judge, request};

/// The answer of a fixture about `certificate`.
fn answer(name: &str, certificate: &Certificate, pool: &[Certificate]) -> Result<OcspAnswer, Unusable> {
    judge(&read(&format!("{name}.ocsp.der")), certificate, &fixture("ca"), pool, fixture_time(), None)
}

#[test]
fn a_request_is_that_of_openssl() {
    let (leaf, ca) = (fixture("leaf"), fixture("ca"));
    let plain = request(&leaf, &ca, None);
    assert_eq!(plain, read("leaf.request.der"));
    let nonce = [7; 32];
    let with = request(&leaf, &ca, Some(&nonce));
    let list = &plain[4..];
    let extension = extension("1.3.6.1.5.5.7.48.1.2", false, &element(4, &[&nonce]));
    assert_eq!(with, element(0x30, &[&element(0x30, &[list, &element(0xa2, &[&element(0x30, &[&extension])])])]));
}

#[test]
fn answers_of_openssl() {
    let (leaf, ca, responder) = (fixture("leaf"), fixture("ca"), fixture("responder"));
    let found = answer("good", &leaf, &[]).unwrap();
    assert_eq!((found.status, &found.responder, found.is_delegated, found.needs_own_proof), (Status::Good, &responder, true, false));
    assert!((found.this_update - fixture_time()).abs() < 100 && found.next_update > Some(fixture_time() + 36_000 * DAY));
    assert_eq!((found.certificates, found.nonce_missing), (vec![responder.clone()], false));
    assert_eq!(answer("by-key", &leaf, &[]).unwrap().responder, responder);
    assert_eq!(answer("by-sha256", &leaf, &[]).unwrap().status, Status::Good);
    let found = answer("revoked", &fixture("revoked"), &[]).unwrap();
    assert_eq!(found.status, Status::Revoked { time: 1_793_534_400, reason: Some(1) });
    assert_eq!(answer("unknown", &fixture("critical"), &[]).unwrap().status, Status::Unknown);
    let found = answer("by-ca", &leaf, &[]).unwrap();
    assert_eq!((found.responder, found.is_delegated, found.needs_own_proof), (ca, false, false));
    let found = answer("by-checked", &leaf, &[]).unwrap();
    assert_eq!((found.responder, found.is_delegated, found.needs_own_proof), (fixture("checked"), true, true));
    assert_eq!(reason(answer("without-certificates", &leaf, &[])), "the certificate of the responder is not known");
    let found = answer("without-certificates", &leaf, &[fixture("root"), responder.clone()]).unwrap();
    assert_eq!((found.responder, found.certificates), (responder, vec![]));
    assert_eq!(reason(answer("good", &fixture("revoked"), &[])), "the response is about another certificate");
}

/// A response that is made here, good by default.
struct Made {
    issuer: Party,
    leaf: Party,
    responder: Party,
    /// DER of the ResponderID.
    id: Vec<u8>,
    /// DER of the CertID.
    certificate: Vec<u8>,
    status: Vec<u8>,
    this_update: Vec<u8>,
    next_update: Vec<u8>,
    single_extensions: Vec<u8>,
    extensions: Vec<u8>,
    /// Further SingleResponses.
    others: Vec<u8>,
    certificates: Vec<u8>,
}

const OCSP_SIGNING: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 9];

fn for_ocsp() -> Vec<u8> {
    extension("2.5.29.37", true, OCSP_SIGNING)
}

fn by_name(party: &Party) -> Vec<u8> {
    element(0xa1, &[party.certificate.subject()])
}

fn cert_id(certificate: &Certificate, issuer: &Certificate) -> Vec<u8> {
    // TBSRequest, requestList, Request.
    let der = request(certificate, issuer, None);
    der[8..].to_vec()
}

impl Made {
    fn new() -> Made {
        let issuer = Party::root("CN=CA", 1);
        let leaf = issuer.issue("CN=leaf", 2, &[]);
        let responder = issuer.issue("CN=Responder", 3, &[for_ocsp()]);
        Made {
            id: by_name(&responder),
            certificate: cert_id(&leaf.certificate, &issuer.certificate),
            status: vec![0x80, 0],
            this_update: time_of(NOW - 60),
            next_update: element(0xa0, &[&time_of(NOW + 60)]),
            single_extensions: Vec::new(),
            extensions: Vec::new(),
            others: Vec::new(),
            certificates: responder.certificate.der().to_vec(),
            issuer,
            leaf,
            responder,
        }
    }

    /// With this responder.
    fn by(self, responder: Party) -> Made {
        Made { id: by_name(&responder), certificates: responder.certificate.der().to_vec(), responder, ..self }
    }

    fn single(&self) -> Vec<u8> {
        element(0x30, &[&self.certificate, &self.status, &self.this_update, &self.next_update, &self.single_extensions])
    }

    fn der(&self) -> Vec<u8> {
        let list = element(0x30, &[&self.others, &self.single()]);
        let data = element(0x30, &[&self.id, &time_with(NOW - 30, ".25"), &list, &self.extensions]);
        let certificates = element(0xa0, &[&element(0x30, &[&self.certificates])]);
        response(&signed(&self.responder.key, &data, &certificates))
    }

    fn read(&self) -> Result<OcspAnswer, Unusable> {
        self.read_with(None)
    }

    fn read_with(&self, nonce: Option<&[u8; 32]>) -> Result<OcspAnswer, Unusable> {
        judge(&self.der(), &self.leaf.certificate, &self.issuer.certificate, &[], NOW, nonce)
    }
}

/// OCSPResponse around a basic one.
fn response(basic: &[u8]) -> Vec<u8> {
    let kind = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1").to_der().unwrap();
    element(0x30, &[&[10, 1, 0], &element(0xa0, &[&element(0x30, &[&kind, &element(4, &[basic])])])])
}

#[test]
fn what_is_made_here_is_good() {
    let made = Made::new();
    let found = made.read().unwrap();
    assert_eq!((found.status, found.is_delegated, found.needs_own_proof), (Status::Good, true, true));
    assert_eq!((found.produced_at, found.this_update, found.next_update), (NOW - 30, NOW - 60, Some(NOW + 60)));
    // By the issuer itself, and by another certificate of its key.
    let found = Made::new().by(made.issuer.clone()).read().unwrap();
    assert_eq!((found.responder, found.is_delegated), (made.issuer.certificate.clone(), false));
    let renewed = made.issuer.issue("CN=CA", 1, &[]);
    let found = Made::new().by(renewed).read().unwrap();
    assert_eq!((found.responder, found.is_delegated), (made.issuer.certificate, false));
}

#[test]
fn the_responder_must_be_one_of_the_issuer() {
    let issuer = Party::root("CN=CA", 1);
    let by = |responder: Party| reason(Made::new().by(responder).read());
    let other = Party::root("CN=Other", 5);
    assert_eq!(by(other.clone()), "the responder `Other` was not issued by the issuer of the certificate");
    assert_eq!(by(other.issue("CN=R", 6, &[for_ocsp()])), "the responder `R` was not issued by the issuer of the certificate");
    // The name of the issuer, and another key.
    let namesake = Party::root("CN=CA", 7);
    assert_eq!(by(namesake.issue("CN=R", 6, &[for_ocsp()])), "the responder `R` was not signed by the issuer of the certificate");
    assert_eq!(by(issuer.issue("CN=R", 6, &[])), "the responder `R` may not sign OCSP responses by its extended key usage");
    let any = extension("2.5.29.37", false, &[0x30, 6, 6, 4, 0x55, 0x1d, 0x25, 0]);
    assert_eq!(by(issuer.issue("CN=R", 6, &[any])), "the responder `R` may not sign OCSP responses by its extended key usage");
    assert_eq!(by(issuer.issue("CN=R", 6, &[for_ocsp(), usage(0x20)])), "the responder `R` may not sign by its key usage");
    for validity in [(0, NOW - 31), (NOW - 29, NOW + DAY)] {
        let responder = issuer.issue_for("CN=R", 6, validity, &[for_ocsp()]);
        assert_eq!(by(responder), "the responder `R` was not valid when it produced the response");
    }
    let critical = issuer.issue("CN=R", 6, &[for_ocsp(), extension("1.2.3", true, &[5, 0])]);
    assert_eq!(by(critical), "the responder `R` has a critical extension that is not known");
    let unchecked = issuer.issue("CN=R", 6, &[for_ocsp(), extension("1.3.6.1.5.5.7.48.1.5", false, &[5, 0])]);
    assert!(!Made::new().by(unchecked).read().unwrap().needs_own_proof);
}

#[test]
fn the_signature_must_verify() {
    let mut made = Made::new();
    made.responder.key = key(9);
    assert_eq!(reason(made.read()), "the signature on the response does not verify");
    // Two certificates of the name of the responder: the second is the right one.
    let made = Made::new();
    let namesake = made.issuer.issue("CN=Responder", 8, &[for_ocsp()]);
    let certificates = [namesake.certificate.der(), made.responder.certificate.der()].concat();
    assert_eq!(Made { certificates, ..Made::new() }.read().unwrap().responder, made.responder.certificate);
}

#[test]
fn the_certificate_must_be_the_right_one() {
    let made = Made::new();
    let other = Party::root("CN=Other", 5);
    let same_serial = other.issue("CN=leaf", 2, &[]);
    let other_serial = made.issuer.issue("CN=leaf", 4, &[]);
    // Neither the name nor the key of the issuer alone is enough.
    let namesake = Party::root("CN=CA", 7);
    for certificate in [
        cert_id(&same_serial.certificate, &other.certificate),
        cert_id(&other_serial.certificate, &made.issuer.certificate),
        cert_id(&made.leaf.certificate, &namesake.certificate),
        cert_id(&same_serial.certificate, &made.issuer.certificate),
    ] {
        assert_eq!(reason(Made { certificate, ..Made::new() }.read()), "the response is about another certificate");
    }
    // An unknown digest names nothing, not even by no octets.
    let none = element(0x30, &[&element(0x30, &[&[6, 3, 0x2a, 3, 4]]), &[4, 0], &[4, 0], &[2, 1, 2]]);
    assert_eq!(reason(Made { certificate: none, ..Made::new() }.read()), "the response is about another certificate");
}

#[test]
fn one_of_several_that_says_revoked_counts() {
    let revoked = element(0xa1, &[&time_of(NOW - DAY), &element(0xa0, &[&[10, 1, 6]])]);
    let older = Made { status: revoked.clone(), this_update: time_of(NOW - 120), ..Made::new() };
    let found = Made { others: older.single(), ..Made::new() }.read().unwrap();
    assert_eq!(found.status, Status::Revoked { time: NOW - DAY, reason: Some(6) });
    assert_eq!(reason_name(Some(6)), "certificateHold");
    let older = Made { this_update: time_of(NOW - 120), next_update: Vec::new(), ..Made::new() };
    let found = Made { others: older.single(), ..Made::new() }.read().unwrap();
    assert_eq!((found.this_update, found.next_update), (NOW - 60, Some(NOW + 60)));
    // Without a reason.
    let plain = element(0xa1, &[&time_of(NOW - DAY)]);
    assert_eq!(Made { status: plain, ..Made::new() }.read().unwrap().status, Status::Revoked { time: NOW - DAY, reason: None });
    assert_eq!(Made { status: vec![0x82, 0], ..Made::new() }.read().unwrap().status, Status::Unknown);
}

#[test]
fn times() {
    let ahead = Made { this_update: time_of(NOW + 300), ..Made::new() };
    assert_eq!(ahead.read().unwrap().this_update, NOW + 300);
    let future = Made { this_update: time_of(NOW + 301), ..Made::new() };
    assert_eq!(reason(future.read()), format!("the response is of the future, {}", time::rfc3339(NOW + 301)));
    let last = Made { next_update: element(0xa0, &[&time_of(NOW)]), ..Made::new() };
    assert_eq!(last.read().unwrap().next_update, Some(NOW));
    let expired = Made { next_update: element(0xa0, &[&time_of(NOW - 1)]), ..Made::new() };
    assert_eq!(reason(expired.read()), format!("the response was valid until {}", time::rfc3339(NOW - 1)));
    assert_eq!(Made { next_update: Vec::new(), ..Made::new() }.read().unwrap().next_update, None);
    let fractions = Made {
        this_update: time_with(NOW - 60, ".123456"),
        next_update: element(0xa0, &[&time_with(NOW + 60, ".9")]),
        status: element(0xa1, &[&time_with(NOW - DAY, ".5")]),
        ..Made::new()
    };
    let found = fractions.read().unwrap();
    assert_eq!((found.this_update, found.next_update), (NOW - 60, Some(NOW + 60)));
    assert_eq!(found.status, Status::Revoked { time: NOW - DAY, reason: None });
}

/// A responder need not know certificates that expired (RFC 6960, 4.4.4).
#[test]
fn an_expired_certificate_is_known_by_the_archive_cutoff_only() {
    let expired = || {
        let mut made = Made::new();
        made.leaf = made.issuer.issue_for("CN=leaf", 2, (0, NOW - DAY), &[]);
        made
    };
    let found = reason(expired().read());
    assert_eq!(
        found,
        "the response is younger than the end of the certificate, and says of no expired one that it is known (archive cutoff)"
    );
    let cutoff = |time| element(0xa1, &[&element(0x30, &[&extension("1.3.6.1.5.5.7.48.1.6", false, &time_of(time))])]);
    assert!(Made { single_extensions: cutoff(NOW - 2 * DAY), ..expired() }.read().is_ok());
    assert!(Made { single_extensions: cutoff(NOW - DAY + 1), ..expired() }.read().is_err());
    assert!(Made { this_update: time_of(NOW - DAY), ..expired() }.read().is_ok());
    assert!(Made { status: element(0xa1, &[&time_of(NOW - 9 * DAY)]), ..expired() }.read().is_ok());
}

#[test]
fn nonces() {
    let nonce = [7; 32];
    let with = |value: &[u8]| Made {
        extensions: element(0xa1, &[&element(0x30, &[&extension("1.3.6.1.5.5.7.48.1.2", false, value)])]),
        ..Made::new()
    };
    assert!(Made::new().read_with(Some(&nonce)).unwrap().nonce_missing);
    for value in [&nonce[..], &element(4, &[&nonce])] {
        assert!(!with(value).read_with(Some(&nonce)).unwrap().nonce_missing);
    }
    for value in [&[8; 32][..], &element(4, &[&[8; 32]]), &element(4, &[&nonce[..31]]), &[]] {
        assert_eq!(reason(with(value).read_with(Some(&nonce))), "the response has another nonce than the request");
        // One that was not asked for says nothing.
        assert!(!with(value).read().unwrap().nonce_missing);
    }
}

#[test]
fn critical_extensions() {
    let list = |critical| element(0xa1, &[&element(0x30, &[&extension("1.2.3", critical, &[5, 0])])]);
    for made in [Made { extensions: list(true), ..Made::new() }, Made { single_extensions: list(true), ..Made::new() }] {
        assert_eq!(reason(made.read()), "the response has the critical extension 1.2.3, which is not known");
    }
    assert!(Made { extensions: list(false), single_extensions: list(false), ..Made::new() }.read().is_ok());
}

#[test]
fn refusals_and_bytes_that_are_no_response() {
    let made = Made::new();
    let read = |bytes: &[u8]| reason(judge(bytes, &made.leaf.certificate, &made.issuer.certificate, &[], NOW, None));
    for (status, text) in [
        (1, "the responder answers malformedRequest"),
        (2, "the responder answers internalError"),
        (3, "the responder answers tryLater"),
        (4, "the responder answers a status that RFC 6960 does not know"),
        (5, "the responder answers sigRequired"),
        (6, "the responder answers unauthorized"),
    ] {
        assert_eq!(read(&[0x30, 3, 10, 1, status]), text);
    }
    let der = made.der();
    assert_eq!(read(b""), "the answer is empty");
    assert_eq!(read(b"<html><body>Sign in</body></html>"), "the answer is XML or HTML text and not an OCSP response in DER");
    let other = "the answer is not an OCSP response in DER, or is cut off, or more bytes follow";
    for bytes in [&der[..100], &[&der[..], &[0]].concat(), &[0; 40], made.leaf.certificate.der()] {
        assert_eq!(read(bytes), other);
    }
    let kind = ObjectIdentifier::new_unwrap("1.2.3").to_der().unwrap();
    let unknown = element(0x30, &[&[10, 1, 0], &element(0xa0, &[&element(0x30, &[&kind, &[4, 0]])])]);
    for bytes in [&unknown[..], &[0x30, 3, 10, 1, 0]] {
        assert_eq!(read(bytes), "the responder answers something else than a basic OCSP response");
    }
    assert_eq!(read(&response(&signed(&made.responder.key, &[0x30, 0], &[]))), "the response cannot be read");
}

#[test]
fn damage_is_found() {
    let made = Made { certificates: Vec::new(), ..Made::new() };
    let pool = [made.responder.certificate.clone()];
    damaged(&made.der(), |bytes| judge(bytes, &made.leaf.certificate, &made.issuer.certificate, &pool, NOW, None).is_ok());
}
