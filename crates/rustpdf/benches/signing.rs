//! What a small signature costs without the key: `cargo bench -p rustpdf --bench signing -- PKI FOLDER`.
//!
//! PKI is a folder of tests/pki, FOLDER one of tests/documents. Time and entropy are fixed, so the bytes to sign are the same each
//! time, and the signature that was made once is handed back: what is measured is all but the key operation. Prints JSON.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustpdf::{Moment, SigningOptions, credentials, sign_with_at};

fn main() {
    // `cargo bench` hands its own flags over as well.
    let folders: Vec<PathBuf> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).map(PathBuf::from).collect();
    let [pki, documents] = &folders[..] else {
        println!("usage: cargo bench -p rustpdf --bench signing -- PKI FOLDER");
        return;
    };
    let document = std::fs::read(documents.join("pages.pdf")).expect("the document");
    let chain = std::fs::read(pki.join("chain.pem")).expect("the chain");
    let moment = Moment { now: 1_767_225_600, entropy: [7; 32] };
    let mut rows = Vec::new();
    for (name, key) in [("rsa-2048", "rsa"), ("p256", "p256"), ("ed25519", "ed25519")] {
        let certificate = std::fs::read(pki.join(format!("{key}.pem"))).expect("the certificate");
        let credentials = credentials(&certificate, &[&chain]);
        let mut signature = Vec::new();
        let mut checked = SigningOptions::default();
        sign_with_at(
            &document[..],
            moment.clone(),
            credentials.clone(),
            |request| {
                signature = openssl(&pki.join(format!("{key}.key")), &request.data);
                Ok::<_, std::convert::Infallible>(signature.clone())
            },
            &checked,
        )
        .expect("a signature");
        for check in [false, true] {
            checked.check_signature = check;
            let microseconds = measure(|| {
                sign_with_at(
                    &document[..],
                    moment.clone(),
                    credentials.clone(),
                    |_| Ok::<_, std::convert::Infallible>(signature.clone()),
                    &checked,
                )
                .expect("a signature");
            });
            rows.push(format!(r#"{{"key":"{name}","checked":{check},"microseconds":{microseconds:.1}}}"#));
        }
    }
    println!("[{}]", rows.join(","));
}

/// The median of batches of calls over two seconds, in microseconds a call.
fn measure(mut call: impl FnMut()) -> f64 {
    const BATCH: u32 = 50;
    let mut times = Vec::new();
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        let start = Instant::now();
        (0..BATCH).for_each(|_| call());
        times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH));
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A signature by the key in a file, over the message.
fn openssl(key: &std::path::Path, message: &[u8]) -> Vec<u8> {
    let input = std::env::temp_dir().join(format!("rustpdf-bench-{}", std::process::id()));
    std::fs::write(&input, message).expect("a temporary file");
    let mut arguments = vec!["pkeyutl", "-sign", "-rawin", "-in", input.to_str().expect("a path"), "-inkey", key.to_str().expect("a path")];
    if !key.ends_with("ed25519.key") {
        arguments.extend(["-digest", "sha256"]);
    }
    let output = Command::new("openssl").args(arguments).stderr(Stdio::inherit()).output().expect("openssl");
    let _ = std::fs::remove_file(input);
    assert!(output.status.success(), "openssl failed");
    output.stdout
}
