//! Documents that are small and cost much: each is refused, or signed, within the work that its length allows.

mod common;

use std::io::Write;
use std::time::Instant;

use common::{memory, moment, options, run};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rustpdf_core::Machine;

/// A document in the making: objects by number, with their offsets.
struct Writer {
    out: Vec<u8>,
    offsets: Vec<(u32, usize)>,
}

impl Writer {
    fn new() -> Self {
        Writer { out: b"%PDF-1.7\n".to_vec(), offsets: Vec::new() }
    }

    fn object(&mut self, number: u32, body: &[u8]) {
        self.offsets.push((number, self.out.len()));
        self.out.extend([format!("{number} 0 obj\n").as_bytes(), body, b"\nendobj\n"].concat());
    }

    /// Ends with a table of one subsection for each object.
    fn table(mut self) -> Vec<u8> {
        let start = self.out.len();
        self.offsets.sort_unstable();
        let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        for (number, at) in &self.offsets {
            table += &format!("{number} 1\n{at:010} 00000 n \n");
        }
        let size = self.offsets.last().unwrap().0 + 1;
        self.out.extend(format!("{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
        self.out
    }

    /// Ends with a cross-reference stream of number `own`; `packed` are objects in streams of one object each.
    fn stream(mut self, own: u32, packed: &[(u32, u32)]) -> Vec<u8> {
        let start = self.out.len();
        self.offsets.push((own, start));
        let mut entries: Vec<(u32, [u8; 7])> = Vec::new();
        let entry = |kind: u8, second: u32| {
            let [a, b, c, d] = second.to_be_bytes();
            [kind, a, b, c, d, 0, 0]
        };
        entries.extend(self.offsets.iter().map(|(number, at)| (*number, entry(1, *at as u32))));
        entries.extend(packed.iter().map(|(number, stream)| (*number, entry(2, *stream))));
        entries.sort_unstable();
        let index: String = entries.iter().map(|(number, _)| format!("{number} 1 ")).collect();
        let data: Vec<u8> = entries.iter().flat_map(|(_, entry)| *entry).collect();
        let size = entries.last().unwrap().0 + 1;
        let head = format!("<</Type/XRef/W[1 4 2]/Size {size}/Root 1 0 R/Index[{index}]/Length {}>>stream\n", data.len());
        self.out.extend([format!("{own} 0 obj\n{head}").as_bytes(), &data, b"\nendstream\nendobj\n"].concat());
        self.out.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
        self.out
    }
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn form(writer: &mut Writer, fields: u32) {
    let list: String = (0..fields).map(|field| format!("{} 0 R ", 10_000 + field)).collect();
    writer.object(1, b"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>");
    writer.object(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>");
    writer.object(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>");
    writer.object(4, format!("<</Fields[{list}]>>").as_bytes());
}

/// Object streams whose filters make much of little on the way and end with some bytes; more of them than are kept are asked for in turn.
fn filters(fields: u32) -> Vec<u8> {
    const HOPS: u32 = 31;
    let (mut writer, mut packed) = (Writer::new(), Vec::new());
    form(&mut writer, fields);
    for field in 0..fields {
        let chain = 1000 + field % 2 * 2 * HOPS;
        writer.object(10_000 + field, format!("<</T {chain} 0 R/FT {} 0 R>>", chain + HOPS).as_bytes());
    }
    for index in 0..4 * HOPS {
        let (number, stream) = (1000 + index, 2000 + index);
        let body = match index % HOPS == HOPS - 1 {
            false => format!("{} 0 R ", number + 1),
            true if (index / HOPS).is_multiple_of(2) => "(x)".to_owned(),
            true => "/Tx".to_owned(),
        };
        let head = format!("{number} 0 ");
        let text = format!("{head}{body}");
        let runs = [&[text.len() as u8 - 1], text.as_bytes(), &[128], &vec![0; 32 << 20]].concat(); // nothing after 128 counts
        let data = deflated(&deflated(&runs));
        let dictionary = format!("<</Type/ObjStm/N 1/First {}/Filter[/Fl/Fl/RL]/Length {}>>stream\n", head.len(), data.len());
        writer.object(stream, &[dictionary.as_bytes(), &data, b"\nendstream"].concat());
        packed.push((number, stream));
    }
    writer.stream(5, &packed)
}

/// Chains of references through more blocks than the cache holds: each hop is a read of the host.
fn reads(fields: u32) -> Vec<u8> {
    const HOPS: u32 = 31;
    let mut writer = Writer::new();
    form(&mut writer, fields);
    for index in 0..6 * HOPS {
        let number = 10 + index;
        let body = match index % HOPS == HOPS - 1 {
            false => format!("{} 0 R ", number + 1),
            true if (index / HOPS).is_multiple_of(2) => "(x)".to_owned(),
            true => "/Tx".to_owned(),
        };
        writer.object(number, body.as_bytes());
        writer.out.extend([b"%".as_slice(), &[b'x'; 8192], b"\n"].concat());
    }
    for field in 0..fields {
        let chain = 10 + field % 3 * 2 * HOPS;
        writer.object(10_000 + field, format!("<</T {chain} 0 R/FT {} 0 R>>", chain + HOPS).as_bytes());
    }
    writer.table()
}

/// A long chain of `/Prev`, and references to objects that no section lists.
fn sections(sections: usize, fields: u32) -> Vec<u8> {
    let mut writer = Writer::new();
    form(&mut writer, fields);
    let mut out = writer.table();
    let mut previous = out.windows(5).rposition(|window| window == b"xref\n").unwrap() - 5;
    previous = out[..previous].windows(5).rposition(|window| window == b"xref\n").unwrap();
    for _ in 0..sections {
        let at = out.len();
        out.extend(format!("xref\n0 1\n0000000000 65535 f \ntrailer<</Size 5/Root 1 0 R/Prev {previous}>>\n").into_bytes());
        previous = at;
    }
    out.extend(format!("startxref\n{previous}\n%%EOF\n").into_bytes());
    out
}

/// An object of many empty names in an object stream, to which each field refers.
fn names(fields: u32) -> Vec<u8> {
    let mut writer = Writer::new();
    form(&mut writer, fields);
    for field in 0..fields {
        writer.object(10_000 + field, b"<</T 9 0 R/FT 9 0 R>>");
    }
    let data = deflated(&[b"9 0 [".as_slice(), &vec![b'/'; 1_000_000], b"]"].concat());
    let head = format!("<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {}>>stream\n", data.len());
    writer.object(8, &[head.as_bytes(), &data, b"\nendstream"].concat());
    writer.stream(7, &[(9, 8)])
}

#[test]
fn little_costs_little() {
    for (name, document, expected) in [
        ("filters", filters(400), "ERR_LIMIT"),
        ("reads", reads(20_000), "ERR_LIMIT"),
        ("sections", sections(5_000, 20_000), "ERR_LIMIT"),
        ("names", names(500), "ERR_LIMIT"),
        ("few filters", filters(0), "signed"),
        ("few reads", reads(20), "signed"),
        ("few sections", sections(100, 200), "signed"),
    ] {
        let start = Instant::now();
        let outcome = run(Machine::prepare(memory(&document), moment(), None, options("{}")), &document, |_| vec![]);
        let seconds = start.elapsed().as_secs_f64();
        println!("{name}: {} bytes, {seconds:.2} s", document.len());
        assert_eq!(outcome.map_or_else(|error| error.code().as_str(), |_| "signed"), expected, "{name}");
    }
}
