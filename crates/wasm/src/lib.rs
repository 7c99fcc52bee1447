//! The face of the core for JavaScript: frames in, frames out, no logic of its own.
//!
//! docs/protocol.md describes the frames. Nothing here returns an error: a failure is a step like any other,
//! and a panic is a trap, after which the host throws the instance away.

use rustpdf_core::{DigestAlgorithm, Unicode, set_unicode, wire};
use wasm_bindgen::prelude::wasm_bindgen;

// Defined around the glue by bindings/node/scripts/wasm.js: every engine has the tables of Unicode.
#[wasm_bindgen]
extern "C" {
    fn nfkc(text: &str) -> String;
    #[wasm_bindgen(js_name = upperCase)]
    fn upper_case(text: &str) -> String;
}

/// Runs once, when an instance is made.
#[wasm_bindgen(start)]
fn start() {
    set_unicode(Unicode { nfkc, upper_case });
}

/// One signing, preparation, resumption or inspection.
#[wasm_bindgen]
pub struct Machine(wire::Machine);

#[wasm_bindgen]
impl Machine {
    /// Starts with a start frame. A frame that cannot be read is reported by the first `next`.
    #[wasm_bindgen(constructor)]
    pub fn new(frame: &[u8]) -> Machine {
        Machine(wire::Machine::start(frame))
    }

    /// Takes the answer to the open question (first of all the empty answer) and gives the next step.
    pub fn next(&mut self, frame: &[u8]) -> Vec<u8> {
        self.0.next(frame)
    }
}

/// Answers a frame that needs no machine: completes, saves or opens sessions.
#[wasm_bindgen]
pub fn call(frame: &[u8]) -> Vec<u8> {
    wire::call(frame)
}

/// The core's own SHA-2, for hosts without a hash that takes its input in pieces.
#[wasm_bindgen]
pub struct Hasher(rustpdf_core::Hasher);

#[wasm_bindgen]
impl Hasher {
    /// A hash by its name in the steps; nothing for a name that the core does not know.
    pub fn make(algorithm: &str) -> Option<Hasher> {
        let algorithm = DigestAlgorithm::parse(algorithm).ok()?;
        Some(Hasher(rustpdf_core::Hasher::new(algorithm)))
    }

    /// Takes the next bytes of the document.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of what was taken and `suffix`. The state stays as it is: another suffix can follow.
    pub fn digest(&self, suffix: &[u8]) -> Vec<u8> {
        let mut hasher = self.0.clone();
        hasher.update(suffix);
        hasher.digest()
    }
}
