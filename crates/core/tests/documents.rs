//! What documents get: the right update, or the right error.

mod common;

use common::{Document, memory, moment, options, prepared, right_answer, run};
use rustpdf_core::{Answer, DocumentLocation, Machine, Session};

/// The document with its update, the placeholder filled with zeros.
fn signed(document: &[u8], json: &str) -> Vec<u8> {
    let session = prepared(document, options(json)).unwrap();
    let covered = session.covered_update();
    let (before, after) = covered.split_at(session.report().byte_range[1] as usize - document.len());
    [document, before, b"<", &b"0".repeat(2 * session.container_size()), b">", after].concat()
}

fn refusal(document: &[u8], json: &str) -> String {
    match prepared(document, options(json)) {
        Ok(_) => "signed".into(),
        Err(error) => error.code().as_str().into(),
    }
}

/// What would be appended, with the placeholder cut out of it.
fn update(document: &[u8], json: &str) -> String {
    let session = prepared(document, options(json)).unwrap();
    let size = session.container_size();
    let sealed = Session::unseal(&session.serialize(&[7; 32]).unwrap(), &[7; 32]).unwrap();
    let resumed = run(Machine::resume(memory(document), moment(), sealed, false), document, |_| vec![]).unwrap();
    assert_eq!(resumed, session);
    let report = session.report();
    let placeholder = report.byte_range[2] - report.byte_range[1];
    assert_eq!(placeholder, 2 * size as u64 + 2);
    String::from_utf8(session.covered_update()).unwrap()
}

#[test]
fn damaged_documents() {
    let strict = r#"{"strict": true}"#;
    let whole = Document::new().bytes();
    assert_eq!(refusal(b"", "{}"), "ERR_FILE_EMPTY");
    assert_eq!(refusal(b"\x89PNG\r\n", "{}"), "ERR_NOT_A_PDF");
    assert_eq!(refusal(&whole[..whole.len() / 4], "{}"), "ERR_XREF_MISSING");
    assert_eq!(refusal(&whole[..whole.len() - 10], strict), "ERR_FILE_TRUNCATED");
    assert_eq!(refusal(&whole[..whole.len() - 10], "{}"), "signed");
    let text = String::from_utf8(whole.clone()).unwrap();
    for (old, new, code, rebuilt) in [
        ("startxref\n", "startxref\n9", "ERR_XREF_BROKEN", "signed"),
        ("startxref\n", "startxref\nx", "ERR_XREF_MISSING", "signed"),
        ("startxref\n", "start", "ERR_XREF_MISSING", "signed"),
        ("%PDF-", "%FDF-", "ERR_NOT_A_PDF", "ERR_NOT_A_PDF"),
        ("%PDF-", "%XYZ-", "ERR_NOT_A_PDF", "signed"),
        ("xref\n0 4", "xref\n0 9", "ERR_XREF_BROKEN", "signed"),
        ("xref\n0 4", "xref\n0 x", "ERR_XREF_BROKEN", "signed"),
        ("xref\n0 4", "xref\n1 4", "ERR_CATALOG", "signed"),
        ("xref\n0 4", "xref\n0 4000000000", "ERR_XREF_BROKEN", "signed"),
        ("00000 n \n", "00000 n\n", "ERR_XREF_BROKEN", "signed"),
        ("trailer\n<<", "trailer\n<", "ERR_XREF_BROKEN", "signed"),
        ("/Root 1 0 R", "/Root 9 0 R", "ERR_CATALOG", "signed"),
        ("/Root 1 0 R", "", "ERR_CATALOG", "signed"),
        ("1 0 obj", "2 0 obj", "ERR_OBJECT_BROKEN", "ERR_OBJECT_BROKEN"),
        ("/Pages 2 0 R", "/Pages null ", "ERR_PAGE_TREE", "ERR_PAGE_TREE"),
        ("/Kids[3 0 R]", "/Kids[2 0 R]", "ERR_PAGE_TREE", "ERR_PAGE_TREE"),
        ("/Kids[3 0 R]", "/Kids[9 0 R]", "ERR_PAGE_TREE", "ERR_PAGE_TREE"),
    ] {
        let damaged = text.replacen(old, new, 1);
        assert_ne!(damaged, text);
        assert_eq!(refusal(damaged.as_bytes(), strict), code, "{old} → {new}");
        assert_eq!(refusal(damaged.as_bytes(), "{}"), rebuilt, "{old} → {new}");
    }
    // A revision that lost its end: readers show what is before it, as long as they find its startxref in the last 1,024 bytes.
    let cut = [&whole[..], b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/Lang(en)>>\nendobj\n"].concat();
    assert_eq!(refusal(&cut, strict), "ERR_FILE_TRUNCATED");
    assert!(!update(&cut, "{}").contains("/Lang(en)"));
    let far = [&cut[..], &[b'%'; 1024]].concat();
    assert!(update(&far, "{}").contains("/Lang(en)"));
}

/// The code is that of the missing part, not of the cross-reference that was damaged, too.
#[test]
fn what_is_missing_is_named() {
    let broken = |document: Document| {
        let text = String::from_utf8(document.bytes()).unwrap().replacen("startxref\n", "startxref\n9", 1);
        refusal(text.as_bytes(), "{}")
    };
    assert_eq!(broken(Document::new()), "signed");
    assert_eq!(broken(Document::new().with(1, "<</Type/Catalog>>")), "ERR_PAGE_TREE");
    assert_eq!(broken(Document::new().with(1, "<</Type/Catalog/Pages 9 0 R>>")), "ERR_PAGE_TREE");
    assert_eq!(broken(Document::new().with(3, "null")), "ERR_PAGE_TREE");
    assert_eq!(broken(Document::new().with(1, "null")), "ERR_CATALOG");
    assert_eq!(refusal(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "{}"), "ERR_FILE_TRUNCATED");
    assert_eq!(refusal(b"%PDF-1.7\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n", "{}"), "ERR_FILE_TRUNCATED");
}

/// The entries of the table that an update without a `/Prev` has: number, offset, kind.
fn complete_table(update: &str) -> Vec<(u32, usize, char)> {
    let (table, trailer) = update.split_once("xref\n").unwrap().1.split_once("trailer").unwrap();
    assert!(!trailer.contains("/Prev"), "{trailer}");
    let (mut entries, mut number) = (Vec::new(), 0);
    for line in table.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [first, _] => number = first.parse().unwrap(),
            [offset, _, kind] => {
                entries.push((number, offset.parse().unwrap(), kind.chars().next().unwrap()));
                number += 1;
            }
            _ => panic!("{line}"),
        }
    }
    entries
}

#[test]
fn a_rebuilt_cross_reference_is_complete() {
    let attached = Document::new().with(1, "<</Type/Catalog/Pages 2 0 R/Attached true>>").bytes();
    let attached = String::from_utf8(attached).unwrap();
    let document = Document::new()
        .with(4, &format!("<</Length {}>>\nstream\n{attached}\nendstream", attached.len()))
        .with(5, "<</Length 6 0 R>>\nstream\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj trailer <</Root 8 0 R>>\nendstream")
        .with(7, "(12 0 obj)")
        .with(9, "[1 0 R");
    let whole = String::from_utf8(document.bytes()).unwrap();
    let (body, _) = whole.rsplit_once("xref\n0").unwrap();
    for (junk, base) in [("", 0), ("junk before the header\n", 23)] {
        let damaged = format!("{junk}{body}");
        let session = prepared(damaged.as_bytes(), options("{}")).unwrap();
        let warnings: Vec<_> = session.report().warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(warnings, ["WARN_XREF_REBUILT"]);
        let update = String::from_utf8(session.covered_update()).unwrap();
        assert!(!update.contains("/Attached"), "{update}");
        let entries = complete_table(&update);
        let size = 2 * session.container_size() + 2;
        let placeholder = session.report().byte_range[1] as usize;
        for (number, offset, kind) in &entries {
            if *number == 0 {
                assert_eq!(*kind, 'f');
                continue;
            }
            let mut at = offset + base;
            let expected = format!("{number} 0 obj");
            at -= if at > placeholder { size } else { 0 };
            assert!(format!("{damaged}{update}")[at..].starts_with(&expected), "{number}");
        }
        let numbers: Vec<u32> = entries.iter().map(|(number, ..)| *number).collect();
        assert_eq!(numbers, (0..=13).collect::<Vec<_>>());
    }
}

#[test]
fn a_scan_reads_the_document_once() {
    let repeated = |piece: &str| format!("%PDF-1.7\n{}", piece.repeat(1_000_000 / piece.len()));
    let pieces = [
        "1 0 obj ",
        "1 0 obj(",
        "1 0 obj[",
        "1 0 obj<</A ",
        "1 0 obj<<>>stream\n",
        "1 0 obj<</Length 9>>stream\n",
        "1 0 obj<</Length 4294967296>>stream\n endstream ",
        "1 0 obj<</Type/ObjStm/N 1/First 4/Length 9>>stream\n1 0 null endstream ",
        "trailer<</Root 1 0 R>>",
        "trailer<</A ",
        " 0",
        "t",
        "endstream",
    ];
    for piece in pieces {
        let document = repeated(piece);
        let length = document.len() as u64;
        let mut machine = Machine::prepare(memory(document.as_bytes()), moment(), None, options("{}"));
        let (mut answer, mut read) = (Answer::Start, 0);
        let error = loop {
            match machine.next(answer) {
                Ok(step) => {
                    let Some(Answer::Read(pieces)) = right_answer(&step, document.as_bytes(), &|_: &[u8]| vec![]) else {
                        panic!("{piece}")
                    };
                    read += pieces.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>();
                    answer = Answer::Read(pieces);
                }
                Err(error) => break error.code().as_str(),
            }
        };
        assert!(["ERR_FILE_TRUNCATED", "ERR_CATALOG", "ERR_LIMIT"].contains(&error), "{piece}: {error}");
        assert!(read <= 2 * length || error == "ERR_LIMIT" && read < 1 << 28, "{piece}: {read} bytes of {length}");
    }
}

#[test]
fn circles_end() {
    let text = String::from_utf8(Document::new().bytes()).unwrap();
    let at = text.find("xref\n0").unwrap();
    let circle = text.replacen("/Root", &format!("/Prev {at}/Root"), 1);
    assert_eq!(refusal(circle.as_bytes(), r#"{"strict": true}"#), "ERR_XREF_BROKEN");
    assert_eq!(refusal(circle.as_bytes(), "{}"), "signed");
    let kids = Document::new().with(2, "<</Type/Pages/Kids[4 0 R]/Count 1>>").with(4, "<</Type/Pages/Kids[2 0 R]/Count 1>>");
    assert_eq!(refusal(&kids.bytes(), "{}"), "ERR_PAGE_TREE");
    let references = Document::new().with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>").with(4, "5 0 R").with(5, "4 0 R");
    assert_eq!(refusal(&references.bytes(), "{}"), "ERR_OBJECT_BROKEN");
    let fields = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>")
        .with(4, "<</Fields[5 0 R]>>")
        .with(5, "<</T(a)/Kids[6 0 R]>>")
        .with(6, "<</T(b)/Kids[5 0 R]>>");
    assert_eq!(refusal(&fields.bytes(), "{}"), "signed");
}

#[test]
fn bombs_are_refused() {
    let deep = Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R/X {}{}>>", "[".repeat(1000), "]".repeat(1000)));
    assert_eq!(refusal(&deep.bytes(), "{}"), "ERR_LIMIT");
    let mut text = String::from_utf8(Document::new().bytes()).unwrap();
    let at = text.rfind("xref\n0").unwrap();
    let head: String = text.drain(..at).collect();
    for length in ["4294967296", "-1", "999999"] {
        let stream = format!(
            "9 0 obj\n<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Length {length}>>\nstream\n\nendstream\nendobj\nstartxref\n{at}\n%%EOF"
        );
        // What the stream holds ends at its `endstream`: nothing, so the objects are looked for.
        assert_eq!(refusal(format!("{head}{stream}").as_bytes(), r#"{"strict": true}"#), "ERR_CATALOG", "{length}");
        assert_eq!(refusal(format!("{head}{stream}").as_bytes(), "{}"), "signed", "{length}");
    }
}

#[test]
fn encrypted_documents_are_told() {
    assert_eq!(refusal(&Document::new().trailer("/Encrypt 4 0 R").bytes(), "{}"), "ERR_ENCRYPTION_UNSUPPORTED");
}

#[test]
fn pages() {
    let document = Document::new().bytes();
    assert_eq!(refusal(&document, r#"{"page": 2}"#), "ERR_PAGE_NUMBER");
    assert_eq!(refusal(&document, r#"{"page": 1}"#), "signed");
    let three = Document::new()
        .with(2, "<</Type/Pages/Kids[4 0 R 6 0 R]/Count 3>>")
        .with(4, "<</Type/Pages/Parent 2 0 R/Kids[3 0 R 5 0 R]/Count 2>>")
        .with(5, "<</Type/Page/Parent 4 0 R/Second true>>")
        .with(6, "<</Type/Page/Parent 2 0 R/Third true>>")
        .bytes();
    assert!(update(&three, r#"{"page": 2}"#).contains("/Second true /Annots"));
    assert!(update(&three, r#"{"page": 3}"#).contains("/Third true /Annots"));
    assert_eq!(refusal(&three, r#"{"page": 4}"#), "ERR_PAGE_NUMBER");
}

#[test]
fn no_object_takes_a_number_that_something_missing_has() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/Missing 4 0 R>>")
        .with(3, "<</Type/Page/Parent 2 0 R/Missing[5 0 R<</A 7 0 R>>]>>")
        .trailer("/Missing 6 0 R");
    let text = update(&document.bytes(), "{}");
    for missing in [4, 5, 7] {
        assert!(!text.contains(&format!("\n{missing} 0 obj")), "{missing}: {text}");
    }
    assert!(text.contains("\n8 0 obj"), "{text}");
    // What the trailer says of one is not taken over, and the number is free.
    assert!(text.contains("\n6 0 obj") && !text.contains("/Missing 6 0 R"), "{text}");
}

fn form(fields: &str) -> Document {
    Document::new().with(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>"))
}

#[test]
fn field_names() {
    let document = form("4 0 R 6 0 R")
        .with(4, "<</T(group)/Kids[5 0 R]>>")
        .with(5, "<</T(sign.here)/FT/Sig/Parent 4 0 R>>")
        .with(6, "<</T(Signature1)/FT/Tx>>")
        .bytes();
    for (name, code) in [
        ("", "ERR_FIELD_NAME"),
        ("a.b", "ERR_FIELD_NAME"),
        ("group", "ERR_FIELD_NAME"),
        ("Signature1", "ERR_FIELD_NOT_SIGNATURE"),
        ("group.sign.here", "signed"),
        ("new", "signed"),
    ] {
        assert_eq!(refusal(&document, &format!(r#"{{"fieldName": "{name}"}}"#)), code, "{name}");
    }
    assert!(update(&document, "{}").contains("/T (Signature2)"), "a new name does not collide");
}

#[test]
fn signed_fields_are_refused() {
    let document = form("4 0 R 5 0 R").with(4, "<</T(a)/FT/Sig>>").with(5, "<</T(b)/FT/Sig/V<<>>>>").bytes();
    assert_eq!(refusal(&document, r#"{"fieldName": "a"}"#), "signed");
    assert_eq!(refusal(&document, r#"{"fieldName": "b"}"#), "ERR_FIELD_SIGNED");
}

#[test]
fn certifications_are_respected() {
    let certified = |level: &str| {
        Document::new()
            .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>/Perms<</DocMDP 5 0 R>>>>")
            .with(4, "<</T(a)/FT/Sig/V 5 0 R>>")
            .with(5, &format!("<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<<{level}>>>>]>>"))
            .bytes()
    };
    assert_eq!(refusal(&certified("/P 1"), "{}"), "ERR_CERTIFIED");
    assert_eq!(refusal(&certified("/P 2"), "{}"), "signed");
    assert_eq!(refusal(&certified(""), "{}"), "signed");
    assert_eq!(refusal(&certified("/P 1"), r#"{"certify": 1}"#), "ERR_ALREADY_CERTIFIED");
    assert_eq!(refusal(&certified("/P 3"), r#"{"certify": 1}"#), "ERR_ALREADY_CERTIFIED");
    let signed = form("4 0 R").with(4, "<</T(a)/FT/Sig/V<</Type/Sig>>>>").bytes();
    assert_eq!(refusal(&signed, r#"{"certify": 2}"#), "ERR_CERTIFY_NOT_FIRST");
}

#[test]
fn locks_are_respected() {
    let locked = |parameters: &str| {
        form("4 0 R 5 0 R")
            .with(4, &format!("<</T(a)/FT/Sig/V<</Type/Sig/Reference[<</TransformMethod/FieldMDP/TransformParams<<{parameters}>>>>]>>>>"))
            .with(5, "<</T(b)/FT/Sig>>")
            .bytes()
    };
    for (parameters, code) in [
        ("/Action/All", "ERR_FIELD_LOCKED"),
        ("/Action/Include/Fields[(b)]", "ERR_FIELD_LOCKED"),
        ("/Action/Include/Fields[(c)]", "signed"),
        ("/Action/Exclude/Fields[(b)]", "signed"),
        ("/Action/Exclude/Fields[(c)]", "ERR_FIELD_LOCKED"),
        ("/Action/Include/Fields[(c)]/P 1", "ERR_CERTIFIED"),
    ] {
        assert_eq!(refusal(&locked(parameters), r#"{"fieldName": "b"}"#), code, "{parameters}");
    }
}

#[test]
fn a_lock_of_the_field_becomes_its_reference() {
    let document = form("4 0 R").with(4, "<</T(a)/FT/Sig/Lock<</Action/Include/Fields[(x)(y.z)]/P 2>>>>").bytes();
    let update = update(&document, r#"{"fieldName": "a"}"#);
    assert!(update.contains("/TransformMethod /FieldMDP /TransformParams <</Type /TransformParams /Action /Include /Fields [(x) (y.z)] /P 2 /V /1.2>> /Data 1 0 R"), "{update}");
}

#[test]
fn a_dictionary_that_serves_as_two_is_refused() {
    let page = "<</Type/Page/Parent 2 0 R>>";
    for catalog in
        ["<</Type/Catalog/Pages 1 0 R>>", "<</Type/Catalog/Pages 2 0 R/AcroForm 3 0 R>>", "<</Type/Catalog/Pages 2 0 R/AcroForm 1 0 R>>"]
    {
        assert_eq!(refusal(&Document::new().with(1, catalog).with(3, page).bytes(), "{}"), "ERR_OBJECT_BROKEN", "{catalog}");
    }
}

/// A change of one part would change the other, and the signed document could not be read.
#[test]
fn an_object_that_plays_two_parts_is_refused() {
    let sample = |name: &str| std::fs::read(format!("{}/tests/data/alias/{name}.pdf", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let page_is_encrypt = sample("page-is-encrypt");
    assert_eq!(refusal(&page_is_encrypt, r#"{"password": "user"}"#), "ERR_OBJECT_BROKEN");

    let refused = |document: Document, part: &str| assert_eq!(refusal(&document.bytes(), "{}"), "ERR_OBJECT_BROKEN", "{part}");
    let page = |entries: &str| {
        Document::new()
            .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>")
            .with(3, &format!("<</Type/Page/Parent 2 0 R{entries}>>"))
            .with(4, "[]")
            .with(5, "<</Fields[]>>")
    };
    refused(page("/Annots 4 0 R/Contents 4 0 R"), "/Annots and /Contents");
    refused(page("/Annots 4 0 R/MediaBox 4 0 R"), "/Annots and /MediaBox");
    refused(page("/Annots 4 0 R/B[4 0 R]"), "/Annots and an element of /B");
    refused(page("/Annots 4 0 R/Resources<</Font<</F 4 0 R>>>>"), "/Annots and a value in /Resources");
    refused(page("/Annots 4 0 R").with(2, "<</Type/Pages/Kids[3 0 R]/Count 1/CropBox 4 0 R>>"), "/Annots and a key above the page");
    refused(page("/Annots 4 0 R").with(5, "<</Fields[]/CO 4 0 R>>"), "/Annots and /CO");
    refused(page("").with(5, "<</Fields 4 0 R/CO 4 0 R>>"), "/Fields and /CO");
    refused(
        page("").with(5, "<</Fields 4 0 R>>").with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/OpenAction 4 0 R>>"),
        "/Fields and /OpenAction",
    );
    let kids = page("/Annots 4 0 R").with(5, "<</Fields[6 0 R]>>").with(6, "<</T(a)/Kids 4 0 R>>");
    refused(kids.with(4, "[7 0 R]").with(7, "<</T(b)/FT/Tx/Parent 6 0 R>>"), "/Annots and /Kids of a field");
}

#[test]
fn an_array_that_plays_one_part_twice_is_signed() {
    let both = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>")
        .with(3, "<</Type/Page/Parent 2 0 R/Annots 4 0 R>>")
        .with(4, "[]")
        .with(5, "<</Fields 4 0 R>>");
    let two_pages = Document::new()
        .with(2, "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>")
        .with(3, "<</Type/Page/Parent 2 0 R/Annots 4 0 R>>")
        .with(4, "[]")
        .with(5, "<</Type/Page/Parent 2 0 R/Annots 4 0 R>>");
    let shared = update(&both.bytes(), "{}");
    assert_eq!(shared.matches("4 0 obj\n[ ").count(), 1, "{shared}");
    // The widget is on one page: that page gets an array of its own.
    let copied = update(&two_pages.bytes(), "{}");
    assert!(copied.contains("3 0 obj\n<</Type/Page/Parent 2 0 R/Annots [ ") && !copied.contains("4 0 obj"), "{copied}");
    assert!(!copied.contains("\n5 0 obj"), "{copied}");
}

#[test]
fn what_is_not_changed_keeps_its_bytes() {
    let document =
        Document::new().with(3, "<< /Type/Page /Parent 2 0 R % a comment\n/MediaBox [0.10 0 612.000 792] /Annots [ ] >>").bytes();
    let update = update(&document, "{}");
    assert!(update.contains("<< /Type/Page /Parent 2 0 R % a comment\n/MediaBox [0.10 0 612.000 792] /Annots [  5 0 R] >>"), "{update}");
}

#[test]
fn numbers_of_new_objects_are_above_all_in_use() {
    // /Size is too small for what the table lists.
    let text = String::from_utf8(Document::new().with(8, "null").bytes()).unwrap();
    let update = update(text.replacen("/Size 9", "/Size 3", 1).as_bytes(), "{}");
    assert!(update.contains("\n9 0 obj") || update.starts_with("9 0 obj"), "{update}");
}

#[test]
fn signing_times() {
    for now in [-1, i64::MIN, i64::MAX, 253_402_300_800] {
        let document = Document::new().bytes();
        let mut moment = moment();
        moment.now = now;
        let error = run(Machine::prepare(memory(&document), moment, None, options("{}")), &document, |_| vec![]).unwrap_err();
        assert_eq!(error.code().as_str(), "ERR_SIGNING_TIME", "{now}");
    }
}

#[test]
fn a_key_without_a_value_does_not_swallow_what_is_added() {
    let document = Document::new().with(3, "<</Type/Page/Parent 2 0 R/Foo>>").bytes();
    let text = update(&document, "{}");
    assert!(!text.contains("/Foo /Annots"), "{text}");
}

#[test]
fn a_key_without_a_value_in_the_trailer() {
    let document = Document::new().trailer("/Foo").bytes();
    assert_eq!(refusal(&document, "{}"), "signed");
    let twice = signed(&document, "{}");
    assert_eq!(refusal(&twice, "{}"), "signed", "{}", update(&document, "{}"));
}

#[test]
fn a_doc_mdp_signature_without_perms_is_a_certification() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>")
        .with(4, "<</T(a)/FT/Sig/V 5 0 R>>")
        .with(5, "<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>")
        .bytes();
    assert_eq!(refusal(&document, "{}"), "ERR_CERTIFIED");
    assert_eq!(refusal(&document, r#"{"certify": 2}"#), "ERR_ALREADY_CERTIFIED");
}

#[test]
fn a_tab_order_that_is_there_is_kept() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/Version/2.0/Pages 2 0 R/MarkInfo<</Marked true>>>>")
        .with(3, "<</Type/Page/Parent 2 0 R/Tabs/A>>")
        .bytes();
    assert!(update(&document, "{}").contains("/Tabs/A"), "{}", update(&document, "{}"));
}

#[test]
fn a_lock_is_not_added_to_a_field_behind_a_signature() {
    let document = Document::new()
        .with(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 5 0 R]/SigFlags 3>>>>")
        .with(4, "<</T(a)/FT/Sig/V<</Type/Sig>>>>")
        .with(5, "<</T(b)/FT/Sig>>")
        .bytes();
    let text = update(&document, r#"{"fieldName": "b", "lock": {"action": "all"}}"#);
    assert!(!text.contains("/Lock"), "{text}");
}

#[test]
fn a_length_that_no_language_can_carry() {
    for length in [u64::MAX, 1 << 63, (1 << 53) + 1] {
        assert_eq!(
            Machine::inspect(DocumentLocation::Memory { length }, None).next(Answer::Start).unwrap_err().code().as_str(),
            "ERR_LIMIT"
        );
    }
}
