//! What a signature costs: `cargo test --release -p rustpdf-core cms::tests::bench -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use super::made::{DOCUMENT, make};
use super::*;

fn time(what: &str, mut call: impl FnMut()) {
    (0..200).for_each(|_| call());
    let mut best = f64::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        (0..100).for_each(|_| call());
        best = best.min(start.elapsed().as_secs_f64() * 1e4);
    }
    println!("{what:45} {best:8.2} µs");
}

#[test]
#[ignore = "a measurement"]
fn costs() {
    let names = ["rsa", "issuing", "root"];
    let pem = names.map(|name| read(&format!("{name}.pem")));
    let der = names.map(|name| certificate(name).der().to_vec());
    let bundle = |files: &[Vec<u8>; 3]| {
        let (leaf, others) = Certificate::parse(&files[0]).unwrap();
        (Chain::parse(&leaf, others, &[&files[1], &files[2]]).unwrap(), leaf)
    };
    time("parse leaf and chain of 2, DER", || drop(black_box(bundle(&der))));
    time("parse leaf and chain of 2, PEM", || drop(black_box(bundle(&pem))));
    time("x509-cert: the same 3 certificates", || {
        use ::der::Decode;
        der.iter().for_each(|der| drop(black_box(x509_cert::Certificate::from_der(der).unwrap())));
    });
    let ((chain, _), leaf) = bundle(&der);
    let scheme = Scheme::choose(&leaf, None, None).unwrap();
    let options = AttributeOptions::default();
    let digest = scheme.digest.digest(&[DOCUMENT]);
    time("container_size", || drop(black_box(container_size(&leaf, &chain, &scheme, &options))));
    time("SignedAttributes::make", || drop(black_box(SignedAttributes::make(&scheme, &leaf, &digest, &options))));
    let attributes = SignedAttributes::make(&scheme, &leaf, &digest, &options).unwrap();
    time("SigningRequest::make", || drop(black_box(SigningRequest::make(&scheme, attributes.as_bytes().to_vec()))));
    let raw = sign_by(&scheme, "rsa", attributes.as_bytes());
    time("signed_data", || drop(black_box(signed_data(&leaf, &chain, &scheme, &attributes, &raw))));
    for name in ["rsa", "p256", "p384", "p521", "ed25519"] {
        let leaf = certificate(name);
        let scheme = Scheme::choose(&leaf, None, None).unwrap();
        let raw = sign_by(&scheme, name, DOCUMENT);
        time(&format!("check::signature {name}"), || drop(black_box(check::signature(&leaf, &scheme, DOCUMENT, &raw))));
    }
    time("for comparison: the crate rsa, key and check", || {
        use rsa::pkcs8::DecodePublicKey;
        use x509_cert::der::{Decode, Encode};
        let spki = x509_cert::Certificate::from_der(leaf.der()).unwrap().tbs_certificate().subject_public_key_info().to_der().unwrap();
        let key = rsa::PublicKey::from_public_key_der(&spki).unwrap();
        // Of the same cost, whatever it finds: without its feature `pkcs1v15` only PSS is there.
        let _ = black_box(key.verify(rsa::pss::Pss::<rsa::sha2::Sha256>::new(), &digest, &raw));
    });
    let container = make("rsa", None, None, &options).0;
    let expected = check::Expected { digest_algorithm: scheme.digest, message_digest: &digest, pades: true, certificate: None };
    time("check::container rsa", || drop(black_box(check::container(&container, &expected).unwrap())));
}
