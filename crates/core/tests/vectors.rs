//! The conformance vectors of `tests/vectors`, in every way that they can be signed and with blocks of several sizes.

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use common::{memory, moment, right_answer};
use rustpdf_core::{
    Ambient, Answer, Credentials, DigestAlgorithm, Machine, OutputLocation, Result, Resumption, Session, Signatory, SigningOptions,
    SigningRequest, Step,
};
use serde_json::{Map, Value, json};

/// The size of the blocks in which the document is read, the last holding each of the documents whole.
const BLOCKS: [u64; 3] = [1, 4 << 10, 256 << 10];
/// What this runner knows of a vector. One with another key is skipped.
const KEYS: [&str; 14] = [
    "comment",
    "flags",
    "document",
    "certificate",
    "chain",
    "options",
    "now",
    "entropy",
    "session",
    "sessionKey",
    "request",
    "signature",
    "container",
    "expect",
];

/// Key of the sessions that one language saves and another resumes: 00 01 … 1f.
const KEY: &[u8; 32] =
    b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

#[test]
fn vectors() {
    let (mut passed, mut skipped, mut failed) = (0, 0, 0);
    let mut results = Map::new();
    for (name, vector) in all() {
        let result = if let Some(key) = vector.keys().find(|key| !KEYS.contains(key)) {
            say(&format!("{name}: skipped, for `{key}` is not known here"));
            skipped += 1;
            "skipped"
        } else {
            let wrong: Vec<String> = BLOCKS.into_iter().flat_map(|block| vector.failures(block)).collect();
            wrong.iter().for_each(|text| say(&format!("{name}: {text}")));
            match wrong.is_empty() {
                true => passed += 1,
                false => failed += 1,
            }
            if wrong.is_empty() { "passed" } else { "failed" }
        };
        results.insert(name, result.into());
    }
    say(&format!("vectors: {passed} passed, {skipped} skipped, {failed} failed"));
    if let Some(folder) = conformance("RUSTPDF_CONFORMANCE") {
        write(&folder.join("results/rust.json"), Value::Object(results).to_string().as_bytes());
        for (name, vector) in all().filter(|(_, vector)| vector.begins()) {
            write(&folder.join("sessions/rust").join(name), &vector.prepare(BLOCKS[1]).unwrap().seal(KEY).unwrap());
        }
    }
    assert!(failed == 0 && passed > 0);
}

/// Completes the sessions that were begun in other languages (`tests/conformance`).
#[test]
fn pairs() {
    let Some(folder) = conformance("RUSTPDF_PAIRS") else { return };
    let mut pairs = Map::new();
    for language in entries(&folder.join("sessions")) {
        let (mut passed, mut failed) = (0, 0);
        for (name, vector) in all().filter(|(_, vector)| vector.begins()) {
            let saved = fs::read(language.join(&name));
            let outcome = saved.map(|saved| vector.unsealed(&saved, KEY, BLOCKS[1]).and_then(|session| vector.complete(&session)));
            match outcome {
                Ok(Ok(found)) if found == vector.0["expect"] => passed += 1,
                _ => failed += 1,
            }
        }
        pairs.insert(language.file_name().unwrap().to_string_lossy().into(), json!({ "passed": passed, "failed": failed }));
    }
    write(&folder.join("pairs/rust.json"), Value::Object(pairs.clone()).to_string().as_bytes());
    assert!(!pairs.is_empty() && pairs.values().all(|pair| pair["failed"] == 0), "{pairs:?}");
}

/// All vectors, by their names.
fn all() -> impl Iterator<Item = (String, Vector)> {
    let named = |path: PathBuf| (path.file_stem().unwrap().to_string_lossy().into_owned(), Vector::read(&path));
    entries(&folder().join("cases")).into_iter().map(named)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The folder in which the languages put what they did, where a variable names one.
fn conformance(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// How a vector is signed, with blocks of a size.
type Way = fn(&Vector, u64) -> Result<Value>;

/// One scenario; README.md of the vectors tells what the keys mean.
struct Vector(Map<String, Value>);

impl Vector {
    fn read(path: &Path) -> Vector {
        Vector(serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Whether a session of it is begun, and ends well.
    fn begins(&self) -> bool {
        !self.has("session") && self.0["expect"].get("code").is_none()
    }

    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap()
    }

    fn bytes(&self, key: &str) -> Vec<u8> {
        unhex(self.text(key))
    }

    /// In which way something else comes out than is expected.
    fn failures(&self, block: u64) -> Vec<String> {
        let ways: &[(&str, Way)] = match () {
            () if self.has("session") => &[("resume", Vector::resume)],
            () if self.has("container") || !self.has("certificate") => {
                &[("begin", Vector::begin), ("save", Vector::save), ("save unsealed", Vector::save_unsealed)]
            }
            () => &[("sign", Vector::sign), ("begin", Vector::begin), ("save", Vector::save), ("save unsealed", Vector::save_unsealed)],
        };
        let differs = ways.iter().filter_map(|(name, way)| {
            let mut expected = self.0["expect"].clone();
            if *name == "sign"
                && let Some(expected) = expected.as_object_mut()
            {
                expected.remove("hash"); // it is a session's
            }
            let found = way(self, block).unwrap_or_else(|error| json!({ "code": error.code().as_str() }));
            (found != expected).then(|| format!("{name}, blocks of {block}: {found} came and not {expected}"))
        });
        differs.collect()
    }

    /// Signs in one go.
    fn sign(&self, block: u64) -> Result<Value> {
        let (document, credentials) = (self.document(), self.credentials().unwrap());
        let signatories = vec![Signatory { credentials, options: self.options()? }];
        let machine = Machine::sign(memory(&document), self.moment(), signatories, OutputLocation::Update, None).with_block(block);
        let signed = run(machine, &document, |request| {
            self.compare(Some(&request));
            self.signature()
        })?;
        Ok(success(&signed.signed[0].appended_to(&document)))
    }

    /// Signs in two halves.
    fn begin(&self, block: u64) -> Result<Value> {
        self.complete(&self.prepare(block)?)
    }

    /// Signs in two halves, with a session sealed between them.
    fn save(&self, block: u64) -> Result<Value> {
        let saved = self.prepare(block)?.seal(KEY)?;
        self.complete(&self.unsealed(&saved, KEY, block)?)
    }

    /// The same with an unsealed session, whose certificate and options are arguments again.
    fn save_unsealed(&self, block: u64) -> Result<Value> {
        let saved = self.prepare(block)?.serialize_unsealed()?;
        let by = match self.credentials() {
            Some(credentials) => Some(Resumption { credentials, options: self.options()?, now: Some(self.moment().now) }),
            None => None,
        };
        self.complete(&self.resumed(Session::parse_unsealed(&saved, by.as_ref())?, block)?)
    }

    /// Completes the saved session of the vector.
    fn resume(&self, block: u64) -> Result<Value> {
        self.complete(&self.unsealed(&self.bytes("session"), &self.bytes("sessionKey"), block)?)
    }

    fn prepare(&self, block: u64) -> Result<Session> {
        let document = self.document();
        let machine = Machine::prepare(memory(&document), self.moment(), self.credentials(), self.options()?).with_block(block);
        run(machine, &document, |_| unreachable!("a session asks for no signature"))
    }

    fn unsealed(&self, saved: &[u8], key: &[u8], block: u64) -> Result<Session> {
        self.resumed(Session::unseal(saved, key)?, block)
    }

    fn resumed(&self, session: Session, block: u64) -> Result<Session> {
        let document = self.document();
        let machine = Machine::resume(memory(&document), moment(), session, false).with_block(block);
        run(machine, &document, |_| unreachable!("a session asks for no signature"))
    }

    fn complete(&self, session: &Session) -> Result<Value> {
        self.compare(session.request().as_ref());
        let signed = match self.has("container") {
            true => session.complete(&self.bytes("container"))?,
            false => session.complete_with_signature(&self.signature())?,
        };
        let mut found = success(&signed.appended_to(&self.document()));
        found["hash"] = hex(session.hash()).into();
        Ok(found)
    }

    /// The request must be that of the vector.
    fn compare(&self, request: Option<&SigningRequest>) {
        assert_eq!(request.map(self::request).as_ref(), self.0.get("request"), "{}", self.text("comment"));
    }

    /// Where the vector has none, an error should have come before it was asked for.
    fn signature(&self) -> Vec<u8> {
        assert!(self.has("signature"), "a signature is asked for: {}", self.text("comment"));
        self.bytes("signature")
    }

    fn document(&self) -> Vec<u8> {
        fs::read(folder().join("documents").join(self.text("document"))).unwrap()
    }

    fn credentials(&self) -> Option<Credentials> {
        let file = |name: &Value| fs::read(folder().join("certificates").join(name.as_str().unwrap())).unwrap();
        let certificate = file(self.0.get("certificate")?);
        Some(Credentials { certificate, chain: self.0["chain"].as_array().unwrap().iter().map(file).collect() })
    }

    fn moment(&self) -> Ambient {
        Ambient { now: self.0["now"].as_i64().unwrap(), entropy: self.bytes("entropy").try_into().unwrap() }
    }

    fn options(&self) -> Result<SigningOptions> {
        SigningOptions::from_json(&self.0["options"].to_string())
    }
}

/// Answers every question with exactly what was asked for.
fn run<T>(mut machine: Machine<T>, document: &[u8], sign: impl Fn(SigningRequest) -> Vec<u8>) -> Result<T> {
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer)? {
            Step::Sign { request, .. } => Answer::Sign(sign(request)),
            Step::Done(outcome) => return Ok(outcome),
            step => right_answer(&step, document, &|_| unreachable!()).expect("a step of a document in memory"),
        }
    }
}

fn success(output: &[u8]) -> Value {
    json!({ "result": "success", "outputSha256": hex(&DigestAlgorithm::Sha256.digest(&[output])), "outputLength": output.len() })
}

fn request(request: &SigningRequest) -> Value {
    let mut value = json!({
        "data": hex(&request.data),
        "digest": hex(&request.digest),
        "digestAlgorithm": request.digest_algorithm.as_str(),
        "signatureAlgorithm": request.signature_algorithm.as_str(),
    });
    if let Some(digest_info) = &request.digest_info {
        value["digestInfo"] = hex(digest_info).into();
    }
    if let Some(salt_length) = request.salt_length {
        value["saltLength"] = salt_length.into();
    }
    if let Some(curve) = request.curve {
        value["curve"] = curve.as_str().into();
    }
    value
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// Prints past the capture of the test harness: what was skipped is to be seen.
fn say(text: &str) {
    io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
