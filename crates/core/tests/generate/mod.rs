//! Valid documents at random: values in every spelling, revisions, and every kind of cross-reference.

mod file;
mod value;

use lopdf::ObjectId;
use proptest::collection::vec;
use proptest::prelude::*;

use file::{Body, Writer};
pub use file::{Kind, Predictor};
use value::{Styles, Value, value};

/// What a document is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How things are spelled, by turns.
    styles: Vec<u8>,
    /// Objects that nothing needs.
    values: Vec<Value>,
    /// Entries that catalog, page and form have beside their own.
    entries: Vec<Value>,
    kinds: Vec<Kind>,
    predictor: Predictor,
    pages: usize,
    /// Whether all but the first page are below another node.
    nested: bool,
    annotations: Shape,
    form: Shape,
    fields: Shape,
    /// Levels of fields above one.
    depth: usize,
    /// The generation of the page, where there is no object stream.
    generation: u16,
    /// Whether something stands before the header, from which offsets count.
    junk: bool,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Absent,
    Direct,
    Indirect,
}

/// A document that was written, and what is known of it.
pub struct Written {
    pub bytes: Vec<u8>,
    pub catalog: ObjectId,
    /// The first page.
    pub page: ObjectId,
    pub form: Option<ObjectId>,
    /// `/Fields` and `/Annots`, where they are objects of their own.
    pub arrays: Vec<ObjectId>,
    pub pages: usize,
    pub fields: usize,
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![Just(Shape::Absent), Just(Shape::Direct), Just(Shape::Indirect)]
}

pub fn plan() -> impl Strategy<Value = Plan> {
    let kind = || prop_oneof![Just(Kind::Table), Just(Kind::Stream), Just(Kind::Hybrid)];
    let texts = (vec(any::<u8>(), 1..60), vec(value(), 0..6), vec(value(), 0..4));
    let file = (vec(kind(), 1..4), file::predictor(), prop_oneof![Just(0_u16), Just(3)], any::<bool>());
    let tree = (1..5_usize, any::<bool>(), shape(), shape(), shape(), 0..4_usize);
    (texts, file, tree).prop_map(
        |((styles, values, entries), (kinds, predictor, generation, junk), (pages, nested, annotations, form, fields, depth))| {
            let generation = if kinds.iter().all(|kind| *kind == Kind::Table) { generation } else { 0 };
            Plan { styles, values, entries, kinds, predictor, pages, nested, annotations, form, fields, depth, generation, junk }
        },
    )
}

impl Plan {
    pub fn write(&self) -> Written {
        let mut styles = Styles::new(&self.styles);
        let mut next = 0;
        // Some numbers are never used.
        let mut number = || {
            next += 1 + u32::from(self.styles[next as usize % self.styles.len()] == 7);
            next
        };
        let (catalog, root, node, page, form, fields, annotations) =
            ((number(), 0), number(), number(), (number(), self.generation), number(), number(), number());
        let others: Vec<u32> = (1..self.pages).map(|_| number()).collect();
        let chain: Vec<u32> = (0..=self.depth).map(|_| number()).collect();
        let (flat, content, length) = (number(), number(), number());
        let values: Vec<u32> = self.values.iter().map(|_| number()).collect();
        let after = number();
        let references: Vec<(u32, u16)> = values.iter().map(|number| (*number, 0)).chain([(after + 100, 0), page]).collect();

        let mut writer = Writer::new(&self.styles, after + 1, catalog, self.predictor);
        let array = |items: &[(u32, u16)]| items.iter().map(|(number, generation)| format!("{number} {generation} R ")).collect::<String>();
        let mut bodies = Vec::new();
        let put = |bodies: &mut Vec<Body>, number: u32, text: String| bodies.push(Body::new(number, 0, text.into_bytes()));

        // The page tree.
        let below: Vec<(u32, u16)> = others.iter().map(|number| (*number, 0)).collect();
        let (kids, parent) = match self.nested && !below.is_empty() {
            true => {
                put(&mut bodies, node, format!("<</Type/Pages/Parent {root} 0 R/Kids[{}]/Count {}>>", array(&below), below.len()));
                (vec![page, (node, 0)], node)
            }
            false => ([vec![page], below].concat(), root),
        };
        put(&mut bodies, root, format!("<</Type/Pages/Kids[{}]/Count {}>>", array(&kids), self.pages));
        others.iter().for_each(|number| put(&mut bodies, *number, format!("<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 9 9]>>")));

        // The form: one field, and one below others.
        let mut arrays = Vec::new();
        let mut indirect = |shape: Shape, key: &str, number: u32, items: String, bodies: &mut Vec<Body>| match shape {
            Shape::Absent => String::new(),
            Shape::Direct => format!("{key}[{items}]"),
            Shape::Indirect => {
                arrays.push((number, 0));
                put(bodies, number, format!("[{items}]"));
                format!("{key} {number} 0 R")
            }
        };
        let extra = |styles: &mut Styles| -> Vec<u8> {
            let entries = self.entries.iter().enumerate();
            entries
                .flat_map(|(index, value)| [format!("/X{index}").into_bytes(), styles.space(), value.write(styles, &references)].concat())
                .collect()
        };
        let mut acro_form = Vec::new();
        let mut told = 0;
        if self.form != Shape::Absent {
            let list = indirect(self.fields, "/Fields", fields, array(&[(flat, 0), (chain[0], 0)]), &mut bodies);
            acro_form = [b"<<".to_vec(), extra(&mut styles), list.into_bytes(), styles.space(), b">>".to_vec()].concat();
            if self.fields != Shape::Absent {
                told = 2;
                put(&mut bodies, flat, "<</T(flat)/FT/Tx/V(x)>>".into());
                for (level, number) in chain.iter().enumerate() {
                    let parent = level.checked_sub(1).map(|above| format!("/Parent {} 0 R", chain[above])).unwrap_or_default();
                    let rest = chain.get(level + 1).map_or("/FT/Btn".into(), |kid| format!("/Kids[{kid} 0 R]"));
                    put(&mut bodies, *number, format!("<</T(level {level}){parent}{rest}>>"));
                }
            }
        }
        let acro_form = match self.form {
            Shape::Absent => Vec::new(),
            Shape::Direct => [&b"/AcroForm"[..], &acro_form].concat(),
            Shape::Indirect => {
                bodies.push(Body::new(form, 0, acro_form));
                format!("/AcroForm {form} 0 R").into_bytes()
            }
        };
        let text = [b"<</Type/Catalog".to_vec(), extra(&mut styles), acro_form, format!("/Pages {root} 0 R>>").into_bytes()].concat();
        bodies.push(Body::new(catalog.0, 0, text));

        // What looks like objects in the midst of a stream, whose length stands elsewhere.
        let data = format!("{} 0 obj <</Type/Catalog>> endobj trailer <</Root 1 0 R>> startxref 0 %%EOF", page.0).into_bytes();
        put(&mut bodies, length, data.len().to_string());
        bodies.push(Body::stream(content, format!("<</Length {length} 0 R>>").into_bytes(), data));
        for (number, value) in values.iter().zip(&self.values) {
            bodies.push(Body::new(*number, 0, value.write(&mut styles, &references)));
        }

        // The page, which every revision writes again; the last one counts.
        let list = indirect(self.annotations, "/Annots", annotations, String::new(), &mut bodies);
        let page_body = |rotate: u32, styles: &mut Styles| {
            let head = format!("<</Type/Page/Parent {root} 0 R/Contents {content} 0 R{list}/Rotate {rotate}");
            Body::new(page.0, page.1, [head.into_bytes(), extra(styles), styles.space(), b">>".to_vec()].concat())
        };
        let last = self.kinds.len() - 1;
        bodies.push(page_body(if last == 0 { 90 } else { 0 }, &mut styles));
        writer.revision(self.kinds[0], bodies, &[]);
        let mut freed = None;
        for (index, kind) in self.kinds.iter().enumerate().skip(1) {
            let mut bodies = vec![page_body(if index == last { 90 } else { 0 }, &mut styles)];
            // What the revision before freed is used again, in the next generation.
            if let Some(number) = freed.take() {
                bodies.push(Body::new(number, 1, b"(again)".to_vec()));
            }
            let mut free = Vec::new();
            match (values.as_slice(), styles.next() % 3) {
                ([_, .., number], 0) if index == 1 => {
                    free.push((*number, 1));
                    freed = Some(*number);
                }
                ([number, ..], 1) => bodies.push(Body::new(*number, 0, self.values[self.values.len() - 1].write(&mut styles, &references))),
                _ => {}
            }
            writer.revision(*kind, bodies, &free);
        }
        Written {
            bytes: [if self.junk { &b"HTTP/1.1 200 OK\r\n\r\n"[..] } else { b"" }, &writer.out].concat(),
            catalog,
            page,
            form: (self.form == Shape::Indirect).then_some((form, 0)),
            arrays,
            pages: self.pages,
            fields: told,
        }
    }
}
