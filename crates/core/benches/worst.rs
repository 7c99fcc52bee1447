//! What documents that are small and cost much cost: `cargo bench -p rustpdf-core --bench worst -- WHAT`.
//!
//! - `cases`: the names of all kinds (`crates/core/tests/common/worst.rs`), with the call of each, as JSON.
//! - `write NAME FILE`: the worst document of a kind.
//! - `run CALL FILE`: what a call costs, as JSON. Meant for a process of its own, for the memory.
//! - `search SEED SECONDS [FILE…]`: varies the parameters of the kinds, and the bytes of the files, and prints what costs more than the aim.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/worst.rs"]
mod worst;

use common::{memory, moment, options, right_answer};
use rustpdf_core::{Answer, Machine, Step};

fn main() {
    // `cargo bench` hands its own flags over as well; without words (`cargo test --benches`) nothing is measured.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cases"] => {
            let cases = worst::CASES.iter().map(|case| format!(r#"["{}","{}"]"#, case.name, case.call));
            println!("[{}]", cases.collect::<Vec<_>>().join(","));
        }
        ["write", name, file] => std::fs::write(file, worst::find(name).document()).expect("a file"),
        ["run", call, file] => {
            let document = std::fs::read(file).expect("a file");
            let before = status("VmRSS");
            let cost = Cost::of(call, &document);
            let peak = status("VmHWM").saturating_sub(before);
            println!(
                r#"{{"bytes":{},"work":{},"allowed":{},"seconds":{:.3},"peak":{peak},"outcome":"{}"}}"#,
                document.len(),
                cost.work,
                cost.allowed,
                cost.seconds,
                cost.outcome
            );
        }
        ["search", seed, seconds, files @ ..] => search(seed.parse().expect("a number"), seconds.parse().expect("seconds"), files),
        _ => println!(
            "usage: cargo bench -p rustpdf-core --bench worst -- cases | write NAME FILE | run CALL FILE | search SEED SECONDS [FILE…]"
        ),
    }
}

/// What a call costs.
struct Cost {
    seconds: f64,
    work: u64,
    allowed: u64,
    outcome: String,
}

impl Cost {
    fn of(call: &str, document: &[u8]) -> Cost {
        match call {
            "prepare" => Cost::run(Machine::prepare(memory(document), moment(), None, options("{}")), document),
            "inspect" => Cost::run(Machine::inspect(memory(document), None), document),
            _ => panic!("CALL is prepare or inspect"),
        }
    }

    fn run<T>(mut machine: Machine<T>, document: &[u8]) -> Cost {
        let (mut answer, mut seconds) = (Answer::Start, 0.0);
        let outcome = loop {
            let start = processor_seconds();
            let step = machine.next(answer);
            seconds += processor_seconds() - start;
            answer = match step {
                Err(error) => break error.code().as_str().to_owned(),
                Ok(Step::Done(_)) => break "done".to_owned(),
                Ok(step) => right_answer(&step, document, &|_| Vec::new()).expect("an answer"),
            };
        };
        let (work, allowed) = machine.work();
        Cost { seconds, work, allowed, outcome }
    }

    /// Seconds by those of the aim: one, and two for each megabyte.
    fn by_aim(&self, bytes: usize) -> f64 {
        self.seconds / (1.0 + 2.0 * bytes as f64 / 1e6)
    }
}

/// Seconds of the processor that this thread has used.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

/// A figure of this process in bytes.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).expect("a figure");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// Numbers that look random, the same for each seed (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// Climbs from each kind and each file to what costs more, for so many seconds in all.
fn search(seed: u64, seconds: u64, files: &[&str]) {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let share = Duration::from_secs(seconds) / (worst::CASES.len() + 2 * files.len()).max(1) as u32;
    for case in worst::CASES {
        let mut best: Vec<u32> = case.parameters.iter().map(|(worst, _)| *worst).collect();
        let document = case.with(&best);
        let mut cost = Cost::of(case.call, &document);
        let end = Instant::now() + share;
        while Instant::now() < end {
            let mut other = best.clone();
            for _ in 0..=random.below(2) {
                let index = random.below(other.len());
                let most = case.parameters[index].1;
                other[index] = match random.below(4) {
                    0 => random.below(most as usize + 1) as u32,
                    1 => other[index] / 2,
                    2 => (other[index].saturating_mul(2)).min(most),
                    _ => (other[index] + random.below(1 + other[index] as usize / 4) as u32).min(most),
                };
            }
            let document = case.with(&other);
            let found = Cost::of(case.call, &document);
            if found.by_aim(document.len()) > cost.by_aim(document.len()) {
                (best, cost) = (other, found);
            }
        }
        let bytes = case.with(&best).len();
        println!(
            "{:.2} of the aim: {} {best:?}, {bytes} bytes, {:.2} s, {} units, {}",
            cost.by_aim(bytes),
            case.name,
            cost.seconds,
            cost.work,
            cost.outcome
        );
    }
    let mut found: BTreeMap<u64, String> = BTreeMap::new();
    for file in files {
        let Ok(original) = std::fs::read(file) else { continue };
        for call in ["prepare", "inspect"] {
            let (mut best, mut cost) = (original.clone(), Cost::of(call, &original));
            let end = Instant::now() + share;
            while Instant::now() < end {
                let other = mutated(&best, &mut random);
                if other.len() > 2 << 20 {
                    continue;
                }
                let next = Cost::of(call, &other);
                // Small documents cost too little for a clock: work counts.
                if next.work * best.len() as u64 > cost.work * other.len() as u64
                    || next.by_aim(other.len()) > 1.05 * cost.by_aim(best.len())
                {
                    (best, cost) = (other, next);
                }
            }
            let line = format!(
                "{:.3} of the aim: {call} {file}, {} bytes, {:.3} s, {} units, {}",
                cost.by_aim(best.len()),
                best.len(),
                cost.seconds,
                cost.work,
                cost.outcome
            );
            found.insert((cost.by_aim(best.len()) * 1e6) as u64, line);
        }
    }
    found.into_values().rev().take(20).for_each(|line| println!("{line}"));
}

/// A copy with some changes: tokens repeated, numbers exchanged, ranges removed or copied.
fn mutated(document: &[u8], random: &mut Random) -> Vec<u8> {
    const WORDS: [&[u8]; 14] = [
        b" 0 R",
        b"/Kids[",
        b"/Prev ",
        b"<<",
        b"[",
        b"]",
        b">>",
        b" 0 obj",
        b"endobj",
        b"(",
        b"/Fields[",
        b"/ObjStm",
        b"stream\n",
        b"/XRefStm ",
    ];
    let mut out = document.to_vec();
    for _ in 0..=random.below(4) {
        let length = out.len();
        let at = random.below(length);
        let part = at..(at + 1 + random.below(200)).min(length);
        match random.below(6) {
            0 => drop(out.splice(at..at, WORDS[random.below(WORDS.len())].iter().copied())),
            1 => {
                let copy = out[part.clone()].repeat(1 + random.below(64));
                out.splice(at..at, copy);
            }
            2 => drop(out.drain(part)),
            3 => {
                let copy = out[part].to_vec();
                let to = random.below(length);
                out.splice(to..(to + copy.len()).min(length), copy);
            }
            4 => {
                // A number by another of the document.
                let digits = |from: usize, bytes: &[u8]| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let next = |from: usize, bytes: &[u8]| (from..bytes.len()).find(|at| bytes[*at].is_ascii_digit());
                if let (Some(one), Some(other)) = (next(at, &out), next(random.below(length), &out)) {
                    let value = out[other..other + digits(other, &out)].to_vec();
                    let end = one + digits(one, &out);
                    out.splice(one..end, value);
                }
            }
            _ => out[at] = random.below(256) as u8,
        }
        if out.is_empty() {
            out = document.to_vec();
        }
    }
    out
}
