//! Signs with keys that were made in a SoftHSM2 token, through a real PKCS#11 client. `scripts/setup-tests.sh` makes the token.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType, eddsa};
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session as TokenSession, UserType};
use cryptoki::types::AuthPin;
use rustpdf::{
    Ambient, Control, Credentials, DigestAlgorithm, Error, SignatureAlgorithm, Signed, Signer, SigningOptions, SigningRequest, Source,
    begin_signing, begin_signing_controlled, credentials, inspect, resume_signing, sign_controlled, sign_with,
};

fn material(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(path);
    assert!(path.exists(), "{} is missing: run scripts/setup-tests.sh", path.display());
    path
}

fn document() -> Vec<u8> {
    std::fs::read(material("vectors/documents/pages.pdf")).unwrap()
}

fn certified(key: &str) -> Credentials {
    let certificate = std::fs::read(material(&format!(".build/token/{key}.pem"))).unwrap();
    let chain = std::fs::read(material("pki/certificates/chain.pem")).unwrap();
    credentials(&certificate, &[&chain])
}

fn at_fixed_moment() -> Control<'static> {
    Control::new().ambient(Ambient { now: 1_767_225_600, entropy: [7; 32] })
}

/// Signs with the RSA key at a fixed moment.
fn sign_by(key: &Key, document: &(impl Source + ?Sized)) -> Signed {
    let Credentials { certificate, chain } = certified("rsa");
    let signer = Signer::new(certificate, |request| key.sign(request)).chain(chain);
    sign_controlled(document, &signer, &SigningOptions::new(), &mut at_fixed_moment()).unwrap()
}

/// A key in the token, found by its identifier. Tests that log in take turns.
struct Key {
    session: TokenSession,
    handle: ObjectHandle,
    _turn: MutexGuard<'static, ()>,
}

impl Key {
    fn open(id: u8) -> Key {
        static TURN: Mutex<()> = Mutex::new(());
        static TOKEN: OnceLock<Pkcs11> = OnceLock::new();
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let token = TOKEN.get_or_init(|| {
            let token = Pkcs11::new("/usr/lib/softhsm/libsofthsm2.so").unwrap();
            token.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
            token
        });
        let slots = token.get_slots_with_token().unwrap();
        let slot = slots.into_iter().find(|slot| token.get_token_info(*slot).unwrap().label().trim_end() == "rustpdf").unwrap();
        let session = token.open_ro_session(slot).unwrap();
        session.login(UserType::User, Some(&AuthPin::new("1234".into()))).unwrap();
        let handle = session.find_objects(&[Attribute::Id(vec![id]), Attribute::Sign(true)]).unwrap()[0];
        Key { session, handle, _turn: turn }
    }

    fn sign(&self, request: &SigningRequest) -> Result<Vec<u8>, cryptoki::error::Error> {
        let (mechanism, data) = match request.signature_algorithm {
            SignatureAlgorithm::RsaPkcs1 => (Mechanism::RsaPkcs, request.digest_info.as_deref().unwrap()),
            SignatureAlgorithm::RsaPss => {
                assert_eq!(request.digest_algorithm, DigestAlgorithm::Sha256);
                let s_len = u64::from(request.salt_length.unwrap()).into();
                let parameters = PkcsPssParams { hash_alg: MechanismType::SHA256, mgf: PkcsMgfType::MGF1_SHA256, s_len };
                (Mechanism::RsaPkcsPss(parameters), request.digest.as_slice())
            }
            SignatureAlgorithm::Ecdsa => (Mechanism::Ecdsa, request.digest.as_slice()),
            _ => (Mechanism::Eddsa(eddsa::EddsaParams::new(eddsa::EddsaSignatureScheme::Pure)), request.data.as_slice()),
        };
        self.session.sign(&mechanism, self.handle, data)
    }
}

fn pdfsig(signed: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(signed).unwrap();
    let output = Command::new("pdfsig").arg("-nocert").arg(file.path()).output().expect("pdfsig");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_kind_of_key_in_the_token() {
    let document = document();
    let pss = SigningOptions::from_json(r#"{"signatureAlgorithm": "rsa-pss"}"#).unwrap();
    for (id, name, options) in [
        (1, "rsa", SigningOptions::default()),
        (1, "rsa", pss),
        (2, "p256", SigningOptions::default()),
        (3, "p384", SigningOptions::default()),
        (4, "p521", SigningOptions::default()),
        (5, "ed25519", SigningOptions::default()),
    ] {
        let key = Key::open(id);
        let Credentials { certificate, chain } = certified(name);
        let signed = sign_with(&document[..], &certificate, |request| key.sign(request), &[&chain[0]], &options).unwrap();
        let verdict = pdfsig(&signed.appended_to(&document));
        // pdfsig knows no Ed25519 (NSS 3.87).
        assert_eq!(verdict.contains("Signature is Valid."), name != "ed25519", "{name}: {verdict}");
        assert!(verdict.contains("Total document signed"), "{name}: {verdict}");
    }
}

#[test]
fn a_file_gives_the_same_bytes_as_a_slice() {
    let document = document();
    let key = Key::open(1);
    let file = File::open(material("vectors/documents/pages.pdf")).unwrap();
    assert_eq!(sign_by(&key, &document[..]), sign_by(&key, &file));
}

#[test]
fn two_phases_give_the_same_bytes_as_one_call() {
    let document = document();
    let key = Key::open(1);
    let whole = sign_by(&key, &document[..]);
    let begun = begin_signing_controlled(&document[..], Some(certified("rsa")), &SigningOptions::new(), &mut at_fixed_moment()).unwrap();
    let saved = begun.serialize(&[7; 32]).unwrap();
    let session = resume_signing(&saved, &document[..], &[7; 32]).unwrap();
    let raw = key.sign(&session.request().unwrap()).unwrap();
    let completed = || session.complete_with_signature(&raw).unwrap();
    assert_eq!((completed().appended_to(&document), completed().report), (whole.pdf.clone(), whole.report.clone()));
    assert_eq!(session.complete_with_signature(&raw[1..]).unwrap_err().code().as_str(), "ERR_SIGNATURE_LENGTH");
    assert_eq!(completed().appended_to(&document), whole.pdf, "a refused answer leaves all as it was");
}

#[test]
fn another_key_is_noticed() {
    let document = document();
    let key = Key::open(0x11);
    let session = begin_signing(&document[..], Some(certified("rsa")), &SigningOptions::default()).unwrap();
    let raw = key.sign(&session.request().unwrap()).unwrap();
    assert_eq!(session.complete_with_signature(&raw).unwrap_err().code().as_str(), "ERR_SIGNATURE_MISMATCH");
}

#[test]
fn the_error_of_the_signer_comes_back_as_itself() {
    let Credentials { certificate, .. } = certified("rsa");
    let document = document();
    let failure = sign_with(&document[..], &certificate, |_| Err("the HSM is on holiday"), &[], &SigningOptions::default()).unwrap_err();
    match failure {
        Error::Signer(error) => assert_eq!(error.to_string(), "the HSM is on holiday"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_signed_document_tells_of_its_signature() {
    let document = document();
    let key = Key::open(2);
    let Credentials { certificate, chain } = certified("p256");
    let options = SigningOptions::from_json(r#"{"reason": "Ω", "certify": 2, "fieldName": "Author"}"#).unwrap();
    let signed = sign_with(&document[..], &certificate, |request| key.sign(request), &[&chain[0]], &options).unwrap();
    let signed = signed.appended_to(&document);
    let information = inspect(&signed[..], None).unwrap();
    assert_eq!((information.revisions, information.certified, information.pages), (2, Some(2), Some(5)));
    let [signature] = &information.signatures[..] else { panic!("{information:?}") };
    assert_eq!((signature.field.as_str(), signature.reason.as_deref(), signature.covers_whole_file), ("Author", Some("Ω"), true));
    assert!(signature.signer.as_ref().unwrap().subject.contains("CN="), "{signature:?}");
}
