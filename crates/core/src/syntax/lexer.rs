//! Tokens. ISO 32000-2, 7.2 and 7.3.

/// Why no token or object could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes end within it, and the document goes on after them.
    Incomplete,
    /// The syntax is not that of PDF, at this offset in the bytes.
    Broken(usize),
    /// Arrays and dictionaries are nested too deeply.
    Deep,
    /// There are too many values in it.
    Many,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Integer(i64),
    /// A number that is no integer, or one beyond 64 bits. Its value is never needed: it is copied as it stands.
    Real,
    Name(Vec<u8>),
    String(Vec<u8>),
    ArrayStart,
    ArrayEnd,
    DictionaryStart,
    DictionaryEnd,
    Keyword(Vec<u8>),
    End,
}

/// White space, 7.2.3, table 1.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// Delimiters, 7.2.3, table 2.
fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

/// Reads tokens from a window of the document.
#[derive(Clone)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether the document ends where `bytes` end; else a token that touches the end may go on.
    last: bool,
    tokens: u64,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize, last: bool) -> Self {
        Lexer { bytes, at, last, tokens: 0 }
    }

    /// Number of tokens that were read.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens
    }

    /// The offset of the next byte.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn peek_byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek_byte() {
            match byte {
                b'%' => {
                    self.at += self.bytes[self.at..].iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(self.bytes.len() - self.at)
                }
                byte if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// Takes `word` when it comes next, whatever follows it.
    pub(crate) fn keyword_prefix(&mut self, word: &[u8]) -> Result<bool, Fault> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(true);
        }
        if rest.len() < word.len() && word.starts_with(rest) && !self.last { Err(Fault::Incomplete) } else { Ok(false) }
    }

    /// The offset behind the end of line that comes next, where one does: CR LF, LF, or CR alone as sloppy writers have it (7.3.8.1).
    pub(crate) fn after_end_of_line(&self) -> Result<usize, Fault> {
        Ok(match self.need()? {
            b'\n' => self.at + 1,
            b'\r' => match self.bytes.get(self.at + 1) {
                Some(b'\n') => self.at + 2,
                Some(_) => self.at + 1,
                None if self.last => self.at + 1,
                None => return Err(Fault::Incomplete),
            },
            _ => self.at,
        })
    }

    /// The next token; `Token::End` at the end of the document.
    pub(crate) fn token(&mut self) -> Result<Token, Fault> {
        self.tokens += 1;
        self.skip_space();
        let start = self.at;
        let Some(byte) = self.peek_byte() else { return if self.last { Ok(Token::End) } else { Err(Fault::Incomplete) } };
        self.at += 1;
        match byte {
            b'[' => Ok(Token::ArrayStart),
            b']' => Ok(Token::ArrayEnd),
            b'(' => self.literal_string(),
            b'/' => self.name(),
            b'<' => match self.need()? {
                b'<' => {
                    self.at += 1;
                    Ok(Token::DictionaryStart)
                }
                _ => self.hexadecimal_string(),
            },
            b'>' => match self.need()? {
                b'>' => {
                    self.at += 1;
                    Ok(Token::DictionaryEnd)
                }
                _ => Err(Fault::Broken(start)),
            },
            b')' | b'{' | b'}' => Err(Fault::Broken(start)),
            _ => self.regular(start),
        }
    }

    /// The byte that must be there.
    fn need(&self) -> Result<u8, Fault> {
        self.peek_byte().ok_or(if self.last { Fault::Broken(self.at) } else { Fault::Incomplete })
    }

    fn regular_end(&mut self) -> Result<(), Fault> {
        while self.peek_byte().is_some_and(is_regular) {
            self.at += 1;
        }
        if self.at == self.bytes.len() && !self.last { Err(Fault::Incomplete) } else { Ok(()) }
    }

    fn regular(&mut self, start: usize) -> Result<Token, Fault> {
        self.regular_end()?;
        let word = &self.bytes[start..self.at];
        Ok(match number(word) {
            Some(token) => token,
            None => Token::Keyword(word.to_vec()),
        })
    }

    /// 7.3.5: `#` and two hexadecimal digits stand for a byte; a `#` without them stands for itself.
    fn name(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        self.regular_end()?;
        let mut name = Vec::with_capacity(self.at - start);
        let mut rest = &self.bytes[start..self.at];
        while let Some((&byte, tail)) = rest.split_first() {
            match (byte, tail) {
                (b'#', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    name.push(hexadecimal(*high) << 4 | hexadecimal(*low));
                    rest = after;
                }
                _ => {
                    name.push(byte);
                    rest = tail;
                }
            }
        }
        Ok(Token::Name(name))
    }

    /// 7.3.4.3: white space is passed over, an odd last digit is followed by 0.
    fn hexadecimal_string(&mut self) -> Result<Token, Fault> {
        let mut digits = Vec::new();
        loop {
            let byte = self.need()?;
            match byte {
                b'>' => break,
                byte if byte.is_ascii_hexdigit() => digits.push(hexadecimal(byte)),
                byte if is_space(byte) => {}
                _ => return Err(Fault::Broken(self.at)),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Token::String(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()))
    }

    /// 7.3.4.2.
    fn literal_string(&mut self) -> Result<Token, Fault> {
        let mut string = Vec::new();
        let mut open = 1_u32;
        loop {
            let byte = self.need()?;
            self.at += 1;
            match byte {
                b'(' => open = open.saturating_add(1),
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(Token::String(string));
                    }
                }
                b'\\' => {
                    string.extend(self.escape()?);
                    continue;
                }
                b'\r' => {
                    // An end of line within a string is a line feed, however it is written.
                    if self.need()? == b'\n' {
                        self.at += 1;
                    }
                    string.push(b'\n');
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
    }

    fn escape(&mut self) -> Result<Option<u8>, Fault> {
        let byte = self.need()?;
        self.at += 1;
        Ok(match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            b'\r' => {
                if self.need()? == b'\n' {
                    self.at += 1;
                }
                None
            }
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let digit = self.need()?;
                    if !(b'0'..=b'7').contains(&digit) {
                        break;
                    }
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                Some(value as u8) // high-order overflow is ignored
            }
            other => Some(other),
        })
    }
}

/// A number as 7.3.3 has it, or as real files do (`--5`, `1.2.3`, `5-3`): a word that starts as one.
fn number(word: &[u8]) -> Option<Token> {
    let digits = word.strip_prefix(b"+").or(word.strip_prefix(b"-")).unwrap_or(word);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        let text = std::str::from_utf8(word).ok()?;
        return Some(text.parse().map_or(Token::Real, Token::Integer));
    }
    let numeric = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+');
    (word.iter().all(numeric) && word.iter().any(u8::is_ascii_digit) || word == b".").then_some(Token::Real)
}

fn hexadecimal(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<Token> {
        let mut lexer = Lexer::new(text, 0, true);
        let mut tokens = Vec::new();
        loop {
            match lexer.token().unwrap() {
                Token::End => return tokens,
                token => tokens.push(token),
            }
        }
    }

    #[test]
    fn numbers_names_and_comments() {
        assert_eq!(
            all(b"12 +3 -4 .5 -.002 4. % a comment (\n/A#42#zz/ true 99999999999999999999"),
            [
                Token::Integer(12),
                Token::Integer(3),
                Token::Integer(-4),
                Token::Real,
                Token::Real,
                Token::Real,
                Token::Name(b"AB#zz".to_vec()),
                Token::Name(vec![]),
                Token::Keyword(b"true".to_vec()),
                Token::Real
            ]
        );
    }

    #[test]
    fn strings() {
        let string = |text: &[u8]| Token::String(text.to_vec());
        assert_eq!(all(b"(a(b)\\)\\\n\\053\\0533\\7x\r\ny\\q)"), [string(b"a(b))++3\x07x\nyq")]);
        assert_eq!(all(b"<48 6 5 7>"), [string(b"Hep")]);
        assert_eq!(all(b"<>"), [string(b"")]);
    }

    #[test]
    fn what_touches_the_end_of_a_window_may_go_on() {
        for text in [&b"12"[..], b"/Na", b"(ab", b"<4", b"<", b">", b"(\\", b"true", b" ", b"% c"] {
            assert_eq!(Lexer::new(text, 0, false).token(), Err(Fault::Incomplete), "{text:?}");
        }
        assert_eq!(Lexer::new(b"12", 0, true).token(), Ok(Token::Integer(12)));
        assert_eq!(Lexer::new(b"(ab", 0, true).token(), Err(Fault::Broken(3)));
    }
}
