//! The strings of an object in its source.

use std::collections::BTreeSet;

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
fn contents_of_signatures(object: &Object) -> BTreeSet<usize> {
    let (mut found, mut open) = (BTreeSet::new(), vec![object]);
    while let Some(object) = open.pop() {
        match &object.value {
            Value::Array(items) => open.extend(items.iter()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse_object;

    fn shouted(text: &str) -> Option<String> {
        let source = text.as_bytes();
        let object = parse_object(&mut Lexer::new(source, 1, true)).unwrap();
        let replaced = replaced(source, &object, |string| Some([b"(", string.to_ascii_uppercase().as_slice(), b"!)"].concat()));
        replaced.unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn every_string_is_found_and_nothing_else_changes() {
        let text = " <</A(a)/B [<62>(\\(c\\)) /d 1.50]  % a comment (with) parens\n/C<</D(e)>>(stray) /F 1 0 R>> endobj (x)";
        let expected = "<</A(A!)/B [(B!)((C)!) /d 1.50]  % a comment (with) parens\n/C<</D(E!)>>(STRAY!) /F 1 0 R>>";
        assert_eq!(shouted(text).unwrap(), expected);
        assert_eq!(shouted(" (alone) endobj").unwrap(), "(ALONE!)");
        assert_eq!(shouted(" <</A 1>>"), None);
    }

    #[test]
    fn containers_of_signatures_stay() {
        for kind in ["/Type/Sig", "/Type /DocTimeStamp", "/ByteRange[0 1 2 3]"] {
            let text = format!(" <</V<<{kind}/Contents<aa>/M(m)/Cert<62>>>/Contents(c)>>");
            let shouted = shouted(&text).unwrap();
            assert!(shouted.contains("/Contents<aa>") && shouted.contains("/M(M!)") && shouted.contains("/Contents(C!)"), "{shouted}");
            assert!(shouted.contains("/Cert(B!)"), "{shouted}");
        }
        assert_eq!(shouted(" <</Type/Annot/Contents(c)>>").unwrap(), "<</Type/Annot/Contents(C!)>>");
    }
}
