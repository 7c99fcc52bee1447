//! Lexer, parser, and the changes that leave the rest as it is. ISO 32000-2, 7.2 and 7.3.

use std::ops::Range;

use crate::limits;
use crate::syntax::splice::Splice;
use crate::syntax::{Dictionary, Fault, Lexer, Object, ObjectId, Value, parse_indirect_header, parse_object, write};

/// Dictionaries and arrays of one input that are changed.
const CHANGED: usize = 8;
/// A key that is set beside another.
const SECOND: &str = "AcroForm";

/// `data` as an object: what stands in a window holds for what goes on behind it, values are written as they are read, and a change
/// leaves the rest equal.
pub fn lexer(data: &[u8]) -> bool {
    let whole = parse(data, true);
    for cut in [data.len().saturating_sub(1), data.len() / 2, data.len() / 3, data.len().min(16)] {
        match parse(&data[..cut], false) {
            (Err(Fault::Incomplete), _) => {}
            parsed => assert_eq!(parsed, whole, "the first {cut} bytes by themselves"),
        }
        let header = |bytes, last| parse_indirect_header(&mut Lexer::new(bytes, 0, last));
        match header(&data[..cut], false) {
            Err(Fault::Incomplete) => {}
            id => assert_eq!(id, header(data, true), "the head in the first {cut} bytes"),
        }
    }
    written(data);
    let (Ok(object), end) = whole else { return false };
    assert!(end <= data.len() && object.span.end == end);
    let containers = containers(&object);
    for (index, container) in containers.iter().enumerate().take(CHANGED) {
        changed(data, &object, index, container);
    }
    true
}

fn parse(bytes: &[u8], last: bool) -> (Result<Object, Fault>, usize) {
    let mut lexer = Lexer::new(bytes, 0, last);
    let parsed = parse_object(&mut lexer);
    let end = if parsed.is_ok() { lexer.offset() } else { 0 };
    (parsed, end)
}

fn read(text: &[u8]) -> Object {
    let (object, end) = parse(text, true);
    assert_eq!(end, text.len(), "{text:?}");
    object.expect("what we wrote")
}

/// Values that we write are read as what they are.
fn written(data: &[u8]) {
    assert_eq!(read(&write::string(data)).value.as_string(), Some(data));
    assert_eq!(read(&write::hexadecimal(data)).value.as_string(), Some(data));
    assert_eq!(read(&write::name(data)).value.as_name(), Some(data));
    if let Ok(text) = std::str::from_utf8(data) {
        let string = read(&write::text_string(text));
        assert_eq!(write::decode_text_string(string.value.as_string().unwrap_or_default()), text);
    }
    write::decode_text_string(data);
}

/// All arrays and dictionaries of `object`, an outer one before what is in it. Their places are in one another and in order.
fn containers(object: &Object) -> Vec<&Object> {
    let (mut found, mut open) = (Vec::new(), vec![(object, 1)]);
    while let Some((object, depth)) = open.pop() {
        assert!(object.span.start <= object.span.end && depth <= limits::NESTING + 1);
        let children: Vec<&Object> = match &object.value {
            Value::Array(items) => items.iter().collect(),
            Value::Dictionary(dictionary) => dictionary.entries.iter().map(|entry| &entry.object).collect(),
            _ => continue,
        };
        let mut at = object.span.start;
        for child in &children {
            assert!(child.span.start >= at && child.span.end <= object.span.end, "{:?} in {:?}", child.span, object.span);
            at = child.span.end;
        }
        found.push(object);
        open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
    }
    found
}

/// Changes the container that is the `index`th of `object`, and compares what comes out.
fn changed(source: &[u8], object: &Object, index: usize, container: &Object) {
    match &container.value {
        Value::Dictionary(dictionary) => {
            let own = dictionary.entries.last().and_then(|entry| std::str::from_utf8(&entry.key).ok());
            for key in ["Annots"].into_iter().chain(own.filter(|own| *own != SECOND)) {
                set(source, object, index, dictionary, &container.span, key);
            }
        }
        Value::Array(items) => {
            let mut splice = Splice::new(source, object);
            splice.push(&container.span, b"7 0 R");
            let out = splice.finish();
            let again = read(&out);
            let grown = containers(&again)[index].value.as_array().expect("an array");
            assert_eq!(grown.len(), items.len() + 1);
            assert_eq!(grown[items.len()].value, Value::Reference(ObjectId::new(7, 0)));
            items.iter().zip(grown).for_each(|(before, after)| same(source, before, &out, after));
        }
        _ => {}
    }
}

fn set(source: &[u8], object: &Object, index: usize, dictionary: &Dictionary, span: &Range<usize>, key: &str) {
    let mut splice = Splice::new(source, object);
    splice.set(dictionary, span, key, b"(new)");
    splice.set(dictionary, span, SECOND, b"7");
    let out = splice.finish();
    let again = read(&out);
    let changed = containers(&again)[index].value.as_dictionary().expect("a dictionary");
    assert_eq!(changed.get(key).and_then(Value::as_string), Some(&b"new"[..]));
    assert_eq!(changed.integer(SECOND), Some(7));
    let others = |dictionary: &Dictionary| {
        dictionary
            .entries
            .iter()
            .filter(|entry| entry.key != key.as_bytes() && entry.key != SECOND.as_bytes())
            .map(|entry| (entry.key.clone(), entry.object.clone()))
            .collect()
    };
    let (before, after): (Vec<(Vec<u8>, Object)>, Vec<_>) = (others(dictionary), others(changed));
    assert_eq!(before.len(), after.len());
    for ((key, before), (other, after)) in before.iter().zip(&after) {
        assert_eq!(key, other);
        same(source, before, &out, after);
    }
}

/// Whether two values are the same, byte for byte. A key without a value may get the null that it stands for.
fn same(source: &[u8], before: &Object, out: &[u8], after: &Object) {
    if before.value != Value::Null || after.value != Value::Null {
        assert_eq!(source[before.span.clone()], out[after.span.clone()]);
    }
}
