//! What a small signature costs without the key: `cargo bench -p rustpdf --bench signing -- PKI FOLDER [KEY HOST CHECK COUNT]`.
//!
//! PKI is a folder of tests/pki, FOLDER one of tests/documents, both absolute. Time and entropy are fixed, so the bytes to sign are
//! the same each time, and the signature that was made once is handed back: what is measured is all but the key operation.
//! Prints JSON: for each key the microseconds of a signature, with the check of the answer and without.
//!
//! With KEY, HOST, CHECK and COUNT it makes so many signatures and prints nothing, for a program that counts instructions. HOST is
//! `rust`, or `frames` for the core as other languages call it, without their part. CHECK is `true` or `false`.

use std::cell::RefCell;
use std::convert::Infallible;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustpdf::{
    Ambient, Control, Credentials, DigestAlgorithm, Hasher, Signatory, Signer, SigningOptions, SigningRequest, credentials,
    sign_in_turn_controlled, wire,
};
use serde_json::{Value, json};

fn main() {
    // `cargo bench` hands its own flags over as well; without folders (`cargo test --benches`) nothing is measured.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [pki, documents] => {
            let rows = ["rsa", "p256", "ed25519"].map(|key| {
                let material = Material::read(Path::new(pki), Path::new(documents), key);
                let [unchecked, checked] = microseconds(|check| material.sign(check));
                format!(r#""{key}":{{"unchecked":{unchecked:.1},"checked":{checked:.1}}}"#)
            });
            println!("{{{}}}", rows.join(","));
        }
        [pki, documents, key, host, check, count] => {
            let material = Material::read(Path::new(pki), Path::new(documents), key);
            let (check, count) = (*check == "true", count.parse().expect("a number"));
            match *host {
                "rust" => (0..count).for_each(|_| material.sign(check)),
                "frames" => {
                    let frames = material.frames(check);
                    (0..count).for_each(|_| replay(&frames));
                }
                _ => panic!("HOST is rust or frames"),
            }
        }
        _ => println!("usage: cargo bench -p rustpdf --bench signing -- PKI FOLDER [KEY HOST CHECK COUNT]"),
    }
}

/// What is signed and by what.
struct Material {
    document: Vec<u8>,
    credentials: Credentials,
    /// The raw signature, which is the same each time.
    signature: Vec<u8>,
}

const NOW: i64 = 1_767_225_600;
const ENTROPY: [u8; 32] = [7; 32];

impl Material {
    fn read(pki: &Path, documents: &Path, key: &str) -> Material {
        let chain = [read(&pki.join("issuing.der")), read(&pki.join("root.der"))];
        let credentials = credentials(&read(&pki.join(format!("{key}.der"))), &[&chain[0], &chain[1]]);
        let mut material = Material { document: read(&documents.join("pages.pdf")), credentials, signature: Vec::new() };
        let signature = RefCell::new(Vec::new());
        material.sign_by(true, |request| {
            *signature.borrow_mut() = openssl(&pki.join(format!("{key}.key")), &request.data);
            signature.borrow().clone()
        });
        material.signature = signature.into_inner();
        material
    }

    fn sign(&self, check: bool) {
        self.sign_by(check, |_| self.signature.clone());
    }

    fn sign_by(&self, check: bool, sign: impl Fn(&SigningRequest) -> Vec<u8>) {
        let Credentials { certificate, chain } = self.credentials.clone();
        let signer = Signer { certificate, chain, sign: |request: &SigningRequest| Ok::<_, Infallible>(sign(request)) };
        let signatories = vec![Signatory::new(&signer, SigningOptions::new().check_signature(check))];
        let mut control = Control::new().ambient(Ambient { now: NOW, entropy: ENTROPY });
        let signed = sign_in_turn_controlled(&self.document[..], signatories, &mut control);
        std::hint::black_box(signed.expect("a signature"));
    }

    /// The frames of a host: the start frame and the answers, which are the same each time.
    fn frames(&self, check: bool) -> Vec<Vec<u8>> {
        let Credentials { certificate, chain } = &self.credentials;
        let parts: Vec<_> = std::iter::once(certificate).chain(chain).map(Vec::as_slice).collect();
        let start = json!({
            "operation": "sign", "length": self.document.len(), "now": NOW, "entropy": "07".repeat(ENTROPY.len()),
            "parts": parts.iter().enumerate().map(|(name, part)| json!({ "name": name.to_string(), "length": part.len() })).collect::<Value>(),
            "signatories": [{
                "certificate": "0", "chain": (1..parts.len()).map(|name| name.to_string()).collect::<Value>(),
                "options": { "checkSignature": check },
            }],
        });
        let mut frames = vec![frame(&start, &parts.concat())];
        let mut machine = wire::Machine::start(&frames[0]);
        let mut answer = frame(&json!({}), &[]);
        loop {
            let step = machine.next(&answer);
            frames.push(answer);
            answer = match self.answer(&step) {
                Some(next) => next,
                None => return frames,
            };
        }
    }

    /// The answer to a step; nothing to the last one.
    fn answer(&self, step: &[u8]) -> Option<Vec<u8>> {
        let (length, rest) = step.split_first_chunk().expect("a frame");
        let (header, payload) = rest.split_at(u32::from_be_bytes(*length) as usize);
        let header: Value = serde_json::from_slice(header).expect("JSON");
        match header["step"].as_str() {
            Some("read") => {
                let range = |range: &Value| range[0].as_u64().zip(range[1].as_u64()).expect("a range");
                let ranges = header["ranges"].as_array().expect("ranges").iter().map(range);
                let bytes: Vec<_> = ranges.map(|(offset, length)| &self.document[offset as usize..(offset + length) as usize]).collect();
                Some(frame(&json!({ "answer": "read", "ranges": header["ranges"] }), &bytes.concat()))
            }
            Some("digest") => {
                let algorithm = header["parts"][0]["algorithm"].as_str().expect("an algorithm");
                let mut hasher = Hasher::new(DigestAlgorithm::parse(algorithm).expect("an algorithm"));
                hasher.update(&self.document);
                hasher.update(payload);
                let digest = hasher.digest();
                Some(frame(&json!({ "answer": "digest", "digests": [digest.len()], "found": [], "copied": "none" }), &digest))
            }
            Some("sign") => Some(frame(&json!({ "answer": "sign" }), &self.signature)),
            Some("done") => None,
            _ => panic!("a step without an answer: {header}"),
        }
    }
}

/// Has the core make a signature from a start frame and answers.
fn replay(frames: &[Vec<u8>]) {
    let mut machine = wire::Machine::start(&frames[0]);
    for answer in &frames[1..] {
        std::hint::black_box(machine.next(answer));
    }
}

fn frame(header: &Value, payload: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    [&(header.len() as u32).to_be_bytes(), header.as_bytes(), payload].concat()
}

/// What a call takes without and with the check: the median of batches, which take turns so that both see the same machine.
fn microseconds(call: impl Fn(bool)) -> [f64; 2] {
    const BATCH: u32 = 50;
    let mut times = [Vec::new(), Vec::new()];
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        for (check, times) in [false, true].into_iter().zip(&mut times) {
            let start = Instant::now();
            (0..BATCH).for_each(|_| call(check));
            times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH));
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

/// A signature over the message by the key in a file.
fn openssl(key: &Path, message: &[u8]) -> Vec<u8> {
    let input = std::env::temp_dir().join(format!("rustpdf-bench-{}", std::process::id()));
    std::fs::write(&input, message).expect("a temporary file"); // Ed25519 is not taken from standard input
    let mut command = Command::new("openssl");
    command.args(["pkeyutl", "-sign", "-rawin", "-in"]).arg(&input).arg("-inkey").arg(key).stderr(Stdio::inherit());
    if !key.ends_with("ed25519.key") {
        command.args(["-digest", "sha256"]);
    }
    let output = command.output().expect("openssl");
    let _ = std::fs::remove_file(input);
    assert!(output.status.success(), "openssl failed");
    output.stdout
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
