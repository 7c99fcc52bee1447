//! Documents that are made to hurt: circles, depths, sizes and numbers. Each ends in a typed error or a signature, in bounded memory and time.
//!
//! One test, for the peak of memory is that of the whole program.

mod common;

use std::io::Write;
use std::time::{Duration, Instant};

use common::{Document, memory, moment, options, run};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use peak_alloc::PeakAlloc;
use rustpdf_core::{Machine, Result};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a case may take without optimisation. Most take some milliseconds.
const TIME: Duration = Duration::from_secs(20);

/// A document above so many bytes, or one that becomes large, is signed once, and no more is asked of it: it takes seconds.
const LARGE: usize = 256 << 10;

struct Case {
    name: String,
    document: Vec<u8>,
    options: &'static str,
    /// What comes of signing it, and of signing it where a damaged document is refused.
    outcome: [&'static str; 2],
    /// MiB that this may take beside the document.
    memory: usize,
}

/// A case that ends as told, with and without repair.
fn case(name: impl Into<String>, document: Vec<u8>, outcome: &'static str) -> Case {
    Case { name: name.into(), document, options: "", outcome: [outcome; 2], memory: 4 }
}

impl Case {
    /// What comes of it where a damaged document is refused.
    fn strictly(mut self, outcome: &'static str) -> Self {
        self.outcome[1] = outcome;
        self
    }

    fn within(mut self, memory: usize) -> Self {
        self.memory = memory;
        self
    }

    fn page(mut self, options: &'static str) -> Self {
        self.options = options;
        self
    }

    fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let once = self.document.len() > LARGE || self.memory > 64;
        for (strict, expected) in [false, true].into_iter().zip(self.outcome).take(if once { 1 } else { 2 }) {
            let json = format!("{{\"strict\":{strict}{}}}", self.options);
            let signed = || code(run(Machine::prepare(memory(&self.document), moment(), None, options(&json)), &self.document, |_| vec![]));
            let (found, memory, time) = measured(signed);
            println!("{:60} {found:22} {memory:5.1} MiB {:6} ms", self.name, time.as_millis());
            if found != expected {
                wrong.push(format!("{}: {found} and not {expected}, strict: {strict}", self.name));
            }
            if memory > self.memory as f32 || time > TIME {
                wrong.push(format!("{}: {memory:.1} MiB, {time:?}", self.name));
            }
        }
        if once {
            return wrong;
        }
        let told = || code(run(Machine::inspect(memory(&self.document), None), &self.document, |_| vec![]));
        let (found, memory, time) = measured(told);
        if found == "ERR_INTERNAL" || memory > 2.0 * self.memory as f32 || time > TIME {
            wrong.push(format!("{}: told {found}, {memory:.1} MiB, {time:?}", self.name));
        }
        wrong
    }
}

fn code<T>(outcome: Result<T>) -> &'static str {
    outcome.map_or_else(|error| error.code().as_str(), |_| "signed")
}

/// Runs `task`; returns how many MiB it took at its peak, and how long.
fn measured<T>(task: impl FnOnce() -> T) -> (T, f32, Duration) {
    let before = MEMORY.current_usage_as_mb();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let result = task();
    (result, MEMORY.peak_usage_as_mb() - before, start.elapsed())
}

#[test]
fn whatever_a_document_holds_ends() {
    let mut wrong = Vec::new();
    for cases in [circles, depths, numbers, trees, long_things, streams] {
        for case in cases() {
            wrong.extend(case.check());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn page() -> Document {
    Document::new()
}

fn catalog(entries: &str) -> Document {
    page().with(1, &format!("<</Type/Catalog/Pages 2 0 R{entries}>>"))
}

fn replaced(document: &Document, old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(document.bytes()).expect("text");
    assert!(text.contains(old), "{old}");
    text.replacen(old, new, 1).into_bytes()
}

/// Where the table of a document starts.
fn table(document: &[u8]) -> usize {
    document.windows(6).rposition(|bytes| bytes == b"xref\n0").expect("a table")
}

fn circles() -> Vec<Case> {
    let at = table(&page().bytes());
    let second = page().bytes().len();
    let first = replaced(&page(), "/Root", &format!("/Prev {}/Root", second + format!("/Prev {second}").len()));
    let two = [&first[..], format!("xref\n0 0\ntrailer\n<</Size 4/Root 1 0 R/Prev {at}>>\nstartxref\n{}\n%%EOF\n", first.len()).as_bytes()]
        .concat();
    let hidden = |number: usize| replaced(&page(), "/Root", &format!("/XRefStm {number}/Root"));
    let field = |kids: &str| catalog("/AcroForm<</Fields[4 0 R]>>").with(4, kids).bytes();
    vec![
        case("/Prev: two in a circle", two, "signed").strictly("ERR_XREF_BROKEN"),
        case("/XRefStm: the table itself", hidden(at), "signed").strictly("ERR_XREF_BROKEN"),
        case("/XRefStm: an object", hidden(9), "signed").strictly("ERR_XREF_BROKEN"),
        case("/Prev of a stream: itself", cross_reference_stream("/W[1 2 1]/Prev STREAM", b""), "signed").strictly("ERR_XREF_BROKEN"),
        case("/Parent of a page: itself", page().with(3, "<</Type/Page/Parent 3 0 R>>").bytes(), "signed"),
        case("/Parent of a node: its kid", page().with(2, "<</Type/Pages/Parent 3 0 R/Kids[3 0 R]/Count 1>>").bytes(), "signed"),
        case("/Kids of a node: itself", page().with(2, "<</Type/Pages/Kids[2 0 R]/Count 1>>").bytes(), "ERR_PAGE_TREE"),
        case(
            "/Kids of a node: its reference",
            page().with(2, "<</Type/Pages/Kids 4 0 R/Count 1>>").with(4, "[2 0 R]").bytes(),
            "ERR_PAGE_TREE",
        ),
        case(
            "/Kids: references in a circle",
            page().with(2, "<</Type/Pages/Kids 4 0 R>>").with(4, "5 0 R").with(5, "4 0 R").bytes(),
            "ERR_OBJECT_BROKEN",
        ),
        case("/Kids of a field: itself", field("<</T(a)/Kids[4 0 R]>>"), "signed"),
        case("/Parent of a field: itself", field("<</T(a)/Parent 4 0 R/FT/Sig>>"), "signed"),
        case("/T: references in a circle", field("<</T 4 0 R>>"), "signed"),
        case(
            "/Annots: a reference to itself",
            page().with(3, "<</Type/Page/Parent 2 0 R/Annots 4 0 R>>").with(4, "4 0 R").bytes(),
            "ERR_OBJECT_BROKEN",
        ),
        case("/Length: a reference to itself", catalog("/X 4 0 R").with(4, "<</Length 4 0 R>>stream\nendstream").bytes(), "signed"),
        case("/Extends: itself", object_stream("/N 1/First 4/Extends 5 0 R", b"1 0 <</Type/Catalog/Pages 2 0 R>>"), "signed"),
        case("/N: its own stream", object_stream("/N 5 0 R/First 4", b"1 0 <</Type/Catalog/Pages 2 0 R>>"), "ERR_STREAM_BROKEN"),
        case(
            "33 references to one another",
            {
                let mut document = catalog("/AcroForm 4 0 R");
                document.objects.extend((5..=37).map(|number| format!("{number} 0 R")));
                document.objects.push("<<>>".into());
                document.bytes()
            },
            "ERR_LIMIT",
        ),
    ]
}

fn depths() -> Vec<Case> {
    let nested = |open: &str, close: &str, depth: usize| catalog(&format!("/X{}{}", open.repeat(depth), close.repeat(depth))).bytes();
    let many = 1 << 20;
    let mut levels = page();
    for number in 3..1003 {
        levels = levels.with(number - 1, &format!("<</Type/Pages/Count 1/Kids[{number} 0 R]>>"));
    }
    let mut fields = catalog("/AcroForm<</Fields[4 0 R]>>");
    fields.objects.extend((5..1005).map(|number| format!("<</T(f)/Kids[{number} 0 R]>>")));
    vec![
        case("arrays: a million", nested("[", "]", many), "ERR_LIMIT"),
        case("dictionaries: a million", nested("<</A", ">>", many), "ERR_LIMIT").within(16),
        case("arrays that do not end", replaced(&page(), "/MediaBox", &format!("/X{}/MediaBox", "[".repeat(many))), "ERR_LIMIT"),
        case("parentheses: a million", nested("(", ")", many), "signed").within(16),
        case("parentheses that do not end", replaced(&page(), "/MediaBox", &format!("/X{}/MediaBox", "(".repeat(many))), "ERR_XREF_BROKEN")
            .within(16),
        case("levels of pages: a thousand", levels.bytes(), "ERR_LIMIT"),
        case("levels of fields: a thousand", fields.bytes(), "ERR_LIMIT"),
    ]
}

fn numbers() -> Vec<Case> {
    let mut cases = Vec::new();
    for offset in ["999999", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-1", "-0", "0"]
    {
        let document = page().bytes();
        let damaged = replaced(&page(), &format!("startxref\n{}", table(&document)), &format!("startxref\n{offset}"));
        let strictly = match offset {
            "18446744073709551616" | "-1" | "-0" => "ERR_XREF_MISSING",
            _ => "ERR_XREF_BROKEN",
        };
        cases.push(case(format!("startxref {offset}"), damaged, "signed").strictly(strictly));
    }
    for number in ["8388606", "8388607", "4294967295", "4294967296"] {
        let kids = page().with(2, &format!("<</Type/Pages/Kids[{number} 0 R 3 0 R]/Count 2>>"));
        let outcome = if number == "4294967296" { "ERR_OBJECT_BROKEN" } else { "signed" };
        cases.push(case(format!("/Kids: object {number}"), kids.bytes(), outcome));
        let header = replaced(&page(), "xref\n0 4", &format!("xref\n{number} 1\n0000000009 00000 n \n0 4"));
        let (outcome, strictly) = match number {
            "8388606" => ("ERR_LIMIT", "ERR_LIMIT"),
            _ => ("signed", "ERR_XREF_BROKEN"),
        };
        cases.push(case(format!("a table from {number} on"), header, outcome).strictly(strictly));
        let object = replaced(&page(), "xref\n0 4", &format!("{number} 0 obj null endobj xref\n0 x"));
        let (outcome, strictly) = if number.starts_with("8") { ("ERR_LIMIT", "ERR_LIMIT") } else { ("signed", "ERR_XREF_BROKEN") };
        cases.push(case(format!("an object {number} that is found"), object, outcome).strictly(strictly));
    }
    for size in ["0", "-1", "8388607", "8388608", "2147483648", "9223372036854775807", "9223372036854775808", "1.5", "(x)"] {
        // Table 15 makes objects missing that /Size excludes.
        let excludes = size.parse::<i64>().is_ok_and(|size| (4..=8_388_608).contains(&size));
        let strictly = if excludes { "signed" } else { "ERR_XREF_AMBIGUOUS" };
        cases.push(case(format!("/Size {size}"), replaced(&page(), "/Size 4", &format!("/Size {size}")), "signed").strictly(strictly));
    }
    for generation in ["65535", "65536", "99999"] {
        let table = replaced(&page(), "00000 n ", &format!("{generation} n "));
        let strictly = if generation == "65535" { "ERR_CATALOG" } else { "ERR_XREF_BROKEN" };
        cases.push(case(format!("generation {generation}"), table, "signed").strictly(strictly));
    }
    for count in ["4294967295", "9223372036854775807"] {
        let table = replaced(&page(), "xref\n0 4", &format!("xref\n0 {count}"));
        cases.push(case(format!("a table of {count} entries"), table, "signed").strictly("ERR_XREF_BROKEN"));
    }
    cases
}

fn trees() -> Vec<Case> {
    let pages = |count: &str| {
        page().with(2, &format!("<</Type/Pages/Kids[3 0 R 4 0 R]/Count {count}>>")).with(4, "<</Type/Page/Parent 2 0 R>>").bytes()
    };
    let second = r#","page":2"#;
    let third = r#","page":3"#;
    let mut cases = Vec::new();
    for count in ["1", "2", "0", "-5", "1000000000", "9223372036854775807", "9223372036854775808", "(x)", "null", "2 0 R"] {
        cases.push(
            case(format!("/Count {count}, the second page"), pages(count), if count == "1" { "ERR_PAGE_NUMBER" } else { "signed" })
                .page(second),
        );
        cases.push(case(format!("/Count {count}, the third page"), pages(count), "ERR_PAGE_NUMBER").page(third));
    }
    let missing: String = (4..1_000_004).map(|number| format!("{number} 0 R ")).collect();
    let same = "3 0 R ".repeat(1_000_000);
    let kids = |kids: &str| page().with(2, &format!("<</Type/Pages/Kids[{kids}]/Count 1>>")).bytes();
    let fields = |fields: &str| catalog(&format!("/AcroForm<</Fields[{fields}]>>")).bytes();
    cases.extend([
        case("/Kids: a million that are not there", kids(&missing), "ERR_LIMIT").within(160),
        case("/Kids: a million times one page", kids(&same), "ERR_LIMIT").within(160),
        case("/Fields: a million that are not there", fields(&missing), "ERR_LIMIT").within(300),
        case("/Annots: a million references", page().with(3, &format!("<</Type/Page/Parent 2 0 R/Annots[{missing}]>>")).bytes(), "signed")
            .within(160),
    ]);
    cases
}

fn long_things() -> Vec<Case> {
    let name = "n".repeat(1 << 20);
    let hash = "#6e".repeat(1 << 20);
    let inside = |entries: &str| page().with(3, &format!("<</Type/Page/Parent 2 0 R{entries}>>")).bytes();
    let mega = 1 << 20;
    vec![
        case("a name of 1 MB", inside(&format!("/X/{name}")), "signed").within(16),
        case("a key of 1 MB", inside(&format!("/{name} 1")), "signed").within(16),
        case("a name of 1 MB by its numbers", inside(&format!("/X/{hash}")), "signed").within(32),
        case("a /Type of 1 MB", replaced(&page(), "/Catalog", &format!("/{name}")), "signed").within(16),
        case("a number of 1 MB", inside(&format!("/X {}", "1".repeat(mega))), "signed").within(16),
        case("a comment of 1 MB", inside(&format!("%{name}\n")), "signed").within(16),
        case("white space of 1 MB", inside(&" ".repeat(mega)), "signed").within(16),
        case("a string of 1 MB", inside(&format!("/X({name})")), "signed").within(16),
        case("a string in hexadecimal of 1 MB", inside(&format!("/X<{}>", "a".repeat(mega))), "signed").within(16),
        case("a string of 33 MB", inside(&format!("/X({})", "x".repeat(33 * mega))), "ERR_LIMIT").within(160),
        case("an array of 2 million empty names", inside(&format!("/X[{}]", "/".repeat(2 * mega))), "ERR_LIMIT").within(160),
        case("an array of 2 million empty arrays", inside(&format!("/X[{}]", "[]".repeat(2 * mega))), "ERR_LIMIT").within(160),
        case("a dictionary of 2 million empty keys", inside(&"//".repeat(2 * mega)), "ERR_LIMIT").within(160),
        case(
            "trailers of half a million empty names",
            {
                let trailers = format!("trailer<</X[{}]>>", "/".repeat(mega / 2)).repeat(10);
                replaced(&page(), "xref\n0 4", &format!("{trailers}xref\n0 x"))
            },
            "signed",
        )
        .strictly("ERR_XREF_BROKEN")
        .within(300),
        case("a field's name of 1 MB", catalog(&format!("/AcroForm<</Fields[<</T({name})>>]>>")).bytes(), "ERR_LIMIT").within(32),
    ]
}

/// A document whose last section is a stream of these data; `STREAM` in its entries stands for its own offset.
fn cross_reference_stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut document = page().bytes();
    document.truncate(table(&document));
    let at = document.len();
    let entries = entries.replace("STREAM", &at.to_string());
    document.extend(format!("4 0 obj\n<</Type/XRef/Size 5/Root 1 0 R/Length {}{entries}>>\nstream\n", data.len()).into_bytes());
    document.extend_from_slice(data);
    document.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").into_bytes());
    document
}

/// A document whose catalog, object 1, is said to be in object stream 5.
fn object_stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut rows = vec![0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 5, 0];
    let mut object = |out: &mut Vec<u8>, number: u8, body: &[u8]| {
        rows.push(1);
        rows.extend((out.len() as u32).to_be_bytes());
        rows.push(0);
        out.extend(format!("{number} 0 obj\n").into_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    };
    object(&mut out, 2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>");
    object(&mut out, 3, b"<</Type/Page/Parent 2 0 R>>");
    object(&mut out, 4, b"null");
    let head = format!("<</Type/ObjStm/Length {}{entries}>>\nstream\n", data.len()).into_bytes();
    object(&mut out, 5, &[&head[..], data, b"\nendstream"].concat());
    let at = out.len();
    out.extend(format!("6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Index[0 6]/Length {}>>\nstream\n", rows.len()).into_bytes());
    out.extend_from_slice(&rows);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").into_bytes());
    out
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

/// A zlib stream of so many runs of 258 equal bytes: one fixed block (RFC 1951, 3.2.6), 13 bits a run.
fn flate_bomb(byte: u8, runs: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u32, width: u32| bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    assert!(byte < 144);
    code(0x30 + u32::from(byte), 8);
    (0..runs).for_each(|_| code(0b11000101 << 5, 13));
    code(0, 7);
    let packed = bits.chunks(8).map(|bits| bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at));
    [0x78, 0x01].into_iter().chain(packed).collect()
}

fn lzw_bomb(bytes: usize) -> Vec<u8> {
    weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&vec![b' '; bytes]).expect("memory")
}

fn streams() -> Vec<Case> {
    const LIMIT: usize = 128 << 20;
    let too_much = LIMIT + (64 << 10);
    let flate = flate_bomb(b' ', too_much / 258 + 1);
    let runs: Vec<u8> = [257_usize.wrapping_sub(128) as u8, b' '].repeat(too_much / 128);
    let bombs = [
        ("flate", "/Filter/FlateDecode", flate.clone()),
        ("flate twice", "/Filter[/FlateDecode/FlateDecode]", deflated(&flate)),
        ("LZW", "/Filter/LZWDecode", lzw_bomb(too_much)),
        ("run length within flate", "/Filter[/FlateDecode/RunLengthDecode]", deflated(&runs)),
        ("flate in rows", "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1000>>", flate_bomb(0, too_much / 258 + 1)),
    ];
    // A buffer that grows doubles, and is copied.
    let decoded = 3 * (LIMIT >> 20) + 8;
    let mut cases = Vec::new();
    for (name, filter, data) in &bombs {
        let stream = cross_reference_stream(&format!("/W[1 2 1]{filter}/Index[0 900000000]"), data);
        cases.push(case(format!("a cross-reference stream of 128 MB: {name}"), stream, "ERR_LIMIT").within(decoded));
        let stream = object_stream(&format!("/N 1/First 4{filter}"), data);
        cases.push(case(format!("an object stream of 128 MB: {name}"), stream, "ERR_LIMIT").within(decoded));
    }
    let rows = [1, 0, 9, 0].repeat(4);
    for columns in ["1048576", "1048577", "2147483648", "9223372036854775807", "-1", "0"] {
        for predictor in [2, 12] {
            let parameters =
                format!("/Filter/FlateDecode/DecodeParms<</Predictor {predictor}/Colors 1048576/BitsPerComponent 16/Columns {columns}>>");
            let stream = cross_reference_stream(&format!("/W[1 2 1]{parameters}"), &deflated(&rows));
            cases.push(
                case(format!("a cross-reference stream, predictor {predictor}, {columns} columns"), stream, "signed")
                    .strictly("ERR_STREAM_BROKEN"),
            );
            let stream = object_stream(&format!("/N 1/First 4{parameters}"), &deflated(b"1 0 <<>>"));
            cases.push(case(format!("an object stream, predictor {predictor}, {columns} columns"), stream, "ERR_STREAM_BROKEN"));
        }
    }
    for (count, outcome) in
        [("1000000", "ERR_STREAM_BROKEN"), ("1000001", "ERR_LIMIT"), ("9223372036854775807", "ERR_LIMIT"), ("-1", "ERR_STREAM_BROKEN")]
    {
        cases.push(case(
            format!("/N {count}"),
            object_stream(&format!("/N {count}/First 4"), b"1 0 <</Type/Catalog/Pages 2 0 R>>"),
            outcome,
        ));
    }
    for (first, outcome) in [("4294967296", "ERR_CATALOG"), ("9223372036854775807", "ERR_CATALOG"), ("-4", "ERR_STREAM_BROKEN")] {
        let stream = object_stream(&format!("/N 1/First {first}"), b"1 0 <</Type/Catalog/Pages 2 0 R>>");
        cases.push(case(format!("/First {first}"), stream, outcome));
    }
    for length in ["4294967296", "9223372036854775807", "-1", "9 9 R"] {
        let stream = object_stream(&format!("/N 1/First 4/Length {length}"), b"1 0 <</Type/Catalog/Pages 2 0 R>>");
        cases.push(case(format!("/Length {length}"), stream, "signed").strictly("ERR_XREF_AMBIGUOUS"));
    }
    let names = [&b"1 0 ["[..], &vec![b'/'; 10 << 20], b"]"].concat();
    let stream = object_stream("/N 1/First 4/Filter[/FlateDecode/FlateDecode]", &deflated(&deflated(&names)));
    cases.push(case("an object of 10 million empty names in a stream", stream, "ERR_LIMIT").within(decoded));
    for (index, outcome) in [
        ("/Index[0 9223372036854775807]", "ERR_XREF_BROKEN"),
        ("/Index[9223372036854775807 9223372036854775807]", "ERR_XREF_BROKEN"),
        ("/Index[8388607 1]", "ERR_LIMIT"),
        ("/Index[4294967295 1]", "ERR_LIMIT"),
        ("/Index[-1 1]", "ERR_XREF_BROKEN"),
        ("/Index[0]", "ERR_CATALOG"),
        ("/Size 9223372036854775807", "ERR_XREF_BROKEN"),
        ("/Size -1", "ERR_XREF_BROKEN"),
    ] {
        let lenient = if outcome == "ERR_LIMIT" { outcome } else { "signed" };
        let stream = cross_reference_stream(&format!("/W[1 2 1]{index}"), &[0, 0, 0, 0]);
        cases.push(case(index, stream, lenient).strictly(outcome));
    }
    let stream = cross_reference_stream(&format!("/W[1 2 1]/Index[{}]", "0 1 ".repeat(1_000_001)), &[0, 0, 0, 0].repeat(1_000_001));
    cases.push(case("/Index: a million and one subsections", stream, "ERR_LIMIT").within(600));
    for widths in [
        "[0 0 0]",
        "[1 0 1]",
        "[9 9 9]",
        "[2147483648 1 1]",
        "[9223372036854775807 9223372036854775807 9223372036854775807]",
        "[-1 2 1]",
        "[]",
        "7",
    ] {
        let stream = cross_reference_stream(&format!("/W{widths}"), &[0, 0, 0, 0]);
        cases.push(case(format!("/W{widths}"), stream, "signed").strictly("ERR_XREF_BROKEN"));
    }
    cases.push(case("/W[8 8 8]", cross_reference_stream("/W[8 8 8]", &[255; 240]), "signed").strictly("ERR_CATALOG"));
    cases
}
