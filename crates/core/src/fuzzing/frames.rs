//! Frames of other languages, and of any caller of the C ABI.

use serde_json::{Value, json};

use super::raw_signature;
use crate::wire;

/// How many answers are given: more than an ordinary signature takes.
const ANSWERS: usize = 64;

/// Frames one after the other, each with its length in three bytes, big-endian, before it: a start and answers. The first is also a call
/// without a machine. Whatever they are, what comes back is a step, and no bug.
pub fn frame(data: &[u8]) -> bool {
    let mut frames = Pieces(data);
    let Some(first) = frames.next() else { return false };
    let called = is_done(&wire::call(first));
    let mut machine = wire::Machine::start(first);
    let mut done = is_done(&machine.next(&[0, 0, 0, 2, b'{', b'}']));
    for answer in frames.take(ANSWERS) {
        done |= is_done(&machine.next(answer));
    }
    done || called
}

/// Steps that a machine may ask: more than any has.
const STEPS: usize = 4096;
/// Steps for bytes of the document: a scan of one that has none of its ends reads it all.
const READS: usize = 64;
/// Largest number of bytes that one step gets.
const READ: u64 = 8 << 20;
/// Hexadecimal ends of `.rustpdf` and `.lock`.
const BESIDE: [&str; 2] = ["2e72757374706466", "2e6c6f636b"];

/// The length of a header in two bytes, big-endian, the header of a start frame, and its payload. A host answers whatever is asked of it, files
/// included, and the machine ends.
pub fn start(data: &[u8]) -> bool {
    let Some((&[high, low], rest)) = data.split_first_chunk() else { return false };
    let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
    let start = [&(length as u32).to_be_bytes(), rest].concat();
    let mut machine = wire::Machine::start(&start);
    let (mut answer, mut reads, mut beside) = (framed(&json!({}), &[]), 0, false);
    for _ in 0..STEPS {
        let step = machine.next(&answer);
        let (header, payload) = parsed(&step);
        reads += usize::from(header["step"] == "read");
        answer = match header["step"].as_str() {
            Some("done") => return true,
            Some("error") => return false,
            Some("read") if reads <= READS => read(&header),
            Some("digest") => digest(&header),
            Some("sign") => framed(&json!({ "answer": "sign" }), &raw_signature(payload)),
            Some("store") => store(&header, &mut beside),
            Some("verify") => framed(&json!({ "answer": "verify", "verified": payload.len() % 2 == 0 }), &[]),
            _ => framed(&json!({ "answer": "failed", "kind": "other" }), &[]),
        };
    }
    panic!("the machine does not end");
}

fn read(header: &Value) -> Vec<u8> {
    let ranges = header["ranges"].as_array().expect("ranges");
    let number = |range: &Value, at: usize| range[at].as_u64().expect("a number");
    if ranges.iter().map(|range| number(range, 1)).sum::<u64>() > READ {
        return framed(&json!({ "answer": "failed", "kind": "other" }), &[]);
    }
    let bytes: Vec<u8> = ranges.iter().flat_map(|range| document(number(range, 0), number(range, 1))).collect();
    framed(&json!({ "answer": "read", "ranges": ranges }), &bytes)
}

/// Bytes of a document, and zeros after it.
fn document(offset: u64, length: u64) -> Vec<u8> {
    let document: &[u8] = include_bytes!("../../../../tests/vectors/documents/classic.pdf");
    let skipped = document.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
    skipped.iter().copied().chain(std::iter::repeat(0)).take(length as usize).collect()
}

fn digest(header: &Value) -> Vec<u8> {
    let lengths = header["parts"].as_array().expect("parts").iter().map(|part| match part["algorithm"].as_str() {
        Some("sha384") => 48,
        Some("sha512") => 64,
        _ => 32,
    });
    let lengths: Vec<usize> = lengths.collect();
    let none = json!({ "offsets": [], "more": false });
    let found = vec![none; header["find"].as_array().map_or(0, Vec::len)];
    framed(&json!({ "answer": "digest", "digests": lengths, "found": found }), &vec![7; lengths.iter().sum()])
}

/// A file for each name, but for one `beside` a document or a ledger: that has been linked first. The open file 1 is empty.
fn store(header: &Value, beside: &mut bool) -> Vec<u8> {
    let mut payload = Vec::new();
    let file = |size: u64| {
        json!({ "stat": {
            "type": "file", "identity": "1", "size": size, "mode": 0o600, "owner": 0, "group": 0, "links": 1, "modified": "1", "changed": "1"
        } })
    };
    let is_beside = |operation: &Value| operation["path"].as_str().is_some_and(|path| BESIDE.iter().any(|end| path.ends_with(end)));
    let operations = header["operations"].as_array().expect("operations");
    let results = operations.iter().map(|operation| match operation["op"].as_str().expect("a name") {
        "resolve" => json!({ "path": operation["path"] }),
        "stat" if is_beside(operation) && !*beside => json!({ "stat": { "type": "missing" } }),
        "stat" if operation["handle"] == 1 => file(0),
        "open" | "create" | "stat" => file(CLASSIC),
        "link" | "rename" => {
            *beside = true;
            json!({})
        }
        "read" => {
            let number = |field: &str| operation[field].as_u64().expect("a number");
            let offset = number("offset").min(CLASSIC);
            let bytes = document(offset, number("length").min(CLASSIC - offset));
            payload.extend_from_slice(&bytes);
            json!({ "length": bytes.len() })
        }
        "remove" => {
            *beside &= !is_beside(operation);
            json!({ "removed": true })
        }
        "list" => json!({ "names": [] }),
        "process" => {
            json!({ "process": { "pid": 7, "user": 0, "host": "h", "boot": "b", "namespace": "n", "start": "s", "lives": true } })
        }
        _ => json!({}),
    });
    let results: Vec<Value> = results.collect();
    framed(&json!({ "answer": "store", "results": results }), &payload)
}

/// Length of the document.
const CLASSIC: u64 = include_bytes!("../../../../tests/vectors/documents/classic.pdf").len() as u64;

fn framed(header: &Value, payload: &[u8]) -> Vec<u8> {
    let header = header.to_string().into_bytes();
    [&(header.len() as u32).to_be_bytes(), &header[..], payload].concat()
}

/// Header and payload of a step.
fn parsed(step: &[u8]) -> (Value, &[u8]) {
    let (length, rest) = step.split_first_chunk().expect("a step has a length");
    let (header, payload) = rest.split_at(u32::from_be_bytes(*length) as usize);
    let header: Value = serde_json::from_slice(header).expect("a step has a header");
    assert_ne!(header["error"]["code"], "ERR_INTERNAL", "{header}");
    (header, payload)
}

fn is_done(step: &[u8]) -> bool {
    let (header, _) = parsed(step);
    match header["step"].as_str() {
        Some("done") => true,
        Some("read" | "digest" | "sign" | "verify" | "http" | "store" | "error") => false,
        _ => panic!("no step: {header}"),
    }
}

struct Pieces<'a>(&'a [u8]);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&[high, middle, low], rest) = self.0.split_first_chunk()?;
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        let (piece, rest) = rest.split_at(length.min(rest.len()));
        self.0 = rest;
        Some(piece)
    }
}
