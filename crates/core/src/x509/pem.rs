//! Textual encodings (RFC 7468), and what bytes look like that are not what was asked for.

use crate::base64;

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
        blocks.push(Block { label, bytes: base64::decode(body) });
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

/// Text where binary data is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Pem,
    Hexadecimal,
    Base64,
    /// As HashiCorp Vault writes signatures.
    Vault,
    Json,
    /// A message with headers (RFC 2045), such as S/MIME.
    Mime,
    Markup,
    Utf16,
    Plain,
}

impl Text {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Text::Pem => "PEM text",
            Text::Hexadecimal => "hexadecimal text",
            Text::Base64 => "base64 text",
            Text::Vault => "text of HashiCorp Vault (`vault:v1:` and base64)",
            Text::Json => "JSON text",
            Text::Mime => "S/MIME text (headers and base64)",
            Text::Markup => "XML or HTML text",
            Text::Utf16 => "text in UTF-16",
            Text::Plain => "text",
        }
    }

    /// Steps from the text to the bytes.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Text::Pem => "decode the base64 between its two lines of dashes and give the bytes",
            Text::Hexadecimal => "decode it from hexadecimal and give the bytes",
            Text::Base64 => "decode it from base64 and give the bytes",
            Text::Vault => "cut off all up to the second colon, decode the rest from base64 and give the bytes",
            Text::Json => "take the value out of the JSON, decode it from base64 and give the bytes",
            Text::Mime => "take the base64 after the headers, decode it and give the bytes",
            Text::Markup => "read it: it may be an error page of the service",
            Text::Utf16 => "convert it to UTF-8",
            Text::Plain => "read it: it may be an error message of the service",
        }
    }
}

/// The text that `bytes` are. Sixteen bytes at least, if nothing else marks it: shorter binary data may look like text by chance.
pub(crate) fn text(bytes: &[u8]) -> Option<Text> {
    let hexadecimal = |bytes: &[u8]| bytes.iter().all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || *byte == b':');
    if is_utf_16(bytes) {
        return Some(Text::Utf16);
    }
    if is_pem(bytes) {
        return Some(Text::Pem);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if text.chars().any(|character| character.is_control() && !character.is_whitespace()) {
        return None;
    }
    let starts = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    match text.as_bytes().first()? {
        _ if starts("vault:v") => Some(Text::Vault),
        b'{' | b'[' | b'"' => Some(Text::Json),
        _ if starts("MIME-Version:") || starts("Content-") => Some(Text::Mime),
        b'<' => Some(Text::Markup),
        _ if text.len() < 16 => None,
        _ if hexadecimal(text.strip_prefix("0x").unwrap_or(text).as_bytes()) => Some(Text::Hexadecimal),
        _ => Some(base64::decode(text.as_bytes()).map_or(Text::Plain, |_| Text::Base64)),
    }
}

/// Bytes of the first PEM block in a text, or of a base64 text. `None` where it is neither.
pub(crate) fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    match text(bytes)? {
        Text::Pem => blocks(bytes, 1).pop()?.bytes,
        Text::Base64 => base64::decode(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
        _ => None,
    }
}

/// Whether `bytes` are ASCII in units of two bytes, with a byte order mark or without.
fn is_utf_16(bytes: &[u8]) -> bool {
    let (little, big) = (bytes.strip_prefix(b"\xff\xfe"), bytes.strip_prefix(b"\xfe\xff"));
    let units = little.or(big).unwrap_or(bytes).as_chunks::<2>().0;
    let is_ascii = |unit: &[u8; 2], high: usize| unit[high] == 0 && (unit[1 - high] >= b' ' || unit[1 - high].is_ascii_whitespace());
    units.len() >= 8 && (0..2).any(|high| units.iter().all(|unit| is_ascii(unit, high)))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn text_is_decoded() {
        let pem = b"x\n-----BEGIN A-----\r\nAAECAwQFBgcICQoLDA0O\r\n-----END A-----\n-----BEGIN B-----\nAAAA\n-----END B-----\n";
        for text in [&pem[..], b"AAECAwQFBgcI\nCQoLDA0O\n", b"\xef\xbb\xbfAAECAwQFBgcICQoLDA0O"] {
            assert_eq!(decoded(text), Some((0..15).collect()));
        }
        for text in [&b""[..], b"-----BEGIN A-----\nAAAA", b"-----BEGIN A-----\n!\n-----END A-----", b"no base64, but a text", &[0; 20]] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }

    #[test]
    fn text_is_recognised() {
        assert_eq!(text(b"0123456789abcdef 0123456789ABCDEF\n"), Some(Text::Hexadecimal));
        assert_eq!(text(b"MEUCIQDf0+Zm9vZm9v"), Some(Text::Base64));
        assert_eq!(text(b"-----BEGIN SIGNATURE-----"), Some(Text::Pem));
        assert_eq!((text(b"\x30\x45\x02\x21\0abcdefghijklmnopq"), text(b"abcd")), (None, None));
        for (given, found) in [
            ("vault:v1:MEUCIQDf", Text::Vault),
            ("\u{feff}{\"signature\": \"MEUC\"}", Text::Json),
            ("\"MEUCIQDf0+Zm9vZm9v\"\n", Text::Json),
            ("\r\nMIME-Version: 1.0\r\nContent-Type: x/y\r\n\r\nMIIB", Text::Mime),
            ("content-type: application/pkcs7-signature\n\nMIIB", Text::Mime),
            ("<html>503</html>", Text::Markup),
            ("no such key, try again", Text::Plain),
        ] {
            assert_eq!(text(given.as_bytes()), Some(found), "{given}");
        }
        let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(text(&units("\u{feff}-----BEGIN CERTIFICATE-----")), Some(Text::Utf16));
        assert_eq!(text(&units("-----BEGIN CERTIFICATE-----\n")), Some(Text::Utf16));
        assert_eq!(text(&[0; 64]), None);
    }
}
