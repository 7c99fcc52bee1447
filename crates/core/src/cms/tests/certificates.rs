//! Certificates and chains as they come, and each error of the group *certificate*.

use const_oid::ObjectIdentifier;

use super::*;

fn der_of(name: &str) -> Vec<u8> {
    certificate_any(name).der().to_vec()
}

fn certificate_any(name: &str) -> Certificate {
    Certificate::parse_all(&read(&format!("{name}.pem")), Code::CertificateFormat).unwrap().remove(0)
}

fn parse(bytes: &[u8]) -> Result<usize, Code> {
    Certificate::parse(bytes).map(|(_, others)| others.len()).map_err(|error| error.code())
}

fn chain_of(leaf: &str, elements: &[Vec<u8>]) -> Result<(Vec<String>, Vec<String>), Code> {
    let elements: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    let (chain, warnings) = Chain::parse(&certificate(leaf), Vec::new(), &elements).map_err(|error| error.code())?;
    let names = chain.certificates().iter().map(|one| crate::x509::name::common_name(one.subject())).collect();
    Ok((names, warnings.into_iter().map(|warning| warning.code.as_str().to_owned()).collect()))
}

#[test]
fn der_pem_and_bundles() {
    let pem = read("rsa.pem");
    let crlf = String::from_utf8(pem.clone()).unwrap().replace('\n', "\r\n");
    assert_eq!(parse(&pem), Ok(0));
    assert_eq!(parse(&der_of("rsa")), Ok(0));
    assert_eq!(parse(crlf.as_bytes()), Ok(0));
    assert_eq!(parse(&[b"Bag Attributes\nsubject=x\n", pem.as_slice(), b"\ntrailing text"].concat()), Ok(0));
    assert_eq!(parse(&[pem, read("issuing.pem"), read("root.pem")].concat()), Ok(2));
}

#[test]
fn what_is_no_certificate_is_named() {
    let key_der = openssl(&["pkey", "-in", "rsa.key", "-outform", "DER"], &[]).unwrap();
    let key_traditional = openssl(&["rsa", "-in", "rsa.key", "-outform", "DER", "-traditional"], &[]).unwrap();
    let p12 = openssl(&["pkcs12", "-export", "-in", "rsa.pem", "-inkey", "rsa.key", "-passout", "pass:x"], &[]).unwrap();
    let p7 = openssl(&["crl2pkcs7", "-nocrl", "-certfile", "rsa.pem", "-outform", "DER"], &[]).unwrap();
    let public = openssl(&["pkey", "-in", "rsa.key", "-pubout", "-outform", "DER"], &[]).unwrap();
    let armourless = openssl(&["base64", "-A"], &der_of("rsa")).unwrap();
    for (bytes, what) in [
        (key_der, "a private key"),
        (key_traditional, "a private key"),
        (read("rsa.key"), "a private key"),
        ([read("rsa.pem"), read("rsa.key")].concat(), "a private key"),
        (p12, "PKCS #12"),
        (p7, "PKCS #7"),
        (public, "a public key"),
        (armourless, "base64"),
        (hex(&der_of("rsa")).into_bytes(), "hexadecimal"),
        (b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n".to_vec(), "base64"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB".to_vec(), "no complete"),
        (b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n".to_vec(), "holds a PUBLIC KEY block and no CERTIFICATE"),
        (Vec::new(), "no bytes"),
        (vec![0; 10], "neither"),
        (
            openssl(&["crl2pkcs7", "-nocrl", "-certfile", "rsa.pem"], &[]).unwrap(),
            "PKCS #7 or CMS file, not a certificate; give the signer's",
        ),
        ([der_of("rsa"), vec![0; 3]].concat(), "3 bytes follow the certificate; give its first "),
        ([der_of("rsa"), b"\n".to_vec()].concat(), "1 bytes follow the certificate; give its first "),
        (utf_16(&read("rsa.pem"), u16::to_le_bytes), "text in UTF-16, not a certificate; convert it to UTF-8"),
        (utf_16(&read("rsa.pem"), u16::to_be_bytes), "text in UTF-16, not a certificate; convert it to UTF-8"),
        (b"{\"certificates\": [\"MIIB\"]}".to_vec(), "JSON text"),
        (b"<html>".to_vec(), "XML or HTML text"),
    ] {
        let error = Certificate::parse(&bytes).unwrap_err();
        assert_eq!(error.code(), Code::CertificateFormat);
        assert!(error.to_string().contains(what), "{error}: {what}");
    }
}

/// PEM text as Windows writes it: with a byte order mark, in units of two bytes.
fn utf_16(text: &[u8], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.iter().map(|octet| u16::from(*octet))).flat_map(unit).collect()
}

fn refused(error: crate::error::Error) -> String {
    format!("{} {error}", error.code().as_str())
}

#[test]
fn limits_of_certificates_speak_of_certificates() {
    let large = element(0x30, &[&vec![0; crate::limits::CERTIFICATE]]);
    let error = refused(Certificate::parse(&large).unwrap_err());
    assert!(
        error.starts_with("ERR_LIMIT the certificate has 65541 bytes") && error.ends_with("; sign with a smaller certificate"),
        "{error}"
    );
    let leaf = certificate("rsa");
    let error = refused(Chain::parse(&leaf, Vec::new(), &[&large]).unwrap_err());
    assert!(
        error.starts_with("ERR_LIMIT element 1 of the chain: the certificate has") && error.ends_with("; leave it out of the chain"),
        "{error}"
    );
    let error = refused(Certificate::parse(&vec![0x30; crate::limits::BUNDLE + 1]).unwrap_err());
    assert!(error.starts_with("ERR_LIMIT") && error.ends_with("give only the certificates of the chain"), "{error}");
    // Certificates that differ in the last octet of their signature.
    let many: Vec<Vec<u8>> = (0..40)
        .map(|number| {
            let mut one = der_of("issuing");
            *one.last_mut().unwrap() ^= number;
            one
        })
        .collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    assert_eq!(
        refused(Chain::parse(&leaf, Vec::new(), &many).unwrap_err()),
        "ERR_LIMIT the chain has more than 32 certificates; give only the issuers of the signing certificate, at the most 32"
    );
}

#[test]
fn a_bundle_in_the_wrong_order_names_the_signer() {
    let (leaf, others) = Certificate::parse(&[read("root.pem"), read("issuing.pem"), read("rsa.pem")].concat()).unwrap();
    assert_eq!(
        refused(Chain::parse(&leaf, others, &[]).unwrap_err()),
        "ERR_CHAIN_UNRELATED the certificate of `Issuing` in the chain is not an issuer of the signing certificate, that of `Root`, which is \
         the issuer of it; give the signer's certificate first, or by itself"
    );
    let error = refused(Chain::parse(&certificate("rsa"), Vec::new(), &[&read("other.pem")]).unwrap_err());
    assert!(error.contains("that of `Signer rsa`") && error.ends_with("give only the issuers of the signing certificate"), "{error}");
}

/// Windows and Java export chains as PKCS #7, in the order of DER, and often with the signer's own certificate.
#[test]
fn chains_in_pkcs7() {
    let bundle = Scratch::new(&[read("rsa.pem"), read("issuing.pem"), read("root.pem")].concat());
    let p7 = |form: &str| openssl(&["crl2pkcs7", "-nocrl", "-certfile", bundle.as_str(), "-outform", form], &[]).unwrap();
    let labelled = String::from_utf8(p7("PEM")).unwrap().replace("PKCS7", "CERTIFICATE").into_bytes();
    for file in [p7("DER"), p7("PEM"), labelled] {
        assert_eq!(chain_of("rsa", &[file]), Ok((vec!["Issuing".into(), "Root".into()], vec![])));
    }
    // One without certificates is an empty chain.
    let empty = openssl(&["crl2pkcs7", "-nocrl", "-outform", "DER"], &[]).unwrap();
    assert_eq!(chain_of("rsa", &[empty]).unwrap().1, ["WARN_CHAIN_INCOMPLETE"]);
    let p7 = p7("DER");
    for p7 in [in_ber(&p7), p7] {
        for index in 0..p7.len() {
            for change in [1, 0x80, 0xff] {
                let mut bad = p7.clone();
                bad[index] ^= change;
                let _ = chain_of("rsa", &[bad]);
            }
            assert_eq!(chain_of("rsa", &[p7[..index].to_vec()]), Err(Code::ChainFormat));
        }
    }
}

/// PKCS #7 in DER with indefinite lengths outside its certificates (X.690, 8.1.3.6).
fn in_ber(der: &[u8]) -> Vec<u8> {
    let indefinite = |tag: u8, contents: &[u8]| [&[tag, 0x80], contents, &[0, 0]].concat();
    let inside = |element: &Any| elements(element.value());
    let info = inside(&elements(der)[0]);
    let parts = inside(&inside(&info[1])[0]);
    let data: Vec<u8> = parts
        .iter()
        .flat_map(|part| match part.to_der().unwrap() {
            bytes if bytes[0] == 0xa0 => indefinite(0xa0, part.value()),
            bytes => bytes,
        })
        .collect();
    indefinite(0x30, &[info[0].to_der().unwrap(), indefinite(0xa0, &indefinite(0x30, &data))].concat())
}

/// Signing services and streaming writers do not know lengths beforehand.
#[test]
fn chains_in_pkcs7_of_indefinite_length() {
    let bundle = Scratch::new(&[read("issuing.pem"), read("root.pem")].concat());
    let p7 = in_ber(&openssl(&["crl2pkcs7", "-nocrl", "-certfile", bundle.as_str(), "-outform", "DER"], &[]).unwrap());
    assert!(openssl(&["pkcs7", "-inform", "DER", "-noout", "-print_certs"], &p7).is_ok());
    let signing = ["-signer", "rsa.pem", "-inkey", "rsa.key", "-certfile", bundle.as_str(), "-outform", "DER"];
    let streamed = openssl(&[&["cms", "-sign", "-stream", "-nodetach", "-binary"][..], &signing].concat(), b"content").unwrap();
    let text = [b"-----BEGIN PKCS7-----\n", &openssl(&["base64"], &p7).unwrap()[..], b"-----END PKCS7-----\n"].concat();
    for file in [p7.clone(), streamed.clone(), text] {
        assert_eq!(chain_of("rsa", &[file]), Ok((vec!["Issuing".into(), "Root".into()], vec![])));
    }
    for file in [p7.clone(), streamed] {
        assert!(file.starts_with(&[0x30, 0x80]));
        assert!(Certificate::parse(&file).unwrap_err().to_string().contains("a PKCS #7 or CMS file, not a certificate"));
        assert_eq!(chain_of("rsa", &[[file, vec![0]].concat()]), Err(Code::ChainFormat));
    }
    // The limits of a chain are the same.
    let many: Vec<u8> = (0..2 * crate::limits::CHAIN as u32 + 1).flat_map(|_| der_of("issuing")).collect();
    let head = element(0x30, &[&ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1").to_der().unwrap()]);
    let data = element(0x30, &[&[2, 1, 1, 0x31, 0], &head, &element(0xa0, &[&many]), &[0x31, 0]]);
    let id = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2").to_der().unwrap();
    let many = in_ber(&element(0x30, &[&id, &element(0xa0, &[&data])]));
    assert_eq!(chain_of("rsa", &[many]), Err(Code::Limit));
    assert_eq!(chain_of("rsa", &[[0x30, 0x80].repeat(100_000)]), Err(Code::Limit));
    assert_eq!(chain_of("rsa", &[[0x30, 0x80].repeat(1000)]), Err(Code::ChainFormat));
}

fn other(name: &str) -> Certificate {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificates").join(name);
    Certificate::parse(&std::fs::read(path).unwrap()).unwrap().0
}

/// Names with other string types and white space, made with keys that were thrown away: `openssl verify` builds these chains.
#[test]
fn chains_whose_names_are_spelled_otherwise() {
    for (leaf, issuer) in
        [("enc-leaf-utf8.der", "enc-ca-bmp.der"), ("enc-leaf-space.der", "enc-ca.der"), ("enc-leaf-utf8.der", "enc-ca.der")]
    {
        let (leaf, issuer) = (other(leaf), other(issuer));
        let (chain, warnings) = Chain::parse(&leaf, Vec::new(), &[issuer.der()]).unwrap();
        assert_eq!((chain.certificates(), warnings.len()), (&[issuer][..], 0));
    }
}

#[test]
fn a_long_serial_number_is_named() {
    let certificate = other("certificate-serial-32.der");
    let warnings = certificate.check_use(NOW, false).unwrap();
    assert_eq!(warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), ["WARN_CERTIFICATE_SERIAL"]);
    assert_eq!(
        refused(certificate.check_use(NOW, true).unwrap_err()),
        "ERR_CERTIFICATE_FORMAT the serial number of the certificate has 32 bytes, and RFC 5280, 4.1.2.2 permits 20; use a certificate with a \
         shorter serial number, or leave `strict` out to sign with a warning"
    );
}

#[test]
fn names_in_old_string_types_are_text() {
    assert_eq!(other("name-t61.der").summary().subject, "CN=JOSÉ MUÑOZ,O=Example Trust,C=XX");
    assert_eq!(other("name-bmp.der").summary().subject, "CN=Łukasz Żółć,O=Example Trust,C=XX");
}

#[test]
fn keys_that_are_not_supported() {
    for (name, what) in [("weak", "1024 bits"), ("k256", "1.3.132.0.10")] {
        let (certificate, _) = Certificate::parse(&read(&format!("{name}.pem"))).unwrap();
        let error = verify::check_point(&certificate).unwrap_err();
        assert_eq!(error.code(), Code::CertificateKey);
        assert!(error.to_string().contains(what), "{error}");
    }
    // A point that is not on the curve: the last octet of y changed.
    let mut der = der_of("p256");
    let point = der.windows(2).position(|pair| pair == [0, 4]).unwrap() + 65;
    der[point] ^= 1;
    let (certificate, _) = Certificate::parse(&der).unwrap();
    assert_eq!(super::code(verify::check_point(&certificate)), Code::CertificateKey);
}

#[test]
fn chains_are_put_in_order() {
    let (root, issuing, cross, other) = (der_of("root"), read("issuing.pem"), der_of("cross"), der_of("other"));
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(chain_of("rsa", &[root.clone(), issuing.clone()]), Ok((names(&["Issuing", "Root"]), vec![])));
    let doubled = [root.clone(), der_of("rsa"), issuing.clone(), [issuing.clone(), read("root.pem")].concat()];
    assert_eq!(chain_of("rsa", &doubled), Ok((names(&["Issuing", "Root"]), vec![])));
    assert_eq!(chain_of("rsa", &[cross, other.clone(), root.clone(), issuing.clone()]).map(|found| found.0.len()), Ok(4));
    assert_eq!(chain_of("rsa", std::slice::from_ref(&issuing)), Ok((names(&["Issuing"]), vec![])));
    assert_eq!(chain_of("rsa", &[]), Ok((vec![], names(&["WARN_CHAIN_INCOMPLETE"]))));
    assert_eq!(chain_of("root", &[]), Ok((vec![], vec![])));
    assert_eq!(chain_of("rsa", &[root.clone(), issuing.clone(), other]), Err(Code::ChainUnrelated));
    assert_eq!(chain_of("rsa", &[root]), Err(Code::ChainUnrelated));
    assert_eq!(chain_of("rsa", &[issuing, vec![1, 2, 3]]), Err(Code::ChainFormat));
    assert_eq!(chain_of("rsa", &[read("rsa.key")]), Err(Code::ChainFormat));
    assert_eq!(chain_of("rsa", &[read("root.pem").repeat(40), read("root.pem").repeat(40)]), Err(Code::Limit));
}

#[test]
fn validity_and_usage() {
    for (name, code, warning) in [
        ("expired", Code::CertificateExpired, "WARN_CERTIFICATE_EXPIRED"),
        ("future", Code::CertificateNotYetValid, "WARN_CERTIFICATE_NOT_YET_VALID"),
        ("encipherment", Code::CertificateKeyUsage, "WARN_CERTIFICATE_KEY_USAGE"),
    ] {
        let certificate = certificate(name);
        let warnings = certificate.check_use(NOW, false).unwrap();
        assert_eq!(warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), [warning]);
        assert_eq!(super::code(certificate.check_use(NOW, true)), code);
    }
    for name in ["rsa", "nousage"] {
        assert_eq!(certificate(name).check_use(NOW, true).unwrap(), []);
    }
}

#[test]
fn summaries() {
    let summary = certificate("future").summary();
    assert_eq!((summary.subject.as_str(), summary.issuer.as_str()), ("CN=Signer future,C=DE", "CN=Issuing,O=rustpdf tests,C=DE"));
    assert_eq!((summary.not_before.as_str(), summary.not_after.as_str()), ("2060-01-01T00:00:00Z", "2070-01-01T00:00:00Z"));
    let openssl = openssl(&["x509", "-in", "future.pem", "-noout", "-fingerprint", "-sha256", "-serial"], &[]).unwrap();
    let text = String::from_utf8(openssl).unwrap().to_lowercase().replace(':', "");
    assert!(text.contains(&summary.sha256) && text.contains(&summary.serial_number), "{text}");
}

#[test]
fn changed_bytes_never_panic() {
    for name in ["rsa", "p521", "pss384", "ed25519"] {
        let der = der_of(name);
        for index in 0..der.len() {
            for change in [1, 0x80, 0xff] {
                let mut bad = der.clone();
                bad[index] ^= change;
                if let Ok((certificate, _)) = Certificate::parse(&bad) {
                    let _ = (certificate.check_use(NOW, true), Scheme::choose(&certificate, None, None), certificate.summary());
                }
            }
            assert!(Certificate::parse(&der[..index]).is_err());
        }
    }
}
