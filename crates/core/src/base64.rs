//! Bytes as base64 text (RFC 4648, 4 and 5), in PEM and in files that were given as text.

/// Decodes base64, white space left out. `None` where it is anything else.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_and_not() {
        for (text, bytes) in [("", &b""[..]), ("Zg==", b"f"), ("Zg", b"f"), ("Zm8=", b"fo"), ("Zm9v\r\n", b"foo"), ("Zm9vYg", b"foob")] {
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Z", "Zg=", "Zg===", "Z=g=", "Zm9v!", "é"] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
