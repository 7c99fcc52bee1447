//! Draws an appearance: `draw STEP.json PAGE.pdf [PART…]`.
//!
//! The first file is the header of a step `draw`. The others are its parts `p0`, `p1` …

use std::{env, fs, process};

use serde_json::{Value, json};

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [step, page, parts @ ..] = &arguments[..] else {
        eprintln!("usage: draw STEP.json PAGE.pdf [PART…]");
        process::exit(2);
    };
    let mut header: Value = serde_json::from_slice(&fs::read(step).unwrap()).unwrap();
    let parts: Vec<_> = parts.iter().map(|part| fs::read(part).unwrap()).collect();
    let named = parts.iter().enumerate().map(|(number, part)| json!({"name": format!("p{number}"), "length": part.len()}));
    header["parts"] = named.collect();
    let header = header.to_string();
    let frame = [&u32::try_from(header.len()).unwrap().to_be_bytes(), header.as_bytes(), &parts.concat()].concat();
    let start = std::time::Instant::now();
    let answer = rustpdf_appearance::answer(&frame);
    let taken = start.elapsed();
    let (length, rest) = answer.split_first_chunk().unwrap();
    let (header, drawn) = rest.split_at(u32::from_be_bytes(*length) as usize);
    println!("{} in {taken:.1?}, {} bytes", String::from_utf8_lossy(header), drawn.len());
    if drawn.is_empty() {
        process::exit(1);
    }
    fs::write(page, drawn).unwrap();
}
