//! Seed values: what a field asks of its signature is kept, refused with the reason, or warned of where it is only wished for.

mod common;

use common::{Document, memory, moment, options, run};
use rustpdf_core::{Credentials, Machine, Session};

fn certificate(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/vectors/certificates/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The field `a` with these seed values, which may refer to object 6.
fn document(seed: &str, other: &str) -> Vec<u8> {
    Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
        .with(4, "<</T(a)/FT/Sig/SV 5 0 R>>")
        .with(5, &format!("<<{seed}>>"))
        .with(6, other)
        .bytes()
}

/// What comes of signing the field: `signed`, `WARN_SEED_VALUE`, or the message of the refusal.
fn outcome(document: &[u8], json: &str, known: bool) -> String {
    let mut options = options(json);
    options.field_name = Some("a".into());
    let credentials = Credentials { certificate: certificate("rsa.der"), chain: vec![certificate("chain.pem")] };
    let machine = Machine::prepare(memory(document), moment(), known.then_some(credentials), options);
    let session: Result<Session, _> = run(machine, document, |_| vec![]);
    match session {
        Ok(session) => match session.report().warnings.iter().any(|warning| warning.code.as_str() == "WARN_SEED_VALUE") {
            false => "signed".into(),
            true => "WARN_SEED_VALUE".into(),
        },
        Err(error) => {
            assert_eq!(error.code().as_str(), "ERR_SEED_VALUE", "{error}");
            error.to_string()
        }
    }
}

#[test]
fn what_is_required_is_kept_or_refused() {
    const KEPT: &str = "signed";
    for (seed, json, expected) in [
        ("", "{}", KEPT),
        ("/Ff 1/Filter/Adobe.PPKLite", "{}", KEPT),
        ("/Ff 1/Filter/Entrust.PPKEF", "{}", "the signature handler Entrust.PPKEF"),
        ("/Filter/Entrust.PPKEF", "{}", "WARN_SEED_VALUE"),
        ("/Ff 2/SubFilter[/adbe.pkcs7.detached/ETSI.CAdES.detached]", "{}", KEPT),
        ("/Ff 2/SubFilter[/adbe.pkcs7.detached]", "{}", "sign with `pades: false`"),
        ("/Ff 2/SubFilter[/adbe.pkcs7.detached]", r#"{"pades": false}"#, KEPT),
        ("/Ff 2/SubFilter[/ETSI.CAdES.detached]", r#"{"pades": false}"#, "leave `pades: false` out"),
        ("/Ff 2/SubFilter[/adbe.x509.rsa_sha1]", "{}", "which this version does not make"),
        ("/Ff 2/SubFilter[]", "{}", KEPT),
        ("/SubFilter[/adbe.pkcs7.detached]", "{}", "WARN_SEED_VALUE"),
        ("/Ff 4/V 3", "{}", KEPT),
        ("/Ff 4/V 3.1", "{}", "a version of seed values that is not known"),
        ("/Ff 4/V 3.0", "{}", KEPT),
        ("/Ff 4/V 2.7", "{}", KEPT),
        ("/Ff 4/V .5", "{}", KEPT),
        ("/Ff 4/V 99999999999999999999.0", "{}", "a version of seed values that is not known"),
        ("/V 4", "{}", "WARN_SEED_VALUE"),
        ("/Ff 8/Reasons[(one)(two)]", r#"{"reason": "two"}"#, KEPT),
        ("/Ff 8/Reasons[(one)(two)]", r#"{"reason": "three"}"#, "`reason` is none of them"),
        ("/Ff 8/Reasons[(one)(two)]", "{}", "set `reason` to one of them"),
        ("/Reasons[(one)(two)]", r#"{"reason": "three"}"#, "WARN_SEED_VALUE"),
        ("/Ff 8/Reasons[(.)]", r#"{"reason": "three"}"#, "leave `reason` out"),
        ("/Ff 8/Reasons[(.)]", "{}", KEPT),
        ("/Ff 8", r#"{"reason": "three"}"#, "leave `reason` out"),
        ("/Ff 8", "{}", KEPT),
        ("/Ff 16/LegalAttestation[(x)]", "{}", "legal attestation"),
        ("/LegalAttestation[(x)]", "{}", "WARN_SEED_VALUE"),
        ("/Ff 32/AddRevInfo true", "{}", "revocation information"),
        ("/Ff 32/AddRevInfo false", "{}", KEPT),
        ("/Ff 64/DigestMethod[/SHA384/SHA256]", "{}", KEPT),
        ("/Ff 64/DigestMethod[/SHA512]", "{}", "set `digest_algorithm`"),
        ("/Ff 64/DigestMethod[/SHA512]", r#"{"digestAlgorithm": "sha512"}"#, KEPT),
        ("/DigestMethod[(SHA1)]", "{}", "WARN_SEED_VALUE"),
        ("/Ff 128/LockDocument/true", "{}", "to be locked"),
        ("/Ff 128/LockDocument/auto", "{}", KEPT),
        ("/Ff 256/AppearanceFilter(x)", "{}", "named appearance"),
        ("/Ff 512", "{}", "something that is not known"),
        ("/TimeStamp<</URL(x)/Ff 1>>", "{}", "asks for a timestamp"),
        ("/TimeStamp<</URL(x)>>", "{}", "WARN_SEED_VALUE"),
        ("/MDP<</P 0>>", "{}", KEPT),
        ("/MDP<</P 0>>", r#"{"certify": 2}"#, "leave `certify` out"),
        ("/MDP<</P 2>>", "{}", "set `certify` to 2"),
        ("/MDP 6 0 R", r#"{"certify": 1}"#, "set `certify` to 3"),
        ("/MDP 6 0 R", r#"{"certify": 3}"#, KEPT),
        ("/MDP<</P 9>>", "{}", "a level that is not known"),
    ] {
        let said = outcome(&document(seed, "<</P 3>>"), json, true);
        assert!(said == expected || said.contains(expected) && expected != KEPT, "{seed} with {json}: {said}");
    }
}

#[test]
fn certificates_are_compared() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let chain = String::from_utf8(certificate("chain.pem")).unwrap();
    let issuing = chain.split("-----").nth(2).unwrap().split_whitespace().collect::<String>();
    let issuing = openssl_base64(&issuing);
    // Another certificate of the same key, and one of another key under the same name.
    let changed = |at: usize| {
        let mut other = issuing.clone();
        other[at] ^= 1;
        format!("<{}>", hex(&other))
    };
    let modulus = issuing.windows(4).position(|window| window == [0x02, 0x82, 0x01, 0x01]).unwrap() + 50;
    let (renewed, forged) = (changed(issuing.len() - 1), changed(modulus));
    let (own, issuing) = (format!("<{}>", hex(&certificate("rsa.der"))), format!("<{}>", hex(&issuing)));
    for (seed, expected) in [
        (format!("/Ff 1/Subject[{own}]"), "signed"),
        (format!("/Ff 1/Subject[<3000>{own}]"), "signed"),
        ("/Ff 1/Subject[<3000>]".into(), "other certificates"),
        ("/Subject[<3000>]".into(), "WARN_SEED_VALUE"),
        (format!("/Ff 2/Issuer[{issuing}]"), "signed"),
        (format!("/Ff 2/Issuer[{own}]"), "other issuers"),
        (format!("/Ff 2/Issuer[{renewed}]"), "signed"),
        (format!("/Ff 2/Issuer[{forged}]"), "other issuers"),
        ("/Ff 4/OID[<2a03>]".into(), "certain policies"),
        ("/Ff 8/SubjectDN[<</CN(nobody)>><</O(rustpdf tests)>>]".into(), "signed"),
        ("/Ff 8/SubjectDN[<</CN(nobody)/O(rustpdf tests)>>]".into(), "other subjects"),
        ("/Ff 8/SubjectDN[<</o( RUSTPDF  Tests)>>]".into(), "signed"),
        ("/Ff 8/SubjectDN[<</2.5.4.10(rustpdf tests)/organizationName(rustpdf tests)>>]".into(), "signed"),
        ("/Ff 8/SubjectDN[<</2.5.4.11(rustpdf tests)>>]".into(), "other subjects"),
        ("/Ff 32/KeyUsage[(0)(10)]".into(), "another key usage"),
        ("/Ff 32/KeyUsage[(0)(1)]".into(), "signed"),
        ("/Ff 64/URL(http://example.org)".into(), "signed"),
    ] {
        let document = document("/Cert 6 0 R", &format!("<<{seed}>>"));
        let said = outcome(&document, "{}", true);
        assert!(said == expected || said.contains(expected) && expected != "signed", "{seed}: {said}");
        // Whoever makes the container may have any certificate.
        let without = outcome(&document, "{}", false);
        let required = seed.starts_with("/Ff") && !seed.starts_with("/Ff 64");
        assert_eq!(without.contains("begin with `certificate`"), required, "{seed}: {without}");
    }
}

/// The bytes of base64, by the only program that is certainly there.
fn openssl_base64(text: &str) -> Vec<u8> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child = Command::new("openssl").args(["base64", "-d", "-A"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn what_is_no_dictionary_is_refused() {
    let document =
        Document::new().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>").with(4, "<</T(a)/FT/Sig/SV[1]>>").bytes();
    assert!(outcome(&document, "{}", true).contains("are no dictionary"));
}
