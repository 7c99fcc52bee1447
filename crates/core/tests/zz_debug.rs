//! x
mod common;
use common::*;
use rustpdf_core::*;
#[test]
fn debug() {
    let mut d = std::fs::read("/tmp/f2/a.pdf").unwrap();
    println!("{:#?}", run(Machine::info(d.len() as u64, None), &d, |_| vec![]).map(|i| (i.revisions, i.fields, i.signatures, i.warnings)));
    for _ in 0..2 {
        let s = prepared(&d, options(&std::env::var("OPT").unwrap_or("{}".into())));
        let Ok(s) = s else {
            println!("{s:#?}");
            return;
        };
        println!("{:#?}", s.report().warnings);
        let covered = s.covered_update();
        let (b, a) = covered.split_at(s.report().byte_range[1] as usize - d.len());
        d = [&d[..], b, b"<", &b"0".repeat(2 * s.container_size()), b">", a].concat();
        println!("{}", String::from_utf8_lossy(&covered));
        println!(
            "{:#?}",
            run(Machine::info(d.len() as u64, None), &d, |_| vec![]).map(|i| (i.revisions, i.fields, i.signatures, i.warnings))
        );
    }
}
