//! From the text of a password to the bytes that a writer may have made of it. ISO 32000-2, 7.6.4.3.2 and 7.6.4.3.3.
//!
//! A document is only opened here. The checks of SASLprep for prohibited characters and for directions (RFC 4013, 2.3 and 2.4) say which passwords
//! may be set, so there is nothing to check: a writer that keeps to them has set no such password, and one that does not is still opened.

use crate::syntax::write;
use crate::unicode::{is_ignored, nfkc};

/// The password as bytes, the likeliest first.
///
/// Up to revision 4 it is PDFDocEncoding, and UTF-8 with writers that know no better. From revision 5 on it is UTF-8: as it is given, and prepared.
/// The given text comes first: some writers do not prepare it.
pub(super) fn spellings(password: &str, revision: i64) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::with_capacity(4);
    let mut add = |bytes: Vec<u8>| {
        if !found.contains(&bytes) {
            found.push(bytes);
        }
    };
    let normalized = if revision >= 5 { prepared(password) } else { nfkc(password) };
    let texts = [password, &normalized];
    if revision < 5 {
        // Decomposed letters, as macOS gives them, are not in PDFDocEncoding; composed they are.
        texts.into_iter().filter_map(write::pdf_doc_encoded).for_each(&mut add);
    }
    texts.into_iter().map(|text| text.as_bytes().to_vec()).for_each(&mut add);
    found
}

/// SASLprep without its checks: mapped, then normalized (RFC 4013, 2.1 and 2.2).
fn prepared(password: &str) -> String {
    let mapped: String = password.chars().filter(|character| !is_ignored(*character)).map(mapped).collect();
    nfkc(&mapped)
}

/// Spaces that are not ASCII become one (RFC 3454, table C.1.2). U+200B of that table is mapped to nothing first.
fn mapped(character: char) -> char {
    match character {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_revision_4() {
        assert_eq!(spellings("abc", 4), [b"abc"]);
        assert_eq!(spellings("h\u{f4}", 3), [&b"h\xf4"[..], b"h\xc3\xb4"]);
        assert_eq!(spellings("ho\u{302}", 2), [&b"h\xf4"[..], "ho\u{302}".as_bytes(), b"h\xc3\xb4"]);
        assert_eq!(spellings("\u{440}", 4), ["\u{440}".as_bytes()]);
        // What form KC would change, and PDFDocEncoding has, comes as it is first.
        assert_eq!(spellings("\u{fb01}", 4)[0], [0x93]);
    }

    #[test]
    fn from_revision_5_on() {
        assert_eq!(spellings("a b", 6), [b"a b"]);
        assert_eq!(spellings("a\u{a0}b\u{ad}", 6), ["a\u{a0}b\u{ad}".as_bytes(), b"a b"]);
        assert_eq!(spellings("pa\u{308}ss", 5), ["pa\u{308}ss".as_bytes(), "p\u{e4}ss".as_bytes()]);
    }

    /// Passwords that RFC 4013, 3 forbids (a control character, two directions), and that a writer without its checks has set.
    #[test]
    fn forbidden_passwords_are_tried_as_they_are() {
        for password in ["\u{7}", "\u{627}1"] {
            assert_eq!(spellings(password, 6), [password.as_bytes()]);
        }
    }

    /// The examples of RFC 4013, 3, and the order of its steps.
    #[test]
    fn saslprep() {
        for (given, expected) in [("I\u{ad}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{aa}", "a"), ("\u{2168}", "IX")] {
            assert_eq!(prepared(given), expected);
        }
        assert_eq!(prepared("a\u{ad}\u{308}"), "\u{e4}", "mapped before it is normalized");
        assert_eq!(prepared("\u{3000}\u{200b}"), " ");
    }
}
