//! The budget of the work of reading: it ends documents that are small and cost much, and is far from the cost of large honest ones.
//! Units are counted and not seconds, so the outcome is the same on every machine; the bench `worst` compares the two.

mod common;
#[path = "common/worst.rs"]
mod worst;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Document, memory, moment, options, right_answer};
use rustpdf_core::{Answer, DigestAnswer, Machine, Matches, Step};
use worst::{CASES, Pdf};

/// The outcome of a call, its units of work, and those allowed. The digest is not made: it is another matter.
fn outcome<T>(mut machine: Machine<T>, document: &[u8]) -> (&'static str, u64, u64) {
    let mut answer = Answer::Start;
    let outcome = loop {
        answer = match machine.next(answer) {
            Err(error) => break error.code().as_str(),
            Ok(Step::Done(_)) => break "done",
            Ok(Step::Digest(request)) => {
                let found = vec![Matches::default(); request.find.len()];
                Answer::Digest(DigestAnswer { digests: vec![vec![7; 32]], found, ..DigestAnswer::default() })
            }
            Ok(step) => right_answer(&step, document, &|_| unreachable!()).unwrap(),
        };
    };
    let (work, allowed) = machine.work();
    (outcome, work, allowed)
}

fn prepared(document: &[u8], json: &str) -> (&'static str, u64, u64) {
    outcome(Machine::prepare(memory(document), moment(), None, options(json)), document)
}

fn inspected(document: &[u8]) -> (&'static str, u64, u64) {
    outcome(Machine::inspect(memory(document), None), document)
}

/// Without `RUSTPDF_TEST_FULL` every fourth case: unoptimised code takes a while to spend a budget.
#[test]
fn the_budget_ends_what_costs_much() {
    let step = if std::env::var_os("RUSTPDF_TEST_FULL").is_some() { 1 } else { 4 };
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(case) = CASES.get(next.fetch_add(step, Ordering::Relaxed)) {
                    let document = case.document();
                    let (found, work, allowed) = if case.call == "inspect" { inspected(&document) } else { prepared(&document, "{}") };
                    println!("{}: {} bytes, {work} of {allowed} units, {found}", case.name, document.len());
                    assert_eq!(found, case.outcome, "{}", case.name);
                }
            });
        }
    });
}

/// The same kinds in small numbers are signed.
#[test]
fn few_cost_little() {
    for (name, parameters) in
        [("filters", &[0, 32, 31, 2][..]), ("reads", &[20, 6, 8192]), ("sections", &[100, 200, 10_000]), ("names", &[2, 1000, 1])]
    {
        let (found, work, allowed) = prepared(&worst::find(name).with(parameters), "{}");
        assert_eq!(found, "done", "{name}");
        assert!(work < allowed / 4, "{name}: {work} of {allowed} units");
    }
}

/// Not more than a share of the budget.
#[track_caller]
fn honest(name: &str, document: &[u8], json: &str) {
    for (call, (found, work, allowed)) in [("prepare", prepared(document, json)), ("inspect", inspected(document))] {
        println!("{name}, {call}: {} bytes, {work} of {allowed} units", document.len());
        assert_eq!(found, "done", "{name}, {call}");
        assert!(work <= allowed / 4, "{name}, {call}: {work} of {allowed} units");
    }
}

#[test]
fn a_small_document_costs_next_to_nothing() {
    let document = Document::new().bytes();
    let (found, work, _) = prepared(&document, "{}");
    assert_eq!(found, "done");
    assert!(work < 20_000, "{work} units");
}

#[test]
fn a_million_objects() {
    let objects = || {
        let mut pdf = Pdf::new();
        pdf.page("");
        (4..1_000_000).for_each(|number| pdf.object(number, "(x)"));
        pdf
    };
    honest("a table", &objects().table(), "{}");
    honest("a stream", &objects().table_stream(), "{}");
    let mut pdf = Pdf::new();
    pdf.page("");
    for stream in 0..10_000 {
        let objects: Vec<(u32, &[u8])> = (0..100).map(|index| (10_000 + stream * 100 + index, &b"(x)"[..])).collect();
        pdf.packed(2_000_000 + stream, &objects);
    }
    honest("object streams", &pdf.table_stream(), "{}");
}

#[test]
fn a_hundred_thousand_pages_in_one_node() {
    let mut pdf = Pdf::new();
    let kids: String = (0..100_000).map(|page| format!("{} 0 R ", 10 + page)).collect();
    pdf.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    pdf.object(2, format!("<</Type/Pages/Count 100000/Kids[{kids}]>>"));
    (0..100_000).for_each(|page| pdf.object(10 + page, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"));
    honest("the last page", &pdf.table(), r#"{"page": 100000}"#);
}

/// The most fields that are read, listed in an order that has nothing to do with where they are.
fn fields(packed: bool) -> Vec<u8> {
    const COUNT: u32 = 199_999;
    let number = |index: u32| 10_000 + (u64::from(index) * 7919 % u64::from(COUNT)) as u32;
    let list: String = (0..COUNT).map(|index| format!("{} 0 R ", number(index))).collect();
    let body =
        |index: u32| format!("<</Type/Annot/Subtype/Widget/FT/Tx/T(field{index})/F 4/P 3 0 R/Rect[72 700 372 712]/DA(/F1 10 Tf 0 g)>>");
    let mut pdf = Pdf::new();
    pdf.page("/AcroForm 4 0 R");
    pdf.object(4, format!("<</Fields[{list}]>>"));
    let bodies: Vec<(u32, String)> = (0..COUNT).map(|index| (10_000 + index, body(index))).collect();
    for (stream, some) in bodies.chunks(100).enumerate() {
        if packed {
            let some: Vec<(u32, &[u8])> = some.iter().map(|(number, body)| (*number, body.as_bytes())).collect();
            pdf.packed(1_000_000 + stream as u32, &some);
        } else {
            some.iter().for_each(|(number, body)| pdf.object(*number, body));
        }
    }
    if packed { pdf.table_stream() } else { pdf.table() }
}

#[test]
fn two_hundred_thousand_fields_in_any_order() {
    honest("fields", &fields(false), "{}");
    honest("fields in object streams", &fields(true), "{}");
}

#[test]
fn five_thousand_revisions() {
    let mut pdf = Pdf::new();
    pdf.page("");
    let mut out = pdf.table();
    let mut previous = out.windows(6).position(|window| window == b"\nxref\n").unwrap() + 1;
    for revision in 0..5000 {
        let at = out.len();
        out.extend(format!("4 0 obj\n(revision {revision})\nendobj\n").into_bytes());
        let section = out.len();
        let table = format!("xref\n4 1\n{at:010} 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev {previous}>>\nstartxref\n{section}\n%%EOF\n");
        out.extend(table.into_bytes());
        previous = section;
    }
    honest("revisions", &out, "{}");
}

#[test]
fn a_damaged_document_of_a_hundred_thousand_objects() {
    let mut pdf = Pdf::new();
    pdf.page("");
    (4..100_000).for_each(|number| pdf.object(number, "<</Type/Annot/Rect[0 0 1 1]>>"));
    honest("damaged", &pdf.damaged(), "{}");
}
