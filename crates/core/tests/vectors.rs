//! The documents of `tests/vectors`, read in blocks of several sizes: the session or the error is the same. `tests/conformance` compares
//! it with what is expected.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{memory, moment, right_answer};
use rustpdf_core::{Ambient, Answer, Credentials, Machine, Result, Session, SigningOptions, Step, wire};
use serde_json::{Map, Value};

/// Sizes of the blocks, in bytes. The last contains each of the documents whole.
const BLOCKS: [u64; 3] = [1, 4 << 10, 256 << 10];

#[test]
fn a_session_is_the_same_with_blocks_of_every_size() {
    let (mut sessions, mut errors) = (0, 0);
    for case in fs::read_dir(folder().join("cases")).unwrap() {
        let path = case.unwrap().path();
        let vector = Vector(serde_json::from_slice(&fs::read(&path).unwrap()).unwrap());
        let [byte, kilobytes, whole] = BLOCKS.map(|block| {
            let session = vector.session(block);
            let signed =
                session.map(|session| (session.hash().to_vec(), session.request().map(|request| request.data), session.covered_update()));
            signed.map_err(|error| (error.code().as_str(), error.offset(), error.object()))
        });
        assert!(byte == whole && kilobytes == whole, "{} differs", path.display());
        match whole {
            Ok(_) => sessions += 1,
            Err(_) => errors += 1,
        }
    }
    assert!(sessions > 50 && errors > 30, "{sessions} sessions and {errors} errors");
}

/// One scenario. README.md of the vectors explains the keys.
struct Vector(Map<String, Value>);

impl Vector {
    /// Begins the session, or resumes the saved one of the vector.
    fn session(&self, block: u64) -> Result<Session> {
        let document = file("documents", &self.0["document"]);
        let machine = match self.0.get("session") {
            Some(saved) => {
                Machine::resume(memory(&document), moment(), Session::unseal(&unhex(saved), &unhex(&self.0["sessionKey"]))?, false)
            }
            None => {
                let ambient = Ambient { now: self.0["now"].as_i64().unwrap(), entropy: unhex(&self.0["entropy"]).try_into().unwrap() };
                let options = SigningOptions::from_json(&with_files(&self.0["options"]).to_string())?;
                Machine::prepare(memory(&document), ambient, self.credentials(), options)
            }
        };
        prepared(machine.with_block(block), &document)
    }

    fn credentials(&self) -> Option<Credentials> {
        let chain = |names: &Value| names.as_array().unwrap().iter().map(|name| file("certificates", name)).collect();
        Some(Credentials { certificate: file("certificates", self.0.get("certificate")?), chain: chain(&self.0["chain"]) })
    }
}

/// Runs a machine that prepares a session. The module that draws answers the question for a drawing.
fn prepared(mut machine: Machine<Session>, document: &[u8]) -> Result<Session> {
    let mut answer = Answer::Start;
    loop {
        let step = machine.next(answer)?;
        answer = match right_answer(&step, document, &|_: &[u8]| unreachable!("a session asks for no signature")) {
            Some(answer) => answer,
            None => match step {
                Step::Draw(request) => wire::drawn(*request, rustpdf_appearance::answer)?,
                Step::Done(session) => return Ok(session),
                step => unreachable!("{step:?}"),
            },
        };
    }
}

/// Options with the bytes of files, in hexadecimal, in place of `{"file": NAME}`.
fn with_files(options: &Value) -> Value {
    match options {
        Value::Array(items) => items.iter().map(with_files).collect(),
        Value::Object(entries) => match entries.get("file") {
            Some(name) => file("files", name).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
            None => Value::Object(entries.iter().map(|(key, value)| (key.clone(), with_files(value))).collect()),
        },
        other => other.clone(),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

fn file(kind: &str, name: &Value) -> Vec<u8> {
    fs::read(folder().join(kind).join(name.as_str().unwrap())).unwrap()
}

fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
