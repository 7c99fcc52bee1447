//! The strings of an object in its source.

use crate::syntax::splice::Splice;
use crate::syntax::{Dictionary, Fault, Lexer, Object, Token, Value};

/// `object` of `source` with each string replaced by what `change` makes of it; none where nothing changes.
///
/// It goes by the tokens, so that strings are found which sloppy writers left where no value belongs.
pub(super) fn replaced(source: &[u8], object: &Object, mut change: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Fault> {
    let plain = contents_of_signatures(object);
    let end = object.span.end;
    let mut lexer = Lexer::new(source.get(..end).unwrap_or(source), object.span.start, true);
    let mut splice = Splice::new(source, object);
    loop {
        lexer.skip_space();
        let at = lexer.offset();
        if at >= end {
            break;
        }
        if let Token::String(string) = lexer.token()?
            && !plain.contains(&at)
            && let Some(value) = change(&string)
        {
            splice.replace(&(at..lexer.offset()), &value);
        }
    }
    Ok(if splice.is_empty() { None } else { Some(splice.finish()) })
}

/// Where the containers of signature dictionaries stand, which are never encrypted (7.6.2).
fn contents_of_signatures(object: &Object) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), vec![object]);
    while let Some(object) = open.pop() {
        match &object.value {
            Value::Array(items) => open.extend(items),
            Value::Dictionary(dictionary) => {
                let entries = dictionary.entries.iter();
                if is_signature(dictionary) {
                    found.extend(entries.clone().filter(|entry| entry.key == b"Contents").map(|entry| entry.object.span.start));
                }
                open.extend(entries.map(|entry| &entry.object));
            }
            _ => {}
        }
    }
    found
}

/// `/Type` is optional in a signature dictionary, and one that is not yet filled in may lack `/ByteRange` (table 255).
fn is_signature(dictionary: &Dictionary) -> bool {
    matches!(dictionary.name("Type"), Some(b"Sig" | b"DocTimeStamp")) || dictionary.get("ByteRange").is_some()
}
