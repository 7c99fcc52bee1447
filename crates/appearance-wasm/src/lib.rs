//! The drawing of visible signatures as a plain WebAssembly module without imports, for JavaScript
//! and Go. It has no logic of its own.
//!
//! A host writes a step frame into memory of `rustpdf_appearance_alloc`, calls
//! `rustpdf_appearance_draw`, and reads the answer frame. An instance may draw again. A trap ends
//! it: then the host makes another one.
//!
//! This crate contains `unsafe`: pointers come from the host.

use std::{ptr, slice};

/// Bytes of the length before an answer.
const PREFIX: usize = 4;

/// Memory for a step frame: `length` bytes, all zero.
#[unsafe(no_mangle)]
pub extern "C" fn rustpdf_appearance_alloc(length: usize) -> *mut u8 {
    Box::leak(vec![0; length].into_boxed_slice()).as_mut_ptr()
}

/// Draws, and frees the step frame. Returns the address of the answer: its length in four bytes,
/// little-endian, then the answer frame.
///
/// # Safety
/// `frame` comes from `rustpdf_appearance_alloc` with this length, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_appearance_draw(frame: *mut u8, length: usize) -> *mut u8 {
    // SAFETY: as promised by the caller, it was a boxed slice of this length.
    let frame = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(frame, length)) };
    let answer = rustpdf_appearance::answer(&frame);
    drop(frame);
    // An answer is a fraction of the memory, which 32 bits address.
    let prefix = u32::try_from(answer.len()).unwrap_or(0).to_le_bytes();
    Box::leak([prefix.as_slice(), &answer].concat().into_boxed_slice()).as_mut_ptr()
}

/// Frees an answer.
///
/// # Safety
/// `answer` comes from `rustpdf_appearance_draw`, its length is unchanged, and it is not used
/// again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rustpdf_appearance_free(answer: *mut u8) {
    // SAFETY: as promised by the caller, the address of a boxed slice that begins with the length
    // of the rest.
    unsafe {
        let prefix = slice::from_raw_parts(answer, PREFIX).try_into().unwrap_or([0; PREFIX]);
        let length = PREFIX + u32::from_le_bytes(prefix) as usize;
        drop(Box::from_raw(ptr::slice_from_raw_parts_mut(answer, length)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_answered_and_freed() {
        let step = br#"{"step":"draw","request":{"width":210,"height":60,"values":{"now":0,"name":"Z"}}}"#;
        let frame = [&u32::try_from(step.len()).unwrap().to_be_bytes(), step.as_slice()].concat();
        let memory = rustpdf_appearance_alloc(frame.len());
        // SAFETY: memory of this length, used and freed once.
        let drawn = unsafe {
            ptr::copy_nonoverlapping(frame.as_ptr(), memory, frame.len());
            let answer = rustpdf_appearance_draw(memory, frame.len());
            let length = u32::from_le_bytes(slice::from_raw_parts(answer, PREFIX).try_into().unwrap()) as usize;
            let drawn = slice::from_raw_parts(answer.add(PREFIX), length).to_vec();
            rustpdf_appearance_free(answer);
            drawn
        };
        assert_eq!(drawn, rustpdf_appearance::answer(&frame));
        assert!(drawn.ends_with(b"%%EOF\n"));
    }
}
