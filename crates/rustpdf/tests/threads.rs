//! Many threads that sign at once: each gives the bytes that one thread gives.

use std::sync::Barrier;
use std::thread;

use rustpdf::{Ambient, Control, Signer, SigningOptions, begin_signing_controlled, sign_controlled};

const THREADS: usize = 8;
const DOCUMENT: &[u8] = include_bytes!("../../../tests/vectors/documents/classic.pdf");
const CERTIFICATE: &[u8] = include_bytes!("../../../tests/vectors/certificates/rsa.pem");
const CHAIN: &[u8] = include_bytes!("../../../tests/vectors/certificates/chain.pem");
const VECTOR: &str = include_str!("../../../tests/vectors/cases/rsa-pkcs1-sha256.json");

#[test]
fn many_threads_sign_the_same() {
    let vector: serde_json::Value = serde_json::from_str(VECTOR).unwrap();
    let signature = hex(vector["signature"].as_str().unwrap());
    let entropy = hex(vector["entropy"].as_str().unwrap()).try_into().unwrap();
    let moment = Ambient { now: vector["now"].as_i64().unwrap(), entropy };
    let signer = Signer::new(CERTIFICATE, |_| Ok::<_, rustpdf::Error>(signature.clone())).chain([CHAIN]);
    let options = SigningOptions::default();
    let control = || Control::new().ambient(moment.clone());
    let sign = || sign_controlled(DOCUMENT, &signer, &options, &mut control()).unwrap().pdf;
    let expected = sign();
    let session = begin_signing_controlled(DOCUMENT, Some(signer.credentials()), &options, &mut control()).unwrap();
    let together = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                together.wait();
                for _ in 0..25 {
                    assert!(sign() == expected, "other bytes than in one thread");
                    let completed = session.complete_with_signature(&signature).unwrap();
                    assert!([DOCUMENT, &completed.update].concat() == expected, "another completion than in one thread");
                }
            });
        }
    });
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
