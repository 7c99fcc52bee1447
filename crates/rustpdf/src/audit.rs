//! Records of each request to a key, in a folder of their own (docs/protocol.md, "Lines of an audit folder").

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rustpdf_core::{DigestAlgorithm, SigningRequest, rfc3339};
use serde_json::{Map, Value, json};

use crate::error::Cause;

/// A file of records. Each line has the digest of the line before it, so that none can be altered, left out or moved without a trace.
///
/// Open one in a process, and share it. `rustpdf audit` of the npm package checks the records.
///
/// ```no_run
/// use rustpdf::{Audit, Signer, SigningOptions, sign};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// let audit = Audit::open("/var/log/signing", Some("arn:aws:kms:eu-central-1:1:key/1"))?;
/// let signer = Signer::new(std::fs::read("leaf.pem")?, audit.of(|request| my_hsm(&request.data)));
/// let signed = sign(&std::fs::read("contract.pdf")?[..], &signer, &SigningOptions::new())?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
#[derive(Debug)]
pub struct Audit {
    key_id: Option<String>,
    chain: Mutex<Chain>,
}

#[derive(Debug)]
struct Chain {
    file: File,
    previous: String,
    sequence: u64,
}

impl Audit {
    /// Makes a new file in a folder, which is made with mode 0700 if it is missing. `key_id` names the key in the records.
    ///
    /// Errors: those of the system.
    pub fn open(directory: impl AsRef<Path>, key_id: Option<&str>) -> io::Result<Audit> {
        let directory = directory.as_ref();
        let mut folder = DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(directory)?;
        let mut random = [0; 4];
        getrandom::fill(&mut random)?;
        let start = now().split('.').next().unwrap_or_default().replace(['-', ':'], "");
        let name = format!("{start}Z-{}-{}.jsonl", std::process::id(), hex(&random));
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(directory.join(name))?;
        Ok(Audit { key_id: key_id.map(str::to_owned), chain: Mutex::new(Chain { file, previous: "0".repeat(64), sequence: 0 }) })
    }

    /// A signer's function that leaves records: `asked` is on the disk before the key is asked, `signed` or `failed` before the signature is released.
    ///
    /// If the record cannot be written, the key is not asked. The record of a failure has the code of the error, if it is one of this crate, and
    /// never its text.
    pub fn of<'a, F, E>(&'a self, sign: F) -> impl Fn(&SigningRequest) -> Result<Vec<u8>, Cause> + 'a
    where
        F: Fn(&SigningRequest) -> Result<Vec<u8>, E> + 'a,
        E: Into<Cause>,
    {
        move |request| {
            let asked = self.append(self.facts(request))?;
            let start = Instant::now();
            let signed = sign(request).map_err(Into::into);
            let mut result = match &signed {
                Ok(raw) => object(json!({ "event": "signed", "signatureDigest": hex(&DigestAlgorithm::Sha256.digest(&[raw])) })),
                Err(error) => object(json!({ "event": "failed", "error": kind(error) })),
            };
            result.insert("asked".into(), asked.into());
            result.insert("duration".into(), u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX).into());
            self.append(result)?;
            signed
        }
    }

    fn facts(&self, request: &SigningRequest) -> Map<String, Value> {
        let facts = json!({
            "event": "asked",
            "keyId": self.key_id,
            "documentName": request.document_name,
            "documentDigest": request.document_digest.as_deref().map(hex),
            "fieldName": request.field_name,
            "certificateDigest": request.certificate_digest.as_deref().map(hex),
            "signatureAlgorithm": request.signature_algorithm.as_str(),
            "digestAlgorithm": request.digest_algorithm.as_str(),
            "digest": hex(&request.digest),
        });
        object(facts).into_iter().filter(|(_, value)| !value.is_null()).collect()
    }

    /// Writes a line, and returns its number when the disk has it.
    fn append(&self, mut record: Map<String, Value>) -> io::Result<u64> {
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        record.insert("previous".into(), chain.previous.clone().into());
        record.insert("sequence".into(), chain.sequence.into());
        record.insert("time".into(), now().into());
        let line = format!("{}\n", Value::Object(record));
        chain.file.write_all(line.as_bytes())?;
        chain.file.sync_data()?;
        chain.previous = hex(&DigestAlgorithm::Sha256.digest(&[line.as_bytes()]));
        chain.sequence += 1;
        Ok(chain.sequence - 1)
    }
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

/// The code of an error of this crate; else what it is, without its text, which can contain anything.
fn kind(error: &Cause) -> &'static str {
    let code = error.downcast_ref::<crate::Error>().and_then(crate::Error::code);
    match code {
        Some(code) => code.as_str(),
        None if error.is::<io::Error>() => "io::Error",
        None => "Error",
    }
}

/// Current time in UTC, with milliseconds.
fn now() -> String {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = rfc3339(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX));
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), elapsed.subsec_millis())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
