//! Revocation lists.

use super::*;
use crate::evidence::crl::{Crl, CrlAnswer, read as judge, to_der};
use crate::x509::REASONS;

/// The answer of a fixture about `certificate`.
fn answer(name: &str, certificate: &str) -> Result<CrlAnswer, Unusable> {
    let list = to_der(read(&format!("{name}.crl.der"))).unwrap();
    judge(&list, &fixture(certificate), &fixture("ca"), &[], fixture_time())
}

#[test]
fn lists_of_openssl() {
    let found = answer("plain", "leaf").unwrap();
    assert_eq!((found.status, found.signer, found.reasons), (Status::Good, fixture("ca"), REASONS));
    assert!((found.this_update - fixture_time()).abs() < 100 && found.next_update > Some(fixture_time() + 36_000 * DAY));
    let found = answer("plain", "revoked").unwrap();
    assert_eq!(found.status, Status::Revoked { time: 1_793_534_400, reason: Some(1) });
    // For the second address of the leaf, and for no point of the other.
    assert_eq!(answer("point", "leaf").unwrap().reasons, REASONS);
    assert_eq!(reason(answer("point", "plain")), "the list is for another distribution point than those of the certificate");
    let found = answer("reasons", "reasons").unwrap();
    assert_eq!((found.status, found.reasons), (Status::Good, 0b110));
    assert!(answer("reasons", "leaf").is_err());
    // `plain` as one for all points.
    assert_eq!(answer("plain", "reasons").unwrap().reasons, REASONS);
}

#[test]
fn in_every_form() {
    let (der, pem) = (read("plain.crl.der"), read("plain.crl.pem"));
    let text: Vec<u8> = pem.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-")).collect::<Vec<_>>().join(&b"\r\n"[..]);
    for bytes in [&der, &pem, &text] {
        assert_eq!(to_der(bytes.clone()).unwrap(), der);
    }
    assert_eq!(reason(to_der(Vec::new())), "the answer is empty");
    assert_eq!(
        reason(to_der(b"<html><p>404</p></html>".to_vec())),
        "the answer is XML or HTML text and not a revocation list in DER or PEM"
    );
    assert_eq!(reason(to_der(read("leaf.pem"))), "the answer is PEM text and not a revocation list in DER or PEM");
}

/// A list that is made here, and empty by default.
struct Made {
    issuer: Party,
    leaf: Party,
    /// By which it is signed.
    signer: Party,
    this_update: Vec<u8>,
    next_update: Vec<u8>,
    entries: Vec<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
    pool: Vec<Certificate>,
}

fn entry(serial: u8, extensions: &[Vec<u8>]) -> Vec<u8> {
    let list = element(0x30, &[&extensions.concat()]);
    element(0x30, &[&[2, 1, serial], &time_of(NOW - DAY), if extensions.is_empty() { &[] } else { &list }])
}

fn entry_reason(reason: u8) -> Vec<u8> {
    extension("2.5.29.21", false, &[10, 1, reason])
}

fn directory_name(name: &[u8]) -> Vec<u8> {
    element(0xa4, &[name])
}

/// The certificateIssuer of an entry.
fn of(party: &Party) -> Vec<u8> {
    extension("2.5.29.29", true, &element(0x30, &[&directory_name(party.certificate.subject())]))
}

fn url(url: &str) -> Vec<u8> {
    element(0x86, &[url.as_bytes()])
}

/// A DistributionPointName in its field: a full name.
fn full_name(names: &[Vec<u8>]) -> Vec<u8> {
    element(0xa0, &[&element(0xa0, &[&names.concat()])])
}

/// The issuingDistributionPoint.
fn scope(fields: &[Vec<u8>]) -> Vec<u8> {
    extension("2.5.29.28", true, &element(0x30, &[&fields.concat()]))
}

/// The cRLDistributionPoints of a certificate: one point.
fn point(fields: &[Vec<u8>]) -> Vec<u8> {
    extension("2.5.29.31", false, &element(0x30, &[&element(0x30, &[&fields.concat()])]))
}

const INDIRECT: [u8; 3] = [0x84, 1, 0xff];

impl Made {
    fn new() -> Made {
        let issuer = Party::root("CN=CA", 1);
        let leaf = issuer.issue("CN=leaf", 2, &[]);
        Made {
            signer: issuer.clone(),
            issuer,
            leaf,
            this_update: time_of(NOW - 60),
            next_update: time_of(NOW + 60),
            entries: Vec::new(),
            extensions: Vec::new(),
            pool: Vec::new(),
        }
    }

    /// With these extensions of the leaf and of the list.
    fn of(leaf: &[Vec<u8>], list: &[Vec<u8>]) -> Made {
        let made = Made::new();
        Made { leaf: made.issuer.issue("CN=leaf", 2, leaf), extensions: list.to_vec(), ..made }
    }

    fn der(&self) -> Vec<u8> {
        let entries = element(0x30, &[&self.entries.concat()]);
        let extensions = element(0xa0, &[&element(0x30, &[&self.extensions.concat()])]);
        let list = element(
            0x30,
            &[
                &[2, 1, 1],
                ED25519,
                self.signer.certificate.subject(),
                &self.this_update,
                &self.next_update,
                if self.entries.is_empty() { &[] } else { &entries },
                if self.extensions.is_empty() { &[] } else { &extensions },
            ],
        );
        signed(&self.signer.key, &list, &[])
    }

    fn read(&self) -> Result<CrlAnswer, Unusable> {
        judge(&self.der(), &self.leaf.certificate, &self.issuer.certificate, &self.pool, NOW)
    }
}

#[test]
fn entries() {
    assert_eq!(Made::new().read().unwrap().status, Status::Good);
    let others = || vec![entry(1, &[]), entry(3, &[entry_reason(4)])];
    assert_eq!(Made { entries: others(), ..Made::new() }.read().unwrap().status, Status::Good);
    for (extensions, reason) in
        [(vec![], None), (vec![entry_reason(6)], Some(6)), (vec![extension("1.2.3", false, &[5, 0]), entry_reason(1)], Some(1))]
    {
        let entries = [others(), vec![entry(2, &extensions)], others()].concat();
        assert_eq!(Made { entries, ..Made::new() }.read().unwrap().status, Status::Revoked { time: NOW - DAY, reason });
    }
    // A serial number is a whole one.
    let longer = element(0x30, &[&[2, 2, 2, 2], &time_of(NOW - DAY)]);
    assert_eq!(Made { entries: vec![longer], ..Made::new() }.read().unwrap().status, Status::Good);
}

#[test]
fn entries_that_cannot_be_read() {
    for entry in [
        vec![0x31, 0],
        vec![0x30, 0],
        vec![0x30, 3, 2, 1, 9],
        element(0x30, &[&[4, 1, 9], &time_of(NOW)]),
        element(0x30, &[&[2, 1, 9], &[4, 0]]),
        element(0x30, &[&[2, 1, 9], &time_of(NOW), &[4, 0]]),
        element(0x30, &[&[2, 1, 9], &time_of(NOW), &[0x30, 2, 0x30, 0]]),
        element(0x30, &[&[2, 1, 2], &[0x18, 1, b'x']]),
    ] {
        assert_eq!(reason(Made { entries: vec![entry], ..Made::new() }.read()), "an entry of the list cannot be read");
    }
    let critical = vec![entry(9, &[extension("1.2.3", true, &[5, 0])])];
    assert_eq!(reason(Made { entries: critical, ..Made::new() }.read()), "an entry of the list has a critical extension that is not known");
    let critical = vec![entry(9, &[extension("2.5.29.21", true, &[10, 1, 1])])];
    assert!(Made { entries: critical, ..Made::new() }.read().is_ok());
}

#[test]
fn issuer_and_signature() {
    let made = Made::new();
    let other = Party::root("CN=Other", 5);
    let by_other = Made { signer: other.clone(), ..Made::new() };
    assert_eq!(reason(by_other.read()), "the certificate of `Other`, which issued the list, is not known");
    let by_other = Made { pool: vec![other.certificate.clone()], ..by_other };
    assert_eq!(reason(by_other.read()), "the list is by `Other`, which is not the issuer that the certificate names for one");
    let mut forged = Made::new();
    forged.signer.key = key(9);
    assert_eq!(reason(forged.read()), "the signature on the list does not verify");
    // A new key of the issuer: its certificate is another signer.
    let renewed = Party::made("CN=CA", 6, "CN=CA", &made.issuer.key, ALWAYS, &[is_ca()]);
    let by_renewed = Made { signer: renewed.clone(), pool: vec![other.certificate, renewed.certificate.clone()], ..Made::new() };
    assert_eq!(by_renewed.read().unwrap().signer, renewed.certificate);
    // keyUsage, and critical extensions.
    for (extensions, text) in [
        (usage(0x04), "`CA` may not sign revocation lists by its keyUsage"),
        (extension("1.2.3", true, &[5, 0]), "`CA` has a critical extension that is not known"),
    ] {
        let issuer = Party::made("CN=CA", 1, "CN=CA", &key(1), ALWAYS, &[is_ca(), extensions]);
        assert_eq!(reason(Made { issuer, ..Made::new() }.read()), text);
    }
    let issuer = Party::made("CN=CA", 1, "CN=CA", &key(1), ALWAYS, &[is_ca(), usage(0x02)]);
    assert!(Made { issuer, ..Made::new() }.read().is_ok());
}

#[test]
fn the_key_identifier_must_fit() {
    let with_key = || Party::made("CN=CA", 1, "CN=CA", &key(1), ALWAYS, &[is_ca(), key_id(1)]);
    let fits = Made { issuer: with_key(), extensions: vec![authority_key(1)], ..Made::new() };
    assert!(fits.read().is_ok());
    let other = Made { extensions: vec![authority_key(2)], ..fits };
    assert_eq!(reason(other.read()), "the certificate of `CA`, which issued the list, is not known");
}

#[test]
fn the_two_algorithms_must_be_the_same() {
    let made = Made::new();
    let der = made.der();
    let at = (0..der.len()).rfind(|at| der[*at..].starts_with(ED25519)).unwrap();
    let mut altered = der;
    altered[at + 6] = 0x71;
    let found = judge(&altered, &made.leaf.certificate, &made.issuer.certificate, &[], NOW);
    assert_eq!(reason(found), "the list cannot be read");
}

#[test]
fn times() {
    assert!(Made { this_update: time_of(NOW + 300), ..Made::new() }.read().is_ok());
    let future = Made { this_update: time_of(NOW + 301), ..Made::new() };
    assert_eq!(reason(future.read()), format!("the list is of the future, {}", time::rfc3339(NOW + 301)));
    assert_eq!(Made { next_update: time_of(NOW), ..Made::new() }.read().unwrap().next_update, Some(NOW));
    let expired = Made { next_update: time_of(NOW - 1), ..Made::new() };
    assert_eq!(reason(expired.read()), format!("the list was valid until {}", time::rfc3339(NOW - 1)));
    assert_eq!(Made { next_update: Vec::new(), ..Made::new() }.read().unwrap().next_update, None);
    let fractions = Made { this_update: time_with(NOW - 60, ".5"), next_update: time_with(NOW + 60, ".25"), ..Made::new() };
    let found = fractions.read().unwrap();
    assert_eq!((found.this_update, found.next_update), (NOW - 60, Some(NOW + 60)));
    let utc = Made { this_update: element(0x17, &[b"270101000000Z"]), entries: vec![entry(9, &[])], ..Made::new() };
    assert_eq!(utc.read().unwrap().this_update, 1_798_761_600);
}

#[test]
fn deltas_and_critical_extensions() {
    let delta = Made { extensions: vec![extension("2.5.29.27", true, &[2, 1, 1])], ..Made::new() };
    assert_eq!(reason(delta.read()), "the list is a delta, which proves nothing without its base");
    let unknown = Made { extensions: vec![extension("1.2.3", true, &[5, 0])], ..Made::new() };
    assert_eq!(reason(unknown.read()), "the list has the critical extension 1.2.3, which is not known");
    let known = Made { extensions: vec![extension("1.2.3", false, &[5, 0]), extension("2.5.29.20", true, &[2, 1, 1])], ..Made::new() };
    assert!(known.read().is_ok());
    let broken = Made { extensions: vec![extension("2.5.29.28", true, &[5, 0])], ..Made::new() };
    assert_eq!(reason(broken.read()), "the issuing distribution point of the list cannot be read");
}

#[test]
fn only_flags() {
    let with = |flag: u8| vec![scope(&[vec![flag, 1, 0xff]])];
    assert!(Made::of(&[], &with(0x81)).read().is_ok());
    assert_eq!(reason(Made::of(&[is_ca()], &with(0x81)).read()), "the list is about certificates of users only, and this is one of a CA");
    assert!(Made::of(&[is_ca()], &with(0x82)).read().is_ok());
    assert_eq!(reason(Made::of(&[], &with(0x82)).read()), "the list is about certificates of CAs only, and this is none");
    assert_eq!(reason(Made::of(&[], &with(0x85)).read()), "the list is about attribute certificates only");
}

#[test]
fn points() {
    let other = "the list is for another distribution point than those of the certificate";
    let named = |names: &[Vec<u8>]| vec![scope(&[full_name(names)])];
    let at = |address: &str| point(&[full_name(&[url(address)])]);
    assert!(Made::of(&[at("http://a")], &named(&[url("http://b"), url("http://a")])).read().is_ok());
    assert_eq!(reason(Made::of(&[at("http://c")], &named(&[url("http://b")])).read()), other);
    assert_eq!(reason(Made::of(&[], &named(&[url("http://b")])).read()), other);
    // A point without a name has that of the issuer.
    let issuer = directory_name(&name_of("CN=CA"));
    assert!(Made::of(&[], &named(std::slice::from_ref(&issuer))).read().is_ok());
    assert!(Made::of(&[point(&[full_name(&[directory_name(&name_of("CN=ca"))])])], &named(&[issuer])).read().is_ok());
    assert_eq!(reason(Made::of(&[], &named(&[directory_name(&name_of("CN=b"))])).read()), other);
    // A name relative to that of the issuer.
    let part = name_of("CN=list 1")[4..].to_vec();
    let relative = element(0xa0, &[&element(0xa1, &[&part])]);
    let whole = directory_name(&element(0x30, &[&name_of("CN=CA")[2..], &element(0x31, &[&part])]));
    assert!(Made::of(&[point(std::slice::from_ref(&relative))], &[scope(std::slice::from_ref(&relative))]).read().is_ok());
    assert!(Made::of(&[point(&[full_name(&[whole])])], &[scope(&[relative])]).read().is_ok());
}

#[test]
fn reasons_add_up() {
    let some = |bits: [u8; 2]| vec![0x83, 3, 7, bits[0], bits[1]];
    let of_list = scope(&[some([0b0110_0000, 0])]);
    let of_point = |bits| point(&[full_name(&[url("http://a")]), vec![0x81, 3, 7, bits, 0x80]]);
    assert_eq!(Made::of(&[], std::slice::from_ref(&of_list)).read().unwrap().reasons, 0b110);
    let at = scope(&[full_name(&[url("http://a")]), some([0b0110_0000, 0])]);
    assert_eq!(Made::of(&[of_point(0b0011_1111)], &[at]).read().unwrap().reasons, 0b100);
    let at = scope(&[full_name(&[url("http://a")])]);
    assert_eq!(Made::of(&[of_point(0b0011_1111)], &[at]).read().unwrap().reasons, 0b1_1111_1100);
    // The bit `unused`, and none.
    let none = scope(&[vec![0x83, 2, 7, 0x80]]);
    assert_eq!(reason(Made::of(&[], &[none]).read()), "the list is for another distribution point than those of the certificate");
}

#[test]
fn indirect_lists() {
    let issuer = Party::root("CN=CA", 1);
    let lister = issuer.issue("CN=Lister", 7, &[]);
    let (other, namesake) = (Party::root("CN=Other", 5), Party::root("CN=CA", 8));
    let crl_issuer = element(0xa2, &[&directory_name(lister.certificate.subject())]);
    let at = point(&[full_name(&[url("http://a")]), crl_issuer.clone()]);
    let made = |leaf: &[Vec<u8>], list: &[Vec<u8>], entries: Vec<Vec<u8>>| Made {
        signer: lister.clone(),
        pool: vec![lister.certificate.clone()],
        entries,
        ..Made::of(leaf, list)
    };
    let indirect = [scope(&[full_name(&[url("http://a")]), INDIRECT.to_vec()])];
    let good = |entries: Vec<Vec<u8>>| made(std::slice::from_ref(&at), &indirect, entries).read().unwrap();
    let revoked = Status::Revoked { time: NOW - DAY, reason: None };
    assert_eq!((good(vec![]).status, good(vec![]).signer), (Status::Good, lister.certificate.clone()));
    // Without certificateIssuer an entry is of the list's issuer.
    assert_eq!(good(vec![entry(2, &[])]).status, Status::Good);
    assert_eq!(good(vec![entry(2, &[of(&issuer)])]).status, revoked);
    assert_eq!(good(vec![entry(2, &[of(&other)])]).status, Status::Good);
    assert_eq!(good(vec![entry(9, &[of(&namesake)]), entry(3, &[]), entry(2, &[])]).status, revoked);
    assert_eq!(good(vec![entry(9, &[of(&issuer)]), entry(3, &[of(&other)]), entry(2, &[entry_reason(1)])]).status, Status::Good);
    assert_eq!(good(vec![entry(9, &[of(&other)]), entry(3, &[of(&issuer)]), entry(4, &[of(&other)]), entry(2, &[])]).status, Status::Good);
    // A point that has the issuer's name alone, and one that has none of it.
    assert!(made(&[point(&[crl_issuer])], &[scope(&[INDIRECT.to_vec()])], vec![]).read().is_ok());
    let no_issuer = "the list is by `Lister`, which is not the issuer that the certificate names for one";
    assert_eq!(reason(made(&[], &indirect, vec![]).read()), no_issuer);
    assert_eq!(reason(made(std::slice::from_ref(&at), &[scope(&[full_name(&[url("http://a")])])], vec![]).read()), no_issuer);
    // A list that is not indirect.
    let direct = Made { entries: vec![entry(2, &[of(&issuer)])], ..Made::new() };
    assert_eq!(reason(direct.read()), "an entry of the list is of another issuer, and the list is not indirect");
    // One of the issuer itself may hold entries of others.
    let own = |entries| Made { entries, ..Made::of(&[], &[scope(&[INDIRECT.to_vec()])]) }.read().unwrap().status;
    assert_eq!(own(vec![entry(2, &[])]), revoked);
    assert_eq!(own(vec![entry(9, &[of(&other)]), entry(2, &[])]), Status::Good);
}

/// A list need not hold certificates that expired (RFC 5280, 3.3).
#[test]
fn expired_certificates() {
    let expired = |extensions: &[Vec<u8>]| {
        let made = Made::of(&[], extensions);
        Made { leaf: made.issuer.issue_for("CN=leaf", 2, (0, NOW - DAY), &[]), ..made }
    };
    assert_eq!(
        reason(expired(&[]).read()),
        "the list is younger than the end of the certificate, and says of no expired one that it is on it"
    );
    let since = |time| extension("2.5.29.60", false, &time_of(time));
    assert!(expired(&[since(NOW - 2 * DAY)]).read().is_ok());
    assert!(expired(&[since(NOW - DAY + 1)]).read().is_err());
    assert!(Made { this_update: time_of(NOW - DAY), ..expired(&[]) }.read().is_ok());
    assert!(Made { entries: vec![entry(2, &[])], ..expired(&[]) }.read().is_ok());
}

#[test]
fn bytes_that_are_no_list() {
    let made = Made::new();
    let read = |bytes: &[u8]| reason(Crl::parse(bytes).map(|_| ()));
    let other = "the answer is not a revocation list in DER, or is cut off, or more bytes follow";
    let der = made.der();
    for bytes in [&der[..der.len() - 1], &[&der[..], &[0]].concat(), &[0; 40]] {
        assert_eq!(read(bytes), other);
    }
    assert_eq!(read(b""), "the answer is empty");
    assert_eq!(read(made.leaf.certificate.der()), "the list cannot be read");
}

#[test]
fn damage_is_found() {
    let made = Made { entries: vec![entry(9, &[entry_reason(1)])], extensions: vec![scope(&[vec![0x81, 1, 0xff]])], ..Made::new() };
    damaged(&made.der(), |bytes| judge(bytes, &made.leaf.certificate, &made.issuer.certificate, &[], NOW).is_ok());
}

/// Prints its time: `cargo test --release -p rustpdf-core --lib many_entries -- --nocapture`.
#[test]
fn a_list_of_many_entries_is_scanned_to_its_end() {
    let made = Made::new();
    let mut entries = Vec::new();
    for serial in 0..1_500_000u32 {
        let with_reason = serial % 4 == 0;
        let reason: &[u8] = &[0x30, 12, 0x30, 10, 6, 3, 0x55, 0x1d, 0x15, 4, 3, 10, 1, 1];
        let extensions = if with_reason { reason } else { &[] };
        entries.extend([0x30, 15 + 10 + extensions.len() as u8, 2, 8, 0x40, 1, 2, 3]);
        entries.extend(serial.to_be_bytes());
        entries.extend(b"\x17\x0d270101000000Z");
        entries.extend(extensions);
    }
    let made = Made { entries: vec![entries], ..made };
    let der = made.der();
    let start = std::time::Instant::now();
    let list = Crl::parse(&der).unwrap();
    let parsed = start.elapsed();
    let found = list.judge(&made.leaf.certificate, &made.issuer.certificate, NOW).unwrap();
    println!("{} bytes: parsed in {parsed:?}, judged in {:?}", der.len(), start.elapsed() - parsed);
    assert_eq!(found.status, Status::Good);
    let made = Made { entries: [made.entries, vec![entry(2, &[])]].concat(), ..Made::new() };
    assert_eq!(made.read().unwrap().status, Status::Revoked { time: NOW - DAY, reason: None }, "the last entry");
}
