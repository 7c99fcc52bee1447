//! The face of the core for Node: frames in, frames out, no logic of its own.
//!
//! docs/protocol.md describes the frames. It exports what `rustpdf-wasm` does, but for the hash, which Node has. Frames come in
//! as they lie in JavaScript's memory. They go out as copies into it: memory of ours that JavaScript held would be freed by the event loop
//! only, and many signings in one go would pile it up.

use napi::bindgen_prelude::Uint8ArraySlice;
use napi::{Env, Error, Result};
use napi_derive::napi;
use rustpdf_core::wire;

/// The version of the packages, which have to be of one.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One signing, preparation, resumption, inspection or recovery.
#[napi]
pub struct Machine(Option<Box<wire::Machine>>);

#[napi]
impl Machine {
    /// Starts with a start frame. A frame that cannot be read is reported by the first `next`.
    #[napi(constructor)]
    pub fn new(frame: &[u8]) -> Machine {
        Machine(Some(Box::new(wire::Machine::start(frame))))
    }

    /// Takes the answer to the open question (first of all the empty answer) and gives the next step.
    #[napi]
    pub fn next<'env>(&mut self, env: &'env Env, frame: &[u8]) -> Result<Uint8ArraySlice<'env>> {
        let machine = self.0.as_mut().ok_or_else(|| Error::from_reason("the machine was freed"))?;
        Uint8ArraySlice::copy_from(env, machine.next_drawn(frame, rustpdf_appearance::answer))
    }

    /// Lets go of all that it holds, sooner than the collection of garbage would.
    #[napi]
    pub fn free(&mut self) {
        self.0 = None;
    }
}

/// Answers a frame that needs no machine: completes, saves or opens sessions.
#[napi]
pub fn call<'env>(env: &'env Env, frame: &[u8]) -> Result<Uint8ArraySlice<'env>> {
    Uint8ArraySlice::copy_from(env, wire::call(frame))
}
