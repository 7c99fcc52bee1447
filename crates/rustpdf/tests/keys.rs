//! From a key to its certificate, judged by OpenSSL, and the records of requests to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustpdf::{Audit, DigestAlgorithm, Error, KeyAndName, Signer, SigningOptions, SigningRequest, certificate_request, self_signed, sign};
use serde_json::Value;

fn vectors(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(path)
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl");
    std::io::Write::write_all(&mut child.stdin.take().expect("an input"), input).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

/// A key store with one key.
fn key_store(name: &str) -> impl Fn(&SigningRequest) -> std::io::Result<Vec<u8>> + use<> {
    let key = vectors(&format!("certificates/{name}.key"));
    move |request| {
        let digest = format!("-{}", request.digest_algorithm.as_str());
        Ok(openssl(&["dgst", &digest, "-sign", key.to_str().expect("a text")], &request.data))
    }
}

fn key(name: &str) -> KeyAndName {
    let path = vectors(&format!("certificates/{name}.key"));
    KeyAndName::new("CN=Zo\u{eb} Example,O=Example Ltd", openssl(&["pkey", "-in", path.to_str().expect("a text"), "-pubout"], b""))
}

#[test]
fn a_key_gets_a_request_and_a_certificate_of_its_own() {
    for name in ["rsa", "p256", "p384"] {
        let request = certificate_request(&key(name), key_store(name)).expect("a request");
        openssl(&["req", "-inform", "DER", "-verify", "-noout"], &request);
        let certificate = self_signed(&key(name), 30, key_store(name)).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let pem = folder.path().join("own.pem");
        fs::write(&pem, openssl(&["x509", "-inform", "DER"], &certificate)).expect("a file");
        let pem = pem.to_str().expect("a text");
        openssl(&["verify", "-CAfile", pem, pem], b"");
        let pdf = fs::read(vectors("documents/classic.pdf")).expect("a document");
        sign(&pdf[..], &Signer::new(certificate, key_store(name)), &SigningOptions::new()).expect("signed");
    }
    let other = certificate_request(&key("p256"), key_store("p384")).expect_err("another key");
    assert!(other.code().expect("a code").as_str().starts_with("ERR_SIGNATURE_"));
}

#[test]
fn each_request_leaves_records_around_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = folder.path().join("var").join("records");
    let audit = Audit::open(&records, Some("key 1")).expect("a file");
    #[cfg(unix)]
    for made in [&folder.path().join("var"), &records] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(made).expect("a folder").permissions());
        assert_eq!(mode & 0o777, 0o700);
    }
    let pdf = fs::read(vectors("documents/classic.pdf")).expect("a document");
    let certificate = fs::read(vectors("certificates/rsa.pem")).expect("a certificate");
    let lines = || -> Vec<Vec<u8>> {
        let file = fs::read_dir(&records).expect("a folder").next().expect("a file").expect("a name");
        fs::read(file.path()).expect("a file").split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    };
    let key = key_store("rsa");
    let signer = Signer::new(
        certificate.clone(),
        audit.of(|request| {
            assert_eq!(lines().len(), 1); // it is on the disk before
            key(request)
        }),
    );
    sign(&pdf[..], &signer, &SigningOptions::new().field_name("Approval")).expect("signed");
    let failing = Signer::new(certificate, audit.of(|_| Err(std::io::Error::other("the PIN 1234 is wrong"))));
    let failed = sign(&pdf[..], &failing, &SigningOptions::new()).expect_err("an error");
    assert!(matches!(&failed, Error::Signer(cause) if cause.to_string() == "the PIN 1234 is wrong"));

    let lines = lines();
    let records: Vec<Value> = lines.iter().map(|line| serde_json::from_slice(line).expect("JSON")).collect();
    let events: Vec<_> = records.iter().map(|record| record["event"].as_str().expect("an event")).collect();
    assert_eq!(events, ["asked", "signed", "asked", "failed"]);
    assert_eq!(records[0]["fieldName"], "Approval");
    assert_eq!(records[0]["keyId"], "key 1");
    assert_eq!((&records[1]["asked"], &records[3]["asked"], &records[3]["error"]), (&0.into(), &2.into(), &"io::Error".into()));
    assert!(!lines.concat().windows(4).any(|window| window == b"1234"));
    let mut previous = "0".repeat(64);
    for (sequence, (line, record)) in lines.iter().zip(&records).enumerate() {
        assert_eq!((record["previous"].as_str(), record["sequence"].as_u64()), (Some(previous.as_str()), Some(sequence as u64)));
        previous = DigestAlgorithm::Sha256.digest(&[line]).iter().map(|byte| format!("{byte:02x}")).collect();
    }
}
