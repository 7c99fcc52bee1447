//! Certification requests and self-signed certificates, made by the core and judged by OpenSSL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustpdf_core::{Ambient, Code, DigestAlgorithm, Issuance, KeyAndName, SignatureAlgorithm, SigningRequest};

fn certificates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/certificates")
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rustpdf-issuance-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().expect("openssl");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "openssl {}: {told}", arguments.join(" "));
    told
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn key(name: &str) -> PathBuf {
    certificates().join(format!("{name}.key"))
}

fn named(name: &str, subject: &str) -> KeyAndName {
    let public_key = openssl(&["pkey", "-in", text(&key(name)), "-pubout"]).into_bytes();
    KeyAndName { subject: subject.to_owned(), public_key, signature_algorithm: None, digest_algorithm: None }
}

/// The answer of a key store.
fn signed(name: &str, folder: &Path, request: &SigningRequest) -> Vec<u8> {
    let (message, signature, key) = (folder.join("message"), folder.join("signature"), key(name));
    fs::write(&message, &request.data).expect("a file");
    let digest = format!("-{}", request.digest_algorithm.as_str());
    let mut arguments = vec!["dgst", &digest, "-sign", text(&key), "-out", text(&signature)];
    if request.signature_algorithm == SignatureAlgorithm::RsaPss {
        arguments.extend(["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]);
    }
    if request.signature_algorithm == SignatureAlgorithm::Ed25519 {
        arguments = vec!["pkeyutl", "-sign", "-rawin", "-inkey", text(&key), "-in", text(&message), "-out", text(&signature)];
        openssl(&arguments);
    } else {
        arguments.push(text(&message));
        openssl(&arguments);
    }
    fs::read(signature).expect("a signature")
}

const SUBJECT: &str = "CN=Zoë Example,O=Example Ltd,C=DE";

#[test]
fn openssl_verifies_a_request_by_each_key() {
    for (name, algorithm, digest) in [
        ("rsa", None, None),
        ("rsa", Some(SignatureAlgorithm::RsaPss), Some(DigestAlgorithm::Sha384)),
        ("rsa-pss", None, None),
        ("p256", None, None),
        ("p384", None, None),
        ("p521", None, None),
        ("ed25519", None, None),
    ] {
        let folder = folder(&format!("request-{name}"));
        let named = KeyAndName { signature_algorithm: algorithm, digest_algorithm: digest, ..named(name, SUBJECT) };
        let issuance = Issuance::request(&named).expect("a request");
        let der = issuance.complete(&signed(name, &folder, &issuance.signing_request())).expect("it verifies");
        let path = folder.join("request.der");
        fs::write(&path, der).expect("a file");
        let told = openssl(&["req", "-inform", "DER", "-in", text(&path), "-verify", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus"]);
        assert!(told.contains("verify OK") && told.contains("C=DE,O=Example Ltd,CN=Zoë Example"), "{told}");
        assert!(told.contains("Digital Signature, Non Repudiation"), "{told}");
        fs::remove_dir_all(folder).expect("the folder");
    }
}

#[test]
fn openssl_verifies_a_self_signed_certificate_by_each_key() {
    let ambient = Ambient { now: 1_796_104_800, entropy: [7; 32] };
    for name in ["rsa", "rsa-pss", "p256", "p384", "p521", "ed25519"] {
        let folder = folder(&format!("certificate-{name}"));
        let issuance = Issuance::self_signed(&named(name, SUBJECT), &ambient, 30).expect("a certificate");
        let der = issuance.complete(&signed(name, &folder, &issuance.signing_request())).expect("it verifies");
        let path = folder.join("certificate.pem");
        fs::write(folder.join("certificate.der"), der).expect("a file");
        openssl(&["x509", "-inform", "DER", "-in", text(&folder.join("certificate.der")), "-out", text(&path)]);
        let told = openssl(&["verify", "-attime", "1796200000", "-x509_strict", "-CAfile", text(&path), text(&path)]);
        assert!(told.contains(": OK"), "{told}");
        let told = openssl(&["x509", "-in", text(&path), "-noout", "-dates", "-ext", "keyUsage,basicConstraints,subjectKeyIdentifier"]);
        assert!(told.contains("notAfter=Dec 31 06:00:00 2026 GMT") && told.contains("CA:FALSE"), "{told}");
        fs::remove_dir_all(folder).expect("the folder");
    }
}

#[test]
fn what_is_refused() {
    let code = |key: KeyAndName| Issuance::request(&key).map(|_| ()).map_err(|error| error.code());
    let good = named("p256", SUBJECT);
    assert_eq!(code(KeyAndName { public_key: fs::read(key("p256")).unwrap(), ..good.clone() }), Err(Code::Argument));
    assert_eq!(code(KeyAndName { public_key: b"key".to_vec(), ..good.clone() }), Err(Code::Argument));
    assert_eq!(code(KeyAndName { subject: "Zoë".to_owned(), ..good.clone() }), Err(Code::Argument));
    assert_eq!(code(KeyAndName { signature_algorithm: Some(SignatureAlgorithm::RsaPss), ..good.clone() }), Err(Code::AlgorithmMismatch));
    assert_eq!(code(KeyAndName { public_key: fs::read(certificates().join("p256.pem")).unwrap(), ..good.clone() }), Ok(()));
    let ambient = Ambient { now: 0, entropy: [0; 32] };
    assert!(Issuance::self_signed(&good, &ambient, 0).is_err());
    let folder = folder("refused");
    let (one, other) = (Issuance::request(&good).unwrap(), Issuance::request(&named("rsa", SUBJECT)).unwrap());
    let raw = signed("p256", &folder, &one.signing_request());
    assert!(other.complete(&raw).is_err());
    fs::remove_dir_all(folder).expect("the folder");
}
