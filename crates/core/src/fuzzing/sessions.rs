//! Saved sessions: they have travelled, and whoever changes one can make its check anew.

use super::{raw_signature, sha256};
use crate::operation::Session;

/// What stands before the data of a saved session: magic and version.
pub(super) const HEAD: &[u8] = b"rustpdf session \x01";

/// `data` as what follows the check sum of a saved session. One that is taken can be saved again and completed, and its update is as long
/// as it says, whatever else is in it.
pub fn session(data: &[u8]) -> bool {
    let saved = [HEAD, &sha256(data), data].concat();
    let Ok(session) = Session::parse(&saved) else { return false };
    let again = session.serialize().expect("a session");
    assert_eq!(Session::parse(&again).expect("a session that was saved"), session);
    let report = session.report();
    let [start, before, resume, after] = report.byte_range;
    let hole = 2 * session.container_size() as u64 + 2;
    assert_eq!((start, resume - before), (0, hole));
    assert_eq!(session.covered_update().len() as u64, before - session.document_length() + after);
    let signed = match session.request() {
        Some(request) => session.complete_with_signature(&raw_signature(&request.data)),
        None => session.complete(b""),
    };
    if let Ok(signed) = signed {
        assert_eq!(session.document_length() + signed.update.len() as u64, resume + after);
    }
    true
}
