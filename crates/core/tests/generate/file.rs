//! Revisions with every kind of cross-reference. ISO 32000-2, 7.5.4, 7.5.7 and 7.5.8.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::value::Styles;

/// How a revision says where its objects are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Table,
    Stream,
    /// A table, and a stream for what it hides.
    Hybrid,
}

/// How the streams of a file are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predictor {
    Plain,
    Flate,
    /// With PNG predictors of this kind in each row, or of all kinds in turn.
    Png(Option<u8>),
}

pub fn predictor() -> impl Strategy<Value = Predictor> {
    prop_oneof![Just(Predictor::Plain), Just(Predictor::Flate), proptest::option::of(0..5_u8).prop_map(Predictor::Png)]
}

/// An object as it stands in a file.
pub struct Body {
    number: u32,
    generation: u16,
    text: Vec<u8>,
    stream: Option<Vec<u8>>,
}

impl Body {
    pub fn new(number: u32, generation: u16, text: Vec<u8>) -> Self {
        Body { number, generation, text, stream: None }
    }

    pub fn stream(number: u32, dictionary: Vec<u8>, data: Vec<u8>) -> Self {
        Body { number, generation: 0, text: dictionary, stream: Some(data) }
    }
}

#[derive(Clone, Copy)]
enum Place {
    Free(u16),
    At(usize, u16),
    Inside(u32, usize),
}

pub struct Writer {
    pub out: Vec<u8>,
    styles: Styles,
    next: u32,
    root: (u32, u16),
    predictor: Predictor,
    previous: Option<usize>,
    places: BTreeMap<u32, Place>,
}

impl Writer {
    pub fn new(styles: &[u8], next: u32, root: (u32, u16), predictor: Predictor) -> Self {
        let places = BTreeMap::from([(0, Place::Free(65535))]);
        let out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        Writer { out, styles: Styles::new(styles), next, root, predictor, previous: None, places }
    }

    pub fn revision(&mut self, kind: Kind, bodies: Vec<Body>, freed: &[(u32, u16)]) {
        self.places.extend(freed.iter().map(|(number, generation)| (*number, Place::Free(*generation))));
        let hides =
            |body: &Body, styles: &mut Styles| kind != Kind::Table && body.stream.is_none() && body.generation == 0 && styles.one_in(2);
        let (hidden, plain): (Vec<Body>, Vec<Body>) = bodies.into_iter().partition(|body| hides(body, &mut self.styles));
        plain.iter().for_each(|body| self.object(body));
        let mut inside = BTreeMap::new();
        if !hidden.is_empty() {
            let stream = self.object_stream(&hidden);
            inside.extend(hidden.iter().enumerate().map(|(index, body)| (body.number, Place::Inside(stream, index))));
        }
        let section = match kind {
            Kind::Table => self.table(""),
            Kind::Stream => {
                self.places.append(&mut inside);
                self.stream("")
            }
            Kind::Hybrid => {
                let table = std::mem::replace(&mut self.places, inside.clone());
                // Its own /Prev would be none of the chain.
                let previous = self.previous.take();
                let stream = self.stream("");
                self.previous = previous;
                self.places = table;
                self.places.extend(inside.keys().map(|number| (*number, Place::Free(0))));
                self.table(&format!("/XRefStm {stream}"))
            }
        };
        self.previous = Some(section);
        self.out.extend(format!("startxref\n{section}\n%%EOF\n").into_bytes());
    }

    fn object(&mut self, body: &Body) {
        if self.styles.one_in(4) {
            self.out.extend(b"% between\n");
        }
        self.places.insert(body.number, Place::At(self.out.len(), body.generation));
        self.out.extend(format!("{} {} obj", body.number, body.generation).into_bytes());
        self.out.extend(self.styles.space());
        self.out.extend(&body.text);
        if let Some(data) = &body.stream {
            self.out.extend(if self.styles.one_in(2) { &b"\nstream\n"[..] } else { b" stream\r\n" });
            self.out.extend(data);
            self.out.extend(b"\nendstream");
        }
        self.out.extend(self.styles.space());
        self.out.extend(b"endobj\n");
    }

    fn numbered(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn object_stream(&mut self, hidden: &[Body]) -> u32 {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        for body in hidden {
            // The second reader takes no comments here.
            let space = [" ", "\n", "\r\n", "\t "][usize::from(self.styles.next() % 4)];
            index.extend(format!("{}{space}{}{space}", body.number, data.len()).into_bytes());
            data.extend(&body.text);
            data.extend(self.styles.space());
        }
        let first = index.len();
        index.append(&mut data);
        let number = self.numbered();
        let (entries, data) = self.encoded(index, 5);
        let dictionary = format!("<</Type/ObjStm/N {}/First {first}/Length {}{entries}>>", hidden.len(), data.len());
        self.object(&Body::stream(number, dictionary.into_bytes(), data));
        number
    }

    fn trailer(&self, extra: &str) -> String {
        let previous = self.previous.map(|at| format!("/Prev {at}")).unwrap_or_default();
        format!("/Size {}/Root {} {} R/ID[<aa><bb>]{previous}{extra}", self.next, self.root.0, self.root.1)
    }

    fn table(&mut self, extra: &str) -> usize {
        let mut places = std::mem::take(&mut self.places);
        if self.previous.is_none() {
            (0..self.next).for_each(|number| {
                places.entry(number).or_insert(Place::Free(0));
            });
        }
        let at = self.out.len();
        self.out.extend(b"xref\n");
        let places: Vec<(u32, Place)> = places.into_iter().collect();
        for run in places.chunk_by(|one, next| one.0 + 1 == next.0) {
            self.out.extend(format!("{} {}\n", run[0].0, run.len()).into_bytes());
            for (_, place) in run {
                let (offset, generation, kind) = match place {
                    Place::At(at, generation) => (*at, *generation, 'n'),
                    Place::Free(generation) => (0, *generation, 'f'),
                    Place::Inside(..) => unreachable!("a table knows no object streams"),
                };
                self.out.extend(format!("{offset:010} {generation:05} {kind} \n").into_bytes());
            }
        }
        self.out.extend(b"trailer");
        self.out.extend(self.styles.space());
        let trailer = self.trailer(extra);
        self.out.extend(format!("<<{trailer}>>\n").into_bytes());
        at
    }

    fn stream(&mut self, extra: &str) -> usize {
        let number = self.numbered();
        let at = self.out.len();
        let mut places = std::mem::take(&mut self.places);
        places.insert(number, Place::At(at, 0));
        let (mut data, mut index) = (Vec::new(), String::new());
        let places: Vec<(u32, Place)> = places.into_iter().collect();
        for run in places.chunk_by(|one, next| one.0 + 1 == next.0) {
            index += &format!("{} {} ", run[0].0, run.len());
            for (_, place) in run {
                let (kind, second, third) = match place {
                    Place::Free(generation) => (0_u8, 0, *generation),
                    Place::At(at, generation) => (1, *at as u32, *generation),
                    Place::Inside(stream, index) => (2, *stream, *index as u16),
                };
                data.push(kind);
                data.extend(second.to_be_bytes());
                data.extend(third.to_be_bytes());
            }
        }
        let (entries, data) = self.encoded(data, 7);
        let trailer = self.trailer(extra);
        let head = format!("{number} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{index}]/Length {}{entries}{trailer}>>\nstream\n", data.len());
        self.out.extend(head.into_bytes());
        self.out.extend(data);
        self.out.extend(b"\nendstream\nendobj\n");
        at
    }

    /// Encodes data in rows of so many bytes; what is missing of the last is white space.
    fn encoded(&mut self, mut data: Vec<u8>, columns: usize) -> (String, Vec<u8>) {
        let parameters = match self.predictor {
            Predictor::Plain => return (String::new(), data),
            Predictor::Flate => String::new(),
            Predictor::Png(kind) => {
                data.resize(data.len().next_multiple_of(columns), b' ');
                data = predicted(&data, columns, kind);
                format!("/DecodeParms<</Predictor {}/Columns {columns}>>", kind.map_or(15, |kind| 10 + kind))
            }
        };
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&data).expect("memory");
        (format!("/Filter/FlateDecode{parameters}"), encoder.finish().expect("memory"))
    }
}

/// Rows by the PNG predictors (7.4.4.4; PNG, 9), for samples of one byte.
fn predicted(data: &[u8], columns: usize, kind: Option<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut above = vec![0; columns];
    for (index, row) in data.chunks(columns).enumerate() {
        let kind = kind.unwrap_or((index % 5) as u8);
        out.push(kind);
        for (at, byte) in row.iter().enumerate() {
            let (left, corner) = at.checked_sub(1).map_or((0, 0), |before| (row[before], above[before]));
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => ((u16::from(left) + u16::from(above[at])) / 2) as u8,
                _ => paeth(left, above[at], corner),
            };
            out.push(byte.wrapping_sub(guess));
        }
        above = row.to_vec();
    }
    out
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |byte: u8| (estimate - i16::from(byte)).abs();
    match (distance(left), distance(above), distance(corner)) {
        (a, b, c) if a <= b && a <= c => left,
        (_, b, c) if b <= c => above,
        _ => corner,
    }
}
