//! What comes back from a service: a container (RFC 5652), a raw signature; and certificates (RFC 5280).

use std::sync::LazyLock;

use super::{ambient, credentials, memory};
use crate::cms::summarise_container;
use crate::cms::{Expected, check_container};
use crate::digest::DigestAlgorithm;
use crate::machine::Machine;
use crate::operation::Session;
use crate::options::SigningOptions;
use crate::x509::{Certificate, Chain};

/// Sessions that an answer is for: without a certificate, and with one.
static SESSIONS: LazyLock<[Session; 2]> = LazyLock::new(|| {
    [None, Some(credentials())].map(|credentials| {
        let document = include_bytes!("../../../../tests/vectors/documents/classic.pdf");
        let mut machine = Machine::prepare(memory(document), ambient(), credentials, SigningOptions::default());
        super::Memory::new(document).run(|answer| machine.next(answer)).expect("a session")
    })
});

/// `data` as a container, as a raw signature and as certificates. What is taken stays as it is when it is looked at again.
pub fn cms(data: &[u8]) -> bool {
    for session in SESSIONS.iter() {
        for signed in [session.complete(data), session.complete_with_signature(data)].into_iter().flatten() {
            assert_eq!(signed.update.len() as u64, session.report().update_length);
        }
    }
    summarise_container(data);
    let container = container(data);
    let certificate = certificate(data);
    container || certificate
}

/// The container for the digest that it says it is for: so what comes behind that check is reached.
fn container(data: &[u8]) -> bool {
    let Some(digest) = message_digest(data) else { return false };
    let digest_algorithm = match digest.len() {
        48 => DigestAlgorithm::Sha384,
        64 => DigestAlgorithm::Sha512,
        _ => DigestAlgorithm::Sha256,
    };
    [true, false].into_iter().any(|pades| {
        let expected = Expected { digest_algorithm, message_digest: digest, pades, certificate: None };
        let Ok(checked) = check_container(data, &expected) else { return false };
        let again = check_container(&checked.der, &expected).expect("a container that was checked");
        assert_eq!(again.der, checked.der);
        assert!(summarise_container(&checked.der).signer.is_some());
        true
    })
}

/// The value of the first message-digest attribute (RFC 5652, 11.2), found by the bytes of its type.
fn message_digest(data: &[u8]) -> Option<&[u8]> {
    const TYPE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31";
    let at = data.windows(TYPE.len()).position(|bytes| bytes == TYPE)? + TYPE.len();
    let length = usize::from(*data.get(at + 2)?);
    data.get(at + 3..at + 3 + length)
}

fn certificate(data: &[u8]) -> bool {
    let Ok((certificate, others)) = Certificate::parse(data) else { return false };
    let (again, none) = Certificate::parse(certificate.der()).expect("a certificate that was parsed");
    assert!(again == certificate && none.is_empty());
    let _ = certificate.check_use(ambient().now, true);
    let points = certificate.crl_points();
    assert!(points.len() <= 10 && certificate.ocsp_urls().len() <= 10 && certificate.issuer_urls().len() <= 10);
    assert!(certificate.signed().is_none_or(|signed| signed.rest.is_empty()));
    let _ = (certificate.path_length(), certificate.extended_key_usage(), certificate.unknown_critical_extensions());
    let _ = Chain::parse(&certificate, others, &[data]);
    true
}
