//! Words in the bytes of a document.

use memchr::{memchr_iter, memrchr_iter};

/// Where the first `word` is.
pub(super) fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    memchr_iter(*word.first()?, bytes).find(|at| bytes[*at..].starts_with(word))
}

/// Where the last `word` is.
pub(super) fn rfind(bytes: &[u8], word: &[u8]) -> Option<usize> {
    memrchr_iter(*word.first()?, bytes).find(|at| bytes[*at..].starts_with(word))
}
