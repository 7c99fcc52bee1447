//! Textual encodings (RFC 7468), and what bytes look like that are not what was asked for.

/// A block between `-----BEGIN LABEL-----` and `-----END LABEL-----`.
pub(crate) struct Block {
    pub(crate) label: String,
    /// `None` where the text between is not base64.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// The blocks of `text`, at the most `most`. Text before, between and after them is passed over, as OpenSSL does.
pub(crate) fn blocks(text: &[u8], most: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while blocks.len() < most {
        let Some((_, after)) = split(rest, b"-----BEGIN ") else { break };
        let Some((label, after)) = split(after, b"-----") else { break };
        let Some((body, after)) = split(after, b"-----END ") else { break };
        rest = after;
        let label: String = label.iter().take(40).map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { ' ' }).collect();
        blocks.push(Block { label, bytes: base64(body) });
    }
    blocks
}

/// Whether there is a PEM block, complete or not.
pub(crate) fn is_pem(bytes: &[u8]) -> bool {
    split(bytes, b"-----BEGIN ").is_some()
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = bytes.windows(at.len()).position(|window| window == at)?;
    Some((bytes.get(..start)?, bytes.get(start + at.len()..)?))
}

/// Decodes base64, white space left out. `None` where it is anything else.
pub(crate) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut digits, mut padding) = (0u32, 0u32, 0u32);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        buffer = buffer << 6 | u32::from(digit);
        digits += 1;
        if digits == 4 {
            out.extend(buffer.to_be_bytes().iter().skip(1));
            (buffer, digits) = (0, 0);
        }
    }
    match digits {
        0 => {}
        2 => out.push((buffer >> 4) as u8),
        3 => out.extend((buffer >> 2).to_be_bytes().iter().skip(2)),
        _ => return None,
    }
    (padding == 0 || (digits + padding) % 4 == 0 && padding <= 2).then_some(out)
}

/// How binary data was written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Pem,
    Hexadecimal,
    Base64,
}

impl Text {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Text::Pem => "PEM text",
            Text::Hexadecimal => "hexadecimal text",
            Text::Base64 => "base64 text",
        }
    }
}

/// Whether `bytes` are such a text. Sixteen bytes at least: shorter binary data may look like one by chance.
pub(crate) fn text(bytes: &[u8]) -> Option<Text> {
    let hexadecimal = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || *byte == b':');
    if is_pem(bytes) {
        Some(Text::Pem)
    } else if bytes.len() < 16 {
        None
    } else if hexadecimal(bytes.strip_prefix(b"0x").unwrap_or(bytes)) {
        Some(Text::Hexadecimal)
    } else {
        base64(bytes).map(|_| Text::Base64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_and_without_padding() {
        for (text, bytes) in [("", &b""[..]), ("Zg==", b"f"), ("Zg", b"f"), ("Zm8=", b"fo"), ("Zm9v\r\n", b"foo"), ("Zm9vYg", b"foob")] {
            assert_eq!(base64(text.as_bytes()).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Z", "Zg=", "Zg===", "Z=g=", "Zm9v!", "é"] {
            assert_eq!(base64(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn blocks_with_text_around() {
        let found = blocks(
            b"subject=x\r\n-----BEGIN A B-----\r\nZm9v\r\n-----END A B-----\r\nmore\n-----BEGIN C-----\n!\n-----END C-----\n-----BEGIN D",
            9,
        );
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].label.as_str(), found[0].bytes.as_deref()), ("A B", Some(&b"foo"[..])));
        assert_eq!((found[1].label.as_str(), found[1].bytes.as_deref()), ("C", None));
    }

    #[test]
    fn text_is_recognised() {
        assert_eq!(text(b"0123456789abcdef 0123456789ABCDEF\n"), Some(Text::Hexadecimal));
        assert_eq!(text(b"MEUCIQDf0+Zm9vZm9v"), Some(Text::Base64));
        assert_eq!(text(b"-----BEGIN SIGNATURE-----"), Some(Text::Pem));
        assert_eq!((text(b"\x30\x45\x02\x21\0abcdefghijklmnopq"), text(b"abcd")), (None, None));
    }
}
