//! Timestamps by OpenSSL and certomancer (`tests/data/timestamps`), faulty ones by `openssl cms` and by hand, and containers with them.

use const_oid::ObjectIdentifier;

use super::made::{DOCUMENT, judge, make, verify};
use super::*;
use crate::ber;

/// id-ct-TSTInfo.
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

fn data(name: &str) -> Vec<u8> {
    read(&format!("../timestamps/{name}"))
}

/// The request of which `request.tsq` are the bytes.
fn request() -> TimestampRequest {
    TimestampRequest {
        digest_algorithm: DigestAlgorithm::Sha256,
        imprint: DigestAlgorithm::Sha256.digest(&[DOCUMENT]),
        nonce: [0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88],
        policy: Some(ObjectIdentifier::new_unwrap("1.2.3.4.1")),
        certificates: true,
    }
}

fn without_policy() -> TimestampRequest {
    TimestampRequest { policy: None, ..request() }
}

fn respond(body: &[u8]) -> Result<TimestampToken, Refused> {
    read_response(body, &request(), &[])
}

fn invalid<T>(result: Result<T, Refused>) -> String {
    match result.map(|_| ()) {
        Err(Refused::Invalid(found)) => found,
        other => panic!("{other:?}"),
    }
}

fn mismatch<T>(result: Result<T, Refused>) -> String {
    match result.map(|_| ()) {
        Err(Refused::Mismatch(found)) => found,
        other => panic!("{other:?}"),
    }
}

/// The last of the elements within the first one of `bytes`.
fn last(bytes: &[u8]) -> Vec<u8> {
    elements(elements(bytes)[0].value()).last().unwrap().to_der().unwrap()
}

/// The token of a response.
fn token_of(name: &str) -> Vec<u8> {
    last(&data(name))
}

/// A TSTInfo of `imprint`, at `time`, with a nonce or not.
fn info_of(imprint: &[u8], time: &str, nonce: &[u8]) -> Vec<u8> {
    let algorithm = DigestAlgorithm::Sha256.identifier().to_der().unwrap();
    let imprint = element(0x30, &[&algorithm, &element(4, &[imprint])]);
    let policy = ObjectIdentifier::new_unwrap("1.2.3.4.1").to_der().unwrap();
    element(0x30, &[&[2, 1, 1], &policy, &imprint, &[2, 1, 5], &element(0x18, &[time.as_bytes()]), nonce])
}

/// The TSTInfo that answers the request.
fn info(time: &str) -> Vec<u8> {
    info_of(&request().imprint, time, &element(2, &[&[0], &request().nonce]))
}

/// `content` signed by `openssl cms`, which signs with every certificate.
fn signed(content: &[u8], certificate: &str, arguments: &[&str]) -> Vec<u8> {
    let (content, certificate) = (Scratch::new(content), format!("../timestamps/{certificate}.pem"));
    let common = ["cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", content.as_str(), "-signer", &certificate];
    let key = ["-inkey", "../timestamps/rsa.key", "-md", "sha256", "-nosmimecap"];
    openssl(&[&common[..], &key, arguments].concat(), &[]).unwrap()
}

/// A token by `openssl cms`.
fn token(info: &[u8], certificate: &str) -> Vec<u8> {
    signed(info, certificate, &["-econtent_type", TST_INFO, "-cades", "-certfile", "issuing.pem"])
}

/// The response that grants `token`.
fn granted(token: &[u8]) -> Vec<u8> {
    element(0x30, &[&element(0x30, &[&[2, 1, 0]]), token])
}

const TIME: &str = "20260601120000Z";

#[test]
fn requests() {
    assert_eq!(request().to_der().unwrap(), data("request.tsq"));
    assert_eq!(TimestampRequest { certificates: false, ..request() }.to_der().unwrap(), data("request-without-certificates.tsq"));
    let text = |request: &TimestampRequest| {
        let file = Scratch::new(&request.to_der().unwrap());
        String::from_utf8(openssl(&["ts", "-query", "-in", file.as_str(), "-text"], &[]).unwrap()).unwrap()
    };
    for (nonce, written) in [
        ([0, 0, 0, 0, 0, 0, 0x7f, 1], "Nonce: 0x7F01"),
        ([0, 0x80, 0, 0, 0, 0, 0, 0], "Nonce: 0x80000000000000"),
        ([0; 8], "Nonce: 0x0\n"),
        ([0xff; 8], "Nonce: 0xFFFFFFFFFFFFFFFF"),
    ] {
        let imprint = DigestAlgorithm::Sha512.digest(&[DOCUMENT]);
        let request = TimestampRequest { digest_algorithm: DigestAlgorithm::Sha512, imprint, nonce, policy: None, certificates: false };
        let text = text(&request);
        for part in [written, "Hash Algorithm: sha512", "Certificate required: no", "Policy OID: unspecified"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn real_tokens() {
    for (name, request, certificates) in
        [("openssl", request(), 2), ("openssl-ec", request(), 2), ("openssl-sha1", request(), 2), ("certomancer", without_policy(), 2)]
    {
        let body = data(&format!("{name}.tsr"));
        let token = read_response(&body, &request, &[]).unwrap();
        assert_eq!((token.digest_algorithm, &token.imprint, token.with_mods), (DigestAlgorithm::Sha256, &request.imprint, false));
        assert_eq!(token.der, token_of(&format!("{name}.tsr")), "{name}");
        assert_eq!(token.certificates.len(), certificates, "{name}");
        assert!(token.certificates.iter().any(|certificate| certificate.der() == token.signer.der()));
        assert_eq!(request.policy.unwrap_or(token.policy), token.policy);
        assert!(token.gen_time > 1_764_500_000);
        let again = TimestampToken::parse(&[&token.der[..], &[0; 100]].concat(), &[]).unwrap();
        assert_eq!((again.der, again.gen_time), (token.der, token.gen_time));

        // As text, and with zeros.
        let text = String::from_utf8(openssl(&["base64", "-A"], &body).unwrap()).unwrap();
        let pem = format!("-----BEGIN TIMESTAMP-----\n{text}\n-----END TIMESTAMP-----\n");
        for body in [text.as_bytes(), pem.as_bytes(), &[&body[..], &[0, 0]].concat()] {
            assert_eq!(read_response(body, &request, &[]).unwrap().der, again_der(name));
        }
    }
    let file = path("../timestamps/openssl.tsr");
    let query = path("../timestamps/request.tsq");
    let (file, query, now) = (file.to_str().unwrap(), query.to_str().unwrap(), NOW.to_string());
    let arguments =
        ["ts", "-verify", "-in", file, "-queryfile", query, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "-attime", &now];
    openssl(&arguments, &[]).unwrap();
}

fn again_der(name: &str) -> Vec<u8> {
    token_of(&format!("{name}.tsr"))
}

#[test]
fn certificates_from_elsewhere() {
    let body = data("openssl-without-certificates.tsr");
    let found = invalid(respond(&body));
    assert!(found.contains("does not hold the certificate of its signer"), "{found}");
    let known = ["rsa", "ec"].map(|name| certificate(&format!("../timestamps/{name}")));
    let token = read_response(&body, &request(), &known).unwrap();
    assert_eq!((token.signer.der(), token.certificates.len()), (known[0].der(), 0));
    assert!(TimestampToken::parse(&token.der, &[]).is_err());
    assert!(TimestampToken::parse(&token.der, &known).is_ok());
    // A certificate with the same name, serial number and key, which the attribute does not name.
    let twin = [certificate("../timestamps/rsa-twin")];
    let found = invalid(read_response(&body, &request(), &twin));
    assert!(found.contains("has not the digest of the signer's certificate"), "{found}");
}

#[test]
fn answers_to_another_request() {
    let respond = |change: &dyn Fn(&mut TimestampRequest)| {
        let mut request = request();
        change(&mut request);
        mismatch(read_response(&data("openssl.tsr"), &request, &[]))
    };
    assert!(respond(&|request| request.nonce[7] ^= 1).contains("another nonce"));
    assert!(respond(&|request| request.nonce[0] = 0).contains("another nonce"));
    assert!(respond(&|request| request.imprint[0] ^= 1).contains("another digest"));
    assert!(respond(&|request| request.digest_algorithm = DigestAlgorithm::Sha384).contains("by sha256, and the request one by sha384"));
    let policy = respond(&|request| request.policy = Some(ObjectIdentifier::new_unwrap("1.2.3.4.2")));
    assert!(policy.contains("1.2.3.4.1, and 1.2.3.4.2 was asked for"), "{policy}");
    let without = token(&info_of(&request().imprint, TIME, &[]), "rsa");
    assert!(mismatch(super::timestamps::respond(&granted(&without))).contains("does not have the nonce"));
    // An unknown algorithm: SHA3-256.
    let body = data("openssl.tsr");
    let (old, new) = (b"\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20", b"\x60\x86\x48\x01\x65\x03\x04\x02\x08\x05\x00\x04\x20");
    let at = body.windows(old.len()).position(|window| window == old).unwrap();
    let mut other = body.clone();
    other[at..at + new.len()].copy_from_slice(new);
    assert!(mismatch(super::timestamps::respond(&other)).contains("by SHA3-256"));
}

#[test]
fn statuses() {
    let rejected = |body: &[u8]| match respond(body) {
        Err(Refused::Rejected(found)) => found,
        other => panic!("{other:?}"),
    };
    let found = rejected(&data("openssl-rejected.tsr"));
    let expected = "the timestamp service did not grant the request: status 2 (rejection), failInfo unacceptedPolicy, with the text: \
                    Requested policy is not supported.";
    assert_eq!(found, expected);
    let status = |number: u8, rest: &[&[u8]]| element(0x30, &[&element(0x30, &[&[2, 1, number], &rest.concat()])]);
    assert_eq!(rejected(&status(3, &[])), "the timestamp service did not grant the request: status 3 (waiting)");
    assert_eq!(rejected(&status(9, &[])), "the timestamp service did not grant the request: status 9 (unknown)");
    let names =
        "badAlg, badRequest, badDataFormat, timeNotAvailable, unacceptedPolicy, unacceptedExtension, addInfoNotAvailable, systemFailure";
    let bits = element(3, &[&[6, 0b1010_0100, 0b0000_0011, 0b1100_0000, 0b0100_0000]]);
    assert!(rejected(&status(2, &[&bits])).ends_with(names));
    // A long text of several strings, the second broken UTF-8.
    let texts = element(0x30, &[&element(12, &["é".repeat(150).as_bytes()]), &element(12, &[&[0xff; 900]])]);
    let found = rejected(&status(2, &[&texts]));
    assert!(found.contains(&"é".repeat(150)) && found.chars().count() < 300, "{found}");

    assert_eq!(invalid(respond(&status(0, &[]))), "the timestamp service granted the request and sent no timestamp");
    let token = token_of("openssl.tsr");
    let modified = element(0x30, &[&element(0x30, &[&[2, 1, 1]]), &token]);
    let granted = respond(&modified).unwrap();
    assert!(granted.with_mods);
    assert_eq!(granted.der, token);
    // A rejection counts, token or not.
    rejected(&element(0x30, &[&element(0x30, &[&[2, 1, 2]]), &token]));
}

#[test]
fn bodies_that_are_no_response() {
    let body = data("openssl.tsr");
    for length in 1..body.len() {
        invalid(respond(&body[..length]));
    }
    for (body, word) in [
        (&b""[..], "no bytes"),
        (b"<!DOCTYPE html><title>Sign in</title>", "XML or HTML text"),
        (b"Service unavailable, try again", "is text"),
        (&[&body[..], b"x"].concat(), "1 bytes follow"),
        (&[0; 100_000], "at the most"),
        (&token_of("openssl.tsr"), "not a TimeStampResp"),
        (&element(0x30, &[&element(0x30, &[&[2, 1, 0]]), &element(0x30, &[&[2, 1, 0]])]), "not a CMS SignedData"),
    ] {
        let found = invalid(respond(body));
        assert!(found.contains(word), "{word}: {found}");
    }
}

#[test]
fn certificates_of_services() {
    let rsa = respond(&granted(&token(&info(TIME), "rsa"))).unwrap();
    assert_eq!((rsa.gen_time, rsa.signer.der()), (1_780_315_200, certificate("../timestamps/rsa").der()));
    for (name, word) in [
        ("no-usage", "does not have extendedKeyUsage"),
        ("other-usage", "is not for timestamps (RFC"),
        ("not-critical", "is not critical"),
        ("not-alone", "is not for timestamps alone"),
        ("expired", "is valid from 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z, and the timestamp is of 2026-06-01T12:00:00Z"),
    ] {
        let token = token(&info(TIME), name);
        let found = invalid(respond(&granted(&token)));
        assert!(found.contains(word), "{name}: {found}");
        assert_eq!(TimestampToken::parse(&token, &[]).unwrap_err(), found);
    }
    // Valid at that time.
    assert!(respond(&granted(&token(&info("20200601120000.9Z"), "expired"))).is_ok());
    invalid(respond(&granted(&token(&info("20191231235959Z"), "expired"))));
}

#[test]
fn broken_tokens() {
    let content = info(TIME);
    let refused = |token: &[u8], word: &str| {
        let found = invalid(respond(&granted(token)));
        assert!(found.contains(word), "{word}: {found}");
    };
    let typed = |arguments: &[&str]| signed(&content, "rsa", &[&["-econtent_type", TST_INFO], arguments].concat());
    refused(&typed(&[]), "no signing-certificate attribute, which RFC 3161, 2.4.2 requires");
    refused(&typed(&["-noattr"]), "no signed attributes");
    refused(&typed(&["-cades", "-md", "sha1"]), "SHA-1, which is not supported");
    refused(&typed(&["-cades", "-signer", "rsa.pem", "-inkey", "rsa.key"]), "exactly one signer");
    refused(&signed(&content, "rsa", &["-cades"]), "content of the type 1.2.840.113549.1.7.1");
    refused(&token(b"no TSTInfo", "rsa"), "TSTInfo that cannot be read");
    for time in ["20260601120000", "202606011200Z", "20260601120000.Z", "20261301120000Z", "20260601120000+0100", "20260601120000.5z"] {
        refused(&token(&info(time), "rsa"), "TSTInfo that cannot be read");
    }
    // The signature, then the content.
    let good = token(&content, "rsa");
    let mut bad = good.clone();
    let end = bad.len() - 1;
    bad[end] ^= 1;
    refused(&bad, "is not valid");
    let at = good.windows(TIME.len()).position(|window| window == TIME.as_bytes()).unwrap();
    let mut bad = good.clone();
    bad[at + 3] = b'7';
    refused(&bad, "not the digest of its content");
    // The token is that of the first test, so none of the above is refused for another reason.
    assert!(respond(&granted(&good)).is_ok());
}

#[test]
fn ber_becomes_der() {
    let content = info(TIME);
    let streamed = signed(&content, "rsa", &["-econtent_type", TST_INFO, "-cades", "-stream"]);
    assert_eq!(streamed[..2], [0x30, 0x80]);
    let body = [&[0x30, 0x80][..], &element(0x30, &[&[2, 1, 0]]), &streamed, &[0, 0]].concat();
    let token = respond(&body).unwrap();
    assert_eq!(ber::to_der(&token.der).unwrap().0, token.der);
    assert_ne!(token.der, streamed);
    let file = Scratch::new(&token.der);
    let verified =
        openssl(&["cms", "-verify", "-inform", "DER", "-in", file.as_str(), "-noverify", "-binary", "-certfile", "issuing.pem"], &[]);
    assert_eq!(verified.unwrap(), content);
    assert_eq!(TimestampToken::parse(&streamed, &[]).unwrap().der, token.der);
}

/// A token over the signature value of `container`, and that value.
fn timestamp(container: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let value = signature_value(container).unwrap();
    let imprint = DigestAlgorithm::Sha256.digest(&[&value]);
    (token(&info_of(&imprint, TIME, &[]), "rsa"), value)
}

#[test]
fn embedded() {
    for name in ["rsa", "p256", "ed25519", "p521"] {
        let (container, _) = make(name, None, None, &AttributeOptions::default());
        let (token, value) = timestamp(&container);
        let stamped = with_timestamp(&container, &token).unwrap();
        judge(&stamped);
        if name != "ed25519" {
            assert_eq!(verify(&stamped, DOCUMENT), Ok(DOCUMENT.to_vec()), "{name}");
        }
        let facts = container_facts(&stamped).unwrap();
        assert_eq!((facts.timestamps, &facts.signature), (vec![token.clone()], &value));
        assert_eq!(facts.signer.unwrap().der(), certificate(name).der());
        assert_eq!(facts.certificates.len(), 3);
        // The bytes around the attribute are as they were, but for lengths.
        assert!(stamped.ends_with(&token) && contains(&stamped, &container[container.len() - value.len()..]));

        let (file, value) = (Scratch::new(&token), Scratch::new(&value));
        let (now, file) = (NOW.to_string(), file.as_str());
        let arguments = ["ts", "-verify", "-in", file, "-token_in", "-data", value.as_str(), "-CAfile", "root.pem", "-attime", &now];
        openssl(&arguments, &[]).unwrap();

        let digest_algorithm = container_digest_algorithm(&stamped).unwrap();
        let digest = digest_algorithm.digest(&[DOCUMENT]);
        let expected = Expected { digest_algorithm, message_digest: &digest, pades: true, certificate: None };
        assert_eq!(check_container(&stamped, &expected).unwrap().der, stamped);
        assert_eq!(verify_container(&stamped, &digest), Ok(()));
    }
}

/// The integrity code of an encrypted document is an unsigned attribute, too.
#[test]
fn beside_an_integrity_code() {
    let (leaf, wrapping) = (certificate("p256"), [7; 32]);
    let (scheme, chain) = (Scheme::choose(&leaf, None, None).unwrap(), chain(&leaf));
    let hash = scheme.digest.digest(&[DOCUMENT]);
    let attributes = SignedAttributes::make(&scheme, Some(&leaf), &hash, &AttributeOptions::default()).unwrap();
    let raw = sign_by(&scheme, "p256", attributes.as_bytes());
    let keys = MacKeys::new(wrapping, b"secret");
    let container = signed_data(&leaf, &chain, &scheme, &attributes, &raw, Some((&keys, &hash))).unwrap();
    let (token, _) = timestamp(&container);
    let stamped = with_timestamp(&container, &token).unwrap();
    judge(&stamped);
    assert!(stamped.len() - container.len() <= timestamp_room(token.len()));
    assert_eq!(container_facts(&stamped).unwrap().timestamps, [token]);
    for container in [&container, &stamped] {
        MacToken::open(container, true, &wrapping).unwrap().check(&hash).unwrap();
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn attributes_in_the_order_of_der() {
    let (container, _) = make("p256", None, None, &AttributeOptions::default());
    let mut stamped = container.clone();
    let values: Vec<Vec<u8>> = [300, 5, 70_000, 5, 90].iter().map(|length| element(4, &[&vec![*length as u8; *length]])).collect();
    for value in &values {
        stamped = with_timestamp(&stamped, value).unwrap();
        judge(&stamped);
    }
    let mut sorted = values.clone();
    sorted.sort();
    let mut found = container_facts(&stamped).unwrap().timestamps;
    found.sort();
    assert_eq!(found, sorted);
}

#[test]
fn room() {
    let containers = [("p256", AttributeOptions::default()), ("rsa", AttributeOptions { signing_time: Some(NOW), ..Default::default() })];
    for (name, options) in containers {
        let (container, _) = make(name, None, None, &options);
        for length in [1, 100, 121, 122, 250, 2000, 32_000, 62_000, 65_500, 70_000, 1 << 20] {
            let token = element(4, &[&vec![0; length]]);
            let grown = with_timestamp(&container, &token).unwrap().len() - container.len();
            let room = timestamp_room(token.len());
            assert!((grown..=grown + 10).contains(&room), "{length}: {grown} {room}");
        }
    }
}

#[test]
fn containers_of_documents() {
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    let broken = |container: &[u8], word: &str| match verify_container(container, &digest) {
        Err(Unverified::Broken(found)) => assert!(found.contains(word), "{word}: {found}"),
        other => panic!("{word}: {other:?}"),
    };
    let unsupported = |container: &[u8], word: &str| match verify_container(container, &digest) {
        Err(Unverified::Unsupported(found)) => assert!(found.contains(word), "{word}: {found}"),
        other => panic!("{word}: {other:?}"),
    };
    let cms = |content: &[u8], arguments: &[&str]| {
        let content = Scratch::new(content);
        let common = ["cms", "-sign", "-binary", "-outform", "DER", "-in", content.as_str(), "-signer", "rsa.pem", "-inkey", "rsa.key"];
        openssl(&[&common[..], arguments].concat(), &[]).unwrap()
    };
    let plain = cms(DOCUMENT, &["-md", "sha256"]);
    assert_eq!(container_digest_algorithm(&plain), Some(DigestAlgorithm::Sha256));
    assert_eq!(verify_container(&[&plain[..], &[0; 50]].concat(), &digest), Ok(()));
    let facts = container_facts(&plain).unwrap();
    assert!(facts.timestamps.is_empty() && facts.signer.is_some() && facts.signature.len() == 256);
    broken(&cms(b"another", &["-md", "sha256"]), "made for another document");
    let mut bad = plain.clone();
    let end = bad.len() - 1;
    bad[end] ^= 1;
    broken(&bad, "signature");
    broken(b"", "cannot be read");
    broken(certificate("rsa").der(), "cannot be read");

    let sha1 = cms(DOCUMENT, &["-md", "sha1"]);
    unsupported(&sha1, "SHA-1");
    assert_eq!(container_digest_algorithm(&sha1), None);
    assert!(container_facts(&sha1).unwrap().signer.is_some());
    unsupported(&cms(DOCUMENT, &["-md", "sha256", "-noattr"]), "no signed attributes");
    unsupported(&cms(DOCUMENT, &["-md", "sha256", "-nodetach"]), "holds its content");
    unsupported(&cms(DOCUMENT, &["-md", "sha256", "-nocerts"]), "does not hold the certificate");
    unsupported(&cms(DOCUMENT, &["-md", "sha256", "-signer", "p256.pem", "-inkey", "p256.key"]), "exactly one signer");
    unsupported(&cms(DOCUMENT, &["-md", "sha256", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:0"]), "not supported");
    unsupported(&token_of("openssl.tsr"), "holds its content");

    let token = container_facts(&token_of("certomancer.tsr")).unwrap();
    assert!(token.signer.is_some() && token.certificates.len() == 2);
    assert!(container_facts(b"").is_none());
}
