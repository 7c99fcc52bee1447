//! A document that changes while it is signed.

use std::cell::Cell;

use rustpdf::{Code, SigningOptions, Source, begin_signing};

/// Five bytes longer each time that its length is asked for.
struct Growing(Cell<u64>);

const DOCUMENT: &[u8] = include_bytes!("../../../tests/vectors/documents/classic.pdf");

impl Source for Growing {
    fn length(&self) -> std::io::Result<u64> {
        self.0.set(self.0.get() + 5);
        Ok(self.0.get())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        for (index, byte) in buffer.iter_mut().enumerate() {
            *byte = DOCUMENT.get(offset as usize + index).copied().unwrap_or(b'\n');
        }
        Ok(())
    }
}

#[test]
fn a_document_that_grows_is_noticed() {
    let document = Growing(Cell::new(DOCUMENT.len() as u64));
    let failure = begin_signing(&document, None, &SigningOptions::default()).unwrap_err();
    assert_eq!(failure.code(), Some(Code::FileChanged));
}
