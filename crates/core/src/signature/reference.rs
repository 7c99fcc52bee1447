//! Signature reference dictionaries: DocMDP and FieldMDP. ISO 32000-2, 12.8.1, table 256, and 12.8.2.

use crate::options::{Certification, FieldLock};
use crate::syntax::ObjectId;
use crate::syntax::write::{DictionaryWriter, Name, Source};

/// `/Reference` of a signature dictionary: an array of signature reference dictionaries (since PDF 1.5).
///
/// `/TransformMethod` and `/TransformParams`; `/V` of DocMDP and FieldMDP is 1.2. `/Data` is the object to which FieldMDP applies: the catalog.
pub(super) fn reference_array(
    certify: Option<Certification>,
    lock: Option<(&FieldLock, Option<i64>)>,
    catalog: ObjectId,
) -> Option<Vec<u8>> {
    let mut references = Vec::new();
    if let Some(level) = certify {
        let mut parameters = DictionaryWriter::of_type(Name("TransformParams"));
        parameters.pair(Name("P"), i64::from(level.level())).pair(Name("V"), Name("1.2"));
        let mut reference = DictionaryWriter::of_type(Name("SigRef"));
        reference.pair(Name("TransformMethod"), Name("DocMDP")).pair(Name("TransformParams"), Source(&parameters.finish()));
        references.push(reference.finish());
    }
    if let Some((lock, permissions)) = lock {
        let mut parameters = DictionaryWriter::of_type(Name("TransformParams"));
        lock.write(&mut parameters);
        parameters.optional(Name("P"), permissions).pair(Name("V"), Name("1.2"));
        let mut reference = DictionaryWriter::of_type(Name("SigRef"));
        reference
            .pair(Name("TransformMethod"), Name("FieldMDP"))
            .pair(Name("TransformParams"), Source(&parameters.finish()))
            .pair(Name("Data"), catalog);
        references.push(reference.finish());
    }
    (!references.is_empty()).then(|| [b"[", references.concat().as_slice(), b"]"].concat())
}
