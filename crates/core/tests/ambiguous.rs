//! Documents from which readers can take different objects: the signer is warned, and `strict` refuses them.

mod common;

use common::{memory, moment, run};
use rustpdf_core::{Credentials, Machine, OutputLocation, Signatory, SigningOptions};

/// Code of the error, or the codes of the warnings about the document.
fn outcome(document: &[u8], strict: bool) -> Vec<String> {
    let mut options = SigningOptions::default();
    (options.strict, options.check_signature) = (strict, false);
    let credentials = Credentials { certificate: certificate("rsa"), chain: vec![certificate("issuing")] };
    let signatory = Signatory { credentials, options };
    let machine = Machine::sign(memory(document), moment(), vec![signatory], OutputLocation::Update, None);
    match run(machine, document, |_| vec![7; 256]) {
        Ok(signed) => signed.signed[0].report.warnings.iter().map(|warning| warning.code.as_str().to_owned()).collect(),
        Err(error) => vec![error.code().as_str().to_owned()],
    }
}

fn certificate(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/pki/certificates/{name}.pem", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/ambiguous/{name}.pdf", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A document of one page with a table, and `later` after its objects.
fn document(later: &str) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        "<</Length 5>>stream\nq q Q\nendstream",
    ];
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    out.extend(later.as_bytes());
    let start = out.len();
    out.extend(format!("{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    out
}

#[test]
fn each_sample_is_told_and_refused_by_strict() {
    for (name, warning, refused) in [
        ("certified-p1-hidden", "WARN_SIGNATURE_HIDDEN", "ERR_XREF_AMBIGUOUS"),
        ("dup-subsection-late-2", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
        ("first-19-2", "WARN_XREF_REBUILT", "ERR_XREF_BROKEN"),
        ("gen-h1-x0-2", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
        ("objstm-dup-index1-order0-2", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
        ("startxref-cmt-between-1", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
        ("t-badentry1-2", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
        ("unlisted-shadow-before-xref-junk-sp60k-5", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
        ("xs-short1-altfirst-2", "WARN_XREF_AMBIGUOUS", "ERR_XREF_AMBIGUOUS"),
    ] {
        let document = sample(name);
        let told = outcome(&document, false);
        assert!(told.iter().any(|code| code == warning), "{name}: {told:?}");
        assert_eq!(outcome(&document, true), [refused], "{name}");
    }
}

#[test]
fn a_later_definition_is_told() {
    for (later, is_told) in [
        ("", false),
        ("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 7 7]>>\nendobj\n", true),
        ("1 0 obj\n<</Type/Catalog/Pages 8 0 R>>\nendobj\n", true),
        ("2 0 obj\n<</Type/Pages/Kids[9 0 R]/Count 1>>\nendobj\n", true),
        ("13 0 obj\n<</Type/Page>>\nendobj\n", false),                // another number
        ("3 1 obj\n<</Type/Page>>\nendobj\n", true),                  // readers that repair a document ignore generations
        ("4 0 obj\n<</Length 0>>stream\nendstream\nendobj\n", false), // the signature changes nothing on the way to it
    ] {
        let document = document(later);
        let told = outcome(&document, false);
        assert_eq!(told.iter().any(|code| code == "WARN_OBJECT_SHADOWED"), is_told, "{later}: {told:?}");
        assert_eq!(outcome(&document, true) == ["ERR_OBJECT_SHADOWED"], is_told, "{later}");
    }
}

#[test]
fn an_attached_document_is_not_a_later_definition() {
    let attached = document("");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".as_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        &[format!("<</Length {}>>stream\n", attached.len()).as_bytes(), &attached, b"\nendstream"].concat(),
    ];
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = "xref\n0 5\n0000000000 65535 f \n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = out.len();
    out.extend(format!("{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    assert_eq!(outcome(&out, true), Vec::<String>::new());
}

#[test]
fn a_later_definition_with_a_signature_is_told_as_one() {
    let later = "1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>\nendobj\n\
                 5 0 obj\n<</FT/Sig/T(a)/V 6 0 R>>\nendobj\n\
                 6 0 obj\n<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>\nendobj\n";
    let told = outcome(&document(later), false);
    for warning in ["WARN_OBJECT_SHADOWED", "WARN_SIGNATURE_HIDDEN"] {
        assert!(told.iter().any(|code| code == warning), "{warning}: {told:?}");
    }
}

#[test]
fn an_entry_without_an_end_of_line_is_told() {
    let text = String::from_utf8(document("")).unwrap();
    assert_eq!(outcome(text.as_bytes(), false), Vec::<String>::new());
    for end in ["\r\n", " \r"] {
        let other = text.replacen("65535 f \n", &format!("65535 f{end}"), 1);
        assert_eq!(outcome(other.as_bytes(), true), Vec::<String>::new(), "{end:?}");
    }
    let glued = text.replacen("65535 f \n", "65535 f  ", 1);
    assert_eq!(outcome(glued.as_bytes(), false), ["WARN_XREF_AMBIGUOUS"]);
    assert_eq!(outcome(glued.as_bytes(), true), ["ERR_XREF_AMBIGUOUS"]);
}

#[test]
fn a_second_value_in_an_object_is_told() {
    let text = String::from_utf8(document("")).unwrap();
    for (object, is_told) in [
        ("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>  \n", false), // endobj is missing
        ("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>><<>>", true),
    ] {
        let whole = "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n";
        let other = text.replacen(whole, &format!("{object:width$}", width = whole.len()), 1);
        assert_ne!(other, text);
        assert_eq!(outcome(other.as_bytes(), false), if is_told { vec!["WARN_XREF_AMBIGUOUS"] } else { vec![] }, "{object}");
    }
}

#[test]
fn an_offset_within_the_number_of_a_cross_reference_stream_is_told() {
    let mut document = document("");
    let start = document.windows(5).position(|bytes| bytes == b"xref\n").unwrap();
    document.truncate(start);
    let mut entries: Vec<u8> = vec![0, 0, 0, 0];
    for number in 1..5 {
        let at = document.windows(7).position(|bytes| bytes == format!("{number} 0 obj").as_bytes()).unwrap();
        entries.extend([1, (at >> 8) as u8, at as u8, 0]);
    }
    let at = document.len();
    entries.extend([1, (at >> 8) as u8, at as u8, 0]);
    let stream = format!("19 0 obj\n<</Type/XRef/Size 20/Root 1 0 R/W[1 2 1]/Index[0 5 19 1]/Length {}>>stream\n", entries.len());
    document.extend(stream.into_bytes());
    document.extend(entries);
    document.extend(b"\nendstream\nendobj\nstartxref\n");
    for (offset, told) in [(at, vec![]), (at + 1, vec!["WARN_XREF_AMBIGUOUS"])] {
        let whole = [document.clone(), format!("{offset}\n%%EOF\n").into_bytes()].concat();
        assert_eq!(outcome(&whole, false), told, "{offset}");
    }
}
