//! Makers of documents that are small and cost much, one for each kind. `npm run bench -- --only worst` measures them, `work.rs` holds
//! that the budget of work ends them, and the search of the bench varies their parameters.
#![allow(dead_code)] // each program uses a part of it

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};

/// A kind of document.
pub struct Case {
    pub name: &'static str,
    /// Call that costs the most: `prepare` or `inspect`.
    pub call: &'static str,
    /// What comes of it: `done`, or `ERR_LIMIT` where the budget ends it.
    pub outcome: &'static str,
    make: fn(&[u32]) -> Vec<u8>,
    /// Parameters of the worst document that was found, and the most that each may be.
    pub parameters: &'static [(u32, u32)],
}

impl Case {
    /// The worst document that was found.
    pub fn document(&self) -> Vec<u8> {
        self.with(&self.parameters.iter().map(|(worst, _)| *worst).collect::<Vec<_>>())
    }

    /// The document of these parameters.
    pub fn with(&self, parameters: &[u32]) -> Vec<u8> {
        (self.make)(parameters)
    }
}

const fn case(name: &'static str, call: &'static str, make: fn(&[u32]) -> Vec<u8>, parameters: &'static [(u32, u32)]) -> Case {
    Case { name, call, outcome: "ERR_LIMIT", make, parameters }
}

impl Case {
    /// A case that costs less than the budget.
    const fn done(self) -> Case {
        Case { outcome: "done", ..self }
    }
}

/// All kinds.
pub const CASES: &[Case] = &[
    case("filters", "prepare", filters, &[(400, 20_000), (32, 127), (31, 31), (2, 6)]),
    case("filters of spoiled data", "prepare", wrapper, &[(64, 64), (60, 127)]),
    case("predictors", "prepare", predictors, &[(300, 2000), (40, 120), (1, 64), (4, 4)]),
    case("reads", "prepare", reads, &[(20_000, 100_000), (6, 12), (8192, 20_000)]),
    case("sections", "prepare", sections, &[(5_000, 9_999), (20_000, 100_000), (10_000, 10_000)]),
    case("sections with fields apart", "prepare", sections, &[(9_918, 9_999), (3_891, 20_000), (800_000, 1_000_000)]),
    case("entries in streams", "prepare", stream_entries, &[(100, 400), (1_000_000, 8_000_000), (1_048_000, 1_048_000)]),
    case("entries of one byte", "prepare", stream_entries, &[(15, 200), (8_000_000, 8_000_000), (0, 1_048_000)]),
    case("entries far apart", "prepare", far_entries, &[(15_000_000, 15_900_000)]),
    case("hybrid sections", "prepare", hybrids, &[(40, 400), (1_000_000, 8_000_000)]),
    case("entries of a table", "prepare", table_entries, &[(40_000, 50_000), (400, 2_000)]).done(),
    case("names", "prepare", names, &[(500, 20_000), (1_000_000, 1_040_000), (0, 8)]),
    case("values that are copied", "prepare", copied, &[(3, 8), (1_000_000, 1_040_000), (0, 8)]),
    case("indexes of object streams", "prepare", indexes, &[(60, 1000), (400_000, 1_000_000), (0, 1)]),
    case("indexes that end early", "prepare", indexes, &[(60, 1000), (400_000, 1_000_000), (1, 1)]),
    case("heads of objects", "prepare", heads, &[(20_000, 200_000), (0, 6)]),
    case("fields in fields", "prepare", nested_fields, &[(48, 98), (20_000, 400_000)]).done(),
    case("names of fields", "prepare", long_names, &[(900, 4_000), (32_000, 32_700)]).done(),
    case("page tree", "prepare", page_tree, &[(4_000, 100_000), (1_000, 10_000)]).done(),
    case("array of locked fields", "inspect", locks, &[(800, 10_000), (32, 32), (2_000, 100_000)]),
    case("signatures in reverse", "inspect", signatures, &[(9_999, 10_000), (0, 100_000), (0, 0)]).done(),
    case("one container for all", "inspect", signatures, &[(9_999, 10_000), (20_000, 1_000_000), (1, 1)]),
    case("one text for all", "inspect", signatures, &[(9_999, 10_000), (200_000, 1_000_000), (2, 2)]),
];

/// The case of this name.
pub fn find(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("there is no case {name}"))
}

/// A document in the making.
pub struct Pdf {
    pub out: Vec<u8>,
    /// Kind, offset or object stream, and index, by number.
    entries: BTreeMap<u32, (u8, u32, u16)>,
}

impl Pdf {
    pub fn new() -> Self {
        Pdf { out: b"%PDF-1.7\n".to_vec(), entries: BTreeMap::new() }
    }

    pub fn object(&mut self, number: u32, body: impl AsRef<[u8]>) {
        self.entries.insert(number, (1, self.out.len() as u32, 0));
        self.out.extend([format!("{number} 0 obj\n").as_bytes(), body.as_ref(), b"\nendobj\n"].concat());
    }

    pub fn stream(&mut self, number: u32, entries: &str, data: &[u8]) {
        let head = format!("<<{entries}/Length {}>>stream\n", data.len());
        self.object(number, [head.as_bytes(), data, b"\nendstream"].concat());
    }

    /// An object stream of `objects`, deflated.
    pub fn packed(&mut self, number: u32, objects: &[(u32, &[u8])]) {
        let (mut head, mut bodies) = (String::new(), Vec::new());
        for (index, (number_in_it, body)) in objects.iter().enumerate() {
            head += &format!("{number_in_it} {} ", bodies.len());
            bodies.extend([body, b" ".as_slice()].concat());
            self.entries.insert(*number_in_it, (2, number, index as u16));
        }
        let entries = format!("/Type/ObjStm/N {}/First {}/Filter/FlateDecode", objects.len(), head.len());
        self.stream(number, &entries, &deflated(&[head.as_bytes(), &bodies].concat()));
    }

    /// Says that an object is in an object stream, whatever that contains.
    pub fn place(&mut self, number: u32, stream: u32) {
        self.entries.insert(number, (2, stream, 0));
    }

    /// Objects 1 to 4: a page, and a form of `fields`, the numbers from 10,000 on.
    pub fn form(&mut self, fields: u32) {
        let list: String = (0..fields).map(|field| format!("{} 0 R ", 10_000 + field)).collect();
        self.page("/AcroForm 4 0 R");
        self.object(4, format!("<</Fields[{list}]>>"));
    }

    /// Objects 1 to 3.
    pub fn page(&mut self, catalog: &str) {
        self.object(1, format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"));
        self.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
        self.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>");
    }

    /// Ends with a table.
    pub fn table(mut self) -> Vec<u8> {
        let start = self.out.len();
        let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        let entries: Vec<_> = self.entries.iter().collect();
        for run in entries.chunk_by(|one, next| one.0 + 1 == *next.0) {
            table += &format!("{} {}\n", run[0].0, run.len());
            run.iter().for_each(|(_, (_, at, _))| table += &format!("{at:010} 00000 n \n"));
        }
        let size = entries.last().unwrap().0 + 1;
        self.out.extend(format!("{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
        self.out
    }

    /// Ends with a cross-reference stream.
    pub fn table_stream(mut self) -> Vec<u8> {
        let own = self.entries.last_key_value().unwrap().0 + 1;
        let start = self.section(own, "");
        self.end(start);
        self.out
    }

    /// Adds a cross-reference stream, and returns where it is.
    pub fn section(&mut self, own: u32, more: &str) -> usize {
        let start = self.out.len();
        let entries: Vec<_> = std::mem::take(&mut self.entries).into_iter().chain([(own, (1, start as u32, 0))]).collect();
        let index: String = entries.chunk_by(|one, next| one.0 + 1 == next.0).map(|run| format!("{} {} ", run[0].0, run.len())).collect();
        let rows = entries.iter().map(|(_, (kind, second, third))| [&[*kind][..], &second.to_be_bytes(), &third.to_be_bytes()].concat());
        let data = deflated(&rows.collect::<Vec<_>>().concat());
        let head = format!("/Type/XRef/W[1 4 2]/Size {}/Root 1 0 R/Index[{index}]/Filter/FlateDecode{more}", own + 1);
        self.stream(own, &head, &data);
        start
    }

    pub fn end(&mut self, start: usize) {
        self.out.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
    }

    /// Ends without a cross-reference: it has to be rebuilt.
    pub fn damaged(mut self) -> Vec<u8> {
        self.out.extend(b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n");
        self.out
    }
}

pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A deflate stream of so many megabytes of zeros, without the header of zlib.
fn zeros(megabytes: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    (0..megabytes).for_each(|_| encoder.write_all(&[0; 1 << 20]).unwrap());
    encoder.finish().unwrap()
}

/// `head` and `zeros`, deflated twice. The head is a stored block (RFC 1951, 3.2.4); the checksum at the end is left out.
fn bomb(head: &[u8], zeros: &[u8]) -> Vec<u8> {
    let length = head.len() as u16;
    deflated(&[&[0x78, 0xda, 0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), head, zeros].concat())
}

/// Fields whose `/T` and `/FT` are at the ends of chains of references through object streams. Their filters make `megabytes` of little on
/// the way and end with some bytes; there are more of them than are kept.
fn filters(parameters: &[u32]) -> Vec<u8> {
    let [fields, megabytes, hops, chains] = parameters else { unreachable!() };
    let (hops, chains) = ((*hops).max(1), (*chains).max(2) / 2 * 2);
    let mut pdf = Pdf::new();
    pdf.form(*fields);
    for field in 0..*fields {
        let chain = 1000 + field * 2 % (chains * 2) * hops;
        pdf.object(10_000 + field, format!("<</T {chain} 0 R/FT {} 0 R>>", chain + hops));
    }
    let zeros = zeros(*megabytes);
    for index in 0..2 * chains * hops {
        let (number, stream) = (1000 + index, 4000 + index);
        let head = format!("{number} 0 ");
        let body = chained(number, index, hops);
        let runs = [&[(head.len() + body.len() - 1) as u8], head.as_bytes(), body.as_bytes(), &[128]].concat(); // nothing after 128 counts
        let entries = format!("/Type/ObjStm/N 1/First {}/Filter[/Fl/Fl/RL]", head.len());
        pdf.stream(stream, &entries, &bomb(&runs, &zeros));
        pdf.place(number, stream);
    }
    pdf.table_stream()
}

/// The value of object `number`, the `index`th of chains of `hops` references: the next, or a name, or a kind of field.
fn chained(number: u32, index: u32, hops: u32) -> String {
    match index % hops == hops - 1 {
        false => format!("{} 0 R ", number + 1),
        true if (index / hops).is_multiple_of(2) => "(x)".to_owned(),
        true => "/Tx".to_owned(),
    }
}

/// Attachments of a collection in object streams that cannot be read, each by itself: the failures are passed over.
fn wrapper(parameters: &[u32]) -> Vec<u8> {
    let [files, megabytes] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    let list: String = (0..*files).map(|file| format!("{} 0 R ", 1000 + file)).collect();
    pdf.page(&format!("/AF[{list}]"));
    let data = bomb(b"x", &zeros(*megabytes));
    for file in 0..*files {
        pdf.stream(2000 + file, "/Type/ObjStm/N 1/First 4/Filter[/Fl/Fl]", &data);
        pdf.place(1000 + file, 2000 + file);
    }
    pdf.table_stream()
}

/// Object streams with rows of few bytes, each with a predictor.
fn predictors(parameters: &[u32]) -> Vec<u8> {
    let [fields, megabytes, columns, filter] = parameters else { unreachable!() };
    let columns = (*columns).max(1) as usize;
    let mut pdf = Pdf::new();
    pdf.form(*fields);
    let row = [&[*filter as u8], &vec![0_u8; columns][..]].concat();
    let mut rows = row.repeat(((*megabytes as usize) << 20) / row.len());
    // "1 0 (" by the filter None.
    let head = b"10000 0 <<>>".chunks(columns).flat_map(|chunk| {
        let mut row = vec![0];
        row.extend_from_slice(chunk);
        row.resize(columns + 1, b' ');
        row
    });
    let head: Vec<u8> = head.collect();
    rows[..head.len()].copy_from_slice(&head);
    let data = deflated(&deflated(&rows));
    let entries = format!("/Type/ObjStm/N 1/First 8/Filter[/Fl/Fl]/DecodeParms[null<</Predictor 15/Columns {columns}>>]");
    for stream in 0..2 {
        pdf.stream(2000 + stream, &entries, &data);
    }
    for field in 0..*fields {
        pdf.place(10_000 + field, 2000 + field % 2);
    }
    pdf.table_stream()
}

/// Chains of references through more blocks than the cache holds: each hop is a read of the host.
fn reads(parameters: &[u32]) -> Vec<u8> {
    const HOPS: u32 = 31;
    let [fields, chains, apart] = parameters else { unreachable!() };
    let chains = (*chains).max(2) / 2 * 2;
    let mut pdf = Pdf::new();
    pdf.form(*fields);
    for index in 0..chains * HOPS {
        pdf.object(100 + index, chained(100 + index, index, HOPS));
        pdf.out.extend([b"%".as_slice(), &vec![b'x'; *apart as usize], b"\n"].concat());
    }
    for field in 0..*fields {
        let chain = 100 + field * 2 % chains * HOPS;
        pdf.object(10_000 + field, format!("<</T {chain} 0 R/FT {} 0 R>>", chain + HOPS));
    }
    pdf.table()
}

/// A long chain of `/Prev`, and fields that no section lists: they are looked up in each. `spread` is the range of their numbers.
fn sections(parameters: &[u32]) -> Vec<u8> {
    let [count, fields, spread] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("/AcroForm 4 0 R");
    let list: String = (0..*fields).map(|field| format!("{} 0 R ", 10_000 + u64::from(field) * 7919 % u64::from(*spread + 1))).collect();
    pdf.object(4, format!("<</Fields[{list}]>>"));
    let mut out = pdf.table();
    let mut previous = out.windows(6).rposition(|window| window == b"\nxref\n").unwrap() + 1;
    for _ in 0..*count {
        let at = out.len();
        out.extend(format!("xref\n0 1\n0000000000 65535 f \ntrailer<</Size 5/Root 1 0 R/Prev {previous}>>\n").into_bytes());
        previous = at;
    }
    out.extend(format!("startxref\n{previous}\n%%EOF\n").into_bytes());
    out
}

/// Cross-reference streams of very many free entries of a byte or two, in a document of `length` bytes.
fn stream_entries(parameters: &[u32]) -> Vec<u8> {
    let [count, entries, length] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    let padding = (*length as usize).saturating_sub(pdf.out.len() + 3000 * *count as usize);
    pdf.out.extend([b"%".as_slice(), &vec![b'x'; padding], b"\n"].concat());
    let mut previous = String::new();
    let data = deflated(&vec![0; *entries as usize]);
    let twice = deflated(&data);
    for section in 0..*count {
        let at = pdf.out.len();
        let head = format!("/Type/XRef/W[0 1 0]/Size {entries}/Root 1 0 R/Index[10 {}]/Filter[/Fl/Fl]{previous}", entries - 10);
        pdf.stream(10 + section, &head, &twice);
        pdf.entries.remove(&(10 + section));
        previous = format!("/Prev {at}");
    }
    let start = pdf.section(9, &previous);
    pdf.end(start);
    pdf.out
}

/// A cross-reference stream of entries each a megabyte after the one before, by a predictor.
fn far_entries(parameters: &[u32]) -> Vec<u8> {
    let [entries] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    let rows = [2_u8, 0, 0, 0, 0, 0, 0x10, 0, 0].repeat(*entries as usize);
    let at = pdf.out.len();
    let head = format!(
        "/Type/XRef/W[0 8 0]/Size {entries}/Root 1 0 R/Index[10 {}]/Filter[/Fl/Fl]/DecodeParms[null<</Predictor 12/Columns 8>>]",
        entries.min(&8_000_000)
    );
    pdf.stream(10, &head, &deflated(&deflated(&rows)));
    pdf.entries.remove(&10);
    let start = pdf.section(9, &format!("/Prev {at}"));
    pdf.end(start);
    pdf.out
}

/// Tables with a stream each, which lists other numbers than its table.
fn hybrids(parameters: &[u32]) -> Vec<u8> {
    let [count, entries] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    let data = deflated(&deflated(&vec![0; *entries as usize]));
    let mut streams = Vec::new();
    for section in 0..*count {
        streams.push(pdf.out.len());
        let head = format!("/Type/XRef/W[0 1 0]/Size {entries}/Root 1 0 R/Index[10 {}]/Filter[/Fl/Fl]", entries - 10);
        pdf.stream(10 + section, &head, &data);
        pdf.entries.remove(&(10 + section));
    }
    let offsets = pdf.entries.clone();
    let mut previous = String::new();
    let mut start = 0;
    for (index, stream) in streams.iter().enumerate() {
        start = pdf.out.len();
        let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        if index == 0 {
            table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
            offsets.values().for_each(|(_, at, _)| table += &format!("{at:010} 00000 n \n"));
        }
        pdf.out.extend(format!("{table}trailer<</Size {entries}/Root 1 0 R/XRefStm {stream}{previous}>>\n").into_bytes());
        previous = format!("/Prev {start}");
    }
    pdf.end(start);
    pdf.out
}

/// Tables that start within one another: each takes the rest of the document for its entries.
fn table_entries(parameters: &[u32]) -> Vec<u8> {
    let [entries, count] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    let offsets = pdf.entries.clone();
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    offsets.values().for_each(|(_, at, _)| table += &format!("{at:010} 00000 n \n"));
    let previous = pdf.out.len();
    pdf.out.extend(format!("{table}trailer<</Size {entries}/Root 1 0 R>>\n").into_bytes());
    // Heads of 60 bytes and trailers of 80, which are three and four entries of other tables.
    let first = pdf.out.len();
    let head = |index: usize| first + index * 60;
    let trailers = head(*count as usize) + 20 * *entries as usize;
    for index in 0..*count as usize {
        let text = format!("xref\n10 {:06}\n", (trailers + 80 * index - head(index + 1)) / 20);
        pdf.out.extend(format!("{text:<59}\n").into_bytes());
    }
    (0..*entries).for_each(|_| pdf.out.extend(b"0000000010 00000 n \n"));
    for index in 0..*count as usize {
        let next = if index + 1 < *count as usize { head(index + 1) } else { previous };
        let text = format!("trailer<</Size 1000000/Root 1 0 R/Prev {next}>>");
        pdf.out.extend(format!("{text:<79}\n").into_bytes());
    }
    pdf.end(first);
    pdf.out
}

/// Kinds of values that objects are made of.
const VALUES: [&[u8]; 9] = [b"/", b"/a", b"[]", b"<<>>", b"()", b"1 ", b"1 0 R ", b"a ", b"<</a[]>>"];

/// An object of many values in an object stream, to which each field refers.
fn names(parameters: &[u32]) -> Vec<u8> {
    let [fields, count, kind] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.form(*fields);
    for field in 0..*fields {
        pdf.object(10_000 + field, b"<</T 9 0 R/FT 9 0 R>>");
    }
    let values = VALUES[*kind as usize].repeat(*count as usize / tokens(*kind));
    pdf.packed(8, &[(9, &[b"[".as_slice(), &values, b"]"].concat())]);
    pdf.table_stream()
}

fn tokens(kind: u32) -> usize {
    [1, 1, 2, 2, 1, 1, 1, 1, 5][kind as usize]
}

/// A catalog, a form, a page and nodes above it, each of as many values as there may be.
fn copied(parameters: &[u32]) -> Vec<u8> {
    let [ancestors, count, kind] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    let values = [b"/X[".as_slice(), &VALUES[*kind as usize].repeat(*count as usize / tokens(*kind) - 100), b"]"].concat();
    let mut packed = vec![(1, [b"<</Type/Catalog/Pages 10 0 R/AcroForm<</Fields[]".as_slice(), &values, b">>>>"].concat())];
    for node in 0..*ancestors {
        let (id, parent) = (10 + node, if node == 0 { String::new() } else { format!("/Parent {} 0 R", 9 + node) });
        let body = format!("<</Type/Pages/Count 1/Kids[{} 0 R]{parent}", id + 1).into_bytes();
        packed.push((id, [body.as_slice(), &values, b">>"].concat()));
    }
    let page = format!("<</Type/Page/Parent {} 0 R/MediaBox[0 0 9 9]/Annots 7 0 R", 9 + ancestors).into_bytes();
    packed.push((10 + ancestors, [page.as_slice(), &values, b">>"].concat()));
    packed.push((7, b"[]".to_vec()));
    for (index, (number, body)) in packed.iter().enumerate() {
        pdf.packed(100 + index as u32, &[(*number, body)]);
    }
    pdf.table_stream()
}

/// A damaged document with object streams of many empty objects; `short`: of one object less than they say.
fn indexes(parameters: &[u32]) -> Vec<u8> {
    let [streams, objects, short] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    let index = b"9 1 ".repeat(*objects as usize);
    let data = deflated(&deflated(&[index.as_slice(), b"null"].concat()));
    for stream in 0..*streams {
        let entries = format!("/Type/ObjStm/N {}/First {}/Filter[/Fl/Fl]", objects + short, index.len());
        pdf.stream(100 + stream, &entries, &data);
    }
    pdf.damaged()
}

/// A damaged document of heads of objects that do not end, or are expensive by themselves.
fn heads(parameters: &[u32]) -> Vec<u8> {
    const HEADS: [&[u8]; 7] = [b"1 0 obj(", b"1 0 obj[", b"1 0 obj<</", b"1 0 obj%", b"1 0 obj/", b"trailer(", b"1 0 obj<<>>stream\n"];
    let [count, kind] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    pdf.out.extend(HEADS[*kind as usize].repeat(*count as usize));
    pdf.damaged()
}

/// Fields as direct objects in one another, the innermost with many values.
fn nested_fields(parameters: &[u32]) -> Vec<u8> {
    let [depth, values] = parameters else { unreachable!() };
    let depth = (*depth as usize / 2).max(1);
    let mut pdf = Pdf::new();
    let inner = [b"<</T(a)/Kids[".repeat(depth), b"/a".repeat(*values as usize), b"]>>".repeat(depth)].concat();
    pdf.page("/AcroForm 4 0 R");
    pdf.packed(8, &[(4, &[b"<</Fields[".as_slice(), &inner, b"]>>"].concat())]);
    pdf.table_stream()
}

/// Fields with long names that differ at their ends.
fn long_names(parameters: &[u32]) -> Vec<u8> {
    let [fields, length] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.form(*fields);
    let parts: Vec<(u32, Vec<u8>)> = (0..*fields)
        .map(|field| {
            let name = format!("{}{field:05}", "x".repeat(*length as usize));
            (10_000 + field, format!("<</T({name})/FT/Tx>>").into_bytes())
        })
        .collect();
    for (index, some) in parts.chunks(64).enumerate() {
        let some: Vec<(u32, &[u8])> = some.iter().map(|(number, body)| (*number, body.as_slice())).collect();
        pdf.packed(100 + index as u32, &some);
    }
    pdf.table_stream()
}

/// A page tree of nodes without pages, each with `kids` that are not there.
fn page_tree(parameters: &[u32]) -> Vec<u8> {
    let [nodes, kids] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.page("");
    let list: String = (0..*nodes).map(|node| format!("{} 0 R ", 1000 + node)).collect();
    pdf.object(2, format!("<</Type/Pages/Kids[{list}3 0 R]/Count 1>>"));
    let absent = |node: u32| (0..*kids).map(|kid| format!("{} 0 R ", 2_000_000 + node * kids + kid)).collect::<String>();
    let body = |node: u32| format!("<</Kids[{}]>>", if node.is_multiple_of(50) { absent(node / 50) } else { String::new() });
    let objects: Vec<(u32, Vec<u8>)> = (0..*nodes).map(|node| (1000 + node, body(node).into_bytes())).collect();
    for (index, some) in objects.chunks(200).enumerate() {
        let some: Vec<(u32, &[u8])> = some.iter().map(|(number, body)| (*number, body.as_slice())).collect();
        pdf.packed(500_000 + index as u32, &some);
    }
    pdf.table_stream()
}

/// Signatures that all refer to one list of locked fields, many times each.
fn locks(parameters: &[u32]) -> Vec<u8> {
    let [signatures, references, names] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    let reference = "<</TransformMethod/FieldMDP/TransformParams 6 0 R>>".repeat(*references as usize);
    pdf.form(*signatures);
    let values = (0..*signatures).map(|field| {
        (10_000 + field, format!("<</FT/Sig/T({field})/V<</ByteRange[0 1 2 3]/Contents<00>/Reference[{reference}]>>>>").into_bytes())
    });
    let values: Vec<_> = values.collect();
    for (index, some) in values.chunks(100).enumerate() {
        let some: Vec<(u32, &[u8])> = some.iter().map(|(number, body)| (*number, body.as_slice())).collect();
        pdf.packed(100 + index as u32, &some);
    }
    pdf.packed(7, &[(6, &[b"<</Action/Include/Fields[".as_slice(), &b"1 ".repeat(*names as usize), b"]>>"].concat())]);
    pdf.table_stream()
}

/// Signatures, the last of which ends first. `kind`: each has nothing more, all share a container, or all share a text, of `length` bytes.
fn signatures(parameters: &[u32]) -> Vec<u8> {
    let [count, length, kind] = parameters else { unreachable!() };
    let mut pdf = Pdf::new();
    pdf.form(*count);
    let more = ["/Contents<00>", "/Contents 6 0 R", "/Contents<00>/Name 6 0 R/Reason 6 0 R/Location 6 0 R/ContactInfo 6 0 R/M 6 0 R"];
    let values = (0..*count).map(|field| {
        let body = format!("<</FT/Sig/V<</ByteRange[0 1 2 {}]{}>>>>", count - field, more[*kind as usize]);
        (10_000 + field, body.into_bytes())
    });
    let values: Vec<_> = values.collect();
    for (index, some) in values.chunks(100).enumerate() {
        let some: Vec<(u32, &[u8])> = some.iter().map(|(number, body)| (*number, body.as_slice())).collect();
        pdf.packed(100 + index as u32, &some);
    }
    let shared = if *kind == 1 { container(*length as usize) } else { vec![0x84; *length as usize] };
    let shared: String = shared.iter().map(|byte| format!("{byte:02x}")).collect();
    pdf.packed(7, &[(6, format!("<{shared}>").as_bytes())]);
    pdf.table_stream()
}

/// SignedData with certificates of about `length` bytes together.
fn container(length: usize) -> Vec<u8> {
    let certificate = include_bytes!("../../../../tests/pki/certificates/rsa.der");
    let certificates = certificate.repeat((length / certificate.len()).clamp(1, 256));
    let element = |tag: u8, contents: &[u8]| [&[tag, 0x83][..], &(contents.len() as u32).to_be_bytes()[1..], contents].concat();
    let digest = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    let data = [0x30, 11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let signed = [&[2, 1, 1][..], &element(0x31, &digest), &data, &element(0xa0, &certificates), &element(0x31, &[])].concat();
    let oid = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    element(0x30, &[&oid[..], &element(0xa0, &element(0x30, &signed))].concat())
}
