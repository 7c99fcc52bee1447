//! From tokens to objects, without recursion: what a file can nest is held on a stack of its own.

use super::lexer::{Fault, Lexer, Token};
use super::object::{Dictionary, Entry, Object, ObjectId, Value};
use crate::limits;

/// What no value begins with: the words of the file around it, and a reference without its numbers.
const STRUCTURE: [&[u8]; 7] = [b"endobj", b"endstream", b"stream", b"obj", b"R", b"xref", b"trailer"];

/// An array or a dictionary that is still open.
enum Open {
    Array { start: usize, items: Vec<Object> },
    Dictionary { start: usize, entries: Vec<Entry>, key: Option<Vec<u8>> },
}

/// Parses one direct object or reference; `lexer` then stands behind it.
pub(crate) fn parse_object(lexer: &mut Lexer) -> Result<Object, Fault> {
    let mut open: Vec<Open> = Vec::new();
    let mut left = limits::VALUES;
    loop {
        lexer.skip_space();
        let at = lexer.offset();
        let token = lexer.token()?;
        left = left.checked_sub(1).ok_or(Fault::Many)?;
        if let Some(Open::Dictionary { key: key @ None, .. }) = open.last_mut()
            && token != Token::DictionaryEnd
        {
            match token {
                Token::Name(name) => *key = Some(name),
                // A value without a key, as sloppy writers leave it, is passed over; `endobj` and the like end the attempt.
                Token::Integer(_) | Token::Real | Token::String(_) => {}
                _ => return Err(Fault::Broken(at)),
            }
            continue;
        }
        let value = match token {
            Token::ArrayStart | Token::DictionaryStart if open.len() >= limits::NESTING => return Err(Fault::Deep),
            Token::ArrayStart => {
                open.push(Open::Array { start: at, items: Vec::new() });
                continue;
            }
            Token::DictionaryStart => {
                open.push(Open::Dictionary { start: at, entries: Vec::new(), key: None });
                continue;
            }
            Token::ArrayEnd => match open.pop() {
                Some(Open::Array { start, items }) => {
                    let object = Object { value: Value::Array(items.into()), span: start..lexer.offset() };
                    match place(&mut open, object) {
                        Some(object) => return Ok(object),
                        None => continue,
                    }
                }
                _ => return Err(Fault::Broken(at)),
            },
            Token::DictionaryEnd => match open.pop() {
                Some(Open::Dictionary { start, mut entries, key }) => {
                    if let Some(key) = key {
                        // A key without a value: null, as if it were not there.
                        entries.push(Entry { key, object: Object { value: Value::Null, span: at..at } });
                    }
                    let object = Object { value: Value::Dictionary(Dictionary { entries: entries.into() }), span: start..lexer.offset() };
                    match place(&mut open, object) {
                        Some(object) => return Ok(object),
                        None => continue,
                    }
                }
                _ => return Err(Fault::Broken(at)),
            },
            Token::Integer(number) => reference(lexer, number)?,
            Token::Real => Value::Real,
            Token::Name(name) => Value::Name(name),
            Token::String(string) => Value::String(string),
            Token::Keyword(word) => match word.as_slice() {
                b"null" => Value::Null,
                b"true" => Value::Boolean(true),
                b"false" => Value::Boolean(false),
                // A word that PDF does not have stands for nothing, as in most readers; one of the file's own ends the attempt.
                _ if !open.is_empty() && !STRUCTURE.iter().any(|word_of_file| word.starts_with(word_of_file)) => Value::Null,
                _ => return Err(Fault::Broken(at)),
            },
            Token::End => return Err(Fault::Broken(at)),
        };
        if let Some(object) = place(&mut open, Object { value, span: at..lexer.offset() }) {
            return Ok(object);
        }
    }
}

/// Puts a finished object into what is open around it, or hands it back when nothing is.
fn place(open: &mut [Open], object: Object) -> Option<Object> {
    match open.last_mut() {
        None => return Some(object),
        Some(Open::Array { items, .. }) => items.push(object),
        Some(Open::Dictionary { entries, key, .. }) => {
            if let Some(key) = key.take() {
                entries.push(Entry { key, object });
            }
        }
    }
    None
}

/// An integer may be the first of the three words of a reference (7.3.10).
fn reference(lexer: &mut Lexer, number: i64) -> Result<Value, Fault> {
    let Ok(number32) = u32::try_from(number) else { return Ok(Value::Integer(number)) };
    let mut ahead = lexer.clone();
    ahead.skip_space();
    match ahead.peek_byte() {
        Some(byte) if !byte.is_ascii_digit() => return Ok(Value::Integer(number)),
        _ => {}
    }
    let Token::Integer(generation) = ahead.token()? else { return Ok(Value::Integer(number)) };
    let Ok(generation) = u16::try_from(generation) else { return Ok(Value::Integer(number)) };
    ahead.skip_space();
    match ahead.peek_byte() {
        Some(b'R') | None => {}
        _ => return Ok(Value::Integer(number)),
    }
    match ahead.token()? {
        Token::Keyword(word) if word == b"R" => {
            *lexer = ahead;
            Ok(Value::Reference(ObjectId::new(number32, generation)))
        }
        _ => Ok(Value::Integer(number)),
    }
}

/// Parses the head of an indirect object (7.3.10); `lexer` then stands behind `obj`.
pub(crate) fn parse_indirect_header(lexer: &mut Lexer) -> Result<ObjectId, Fault> {
    lexer.skip_space();
    let start = lexer.offset();
    let (number, generation) = match (lexer.token()?, lexer.token()?) {
        (Token::Integer(number), Token::Integer(generation)) => (number, generation),
        _ => return Err(Fault::Broken(start)),
    };
    let id = match (u32::try_from(number), u16::try_from(generation)) {
        (Ok(number), Ok(generation)) => ObjectId::new(number, generation),
        _ => return Err(Fault::Broken(start)),
    };
    // Some writers leave no space behind `obj`, and the value may start with a regular character: `1 0 obj5 endobj`.
    lexer.skip_space();
    match lexer.keyword_prefix(b"obj")? {
        true => Ok(id),
        false => Err(Fault::Broken(start)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8]) -> Result<Object, Fault> {
        parse_object(&mut Lexer::new(text, 0, true))
    }

    #[test]
    fn objects_keep_the_place_of_their_source() {
        let text = b" << /A [1 2 R 3 0 R (x)] % note\n/B null/C<</D/E>>/A 7>> ";
        let object = parse(text).unwrap();
        assert_eq!(object.span, 1..text.len() - 1);
        let dictionary = object.value.as_dictionary().unwrap();
        assert_eq!(dictionary.entries.len(), 4);
        let array = dictionary.entries[0].object.value.as_array().unwrap();
        assert_eq!(array[0].value, Value::Reference(ObjectId::new(1, 2)));
        assert_eq!(&text[array[1].span.clone()], b"3 0 R");
        assert_eq!(dictionary.get("B"), None);
        assert_eq!(dictionary.integer("A"), Some(7));
    }

    #[test]
    fn references_need_all_three_words() {
        let items = |text| parse(text).unwrap().value.as_array().unwrap().iter().map(|o| o.value.clone()).collect::<Vec<_>>();
        let reference = Value::Reference(ObjectId::new(3, 0));
        assert_eq!(items(b"[1 3 0 R]"), [Value::Integer(1), reference.clone()]);
        assert_eq!(items(b"[1 2 3]").len(), 3);
        assert_eq!(items(b"[3 0 R/R]").len(), 2);
        assert_eq!(items(b"[3 0 (R)]").len(), 3);
    }

    #[test]
    fn unknown_words_are_null() {
        let object = parse(b"<</A foo/B[1e5 yes]/C 1>>").unwrap();
        let dictionary = object.value.as_dictionary().unwrap();
        assert_eq!((dictionary.get("A"), dictionary.integer("C")), (None, Some(1)));
        for text in [&b"foo"[..], b"<</A endobj>>", b"[1 R]", b"[stream]", b"<</A 1 0 obj>>", b"[trailer]"] {
            assert!(matches!(parse(text), Err(Fault::Broken(_))), "{text:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(parse(&[b'['; limits::NESTING + 1]), Err(Fault::Deep));
        let mut fits = vec![b'['; limits::NESTING];
        fits.extend(vec![b']'; limits::NESTING]);
        assert!(parse(&fits).is_ok());
    }

    #[test]
    fn an_indirect_header_may_touch_its_value() {
        let mut lexer = Lexer::new(b"12 0 obj<<>>endobj", 0, true);
        assert_eq!(parse_indirect_header(&mut lexer).unwrap(), ObjectId::new(12, 0));
        assert_eq!(parse_object(&mut lexer).unwrap().span, 8..12);
    }
}
