//! Answers of responders and issuers: OCSP responses (RFC 6960) and revocation lists (RFC 5280, 5).

use std::sync::LazyLock;

use der::{AnyRef, Decode, Tag, Tagged};

use crate::evidence::{Status, crl, ocsp};
use crate::x509::{Certificate, Elements, Signed};

/// The issuer of the seeds, certificates of it, and a responder.
static CERTIFICATES: LazyLock<[Certificate; 4]> = LazyLock::new(|| {
    [
        &include_bytes!("../../tests/data/evidence/ca.pem")[..],
        include_bytes!("../../tests/data/evidence/leaf.pem"),
        include_bytes!("../../tests/data/evidence/revoked.pem"),
        include_bytes!("../../tests/data/evidence/responder.pem"),
    ]
    .map(|pem| Certificate::parse(pem).expect("a certificate").0)
});

/// The time at which the seeds were made.
fn now() -> i64 {
    include_str!("../../tests/data/evidence/now").trim().parse().expect("a time")
}

/// `data` as a response for either certificate. What is accepted is accepted without a pool that names no responder, too.
pub fn ocsp(data: &[u8]) -> bool {
    let [issuer, leaf, revoked, responder] = &*CERTIFICATES;
    let mut is_accepted = false;
    for certificate in [leaf, revoked] {
        let read = |pool: &[Certificate]| ocsp::read(data, certificate, issuer, pool, now(), None);
        if let Ok(answer) = read(std::slice::from_ref(responder)) {
            is_accepted = true;
            assert!(data.windows(certificate.serial_number().len()).any(|bytes| bytes == certificate.serial_number()));
            assert!(answer.is_delegated || answer.responder == *issuer);
            let pool = [answer.responder.clone(), leaf.clone()];
            assert_eq!(read(&pool).as_ref(), Ok(&answer));
        }
    }
    is_accepted
}

/// `data` as a list, whose signature is not verified, so that what is behind it is reached. The scan says the same as a reader of each entry.
pub fn crl(data: &[u8]) -> bool {
    let [issuer, leaf, revoked, _] = &*CERTIFICATES;
    let Ok(der) = crl::to_der(data.to_vec()) else { return false };
    let Ok(list) = crl::Crl::parse(&der) else { return false };
    let mut is_accepted = false;
    for signer in list.signers(issuer, std::slice::from_ref(leaf)) {
        let _ = list.signature(signer);
        for certificate in [leaf, revoked] {
            let Ok(answer) = list.judge(certificate, signer, now()) else { continue };
            is_accepted = true;
            // The scan takes lengths in a longer form, too.
            let Some(serials) = serials(&der) else { continue };
            let expected = serials.contains(&certificate.serial_number());
            match answer.status {
                Status::Revoked { .. } => assert!(expected),
                // Entries of an indirect list have other issuers.
                Status::Good => assert!(!expected || der.windows(3).any(|octets| octets == b"\x55\x1d\x1d")),
                Status::Unknown => panic!("a list says nothing of the kind"),
            }
        }
    }
    is_accepted
}

/// DER of the serial numbers of a list.
fn serials(der: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Elements::within(AnyRef::from_der(Signed::parse(der)?.message).ok()?, Tag::Sequence)?;
    let mut found = Vec::new();
    let mut after_time = false;
    while let Some(field) = fields.next() {
        if after_time && field.tag() == Tag::Sequence {
            let mut entries = Elements::of(field.value())?;
            found.clear();
            while !entries.is_finished() {
                found.push(Elements::of(entries.expect(Tag::Sequence)?.value())?.expect_bytes(Tag::Integer)?);
            }
        }
        after_time |= matches!(field.tag(), Tag::UtcTime | Tag::GeneralizedTime);
    }
    Some(found)
}
