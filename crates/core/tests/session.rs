//! Sessions as bytes: live, sealed and unsealed, alone and in batches.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{Document, memory, moment, options, prepared, run};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use rsa::signature::SignatureEncoding;
use rustpdf_core::{
    Credentials, DigestAlgorithm, Machine, Report, Resumption, Session, SignatureAlgorithm, SigningOptions, SigningRequest, open_batch,
    serialize_batch,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const KEY: &[u8] = &[7; 32];
const OTHER_KEY: &[u8] = &[8; 32];
const SESSION: &[u8] = b"rustpdf session ";
const BATCH: &[u8] = b"rustpdf batch ";
const LIVE: &[u8] = b"rustpdf live \x01";
/// Length of a seal and of a check sum.
const CHECK: usize = 32;

/// The data of a session, as the forms have it.
#[derive(Clone, Serialize, Deserialize)]
struct Data {
    before: Vec<u8>,
    after: Vec<u8>,
    pades: bool,
    digest_algorithm: DigestAlgorithm,
    hash: Vec<u8>,
    encrypted: bool,
    appended: Vec<u8>,
    signed: Vec<(Vec<u8>, Vec<u8>)>,
    report: Vec<u8>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Known {
    certificates: Vec<Vec<u8>>,
    signature_algorithm: SignatureAlgorithm,
    attributes: Vec<u8>,
    check_signature: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Announced {
    signature_algorithm: SignatureAlgorithm,
    attributes: Vec<u8>,
    check_signature: bool,
    strict: bool,
}

#[derive(Clone, Serialize, Deserialize)]
enum Key {
    Service,
    Known(Known),
    Announced(Announced),
}

impl Key {
    fn known(&mut self) -> Option<&mut Known> {
        if let Key::Known(known) = self { Some(known) } else { None }
    }

    fn announced(&mut self) -> Option<&mut Announced> {
        if let Key::Announced(announced) = self { Some(announced) } else { None }
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct File {
    identity: String,
    size: u64,
    modified: String,
    changed: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Whole {
    data: Data,
    key: Key,
    document: Option<File>,
    noted: Option<[u8; 32]>,
    unsealed: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Unsealed {
    data: Data,
    attributes: Option<[u8; 32]>,
}

fn decode<T: DeserializeOwned>(data: &[u8]) -> T {
    let (value, rest) = postcard::take_from_bytes(data).unwrap();
    assert!(rest.is_empty());
    value
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sha256.digest(&[bytes])
}

fn sealed_by(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    Hmac::<sha2::Sha256>::new_from_slice(key).unwrap().chain_update(bytes).finalize().into_bytes().to_vec()
}

/// The data between the head of a saved value, whose magic is `magic`, and its check.
fn data<'a>(saved: &'a [u8], magic: &[u8]) -> &'a [u8] {
    &saved[magic.len() + 2..saved.len() - CHECK]
}

fn unsealed(magic: &[u8], data: &[u8]) -> Vec<u8> {
    let covered = [magic, b"\x02u", data].concat();
    [covered.as_slice(), &sha256(&covered)].concat()
}

fn certificate(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/certificates").join(name)).unwrap()
}

fn document() -> Vec<u8> {
    Document::new().bytes()
}

fn credentials() -> Credentials {
    Credentials { certificate: certificate("ed25519.pem"), chain: vec![certificate("issuing.pem")] }
}

/// A session of `document` with a certificate.
fn begun(json: &str) -> Session {
    let document = document();
    run(Machine::prepare(memory(&document), moment(), Some(credentials()), options(json)), &document, |_| vec![]).unwrap()
}

/// A session of `document` without one.
fn nameless() -> Session {
    prepared(&document(), options(r#"{"containerSize": 256}"#)).unwrap()
}

fn live(whole: &Whole) -> Result<Session, &'static str> {
    Session::from_live(&[LIVE, &encode(whole)].concat()).map_err(|error| error.code().as_str())
}

fn whole(session: &Session) -> Whole {
    decode(session.to_live().unwrap().strip_prefix(LIVE).unwrap())
}

/// A session of `document` without a certificate, which comes with the signature.
fn announced(json: &str) -> Session {
    prepared(&document(), options(json)).unwrap()
}

const ANNOUNCED: &str = r#"{"pades": false, "signatureAlgorithm": "ed25519"}"#;

/// The DER of a PEM text.
fn der(pem: Vec<u8>) -> Vec<u8> {
    let digit = |byte: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|d| *d == byte);
    let text = String::from_utf8(pem).unwrap();
    let digits: Vec<usize> = text.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes).filter_map(digit).collect();
    let bytes = digits.chunks(4).flat_map(|group| {
        let bits = (0..4).fold(0, |bits, at| bits << 6 | group.get(at).copied().unwrap_or(0));
        [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8].into_iter().take(group.len() - 1)
    });
    bytes.collect()
}

/// A raw signature by the key of `credentials`.
fn raw_signature(data: &[u8]) -> Vec<u8> {
    // The key is the end of its PKCS #8 form (RFC 8410, 7).
    let bytes = der(certificate("ed25519.key"));
    let key: [u8; 32] = bytes[bytes.len() - 32..].try_into().unwrap();
    SigningKey::from_bytes(&key).sign(data).to_bytes().to_vec()
}

/// A session whose signature is made, as it is after a failure to write it, of a file.
fn signed() -> Session {
    let session = begun("{}");
    let signed = session.complete_with_signature(&raw_signature(&session.request().unwrap().data)).unwrap();
    let mut whole = whole(&session);
    whole.data.signed = vec![(signed.update, serde_json::to_vec(&signed.report).unwrap())];
    whole.document = Some(File { identity: "64769-42".into(), size: 9, modified: "17".into(), changed: "18".into() });
    live(&whole).unwrap()
}

fn resumption(json: &str, now: Option<i64>) -> Resumption {
    Resumption { credentials: Some(credentials()), options: options(json), now }
}

fn code<T>(result: rustpdf_core::Result<T>) -> &'static str {
    result.map_or_else(|error| error.code().as_str(), |_| "opened")
}

/// What resuming a session with `document` gives.
fn resumed(session: &Session, document: &[u8]) -> &'static str {
    code(run(Machine::resume(memory(document), moment(), session.clone(), false), document, |_| vec![]))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// All ways to change some bytes.
fn changes(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut list = vec![("extended", [bytes, b"\0"].concat()), ("doubled", [bytes, bytes].concat()), ("emptied", vec![])];
    if let Some((last, rest)) = bytes.split_last() {
        list.push(("cut", rest.to_vec()));
        list.push(("a bit flipped", [rest, &[last ^ 1]].concat()));
        list.push(("zeroed", vec![0; bytes.len()]));
        list.push(("swapped", bytes.iter().rev().copied().collect()));
    }
    list.retain(|(_, changed)| changed != bytes);
    list
}

/// Every change of every field of a session.
fn forgeries(honest: &Whole) -> Vec<(String, Whole)> {
    let mut list: Vec<(String, Whole)> = Vec::new();
    let mut bytes = |name: &str, field: &dyn Fn(&mut Whole) -> Option<&mut Vec<u8>>| {
        let mut copy = honest.clone();
        let Some(original) = field(&mut copy).cloned() else { return };
        for (how, changed) in changes(&original) {
            let mut forged = honest.clone();
            *field(&mut forged).unwrap() = changed;
            list.push((format!("{name} {how}"), forged));
        }
    };
    bytes("before", &|whole| Some(&mut whole.data.before));
    bytes("after", &|whole| Some(&mut whole.data.after));
    bytes("hash", &|whole| Some(&mut whole.data.hash));
    bytes("appended", &|whole| Some(&mut whole.data.appended));
    bytes("report", &|whole| Some(&mut whole.data.report));
    bytes("signed update", &|whole| whole.data.signed.first_mut().map(|signed| &mut signed.0));
    bytes("signed report", &|whole| whole.data.signed.first_mut().map(|signed| &mut signed.1));
    bytes("attributes", &|whole| whole.key.known().map(|known| &mut known.attributes));
    bytes("attributes", &|whole| whole.key.announced().map(|announced| &mut announced.attributes));
    bytes("certificate", &|whole| whole.key.known().and_then(|known| known.certificates.first_mut()));
    bytes("issuer", &|whole| whole.key.known().and_then(|known| known.certificates.get_mut(1)));
    let mut other = |name: &str, change: &dyn Fn(&mut Whole)| {
        let mut forged = honest.clone();
        change(&mut forged);
        if encode(&forged) != encode(honest) {
            list.push((name.into(), forged));
        }
    };
    other("pades", &|whole| whole.data.pades ^= true);
    other("encrypted", &|whole| whole.data.encrypted ^= true);
    other("unsealed", &|whole| whole.unsealed ^= true);
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
        other("digest algorithm", &|whole| whole.data.digest_algorithm = algorithm);
    }
    other("before and after swapped", &|whole| std::mem::swap(&mut whole.data.before, &mut whole.data.after));
    other("signed removed", &|whole| whole.data.signed.clear());
    other("signed twice", &|whole| whole.data.signed.extend_from_within(..));
    other("signed added", &|whole| whole.data.signed.push((vec![], vec![])));
    other("signer removed", &|whole| whole.key = Key::Service);
    other("noted", &|whole| whole.noted = Some(whole.noted.map_or([0; 32], |noted| noted.map(|byte| byte ^ 1))));
    other("noted removed", &|whole| whole.noted = None);
    other("file removed", &|whole| whole.document = None);
    let file = || File { identity: String::new(), size: 0, modified: String::new(), changed: String::new() };
    other("file added", &|whole| whole.document = Some(whole.document.clone().unwrap_or_else(file)));
    other("file's identity", &|whole| whole.document.iter_mut().for_each(|file| file.identity.push('1')));
    other("file's size", &|whole| whole.document.iter_mut().for_each(|file| file.size += 1));
    other("file's time", &|whole| whole.document.iter_mut().for_each(|file| file.modified.push('1')));
    other("file's change time", &|whole| whole.document.iter_mut().for_each(|file| file.changed.clear()));
    other("checks", &|whole| whole.key.known().into_iter().for_each(|known| known.check_signature ^= true));
    other("announced checks", &|whole| whole.key.announced().into_iter().for_each(|announced| announced.check_signature ^= true));
    other("strict", &|whole| whole.key.announced().into_iter().for_each(|announced| announced.strict ^= true));
    for algorithm in [SignatureAlgorithm::RsaPkcs1, SignatureAlgorithm::RsaPss, SignatureAlgorithm::Ecdsa, SignatureAlgorithm::Ed25519] {
        other("announced algorithm", &|whole| {
            whole.key.announced().into_iter().for_each(|announced| announced.signature_algorithm = algorithm);
        });
        other("signature algorithm", &|whole| whole.key.known().into_iter().for_each(|known| known.signature_algorithm = algorithm));
    }
    other("chain removed", &|whole| whole.key.known().into_iter().for_each(|known| known.certificates.truncate(1)));
    other("chain doubled", &|whole| whole.key.known().into_iter().for_each(|known| known.certificates.extend_from_within(..)));
    other("chain swapped", &|whole| whole.key.known().into_iter().for_each(|known| known.certificates.reverse()));
    other("certificates removed", &|whole| whole.key.known().into_iter().for_each(|known| known.certificates.clear()));
    other("another certificate", &|whole| {
        whole.key.known().into_iter().for_each(|known| known.certificates[0] = certificate("rsa.der"));
    });
    list
}

/// `data` under everything that a forger without the key can put in the place of the seal `honest`.
fn without_key(magic: &[u8], data: &[u8], honest: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let covered = [magic, b"\x02s", data].concat();
    let with = |check: &[u8]| [covered.as_slice(), check].concat();
    vec![
        ("the old seal", with(honest)),
        ("a seal by another key", with(&sealed_by(OTHER_KEY, &covered))),
        ("a seal by the empty key", with(&sealed_by(b"", &covered))),
        ("a check sum", with(&sha256(&covered))),
        ("zeros", with(&[0; CHECK])),
        ("a short seal", with(&honest[..CHECK - 1])),
        ("no seal", with(b"")),
        ("the other kind", unsealed(magic, data)),
    ]
}

/// Every change of single bytes at every offset.
fn bytewise(saved: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    (0..saved.len()).flat_map(move |at| {
        let with = |byte: u8| [&saved[..at], &[byte], &saved[at + 1..]].concat();
        let mut swapped = saved.to_vec();
        swapped.swap(at, (at + 1) % saved.len());
        let changed = [
            ("the lowest bit", with(saved[at] ^ 1)),
            ("the highest bit", with(saved[at] ^ 0x80)),
            ("all bits", with(!saved[at])),
            ("zero", with(0)),
            ("cut here", saved[..at].to_vec()),
            ("one byte less", [&saved[..at], &saved[at + 1..]].concat()),
            ("one byte more", [&saved[..at], &[saved[at]], &saved[at..]].concat()),
            ("swapped with the next", swapped),
        ];
        changed.into_iter().filter(move |(_, changed)| changed != saved).map(move |(how, changed)| (format!("byte {at}: {how}"), changed))
    })
}

/// The code that a changed value of this magic is refused with, where a change in the data is refused with `inside`.
fn expected(changed: &[u8], magic: &[u8], inside: &'static str) -> &'static str {
    match changed.strip_prefix(magic) {
        None | Some([]) => "ERR_SESSION_FORMAT",
        Some([version, ..]) if *version != 2 => "ERR_SESSION_VERSION",
        Some([_, b's', ..]) => "ERR_SESSION_SEAL",
        Some(_) => inside,
    }
}

/// Sessions of every kind.
fn sessions() -> [(&'static str, Session); 5] {
    let unsealed = Session::parse_unsealed(&begun("{}").serialize_unsealed().unwrap(), None).unwrap();
    [
        ("with a certificate", begun("{}")),
        ("without", nameless()),
        ("with one that comes later", announced(ANNOUNCED)),
        ("signed", signed()),
        ("from an unsealed one", unsealed),
    ]
}

#[test]
fn every_form_gives_the_session_back() {
    for (name, session) in sessions() {
        assert!(Session::from_live(&session.to_live().unwrap()).unwrap() == session, "{name}");
        let sealed = session.serialize(KEY).unwrap();
        assert!(Session::unseal(&sealed, KEY).unwrap() == session, "{name}");
        assert_eq!(Session::unseal(&sealed, KEY).unwrap().serialize(KEY).unwrap(), sealed, "{name}");
        let unsealed = session.serialize_unsealed().unwrap();
        let again = Session::parse_unsealed(&unsealed, None).unwrap();
        assert!(again.is_unsealed() && !again.clone().serialize(KEY).unwrap().is_empty(), "{name}");
        assert_eq!(again.serialize_unsealed().unwrap(), unsealed, "{name}");
        assert_eq!((again.report(), again.hash(), again.request()), (session.report(), session.hash(), None), "{name}");
        assert_eq!(resumed(&again, &document()), "opened", "{name}");
        assert_eq!(resumed(&session, &document()), "opened", "{name}");
        assert!(session.serialize(KEY).unwrap().len() < 12 << 10, "{name}: {}", session.serialize(KEY).unwrap().len());
    }
    // A session that was read from an unsealed one stays so.
    let [.., (_, unsealed)] = sessions();
    assert!(unsealed.is_unsealed() && Session::unseal(&unsealed.serialize(KEY).unwrap(), KEY).unwrap().is_unsealed());
    assert!(Session::from_live(&unsealed.to_live().unwrap()).unwrap().is_unsealed());
}

#[test]
fn an_unsealed_session_with_its_arguments_is_the_session() {
    for (json, now) in [
        ("{}", None),
        ("{}", Some(moment().now)),
        (r#"{"checkSignature": false}"#, None),
        (r#"{"commitmentType": "proof-of-approval", "signerRoles": ["clerk"]}"#, None),
        (r#"{"pades": false, "signingTimeAttribute": true}"#, Some(moment().now)),
    ] {
        let session = begun(json);
        let resumed = Session::parse_unsealed(&session.serialize_unsealed().unwrap(), Some(&resumption(json, now))).unwrap();
        let unsealed = |session: &Session| Whole { unsealed: true, noted: None, ..whole(session) };
        assert!(resumed.is_unsealed());
        assert_eq!(encode(&unsealed(&resumed)), encode(&unsealed(&session)), "{json}");
        let signature = raw_signature(&session.request().unwrap().data);
        assert_eq!(resumed.complete_with_signature(&signature).unwrap(), session.complete_with_signature(&signature).unwrap());
    }
}

#[test]
fn live_sealed_and_unsealed_are_not_mistaken_for_one_another() {
    let session = begun("{}");
    let (live, sealed, unsealed) = (session.to_live().unwrap(), session.serialize(KEY).unwrap(), session.serialize_unsealed().unwrap());
    let batches = [Some(KEY), None].map(|key| serialize_batch(&[Some(session.clone())], key).unwrap());
    for saved in [&sealed, &unsealed, &batches[0], &batches[1]] {
        assert_eq!(code(Session::from_live(saved)), "ERR_SESSION_FORMAT");
    }
    for other in [&live, &batches[0], &batches[1]] {
        assert_eq!(code(Session::unseal(other, KEY)), "ERR_SESSION_FORMAT");
        assert_eq!(code(Session::parse_unsealed(other, None)), "ERR_SESSION_FORMAT");
    }
    for other in [&live, &sealed, &unsealed] {
        assert_eq!(code(open_batch(other, Some(KEY), None)), "ERR_SESSION_FORMAT");
        assert_eq!(code(open_batch(other, None, None)), "ERR_SESSION_FORMAT");
    }
    let message = |result: rustpdf_core::Result<Session>| {
        let error = result.unwrap_err();
        assert_eq!(error.code().as_str(), "ERR_SESSION_SEAL");
        error.to_string()
    };
    assert!(message(Session::unseal(&unsealed, KEY)).starts_with("the session is unsealed and was given to the call for sealed ones; "));
    assert!(
        message(Session::parse_unsealed(&sealed, None)).starts_with("the session is sealed and was given to the call for unsealed ones; ")
    );
    assert_eq!(code(open_batch(&batches[1], Some(KEY), None)), "ERR_SESSION_SEAL");
    assert_eq!(code(open_batch(&batches[0], None, None)), "ERR_SESSION_SEAL");
    assert_eq!(code(open_batch(&batches[0], Some(KEY), Some(&resumption("{}", None)))), "ERR_ARGUMENT");
}

#[test]
fn a_key_has_32_bytes_or_more() {
    let session = begun("{}");
    for length in [0, 1, 16, 31] {
        let key = &[7; 40][..length];
        assert_eq!(code(session.serialize(key)), "ERR_ARGUMENT");
        assert_eq!(code(Session::unseal(&session.serialize(KEY).unwrap(), key)), "ERR_ARGUMENT");
        assert_eq!(code(serialize_batch(&[], Some(key))), "ERR_ARGUMENT");
        assert_eq!(code(open_batch(&[], Some(key), None)), "ERR_ARGUMENT");
    }
    for length in [32, 33, 64, 65, 200] {
        let key = &[7; 200][..length];
        let sealed = session.serialize(key).unwrap();
        assert_eq!(code(Session::unseal(&sealed, key)), "opened");
        assert_eq!(code(Session::unseal(&sealed, &[8; 200][..length])), "ERR_SESSION_SEAL");
    }
    assert!(session.serialize(&[7; 31]).unwrap_err().to_string().starts_with("a session key has 32 bytes or more"));
}

/// HMAC-SHA-256 over all bytes before it, as another implementation computes it.
#[test]
fn the_seal_is_hmac_over_all_before_it() {
    let saved = begun("{}").serialize(KEY).unwrap();
    let (covered, seal) = saved.split_at(saved.len() - CHECK);
    assert_eq!(&covered[..SESSION.len() + 2], b"rustpdf session \x02s");
    assert_eq!(sealed_by(KEY, covered), seal);
}

#[test]
fn every_forged_field_of_a_sealed_session_is_refused() {
    let mut counts = BTreeMap::new();
    for (name, session) in sessions() {
        let saved = session.serialize(KEY).unwrap();
        let honest = decode::<Whole>(data(&saved, SESSION));
        let seal = &saved[saved.len() - CHECK..];
        for (field, forged) in forgeries(&honest) {
            for (how, forged) in without_key(SESSION, &encode(&forged), seal) {
                assert_eq!(code(Session::unseal(&forged, KEY)), "ERR_SESSION_SEAL", "{name}: {field}, {how}");
                *counts.entry(name).or_insert(0) += 1;
            }
        }
        // The honest data is refused as well without the honest seal.
        for (how, forged) in without_key(SESSION, &encode(&honest), seal).into_iter().skip(1) {
            assert_eq!(code(Session::unseal(&forged, KEY)), "ERR_SESSION_SEAL", "{name}: {how}");
        }
    }
    println!("forged fields of sealed sessions: {counts:?}");
    assert!(counts.values().sum::<usize>() > 1200, "{counts:?}");
}

#[test]
fn every_changed_byte_of_a_sealed_session_is_refused() {
    let mut counts = BTreeMap::new();
    for (name, session) in sessions() {
        let saved = session.serialize(KEY).unwrap();
        for (how, changed) in bytewise(&saved) {
            assert_eq!(code(Session::unseal(&changed, KEY)), expected(&changed, SESSION, "ERR_SESSION_SEAL"), "{name}: {how}");
            *counts.entry(name).or_insert(0) += 1;
        }
    }
    println!("changed bytes of sealed sessions: {counts:?}");
    assert!(counts.values().sum::<usize>() > 50_000, "{counts:?}");
}

/// A batch of a session with a certificate, a document without one, and a session without a certificate.
fn batch() -> Vec<Option<Session>> {
    vec![Some(begun("{}")), None, Some(nameless())]
}

#[test]
fn a_batch_gives_its_sessions_back() {
    assert!(open_batch(&serialize_batch(&batch(), Some(KEY)).unwrap(), Some(KEY), None).unwrap() == batch());
    for sessions in [vec![], vec![None], vec![None, None, Some(signed())]] {
        assert!(open_batch(&serialize_batch(&sessions, Some(KEY)).unwrap(), Some(KEY), None).unwrap() == sessions);
    }
    let unsealed = serialize_batch(&[Some(begun("{}")), None, Some(begun("{}"))], None).unwrap();
    let opened = open_batch(&unsealed, None, Some(&resumption("{}", None))).unwrap();
    assert!(opened[1].is_none() && opened.len() == 3);
    for session in opened.iter().flatten() {
        assert!(session.is_unsealed() && session.request() == unnamed(begun("{}").request()));
    }
    for session in open_batch(&unsealed, None, None).unwrap().iter().flatten() {
        assert!(session.is_unsealed() && session.request().is_none());
    }
    let other =
        Resumption { credentials: Some(Credentials { certificate: certificate("p521.pem"), chain: vec![] }), ..resumption("{}", None) };
    assert_eq!(code(open_batch(&unsealed, None, Some(&other))), "ERR_SESSION_ARGUMENTS");
    let mixed = serialize_batch(&batch(), None).unwrap();
    assert_eq!(code(open_batch(&mixed, None, Some(&resumption("{}", None)))), "ERR_SESSION_ARGUMENTS");
}

type Parts = Vec<Option<Vec<u8>>>;

#[test]
fn every_forgery_of_a_sealed_batch_is_refused() {
    let saved = serialize_batch(&batch(), Some(KEY)).unwrap();
    let honest = decode::<Parts>(data(&saved, BATCH));
    let single = begun("{}").serialize(KEY).unwrap();
    let mut forged: Vec<(String, Parts)> = Vec::new();
    for (index, part) in honest.iter().enumerate() {
        let mut other = |how: String, change: &dyn Fn(&mut Parts)| {
            let mut parts = honest.clone();
            change(&mut parts);
            forged.push((how, parts));
        };
        other(format!("{index} removed"), &|parts| drop(parts.remove(index)));
        other(format!("{index} twice"), &|parts| parts.insert(index, parts[index].clone()));
        other(format!("{index} swapped"), &|parts| parts.swap(index, (index + 1) % 3));
        other(format!("{index} sealed alone"), &|parts| parts[index] = Some(single.clone()));
        match part {
            Some(part) => {
                other(format!("{index} emptied"), &|parts| parts[index] = None);
                for (field, whole) in forgeries(&decode(part)) {
                    other(format!("{index}: {field}"), &|parts| parts[index] = Some(encode(&whole)));
                }
            }
            None => other(format!("{index} filled"), &|parts| parts[index] = honest[0].clone()),
        }
    }
    let mut fields = 0;
    for (field, parts) in forged {
        for (how, forged) in without_key(BATCH, &encode(&parts), &saved[saved.len() - CHECK..]) {
            assert_eq!(code(open_batch(&forged, Some(KEY), None)), "ERR_SESSION_SEAL", "{field}, {how}");
            fields += 1;
        }
    }
    // The seal of a session is not one of a batch, though the key is the same.
    assert_eq!(code(open_batch(&[BATCH, &single[SESSION.len()..]].concat(), Some(KEY), None)), "ERR_SESSION_SEAL");
    let mut bytes = 0;
    for (how, changed) in bytewise(&saved) {
        assert_eq!(code(open_batch(&changed, Some(KEY), None)), expected(&changed, BATCH, "ERR_SESSION_SEAL"), "{how}");
        bytes += 1;
    }
    println!("forgeries of a sealed batch: {fields} of fields, {bytes} of bytes");
    assert!(fields > 600 && bytes > 20_000, "{fields}, {bytes}");
}

#[test]
fn every_accident_of_an_unsealed_session_is_noticed() {
    let mut count = 0;
    for (name, session) in sessions() {
        let saved = session.serialize_unsealed().unwrap();
        for (how, changed) in bytewise(&saved) {
            let refused = code(Session::parse_unsealed(&changed, None));
            assert_eq!(refused, expected(&changed, SESSION, "ERR_SESSION_DAMAGED"), "{name}: {how}");
            count += 1;
        }
    }
    let saved = serialize_batch(&batch(), None).unwrap();
    for (how, changed) in bytewise(&saved) {
        assert_eq!(code(open_batch(&changed, None, None)), expected(&changed, BATCH, "ERR_SESSION_DAMAGED"), "batch: {how}");
        count += 1;
    }
    println!("accidents of unsealed sessions and batches: {count}");
    assert!(count > 40_000, "{count}");
}

/// A forger of an unsealed session finds nothing that decides about the key: it is not there.
#[test]
fn an_unsealed_session_holds_no_decision_about_the_key() {
    let saved = begun("{}").serialize_unsealed().unwrap();
    let known = whole(&begun("{}")).key.known().unwrap().clone();
    for certificate in &known.certificates {
        for part in certificate.chunks_exact(16) {
            assert!(!contains(&saved, part), "a piece of a certificate");
        }
    }
    for part in known.attributes.chunks_exact(24) {
        // The message digest is the session's hash, which is there.
        assert!(!contains(&saved, part) || contains(begun("{}").hash(), part), "a piece of the attributes");
    }
    assert_eq!(known.certificates.len(), 2);
    assert_eq!(begun(r#"{"checkSignature": false}"#).serialize_unsealed().unwrap(), saved);
    // All that it holds: the parts that every form has, and one digest.
    let Unsealed { data: parts, attributes } = decode(data(&saved, SESSION));
    assert_eq!(attributes.unwrap().as_slice(), sha256(&known.attributes));
    assert_eq!(encode(&parts), encode(&whole(&begun("{}")).data));
    let file = signed();
    assert!(whole(&file).document.is_some());
    let again = Session::parse_unsealed(&file.serialize_unsealed().unwrap(), None).unwrap();
    assert!(whole(&again).document.is_none(), "the identity of a file does not travel");
}

#[test]
fn other_arguments_than_those_of_the_beginning_are_refused() {
    let policy = r#"{"policy": {"oid": "1.2.3.4", "digestAlgorithm": "sha256", "digest": "00"}}"#.replace("00", &"00".repeat(32));
    let begun_with: [(&str, Option<i64>); 5] = [
        ("{}", None),
        (&policy, None),
        (r#"{"commitmentType": "proof-of-approval"}"#, None),
        (r#"{"signerRoles": ["clerk"]}"#, None),
        (r#"{"pades": false, "signingTimeAttribute": true}"#, Some(moment().now)),
    ];
    let others = [
        r#"{"pades": false}"#.to_owned(),
        policy.replace("1.2.3.4", "1.2.3.5"),
        policy.replace("000000", "000001"),
        r#"{"commitmentType": "proof-of-origin"}"#.to_owned(),
        r#"{"signerRoles": ["judge"]}"#.to_owned(),
        r#"{"signerRoles": ["clerk", "judge"]}"#.to_owned(),
    ];
    let mut count = 0;
    for (begun_json, now) in begun_with {
        let saved = begun(begun_json).serialize_unsealed().unwrap();
        assert_eq!(code(Session::parse_unsealed(&saved, Some(&resumption(begun_json, now)))), "opened");
        for other in begun_with.iter().map(|(json, _)| *json).chain(others.iter().map(String::as_str)).filter(|json| *json != begun_json) {
            let by = resumption(other, Some(moment().now));
            assert_eq!(code(Session::parse_unsealed(&saved, Some(&by))), "ERR_SESSION_ARGUMENTS", "{begun_json} as {other}");
            count += 1;
        }
        for other in ["ed25519.pem", "rsa.der", "p256.pem", "p384.pem", "p521.pem", "rsa-pss.pem"].into_iter().skip(1) {
            let credentials = Some(Credentials { certificate: certificate(other), chain: vec![] });
            let by = Resumption { credentials, ..resumption(begun_json, now) };
            assert_eq!(code(Session::parse_unsealed(&saved, Some(&by))), "ERR_SESSION_ARGUMENTS", "{other}");
            count += 1;
        }
    }
    // The algorithms, where the key leaves a choice.
    let rsa = |json: &str| Resumption {
        credentials: Some(Credentials { certificate: certificate("rsa.der"), chain: vec![] }),
        ..resumption(json, None)
    };
    let algorithms = ["{}", r#"{"signatureAlgorithm": "rsa-pss"}"#, r#"{"digestAlgorithm": "sha384"}"#, r#"{"digestAlgorithm": "sha512"}"#];
    for json in algorithms {
        let by = rsa(json);
        let machine = Machine::prepare(memory(&document()), moment(), by.credentials.clone(), by.options);
        let saved = run(machine, &document(), |_| vec![]).unwrap().serialize_unsealed().unwrap();
        for other in algorithms {
            let expected = if other == json { "opened" } else { "ERR_SESSION_ARGUMENTS" };
            assert_eq!(code(Session::parse_unsealed(&saved, Some(&rsa(other)))), expected, "{json} as {other}");
            count += usize::from(other != json);
        }
    }
    // The time is an argument, and never from the file.
    let json = r#"{"pades": false, "signingTimeAttribute": true}"#;
    let saved = begun(json).serialize_unsealed().unwrap();
    for (now, expected) in [
        (None, "ERR_SIGNING_TIME"),
        (Some(-1), "ERR_SIGNING_TIME"),
        (Some(moment().now + 1), "ERR_SESSION_ARGUMENTS"),
        (Some(moment().now), "opened"),
    ] {
        assert_eq!(code(Session::parse_unsealed(&saved, Some(&resumption(json, now)))), expected);
    }
    // Nobody becomes the signer of a session that was begun without one.
    let nameless = nameless().serialize_unsealed().unwrap();
    assert_eq!(code(Session::parse_unsealed(&nameless, Some(&resumption("{}", None)))), "ERR_SESSION_ARGUMENTS");
    println!("other arguments: {count}");
    assert_eq!(count, 5 * 10 + 5 * 5 + 4 * 3);
}

/// A check sum can be made again. A changed session is then read like a file, and the key is asked for what it was asked for.
/// A request as an unsealed session has it: without the name of the field, which can be forged.
fn unnamed(request: Option<SigningRequest>) -> Option<SigningRequest> {
    let mut request = request?;
    assert!(request.field_name.take().is_some());
    Some(request)
}

#[test]
fn a_forged_unsealed_session_is_read_like_a_file() {
    let (saved, by) = (begun("{}").serialize_unsealed().unwrap(), resumption("{}", None));
    let honest = unnamed(begun("{}").request());
    let mut counts = BTreeMap::new();
    let inside = data(&saved, SESSION);
    for at in 0..inside.len() {
        for flip in [1, 0x80] {
            let mut forged = inside.to_vec();
            forged[at] ^= flip;
            let opened = Session::parse_unsealed(&unsealed(SESSION, &forged), Some(&by));
            let outcome = match &opened {
                Ok(session) => resumed(session, &document()),
                Err(error) => error.code().as_str(),
            };
            assert!(
                ["opened", "ERR_SESSION_DAMAGED", "ERR_SESSION_DOCUMENT", "ERR_SESSION_ARGUMENTS"].contains(&outcome),
                "byte {at}: {outcome}"
            );
            if outcome == "opened" {
                assert_eq!(opened.unwrap().request(), honest, "byte {at}");
            }
            *counts.entry(outcome).or_insert(0) += 1;
        }
    }
    println!("forged unsealed sessions: {counts:?}");
    assert!(counts["ERR_SESSION_DAMAGED"] > 100 && counts["ERR_SESSION_DOCUMENT"] > 100 && counts["ERR_SESSION_ARGUMENTS"] > 100);
}

/// The report of an unsealed session is by its writer. Its messages are printed.
#[test]
fn the_warnings_of_a_forged_session_reach_no_terminal_raw() {
    let saved = nameless().serialize_unsealed().unwrap();
    let mut forged: Unsealed = decode(data(&saved, SESSION));
    let mut report: serde_json::Value = serde_json::from_slice(&forged.data.report).unwrap();
    report["warnings"] = serde_json::json!([{ "code": "WARN_XREF_REBUILT", "message": "\u{1b}[2J\u{202e}nothing" }]);
    forged.data.report = serde_json::to_vec(&report).unwrap();
    let opened = Session::parse_unsealed(&unsealed(SESSION, &encode(&forged)), None).unwrap();
    assert_eq!(opened.report().warnings[0].message, r"\u{1b}[2J\u{202e}nothing");
}

/// Version 1 had a check sum, and held the certificate and what is signed: a forger could change both.
#[test]
fn a_session_of_version_1_is_refused_whoever_made_it() {
    let Whole { data, mut key, .. } = whole(&begun("{}"));
    let known = key.known().unwrap();
    let mut refused = 0;
    for forged in [false, true] {
        known.check_signature = !forged;
        let parts = (&data.before, &data.after, data.pades, data.digest_algorithm, &data.hash, Some(&known), &data.report);
        let body = encode(&parts);
        let saved = [SESSION, b"\x01", sha256(&body).as_slice(), &body].concat();
        for opened in [Session::unseal(&saved, KEY), Session::parse_unsealed(&saved, None)] {
            assert_eq!(code(opened), "ERR_SESSION_VERSION");
            refused += 1;
        }
    }
    assert_eq!(refused, 4);
}

/// Anybody may have chosen the digest of an unsealed session: its document is always digested.
#[test]
fn only_a_sealed_session_skips_the_check_of_its_document() {
    let mut other = document();
    other[12] ^= 1;
    let skipped = |session: &Session, document: &[u8]| {
        code(run(Machine::resume(memory(document), moment(), session.clone(), true), document, |_| unreachable!()))
    };
    for (name, session) in sessions() {
        let expected = if session.is_unsealed() { "ERR_ARGUMENT" } else { "opened" };
        assert_eq!(skipped(&session, &other), expected, "{name}");
        let unsealed = Session::parse_unsealed(&session.serialize_unsealed().unwrap(), None).unwrap();
        for form in [unsealed.to_live().unwrap(), unsealed.serialize(KEY).unwrap()] {
            let session = if form.starts_with(LIVE) { Session::from_live(&form) } else { Session::unseal(&form, KEY) };
            assert_eq!(skipped(&session.unwrap(), &other), "ERR_ARGUMENT", "{name}");
        }
        // The length is compared always.
        if !session.is_unsealed() {
            assert_eq!(skipped(&session, &other[1..]), "ERR_SESSION_DOCUMENT", "{name}");
        }
    }
}

#[test]
fn another_document_is_refused() {
    let mut other = document();
    for (name, session) in sessions() {
        assert_eq!(resumed(&session, &[&other[..], b"\n"].concat()), "ERR_SESSION_DOCUMENT", "{name}");
    }
    other[12] ^= 1;
    for (name, session) in sessions() {
        assert_eq!(resumed(&session, &other), "ERR_SESSION_DOCUMENT", "{name}");
    }
}

#[test]
fn a_session_without_certificate_takes_a_container_only() {
    let session = Session::unseal(&nameless().serialize(KEY).unwrap(), KEY).unwrap();
    assert_eq!(session.request(), None);
    assert_eq!(code(session.complete_with_signature(&[1; 256])), "ERR_SESSION_NO_CERTIFICATE");
}

type Sign = fn(&[u8]) -> Vec<u8>;

/// Algorithms, each with a certificate, its issuers, and a function that signs by its key.
fn signers() -> [(&'static str, Credentials, Sign); 3] {
    fn rsa_key() -> rsa::PrivateKey {
        rsa::pkcs8::DecodePrivateKey::from_pkcs8_der(&der(certificate("rsa.key"))).unwrap()
    }
    let by = |name| Credentials { certificate: certificate(name), chain: vec![certificate("chain.pem")] };
    [
        ("rsa-pkcs1", by("rsa.pem"), |data| rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(rsa_key()).sign(data).to_bytes().into()),
        ("ecdsa", by("p256.pem"), |data| {
            // The private key has a fixed place in PKCS #8 (RFC 5915, 3).
            let key = p256::ecdsa::SigningKey::from_slice(&der(certificate("p256.key"))[36..68]).unwrap();
            let signature: p256::ecdsa::Signature = key.sign(data);
            signature.to_vec()
        }),
        ("ed25519", by("ed25519.pem"), raw_signature),
    ]
}

fn unhex(digits: &[u8]) -> Vec<u8> {
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A time at which the test certificates are valid: 2026-11-25.
const VALID: i64 = 1_795_569_600;

/// The object identifiers of `found`, a SET OF Attribute.
fn attribute_types(set: &[u8]) -> Vec<String> {
    let attributes = <x509_cert::attr::Attributes as der::Decode>::from_der(set).unwrap();
    attributes.iter().map(|attribute| attribute.oid.to_string()).collect()
}

/// The digest of the certificate is a signed attribute of PAdES, so without one only plain CMS asks for a raw signature.
#[test]
fn the_certificate_comes_with_the_signature() {
    let (content_type, message_digest, signing_time) = ("1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5");
    for (algorithm, credentials, sign) in signers() {
        let options = format!(r#""pades": false, "signatureAlgorithm": "{algorithm}""#);
        let timed = announced(&format!(r#"{{{options}, "signingTimeAttribute": true}}"#));
        assert_eq!(attribute_types(&timed.request().unwrap().data), [content_type, signing_time, message_digest], "{algorithm}");
        let session = announced(&format!("{{{options}}}"));
        let request = session.request().unwrap();
        assert_eq!(attribute_types(&request.data), [content_type, message_digest], "{algorithm}");
        assert!(contains(&request.data, session.hash()));
        assert_eq!(request.signature_algorithm.as_str(), algorithm);
        assert_eq!((session.container_size(), session.report().signature_algorithm.as_deref()), (32768, Some(algorithm)));
        let raw = sign(&request.data);
        assert_eq!(code(session.complete_with_signature(&raw)), "ERR_SESSION_NO_CERTIFICATE");
        let certified = session.with_certificate(&credentials, Some(VALID)).unwrap();
        assert_eq!(certified.request().unwrap().data, request.data);
        let signed = certified.complete_with_signature(&raw).unwrap();
        let info = run(Machine::inspect(memory(&signed.appended_to(&document())), None), &signed.appended_to(&document()), |_| vec![]);
        let signature = &info.unwrap().signatures[0];
        assert_eq!((signature.sub_filter.as_deref(), signature.certificates.len()), (Some("adbe.pkcs7.detached"), 3), "{algorithm}");
        assert!(signature.signer.is_some() && signature.covers_whole_file);
        // It is a container that a service could have made.
        let (begun, update) = (whole(&session).data, &signed.update);
        let container = unhex(&update[begun.before.len() + 1..update.len() - begun.after.len() - 1]);
        assert_eq!(session.complete(&container).unwrap().update, signed.update, "{algorithm}");
        // Completing changes nothing, and the certified session is one with a certificate in every form.
        assert_eq!(certified.complete_with_signature(&raw).unwrap(), signed);
        assert!(Session::unseal(&certified.serialize(KEY).unwrap(), KEY).unwrap() == certified);
        // Each saved form asks for the same, and completes to the same.
        let by = Resumption { credentials: None, options: self::options(&format!("{{{options}}}")), now: None };
        for resumed in [
            Session::from_live(&session.to_live().unwrap()).unwrap(),
            Session::unseal(&session.serialize(KEY).unwrap(), KEY).unwrap(),
            Session::parse_unsealed(&session.serialize_unsealed().unwrap(), Some(&by)).unwrap(),
        ] {
            let request = if resumed.is_unsealed() { unnamed(session.request()) } else { session.request() };
            assert_eq!(resumed.request(), request, "{algorithm}");
            let resumed = resumed.with_certificate(&credentials, Some(VALID)).unwrap();
            assert_eq!(resumed.complete_with_signature(&raw).unwrap(), signed, "{algorithm}");
        }
        // The signature is verified by the key of the certificate.
        let other = sign(&[&request.data[..], b"x"].concat());
        assert!(code(certified.complete_with_signature(&other)).starts_with("ERR_SIGNATURE_"), "{algorithm}");
        let unchecked = announced(&format!(r#"{{{options}, "checkSignature": false}}"#)).with_certificate(&credentials, None).unwrap();
        assert_eq!(code(unchecked.complete_with_signature(&other)), "opened", "{algorithm}");
    }
}

#[test]
fn the_certificate_of_a_signature_fits_its_request() {
    let of = |name: &str| Credentials { certificate: certificate(name), chain: vec![] };
    let begun_with = |algorithm: &str, more: &str| announced(&format!(r#"{{"pades": false, "signatureAlgorithm": "{algorithm}"{more}}}"#));
    let message = |session: &Session, name: &str| {
        let error = session.with_certificate(&of(name), None).unwrap_err();
        assert_eq!(error.code().as_str(), "ERR_ALGORITHM_MISMATCH");
        error.to_string()
    };
    assert_eq!(
        message(&begun_with("ecdsa", ""), "rsa.pem"),
        "ecdsa does not fit the certificate, whose key is RSA with 2048 bits; give the certificate of the key that signed, or begin \
         again with a `signature_algorithm` that fits it"
    );
    message(&begun_with("rsa-pkcs1", ""), "p256.pem");
    message(&begun_with("rsa-pkcs1", ""), "rsa-pss.pem");
    message(&begun_with("ed25519", ""), "p256.pem");
    // A key for PSS only that requires a longer salt than its digest has: saltLength [2] INTEGER (RFC 4055, 3.1).
    let mut restricted = der(std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cms/pss384.pem")).unwrap());
    let session = begun_with("rsa-pss", r#", "digestAlgorithm": "sha384""#);
    let given = |certificate: &[u8]| session.with_certificate(&Credentials { certificate: certificate.to_vec(), chain: vec![] }, None);
    assert_eq!(code(given(&restricted)), "opened");
    let salt = restricted.windows(5).position(|window| window[..4] == [0xa2, 3, 2, 1]).unwrap();
    restricted[salt + 4] = 96;
    let error = given(&restricted).unwrap_err();
    assert_eq!(error.code().as_str(), "ERR_ALGORITHM_MISMATCH");
    assert!(error.to_string().starts_with("the key of the certificate requires a salt of 96 bytes, and the request was for 48; give "));
    // The curve is that of the certificate, and the digest that of the request.
    let session = begun_with("ecdsa", "").with_certificate(&of("p384.pem"), None).unwrap();
    assert_eq!(session.request().unwrap().digest_algorithm, DigestAlgorithm::Sha256);
    assert_eq!(begun_with("ed25519", "").hash_algorithm(), DigestAlgorithm::Sha512);
    let refused = prepared(&document(), options(r#"{"pades": false, "signatureAlgorithm": "ed25519", "digestAlgorithm": "sha256"}"#));
    assert_eq!(code(refused), "ERR_ALGORITHM_MISMATCH");
    // Another certificate for the same kind of key: the signature is not one of it.
    let raw = raw_signature(&begun_with("ed25519", "").request().unwrap().data);
    let session = begun_with("rsa-pkcs1", "").with_certificate(&of("rsa.pem"), None).unwrap();
    assert_eq!(code(session.complete_with_signature(&raw)), "ERR_SIGNATURE_LENGTH");
    for broken in [vec![], b"certificate".to_vec(), certificate("rsa.key"), certificate("rsa-1024.pem")] {
        let given = Credentials { certificate: broken, chain: vec![] };
        assert!(code(begun_with("rsa-pkcs1", "").with_certificate(&given, None)).starts_with("ERR_CERTIFICATE_"));
    }
    let stranger = Credentials { certificate: certificate("rsa.pem"), chain: vec![certificate("stranger.pem")] };
    assert_eq!(code(begun_with("rsa-pkcs1", "").with_certificate(&stranger, None)), "ERR_CHAIN_UNRELATED");
}

/// A short-lived certificate is checked for the time at which it comes.
#[test]
fn the_validity_is_that_of_the_time_of_the_signature() {
    let later = VALID + 100 * 366 * 86_400;
    let warned = |session: &Session| session.report().warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>();
    let session = announced(ANNOUNCED);
    assert_eq!(warned(&session), ["WARN_ED25519_ACROBAT", "WARN_ED25519_VERSION"]);
    for (now, expected) in [(Some(VALID), false), (None, false), (Some(later), true)] {
        let certified = session.with_certificate(&credentials(), now).unwrap();
        let signed = certified.complete_with_signature(&raw_signature(&session.request().unwrap().data)).unwrap();
        assert_eq!(warned(&certified).contains(&"WARN_CERTIFICATE_EXPIRED"), expected);
        assert_eq!(signed.report.warnings, certified.report().warnings);
        assert_eq!(certified.report().warnings.len(), if expected { 3 } else { 2 });
    }
    let strict = announced(r#"{"pades": false, "signatureAlgorithm": "ed25519", "strict": true}"#);
    let sealed = Session::unseal(&strict.serialize(KEY).unwrap(), KEY).unwrap();
    for session in [&strict, &sealed] {
        assert_eq!(code(session.with_certificate(&credentials(), Some(later))), "ERR_CERTIFICATE_EXPIRED");
        assert_eq!(code(session.with_certificate(&credentials(), Some(VALID))), "opened");
    }
}

#[test]
fn only_a_session_that_waits_for_a_certificate_takes_one() {
    let message = |result: rustpdf_core::Result<Session>| result.unwrap_err().to_string();
    assert_eq!(
        message(begun("{}").with_certificate(&credentials(), None)),
        "the session has a certificate already, and one came with the signature; complete it with the signature alone"
    );
    for pades in [nameless(), prepared(&document(), options(r#"{"signatureAlgorithm": "ed25519"}"#)).unwrap()] {
        assert_eq!(pades.request(), None);
        assert_eq!(
            message(pades.with_certificate(&credentials(), None)),
            "the session was begun without a certificate, so it takes a container only; begin with `certificate`, or with \
             `signature_algorithm` and without PAdES (`pades`) if the certificate comes with the raw signature"
        );
    }
    assert_eq!(code(signed().with_certificate(&credentials(), None)), "ERR_SESSION_SIGNED");
    let error = announced(ANNOUNCED).complete_with_signature(&[1; 64]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the session was begun without a certificate, and none came with the signature; give the `certificate` of the key with the \
         signature"
    );
    for option in [r#""signerRoles": ["clerk"]"#, r#""commitmentType": "proof-of-approval""#] {
        let refused = prepared(&document(), options(&format!(r#"{{"pades": false, "signatureAlgorithm": "ecdsa", {option}}}"#)));
        assert_eq!(code(refused), "ERR_OPTION_VALUE");
    }
    let small = announced(r#"{"pades": false, "signatureAlgorithm": "ed25519", "containerSize": 256}"#);
    let raw = raw_signature(&small.request().unwrap().data);
    let error = small.with_certificate(&credentials(), None).unwrap().complete_with_signature(&raw).unwrap_err();
    assert_eq!(error.code().as_str(), "ERR_CONTAINER_TOO_LARGE");
    assert!(error.to_string().ends_with("; begin again with a larger `container_size`"), "{error}");
}

/// The saved bytes do not decide whether the key signs the digest of its certificate: the arguments of resuming do.
#[test]
fn an_unsealed_session_does_not_choose_where_its_certificate_comes_from() {
    let plain = r#"{"pades": false}"#;
    let alone = |json: &str| Resumption { credentials: None, options: options(json), now: None };
    let resumed = |saved: &[u8], by: &Resumption| Session::parse_unsealed(saved, Some(by));
    let waiting = announced(ANNOUNCED).serialize_unsealed().unwrap();
    let with_certificate = begun(plain).serialize_unsealed().unwrap();
    let error = resumed(&waiting, &resumption(plain, None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the session was begun without a certificate; resume it by its options alone, and give the certificate with the signature"
    );
    assert_eq!(code(resumed(&with_certificate, &alone(ANNOUNCED))), "ERR_SESSION_ARGUMENTS");
    for other in [
        r#"{"pades": false, "signatureAlgorithm": "ecdsa", "digestAlgorithm": "sha512"}"#,
        r#"{"pades": false, "signatureAlgorithm": "rsa-pkcs1"}"#,
    ] {
        assert_eq!(code(resumed(&waiting, &alone(other))), "ERR_SESSION_ARGUMENTS", "{other}");
    }
    let timed = Resumption { now: Some(moment().now), ..alone(&ANNOUNCED.replace('}', r#", "signingTimeAttribute": true}"#)) };
    assert_eq!(code(resumed(&waiting, &timed)), "ERR_SESSION_ARGUMENTS");
    // With other options, as without any, it takes a container only.
    assert_eq!(resumed(&waiting, &alone(plain)).unwrap().request(), None);
    assert_eq!(code(resumed(&nameless().serialize_unsealed().unwrap(), &alone(ANNOUNCED))), "ERR_SESSION_ARGUMENTS");
    // A forged note gets no other attributes signed than those of the arguments.
    let honest = unnamed(announced(ANNOUNCED).request());
    let inside = data(&waiting, SESSION);
    let mut refused = 0;
    for at in 0..inside.len() {
        let mut forged = inside.to_vec();
        forged[at] ^= 1;
        match resumed(&unsealed(SESSION, &forged), &alone(ANNOUNCED)) {
            Ok(session) if self::resumed(&session, &document()) == "opened" => assert_eq!(session.request(), honest, "byte {at}"),
            _ => refused += 1,
        }
    }
    assert!(refused > 100, "{refused}");
    // The checks of the signature and of the certificate are arguments, too.
    let lax = resumed(&waiting, &alone(&ANNOUNCED.replace('}', r#", "checkSignature": false}"#))).unwrap();
    assert_eq!(code(lax.with_certificate(&credentials(), None).unwrap().complete_with_signature(&[1; 64])), "opened");
}

/// In a batch each document has a certificate of its own.
#[test]
fn a_batch_waits_for_certificates() {
    let sessions = [Some(announced(ANNOUNCED)), None, Some(announced(ANNOUNCED))];
    let by = Resumption { credentials: None, options: options(ANNOUNCED), now: None };
    let sealed = open_batch(&serialize_batch(&sessions, Some(KEY)).unwrap(), Some(KEY), None).unwrap();
    let unsealed = open_batch(&serialize_batch(&sessions, None).unwrap(), None, Some(&by)).unwrap();
    for session in sealed.iter().chain(&unsealed).flatten() {
        let request = announced(ANNOUNCED).request();
        assert_eq!(session.request(), if session.is_unsealed() { unnamed(request) } else { request });
        assert!(session.with_certificate(&credentials(), None).is_ok());
    }
    assert_eq!(sealed.len() + unsealed.len(), 6);
}

#[test]
fn a_signed_session_takes_no_answer() {
    let begun = begun("{}");
    let raw = raw_signature(&begun.request().unwrap().data);
    assert!(!begun.is_signed());
    assert_eq!(code(begun.finished()), "ERR_SESSION_NOT_SIGNED");
    let expected = begun.complete_with_signature(&raw).unwrap();
    let unsealed =
        |session: &Session, by: Option<&Resumption>| Session::parse_unsealed(&session.serialize_unsealed().unwrap(), by).unwrap();
    for session in [
        signed(),
        Session::unseal(&signed().serialize(KEY).unwrap(), KEY).unwrap(),
        unsealed(&signed(), None),
        unsealed(&signed(), Some(&resumption("{}", None))),
    ] {
        assert!(session.is_signed() && session.request().is_none());
        assert_eq!(code(session.complete_with_signature(&raw)), "ERR_SESSION_SIGNED");
        assert_eq!(code(session.complete(&raw)), "ERR_SESSION_SIGNED");
        assert_eq!(session.finished().unwrap(), vec![expected.clone()]);
        assert_eq!(resumed(&session, &document()), "opened");
    }
}

/// The updates of a signed session are its own, whoever made the check sum; and of an unsealed one the signature must be good.
#[test]
fn the_updates_of_a_signed_session_belong_to_it() {
    let (honest, begun) = (whole(&signed()), begun("{}"));
    let update = &honest.data.signed[0].0;
    let placeholder = honest.data.before.len()..update.len() - honest.data.after.len();
    let container = |update: &[u8]| {
        let digits = std::str::from_utf8(&update[placeholder.start + 1..placeholder.end - 1]).ok()?;
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect::<Option<Vec<u8>>>()
    };
    let (mut refused, mut accepted) = (0, 0);
    // Each container is verified, so within it every eighth byte is enough.
    for at in (0..update.len()).filter(|at| !placeholder.contains(at) || at % 8 == 1) {
        let mut forged = honest.clone();
        forged.data.signed[0].0[at] ^= 1;
        let changed = forged.data.signed[0].0.clone();
        let saved = unsealed(SESSION, &encode(&Unsealed { data: forged.data.clone(), attributes: None }));
        let opened = code(Session::parse_unsealed(&saved, None));
        if !(placeholder.start + 1..placeholder.end - 1).contains(&at) {
            assert_eq!((opened, live(&forged).err()), ("ERR_SESSION_DAMAGED", Some("ERR_SESSION_FORMAT")), "byte {at}");
            refused += 1;
            continue;
        }
        // Within the container a signature covers all but the certificates of others: as of one that a service gives.
        let answered = container(&changed).is_some_and(|container| begun.complete(&container).is_ok());
        assert_eq!(opened == "opened", answered, "byte {at}: {opened}");
        *if answered { &mut accepted } else { &mut refused } += 1;
    }
    println!("changed updates of a signed session: {refused} refused, {accepted} with another issuer in the container");
    assert!(refused > 1000, "{refused}");
}

/// Those who sign in turn sign what those before them left, which the document does not have yet.
#[test]
fn the_updates_of_earlier_signers_come_first() {
    let first = begun("{}");
    let first = first.complete_with_signature(&raw_signature(&first.request().unwrap().data)).unwrap();
    let once = first.appended_to(&document());
    let second = prepared(&once, options(r#"{"containerSize": 4096}"#)).unwrap();
    let mut second = whole(&second);
    second.data.appended = first.update.clone();
    let second = live(&second).unwrap();
    assert_eq!(second.document_length(), document().len() as u64);
    for session in [
        second.clone(),
        Session::unseal(&second.serialize(KEY).unwrap(), KEY).unwrap(),
        Session::parse_unsealed(&second.serialize_unsealed().unwrap(), None).unwrap(),
    ] {
        assert_eq!(resumed(&session, &document()), "opened");
        assert_eq!(resumed(&session, &once), "ERR_SESSION_DOCUMENT");
    }
    let mut changed = whole(&second);
    changed.data.appended[100] ^= 1;
    assert_eq!(resumed(&live(&changed).unwrap(), &document()), "ERR_SESSION_DOCUMENT");
    changed.data.appended = vec![0; 1 << 20];
    assert!(live(&changed).is_err(), "longer than the document that they are a part of");
    // The answer to a session with earlier updates gives all that belongs after the document.
    let third = Machine::prepare(memory(&once), moment(), Some(credentials()), options("{}"));
    let third = run(third, &once, |_| vec![]).unwrap();
    let raw = raw_signature(&third.request().unwrap().data);
    let alone = third.complete_with_signature(&raw).unwrap();
    let mut third = whole(&third);
    third.data.appended = first.update.clone();
    let together = live(&third).unwrap().complete_with_signature(&raw).unwrap();
    assert_eq!(together.appended_to(&document()), alone.appended_to(&once));
    assert_eq!(together.report, alone.report);
    // And signed, all of them are there, together or apart.
    let report = |report: &Report| serde_json::to_vec(report).unwrap();
    let (first_report, report) = (report(&first.report), report(&alone.report));
    for signed in [vec![(together.update, report.clone())], vec![(first.update, first_report), (alone.update, report)]] {
        third.data.signed = signed;
        let session = live(&third).unwrap();
        let unsealed = Session::parse_unsealed(&session.serialize_unsealed().unwrap(), Some(&resumption("{}", None))).unwrap();
        assert_eq!(unsealed.finished().unwrap(), session.finished().unwrap());
        assert_eq!(resumed(&unsealed, &document()), "opened");
    }
}

/// What is readable in a saved session is not what the encryption of the document hides.
#[test]
fn a_saved_session_of_an_encrypted_document_tells_nothing_of_it() {
    let document =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/documents/encrypted/aes-256.pdf")).unwrap();
    let texts = [
        ("fieldName", "Dismissal"),
        ("name", "Rosa Luxemburg"),
        ("reason", "Termination without notice"),
        ("location", "Zwickau"),
        ("contactInfo", "rosa@example.org"),
    ];
    let mut json: serde_json::Map<_, _> = texts.iter().map(|(key, text)| (String::from(*key), (*text).into())).collect();
    json.insert("password".into(), "user".into());
    let options = SigningOptions::from_json(&serde_json::Value::Object(json).to_string()).unwrap();
    let begin = |document: &[u8]| {
        let machine = Machine::prepare(memory(document), moment(), Some(credentials()), options.clone());
        run(machine, document, |_| vec![]).unwrap()
    };
    let session = begin(&document);
    assert_eq!(session.report().field, "Dismissal");
    let saved = |session: &Session| {
        let batch = |key| serialize_batch(&[Some(session.clone())], key).unwrap();
        [session.serialize(KEY).unwrap(), session.serialize_unsealed().unwrap(), batch(Some(KEY)), batch(None)]
    };
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    for saved in saved(&session) {
        for (key, text) in texts {
            assert!(!contains(&saved, text.as_bytes()) && !contains(&saved, &utf16(text)), "{key} is readable");
        }
        assert!(!contains(&saved, b"user"));
    }
    // So they are readable where nothing hides them.
    assert!(saved(&begin(&self::document())).iter().all(|saved| contains(saved, b"Rosa") && contains(saved, b"Dismissal")));
    let unsealed = Session::parse_unsealed(&session.serialize_unsealed().unwrap(), None).unwrap();
    for session in [Session::unseal(&session.serialize(KEY).unwrap(), KEY).unwrap(), unsealed] {
        assert_eq!(session.report().field, "");
        assert_eq!(resumed(&session, &document), "opened");
    }
    assert_eq!(Session::from_live(&session.to_live().unwrap()).unwrap().report().field, "Dismissal");
    let raw = raw_signature(&session.request().unwrap().data);
    let sealed = Session::unseal(&session.serialize(KEY).unwrap(), KEY).unwrap();
    assert_eq!(sealed.complete_with_signature(&raw).unwrap().update, session.complete_with_signature(&raw).unwrap().update);
}

/// `count` as postcard writes it.
fn varint(count: usize) -> Vec<u8> {
    encode(&(count as u64))
}

/// The list `signed` of a session, whose bytes are `inside`, with other bytes in its place.
fn with_signed(inside: &[u8], list: &[u8]) -> Vec<u8> {
    let Unsealed { data, .. } = decode(inside);
    let head = encode(&(data.before, data.after, data.pades, data.digest_algorithm, data.hash, data.encrypted, data.appended));
    assert_eq!(inside[head.len()], 0, "none is signed");
    [&head, list, &inside[head.len() + 1..]].concat()
}

/// Millions of empty elements take a byte or two each in a file, and would take gigabytes in memory.
#[test]
fn every_list_is_bounded() {
    let empty = |count: usize, bytes: usize| [varint(count), vec![0; count * bytes]].concat();
    let saved = begun("{}").serialize_unsealed().unwrap();
    let inside = data(&saved, SESSION);
    for count in [257, 30_000_000] {
        let forged = unsealed(SESSION, &with_signed(inside, &empty(count, 2)));
        assert_eq!(code(Session::parse_unsealed(&forged, None)), "ERR_SESSION_DAMAGED", "{count} updates");
    }
    // More are announced than there are.
    for count in [1 << 32, usize::MAX / 64] {
        let forged = unsealed(SESSION, &with_signed(inside, &varint(count)));
        assert_eq!(code(Session::parse_unsealed(&forged, None)), "ERR_SESSION_DAMAGED", "{count} updates");
        assert_eq!(code(open_batch(&unsealed(BATCH, &varint(count)), None, None)), "ERR_SESSION_DAMAGED", "{count} sessions");
    }
    let whole = whole(&begun("{}"));
    let head = encode(&whole.data);
    for count in [34, 60_000_000] {
        let forged = [LIVE, &head, &[1], &empty(count, 1)].concat();
        assert_eq!(code(Session::from_live(&forged)), "ERR_SESSION_FORMAT", "{count} certificates");
    }
    assert_eq!(open_batch(&unsealed(BATCH, &empty(100_000, 1)), None, None).unwrap().len(), 100_000);
    for count in [100_001, 100_000_000] {
        assert_eq!(code(open_batch(&unsealed(BATCH, &empty(count, 1)), None, None)), "ERR_SESSION_DAMAGED", "{count} sessions");
    }
    assert_eq!(code(serialize_batch(&vec![None; 100_001], None)), "ERR_LIMIT");
    let large = unsealed(SESSION, &vec![0; 64 << 20]);
    assert_eq!(code(Session::parse_unsealed(&large, None)), "ERR_SESSION_DAMAGED");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.is_none_or(|kib| kib < 800 << 10), "{peak:?} KiB: a list was read whole");
}
