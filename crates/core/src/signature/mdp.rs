//! Signature reference dictionaries: DocMDP and FieldMDP. ISO 32000-2, 12.8.1, table 256, and 12.8.2.

use crate::options::{Certification, FieldLock};
use crate::syntax::{ObjectId, write};

/// `/Reference` of a signature dictionary: an array of signature reference dictionaries (since PDF 1.5).
///
/// `/TransformMethod` and `/TransformParams`; `/V` of DocMDP and FieldMDP is 1.2. `/Data` is what FieldMDP applies to: the catalog.
pub(super) fn reference_array(
    certify: Option<Certification>,
    lock: Option<(&FieldLock, Option<i64>)>,
    catalog: ObjectId,
) -> Option<Vec<u8>> {
    let mut references = Vec::new();
    if let Some(level) = certify {
        references.push(
            format!("<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P {} /V /1.2>>>>", level.level())
                .into_bytes(),
        );
    }
    if let Some((lock, permissions)) = lock {
        let mut reference = b"<</Type /SigRef /TransformMethod /FieldMDP /TransformParams <</Type /TransformParams ".to_vec();
        reference.extend(lock.entries());
        if let Some(permissions) = permissions {
            reference.extend(format!(" /P {permissions}").into_bytes());
        }
        reference.extend_from_slice(b" /V /1.2>> /Data ");
        reference.extend(write::reference(catalog));
        reference.extend_from_slice(b">>");
        references.push(reference);
    }
    (!references.is_empty()).then(|| [b"[", references.concat().as_slice(), b"]"].concat())
}
