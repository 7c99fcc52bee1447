//! Documents that are made at random, and valid: what a signature leaves alone reads the same by another reader, whatever they hold.

mod common;
mod generate;

use common::{memory, moment, options, run};
use generate::{Plan, Written, plan};
use lopdf::{Dictionary, Object, ObjectId};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rustpdf_core::{Machine, Session};

/// The same documents each time in `npm test`, many new ones in `npm run test:full`.
fn config() -> ProptestConfig {
    let full = std::env::var_os("RUSTPDF_TEST_FULL").is_some();
    let (cases, rng_seed) = if full { (2048, RngSeed::Random) } else { (64, RngSeed::Fixed(1)) };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// The session of a signature with a small placeholder, read in blocks of this size.
fn prepared(document: &[u8], json: &str, block: u64) -> Session {
    let machine = Machine::prepare(memory(document), moment(), None, options(json)).with_block(block);
    run(machine, document, |_| vec![]).unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(document)))
}

/// The document with its update, the placeholder filled with zeros; the same from blocks of any size.
fn signed(document: &[u8], json: &str) -> Vec<u8> {
    let session = prepared(document, json, 8192);
    for block in [13, 1024] {
        assert_eq!(prepared(document, json, block).covered_update(), session.covered_update(), "in blocks of {block} bytes");
    }
    let [_, before, ..] = session.report().byte_range;
    let covered = session.covered_update();
    let (before, after) = covered.split_at(before as usize - document.len());
    let placeholder = format!("<{}>", "0".repeat(2 * session.container_size()));
    [document, before, placeholder.as_bytes(), after].concat()
}

fn read(document: &[u8]) -> lopdf::Document {
    lopdf::Document::load_mem(document).unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(document)))
}

/// What a signature may change of these objects: keys of a dictionary, or what is added to an array.
fn changes(written: &Written) -> Vec<(ObjectId, &'static [&'static [u8]])> {
    let mut changes: Vec<(ObjectId, &'static [&'static [u8]])> = vec![(written.catalog, &[b"AcroForm", b"Extensions", b"Perms"])];
    changes.push((written.page, &[b"Annots", b"Tabs"]));
    const FORM: &[&[u8]] = &[b"Fields", b"SigFlags"];
    changes.extend(written.form.map(|form| (form, FORM)));
    changes.extend(written.arrays.iter().map(|array| (*array, &[][..])));
    changes
}

fn without(dictionary: &Dictionary, keys: &[&[u8]]) -> Dictionary {
    let mut rest = dictionary.clone();
    keys.iter().for_each(|key| {
        rest.remove(key);
    });
    rest
}

/// Everything that `before` holds is in `after`, but for what a signature changes.
#[track_caller]
fn the_rest_is_the_same(before: &lopdf::Document, after: &lopdf::Document, written: &Written) {
    let changes = changes(written);
    for (id, object) in &before.objects {
        let other = after.objects.get(id).unwrap_or_else(|| panic!("{id:?} is gone: {object:?}"));
        match (changes.iter().find(|(changed, _)| changed == id), object, other) {
            (Some((_, keys)), Object::Dictionary(one), Object::Dictionary(two)) => {
                assert_eq!(without(one, keys), without(two, keys), "{id:?}")
            }
            (Some(_), Object::Array(one), Object::Array(two)) => assert!(two.starts_with(one), "{id:?}: {one:?}, {two:?}"),
            _ => assert_eq!(object, other, "{id:?}"),
        }
    }
    for key in [&b"Root"[..], b"Info"] {
        assert_eq!(before.trailer.get(key).ok(), after.trailer.get(key).ok());
    }
}

fn is_structure(object: &Object) -> bool {
    let kind = object.as_stream().ok().and_then(|stream| stream.dict.get(b"Type").ok()).and_then(|kind| kind.as_name().ok());
    matches!(kind, Some(b"XRef" | b"ObjStm"))
}

/// All objects but cross-reference and object streams.
fn contents(document: &[u8]) -> lopdf::Document {
    let mut document = read(document);
    document.objects.retain(|_, object| !is_structure(object));
    document
}

fn told(document: &[u8]) -> rustpdf_core::DocumentInfo {
    run(Machine::inspect(memory(document), None), document, |_| vec![]).expect("what a signed document says")
}

fn check(plan: &Plan) {
    let written = plan.write();
    let document = &written.bytes;
    let before = contents(document);
    let page = before.get_dictionary(written.page).expect("the page");
    assert_eq!(page.get(b"Rotate").and_then(Object::as_i64).ok(), Some(90), "the second reader sees the last revision");
    let information = told(document);
    assert_eq!(
        (information.pages, information.fields.len()),
        (Some(written.pages as u64), written.fields),
        "{}",
        String::from_utf8_lossy(document)
    );
    assert!(information.warnings.is_empty(), "{:?}", information.warnings);

    let json = r#"{"containerSize": 256}"#;
    let once = signed(document, json);
    assert!(once.starts_with(document));
    the_rest_is_the_same(&before, &contents(&once), &written);
    let twice = signed(&once, json);
    assert!(twice.starts_with(&once));
    the_rest_is_the_same(&before, &contents(&twice), &written);
    let told_twice = told(&twice);
    assert_eq!(told_twice.fields.len(), written.fields + 2);
    let whole: Vec<bool> = told_twice.signatures.iter().map(|signature| signature.covers_whole_file).collect();
    assert_eq!(whole, [false, true]);

    // Without the word at all: before a revision that lost its end, the one before it would count.
    let end = document.windows(10).rposition(|bytes| bytes == b"startxref\n").expect("an end");
    let wrong = |tail: &[u8]| [&document[..end], tail].concat();
    let mut cut = document.clone();
    while let Some(at) = cut.windows(10).position(|bytes| bytes == b"startxref\n") {
        cut[at] = b'S';
    }
    for damaged in [cut, wrong(b"startxref\n7\n%%EOF\n"), wrong(b"startxref\n99999999\n%%EOF")] {
        let rebuilt = signed(&damaged, json);
        assert!(rebuilt.starts_with(&damaged));
        the_rest_is_the_same(&before, &contents(&rebuilt), &written);
        assert_eq!(told(&rebuilt).signatures.len(), 1);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_signature_leaves_the_rest_as_it_is(plan in plan()) {
        check(&plan);
    }
}
