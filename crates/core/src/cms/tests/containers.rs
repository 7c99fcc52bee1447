//! Containers from elsewhere: OpenSSL's in all their forms, and every refusal by its own code.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{
    ID_AA_SIGNING_CERTIFICATE, ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA,
};
use der::AnyRef;

use super::made::{DOCUMENT, make};
use super::*;
use crate::cms::ess::SigningCertificateV2;

fn cms(arguments: &[&str]) -> Vec<u8> {
    let content = Scratch::new(DOCUMENT);
    let mut all = vec!["cms", "-sign", "-binary", "-outform", "DER", "-in", content.as_str()];
    all.extend(arguments);
    openssl(&all, &[]).unwrap()
}

const SIGNER: [&str; 6] = ["-signer", "rsa.pem", "-inkey", "rsa.key", "-md", "sha256"];

fn cms_rsa(arguments: &[&str]) -> Vec<u8> {
    cms(&[SIGNER.as_slice(), arguments].concat())
}

/// What is to be embedded, and the algorithm of the signature.
fn check_with(container: &[u8], pades: bool, signer: Option<&str>) -> crate::error::Result<(Vec<u8>, SignatureAlgorithm)> {
    let signer = signer.map(certificate);
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    let expected = Expected { digest_algorithm: DigestAlgorithm::Sha256, message_digest: &digest, pades, certificate: signer.as_ref() };
    check_container(container, &expected).map(|checked| (checked.der, checked.signature_algorithm))
}

fn refusal(container: &[u8], pades: bool) -> Code {
    code(check_with(container, pades, Some("rsa")))
}

fn ours() -> Vec<u8> {
    make("rsa", None, None, &AttributeOptions::default()).0
}

/// The container with `old` replaced by `new` of the same length.
fn replace(container: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = container.to_vec();
    let at = out.windows(old.len()).position(|window| window == old).unwrap();
    out.splice(at..at + old.len(), new.iter().copied());
    out
}

#[test]
fn of_openssl() {
    for (arguments, pades) in [(&["-cades"][..], false), (&[], false), (&["-keyid"], false), (&["-certfile", "root.pem"], false)] {
        let container = cms_rsa(arguments);
        let checked = check_with(&container, pades, Some("rsa")).unwrap();
        assert_eq!(checked.1, SignatureAlgorithm::RsaPkcs1);
    }
    let pss = cms_rsa(&["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"]);
    assert_eq!(check_with(&pss, false, None).unwrap().1, SignatureAlgorithm::RsaPss);
    let no_salt = cms_rsa(&["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:0"]);
    assert_eq!(code(check_with(&no_salt, false, None)), Code::ContainerSignature);
    let long_salt = cms_rsa(&["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:99"]);
    assert!(check_with(&long_salt, false, None).is_ok());
    let p256 = cms(&["-signer", "p256.pem", "-inkey", "p256.key", "-md", "sha256", "-cades"]);
    assert_eq!(check_with(&p256, false, Some("p256")).unwrap().1, SignatureAlgorithm::Ecdsa);
}

#[test]
fn ber_becomes_der() {
    let streamed = cms_rsa(&["-cades", "-stream"]);
    let der = cms_rsa(&["-cades"]);
    // OpenSSL streams in BER, and then always with the content.
    assert_eq!(refusal(&streamed, false), Code::ContainerContent);
    // Every outer layer of indefinite length, and the signature in two pieces.
    let parts = |bytes: &[u8]| -> Vec<Vec<u8>> { elements(bytes).iter().map(|element| element.to_der().unwrap()).collect() };
    let open = |tag: u8, parts: &[Vec<u8>]| [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat();
    let inside = |bytes: &[u8]| elements(bytes)[0].value().to_vec();
    let info = parts(&inside(&der));
    let mut data = parts(&inside(&inside(&info[1])));
    let last = data.len() - 1;
    let mut signer = parts(&inside(&inside(&data[last])));
    let signature = inside(&signer[5]);
    signer[5] = open(0x24, &[element(4, &[&signature[..100]]), element(4, &[&signature[100..]])]);
    data[last] = open(0x31, &[open(0x30, &signer)]);
    data[3] = open(0xa0, &parts(&inside(&data[3])));
    let ber = open(0x30, &[info[0].clone(), open(0xa0, &[open(0x30, &data)])]);
    assert_eq!(check_with(&ber, false, None).unwrap().0, der);
    assert_eq!(summarise_container(&ber).certificates.len(), 1);
}

#[test]
fn ours_with_zeros_behind_it() {
    let padded = [ours(), vec![0; 1000]].concat();
    let first = AnyRef::decode(&mut SliceReader::new(&padded).unwrap()).unwrap();
    assert_eq!(check_with(&padded, true, Some("rsa")).unwrap().0, first.to_der().unwrap());
    let summary = summarise_container(&padded);
    assert_eq!(summary.signer.unwrap().subject, "CN=Signer rsa,O=rustpdf tests,C=DE");
    assert_eq!(summary.certificates.len(), 3);
    assert_eq!(refusal(&[ours(), vec![1]].concat(), true), Code::ContainerFormat);
    assert_eq!(summarise_container(b"garbage"), ContainerSummary::default());
}

#[test]
fn no_container_at_all() {
    let container = ours();
    let base64 = openssl(&["base64"], &container).unwrap();
    let pem = cms_rsa(&["-outform", "PEM"]);
    let one_line = String::from_utf8(base64.clone()).unwrap().replace('\n', "");
    let json = format!("{{\"SignatureObject\": [\"{one_line}\"]}}").into_bytes();
    let mime = [b"\nMIME-Version: 1.0\nContent-Type: application/pkcs7-signature\n\n", base64.as_slice()].concat();
    let rsa = certificate("rsa");
    let bare = elements(elements(&container)[0].value())[1].value().to_vec();
    let digested = openssl(&["cms", "-digest_create", "-outform", "DER"], DOCUMENT).unwrap();
    for (bytes, what) in [
        (&[][..], "no bytes"),
        (&base64, "base64"),
        (&pem, "PEM"),
        (&json, "JSON text where bytes are wanted; take the value out of the JSON"),
        (&mime, "S/MIME text (headers and base64) where bytes are wanted; take the base64 after the headers"),
        (b"<html><body>503</body></html>", "XML or HTML text"),
        (b"no such credential, ask the administrator", "the container is text"),
        (hex(&container).as_bytes(), "hexadecimal"),
        (rsa.der(), "a certificate"),
        (&container[..container.len() - 1], "cut off"),
        (&bare, "without the ContentInfo"),
        (&digested, "1.2.840.113549.1.7.5"),
        (&[0x30, 6, 2, 1, 1, 2, 1, 1], "raw ECDSA"),
    ] {
        let error = check_with(bytes, true, None).unwrap_err();
        assert_eq!(error.code(), Code::ContainerFormat);
        assert!(error.to_string().contains(what), "{error}: {what}");
    }
    assert_eq!(refusal(&vec![0x30; crate::limits::FOREIGN_CONTAINER + 1], true), Code::Limit);
}

#[test]
fn every_refusal_has_its_code() {
    let container = ours();
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    assert!(check_with(&container, true, Some("rsa")).is_ok());
    assert_eq!(refusal(&cms_rsa(&["-nodetach", "-cades"]), false), Code::ContainerContent);
    let two = cms(&["-signer", "rsa.pem", "-inkey", "rsa.key", "-signer", "p256.pem", "-inkey", "p256.key", "-md", "sha256"]);
    assert_eq!(refusal(&two, false), Code::ContainerSigners);
    let none = openssl(&["crl2pkcs7", "-nocrl", "-certfile", "rsa.pem", "-outform", "DER"], &[]).unwrap();
    assert_eq!(refusal(&none, false), Code::ContainerSigners);
    assert_eq!(refusal(&cms_rsa(&["-nocerts", "-cades"]), false), Code::ContainerSignerCertificate);
    assert_eq!(code(check_with(&container, true, Some("p256"))), Code::ContainerSignerCertificate);
    let sha512 = make("rsa", None, Some(DigestAlgorithm::Sha512), &AttributeOptions::default()).0;
    assert_eq!(refusal(&sha512, true), Code::ContainerDigestAlgorithm);
    assert_eq!(refusal(&cms(&["-signer", "rsa.pem", "-inkey", "rsa.key", "-md", "sha1"]), false), Code::ContainerDigestAlgorithm);
    assert_eq!(refusal(&replace(&container, &digest, &[0; 32]), true), Code::ContainerMessageDigest);
    let timed = make("rsa", None, None, &AttributeOptions { signing_time: Some(NOW), ..Default::default() }).0;
    assert_eq!(refusal(&timed, true), Code::ContainerSigningTime);
    assert!(check_with(&timed, false, None).is_ok());
    assert_eq!(refusal(&cms_rsa(&["-noattr"]), false), Code::ContainerSignedAttributes);
    let hash = certificate("rsa").digest(DigestAlgorithm::Sha256);
    assert_eq!(refusal(&replace(&container, &hash, &[0; 32]), true), Code::ContainerSigningCertificate);
    let mut signature = container.clone();
    *signature.last_mut().unwrap() ^= 1;
    assert_eq!(refusal(&signature, true), Code::ContainerSignature);
}

#[test]
fn signatures_wrong_in_other_ways() {
    let leaf = certificate("p256");
    let scheme = Scheme::choose(&leaf, None, None).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    let attributes = SignedAttributes::make(&scheme, Some(&leaf), &digest, &AttributeOptions::default()).unwrap();
    let raw = sign_by(&scheme, "p256", attributes.as_bytes());
    let fixed = r_and_s(&raw, 32);
    let digested = sign("p256", DigestAlgorithm::Sha256, &[], &DigestAlgorithm::Sha256.digest(&[attributes.as_bytes()]));
    for (signature, what) in [(&raw, None), (&fixed, Some("one after the other")), (&digested, Some("digested again"))] {
        let result = check_with(&signed_data(&leaf, &chain(&leaf), &scheme, &attributes, signature, None).unwrap(), true, Some("p256"));
        match (result, what) {
            (Ok(_), None) => {}
            (Err(error), Some(what)) => {
                assert_eq!(error.code(), Code::ContainerSignature);
                assert!(error.to_string().contains(what), "{error}");
            }
            (result, _) => panic!("{result:?}"),
        }
    }
    // A SignerInfo that names another algorithm than its key has.
    let rsa = Scheme::choose(&certificate("rsa"), None, None).unwrap();
    let container = signed_data(&leaf, &chain(&leaf), &rsa, &attributes, &raw, None).unwrap();
    assert_eq!(code(check_with(&container, true, Some("p256"))), Code::ContainerSignature);
}

fn attribute(id: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    element(0x30, &[&id.to_der().unwrap(), &element(0x31, &[value])])
}

#[test]
fn attributes_wrong_in_other_ways() {
    // content-type of another type; message-digest twice; an order that is not that of DER; no signing-certificate.
    let leaf = certificate("rsa");
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    let content = |id: ObjectIdentifier| attribute(ID_CONTENT_TYPE, &id.to_der().unwrap());
    let message = attribute(ID_MESSAGE_DIGEST, &element(4, &[&digest]));
    for (attributes, pades, expected) in [
        (vec![content(ID_SIGNED_DATA), message.clone()], false, Code::ContainerSignedAttributes),
        (vec![content(ID_DATA)], false, Code::ContainerSignedAttributes),
        (vec![message.clone()], false, Code::ContainerSignedAttributes),
        (vec![message.clone(), content(ID_DATA)], false, Code::ContainerSignedAttributes),
        (vec![content(ID_DATA), message.clone(), message.clone()], false, Code::ContainerSignedAttributes),
        (vec![content(ID_DATA), message.clone()], true, Code::ContainerSigningCertificate),
    ] {
        let scheme = Scheme::choose(&leaf, None, None).unwrap();
        let attributes = SignedAttributes::from_bytes(&element(0x31, &[&attributes.concat()])).unwrap();
        let raw = sign_by(&scheme, "rsa", attributes.as_bytes());
        assert_eq!(refusal(&signed_data(&leaf, &chain(&leaf), &scheme, &attributes, &raw, None).unwrap(), pades), expected);
    }
}

/// A container of the signer `rsa` with these attributes, in the order of DER.
fn with_attributes(mut attributes: Vec<Vec<u8>>) -> Vec<u8> {
    let leaf = certificate("rsa");
    let scheme = Scheme::choose(&leaf, None, None).unwrap();
    attributes.sort();
    let attributes = SignedAttributes::from_bytes(&element(0x31, &[&attributes.concat()])).unwrap();
    let raw = sign_by(&scheme, "rsa", attributes.as_bytes());
    signed_data(&leaf, &chain(&leaf), &scheme, &attributes, &raw, None).unwrap()
}

fn message(container: &[u8]) -> String {
    let error = check_with(container, true, Some("rsa")).unwrap_err();
    format!("{} {error}", error.code().as_str())
}

#[test]
fn a_hash_that_was_digested_again_is_named() {
    let hash = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    let made = |content: &[u8]| {
        let digest = element(4, &[&DigestAlgorithm::Sha256.digest(&[content])]);
        with_attributes(vec![attribute(ID_CONTENT_TYPE, &ID_DATA.to_der().unwrap()), attribute(ID_MESSAGE_DIGEST, &digest)])
    };
    let base64 = openssl(&["base64", "-A"], &hash).unwrap();
    for (content, found) in [
        (
            &hash[..],
            "`hash` of the session was digested again before the container was made; hand `hash` to the signing service as the digest",
        ),
        (hex(&hash).as_bytes(), "`hash` of the session was digested again as hexadecimal text"),
        (hex(&hash).to_uppercase().as_bytes(), "`hash` of the session was digested again as hexadecimal text"),
        (&base64, "`hash` of the session was digested again as base64 text"),
        (b"", "the container was made for empty content; hand `hash`"),
        (b"another", "the container was made for another document; have `hash`"),
    ] {
        let message = message(&made(content));
        assert!(message.starts_with(&format!("ERR_CONTAINER_MESSAGE_DIGEST {found}")), "{message}");
    }
}

#[test]
fn digest_algorithms_that_are_not_supported_are_named() {
    let sha1 = cms(&["-signer", "rsa.pem", "-inkey", "rsa.key", "-md", "sha1"]);
    assert_eq!(
        message(&sha1),
        "ERR_CONTAINER_DIGEST_ALGORITHM the container uses SHA-1, which is not supported, and the session sha256; \
         have the signing service use sha256"
    );
}

/// An attribute for another certificate does not help by beginning without PAdES: it is checked there, too.
#[test]
fn a_signing_certificate_of_another_is_named() {
    let digest = DigestAlgorithm::Sha256;
    let of = |certificate: &Certificate| {
        let value = SigningCertificateV2::make(certificate, digest, &certificate.digest(digest)).unwrap().to_der().unwrap();
        with_attributes(vec![
            attribute(ID_CONTENT_TYPE, &ID_DATA.to_der().unwrap()),
            attribute(ID_MESSAGE_DIGEST, &element(4, &[&digest.digest(&[DOCUMENT])])),
            attribute(ID_AA_SIGNING_CERTIFICATE_V_2, &value),
        ])
    };
    assert!(check_with(&of(&certificate("rsa")), true, Some("rsa")).is_ok());
    assert_eq!(
        message(&of(&certificate("issuing"))),
        "ERR_CONTAINER_SIGNING_CERTIFICATE the signing-certificate attribute of the container names the certificate of `Issuing`, and the \
         signer's is that of `Signer rsa`; have the signing service put the digest of the signer's certificate into the attribute, as its first"
    );
    let unknown = message(&of(&certificate("p256")));
    assert!(unknown.contains("nor that of another one in the container; have the signing service compute the attribute"), "{unknown}");
}

#[test]
fn a_signer_of_another_name_is_named() {
    let error = check_with(&ours(), true, Some("p256")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the certificate of the container's signer is that of `Signer rsa`, not the one of `Signer p256` that the session was begun with; \
         begin the session with the certificate that the signing service uses, or without one"
    );
}

/// Names are equal by content (RFC 5652, 10.2.4; RFC 5280, 7.1). Readers that compare bytes find the certificate's own.
#[test]
fn an_issuer_that_the_signer_spells_otherwise() {
    let container = ours();
    let issuer = certificate("rsa").issuer().to_vec();
    let places: Vec<usize> = (0..container.len()).filter(|at| container[*at..].starts_with(&issuer)).collect();
    // The last one is signed, in signing-certificate-v2; that of the SignerInfo is before it.
    let place = places[places.len() - 2];
    let text = issuer.windows(7).position(|window| window == b"Issuing").unwrap();
    for (at, octet) in [(text - 2, 0x13), (text, b'i')] {
        let mut respelled = container.clone();
        assert_ne!(std::mem::replace(&mut respelled[place + at], octet), octet);
        assert!(check_with(&respelled, true, Some("rsa")).unwrap().0 == container);
        assert!(summarise_container(&respelled).signer.is_some());
    }
    let mut other = container.clone();
    other[place + text] = b'A';
    assert_eq!(refusal(&other, true), Code::ContainerSignerCertificate);
}

#[test]
fn an_old_signing_certificate_attribute_is_checked() {
    let leaf = certificate("rsa");
    let scheme = Scheme::choose(&leaf, None, None).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    for (hash, expected) in [(leaf.sha1(), None), (vec![0; 20], Some(Code::ContainerSigningCertificate))] {
        let mut value = element(4, &[&hash]);
        (0..3).for_each(|_| value = element(0x30, &[&value]));
        let mut attributes = [
            attribute(ID_CONTENT_TYPE, &ID_DATA.to_der().unwrap()),
            attribute(ID_MESSAGE_DIGEST, &element(4, &[&digest])),
            attribute(ID_AA_SIGNING_CERTIFICATE, &value),
        ];
        attributes.sort();
        let attributes = SignedAttributes::from_bytes(&element(0x31, &[&attributes.concat()])).unwrap();
        let raw = sign_by(&scheme, "rsa", attributes.as_bytes());
        let result = check_with(&signed_data(&leaf, &chain(&leaf), &scheme, &attributes, &raw, None).unwrap(), true, Some("rsa"));
        assert_eq!(result.err().map(|error| error.code()), expected);
    }
}

#[test]
fn an_issuer_out_of_order_stays_as_it_is() {
    let certificate = elements(certificate("rsa").der()).remove(0);
    let certificate: Vec<Vec<u8>> = elements(certificate.value()).iter().map(|part| part.to_der().unwrap()).collect();
    let mut tbs: Vec<Vec<u8>> = elements(elements(&certificate[0])[0].value()).iter().map(|part| part.to_der().unwrap()).collect();
    // One RDN with the common name before the country, where DER has the shorter first.
    let part = |id: &str, text: &[u8]| element(0x30, &[&ObjectIdentifier::new_unwrap(id).to_der().unwrap(), &element(0x0c, &[text])]);
    let issuer = element(0x30, &[&element(0x31, &[&part("2.5.4.3", b"Issuing"), &part("2.5.4.6", b"DE")])]);
    tbs[3] = issuer.clone();
    let leaf = Certificate::from_der(&element(0x30, &[&element(0x30, &[&tbs.concat()]), &certificate[1], &certificate[2]])).unwrap();
    let scheme = Scheme::choose(&leaf, None, None).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    let attributes = SignedAttributes::make(&scheme, Some(&leaf), &digest, &AttributeOptions::default()).unwrap();
    let raw = sign_by(&scheme, "rsa", attributes.as_bytes());
    let container = signed_data(&leaf, &Chain::default(), &scheme, &attributes, &raw, None).unwrap();
    // In the certificate, in signing-certificate-v2 and in the SignerInfo.
    assert_eq!(container.windows(issuer.len()).filter(|window| *window == issuer).count(), 3);
    assert_eq!(check_with(&container, true, None).unwrap().0, container);
}

#[test]
fn unsigned_attributes_are_kept() {
    let container = ours();
    let parts = |bytes: &[u8]| -> Vec<Vec<u8>> { elements(bytes).iter().map(|element| element.to_der().unwrap()).collect() };
    let inside = |bytes: &[u8]| elements(bytes)[0].value().to_vec();
    let info = parts(&inside(&container));
    let mut data = parts(&inside(&inside(&info[1])));
    let unsigned = element(0xa1, &[&attribute(ObjectIdentifier::new_unwrap("1.2.3"), &element(0x30, &[b"\x02\x01\x07"]))]);
    let last = data.last_mut().unwrap();
    *last = element(0x31, &[&element(0x30, &[&inside(&inside(last)), &unsigned])]);
    let with = element(0x30, &[&info[0], &element(0xa0, &[&element(0x30, &[&data.concat()])])]);
    assert_eq!(check_with(&with, true, Some("rsa")).unwrap().0, with);
}

#[test]
fn changed_bytes_never_panic_and_never_lie() {
    let container = ours();
    let digest = DigestAlgorithm::Sha256.digest(&[DOCUMENT]);
    for index in 0..container.len() {
        for change in [1, 0x80, 0xff] {
            let mut bad = container.clone();
            bad[index] ^= change;
            let _ = summarise_container(&bad);
            if let Ok(checked) = check_with(&bad, true, Some("rsa")) {
                // What may change without notice is what is not signed: the rest of the chain, versions, the list of digest algorithms.
                assert!(checked.0.windows(32).any(|window| window == digest));
            }
        }
        assert!(check_with(&container[..index], true, None).is_err());
    }
}
