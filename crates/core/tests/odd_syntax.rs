//! Syntax that is odd and legal, or that all readers take: each document is signed twice, and qpdf, which `scripts/setup-tests.sh`
//! installs, finds no more to warn of than before, and everything that was there as it was.

mod common;

use std::collections::BTreeMap;
use std::io::Read;
use std::process::Command;

use common::{memory, moment, options, right_answer};
use rustpdf_core::{Answer, Credentials, Machine, OutputLocation, Signatory, SignedDocument, Step};
use serde_json::Value;

/// The document with a signature that nobody checks, since it is none.
fn sign(name: &str, document: &[u8]) -> Vec<u8> {
    let path = format!("{}/../../tests/vectors/certificates/rsa.der", env!("CARGO_MANIFEST_DIR"));
    let credentials = Credentials { certificate: std::fs::read(path).unwrap(), chain: vec![] };
    let mut options = options(r#"{"strict": false}"#);
    options.check_signature = false;
    let mut machine = Machine::sign(memory(document), moment(), vec![Signatory { credentials, options }], OutputLocation::Update, None);
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer).unwrap_or_else(|error| panic!("{name}: {} {error}", error.code().as_str())) {
            Step::Sign { .. } => Answer::Sign(vec![1; 256]),
            Step::Done(SignedDocument { signed, .. }) => {
                let damaged = ["WARN_XREF_REBUILT", "WARN_REVISION_CUT", "WARN_HEADER_MISSING"];
                let warnings = &signed[0].report.warnings;
                assert!(!warnings.iter().any(|warning| damaged.contains(&warning.code.as_str())), "{name}: {warnings:?}");
                return signed[0].appended_to(document);
            }
            step => right_answer(&step, document, &|_| unreachable!()).unwrap(),
        };
    }
}

/// What qpdf sees: how bad it finds the file, and its objects.
struct View {
    /// 0 for nothing to say, 1 for warnings, 2 for an error.
    check: u8,
    said: String,
    objects: BTreeMap<String, Value>,
}

fn qpdf(document: &[u8], words: &[&str]) -> std::process::Output {
    let path = std::env::temp_dir().join(format!("rustpdf-odd-{}-{:?}.pdf", std::process::id(), std::thread::current().id()));
    std::fs::write(&path, document).unwrap();
    let output = Command::new("qpdf").args(words).arg(&path).output().expect("qpdf, which scripts/setup-tests.sh installs");
    std::fs::remove_file(&path).unwrap();
    output
}

fn view(name: &str, document: &[u8]) -> View {
    let check = qpdf(document, &["--check"]);
    let json = qpdf(document, &["--json=2", "--json-key=qpdf", "--json-stream-data=inline", "--decode-level=none"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap_or_else(|error| panic!("{name}: {error}"));
    let said = String::from_utf8_lossy(&[check.stdout, check.stderr].concat()).into_owned();
    let objects = json["qpdf"][1].as_object().unwrap().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    View {
        check: match check.status.code() {
            Some(0) => 0,
            Some(3) => 1,
            _ => 2,
        },
        said,
        objects,
    }
}

/// What a signature writes anew, with what it had.
const GROWING: [&str; 5] = ["/AcroForm", "/Annots", "/Extensions", "/Fields", "/SigFlags"];

/// Whether an object is as it was, but for what a signature adds.
fn kept(old: &Value, new: Option<&Value>) -> bool {
    // What is null before is a reference to nothing, and gone with it.
    let Some(new) = new else { return old["value"].is_null() };
    match (old.as_object(), new.as_object()) {
        (Some(old), Some(new)) => old.iter().all(|(key, value)| match new.get(key) {
            Some(other) if GROWING.contains(&key.as_str()) => value.as_array().is_none_or(|value| {
                let other = other.as_array().map_or(&[][..], Vec::as_slice);
                other.starts_with(value)
            }),
            other => kept(value, other),
        }),
        // A list of annotations or fields that is an object of its own.
        _ => old == new || old.as_array().zip(new.as_array()).is_some_and(|(old, new)| new.starts_with(old) && new.len() <= old.len() + 2),
    }
}

/// Signs a document twice, and has qpdf compare.
fn judge(name: &str, document: &[u8]) {
    let before = view(name, document);
    assert!(before.check < 2, "{name}: qpdf does not take it:\n{}", before.said);
    let mut signed = document.to_vec();
    for _ in 0..2 {
        signed = sign(name, &signed);
        assert!(signed.starts_with(document), "{name}");
        let after = view(name, &signed);
        assert!(after.check <= before.check, "{name}: {} before, and then\n{}", before.said, after.said);
        for (key, object) in before.objects.iter().filter(|(key, _)| *key != "trailer") {
            assert!(kept(object, after.objects.get(key)), "{name}: {key} was {object} and is {:?}", after.objects.get(key));
        }
        let trailer = |view: &View| view.objects["trailer"]["value"]["/Root"].clone();
        assert_eq!(trailer(&before), trailer(&after), "{name}");
    }
    let fields = view(name, &signed).objects.values().filter(|object| object["value"]["/FT"] == "/Sig").count();
    assert_eq!(fields, 2, "{name}: the signatures are seen");
}

/// A file that is written object by object, each as it comes.
#[derive(Clone)]
struct File {
    out: Vec<u8>,
    /// Of the next section: type, second and third field (7.5.8.3, table 18).
    entries: BTreeMap<u32, (u8, usize, u16)>,
    size: u32,
}

impl File {
    fn new() -> File {
        File { out: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), entries: BTreeMap::from([(0, (0, 0, 65535))]), size: 0 }
    }

    fn text(mut self, text: impl AsRef<[u8]>) -> File {
        self.out.extend_from_slice(text.as_ref());
        self
    }

    /// An entry, and the text of the object from its number on.
    fn entry(mut self, number: u32, generation: u16, text: impl AsRef<[u8]>) -> File {
        self.entries.insert(number, (1, self.out.len(), generation));
        self.text(text)
    }

    fn object(self, number: u32, body: impl AsRef<[u8]>) -> File {
        let text = [format!("{number} 0 obj\n").as_bytes(), body.as_ref(), b"\nendobj\n"].concat();
        self.entry(number, 0, text)
    }

    /// Catalog, pages, a page and its content, but for those that are there already.
    fn rest(mut self) -> File {
        for (number, body) in [(1, CATALOG), (2, PAGES), (3, PAGE), (4, CONTENT)] {
            if !self.entries.contains_key(&number) {
                self = self.object(number, body);
            }
        }
        self
    }

    /// The entries of the next table, each run in its own subsection.
    fn subsections(&mut self) -> String {
        let entries: Vec<_> = std::mem::take(&mut self.entries).into_iter().collect();
        self.size = self.size.max(entries.last().unwrap().0 + 1);
        let mut table = String::new();
        for run in entries.chunk_by(|one, next| one.0 + 1 == next.0) {
            table += &format!("{} {}\n", run[0].0, run.len());
            for (_, (kind, offset, generation)) in run {
                table += &format!("{offset:010} {generation:05} {} \n", if *kind == 1 { 'n' } else { 'f' });
            }
        }
        table
    }

    /// A table with its trailer, and the end of the file.
    fn table(mut self, trailer: &str) -> File {
        let (at, table) = (self.out.len(), self.subsections());
        let size = self.size;
        self.text(format!("xref\n{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{at}\n%%EOF\n"))
    }

    /// A cross-reference stream of these widths, whose data `encode` encodes, and the end of the file.
    fn stream(mut self, number: u32, widths: [usize; 3], entries: &str, encode: impl Fn(Vec<u8>) -> Vec<u8>) -> File {
        let at = self.out.len();
        self.entries.insert(number, (1, at, 0));
        self.size = self.size.max(self.entries.last_key_value().unwrap().0 + 1);
        let mut data = Vec::new();
        let mut index = String::new();
        for (number, (kind, second, third)) in std::mem::take(&mut self.entries) {
            index += &format!("{number} 1 ");
            for (width, field) in widths.into_iter().zip([usize::from(kind), second, usize::from(third)]) {
                data.extend_from_slice(&[vec![0; 16], (field as u64).to_be_bytes().to_vec()].concat()[24 - width..]);
            }
        }
        let (size, data) = (self.size, encode(data));
        let [one, two, three] = widths;
        let index = if entries.contains("/Index") { String::new() } else { format!("/Index[{index}]") };
        let head = format!(
            "{number} 0 obj\n<</Type/XRef/Size {size}/Root 1 0 R/W[{one} {two} {three}]{index}/Length {}{entries}>>\nstream\n",
            data.len()
        );
        self.text([head.as_bytes(), &data, b"\nendstream\nendobj\n", format!("startxref\n{at}\n%%EOF\n").as_bytes()].concat())
    }

    /// An object stream; `head` is what stands before its first object, `entries` what its dictionary holds beside `/N` and `/First`.
    fn packed(
        mut self,
        stream: u32,
        numbers: &[u32],
        head: &str,
        bodies: &str,
        entries: &str,
        encode: impl Fn(Vec<u8>) -> Vec<u8>,
    ) -> File {
        for (index, number) in numbers.iter().enumerate() {
            self.entries.insert(*number, (2, stream as usize, index as u16));
        }
        let data = encode(format!("{head}{bodies}").into_bytes());
        let length = if entries.contains("/Length") { String::new() } else { format!("/Length {}", data.len()) };
        let dictionary = format!("<</Type/ObjStm/N {}/First {}{length}{entries}>>\nstream\n", numbers.len(), head.len());
        self.object(stream, [dictionary.as_bytes(), &data, b"\nendstream"].concat())
    }

    /// The usual objects in one object stream with these entries.
    fn usual_packed(self, entries: &str, encode: impl Fn(Vec<u8>) -> Vec<u8>) -> File {
        let bodies = format!("{CATALOG}\n{PAGES}\n{PAGE}");
        let head = format!("1 0 2 {} 3 {}\n", CATALOG.len() + 1, CATALOG.len() + PAGES.len() + 2);
        self.object(4, CONTENT).packed(5, &[1, 2, 3], &head, &bodies, entries, encode)
    }
}

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>";
const CONTENT: &str = "<</Length 8>>\nstream\n0 0 m\nS\n\nendstream";

fn plain(data: Vec<u8>) -> Vec<u8> {
    data
}

fn deflated(data: Vec<u8>) -> Vec<u8> {
    let mut encoded = Vec::new();
    flate2::read::ZlibEncoder::new(data.as_slice(), flate2::Compression::default()).read_to_end(&mut encoded).unwrap();
    encoded
}

fn hexadecimal(data: Vec<u8>) -> Vec<u8> {
    data.iter().flat_map(|byte| format!("{byte:02X}\n").into_bytes()).chain([b'>']).collect()
}

fn packed_lzw(data: Vec<u8>) -> Vec<u8> {
    weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&data).unwrap()
}

/// Rows filtered by PNG's type `kind` (RFC 2083, 6), by all of them in turn where it is 5; samples are bytes, and a row is filled up.
fn png(mut data: Vec<u8>, columns: usize, kind: u8) -> Vec<u8> {
    data.resize(data.len().next_multiple_of(columns), b' ');
    let mut encoded = Vec::new();
    let mut above = vec![0_u8; columns];
    for (number, row) in data.chunks(columns).enumerate() {
        let kind = if kind == 5 { number as u8 % 5 } else { kind };
        encoded.push(kind);
        for at in 0..columns {
            let left = if at > 0 { row[at - 1] } else { 0 };
            let corner = if at > 0 { above[at - 1] } else { 0 };
            let paeth = || {
                let estimate = i32::from(left) + i32::from(above[at]) - i32::from(corner);
                let distance = |byte: u8| (estimate - i32::from(byte)).abs();
                match (distance(left), distance(above[at]), distance(corner)) {
                    (a, b, c) if a <= b && a <= c => left,
                    (_, b, c) if b <= c => above[at],
                    _ => corner,
                }
            };
            let predicted = match kind {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => ((u16::from(left) + u16::from(above[at])) / 2) as u8,
                _ => paeth(),
            };
            encoded.push(row[at].wrapping_sub(predicted));
        }
        above = row.to_vec();
    }
    encoded
}

/// TIFF's predictor 2 on bytes.
fn tiff(mut data: Vec<u8>, columns: usize) -> Vec<u8> {
    data.resize(data.len().next_multiple_of(columns), b' ');
    data.chunks(columns)
        .flat_map(|row| (0..row.len()).map(|at| row[at].wrapping_sub(if at > 0 { row[at - 1] } else { 0 })).collect::<Vec<_>>())
        .collect()
}

#[test]
fn comments_are_white_space() {
    let catalog = "1%a\n0%b (\n%c\nobj%d\n<<%e >>\n/Type%f\n/Catalog%g\n/Pages%h\n2%i\n0%j endobj\nR%k\n>>%l\nendobj%m\n";
    let page = "<</Type/Page%>>\n/Parent 2 0 R/MediaBox[0%]\n0 200%\r200]/Annots%x\n[%y\n]/Contents 4 0 R%z\n>>";
    let file = File::new().entry(1, 0, catalog).object(3, page).rest();
    judge("in objects", &file.table("").out);
    let end = "trailer%a\n<<%b\n/Size%c\n5/Root 1%d\n0%e\nR%f >>\n>>%g\n";
    let mut file = File::new().rest();
    let (at, table) = (file.out.len(), file.subsections());
    judge("in the trailer", &file.clone().text(format!("xref\n{table}{end}startxref\n{at}\n%%EOF\n")).out);
    judge("behind the end", &file.text(format!("xref\n{table}{end}startxref\n{at}\n%%EOF\n%more\n")).out);
}

#[test]
fn the_end_of_a_file_in_every_form() {
    let trailer = "trailer\n<</Size 5/Root 1 0 R>>\n";
    let file = |make: &dyn Fn(String, usize) -> String| {
        let mut file = File::new().rest();
        let (at, table) = (file.out.len(), file.subsections());
        file.text(make(table, at)).out
    };
    let of_trailer = |old: &str, new: &str| file(&|t, at| format!("xref\n{t}{}startxref\n{at}\n%%EOF\n", trailer.replace(old, new)));
    let of_table = |old: &str, new: &str| file(&|t, at| format!("xref\n{}{trailer}startxref\n{at}\n%%EOF\n", t.replacen(old, new, 1)));
    for (name, document) in [
        ("a comment behind startxref", file(&|t, at| format!("xref\n{t}{trailer}startxref %c\n{at}\n%%EOF\n"))),
        ("a comment before startxref", file(&|t, at| format!("xref\n{t}{trailer}%c\nstartxref\n{at}\n%%EOF\n"))),
        ("a comment behind the offset", file(&|t, at| format!("xref\n{t}{trailer}startxref\n{at} %c\n%%EOF\n"))),
        ("a comment behind the table", file(&|t, at| format!("xref\n{t}%c\n{trailer}startxref\n{at}\n%%EOF\n"))),
        ("xref and the first subsection on a line", file(&|t, at| format!("xref {t}{trailer}startxref\n{at}\n%%EOF\n"))),
        ("empty lines behind xref", file(&|t, at| format!("xref\n\n\n{t}{trailer}startxref\n{at}\n%%EOF\n"))),
        ("white space before the trailer", file(&|t, at| format!("xref\n{t}  \n {trailer}startxref\n{at}\n%%EOF\n"))),
        ("zeros before the offset", file(&|t, at| format!("xref\n{t}{trailer}startxref\n000{at}\n%%EOF\n"))),
        ("the word startxref in a string", of_trailer("/Root", "/X(startxref 5)/Root")),
        ("a comment behind xref", file(&|t, at| format!("xref %c\n{t}{trailer}startxref\n{at}\n%%EOF\n"))),
        ("a comment in the head of a subsection", of_table("0 5", "0 5 %c")),
        ("zeros in the head of a subsection", of_table("0 5", "0000 00005")),
        ("an empty subsection", of_table("0 5", "0 0\n0 5")),
        ("no head of the free list", of_table("0 5\n0000000000 65535 f \n", "1 4\n")),
        ("a generation beyond the last", of_table("65535", "65536")),
        ("no /Prev, said by null", of_trailer("/Root", "/Prev null/Root")),
        ("no /Prev, said by 0", of_trailer("/Root", "/Prev 0/Root")),
        ("/Size twice", of_trailer("/Size 5", "/Size 3/Size 5")),
        ("/Root twice", of_trailer("/Root", "/Root 99 0 R/Root")),
        ("/Size as a real", of_trailer("/Size 5", "/Size 5.0")),
    ] {
        judge(name, &document);
    }
}

#[test]
fn heads_of_objects_and_references_in_every_form() {
    for (name, catalog) in [
        ("no white space", "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"),
        ("zeros", "0001 00000 obj\n<</Type/Catalog/Pages 0002 00000 R>>\nendobj\n"),
        ("no endobj", "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\n"),
        ("words that PDF does not have", "1 0 obj\n<</Type/Catalog/Pages 2 0 R/A foo/B[1e5 yes]>>\nendobj\n"),
        ("a key without a value", "1 0 obj\n<</Type/Catalog/Pages 2 0 R/X>>\nendobj\n"),
        ("a value without a key", "1 0 obj\n<</Type/Catalog/Pages 2 0 R(x)>>\nendobj\n"),
    ] {
        judge(name, &File::new().entry(1, 0, catalog).rest().table("").out);
    }
}

#[test]
fn page_trees_of_every_shape() {
    for (name, pages) in [
        ("a wrong count", "<</Type/Pages/Kids[3 0 R]/Count 7>>"),
        ("a negative count", "<</Type/Pages/Kids[3 0 R]/Count -1>>"),
        ("no count", "<</Type/Pages/Kids[3 0 R]>>"),
        ("indirect entries", "<</Type/Pages/Kids 6 0 R/Count 7 0 R>>"),
        ("an empty node before", "<</Type/Pages/Kids[8 0 R 3 0 R]/Count 1>>"),
    ] {
        let file =
            File::new().object(2, pages).object(6, "[3 0 R]").object(7, "1.0").object(8, "<</Type/Pages/Kids[]/Count 0/Parent 2 0 R>>");
        judge(name, &file.rest().table("").out);
    }
}

#[test]
fn white_space_is_what_7_2_3_says() {
    let page = b"<<\x00/Type\x0c/Page\t/Parent\r\n2\n0\rR/MediaBox\n[\x000\x0c0 200\t200 ]/Contents 4\x000\x00R\r>>";
    judge("NUL, FF, TAB", &File::new().object(3, page).rest().table("").out);
    let tight = File::new().entry(1, 0, "1 0 obj<</Type/Catalog/Pages 2 0 R/X(a)/Y<41>/Z[(a)(b)/c/d<65>true]>>endobj ").rest();
    judge("none at all", &tight.table("").out);
    let mut file = File::new().rest();
    let (at, table) = (file.out.len(), file.subsections());
    let text = format!("xref  \n{table}trailer<</Size 5/Root 1 0 R>>startxref {at} %%EOF");
    judge("around keywords", &file.text(text).out);
    let mut file = File::new().rest();
    let at = file.out.len();
    let table = file.subsections().replacen('\n', "  \r\n", 1);
    judge(
        "in the head of a subsection",
        &file.text(format!("xref\r\n{table}trailer\r\n\r\n<</Size 5/Root 1 0 R>>\r\nstartxref\r\n  {at}\r\n%%EOF")).out,
    );
}

#[test]
fn a_line_may_end_with_a_carriage_return_alone() {
    let text = String::from_utf8_lossy(&File::new().rest().table("").out).into_owned();
    let text =
        text.replace("%\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n", "").replace("stream\n0 0 m\nS\n\nendstream", "stream\n0 0 m\rS\r\rendstream");
    // Offsets are as long as they were, but for the comment; `stream` must not be followed by a carriage return alone (7.3.8.1).
    let text = text.replace('\n', "\r").replace("stream\r0 0", "stream\n0 0");
    let mut out = text.split("xref\r").next().unwrap().to_owned();
    let mut table = String::from("xref\r0 5\r0000000000 65535 f \r");
    for number in 1..5 {
        table += &format!("{:010} 00000 n \r", out.find(&format!("{number} 0 obj")).unwrap());
    }
    let at = out.len();
    out += &format!("{table}trailer\r<</Size 5/Root 1 0 R>>\rstartxref\r{at}\r%%EOF\r");
    judge("CR", out.as_bytes());
}

#[test]
fn names_may_be_escaped_and_empty() {
    let catalog = "<</#54ype/#43atalog/P#61ges 2 0 R/A#20b#2Fc#23(x)/ (empty)/#2f#28#29 1/Lime#20Green/#25>>";
    let pages = "<</Type/P#61ges/K#69ds[3 0 R]/#43ount 1>>";
    let page = "<</Type/#50age/P#61rent 2 0 R/MediaBox[0 0 200 200]/#41nnots[]/Contents 4 0 R>>";
    judge("escaped", &File::new().object(1, catalog).object(2, pages).object(3, page).rest().table("/#49nfo null").out);
    let form = "<</Type/Catalog/Pages 2 0 R/#41croForm<</#46ields[]/S#69gFlags 1>>>>";
    judge("an escaped form", &File::new().object(1, form).rest().table("").out);
}

#[test]
fn strings_with_every_escape() {
    let string = r"(a\n\r\t\b\f\(\)\\\053\53\0053\5x\
b\q(nested (deeper)) \) %no comment << >> endobj)";
    let raw = [b"(\x00\xff\xfe\r\n\r lone \\\r\n continued \\\r too)".as_slice(), b"<4 8 6\n5\t7>", b"<>", b"()", b"(\xe2\x80)"].concat();
    let page = [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/X", string.as_bytes(), b"/Y[", &raw, b"]>>"].concat();
    let catalog = [b"<</Type/Catalog/Pages 2 0 R/Lang(e\\156)/X[", raw.as_slice(), string.as_bytes(), b"]>>"].concat();
    judge("strings", &File::new().object(1, catalog).object(3, page).rest().table("").out);
}

#[test]
fn numbers_of_every_form() {
    // What qpdf copies into JSON as it stands is no JSON of every number: its own notation is compared.
    let shown = |document: &[u8], number: &str| {
        let shown = qpdf(document, &[&format!("--show-object={number}")]).stdout;
        String::from_utf8(shown).unwrap().trim_end().trim_start_matches("<< ").to_owned()
    };
    let numbers = "/X[-.002 +17 4. -98 00012 .5 -5. -0 2147483647 -2147483648 3.14159265358979323846 0.0000000001 2147483648 -2147483649]\
        /Y[9223372036854775807 123456789012345678901234567890.5 -00.00]";
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[-0 +0.0 200. 00200.500]/Contents 4 0 R/Rotate +00{numbers}>>");
    let document = File::new().object(1, CATALOG.replace("/Type", &format!("{numbers}/Type"))).object(3, page).rest().table("").out;
    let signed = sign("numbers", &document);
    assert_eq!(qpdf(&document, &["--check"]).status.code(), Some(0));
    assert_eq!(qpdf(&signed, &["--check"]).status.code(), Some(0));
    for (number, added) in [("3,0", "/Annots [ 6 0 R ] "), ("1,0", "/AcroForm 8 0 R ")] {
        let after = shown(&signed, number);
        assert!(after.contains(added), "{number}: {after}");
        let rest = after.replacen(added, "", 1);
        let rest = rest.replacen("/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 2 >> >> ", "", 1);
        assert_eq!(rest, shown(&document, number), "{number}");
    }
}

#[test]
fn a_key_given_twice_has_its_last_value() {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[5 0 R]/Contents 4 0 R/Annots[]/Rotate 90/Rotate 0>>";
    let note = "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(x)>>";
    judge("of the page", &File::new().object(3, page).object(5, note).rest().table("").out);
    let catalog = "<</Type/Catalog/Pages 99 0 R/AcroForm<</Fields[99 0 R]>>/Pages 2 0 R/AcroForm<</Fields[]/Fields[]>>>>";
    judge("of the catalog", &File::new().object(1, catalog).rest().table("").out);
}

#[test]
fn types_may_be_missing() {
    let file = File::new().object(1, "<</Pages 2 0 R>>").object(3, PAGE.replace("/Type/Page", ""));
    judge("of catalog and page", &file.rest().table("").out);
}

#[test]
fn null_is_as_if_it_were_not_there() {
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm null/Extensions null/Perms null/Version null/Metadata 99 0 R>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots null/Contents 4 0 R/Tabs null/X null>>";
    judge("null", &File::new().object(1, catalog).object(3, page).rest().table("/Info null/ID null").out);
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm 99 0 R/Extensions 99 0 R/Perms 98 0 R>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots 99 0 R/Contents 4 0 R>>";
    judge("a reference to nothing", &File::new().object(1, catalog).object(3, page).rest().table("/Info 97 0 R").out);
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/Extensions 6 0 R>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots 5 0 R/Contents 4 0 R>>";
    let file = File::new().object(1, catalog).object(3, page).object(5, "null").object(6, "null");
    judge("a reference to null", &file.rest().table("").out);
    let mut file = File::new().object(1, catalog).object(3, page).rest();
    file.entries.extend([(5, (0, 6, 1)), (6, (0, 0, 1))]);
    judge("a reference to what is free", &file.table("").out);
}

#[test]
fn references_in_a_circle_that_nobody_follows() {
    let catalog = "<</Type/Catalog/Pages 2 0 R/X 5 0 R/Y[6 0 R]>>";
    let file = File::new().object(1, catalog).object(5, "<</Self 5 0 R/Root 1 0 R>>").object(6, "[6 0 R 7 0 R]").object(7, "[6 0 R]");
    judge("circles", &file.rest().table("").out);
}

#[test]
fn generations_count() {
    let file = File::new()
        .entry(1, 3, "1 3 obj\n<</Type/Catalog/Pages 2 9 R>>\nendobj\n")
        .entry(2, 9, "2 9 obj\n<</Type/Pages/Kids[3 65534 R]/Count 1>>\nendobj\n")
        .entry(3, 65534, "3 65534 obj\n<</Type/Page/Parent 2 9 R/MediaBox[0 0 200 200]/Contents 4 0 R>>\nendobj\n")
        .object(4, CONTENT);
    let text = String::from_utf8_lossy(&file.clone().table("").out).into_owned();
    assert!(text.contains("65534 n"));
    let mut file = file;
    let (at, table) = (file.out.len(), file.subsections());
    judge("generations", &file.text(format!("xref\n{table}trailer\n<</Size 5/Root 1 3 R>>\nstartxref\n{at}\n%%EOF\n")).out);
}

#[test]
fn objects_come_back_and_are_freed() {
    // The annotations of the first revision are freed in the second, and their number is another object in the third.
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Annots 5 0 R>>";
    let first = File::new().object(3, page).object(5, "[]").rest();
    let prev = first.out.len();
    let mut second = first.table("").object(3, PAGE);
    second.entries.extend([(0, (0, 5, 65535)), (5, (0, 0, 1))]);
    let again = second.out.len();
    let second = second.table(&format!("/Prev {prev}"));
    judge("freed", &second.out);
    let page = page.replace("5 0 R", "5 1 R");
    let third = second.clone().object(3, &page).entry(5, 1, "5 1 obj\n[]\nendobj\n");
    judge("reused with the next generation", &third.table(&format!("/Prev {again}")).out);
    // A reference with the old generation is one to null (7.3.10).
    let third = second.object(3, page.replace("5 1 R", "5 0 R")).entry(5, 1, "5 1 obj\n<</Another true>>\nendobj\n");
    judge("reused, and asked for as it was", &third.table(&format!("/Prev {again}")).out);
}

#[test]
fn objects_redefined_across_revisions() {
    let mut file = File::new().rest();
    let mut prev = file.out.len();
    file = file.table("");
    for rotate in [90, 180, 270] {
        file = file.object(3, PAGE.replace("/Type/Page", &format!("/Type/Page/Rotate {rotate}"))).object(1, CATALOG);
        let at = file.out.len();
        file = file.table(&format!("/Prev {prev}"));
        prev = at;
    }
    judge("four revisions", &file.out);
}

#[test]
fn an_end_without_its_mark() {
    let text = File::new().rest().table("").out;
    judge("no %%EOF", &text[..text.len() - 6]);
    judge("no line end", &text[..text.len() - 1]);
    judge("nothing behind the offset", &text[..text.len() - 7]);
}

#[test]
fn streams_of_every_shape() {
    for (name, content) in [
        ("no line end before endstream", "<</Length 7>>\nstream\n0 0 m\nSendstream"),
        ("CR LF", "<</Length 7>>\r\nstream\r\n0 0 m\nS\r\nendstream"),
        ("an indirect length", "<</Length 6 0 R>>\nstream\n0 0 m\nS\nendstream"),
        ("its own end inside", "<</Length 27>>\nstream\n0 0 m\nS\n%endstream endobj\n\nendstream"),
        ("a filter that is null", "<</Length 7/Filter null/DecodeParms null>>\nstream\n0 0 m\nS\nendstream"),
        ("no filter in a list", "<</Length 7/Filter[]/DecodeParms[]>>\nstream\n0 0 m\nS\nendstream"),
    ] {
        judge(name, &File::new().object(4, content).object(6, "7").rest().table("").out);
    }
}

type Encoder = Box<dyn Fn(Vec<u8>) -> Vec<u8>>;

/// Every predictor, with how it is encoded: what `/DecodeParms` holds.
fn predictors(columns: usize) -> Vec<(String, Encoder)> {
    let mut all: Vec<(String, Encoder)> = vec![
        (String::new(), Box::new(deflated)),
        ("/DecodeParms<</Predictor 1>>".into(), Box::new(deflated)),
        (format!("/DecodeParms<</Predictor 2/Columns {columns}>>"), Box::new(move |data| deflated(tiff(data, columns)))),
        (
            format!("/DecodeParms[<</Predictor 12/Columns {columns}/Colors 1/BitsPerComponent 8>>]"),
            Box::new(move |data| deflated(png(data, columns, 2))),
        ),
    ];
    for kind in 0..6 {
        let parameters = format!("/DecodeParms<</Predictor {}/Columns {columns}>>", 10 + kind);
        all.push((parameters, Box::new(move |data| deflated(png(data, columns, kind)))));
    }
    all
}

#[test]
fn predictors_in_cross_reference_streams() {
    for (parameters, encode) in predictors(7) {
        let name = format!("a cross-reference stream with {parameters}");
        let file = File::new().rest().stream(5, [1, 4, 2], &format!("/Filter/FlateDecode{parameters}"), encode);
        judge(&name, &file.out);
    }
    // A row need not be an entry.
    for (columns, kind) in [(1, 2), (5, 4), (42, 1)] {
        let parameters = format!("/Filter/FlateDecode/DecodeParms<</Predictor {}/Columns {columns}>>", 10 + kind);
        let file = File::new().rest().stream(5, [1, 4, 2], &parameters, |data| deflated(png(data, columns, kind)));
        judge(&format!("rows of {columns}"), &file.out);
    }
    for (name, entries, encode) in [
        ("LZW", "/Filter/LZWDecode", Box::new(packed_lzw) as Encoder),
        ("LZW and a predictor", "/Filter/LZWDecode/DecodeParms<</Predictor 12/Columns 7>>", Box::new(|data| packed_lzw(png(data, 7, 2)))),
        ("none", "", Box::new(plain)),
        ("null", "/Filter null/DecodeParms null", Box::new(plain)),
        ("hexadecimal", "/Filter[/ASCIIHexDecode]/DecodeParms[null]", Box::new(hexadecimal)),
        (
            "two, the second with parameters",
            "/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null<</Predictor 15/Columns 7>>]",
            Box::new(|data| hexadecimal(deflated(png(data, 7, 5)))),
        ),
        ("two without", "/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null null]", Box::new(|data| hexadecimal(deflated(data)))),
    ] {
        judge(name, &File::new().rest().stream(5, [1, 4, 2], entries, encode).out);
    }
}

#[test]
fn predictors_in_object_streams() {
    for (parameters, encode) in predictors(11) {
        let name = format!("an object stream with {parameters}");
        let file = File::new().usual_packed(&format!("/Filter/FlateDecode{parameters}"), encode).stream(6, [1, 4, 2], "", plain);
        judge(&name, &file.out);
    }
    let two = "/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null<</Predictor 15/Columns 11>>]";
    let encode = |data| hexadecimal(deflated(png(data, 11, 5)));
    judge("two filters", &File::new().usual_packed(two, encode).stream(6, [1, 4, 2], "", plain).out);
    let file = File::new().object(7, "6").usual_packed("/Filter[8 0 R]/DecodeParms 9 0 R", deflated);
    let file = file.object(8, "/FlateDecode").object(9, "[null]");
    judge("indirect entries", &file.stream(6, [1, 4, 2], "", plain).out);
}

#[test]
fn widths_and_defaults_of_cross_reference_streams() {
    for widths in [[1, 4, 2], [2, 4, 4], [1, 8, 8], [4, 4, 4], [1, 3, 1], [1, 2, 2]] {
        let mut file = File::new().rest();
        if widths[2] < 2 {
            file.entries.insert(0, (0, 0, 0));
        }
        judge(&format!("widths {widths:?}"), &file.stream(5, widths, "", plain).out);
    }
    // A type that is left out is 1 (7.5.8.2, table 17), a generation 0.
    let mut file = File::new().rest();
    file.entries.remove(&0);
    judge("no type", &file.clone().stream(5, [0, 4, 2], "", plain).out);
    judge("no generation", &file.clone().stream(5, [1, 4, 0], "", plain).out);
    judge("offsets alone", &file.stream(5, [0, 4, 0], "", plain).out);
}

#[test]
fn entries_of_a_type_to_come_are_null() {
    // 7.5.8.3: any other type is a reference to null.
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Annots 7 0 R>>";
    let mut file = File::new().object(3, page).rest();
    file.entries.insert(7, (3, 1, 1));
    let out = file.stream(5, [1, 4, 2], "", plain).out;
    let signed = sign("type 3", &out);
    assert!(String::from_utf8_lossy(&signed[out.len()..]).contains("/Annots ["));
}

#[test]
fn an_index_out_of_order() {
    let file = File::new().rest();
    let order = [4, 2, 3, 0, 5, 1];
    let mut entries = file.entries.clone();
    entries.insert(5, (1, file.out.len(), 0));
    let data: Vec<u8> = order
        .iter()
        .flat_map(|number| {
            let (kind, second, third) = entries[number];
            [&[kind], &(second as u32).to_be_bytes()[..], &third.to_be_bytes()[..]].concat()
        })
        .collect();
    let index: String = order.iter().map(|number| format!("{number} 1 ")).collect();
    judge("the index", &file.stream(5, [1, 4, 2], &format!("/Index[{index}]"), move |_| data.clone()).out);
}

#[test]
fn object_streams_of_every_shape() {
    let base = || File::new().object(4, CONTENT);
    let finish = |file: File| file.stream(9, [1, 4, 2], "", plain).out;
    let at = |bodies: &str, body: &str| bodies.find(body).unwrap();
    // Objects in another order than their numbers in the head, with comments and white space.
    let bodies = format!("{PAGE}%c\n\n{CATALOG}  {PAGES}");
    let head = format!("1 {}  2\n{}\r\n3 {}\n ", at(&bodies, CATALOG), at(&bodies, PAGES), at(&bodies, PAGE));
    judge("another order", &finish(base().packed(5, &[1, 2, 3], &head, &bodies, "", plain)));
    // A stream that extends another (7.5.7).
    let file = base().packed(5, &[2], "2 0 ", PAGES, "", plain).packed(6, &[1], "1 0 ", CATALOG, "/Extends 5 0 R", plain);
    judge("extends", &finish(file.packed(7, &[3], "3 0 ", PAGE, "/Extends 6 0 R", plain)));
    // The same number in an older stream, which its entry no longer names.
    let old = format!("{PAGES} <</Old true>>");
    let file = base().packed(5, &[2, 3], &format!("2 0 3 {} ", PAGES.len() + 1), &old, "", plain);
    judge(
        "an older copy",
        &finish(file.packed(6, &[1, 3], &format!("1 0 3 {} ", CATALOG.len() + 1), &format!("{CATALOG} {PAGE}"), "", plain)),
    );
    let file = base().object(8, "35").packed(5, &[2], "2 0 ", PAGES, "/Length 7 0 R", plain);
    let length = "2 0 ".len() + PAGES.len();
    judge("an indirect length", &finish(file.object(7, length.to_string()).object(1, CATALOG).object(3, PAGE)));
}
