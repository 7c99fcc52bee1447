//! Responses of timestamp services and tokens (RFC 3161).

use crate::cms::{TimestampRequest, TimestampToken, container_facts, read_response, timestamp_room, with_timestamp};
use crate::digest::DigestAlgorithm;

/// `data` as a response, to the request of `crates/core/tests/data/timestamps`, and as a token. An accepted one is read again, and stays as it
/// is, alone and in a container.
pub fn timestamp(data: &[u8]) -> bool {
    let request = TimestampRequest {
        digest_algorithm: DigestAlgorithm::Sha256,
        imprint: super::sha256(b"a document"),
        nonce: [0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88],
        policy: None,
        certificates: true,
    };
    let token = match read_response(data, &request, &[]) {
        Ok(token) => token,
        Err(_) => match TimestampToken::parse(data, &[]) {
            Ok(token) => token,
            Err(_) => return false,
        },
    };
    let again = TimestampToken::parse(&token.der, &[]).expect("a token that was checked");
    assert_eq!((&again.der, again.gen_time, &again.imprint), (&token.der, token.gen_time, &token.imprint));
    // The token is a container, too: it takes one of its own.
    let stamped = with_timestamp(&token.der, &token.der).expect("a container");
    assert!(stamped.len() <= token.der.len() + timestamp_room(token.der.len()));
    let facts = container_facts(&stamped).expect("a container");
    assert!(facts.timestamps.contains(&token.der) && facts.signer.is_some());
    true
}
