//! Raw signatures: right ones in every scheme, and every wrong one by its own code.

use super::*;
use crate::crypto::DigestInfo;
use crate::digest::DigestAlgorithm::{Sha256, Sha384, Sha512};

const DATA: &[u8] = b"the signed attributes";

fn scheme(name: &str) -> Scheme {
    Scheme::choose(&certificate(name), None, None).unwrap()
}

fn pss() -> Scheme {
    Scheme::choose(&certificate("rsa"), Some(SignatureAlgorithm::RsaPss), None).unwrap()
}

fn check(name: &str, scheme: &Scheme, raw: &[u8]) -> Result<Vec<u8>, Code> {
    verify::checked(&certificate(name), scheme, DATA, raw).map_err(|error| error.code())
}

#[test]
fn right_ones_in_every_scheme() {
    for name in ["rsa", "p256", "p384", "p521", "ed25519", "pss", "pss384"] {
        for digest in DigestAlgorithm::ALL {
            for algorithm in [None, Some(SignatureAlgorithm::RsaPss)] {
                let Ok(scheme) = Scheme::choose(&certificate(name), algorithm, Some(digest)) else { continue };
                let raw = sign_by(&scheme, name, DATA);
                assert_eq!(check(name, &scheme, &raw), Ok(raw.clone()), "{name} {scheme:?}");
                assert_eq!(verify::unchecked(&certificate(name), &scheme, &raw).unwrap(), raw);
            }
        }
    }
}

#[test]
fn schemes_by_key() {
    let choose = |name: &str, signature, digest| {
        Scheme::choose(&certificate(name), signature, digest)
            .map(|scheme| (scheme.signature.as_str(), scheme.digest))
            .map_err(|error| error.code())
    };
    for (name, signature, digest) in [
        ("rsa", "rsa-pkcs1", Sha256),
        ("p256", "ecdsa", Sha256),
        ("p384", "ecdsa", Sha384),
        ("p521", "ecdsa", Sha512),
        ("ed25519", "ed25519", Sha512),
        ("pss", "rsa-pss", Sha256),
        ("pss384", "rsa-pss", Sha384),
    ] {
        assert_eq!(choose(name, None, None), Ok((signature, digest)));
    }
    for (name, signature, digest) in [
        ("rsa", Some(SignatureAlgorithm::Ecdsa), None),
        ("p256", Some(SignatureAlgorithm::RsaPss), None),
        ("ed25519", None, Some(Sha256)),
        ("pss", Some(SignatureAlgorithm::RsaPkcs1), None),
        ("pss384", None, Some(Sha256)),
    ] {
        assert_eq!(choose(name, signature, digest), Err(Code::AlgorithmMismatch), "{name}");
    }
    assert_eq!((pss().salt_length, scheme("pss384").salt_length, scheme("rsa").salt_length), (Some(32), Some(48), None));
}

#[test]
fn names_of_algorithms() {
    for digest in DigestAlgorithm::ALL {
        assert_eq!(DigestAlgorithm::parse(digest.as_str()).unwrap(), digest);
        assert_eq!(serde_json::to_string(&digest).unwrap(), format!("\"{}\"", digest.as_str()));
    }
    for name in ["rsa-pkcs1", "rsa-pss", "ecdsa", "ed25519"] {
        let algorithm = SignatureAlgorithm::parse(name).unwrap();
        assert_eq!(serde_json::to_string(&algorithm).unwrap(), format!("\"{name}\""));
    }
    assert_eq!(
        (code(DigestAlgorithm::parse("SHA-1")), code(SignatureAlgorithm::parse("dsa"))),
        (Code::AlgorithmUnknown, Code::AlgorithmUnknown)
    );
}

#[test]
fn r_and_s_become_der() {
    for (name, field) in [("p256", 32), ("p384", 48), ("p521", 66)] {
        let raw = sign_by(&scheme(name), name, DATA);
        let fixed = r_and_s(&raw, field);
        assert_eq!(fixed.len(), 2 * field);
        assert_eq!(check(name, &scheme(name), &fixed), Ok(raw.clone()));
        assert_eq!(verify::unchecked(&certificate(name), &scheme(name), &fixed).unwrap(), raw);
    }
}

#[test]
fn nothing_text_and_wrong_lengths() {
    use pem_text::base64;
    for name in ["rsa", "p256", "ed25519"] {
        let (scheme, raw) = (scheme(name), sign_by(&scheme(name), name, DATA));
        assert_eq!(check(name, &scheme, &[]), Err(Code::SignatureEmpty));
        assert_eq!(code(verify::unchecked(&certificate(name), &scheme, &[])), Code::SignatureEmpty);
        for text in [hex(&raw), base64(&raw), format!("-----BEGIN SIGNATURE-----\n{}\n-----END SIGNATURE-----\n", base64(&raw))] {
            assert_eq!(check(name, &scheme, text.as_bytes()), Err(Code::SignatureText), "{text}");
        }
        assert_eq!(
            check(name, &scheme, &raw[..raw.len() / 2]),
            Err(if name == "p256" { Code::SignatureFormat } else { Code::SignatureLength })
        );
        assert_eq!(check(name, &scheme, &[1; 300]), Err(Code::SignatureLength));
    }
    let p384 = sign_by(&scheme("p384"), "p384", DATA);
    assert_eq!(check("p256", &scheme("p256"), &p384), Err(Code::SignatureLength));
}

fn message(name: &str, raw: &[u8]) -> String {
    let error = verify::checked(&certificate(name), &scheme(name), DATA, raw).unwrap_err();
    format!("{} {error}", error.code().as_str())
}

/// Answers of services that are not the raw signature alone are called what they are.
#[test]
fn answers_around_the_signature_are_named() {
    use pem_text::base64;
    let (ec, rsa) = (sign_by(&scheme("p256"), "p256", DATA), sign_by(&scheme("rsa"), "rsa", DATA));
    let container = openssl(&["crl2pkcs7", "-nocrl", "-certfile", "rsa.pem", "-outform", "DER"], &[]).unwrap();
    for (name, raw, found) in [
        ("p256", format!("vault:v1:{}", base64(&ec)).into_bytes(), "ERR_SIGNATURE_TEXT the signature is text of HashiCorp Vault"),
        ("p256", format!("{{\"signature\": \"{}\"}}", base64(&ec)).into_bytes(), "ERR_SIGNATURE_TEXT the signature is JSON text"),
        ("rsa", b"CKR_USER_NOT_LOGGED_IN: please log in".to_vec(), "ERR_SIGNATURE_TEXT the signature is text where bytes"),
        ("p256", element(4, &[&ec]), "ERR_SIGNATURE_LENGTH the signature is wrapped into an OCTET STRING; return the contents"),
        ("rsa", element(4, &[&rsa]), "ERR_SIGNATURE_LENGTH the signature is wrapped into an OCTET STRING; return the contents"),
        ("rsa", element(3, &[&[0], &rsa]), "ERR_SIGNATURE_LENGTH the signature is wrapped into a BIT STRING; return the contents"),
        ("rsa", container.clone(), "ERR_SIGNATURE_LENGTH this is a CMS container, not a raw signature; begin a session"),
        ("p256", container, "ERR_SIGNATURE_LENGTH this is a CMS container, not a raw signature; begin a session"),
        ("p256", [&ec[..], &[0; 10]].concat(), "10 bytes follow the DER of the signature; return its first"),
    ] {
        let message = message(name, &raw);
        assert!(message.contains(found), "{message}");
    }
}

#[test]
fn a_digest_info_without_null_is_not_a_matter_of_ecdsa() {
    let hash = Sha256.digest(&[DATA]);
    let without_null = element(0x30, &[&Sha256.identifier().to_der().unwrap(), &element(4, &[&hash])]);
    let message = message("rsa", &sign_raw("rsa", &[], &without_null));
    assert!(message.contains("whose parameters are NULL; hand `digest_info`") && !message.contains("ECDSA"), "{message}");
}

/// A text of the digest was digested and signed, instead of the digest.
#[test]
fn texts_of_the_digest() {
    let hash = Sha256.digest(&[DATA]);
    for (text, word) in [(hex(&hash), "hexadecimal"), (hex(&hash).to_uppercase(), "hexadecimal"), (pem_text::base64(&hash), "base64")] {
        for name in ["rsa", "p256"] {
            let message = message(name, &sign(name, Sha256, &[], text.as_bytes()));
            let found = format!("ERR_SIGNATURE_DOUBLE_DIGEST the digest was digested again as {word} text before it was signed");
            assert!(message.starts_with(&found), "{message}");
        }
    }
}

#[test]
fn another_key_and_other_data() {
    let (rsa, p256, ed25519) = (scheme("rsa"), scheme("p256"), scheme("ed25519"));
    assert_eq!(check("rsa", &rsa, &sign("issuing", Sha256, &[], DATA)), Err(Code::SignatureMismatch));
    assert_eq!(check("rsa", &rsa, &[0xff; 256]), Err(Code::SignatureMismatch));
    // One of 512 such signatures looks like one of the key over other data; four do not.
    assert!((0..4).any(|_| check("rsa", &pss(), &sign_by(&pss(), "issuing", DATA)) == Err(Code::SignatureMismatch)));
    assert_eq!(check("rsa", &rsa, &sign("rsa", Sha256, &[], b"other")), Err(Code::SignatureOtherData));
    assert_eq!(check("rsa", &rsa, &sign("rsa", Sha512, &[], DATA)), Err(Code::SignatureOtherData));
    assert_eq!(check("rsa", &pss(), &sign_by(&pss(), "rsa", b"other")), Err(Code::SignatureOtherData));
    let pss512 = sign("rsa", Sha512, &["rsa_padding_mode:pss", "rsa_pss_saltlen:64"], DATA);
    assert_eq!(check("rsa", &pss(), &pss512), Err(Code::SignatureOtherData));
    assert_eq!(check("p256", &p256, &sign("p256", Sha256, &[], b"other")), Err(Code::SignatureMismatch));
    assert_eq!(check("p256", &p256, &sign("p256", Sha384, &[], DATA)), Err(Code::SignatureOtherData));
    assert_eq!(check("ed25519", &ed25519, &sign("ed25519", Sha512, &[], b"other")), Err(Code::SignatureMismatch));
}

#[test]
fn digested_twice() {
    let hash = Sha256.digest(&[DATA]);
    assert_eq!(check("rsa", &scheme("rsa"), &sign("rsa", Sha256, &[], &hash)), Err(Code::SignatureDoubleDigest));
    assert_eq!(
        check("rsa", &scheme("rsa"), &sign("rsa", Sha256, &[], &DigestInfo::write(Sha256, &hash))),
        Err(Code::SignatureDoubleDigest)
    );
    assert_eq!(check("rsa", &pss(), &sign_by(&pss(), "rsa", &hash)), Err(Code::SignatureDoubleDigest));
    assert_eq!(check("p256", &scheme("p256"), &sign("p256", Sha256, &[], &hash)), Err(Code::SignatureDoubleDigest));
    let hash = Sha512.digest(&[DATA]);
    assert_eq!(check("ed25519", &scheme("ed25519"), &sign("ed25519", Sha512, &[], &hash)), Err(Code::SignatureDoubleDigest));
}

#[test]
fn rsa_mixed_up() {
    let (rsa, hash) = (scheme("rsa"), Sha256.digest(&[DATA]));
    assert_eq!(check("rsa", &rsa, &sign_raw("rsa", &[], &hash)), Err(Code::SignatureNoDigestInfo));
    assert_eq!(check("rsa", &rsa, &sign_raw("rsa", &[], b"something else")), Err(Code::SignatureOtherData));
    assert_eq!(check("rsa", &rsa, &sign_by(&pss(), "rsa", DATA)), Err(Code::SignatureScheme));
    assert_eq!(check("rsa", &pss(), &sign_by(&rsa, "rsa", DATA)), Err(Code::SignatureScheme));
    let unpadded = [vec![0; 224], hash.clone()].concat();
    let input = Scratch::new(&unpadded);
    // The private operation itself, which OpenSSL calls decrypting.
    let raw =
        openssl(&["pkeyutl", "-decrypt", "-inkey", "rsa.key", "-in", input.as_str(), "-pkeyopt", "rsa_padding_mode:none"], &[]).unwrap();
    assert_eq!(check("rsa", &rsa, &raw), Err(Code::SignatureScheme));
    for salt in ["0", "20", "21", "max"] {
        let raw = sign("rsa", Sha256, &["rsa_padding_mode:pss", &format!("rsa_pss_saltlen:{salt}")], DATA);
        assert_eq!(check("rsa", &pss(), &raw), Err(Code::SignatureSaltLength), "{salt}");
    }
    let without_null = element(0x30, &[&Sha256.identifier().to_der().unwrap(), &element(4, &[&hash])]);
    assert_eq!(check("rsa", &rsa, &sign_raw("rsa", &[], &without_null)), Err(Code::SignatureFormat));
}

#[test]
fn ecdsa_is_strict() {
    let raw = sign_by(&scheme("p256"), "p256", DATA);
    let numbers = elements(elements(&raw)[0].value());
    let (r, s) = (numbers[0].to_der().unwrap(), numbers[1].to_der().unwrap());
    let longer = element(2, &[&[0, 0], numbers[0].value()]);
    let negative = element(2, &[&[0x80], &[1; 31]]);
    for bad in [
        element(0x30, &[&longer, &s]),
        element(0x30, &[&negative, &s]),
        element(0x30, &[&r, &s, &[5, 0]]),
        element(0x30, &[&[2, 1, 0], &s]),
        [raw.as_slice(), &[0]].concat(),
    ] {
        assert_eq!(check("p256", &scheme("p256"), &bad), Err(Code::SignatureFormat), "{}", hex(&bad));
    }
    assert_eq!(check("p256", &scheme("p256"), &[0; 64]), Err(Code::SignatureFormat));
    assert_eq!(check("p256", &scheme("p256"), &[0xff; 64]), Err(Code::SignatureFormat));
}

#[test]
fn a_flipped_bit_is_never_accepted() {
    for name in ["rsa", "p256", "ed25519"] {
        let (scheme, raw) = (scheme(name), sign_by(&scheme(name), name, DATA));
        for index in 0..raw.len() {
            let mut bad = raw.clone();
            bad[index] ^= 1;
            assert!(check(name, &scheme, &bad).is_err(), "{name} {index}");
        }
    }
}

#[test]
fn requests_have_every_form() {
    let request = SigningRequest::make(&scheme("rsa"), DATA.to_vec());
    assert_eq!(request.digest, Sha256.digest(&[DATA]));
    let info = request.digest_info.unwrap();
    assert_eq!(hex(&info[..19]), "3031300d060960864801650304020105000420");
    assert_eq!(check("rsa", &scheme("rsa"), &sign_raw("rsa", &[], &info)).map(|raw| raw.len()), Ok(256));
    let request = SigningRequest::make(&pss(), DATA.to_vec());
    assert_eq!((request.digest_info, request.salt_length, request.curve), (None, Some(32), None));
    let request = SigningRequest::make(&scheme("p384"), DATA.to_vec());
    assert_eq!((request.digest.len(), request.curve.map(Curve::as_str)), (48, Some("p384")));
}

mod pem_text {
    pub(super) fn base64(bytes: &[u8]) -> String {
        let text = super::openssl(&["base64", "-A"], bytes).unwrap();
        String::from_utf8(text).unwrap()
    }
}
