//! The whole of `cms`, judged by OpenSSL, which must be installed, and by the crates `cms` and `x509-cert`.

mod certificates;
mod containers;
mod made;
mod signatures;
mod timestamps;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base16ct::lower::encode_string as hex;
use der::{Any, Decode, Encode, SliceReader, Tag};

use super::*;
use crate::crypto::{Scheme, SignatureAlgorithm, SigningRequest, verify};
use crate::digest::DigestAlgorithm;
use crate::error::Code;
use crate::x509::{Certificate, Chain, Curve};

/// Within the validity of all certificates but `expired` and `future`.
const NOW: i64 = 1_800_000_000;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cms").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::parse(&read(&format!("{name}.pem"))).unwrap().0
}

fn chain(leaf: &Certificate) -> Chain {
    Chain::parse(leaf, Vec::new(), &[&read("root.pem"), &read("issuing.pem")]).unwrap().0
}

fn code<T>(result: crate::error::Result<T>) -> Code {
    result.map(|_| ()).unwrap_err().code()
}

/// The element with this identifier octet, made of `parts`.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    Any::new(Tag::from_der(&[tag]).unwrap(), parts.concat()).unwrap().to_der().unwrap()
}

/// The elements that stand one after the other in `bytes`.
fn elements(bytes: &[u8]) -> Vec<Any> {
    let mut reader = SliceReader::new(bytes).unwrap();
    std::iter::from_fn(|| (!der::Reader::is_finished(&reader)).then(|| Any::decode(&mut reader).unwrap())).collect()
}

/// The numbers r and s of a signature in DER, one after the other, each of `field` bytes.
fn r_and_s(raw: &[u8], field: usize) -> Vec<u8> {
    let numbers = elements(elements(raw)[0].value());
    let padded = |number: &Any| {
        let magnitude = number.value().strip_prefix(&[0]).unwrap_or(number.value());
        [vec![0; field - magnitude.len()], magnitude.to_vec()].concat()
    };
    numbers.iter().flat_map(padded).collect()
}

/// Runs `openssl` with `input` on its standard input; its output, or what it complained of.
fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .current_dir(path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("these tests need the openssl command");
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A file with these bytes, for tools that take no standard input.
struct Scratch(PathBuf);

impl Scratch {
    fn new(bytes: &[u8]) -> Scratch {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("rustpdf-cms-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Scratch(path)
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// `data` digested and signed.
fn sign(key: &str, digest: DigestAlgorithm, options: &[&str], data: &[u8]) -> Vec<u8> {
    let file = format!("{key}.key");
    if key == "ed25519" {
        let input = Scratch::new(data);
        return openssl(&["pkeyutl", "-sign", "-rawin", "-inkey", &file, "-in", input.as_str()], &[]).unwrap();
    }
    let mut arguments = vec!["dgst", "-binary", "-sign", &file];
    let name = format!("-{}", digest.as_str());
    arguments.push(&name);
    options.iter().for_each(|option| arguments.extend(["-sigopt", option]));
    openssl(&arguments, data).unwrap()
}

/// `input` signed as it is, where the key store believes it to be a digest.
fn sign_raw(key: &str, options: &[&str], input: &[u8]) -> Vec<u8> {
    let (file, input) = (format!("{key}.key"), Scratch::new(input));
    let mut arguments = vec!["pkeyutl", "-sign", "-inkey", &file, "-in", input.as_str()];
    options.iter().for_each(|option| arguments.extend(["-pkeyopt", option]));
    openssl(&arguments, &[]).unwrap()
}

/// Signs with the scheme, as a right key store does.
fn sign_by(scheme: &Scheme, key: &str, data: &[u8]) -> Vec<u8> {
    match scheme.salt_length {
        Some(salt) => sign(key, scheme.digest, &["rsa_padding_mode:pss", &format!("rsa_pss_saltlen:{salt}")], data),
        None => sign(key, scheme.digest, &[], data),
    }
}
