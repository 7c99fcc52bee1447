//! The contract of the machine: one question at a time, misuse changes nothing, a failure is repeated.

mod common;

use common::{Document, digests, memory, moment, options, prepared, right_answer, run};
use rustpdf_core::{Answer, DigestAnswer, FailureKind, Machine, Session, Step, StoreResult};

fn machine(document: &[u8]) -> Machine<Session> {
    Machine::prepare(memory(document), moment(), None, options("{}"))
}

const NO_SIGNER: fn(&[u8]) -> Vec<u8> = |_| unreachable!("a session without a certificate signs nothing");

/// How many steps it takes to prepare, with blocks of 512 bytes so that there are several.
fn steps(document: &[u8]) -> usize {
    let mut machine = machine(document).with_block(512);
    let mut answer = Answer::Start;
    for count in 1.. {
        match right_answer(&machine.next(answer).unwrap(), document, &NO_SIGNER) {
            Some(next) => answer = next,
            None => return count,
        }
    }
    unreachable!()
}

/// Digests of these lengths.
fn digest(lengths: &[usize]) -> Answer {
    Answer::Digest(DigestAnswer { digests: lengths.iter().map(|length| vec![0; *length]).collect(), ..DigestAnswer::default() })
}

/// A document larger than what is read first, so that objects are read one after the other.
fn large() -> Vec<u8> {
    Document::new().with(4, &format!("<</Length 100000>>\nstream\n{}\nendstream", "x".repeat(100_000))).bytes()
}

#[test]
fn the_size_of_blocks_changes_nothing() {
    let document = large();
    let expected = prepared(&document, options("{}")).unwrap();
    for block in [1, 7, 512, 4096, 1 << 20] {
        let session = run(machine(&document).with_block(block), &document, NO_SIGNER).unwrap();
        assert_eq!(session.hash(), expected.hash(), "blocks of {block}");
    }
}

#[test]
fn more_than_was_asked_is_as_good() {
    let document = large();
    let mut machine = machine(&document);
    let mut answer = Answer::Start;
    let session = loop {
        answer = match machine.next(answer).unwrap() {
            Step::Read { .. } => Answer::Read(vec![(0, document.clone())]),
            Step::Digest(request) => Answer::Digest(digests(&request, &document)),
            Step::Done(session) => break session,
            step => panic!("{step:?}"),
        };
    };
    assert_eq!(session.hash(), prepared(&document, options("{}")).unwrap().hash());
}

#[test]
fn wrong_answers_change_nothing_at_any_step() {
    let document = large();
    let expected = prepared(&document, options("{}")).unwrap();
    for at in 0..steps(&document) - 1 {
        let mut machine = machine(&document).with_block(512);
        let mut answer = Answer::Start;
        for step in 0.. {
            let asked = machine.next(answer).unwrap();
            if step == at {
                let wrong: Vec<(Answer, &str)> = match &asked {
                    Step::Read { ranges, .. } => vec![
                        (Answer::Start, "ERR_ANSWER_KIND"),
                        (digest(&[32]), "ERR_ANSWER_KIND"),
                        (Answer::Sign(vec![0]), "ERR_ANSWER_KIND"),
                        (Answer::Read(vec![]), "ERR_ANSWER_LENGTH"),
                        (Answer::Read(vec![(ranges[0].start + 1, vec![0; 100])]), "ERR_ANSWER_LENGTH"),
                        (Answer::Read(vec![(u64::MAX, vec![0; 100])]), "ERR_ANSWER_LENGTH"),
                    ],
                    Step::Digest(_) => vec![
                        (Answer::Start, "ERR_ANSWER_KIND"),
                        (Answer::Read(vec![(0, document.clone())]), "ERR_ANSWER_KIND"),
                        (Answer::Store(vec![StoreResult::Done]), "ERR_ANSWER_KIND"),
                        (digest(&[31]), "ERR_ANSWER_LENGTH"),
                        (digest(&[0]), "ERR_ANSWER_LENGTH"),
                        (digest(&[]), "ERR_ANSWER_LENGTH"),
                        (digest(&[32, 32]), "ERR_ANSWER_LENGTH"),
                    ],
                    step => panic!("{step:?}"),
                };
                for (answer, code) in wrong {
                    assert_eq!(machine.next(answer).unwrap_err().code().as_str(), code, "step {step}");
                }
            }
            match right_answer(&asked, &document, &NO_SIGNER) {
                Some(next) => answer = next,
                None => match asked {
                    Step::Done(session) => {
                        assert_eq!(session.hash(), expected.hash());
                        break;
                    }
                    step => panic!("{step:?}"),
                },
            }
        }
    }
}

#[test]
fn a_machine_may_be_dropped_at_any_step() {
    let document = large();
    for at in 0..steps(&document) {
        let mut machine = machine(&document).with_block(512);
        let mut answer = Answer::Start;
        for _ in 0..at {
            answer = right_answer(&machine.next(answer).unwrap(), &document, &NO_SIGNER).unwrap();
        }
        drop(machine);
    }
}

#[test]
fn the_first_answer_is_none() {
    let document = large();
    let error = machine(&document).next(digest(&[32])).unwrap_err();
    assert_eq!(error.code().as_str(), "ERR_ANSWER_KIND");
}

#[test]
fn a_machine_that_is_done_is_used_up() {
    let document = large();
    let mut machine = machine(&document);
    let mut answer = Answer::Start;
    while let Some(next) = right_answer(&machine.next(answer).unwrap(), &document, &NO_SIGNER) {
        answer = next;
    }
    assert_eq!(machine.next(Answer::Start).unwrap_err().code().as_str(), "ERR_MACHINE_DONE");
}

#[test]
fn a_machine_that_failed_repeats_its_error() {
    let document = b"this is no PDF file at all";
    let mut machine = machine(document);
    machine.next(Answer::Start).unwrap();
    for _ in 0..3 {
        let error = machine.next(Answer::Read(vec![(0, document.to_vec())])).unwrap_err();
        assert_eq!(error.code().as_str(), "ERR_NOT_A_PDF");
    }
}

/// The host keeps its own error, and knows by the number which one it is.
#[test]
fn a_failed_answer_ends_the_machine() {
    let document = large();
    for at in 0..steps(&document) - 1 {
        let mut machine = machine(&document).with_block(512);
        let mut answer = Answer::Start;
        for _ in 0..at {
            answer = right_answer(&machine.next(answer).unwrap(), &document, &NO_SIGNER).unwrap();
        }
        machine.next(answer).unwrap();
        for _ in 0..2 {
            let error = machine.next(Answer::Failed(FailureKind::Other)).unwrap_err();
            assert_eq!(error.failure(), Some(0), "{error}");
        }
        assert!(machine.unfinished().is_none());
    }
}

#[test]
fn a_typical_document_takes_one_read() {
    let document = Document::new().bytes();
    assert_eq!(steps(&document), 3, "read, digest, done");
    assert_eq!(prepared(&document, options("{}")).unwrap().report().reads, 1);
}

#[test]
fn a_machine_of_frames_that_failed_repeats_its_error() {
    let header = br#"{"operation":"inspect","length":0}"#;
    let mut machine = rustpdf_core::wire::Machine::start(&[&[0, 0, 0, header.len() as u8], &header[..]].concat());
    for frame in [&b"\0\0\0\x02{}"[..], b"nonsense", b""] {
        let step = String::from_utf8(machine.next(frame)[4..].to_vec()).unwrap();
        assert!(step.contains(r#""code":"ERR_FILE_EMPTY""#), "{step}");
    }
}
