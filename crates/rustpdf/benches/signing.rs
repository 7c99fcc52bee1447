//! What a small signature costs without the key: `cargo bench -p rustpdf --bench signing -- PKI FOLDER`.
//!
//! PKI is a folder of tests/pki, FOLDER one of tests/documents, both absolute. Time and entropy are fixed, so the bytes to sign are
//! the same each time, and the signature that was made once is handed back: what is measured is all but the key operation.
//! Prints JSON: for each key the microseconds of a signature, with the check of the answer and without.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustpdf::{Ambient, Credentials, SigningOptions, SigningRequest, credentials, sign_with_at};

fn main() {
    // `cargo bench` hands its own flags over as well; without folders (`cargo test --benches`) nothing is measured.
    let folders: Vec<PathBuf> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).map(PathBuf::from).collect();
    let [pki, documents] = &folders[..] else {
        println!("usage: cargo bench -p rustpdf --bench signing -- PKI FOLDER");
        return;
    };
    let document = read(&documents.join("pages.pdf"));
    let chain = [read(&pki.join("issuing.der")), read(&pki.join("root.der"))];
    let rows = ["rsa", "p256", "ed25519"].map(|key| {
        let credentials = credentials(&read(&pki.join(format!("{key}.der"))), &[&chain[0], &chain[1]]);
        let mut signature = Vec::new();
        sign(&document, &credentials, true, |request| {
            signature = openssl(&pki.join(format!("{key}.key")), &request.data);
            signature.clone()
        });
        let [unchecked, checked] = microseconds(|check| sign(&document, &credentials, check, |_| signature.clone()));
        format!(r#""{key}":{{"unchecked":{unchecked:.1},"checked":{checked:.1}}}"#)
    });
    println!("{{{}}}", rows.join(","));
}

fn sign(document: &[u8], credentials: &Credentials, check: bool, mut signer: impl FnMut(&SigningRequest) -> Vec<u8>) {
    let moment = Ambient { now: 1_767_225_600, entropy: [7; 32] };
    let mut options = SigningOptions::default();
    options.check_signature = check;
    let signed = sign_with_at(document, moment, credentials.clone(), |request| Ok::<_, Infallible>(signer(request)), &options);
    std::hint::black_box(signed.expect("a signature"));
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
