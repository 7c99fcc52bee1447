//! The core for C, and for every language that calls C. It has no logic of its own.
//!
//! `rustpdf_sign` signs a document in memory. A machine of frames (docs/protocol.md) does everything else. The crate builds as a shared
//! and a static library. It builds, too, as a plain WebAssembly module without imports, whose host writes frames into memory of
//! `rustpdf_alloc`. That module has neither a clock nor a random source, and no `rustpdf_sign`.
//!
//! It contains `unsafe`, as `rustpdf-appearance-wasm` does: pointers come from the caller.

#[cfg(not(target_family = "wasm"))]
mod sign;

use std::ffi::c_char;
use std::{ptr, slice};

use rustpdf_core::wire;

/// Version of the library, such as `0.1.0`. `RUSTPDF_VERSION` is that of the header.
#[unsafe(no_mangle)]
pub extern "C" fn rustpdf_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Machine of one signing, preparation, resumption, inspection or recovery. Any thread may use it, one at a time.
pub struct RustpdfMachine(wire::Machine);

/// Bytes that the library made. They are the caller's, until `rustpdf_free`.
#[repr(C)]
pub struct RustpdfFrame {
    /// First byte.
    pub data: *mut u8,
    /// Number of bytes.
    pub length: usize,
}

/// Starts a machine with a start frame, which is copied. Never null: the first step reports a frame that cannot be read.
///
/// # Safety
/// `frame` is null or the address of `length` bytes. Null, and more bytes than `PTRDIFF_MAX`, count as a frame without bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_machine_new(frame: *const u8, length: usize) -> *mut RustpdfMachine {
    // SAFETY: as promised by the caller.
    let frame = unsafe { bytes(frame, length) };
    Box::into_raw(Box::new(RustpdfMachine(wire::Machine::start(frame))))
}

/// Takes the answer to the open step, which is copied, and writes the next step. The first answer is the empty one.
///
/// Without a machine the step is the error `ERR_FRAME`. Without a place for the step nothing happens.
///
/// # Safety
/// `machine` is null or comes from `rustpdf_machine_new`. It is not freed, and no other thread uses it meanwhile. `frame` and `length` are
/// as in `rustpdf_machine_new`. `step` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_machine_next(machine: *mut RustpdfMachine, frame: *const u8, length: usize, step: *mut RustpdfFrame) {
    if step.is_null() {
        return;
    }
    // SAFETY: as promised by the caller.
    let (machine, frame) = unsafe { (machine.as_mut(), bytes(frame, length)) };
    let given = match machine {
        Some(machine) => next(&mut machine.0, frame),
        None => wire::Machine::start(&[]).next(frame),
    };
    // SAFETY: as promised by the caller.
    unsafe { step.write(give(given)) }
}

/// The next step. The library draws visible signatures itself; the module has another one beside it for that.
fn next(machine: &mut wire::Machine, frame: &[u8]) -> Vec<u8> {
    #[cfg(not(target_family = "wasm"))]
    return machine.next_drawn(frame, rustpdf_appearance::answer);
    #[cfg(target_family = "wasm")]
    machine.next(frame)
}

/// Frees a machine, at any step. Null is nothing.
///
/// # Safety
/// `machine` is null or comes from `rustpdf_machine_new`, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_machine_free(machine: *mut RustpdfMachine) {
    if !machine.is_null() {
        // SAFETY: as promised by the caller.
        drop(unsafe { Box::from_raw(machine) });
    }
}

/// Answers a frame that requires no machine: completes, saves or opens sessions. Without a place for the result nothing happens.
///
/// # Safety
/// `frame` and `length` are as in `rustpdf_machine_new`; `result` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_call(frame: *const u8, length: usize, result: *mut RustpdfFrame) {
    if !result.is_null() {
        // SAFETY: as promised by the caller.
        unsafe { result.write(give(wire::call(bytes(frame, length)))) }
    }
}

/// Frees a frame that the library made, or memory of `rustpdf_alloc`. Null is nothing.
///
/// # Safety
/// Both come from the library, belong together, and are not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_free(data: *mut u8, length: usize) {
    if length > 0 && !data.is_null() {
        // SAFETY: it was a boxed slice of this length.
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(data, length)) });
    }
}

/// Memory for a host that has none in common with the library: `length` bytes, all zero.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
pub extern "C" fn rustpdf_alloc(length: usize) -> *mut u8 {
    give(vec![0; length]).data
}

/// The bytes of a frame. Null, and more bytes than a slice can have, count as none.
///
/// # Safety
/// `data` is null or the address of `length` bytes; where there are none it may be anything.
unsafe fn bytes<'a>(data: *const u8, length: usize) -> &'a [u8] {
    if data.is_null() || length == 0 || isize::try_from(length).is_err() {
        return &[];
    }
    // SAFETY: as promised by the caller.
    unsafe { slice::from_raw_parts(data, length) }
}

fn give(frame: Vec<u8>) -> RustpdfFrame {
    let frame = Box::leak(frame.into_boxed_slice());
    RustpdfFrame { data: frame.as_mut_ptr(), length: frame.len() }
}
