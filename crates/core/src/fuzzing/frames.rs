//! Frames: what other languages hand over, and whoever calls the C ABI.

use serde_json::Value;

use crate::wire;

/// How many answers are given: more than an ordinary signature takes.
const ANSWERS: usize = 64;

/// Frames one after the other, each with its length in three bytes, big-endian, before it: a start and answers. The first is also a call
/// without a machine. Whatever they are, what comes back is a step, and no bug.
pub fn frame(data: &[u8]) -> bool {
    let mut frames = Pieces(data);
    let Some(first) = frames.next() else { return false };
    let called = [wire::complete(first), wire::journal(first)].map(|step| is_done(&step));
    let mut machine = wire::Machine::start(first);
    let mut done = is_done(&machine.next(&[0, 0, 0, 2, b'{', b'}']));
    for answer in frames.take(ANSWERS) {
        done |= is_done(&machine.next(answer));
    }
    done || called.contains(&true)
}

fn is_done(step: &[u8]) -> bool {
    let (length, rest) = step.split_first_chunk().expect("a step has a length");
    let (header, _) = rest.split_at(u32::from_be_bytes(*length) as usize);
    let header: Value = serde_json::from_slice(header).expect("a step has a header");
    assert_ne!(header["error"]["code"], "ERR_INTERNAL", "{header}");
    match header["step"].as_str() {
        Some("done") => true,
        Some("read" | "digest" | "sign" | "error") => false,
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
