//! Objects in every spelling that ISO 32000-2, 7.2 and 7.3 have.

use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub enum Value {
    /// As it stands.
    Word(&'static str),
    Number(String),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Vec<(Vec<u8>, Value)>),
    /// To one of the objects that there are, or to none.
    Reference(usize),
}

/// What must be read as it stands: ends of line and escapes in strings, odd digits, numbers with signs and without digits.
const WORDS: [&str; 24] = [
    "null",
    "true",
    "false",
    "()",
    "<>",
    "(a(b(c)d)e)",
    "(a\\\nb\\\r\nc\\\rd)",
    "(\r\n\r\n)",
    "(\\053\\53\\0053\\5)",
    "(\\n\\r\\t\\b\\f\\(\\)\\\\\\x)",
    "<48 65\n6>",
    "<4865>",
    "(% no comment)",
    "(endobj 1 0 obj)",
    "+17",
    "-0",
    "00012",
    "-.5",
    "4.",
    "+.002",
    "0.10000",
    "/A#20b#23",
    "/",
    "[]",
];

pub fn value() -> impl Strategy<Value = Value> {
    let name = || vec(1..=255_u8, 1..12);
    let leaf = prop_oneof![
        proptest::sample::select(&WORDS[..]).prop_map(Value::Word),
        any::<i64>().prop_map(|number| Value::Number(number.to_string())),
        (any::<i32>(), any::<u16>()).prop_map(|(whole, part)| Value::Number(format!("{whole}.{part}"))),
        name().prop_map(Value::Name),
        vec(any::<u8>(), 0..40).prop_map(Value::Text),
        (0..8_usize).prop_map(Value::Reference),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![vec(inner.clone(), 0..6).prop_map(Value::Array), vec((name(), inner), 0..6).prop_map(Value::Dictionary)]
    })
}

/// What is chosen where there are several ways, by turns.
pub struct Styles {
    styles: Vec<u8>,
    at: usize,
}

impl Styles {
    pub fn new(styles: &[u8]) -> Self {
        Styles { styles: styles.to_vec(), at: 0 }
    }

    pub fn next(&mut self) -> u8 {
        self.at += 1;
        self.styles[self.at % self.styles.len()]
    }

    /// Whether it is the turn of what comes once in so many times.
    pub fn one_in(&mut self, count: u8) -> bool {
        self.next().is_multiple_of(count)
    }

    /// White space, with comments.
    pub fn space(&mut self) -> Vec<u8> {
        let spaces: [&[u8]; 10] = [b" ", b"\n", b"\r\n", b"\t", b"\r", b"\0", b"\x0c", b"%c\n", b" % (<<[ endobj\r", b"%\n%%\r\n  "];
        spaces[usize::from(self.next()) % spaces.len()].to_vec()
    }
}

impl Value {
    pub fn write(&self, styles: &mut Styles, references: &[(u32, u16)]) -> Vec<u8> {
        match self {
            Value::Word(word) => word.as_bytes().to_vec(),
            Value::Number(number) => number.clone().into_bytes(),
            Value::Name(name) => name_of(name, styles),
            Value::Text(text) => text_of(text, styles),
            Value::Reference(index) => {
                let (number, generation) = references[index % references.len()];
                [number.to_string().into_bytes(), styles.space(), generation.to_string().into_bytes(), styles.space(), b"R".to_vec()]
                    .concat()
            }
            Value::Array(items) => {
                let mut out = b"[".to_vec();
                for item in items {
                    out.extend(styles.space());
                    out.extend(item.write(styles, references));
                }
                out.extend(styles.space());
                [out, b"]".to_vec()].concat()
            }
            Value::Dictionary(entries) => {
                let mut out = b"<<".to_vec();
                for (index, (key, value)) in entries.iter().enumerate() {
                    // No key twice: which one counts is the reader's affair.
                    out.extend(name_of(&[&[b'k', b'0' + index as u8][..], key].concat(), styles));
                    out.extend(styles.space());
                    out.extend(value.write(styles, references));
                    out.extend(styles.space());
                }
                [out, b">>".to_vec()].concat()
            }
        }
    }
}

/// A name, with `#` where it must be, and elsewhere by turns (7.3.5).
fn name_of(name: &[u8], styles: &mut Styles) -> Vec<u8> {
    let mut out = b"/".to_vec();
    for byte in name {
        match byte {
            b'!'..=b'~' if !b"#()<>[]{}/%".contains(byte) && !styles.one_in(5) => out.push(*byte),
            _ if styles.one_in(2) => out.extend(format!("#{byte:02x}").into_bytes()),
            _ => out.extend(format!("#{byte:02X}").into_bytes()),
        }
    }
    out
}

/// A string, literal or hexadecimal, with every escape (7.3.4).
fn text_of(text: &[u8], styles: &mut Styles) -> Vec<u8> {
    if styles.one_in(3) {
        let mut out = b"<".to_vec();
        for byte in text {
            out.extend(format!("{byte:02x}").into_bytes());
            if styles.one_in(5) {
                out.push(b'\n');
            }
        }
        return [out, b">".to_vec()].concat();
    }
    let mut out = b"(".to_vec();
    for byte in text {
        match byte {
            b'\n' if styles.one_in(2) => out.extend(b"\\n"),
            b'\r' if styles.one_in(2) => out.extend(b"\\r"),
            b'(' | b')' | b'\\' if styles.one_in(2) => out.extend([b'\\', *byte]),
            // A bare end of line is read as a line feed, and a digit behind an octal escape as one of its digits.
            b'(' | b')' | b'\\' | b'\r' => out.extend(format!("\\{byte:03o}").into_bytes()),
            _ if styles.one_in(4) => out.extend(format!("\\{byte:03o}").into_bytes()),
            _ => out.push(*byte),
        }
        if styles.one_in(11) {
            out.extend(b"\\\r\n");
        }
    }
    [out, b")".to_vec()].concat()
}
