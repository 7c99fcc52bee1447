//! The trailer of the update. ISO 32000-2, 7.5.5 and 14.4.

use crate::file::File;
use crate::syntax::{Value, write};

/// What belongs to one section alone, and is not taken over into the next (7.5.5, 7.5.8.2, 7.5.8.4).
const OF_ONE_SECTION: [&str; 14] =
    ["Size", "Prev", "XRefStm", "ID", "Type", "W", "Index", "Length", "Filter", "DecodeParms", "F", "FFilter", "FDecodeParms", "DL"];

/// The entries `set`, and all others of the newest trailer that hold on, such as `/Root`, `/Info` and what others have put there, byte for byte. One that refers
/// to nothing does not, such as the `/AdditionalStreams` of a LibreOffice document that another tool has saved. Its number may be taken, then;
/// while an older trailer has it and no object does, the analysis of pyHanko breaks.
pub(super) fn entries(file: &File, set: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in file.xref.trailer.entries.iter() {
        let mut replaced = OF_ONE_SECTION.iter().copied().chain(set.iter().map(|(key, _)| *key));
        if entry.object.value == Value::Null || file.dangles(&entry.object) || replaced.any(|key| key.as_bytes() == entry.key) {
            continue;
        }
        out.push(b' ');
        out.extend(write::name(&entry.key));
        out.push(b' ');
        out.extend_from_slice(file.xref.trailer_source.get(entry.object.span.clone()).unwrap_or_default());
    }
    for (key, value) in set {
        out.push(b' ');
        out.extend(write::name(key.as_bytes()));
        out.push(b' ');
        out.extend_from_slice(value);
    }
    out
}

/// `/ID`: the first string is the document's for good, the second that of this revision. A document without one gets a pair.
///
/// The first belongs to the key of an encrypted document (algorithm 2, step e): where there is none it stays empty.
pub(super) fn identifier(file: &File, id: [u8; 16]) -> Vec<u8> {
    let first = file.identifier.as_deref().unwrap_or(if file.encryption.is_some() { &[] } else { &id });
    let pair = [write::hexadecimal(first), write::hexadecimal(&id)].concat();
    [b" /ID [", pair.as_slice(), b"]"].concat()
}
