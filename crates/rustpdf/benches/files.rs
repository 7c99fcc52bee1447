//! What signing a file costs without the key: `cargo bench -p rustpdf --bench files -- MODE INPUT OUTPUT PKI RUNS`.
//!
//! MODE is `in-place`, `new-file` or `update`; the paths are absolute, PKI is a folder of tests/pki, and OUTPUT is written by `new-file`
//! only. The time and the entropy are fixed, so the signature is made once, by openssl, and handed back. Each run is timed from
//! the path to the finished output, on the disk. What a run wrote is taken back outside the clock.
//! Prints JSON: the milliseconds of each run, the largest resident set in MB, and what it was before anything was done.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rustpdf::{Ambient, Control, Output, Signer, SigningOptions, SigningRequest, begin_signing_file, sign_file};

fn main() {
    let bare = peak_mb();
    // `cargo bench` hands its own flags over as well; without words (`cargo test --benches`) nothing is measured.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let [mode, input, output, pki, runs] = &words[..] else {
        println!("usage: cargo bench -p rustpdf --bench files -- MODE INPUT OUTPUT PKI RUNS");
        return;
    };
    let (input, output, pki) = (Path::new(input), PathBuf::from(output), Path::new(pki));
    let runs: usize = runs.parse().expect("a number of runs");
    let made = output.clone();
    let output = match mode.as_str() {
        "in-place" => Output::InPlace,
        "new-file" => Output::NewFile { path: output, replace: false },
        "update" => Output::Update,
        _ => panic!("there is no mode {mode}"),
    };
    let [certificate, issuing, root] = ["rsa.der", "issuing.der", "root.der"].map(|name| read(&pki.join(name)));
    let length = fs::metadata(input).expect("the input").len();
    let key = pki.join("rsa.key");
    // The signature that every run asks for.
    let signature = OnceCell::new();
    let sign = |request: &SigningRequest| Ok::<_, Infallible>(signature.get_or_init(|| openssl(&request.data, &key)).clone());
    let signer = Signer::new(certificate, sign).chain([issuing, root]);
    let session = begin_signing_file(input, Some(signer.credentials()), &SigningOptions::new(), &mut control()).expect("a session");
    let Ok(_) = (signer.sign)(&session.request().expect("a request"));
    let ms = (0..runs).map(|_| {
        let start = Instant::now();
        sign_file(input, &output, &signer, &SigningOptions::new(), &mut control()).expect("a signature");
        let elapsed = start.elapsed();
        match mode.as_str() {
            "in-place" => cut(input, length),
            "new-file" => fs::remove_file(&made).expect("the output"),
            _ => {}
        }
        format!("{:.1}", elapsed.as_secs_f64() * 1e3)
    });
    let ms: Vec<String> = ms.collect();
    println!(r#"{{"ms":[{}],"peakMb":{:.1},"bareMb":{bare:.1}}}"#, ms.join(","), peak_mb());
}

fn control() -> Control<'static> {
    Control::new().ambient(Ambient { now: 1_767_225_600, entropy: [7; 32] })
}

/// A signature over the message by the key in a file.
fn openssl(message: &[u8], key: &Path) -> Vec<u8> {
    let data = std::env::temp_dir().join(format!("rustpdf-bench-{}", std::process::id()));
    fs::write(&data, message).expect("a temporary file");
    let output = Command::new("openssl").args(["dgst", "-sha256", "-sign"]).arg(key).arg(&data).output().expect("openssl");
    let _ = fs::remove_file(data);
    assert!(output.status.success(), "openssl failed");
    output.stdout
}

fn cut(path: &Path, length: u64) {
    let file = OpenOptions::new().write(true).open(path).expect("the input");
    file.set_len(length).and_then(|()| file.sync_all()).expect("the input as it was");
}

/// The largest resident set so far. 0 where the system does not tell it.
fn peak_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    peak.unwrap_or(0.0) / 1024.0
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
