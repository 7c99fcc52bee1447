//! The chain of cross-reference sections in all its kinds: what is found, what is refused, and what an update continues.

mod common;

use common::{Document, memory, moment, options, prepared, run};
use rustpdf_core::{DocumentInfo, Machine, Session};

/// A file that is written piece by piece.
#[derive(Clone, Default)]
struct Writer {
    out: Vec<u8>,
    /// What offsets count from.
    base: usize,
    /// Of the next section: number, type, second and third field, as in a stream (7.5.8.3, table 18).
    entries: Vec<(u32, u8, usize, u16)>,
}

impl Writer {
    fn new() -> Self {
        Writer { out: b"%PDF-1.7\n".to_vec(), ..Writer::default() }
    }

    /// A file with junk before its header, whose offsets count from the header or from byte 0.
    fn behind(junk: &str, from_header: bool) -> Self {
        let out = format!("{junk}%PDF-1.7\n").into_bytes();
        Writer { out, base: if from_header { junk.len() } else { 0 }, ..Writer::default() }
    }

    fn at(&self) -> usize {
        self.out.len() - self.base
    }

    fn add(mut self, text: &str) -> Self {
        self.out.extend(text.bytes());
        self
    }

    fn object(self, number: u32, body: &str) -> Self {
        self.generation(number, 0, body)
    }

    fn generation(mut self, number: u32, generation: u16, body: &str) -> Self {
        self.entries.push((number, 1, self.at(), generation));
        self.add(&format!("{number} {generation} obj\n{body}\nendobj\n"))
    }

    fn free(mut self, number: u32) -> Self {
        self.entries.push((number, 0, 0, 1));
        self
    }

    /// An object stream without its objects' entries; `extra` is what its dictionary holds beside the usual.
    fn packed(self, number: u32, objects: &[(u32, &str)], extra: &str) -> Self {
        let (mut head, mut data) = (String::new(), String::new());
        for (number, body) in objects {
            head += &format!("{number} {} ", data.len());
            data += &format!("{body} ");
        }
        let extra = if extra.is_empty() { format!("/N {}", objects.len()) } else { extra.into() };
        let dictionary = format!("<</Type/ObjStm/First {}/Length {} {extra}>>", head.len(), head.len() + data.len());
        self.object(number, &format!("{dictionary}\nstream\n{head}{data}\nendstream"))
    }

    /// The entries of the objects in a stream.
    fn inside(mut self, stream: u32, numbers: &[u32]) -> Self {
        self.entries.extend(numbers.iter().enumerate().map(|(index, number)| (*number, 2, stream as usize, index as u16)));
        self
    }

    fn object_stream(self, number: u32, objects: &[(u32, &str)]) -> Self {
        let numbers: Vec<u32> = objects.iter().map(|(number, _)| *number).collect();
        self.packed(number, objects, "").inside(number, &numbers)
    }

    /// A table whose lines end as told; `entries` is what its trailer holds.
    fn table_of_lines(mut self, end: &str, trailer: &str) -> Self {
        let mut table = String::from("xref\n");
        self.entries.sort_unstable();
        let entries = std::mem::take(&mut self.entries);
        for run in entries.chunk_by(|one, next| one.0 + 1 == next.0) {
            table += &format!("{} {}\n", run[0].0, run.len());
            for (_, kind, offset, generation) in run {
                table += &format!("{offset:010} {generation:05} {}{end}", if *kind == 1 { 'n' } else { 'f' });
            }
        }
        self.add(&format!("{table}trailer\n<<{trailer}>>\n"))
    }

    fn table(self, trailer: &str) -> Self {
        self.table_of_lines(" \n", trailer)
    }

    /// A cross-reference stream.
    fn stream(mut self, number: u32, entries: &str) -> Self {
        self.entries.push((number, 1, self.at(), 0));
        self.entries.sort_unstable();
        let (mut index, mut data) = (String::new(), String::new());
        for (number, kind, second, third) in std::mem::take(&mut self.entries) {
            index += &format!("{number} 1 ");
            data += &format!("{kind:02x}{second:08x}{third:04x}");
        }
        self.add(&format!(
            "{number} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{index}]/Filter/AHx/Length {} {entries}>>\nstream\n{data}\nendstream\nendobj\n",
            data.len()
        ))
    }

    fn end(self, at: usize) -> Self {
        self.add(&format!("startxref\n{at}\n%%EOF\n"))
    }

    /// Objects of a document whose page is an old one, or the one that counts.
    fn document(self, page: &str) -> Self {
        self.object(1, CATALOG).object(2, PAGES).object(3, page)
    }
}

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>";
const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const OLD: &str = "<</Type/Page/Parent 2 0 R/Old true>>";
const NEW: &str = "<</Type/Page/Parent 2 0 R/New true>>";
const FIELD: &str = "<</T(Signature1)/FT/Tx>>";

/// A document with an old page and a field, and where its section starts.
fn first() -> (Writer, usize) {
    let writer = Writer::new().document(OLD).object(4, FIELD);
    let at = writer.at();
    (writer.table("/Size 5/Root 1 0 R").end(at), at)
}

/// A hybrid file (7.5.8.4): its page and its field are hidden in an object stream that the table calls free.
fn hybrid() -> (Writer, usize) {
    let mut writer = Writer::new().object(1, CATALOG).object(2, PAGES).packed(5, &[(3, NEW), (4, FIELD)], "");
    let table = std::mem::take(&mut writer.entries);
    let hidden = writer.at();
    let mut writer = writer.inside(5, &[3, 4]).stream(6, "/Size 7/Root 1 0 R");
    let at = writer.at();
    writer.entries = table;
    (writer.free(3).free(4).table(&format!("/Size 7/Root 1 0 R/XRefStm {hidden}")).end(at), at)
}

/// A file with a cross-reference stream, whose catalog, page and field are in an object stream.
fn stream(page: &str) -> (Writer, usize) {
    let writer = Writer::new().object(2, PAGES).object_stream(5, &[(1, CATALOG), (3, page), (4, FIELD)]);
    let at = writer.at();
    (writer.stream(6, "/Size 7/Root 1 0 R").end(at), at)
}

/// Every kind of file, with the number of its revisions; in each the page that counts is `NEW`.
fn kinds() -> Vec<(&'static str, Vec<u8>, usize)> {
    let mut kinds = Vec::new();
    let mut add = |name, writer: Writer, revisions| kinds.push((name, writer.out, revisions));

    let (writer, prev) = first();
    let writer = writer.object(3, NEW);
    let at = writer.at();
    let updated = writer.table(&format!("/Size 5/Root 1 0 R/Prev {prev}")).end(at);
    let mut bare = updated.clone();
    bare.out.truncate(bare.out.len() - 1);
    add("a table updated", updated, 2);
    add("no end of line at the end", bare, 2);

    let (writer, at) = hybrid();
    add("a hybrid file", writer.clone(), 1);
    let writer = writer.object(4, "<</T(other)/FT/Tx>>");
    let next = writer.at();
    add("a hybrid file updated by a table", writer.table(&format!("/Size 7/Root 1 0 R/Prev {at}")).end(next), 2);

    add("objects in a stream", stream(NEW).0, 1);
    let (writer, prev) = stream(OLD);
    let writer = writer.object_stream(7, &[(3, NEW)]);
    let at = writer.at();
    add("a stream updated", writer.stream(8, &format!("/Size 9/Root 1 0 R/Prev {prev}")).end(at), 2);
    let (writer, prev) = stream(OLD);
    let writer = writer.object(3, NEW);
    let at = writer.at();
    add("a stream updated by a table", writer.table(&format!("/Size 9/Root 1 0 R/Prev {prev}")).end(at), 2);

    // Linearized (annex F): the section of the first page stands at the front and is the newer, the main one at the end.
    let front = |prev: usize| {
        let writer = Writer::new().object(1, CATALOG).object(3, NEW);
        let at = writer.at();
        (writer.table(&format!("/Size 5/Root 1 0 R/Prev {prev:010}")).add("startxref\n0\n%%EOF\n"), at)
    };
    let main = |writer: Writer| writer.object(2, PAGES).object(4, FIELD);
    let prev = main(front(0).0).at();
    let (writer, at) = front(prev);
    add("the order of a linearized file", main(writer).table("/Size 5").end(at), 1);

    for (name, from_header) in [("junk that offsets do not count", true), ("junk that offsets count", false)] {
        let writer = Writer::behind("HTTP/1.1 200 OK\r\n\r\n", from_header).document(NEW).object(4, FIELD);
        let at = writer.at();
        add(name, writer.table("/Size 5/Root 1 0 R").end(at), 1);
    }

    let writer = Writer::new().object(1, CATALOG).object(2, &PAGES.replace("3 0 R", "3 7 R")).generation(3, 7, NEW).object(4, FIELD);
    let at = writer.at();
    add("a generation", writer.table("/Size 5/Root 1 0 R").end(at), 1);

    for (name, end) in [("lines of 19 bytes", "\n"), ("lines of 21 bytes", " \r\n")] {
        let writer = Writer::new().free(0).document(NEW).object(4, FIELD).object(9, "null");
        let at = writer.at();
        add(name, writer.table_of_lines(end, "/Size 10/Root 1 0 R").end(at), 1);
    }
    kinds
}

/// The signed document, its placeholder filled with zeros.
fn signed(document: &[u8], session: &Session) -> Vec<u8> {
    let covered = session.covered_update();
    let (before, after) = covered.split_at(session.report().byte_range[1] as usize - document.len());
    let placeholder = format!("<{}>", "0".repeat(2 * session.container_size()));
    [document, before, placeholder.as_bytes(), after].concat()
}

fn update(document: &[u8]) -> String {
    String::from_utf8_lossy(&prepared(document, options("{}")).unwrap().covered_update()).into_owned()
}

fn information(document: &[u8]) -> DocumentInfo {
    run(Machine::inspect(memory(document), None), document, |_| vec![]).unwrap()
}

fn refusal(document: &[u8]) -> &'static str {
    match prepared(document, options("{}")) {
        Ok(_) => "signed",
        Err(error) => error.code().as_str(),
    }
}

/// What is said of a document where a damaged one is refused.
fn strictly(document: &[u8]) -> &'static str {
    match prepared(document, options(r#"{"strict": true}"#)) {
        Ok(_) => "signed",
        Err(error) => error.code().as_str(),
    }
}

#[test]
fn every_kind_is_read_and_continued() {
    for (name, document, revisions) in kinds() {
        let before = information(&document);
        assert_eq!(before.revisions, revisions, "{name}");
        assert_eq!(before.pages, Some(1), "{name}");
        assert_eq!(before.fields.len(), 1, "{name}");

        let session = prepared(&document, options("{}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = update(&document);
        assert!(text.contains("/New true"), "{name}: {text}");
        assert_eq!(session.report().revision, revisions + 1, "{name}");
        assert_eq!(session.report().xref, before.xref, "{name}");

        // What was written is read again, and continued.
        let document = signed(&document, &session);
        let after = information(&document);
        assert_eq!((after.revisions, after.fields.len(), after.xref), (revisions + 1, 2, before.xref), "{name}");
        assert!(after.signatures[0].covers_whole_file, "{name}");
        let text = update(&document);
        assert!(text.contains("/New true") && text.contains("/Annots"), "{name}: {text}");
    }
}

#[test]
fn every_kind_is_rebuilt_where_it_is_damaged() {
    for (name, document, _) in kinds() {
        let end = document.windows(9).rposition(|bytes| bytes == b"startxref").unwrap();
        let damaged = [&document[..end], b"startxref\n1\n%%EOF\n"].concat();
        assert_eq!(strictly(&damaged), "ERR_XREF_BROKEN", "{name}");
        let session = prepared(&damaged, options("{}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(session.report().warnings[0].code.as_str(), "WARN_XREF_REBUILT", "{name}");
        let text = update(&damaged);
        assert!(text.contains("/New true") && !text.contains("/Prev"), "{name}: {text}");
        for block in [1, 64, 100_000] {
            let machine = Machine::prepare(memory(&damaged), moment(), None, options("{}")).with_block(block);
            assert_eq!(run(machine, &damaged, |_| vec![]).unwrap().covered_update(), session.covered_update(), "{name}, {block}");
        }
        // What was written needs no rebuilding.
        let document = signed(&damaged, &session);
        assert_eq!(strictly(&document), "signed", "{name}");
        let after = information(&document);
        assert_eq!((after.fields.len(), after.signatures[0].covers_whole_file, after.pages), (2, true, Some(1)), "{name}");
        assert!(update(&document).contains("/New true"), "{name}");
    }
}

#[test]
fn the_size_of_blocks_changes_nothing_of_any_kind() {
    for (name, document, _) in kinds() {
        let length = document.len() as u64;
        let expected = prepared(&document, options("{}")).unwrap();
        for block in [1, 7, 4096, length] {
            let machine = Machine::prepare(memory(&document), moment(), None, options("{}")).with_block(block);
            let session = run(machine, &document, |_| vec![]).unwrap();
            assert_eq!(session.covered_update(), expected.covered_update(), "{name}, blocks of {block}");
            assert_eq!(session.hash(), expected.hash(), "{name}, blocks of {block}");
        }
    }
}

#[test]
fn what_was_freed_is_gone() {
    for (writer, prev) in [first(), hybrid()] {
        assert!(update(&writer.out).contains("/T (Signature2)"));
        let at = writer.at();
        let freed = writer.free(4).table(&format!("/Size 7/Root 1 0 R/Prev {prev}")).end(at);
        assert!(update(&freed.out).contains("/T (Signature1)"));
    }
}

#[test]
fn a_generation_is_written_again() {
    let (_, document, _) = kinds().into_iter().find(|(name, ..)| *name == "a generation").unwrap();
    let text = update(&document);
    assert!(text.contains("3 7 obj") && text.contains(" 00007 n \n"), "{text}");
}

#[test]
fn the_generation_of_an_object_is_that_of_its_reference() {
    let text = String::from_utf8(Document::new().bytes()).unwrap();
    let text = update(text.replacen("1 0 obj", "1 5 obj", 1).as_bytes());
    assert!(text.contains("1 0 obj") && !text.contains("1 5 obj") && !text.contains(" 00005 n"), "{text}");
}

#[test]
fn a_real_prev_does_not_cut_the_chain() {
    let (writer, prev) = first();
    let at = writer.at();
    let document = |prev: &str| writer.clone().table(&format!("/Size 5/Root 1 0 R/Prev {prev}")).end(at).out;
    for number in [format!("{prev}.0"), format!("+{prev}."), format!("{prev}.000")] {
        let text = update(&document(&number));
        assert!(text.contains("/Old true") && text.contains("/T (Signature2)"), "{number}: {text}");
    }
    for number in [format!("{prev}.5"), format!("{prev} 0 R"), format!("({prev})"), "-1".into(), "-1.0".into(), ".0".into(), "[]".into()] {
        assert_eq!(strictly(&document(&number)), "ERR_XREF_BROKEN", "{number}");
        let text = update(&document(&number));
        assert!(text.contains("/Old true") && !text.contains("/Prev"), "{number}: {text}");
    }
}

#[test]
fn a_hidden_stream_has_an_offset_too() {
    let (writer, _) = hybrid();
    let text = String::from_utf8(writer.out).unwrap();
    let hidden = text.split("/XRefStm ").nth(1).unwrap().split('>').next().unwrap();
    let with = |new: &str| text.replacen(&format!("/XRefStm {hidden}"), &format!("/XRefStm {new}"), 1);
    assert!(update(with(&format!("{hidden}.0")).as_bytes()).contains("/New true"));
    for new in ["(x)", "-7", "1.5", "9"] {
        assert_eq!(strictly(with(new).as_bytes()), "ERR_XREF_BROKEN", "{new}");
        assert!(update(with(new).as_bytes()).contains("/New true"), "{new}");
    }
}

#[test]
fn a_stream_that_two_tables_name_is_read_once() {
    let (mut writer, mut prev) = hybrid();
    let text = String::from_utf8(writer.out.clone()).unwrap();
    let hidden = text.split("/XRefStm ").nth(1).unwrap().split('>').next().unwrap();
    for _ in 0..3 {
        let at = writer.at();
        writer = writer.table(&format!("/Size 7/Root 1 0 R/XRefStm {hidden}/Prev {prev}")).end(at);
        prev = at;
    }
    assert!(update(&writer.out).contains("/New true"));
}

#[test]
fn streams_are_bounded_together() {
    // Seventeen tables, each with the same stream of 8 MiB, which starts at one of the spaces before it.
    let (writer, mut prev) = first();
    let hidden = writer.at();
    let data = " ".repeat(8 << 20);
    let dictionary = format!("<</Type/XRef/Size 5/W[1 2 1]/Index[0 1]/Length {}>>", data.len());
    let mut writer = writer.add(&" ".repeat(20)).add(&format!("9 0 obj\n{dictionary}\nstream\n{data}\nendstream\nendobj\n"));
    for index in 0..17 {
        let at = writer.at();
        writer = writer.table(&format!("/Size 5/Root 1 0 R/XRefStm {}/Prev {prev}", hidden + index));
        prev = at;
    }
    assert_eq!(refusal(&writer.end(prev).out), "ERR_LIMIT");
}

#[test]
fn work_is_bounded() {
    // Fields whose entries are all one large object: a comment costs nothing but its reading.
    let document = |fields: usize| {
        let list: String = (0..fields).map(|field| format!("{} 0 R ", 5 + field)).collect();
        let mut document = Document::new()
            .with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{list}]>>>>"))
            .with(4, &format!("[%{}\n]", "x".repeat(4 << 20)));
        for field in 0..fields {
            document = document.with(5 + field, "<</T 4 0 R/FT 4 0 R/Kids 4 0 R>>");
        }
        document.bytes()
    };
    assert_eq!(refusal(&document(2)), "signed");
    assert_eq!(refusal(&document(40)), "ERR_LIMIT");
}

#[test]
fn a_limit_at_one_base_leaves_the_other() {
    // Counted from the header, the section is a string that looks like an object nested too deeply; counted from byte 0, a table.
    let trailer = "/Size 5/Root 1 0 R/X(";
    let document = |junk: &str| {
        let writer = Writer::behind(junk, false).document(NEW).object(4, FIELD);
        let at = writer.at();
        (writer.table(&format!("{trailer}9 0 obj {})", "[".repeat(200))).end(at).out, at)
    };
    let (sample, at) = document("");
    let text = String::from_utf8(sample).unwrap();
    let junk = "j".repeat(text.find("9 0 obj").unwrap() - at);
    assert!(update(&document(&junk).0).contains("/New true"));
}

#[test]
fn a_number_in_two_subsections_is_that_of_the_first() {
    let text = String::from_utf8(Document::new().bytes()).unwrap();
    let document = text.replacen("trailer", "3 1\n0000000001 00000 n \n2 2\n0000000001 00000 f \n0000000001 00000 f \ntrailer", 1);
    assert!(update(document.as_bytes()).contains("/MediaBox"));
}

#[test]
fn an_indirect_identifier_is_kept() {
    for (identifier, object) in [("4 0 R", "[<aabb><ccdd>]"), ("[4 0 R 4 0 R]", "<aabb>")] {
        let text = update(&Document::new().with(4, object).trailer(&format!("/ID {identifier}")).bytes());
        assert!(text.contains("/ID [<aabb>"), "{identifier}: {text}");
    }
}

#[test]
fn identity_is_kept_from_an_older_trailer() {
    let writer = Writer::new().document(NEW).object(4, FIELD);
    let prev = writer.at();
    let writer = writer.table("/Size 5/Root 1 0 R/ID[<aabb><ccdd>]").end(prev);
    let at = writer.at();
    for (identifier, first) in [("", "aabb"), ("/ID[<>]", "aabb"), ("/ID[]", "aabb"), ("/ID 7", "aabb"), ("/ID[<ee><ff>]", "ee")] {
        let document = writer.clone().table(&format!("/Size 5/Root 1 0 R{identifier}/Prev {prev}")).end(at).out;
        let text = update(&document).to_lowercase();
        assert!(text.contains(&format!("/id [<{first}>")), "{identifier}: {text}");
    }
}

#[test]
fn an_indirect_filter_of_an_object_stream() {
    // Only a cross-reference stream must have direct entries (7.5.8.2); an object stream may refer (7.3.10).
    let body = "1 0 <</Type/Catalog/Pages 2 0 R>>";
    let hexadecimal: String = body.bytes().map(|byte| format!("{byte:02x}")).chain([">".into()]).collect();
    let dictionary = "<</Type/ObjStm/N 5 0 R/First 6 0 R/Length 7 0 R/Filter[8 0 R]/DecodeParms 9 0 R>>";
    let document = |filter: &str| {
        let writer = Writer::new()
            .object(2, PAGES)
            .object(3, NEW)
            .object(4, &format!("{dictionary}\nstream\n{hexadecimal}\nendstream"))
            .object(5, "1")
            .object(6, "4")
            .object(7, &hexadecimal.len().to_string())
            .object(8, filter)
            .object(9, "[null]")
            .inside(4, &[1]);
        let at = writer.at();
        writer.stream(10, "/Size 11/Root 1 0 R").end(at).out
    };
    assert_eq!(refusal(&document("/ASCIIHexDecode")), "signed");
    assert_eq!(refusal(&document("/AHx")), "signed");
    assert_eq!(refusal(&document("/Unknown")), "ERR_STREAM_BROKEN");
    assert_eq!(refusal(&document("8 0 R")), "ERR_OBJECT_BROKEN");
    assert_eq!(refusal(&document("10 0 R")), "ERR_STREAM_BROKEN");
}
