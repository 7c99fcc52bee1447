//! A host that answers wrongly at every step of a whole signing: refused, nothing changes, and the right answer goes on.

use rustpdf_core::{
    Answer, Copied, DigestAnswer, FailureKind, HttpAnswer, Matches, Operation, OutputLocation, Stat, StorePath, StoreRequest, StoreResult,
};

use crate::host::{AnyMachine, Ask, Position, Process, Reply, any};
use crate::scene::*;

const KIND: &str = "ERR_ANSWER_KIND";
const LENGTH: &str = "ERR_ANSWER_LENGTH";

/// Wrong answers to a step, and the code with which each is refused.
fn wrong(ask: &Ask, right: &Reply) -> Vec<(Answer, &'static str)> {
    let mut all = vec![(Answer::Start, KIND), (Answer::Http(HttpAnswer::default()), KIND)];
    if !matches!(ask, Ask::Read { .. }) {
        all.push((Answer::Read(vec![(0, vec![0; 100])]), KIND));
    }
    if !matches!(ask, Ask::Digest(_)) {
        all.push((Answer::Digest(DigestAnswer { digests: vec![vec![0; 32]], found: vec![], copied: Copied::None }), KIND));
    }
    if !matches!(ask, Ask::Sign { .. }) {
        all.push((Answer::Sign(vec![1; 64]), KIND));
    }
    if !matches!(ask, Ask::Store(_)) {
        all.push((Answer::Store(vec![StoreResult::Done]), KIND));
    }
    match (ask, right) {
        (Ask::Read { ranges, .. }, Reply::Read(pieces)) => {
            let range = ranges.last().unwrap();
            let mut short = pieces.clone();
            short.last_mut().unwrap().1.pop();
            all.push((Answer::Read(vec![]), LENGTH));
            all.push((Answer::Read(short), LENGTH));
            all.push((Answer::Read(pieces[1..].to_vec()), LENGTH));
            all.push((Answer::Read(vec![(range.start + 1, vec![0; 1 << 17])]), LENGTH));
            all.push((Answer::Read(vec![(u64::MAX, vec![0; 100])]), LENGTH));
        }
        (Ask::Digest(request), Reply::Digest(answer)) => {
            let mut change = |change: fn(&mut DigestAnswer)| {
                let mut answer = answer.clone();
                change(&mut answer);
                all.push((Answer::Digest(answer), LENGTH));
            };
            change(|answer| answer.digests.push(vec![0; 32]));
            change(|answer| answer.found.push(Matches::default()));
            if !request.parts.is_empty() {
                change(|answer| answer.digests.clear());
                change(|answer| answer.digests[0].truncate(31));
                change(|answer| answer.digests[0].push(0));
                change(|answer| answer.digests[0].clear());
            }
            if !request.find.is_empty() {
                change(|answer| answer.found.clear());
                change(|answer| answer.found[0].offsets = vec![5, 4]);
                change(|answer| answer.found[0].offsets = (0..1001).collect());
            }
        }
        (Ask::Store(request), Reply::Store(results)) => all.extend(wrong_results(request, results)),
        _ => {}
    }
    all
}

fn wrong_results(request: &StoreRequest, right: &[StoreResult]) -> Vec<(Answer, &'static str)> {
    let mut all = Vec::new();
    let mut change = |code: &'static str, change: &dyn Fn(&mut Vec<StoreResult>)| {
        let mut results = right.to_vec();
        change(&mut results);
        all.push((Answer::Store(results), code));
    };
    let failed = StoreResult::Failed(FailureKind::Other);
    change(LENGTH, &|results| results.clear());
    change(LENGTH, &|results| results.push(StoreResult::Done));
    change(LENGTH, &|results| results.push(failed.clone()));
    change(LENGTH, &|results| {
        results.pop();
    });
    for (index, operation) in request.operations.iter().enumerate() {
        if index + 1 < right.len() {
            change(LENGTH, &|results| results[index] = failed.clone());
        }
        for result in wrong_kinds(operation) {
            change(KIND, &|results| results[index] = result.clone());
        }
    }
    all
}

/// Results of every kind but that of the operation.
fn wrong_kinds(operation: &Operation) -> Vec<StoreResult> {
    let stat = |kind| StoreResult::Stat(Stat { kind, ..Stat::default() });
    let mut all = vec![StoreResult::Path(StorePath(b"/x".to_vec())), StoreResult::Names(vec![]), StoreResult::Process(Default::default())];
    all.extend([StoreResult::Removed(true), StoreResult::Bytes(vec![]), StoreResult::Done, stat(rustpdf_core::FileKind::File)]);
    let own = match operation {
        Operation::Resolve { .. } => 0,
        Operation::List { .. } => 1,
        Operation::Process { .. } => 2,
        Operation::Remove { .. } => 3,
        Operation::Read { .. } => 4,
        Operation::Open { .. } | Operation::Create { .. } | Operation::StatPath { .. } | Operation::StatHandle { .. } => 6,
        _ => 5,
    };
    all.remove(own);
    match operation {
        Operation::Open { .. } | Operation::Create { .. } | Operation::StatHandle { .. } => all.push(stat(rustpdf_core::FileKind::Missing)),
        Operation::Read { length, .. } if *length < 1 << 20 => all.push(StoreResult::Bytes(vec![0; *length as usize + 1])),
        _ => {}
    }
    all
}

#[test]
fn wrong_answers_change_nothing_at_any_step_of_a_signing() {
    let expected = signed_by(&document(), 1, 2);
    let (mut steps, mut refused) = (0, 0);
    for (location, name) in [(OutputLocation::InPlace, DOCUMENT), (output(OUTPUT, false), OUTPUT), (output(OUTPUT, true), OUTPUT)] {
        let mut disk = disk();
        if location == output(OUTPUT, true) {
            disk = disk.with(OUTPUT, b"an older output");
        }
        let process = Process::new(1);
        disk.start(&process);
        let mut machine: AnyMachine = any(rustpdf_core::Machine::sign(file(DOCUMENT), moment(1), signatories(2), location, None));
        let mut position = Position::new(machine(Answer::Start));
        while !position.is_over() {
            let reply = loop {
                if let Some(reply) = position.perform(&mut disk, &process, None, None) {
                    break reply;
                }
            };
            for (answer, code) in wrong(&position.ask, &reply) {
                let text = format!("{answer:?}");
                match &*machine(answer) {
                    Ask::Failed { error, session } => {
                        assert_eq!(error.code().as_str(), code, "step {steps}: {text}");
                        assert!(error.failure().is_none() && session.is_none(), "step {steps}: {text}");
                    }
                    _ => panic!("step {steps}: accepted: {text}"),
                }
                refused += 1;
            }
            steps += 1;
            position = position.next(machine(reply.answer()));
        }
        assert!(matches!(*position.ask, Ask::Done(_)));
        assert!(disk.bytes(name) == Some(&expected));
    }
    say(&format!("{refused} wrong answers to {steps} steps"));
    assert!(steps >= 57 && refused >= 900);
}
