//! What is known of Acrobat, which cannot be run here, held on the bytes that are written. `docs/acrobat.md` has the rules with their
//! sources, and names these tests. All is read by plain search, and not by the reader of the core.

mod common;

use common::{Document, memory, moment, options, prepared, right_answer};
use rustpdf_core::{Answer, Credentials, Machine, OutputLocation, Result, Signatory, Step};

fn file(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A document of the vectors.
fn document(name: &str) -> Vec<u8> {
    file(&format!("../../tests/vectors/documents/{name}.pdf"))
}

/// The update of a signature that nobody checks, since it is none: it is the file around it that is looked at.
fn update(document: &[u8], certificate: &str, json: &str) -> Result<Vec<u8>> {
    signed(document, certificate, json).map(|(update, _)| update)
}

/// The same with the codes of what is warned of.
fn signed(document: &[u8], certificate: &str, json: &str) -> Result<(Vec<u8>, Vec<&'static str>)> {
    let length = if certificate == "ed25519.pem" { 64 } else { 256 };
    let certificate = file(&format!("../../tests/vectors/certificates/{certificate}"));
    let mut options = options(json);
    options.check_signature = false;
    let signatory = Signatory { credentials: Credentials { certificate, chain: vec![] }, options };
    let mut machine = Machine::sign(memory(document), moment(), vec![signatory], OutputLocation::Update, None);
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer)? {
            Step::Sign { .. } => Answer::Sign(vec![1; length]),
            Step::Done(mut document) => {
                let signed = document.signed.remove(0);
                return Ok((signed.update, signed.report.warnings.iter().map(|warning| warning.code.as_str()).collect()));
            }
            step => right_answer(&step, document, &|_| unreachable!()).unwrap(),
        };
    }
}

/// A signed document.
struct Case {
    name: String,
    /// How many bytes the document had.
    length: usize,
    bytes: Vec<u8>,
}

impl Case {
    fn update(&self) -> &[u8] {
        &self.bytes[self.length..]
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.update()).into_owned()
    }

    /// The object of the update that holds `word`, from its number to its `endobj`.
    fn object_with(&self, word: &str) -> String {
        let text = self.text();
        let objects: Vec<&str> = text.split_inclusive("endobj\n").filter(|object| object.contains(word)).collect();
        assert_eq!(objects.len(), 1, "{}: {word} stands in one object", self.name);
        objects[0].trim_start().into()
    }
}

/// What is signed: a name, the document, the options.
const KINDS: [(&str, &str, &str); 14] = [
    ("a table", "classic", "{}"),
    ("a stream", "xref-stream", "{}"),
    ("a hybrid file", "hybrid", "{}"),
    ("version 2.0", "pdf-2.0", "{}"),
    ("PDF/A", "pdfa-2b", r#"{"reason": "checked", "location": "here"}"#),
    ("tagged", "tagged", "{}"),
    ("many pages", "pages", r#"{"page": 3}"#),
    ("a field", "field", r#"{"fieldName": "approval.director"}"#),
    ("a field with a lock", "field-lock", r#"{"fieldName": "approval.director"}"#),
    ("a lock that is asked for", "classic", r#"{"lock": {"action": "include", "fields": ["a"]}}"#),
    ("a certification", "classic", r#"{"certify": 2}"#),
    ("behind a certification", "certified-2", "{}"),
    ("no PAdES", "xref-stream", r#"{"pades": false}"#),
    ("a rebuilt table", "broken-startxref", "{}"),
];

/// Documents of every kind, each signed once and once more where that is allowed; one behind junk, one without a last end of line.
fn cases() -> Vec<Case> {
    let kinds = KINDS.iter().map(|(name, file, json)| (name.to_string(), document(file), *json));
    let behind = [b"junk\n".as_slice(), &Document::new().bytes()].concat();
    let mut no_line = Document::new().bytes();
    assert_eq!(no_line.pop(), Some(b'\n'));
    let more = [
        ("junk before the header".to_string(), behind, "{}"),
        ("no last end of line".to_string(), no_line, "{}"),
        ("encrypted".to_string(), document("encrypted"), "{}"),
    ];
    let mut cases = Vec::new();
    for (name, document, json) in kinds.chain(more) {
        let mut add = |name: String, document: Vec<u8>, json: &str| {
            let update = update(&document, "rsa.der", json).unwrap_or_else(|error| panic!("{name}: {error}"));
            cases.push(Case { name, length: document.len(), bytes: [document, update].concat() });
            cases.last().unwrap().bytes.clone()
        };
        let again = add(name.clone(), document, json);
        let again = add(format!("{name}, twice"), again, "{}");
        add(format!("{name}, three times"), again, "{}");
    }
    cases
}

fn find(bytes: &[u8], word: &str) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word.as_bytes())
}

fn rfind(bytes: &[u8], word: &str) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word.as_bytes())
}

/// The offset behind the last `startxref`, from the first byte of the file.
fn startxref(bytes: &[u8]) -> usize {
    let behind = String::from_utf8_lossy(&bytes[rfind(bytes, "startxref").unwrap()..]).into_owned();
    let number: usize = behind.split_whitespace().nth(1).unwrap().parse().unwrap();
    // Where the file counts from its header.
    number + if bytes[number..].starts_with(b"xref") || bytes[number].is_ascii_digit() { 0 } else { find(bytes, "%PDF-").unwrap() }
}

/// The integer behind `key` of a dictionary.
fn integer(text: &str, key: &str) -> Option<usize> {
    let behind = text.split(key).nth(1)?;
    behind.split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty())?.parse().ok()
}

/// Object number and offset of every entry in use of the last section, a table or an unfiltered stream.
fn entries(case: &Case) -> Vec<(usize, usize)> {
    let at = startxref(&case.bytes);
    let section = &case.bytes[at..];
    let mut found = Vec::new();
    if section.starts_with(b"xref\n") {
        for (number, line) in table(case) {
            if line[17] == b'n' {
                found.push((number, std::str::from_utf8(&line[..10]).unwrap().parse().unwrap()));
            }
        }
        return found;
    }
    let text = String::from_utf8_lossy(section).into_owned();
    let list = |key: &str| -> Vec<usize> {
        let list = text.split(key).nth(1).unwrap().split(']').next().unwrap();
        list.trim_start_matches([' ', '[']).split_whitespace().map(|word| word.parse().unwrap()).collect()
    };
    let (widths, index) = (list("/W"), list("/Index"));
    let mut data = &section[find(section, "stream\n").unwrap() + 7..];
    for run in index.chunks(2) {
        for number in run[0]..run[0] + run[1] {
            let fields: Vec<usize> = widths
                .iter()
                .map(|width| {
                    let (field, rest) = data.split_at(*width);
                    data = rest;
                    field.iter().fold(0, |value, byte| value << 8 | usize::from(*byte))
                })
                .collect();
            if fields[0] == 1 {
                found.push((number, fields[1]));
            }
        }
    }
    assert!(data.starts_with(b"\nendstream"), "{}: no more and no less than /Index says", case.name);
    found
}

/// The lines of the last table with their object numbers.
fn table(case: &Case) -> Vec<(usize, &[u8])> {
    let mut rest = &case.bytes[startxref(&case.bytes) + 5..];
    let mut lines = Vec::new();
    let mut end: Option<usize> = None;
    while !rest.starts_with(b"trailer\n") {
        let head = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let words: Vec<usize> =
            std::str::from_utf8(&rest[..head]).unwrap().split(' ').map(|word| word.parse().expect("a subsection")).collect();
        assert!(words.len() == 2 && words[1] > 0, "{}", case.name);
        assert!(end.is_none_or(|end| words[0] > end), "{}: a subsection for each run, ascending", case.name);
        end = Some(words[0] + words[1]);
        rest = &rest[head + 1..];
        for number in words[0]..words[0] + words[1] {
            lines.push((number, &rest[..20]));
            rest = &rest[20..];
        }
    }
    lines
}

#[test]
fn the_document_is_left_as_it_is_and_continued_behind_one_line_feed() {
    for case in cases() {
        let ends_line = matches!(case.bytes[case.length - 1], b'\n' | b'\r');
        let (first, second) = (case.update()[0], case.update()[1]);
        match ends_line {
            true => assert!(first.is_ascii_digit(), "{}", case.name),
            false => assert!(first == b'\n' && second.is_ascii_digit(), "{}", case.name),
        }
    }
}

#[test]
fn the_end_is_in_the_last_1024_bytes() {
    for case in cases() {
        let tail = &case.bytes[case.bytes.len() - 1024..];
        let at = rfind(tail, "startxref").unwrap_or_else(|| panic!("{}", case.name));
        assert!(find(&tail[at..], "%%EOF\n") == Some(tail.len() - at - 6), "{}: it is the last thing", case.name);
        assert!(startxref(&case.bytes) >= case.length, "{}: it is that of the update", case.name);
    }
}

#[test]
fn the_header_is_in_the_first_1024_bytes_or_it_is_told() {
    for case in cases() {
        assert!(find(&case.bytes[..1024], "%PDF-").is_some(), "{}", case.name);
    }
    for junk in [0, 1019, 1024] {
        let document = ["j".repeat(junk).into_bytes(), Document::new().bytes()].concat();
        let (_, warnings) = signed(&document, "rsa.der", "{}").unwrap();
        assert_eq!(warnings.contains(&"WARN_HEADER_MISSING"), junk == 1024, "{junk}: {warnings:?}");
    }
}

#[test]
fn entries_of_a_table_have_20_bytes_and_each_run_a_subsection() {
    let mut tables = 0;
    for case in cases().iter().filter(|case| case.bytes[startxref(&case.bytes)..].starts_with(b"xref")) {
        for (number, line) in table(case) {
            let text = std::str::from_utf8(line).unwrap();
            let digits = |range: std::ops::Range<usize>| text[range].bytes().all(|byte| byte.is_ascii_digit());
            assert!(digits(0..10) && digits(11..16) && &text[10..11] == " " && &text[16..17] == " ", "{}: {number} {text:?}", case.name);
            assert!(matches!(&text[17..], "n \n" | "f \n"), "{}: {number} {text:?}", case.name);
        }
        tables += 1;
    }
    assert!(tables > 20);
}

#[test]
fn every_entry_is_where_its_object_is() {
    for case in cases() {
        let base = if case.name.starts_with("junk") { 5 } else { 0 };
        let entries = entries(&case);
        for (number, offset) in &entries {
            let head = format!("{number} 0 obj");
            assert!(case.bytes[offset + base..].starts_with(head.as_bytes()), "{}: {head}", case.name);
        }
        // And no object of the update stands in no entry: it would be what is hidden in the file.
        let objects = case.text().matches(" 0 obj\n").count();
        assert_eq!(entries.iter().filter(|(_, offset)| offset + base >= case.length).count(), objects, "{}", case.name);
    }
}

#[test]
fn a_section_is_of_the_kind_of_the_one_before() {
    for case in cases().iter().filter(|case| case.name != "a rebuilt table") {
        let before = startxref(&case.bytes[..case.length]);
        let kind = |at: usize| case.bytes[at..].starts_with(b"xref");
        let at = startxref(&case.bytes);
        assert_eq!(kind(before), kind(at), "{}", case.name);
        let text = String::from_utf8_lossy(&case.bytes[at..]).into_owned();
        let base = if case.name.starts_with("junk") { 5 } else { 0 };
        assert_eq!(integer(&text, "/Prev"), Some(before - base), "{}", case.name);
        assert!(!text.contains("/XRefStm"), "{}: the stream of a hybrid file is that of its own table", case.name);
    }
}

#[test]
fn a_cross_reference_stream_has_no_filter_and_lists_itself() {
    let mut streams = 0;
    for case in cases().iter().filter(|case| !case.bytes[startxref(&case.bytes)..].starts_with(b"xref")) {
        let at = startxref(&case.bytes);
        let text = String::from_utf8_lossy(&case.bytes[at..]).into_owned();
        let number: usize = text.split(' ').next().unwrap().parse().unwrap();
        assert!(entries(case).contains(&(number, at)), "{}: it lists itself", case.name);
        assert_eq!(integer(&text, "/Size"), Some(number + 1), "{}: it has the largest number", case.name);
        assert!(text.contains("/Type /XRef") && !text.contains("/Filter"), "{}", case.name);
        streams += 1;
    }
    assert!(streams > 5);
}

#[test]
fn the_only_section_of_a_file_has_no_gaps() {
    // Objects 4 and 5 are nowhere in this file, whose table is lost.
    let text = String::from_utf8(Document::new().with(6, "<</Here true>>").bytes()).unwrap();
    let mut text = text.replace("4 0 obj\nnull\nendobj\n", "").replace("5 0 obj\nnull\nendobj\n", "");
    text.truncate(text.find("xref\n").unwrap());
    let document = format!("{text}trailer\n<</Root 1 0 R/Size 7>>\nstartxref\n1\n%%EOF\n").into_bytes();
    let update = update(&document, "rsa.der", "{}").unwrap();
    let case = Case { name: "gaps".into(), length: document.len(), bytes: [document, update].concat() };
    let lines = table(&case);
    assert!(!case.text().contains("/Prev"), "it is the only section");
    let numbers: Vec<usize> = lines.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (0..lines.len()).collect::<Vec<_>>());
    assert_eq!((lines[4].1[17], lines[5].1[17], lines[6].1[17]), (b'f', b'f', b'n'));
}

#[test]
fn new_objects_have_new_numbers_and_stand_in_no_stream() {
    for case in cases() {
        let text = case.text();
        assert!(!text.contains("/ObjStm"), "{}", case.name);
        let before = String::from_utf8_lossy(&case.bytes[..case.length]).into_owned();
        let signature = case.object_with("/Adobe.PPKLite");
        let head = signature.split("obj").next().unwrap();
        assert!(!before.contains(&format!("\n{head}obj")), "{}: {head}", case.name);
    }
}

#[test]
fn the_signature_dictionary_names_handler_and_format() {
    for case in cases() {
        let signature = case.object_with("/Adobe.PPKLite");
        assert!(signature.contains(" 0 obj\n<<"), "{}: an object of its own", case.name);
        assert!(signature.contains("/Type /Sig ") && signature.contains("/Filter /Adobe.PPKLite "), "{}", case.name);
        let format = if case.name == "no PAdES" { "/SubFilter /adbe.pkcs7.detached\n" } else { "/SubFilter /ETSI.CAdES.detached\n" };
        assert!(signature.contains(format), "{}", case.name);
    }
}

#[test]
fn the_values_of_the_signature_dictionary_are_direct() {
    for case in cases() {
        let signature = case.object_with("/Adobe.PPKLite");
        // But for the object that a lock applies to, which is a reference by definition.
        let references = signature.matches(" 0 R").count();
        assert_eq!(references, signature.matches("/Data ").count(), "{}", case.name);
    }
}

#[test]
fn extensions_are_direct() {
    let mut told = 0;
    for case in cases().iter().filter(|case| case.text().contains("/Extensions")) {
        let text = case.text();
        let value = text.split("/Extensions").nth(1).unwrap().trim_start();
        assert!(value.starts_with("<<"), "{}", case.name);
        let mut depth = 0;
        let end = value.as_bytes().windows(2).position(|two| {
            depth += i32::from(two == b"<<") - i32::from(two == b">>");
            two == b">>" && depth <= 0
        });
        assert!(!value[..end.unwrap()].contains(" R"), "{}", case.name);
        told += 1;
    }
    assert!(told > 5);
}

#[test]
fn the_byte_range_is_all_but_contents() {
    for case in cases() {
        let signature = case.object_with("/Adobe.PPKLite");
        let (range, contents) = (signature.find("/ByteRange").unwrap(), signature.find("/Contents").unwrap());
        assert!(range < contents, "{}", case.name);
        assert_eq!(signature.matches("/ByteRange").count(), 1, "{}", case.name);
        let array = signature[range + 10..contents].trim().trim_start_matches('[').trim_end_matches(']').trim();
        let numbers: Vec<usize> = array.split_whitespace().map(|number| number.parse().expect("a direct integer")).collect();
        let [first, before, resume, after] = numbers[..] else { panic!("{}: {array}", case.name) };
        assert_eq!(first, 0, "{}", case.name);
        assert_eq!(resume + after, case.bytes.len(), "{}", case.name);
        let gap = &case.bytes[before..resume];
        assert!(gap.starts_with(b"<") && gap.ends_with(b">") && gap.len() % 2 == 0, "{}", case.name);
        assert!(gap[1..gap.len() - 1].iter().all(u8::is_ascii_hexdigit), "{}", case.name);
        assert!(case.bytes[..before].ends_with(b"/Contents "), "{}: the gap is the value of /Contents", case.name);
        // Nor does it start with zeros: it is the container, and what is left behind it.
        assert!(gap[1..].starts_with(b"308"), "{}", case.name);
    }
}

#[test]
fn the_time_is_in_the_dictionary_and_universal() {
    for case in cases().iter().filter(|case| !case.name.starts_with("encrypted")) {
        let signature = case.object_with("/Adobe.PPKLite");
        assert!(signature.contains("\n/M (D:20260101000000Z)"), "{}", case.name);
    }
}

#[test]
fn a_lock_is_an_object_and_its_reference_points_at_the_catalog() {
    let mut locks = 0;
    for case in cases() {
        let signature = case.object_with("/Adobe.PPKLite");
        if !["a field with a lock", "a lock that is asked for"].contains(&case.name.as_str()) {
            assert!(!signature.contains("/FieldMDP"), "{}", case.name);
            continue;
        }
        let root = String::from_utf8_lossy(&case.bytes[..case.length]).into_owned();
        let root = root.split("/Root ").last().unwrap().split('R').next().unwrap().to_owned();
        assert!(signature.contains("/Reference [<</Type /SigRef /TransformMethod /FieldMDP /TransformParams <<"), "{}", case.name);
        let parameters = signature.split("/TransformParams <<").nth(1).unwrap().split(">>").next().unwrap();
        assert!(parameters.contains("/Type /TransformParams") && parameters.contains("/V /1.2"), "{parameters}");
        assert!(parameters.contains("/Action /Include") && parameters.contains("/Fields [("), "{parameters}");
        assert!(signature.contains(&format!("/Data {root}R>>]")), "{}: {signature}", case.name);
        // One that is made; that of a document is as its author left it.
        if case.name == "a lock that is asked for" {
            let lock = case.object_with("/SigFieldLock");
            let head = lock.split("obj").next().unwrap().trim().to_owned();
            assert!(case.object_with("/FT /Sig").contains(&format!("/Lock {head} R")), "{lock}");
        }
        locks += 1;
    }
    assert_eq!(locks, 2);
}

#[test]
fn a_lock_of_a_group_is_one_of_all_below_it() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 5 0 R]>>>>")
        .with(
            4,
            "<</T(signed)/FT/Sig/V<</Type/Sig/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(a)]>>>>]>>>>",
        )
        .with(5, "<</T(a)/Kids[6 0 R 7 0 R]>>")
        .with(6, "<</T(b)/FT/Sig/Parent 5 0 R>>")
        .with(7, "<</T(ab)/FT/Sig/Parent 5 0 R>>")
        .bytes();
    for field in ["a.b", "a.ab"] {
        let refused = update(&document, "rsa.der", &format!(r#"{{"fieldName": "{field}"}}"#)).unwrap_err();
        assert_eq!(refused.code().as_str(), "ERR_FIELD_LOCKED", "{field}");
    }
    assert!(update(&document, "rsa.der", r#"{"fieldName": "ab"}"#).is_ok(), "it is no field of that group");
}

#[test]
fn a_certification_is_the_first_signature_and_that_of_the_permissions() {
    let cases = cases();
    let certified = cases.iter().find(|case| case.name == "a certification").unwrap();
    let signature = certified.object_with("/Adobe.PPKLite");
    let expected = "/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 2 /V /1.2>>>>]";
    assert!(signature.contains(expected), "{signature}");
    let head = signature.split("obj").next().unwrap().trim().to_owned();
    assert!(certified.object_with("/Type/Catalog").contains(&format!("/Perms <</DocMDP {head} R>>")));
    // An approval, before or behind, has no such reference, and none that is empty.
    for case in cases.iter().filter(|case| case.name != "a certification" && !case.name.contains("lock")) {
        let signature = case.object_with("/Adobe.PPKLite");
        assert!(!signature.contains("/Reference") && !case.text().contains("/DocMDP"), "{}", case.name);
    }
    let code = |document: &str| update(&self::document(document), "rsa.der", r#"{"certify": 2}"#).unwrap_err().code().as_str();
    assert_eq!(code("signed"), "ERR_CERTIFY_NOT_FIRST");
    assert_eq!(code("certified-2"), "ERR_ALREADY_CERTIFIED");
    assert_eq!(update(&self::document("certified-1"), "rsa.der", "{}").unwrap_err().code().as_str(), "ERR_CERTIFIED");
}

#[test]
fn the_field_is_in_the_form_and_on_its_page() {
    for case in cases().iter().filter(|case| !case.name.starts_with("encrypted")) {
        let text = format!("\n{}", case.text());
        let signature = case.object_with("/Adobe.PPKLite");
        let signature = signature.split("obj").next().unwrap().trim().to_owned();
        if ["a field", "a field with a lock"].contains(&case.name.as_str()) {
            let field = case.object_with("/T(director)");
            assert!(field.contains(&format!("/V {signature} R")), "{field}");
            continue;
        }
        let field = case.object_with("/FT /Sig");
        assert!(field.contains("/Type /Annot /Subtype /Widget /FT /Sig /T (Signature"), "{field}");
        assert!(field.contains("/Rect [0 0 0 0] /F 132 /P ") && field.contains(&format!("/V {signature} R")), "{field}");
        let number = field.split("obj").next().unwrap().trim().to_owned();
        let page = field.split("/P ").nth(1).unwrap().split(" R").next().unwrap();
        let page = text.split(&format!("\n{page} obj")).nth(1).unwrap_or_else(|| panic!("{}: the page", case.name));
        let page = page.split("endobj").next().unwrap();
        assert!(page.split("/Annots").nth(1).unwrap().contains(&format!("{number} R")), "{}: {page}", case.name);
        let listed = text.matches(&format!("{number} R")).count();
        assert_eq!(listed, 2, "{}: in /Annots and in /Fields", case.name);
        let flags = String::from_utf8_lossy(&case.bytes).matches("/SigFlags 3").count();
        assert!(flags > 0, "{}", case.name);
    }
}

#[test]
fn a_form_to_be_drawn_anew_is_told() {
    let document = |need: &str| {
        Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/NeedAppearances {need}>>>>")).bytes()
    };
    for (need, told) in [("true", true), ("false", false)] {
        let session = prepared(&document(need), options("{}")).unwrap();
        let warned = session.report().warnings.iter().any(|warning| warning.code.as_str() == "WARN_NEED_APPEARANCES");
        assert_eq!(warned, told, "{need}");
    }
}

#[test]
fn algorithms_are_those_that_acrobat_has() {
    // The digest of a curve, as Adobe lists them: P-256 with SHA-256, P-384 with SHA-384, P-521 with SHA-512.
    for (certificate, digest) in [("rsa.der", "sha256"), ("p256.pem", "sha256"), ("p384.pem", "sha384"), ("p521.pem", "sha512")] {
        let certificate = file(&format!("../../tests/vectors/certificates/{certificate}"));
        let credentials = Some(Credentials { certificate, chain: vec![] });
        let document = document("classic");
        let machine = Machine::prepare(memory(&document), moment(), credentials, options("{}"));
        let session = common::run(machine, &document, |_| vec![]).unwrap();
        assert_eq!(session.report().digest_algorithm, digest);
    }
    for name in ["classic", "pdf-2.0"] {
        let (_, warnings) = signed(&document(name), "ed25519.pem", "{}").unwrap();
        assert!(warnings.contains(&"WARN_ED25519_ACROBAT"), "{name}: {warnings:?}");
        assert_eq!(warnings.contains(&"WARN_ED25519_VERSION"), name == "classic", "{name}: {warnings:?}");
    }
}
