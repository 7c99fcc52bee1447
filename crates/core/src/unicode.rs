//! Normalisation and folding of Unicode text, for names (RFC 5280, 7.1) and passwords (RFC 4013).
//!
//! The tables are those of `unicode-normalization` and of Rust. Of a module for JavaScript they would be 40 KB more to load, and every engine
//! has them: without the feature `unicode` the host sets its own.

use std::sync::OnceLock;

/// Functions of a host that has the tables.
#[derive(Clone, Copy, Debug)]
pub struct Unicode {
    /// Normalization form KC (Unicode Standard Annex 15).
    pub nfkc: fn(&str) -> String,
    /// Full upper case, regardless of a language.
    pub upper_case: fn(&str) -> String,
}

static HOST: OnceLock<Unicode> = OnceLock::new();

/// The own tables. Without them text stays as it is.
#[cfg(feature = "unicode")]
const OWN: Unicode =
    Unicode { nfkc: |text| unicode_normalization::UnicodeNormalization::nfkc(text).collect(), upper_case: str::to_uppercase };
#[cfg(not(feature = "unicode"))]
const OWN: Unicode = Unicode { nfkc: str::to_owned, upper_case: str::to_owned };

/// Sets the functions of the host, for a core without the feature `unicode`. The first call counts.
pub fn set_unicode(unicode: Unicode) {
    let _ = HOST.set(unicode);
}

fn functions() -> &'static Unicode {
    HOST.get().unwrap_or(&OWN)
}

/// Normalization form KC.
pub(crate) fn nfkc(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { (functions().nfkc)(text) }
}

/// Form KC without case. Upper case maps `ß` and `ς` as RFC 3454, B.2 does, up to the case of the result.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { (functions().upper_case)(&nfkc(text)) }
}

/// Whether both stringprep profiles map the character to nothing: RFC 3454, table B.1 (RFC 4013, 2.1; RFC 4518, 2.2).
pub(crate) fn is_ignored(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{1806}'
            | '\u{180b}'..='\u{180d}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (given, expected) in [("a\u{308}", "ä"), ("ﬁ", "fi"), ("ª", "a"), ("\u{1100}\u{1161}", "가"), ("abc", "abc")] {
            assert_eq!(nfkc(given), expected);
        }
        for (one, other) in [("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("Ł\u{f3}dź", "łO\u{301}DŹ"), ("K", "k"), ("Ａ", "a")] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("Łódź"), folded("Lodz"));
    }
}
