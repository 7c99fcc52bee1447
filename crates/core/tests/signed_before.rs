//! Documents that were signed before: what a further signature leaves alone, what it warns of, and what `inspect` says of the first one.

mod common;

use common::{memory, options, prepared, run};
use rustpdf_core::{DocumentInfo, Machine};

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/signed/{name}.pdf", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn inspect(document: &[u8]) -> DocumentInfo {
    run(Machine::inspect(memory(document), None), document, |_| vec![]).unwrap()
}

/// Codes of the warnings, or the code of the error.
fn outcome(document: &[u8], json: &str) -> Vec<&'static str> {
    match prepared(document, options(json)) {
        Ok(session) => session.report().warnings.iter().map(|warning| warning.code.as_str()).collect(),
        Err(error) => vec![error.code().as_str()],
    }
}

/// What somebody appended after the signature becomes a proper revision: the rebuilt cross-reference lists it.
#[test]
fn damage_after_a_signature_is_told_and_refused_by_strict() {
    let damaged = sample("damaged-behind-the-signature");
    let told = outcome(&damaged, "{}");
    assert!(told.contains(&"WARN_SIGNED_DAMAGE") && told.contains(&"WARN_XREF_REBUILT"), "{told:?}");
    assert_eq!(outcome(&damaged, r#"{"strict": true}"#), ["ERR_XREF_BROKEN"]);

    // The same document without what was appended, and the same damage without a signature.
    let end = damaged.windows(6).position(|window| window == b"%%EOF\n").unwrap() + 6;
    let whole = &damaged[..end];
    assert_eq!(outcome(whole, r#"{"strict": true}"#), outcome(whole, "{}"));
    assert!(!outcome(whole, "{}").contains(&"WARN_SIGNED_DAMAGE"));
    let mut unsigned = damaged.clone();
    let value = unsigned.windows(7).position(|window| window == b"/V 9 0 ").unwrap();
    unsigned[value + 1] = b'X';
    let told = outcome(&unsigned, "{}");
    assert!(told.contains(&"WARN_XREF_REBUILT") && !told.contains(&"WARN_SIGNED_DAMAGE"), "{told:?}");
}

/// `/SigFlags` is optional (12.7.3), and its addition after a signature is a change that validators do not expect.
#[test]
fn the_flags_of_a_signed_form_are_left_alone() {
    for (name, flags) in [("without-sig-flags", 0), ("with-sig-flags", 1)] {
        let session = prepared(&sample(name), options("{}")).unwrap();
        let update = String::from_utf8(session.covered_update()).unwrap();
        assert_eq!(update.matches("/SigFlags").count(), flags, "{name}: {update}");
        assert!(update.contains("7 0 obj\n<</Fields[8 0 R "), "the field is listed in {name}: {update}");
    }
    // A form without a signature gets them.
    let mut unsigned = sample("without-sig-flags");
    let value = unsigned.windows(7).position(|window| window == b"/V 9 0 ").unwrap();
    unsigned[value + 1] = b'X';
    let session = prepared(&unsigned, options("{}")).unwrap();
    assert!(String::from_utf8(session.covered_update()).unwrap().contains("/SigFlags 3"));
}

/// A signature covers the whole file only if what it leaves out is exactly the string of its own `/Contents` (12.8.1).
#[test]
fn a_byte_range_that_leaves_out_more_does_not_cover_the_file() {
    let two_bytes = sample("byte-range-of-two-bytes");
    let written = b"[0 1 3799 1                              ]";
    let at = two_bytes.windows(written.len()).position(|window| window == written).unwrap();
    let contents = two_bytes.windows(10).position(|window| window == b"/Contents<").unwrap() + 9;
    let after = contents + two_bytes[contents..].iter().position(|byte| *byte == b'>').unwrap() + 1;
    let rest = two_bytes.len() - after;
    let with = |range: &str| {
        let mut document = two_bytes.clone();
        document[at..at + written.len()].copy_from_slice(format!("{range:<width$}", width = written.len()).as_bytes());
        document
    };
    for (range, covers) in [
        (format!("[0 {contents} {after} {rest}]"), true),
        (format!("[0 {contents} {after} {}]", rest - 1), false),
        (format!("[0 {contents} {after} {}]", rest + 1), false),
        (format!("[1 {} {after} {rest}]", contents - 1), false),
        // One byte more on either side, or less.
        (format!("[0 {} {after} {rest}]", contents - 1), false),
        (format!("[0 {} {after} {rest}]", contents + 1), false),
        (format!("[0 {contents} {} {}]", after - 1, rest + 1), false),
        (format!("[0 {contents} {} {}]", after + 1, rest - 1), false),
        // The two ranges overlap, or are in the other order.
        (format!("[0 {after} {contents} {}]", two_bytes.len() - contents), false),
        (format!("[{after} {rest} 0 {contents}]"), false),
        // Numbers that are negative, beyond the file, or beyond 64 bits in their sum.
        (format!("[0 -{contents} {after} {rest}]"), false),
        (format!("[0 {contents} {after} -{rest}]"), false),
        ("[0 1 9999 1]".into(), false),
        (format!("[0 {contents} 9223372036854775807 1]"), false),
        // Three numbers, and six.
        (format!("[0 {contents} {after}]"), false),
        (format!("[0 1 1 1 {after} {rest}]"), false),
    ] {
        let found = inspect(&with(&range));
        assert_eq!(found.signatures.len(), 1, "{range}");
        assert_eq!(found.signatures[0].covers_whole_file, covers, "{range}");
    }
    for name in ["byte-range-of-two-bytes", "byte-range-negative"] {
        assert!(!inspect(&sample(name)).signatures[0].covers_whole_file, "{name}");
    }
}
