//! `/ByteRange`: what a signature covers. ISO 32000-2, 12.8.1; EN 319 142-1, 6.3 (k).

/// The widest offset that the room of `/ByteRange` takes: twenty digits, all that a `u64` can have.
const DIGITS: usize = 20;

/// Everything but the hexadecimal string of `/Contents` with its two delimiters: `[0 a b c]`, in bytes from the first of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteRange {
    /// Where the string starts, which is the length of what is covered before it.
    pub(crate) before: u64,
    /// Where what is covered goes on.
    pub(crate) resume: u64,
    /// The length of what is covered from there on.
    pub(crate) after: u64,
}

impl ByteRange {
    /// The array as it is written, padded with spaces to the length of [`ByteRange::placeholder`], so that filling it in moves nothing.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut text = format!("[0 {} {} {}]", self.before, self.resume, self.after).into_bytes();
        text.resize(Self::placeholder().len(), b' ');
        text
    }

    /// The room for the array.
    pub(crate) fn placeholder() -> Vec<u8> {
        let mut text = b"[0 0 0 0]".to_vec();
        text.resize(b"[0   ]".len() + 3 * DIGITS, b' ');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_offsets_fit() {
        let range = ByteRange { before: u64::MAX, resume: u64::MAX, after: u64::MAX };
        assert_eq!(range.write().len(), ByteRange::placeholder().len());
        let small = ByteRange { before: 1, resume: 2, after: 3 };
        assert!(small.write().starts_with(b"[0 1 2 3] "));
        assert_eq!(small.write().len(), range.write().len());
    }
}
