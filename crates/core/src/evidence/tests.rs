//! Judged are answers of OpenSSL (`tests/data/evidence`), and what is made here: each fault by itself, well signed by Ed25519.

mod crls;
mod ocsps;
mod paths;

use std::str::FromStr;

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Encode, Tag};
use ed25519_dalek::{Signer, SigningKey};
use x509_cert::name::Name;

use super::*;
use crate::x509::{Certificate, time};

/// Bytes of a fixture.
fn read(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/evidence").join(name)).unwrap()
}

/// A certificate of the fixtures.
fn fixture(name: &str) -> Certificate {
    Certificate::parse(&read(&format!("{name}.pem"))).unwrap().0
}

/// The time at which the fixtures were made.
fn fixture_time() -> i64 {
    String::from_utf8(read("now")).unwrap().trim().parse().unwrap()
}

/// The time of all that is made here: 2027-01-15.
const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;
const ALWAYS: (i64, i64) = (NOW - 1000 * DAY, NOW + 1000 * DAY);
/// AlgorithmIdentifier of Ed25519. RFC 8410, 3.
const ED25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];

/// The element with this identifier octet and the contents `parts`.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    Any::new(Tag::from_der(&[tag]).unwrap(), parts.concat()).unwrap().to_der().unwrap()
}

fn name_of(text: &str) -> Vec<u8> {
    Name::from_str(text).unwrap().to_der().unwrap()
}

/// GeneralizedTime, with `more` between the seconds and the Z.
fn time_with(seconds: i64, more: &str) -> Vec<u8> {
    let digits: String = time::rfc3339(seconds).chars().filter(char::is_ascii_digit).collect();
    element(0x18, &[digits.as_bytes(), more.as_bytes(), b"Z"])
}

fn time_of(seconds: i64) -> Vec<u8> {
    time_with(seconds, "")
}

fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    element(0x30, &[&ObjectIdentifier::new_unwrap(oid).to_der().unwrap(), critical, &element(4, &[value])])
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// `message` with its signature, and more elements after that.
fn signed(key: &SigningKey, message: &[u8], more: &[u8]) -> Vec<u8> {
    let signature = key.sign(message).to_bytes();
    element(0x30, &[message, ED25519, &element(3, &[&[0], &signature]), more])
}

const CA: &[u8] = &[0x30, 3, 1, 1, 0xff];

fn is_ca() -> Vec<u8> {
    extension("2.5.29.19", true, CA)
}

/// `keyUsage` with these bits, the first the highest.
fn usage(bits: u8) -> Vec<u8> {
    extension("2.5.29.15", true, &[3, 2, 0, bits])
}

fn key_id(seed: u8) -> Vec<u8> {
    extension("2.5.29.14", false, &element(4, &[&[seed; 8]]))
}

fn authority_key(seed: u8) -> Vec<u8> {
    extension("2.5.29.35", false, &element(0x30, &[&element(0x80, &[&[seed; 8]])]))
}

/// A holder of a key and a certificate.
#[derive(Clone)]
struct Party {
    key: SigningKey,
    certificate: Certificate,
}

impl Party {
    /// A root.
    fn root(name: &str, seed: u8) -> Party {
        Party::made(name, seed, name, &key(seed), ALWAYS, &[is_ca()])
    }

    /// A certificate for the key `seed`, whose serial number `seed` is, too.
    fn made(subject: &str, seed: u8, issuer: &str, by: &SigningKey, validity: (i64, i64), extensions: &[Vec<u8>]) -> Party {
        let key = key(seed);
        let public = element(0x30, &[ED25519, &element(3, &[&[0], key.verifying_key().as_bytes()])]);
        let list = element(0xa3, &[&element(0x30, &[&extensions.concat()])]);
        let tbs = element(
            0x30,
            &[
                &[0xa0, 3, 2, 1, 2],
                &element(2, &[&[seed]]),
                ED25519,
                &name_of(issuer),
                &element(0x30, &[&time_of(validity.0), &time_of(validity.1)]),
                &name_of(subject),
                &public,
                if extensions.is_empty() { &[] } else { &list },
            ],
        );
        let certificate = Certificate::from_der(&signed(by, &tbs, &[])).unwrap();
        Party { key, certificate }
    }

    /// A certificate by this one.
    fn issue(&self, subject: &str, seed: u8, extensions: &[Vec<u8>]) -> Party {
        self.issue_for(subject, seed, ALWAYS, extensions)
    }

    fn issue_for(&self, subject: &str, seed: u8, validity: (i64, i64), extensions: &[Vec<u8>]) -> Party {
        let issuer = name::text(self.certificate.subject());
        Party::made(subject, seed, &issuer, &self.key, validity, extensions)
    }
}

/// The reason of an answer that proves nothing.
fn reason<T: std::fmt::Debug>(result: Result<T, Unusable>) -> String {
    result.unwrap_err().to_string()
}

/// Every prefix of `bytes`, and `bytes` with one octet changed: nothing panics, and none is accepted.
fn damaged(bytes: &[u8], is_accepted: impl Fn(&[u8]) -> bool) {
    assert!(is_accepted(bytes));
    for end in 0..bytes.len() {
        assert!(!is_accepted(&bytes[..end]), "{end} bytes");
    }
    for at in 0..bytes.len() {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= if at % 2 == 0 { 1 } else { 0x80 };
        assert!(!is_accepted(&bytes), "byte {at}");
    }
}

#[test]
fn a_signature_names_its_digest() {
    // Made with `rsaEncryption`, which names none.
    let root = fixture("root");
    let signed = root.signed().unwrap();
    let plain = [&[0x30, 0x0d, 6, 9][..], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], &[5, 0]].concat();
    let found = reason(SignatureOf::new(crate::x509::Signed { algorithm: &plain, ..signed }, &root).map(|_| ()));
    assert_eq!(found, "it is signed by the algorithm 1.2.840.113549.1.1.1, which is not supported or does not fit the key of `Root`");
    assert!(SignatureOf::new(signed, &root).unwrap().verifies());
    let other = fixture("pss");
    assert!(!SignatureOf::new(signed, &other).unwrap().verifies());
    assert_eq!(
        reason(SignatureOf::new(signed, &fixture("ca")).map(|_| ())),
        "it is signed by the algorithm 1.2.840.113549.1.1.11, which is not supported or does not fit the key of `CA`"
    );
}
