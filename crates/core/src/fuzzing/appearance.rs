//! A page of a PDF that becomes an appearance.

use super::{Memory, ambient, credentials, memory};
use crate::commit::OutputLocation;
use crate::error::Code;
use crate::limits;
use crate::machine::Machine;
use crate::operation::Signatory;
use crate::options::{Appearance, AppearancePdf, SigningOptions};

/// Signs a small document with a page of `data` as the appearance. The result can be read, and its update is bounded.
pub fn appearance(data: &[u8]) -> bool {
    let document = include_bytes!("../../../../tests/vectors/documents/classic.pdf");
    let appearance = Appearance::new().pdf(AppearancePdf::new(data));
    let options = SigningOptions::new().appearance(appearance);
    let signatory = Signatory { credentials: credentials(), options };
    let mut machine = Machine::sign(memory(document), ambient(), vec![signatory], OutputLocation::Update, None);
    let signed = match Memory::new(document).run(|answer| machine.next(answer)) {
        Ok(mut document) => document.signed.remove(0),
        Err(error) => {
            assert!(matches!(error.code(), Code::AppearancePdf | Code::PageNumber), "{error}");
            return false;
        }
    };
    // A copy of an object can have more bytes than it: references get longer.
    assert!(signed.update.len() < (64 << 10) + 16 * data.len() + 2 * limits::APPEARANCE_PDF, "{}", signed.update.len());
    let whole = signed.appended_to(document);
    let mut machine = Machine::inspect(memory(&whole), None);
    let info = Memory::new(&whole).run(|answer| machine.next(answer)).expect("the signed document can be read");
    assert_eq!(info.signatures.len(), 1);
    true
}
