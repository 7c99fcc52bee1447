//! Ledgers: one process at a time, and no document is signed twice, whatever interrupts a run.

use std::collections::{BTreeSet, HashSet};

use rustpdf_core::{FileKind, LedgerEntry, LedgerState, Machine, OpenedLedger, OutputLocation, SignedDocument};

use crate::disk::Disk;
use crate::files::WITHOUT_LINKS;
use crate::host::{Ended, Ends, Process, Run, run};
use crate::interleavings::{Program, explore, say_extent, texts};
use crate::scene::*;

const LEDGER: &str = "run.ledger";
const LOCK: &str = "run.ledger.lock";

fn open() -> Machine<OpenedLedger> {
    Machine::open_ledger(path(LEDGER), moment(7))
}

/// A job in place, one into a new file, and one into a file that is replaced.
const JOBS: [(&str, &str, Option<bool>); 3] =
    [("a.pdf", "a.pdf", None), ("b.pdf", "b-signed.pdf", Some(false)), ("c.pdf", "c-signed.pdf", Some(true))];

/// A document for each job, of a length of its own.
fn input(name: &str) -> Vec<u8> {
    crate::common::Document::new().with(4, &format!("({name})")).bytes()
}

fn start() -> Disk {
    let disk = JOBS.iter().fold(Disk::new(), |disk, (name, ..)| disk.with(name, &input(name)));
    disk.with("c-signed.pdf", b"an older output")
}

fn job(number: u8, name: &str, replace: Option<bool>, out: &str, opened: &OpenedLedger) -> Machine<SignedDocument> {
    let entry = LedgerEntry { ledger: opened.ledger.clone(), id: name.into(), state: opened.states.get(name).cloned() };
    let location = replace.map_or(OutputLocation::InPlace, |replace| output(out, replace));
    Machine::sign(file(name), moment(number), signatories(1), location, Some(entry))
}

/// Runs all jobs by one process that opens the ledger and closes it. `before` is called before every operation.
fn run_all(disk: &mut Disk, process: &Process, number: u8, before: &mut dyn FnMut(&Disk, &Run, usize)) -> Result<usize, Ended> {
    let opened = part(disk, process, open(), &mut |disk, run| before(disk, run, 0));
    if opened.error().is_some() {
        return Err(opened);
    }
    let mut signatures = 0;
    for (index, (name, out, replace)) in JOBS.into_iter().enumerate() {
        let machine = job(number, name, replace, out, opened.ledger());
        let ended = part(disk, process, machine, &mut |disk, run| before(disk, run, index + 1));
        if ended.error().is_some() {
            return Err(ended);
        }
        assert_eq!(ended.signed().skipped, ended.signatures == 0);
        signatures += ended.signatures;
    }
    let closed =
        part(disk, process, Machine::close_ledger(opened.ledger().ledger.clone()), &mut |disk, run| before(disk, run, JOBS.len() + 1));
    disk.end(process);
    if closed.error().is_some() { Err(closed) } else { Ok(signatures) }
}

fn part<T: Ends>(disk: &mut Disk, process: &Process, machine: Machine<T>, before: &mut dyn FnMut(&Disk, &Run)) -> Ended {
    let mut run = Run::new(disk, process, machine);
    while !run.position.is_over() {
        before(disk, &run);
        run.step(disk, None);
    }
    before(disk, &run);
    run.complete(disk)
}

#[test]
fn every_job_is_signed_exactly_once_whatever_interrupts_the_run() {
    // Outputs by the number of the run that signed them.
    let whole: Vec<Vec<Vec<u8>>> = JOBS.iter().map(|(name, ..)| (1..=3).map(|run| signed_alone(&input(name), run)).collect()).collect();
    let mut seen = HashSet::new();
    let mut queue: Vec<(Disk, String, bool, u8)> = Vec::new();
    let (mut losses, mut operations) = (0, 0);
    let mut crash = |queue: &mut Vec<(Disk, String, bool, u8)>, disk: &Disk, run: &Run, number: u8, rebooted: bool| {
        operations += 1;
        let when = format!("run {number}, before {} ({}) of {}", run.position.name(), run.performed, run.process.pid);
        let mut dead = disk.clone();
        dead.end(&run.process);
        dead.power_losses(|disk| {
            losses += 1;
            if seen.insert((disk.key(), number)) {
                queue.push((disk, format!("{when}, power lost"), true, number + 1));
            }
        });
        if seen.insert((dead.key(), number)) {
            queue.push((dead, when, rebooted, number + 1));
        }
    };
    let mut disk = start();
    disk.brief = true;
    let process = Process::new(1);
    let signatures = run_all(&mut disk, &process, 1, &mut |disk, run, _| crash(&mut queue, disk, run, 1, false));
    assert_eq!(signatures.ok(), Some(3));
    let mut states = 0;
    while let Some((left, when, rebooted, number)) = queue.pop() {
        states += 1;
        let mut disk = left.clone();
        let process = if rebooted { Process::rebooted() } else { Process { start: "later", ..Process::new(u64::from(number)) } };
        if rebooted && disk.bytes(LOCK).is_some() {
            // A lock of before: nobody knows what became of its process.
            let refused = run(&mut disk, &process, open());
            assert_eq!(refused.code(), "ERR_LEDGER_BUSY", "{when}");
            assert!(refused.error().unwrap().to_string().contains("/work/run.ledger.lock"), "{when}");
            disk.take(LOCK);
        }
        // A second run over a job that was killed within its commit is interrupted where it finds out what became of it; the third is not.
        let notes = |word: &str| left.bytes(LEDGER).map_or(0, |bytes| String::from_utf8_lossy(bytes).matches(word).count());
        let within_a_commit = !rebooted && notes("\"signing\"") > notes("\"signed\"");
        disk.brief = true;
        let ended = run_all(&mut disk, &process, number, &mut |disk, run, index| {
            if number == 2 && within_a_commit && run.signatures == 0 && index == notes("\"signing\"") {
                crash(&mut queue, disk, run, number, rebooted);
            }
        });
        if let Err(ended) = ended {
            panic!("{when}: {:?}", ended.error());
        }
        for ((name, out, replace), whole) in JOBS.iter().zip(&whole) {
            let found = disk.bytes(out).unwrap();
            assert!(whole.iter().any(|whole| whole == found), "{when}: {out} is not signed once");
            // What was whole in the end of the interrupted run is not signed again.
            if let Some(before) = left.bytes(out).filter(|before| whole.iter().any(|whole| whole == before)) {
                assert!(before == found, "{when}: {out} was signed, and is signed again");
            }
            assert!(replace.is_none() || disk.bytes(name) == Some(&input(name)), "{when}: {name} changed");
        }
        let mut names: Vec<&str> = JOBS.iter().flat_map(|(name, out, _)| [*name, *out]).chain([LEDGER]).collect();
        names.sort_unstable();
        names.dedup();
        let mut left_behind = disk.listing();
        left_behind.retain(|name| !name.contains(".rustpdf-"));
        assert_eq!(left_behind, names, "{when}");
    }
    say(&format!("ledger: {operations} operations, {losses} losses of power, {states} states"));
    assert!(operations >= 500 && losses >= 38_000 && states >= 3_000, "the proof shrank");
}

fn signed_alone(document: &[u8], run: u8) -> Vec<u8> {
    signed_by(document, run, 1)
}

/// Opens the ledger by a process that lives on.
fn hold(disk: &mut Disk, process: &Process) -> Ended {
    Run::new(disk, process, open()).complete(disk)
}

#[test]
fn one_process_at_a_time() {
    for refuses in [&[(|_| None) as fn(&rustpdf_core::Operation) -> _][..], &WITHOUT_LINKS].concat() {
        let mut disk = start();
        disk.refuses = refuses;
        let first = Process::new(1);
        let opened = hold(&mut disk, &first);
        opened.ledger();
        let refused = hold(&mut disk, &Process::new(2));
        assert_eq!(refused.code(), "ERR_LEDGER_BUSY");
        let text = refused.error().unwrap().to_string();
        assert!(text.contains("/work/run.ledger.lock") && text.contains(';'), "{text}");
        // The same process opens it once, too.
        assert_eq!(hold(&mut disk, &first).code(), "ERR_LEDGER_BUSY");
        run(&mut disk, &first, Machine::close_ledger(opened.ledger().ledger.clone())).done();
        hold(&mut disk, &Process::new(2)).ledger();
    }
}

/// A lock whose process may live, or cannot be told to be gone.
#[test]
fn locks_that_are_not_taken_over() {
    let opener = Process::new(2);
    let gone = Process::new(1);
    for (name, holder, lives) in [
        ("it lives", gone.clone(), true),
        ("another host", Process { host: "another host", ..gone.clone() }, false),
        ("another boot", Process { boot: "another boot", ..gone.clone() }, false),
        ("another namespace", Process { namespace: "another namespace", ..gone.clone() }, false),
        ("no boot is known", Process { boot: "", ..gone.clone() }, false),
    ] {
        let mut disk = start();
        hold(&mut disk, &holder).ledger();
        if !lives {
            disk.end(&holder);
        }
        let opener = if holder.boot.is_empty() { Process { boot: "", ..opener.clone() } } else { opener.clone() };
        let before = disk.bytes(LOCK).unwrap().to_vec();
        let refused = hold(&mut disk, &opener);
        assert_eq!(refused.code(), "ERR_LEDGER_BUSY", "{name}");
        let text = refused.error().unwrap().to_string();
        assert!(text.contains("/work/run.ledger.lock") && text.contains("remove"), "{name}: {text}");
        assert_eq!(disk.bytes(LOCK), Some(&before[..]), "{name}");
    }
    // What names no process.
    for content in [&b""[..], b"1234", b"{}", b"\0\0\0\0"] {
        let mut disk = start().with(LOCK, content);
        assert_eq!(hold(&mut disk, &opener).code(), "ERR_LEDGER_BUSY");
        assert_eq!(disk.bytes(LOCK), Some(content));
    }
    for kind in [FileKind::Link, FileKind::Folder, FileKind::Other] {
        let mut disk = start().with("elsewhere", b"precious");
        disk.put(LOCK, kind, b"elsewhere", 0o644, 1000, 1000);
        assert_eq!(hold(&mut disk, &opener).code(), "ERR_LEDGER_BUSY", "{kind:?}");
        assert_eq!(disk.bytes("elsewhere").unwrap(), b"precious");
    }
}

#[test]
fn a_lock_of_a_process_that_is_gone_is_taken_over() {
    for later in [Process::new(2), Process { start: "later", ..Process::new(1) }] {
        let mut disk = start();
        hold(&mut disk, &Process::new(1)).ledger();
        disk.end(&Process::new(1));
        // Its number belongs to another process by now.
        disk.start(&Process { start: "later", ..Process::new(1) });
        hold(&mut disk, &later).ledger();
        assert_eq!(disk.listing().iter().filter(|name| name.contains(".lock")).count(), 1, "{:?}", disk.listing());
    }
}

/// Several processes open a ledger at once, in every interleaving: exactly one has it.
fn race(name: &str, disk: &Disk, racers: u64, least: usize) {
    let programs = (0..racers).map(|number| Program::new(Process::new(10 + number), open).staying()).collect();
    let mut seen = BTreeSet::new();
    let extent = explore(disk, programs, &mut |_| {}, &mut |disk, outcomes| {
        let text = texts(outcomes);
        let opened = outcomes.iter().filter(|outcome| outcome.text() == "done").count();
        assert_eq!(opened, 1, "{name}: {text}");
        assert!(outcomes.iter().all(|outcome| ["done", "ERR_LEDGER_BUSY"].contains(&outcome.text())), "{name}: {text}");
        assert_eq!(crate::crash::leftovers(disk, &[LEDGER, LOCK]), ["a.pdf", "b.pdf", "c-signed.pdf", "c.pdf"], "{name}: {text}");
        seen.insert(text);
    });
    say_extent(name, &extent, &seen, least);
    assert!(seen.len() as u64 >= racers);
}

#[test]
fn two_processes_open_a_ledger_at_once() {
    race("two open a new ledger", &start(), 2, 600);
    let mut stale = start();
    hold(&mut stale, &Process::new(1)).ledger();
    stale.end(&Process::new(1));
    race("two take a lock over", &stale, 2, 2_000);
}

#[test]
fn what_is_no_ledger_is_not_changed() {
    for content in [
        &b"%PDF-1.7\n"[..],
        b"notes\n",
        b"{\"rustpdf ledger\":3}\n",
        b"{\"rustpdf ledger\":2}x",
        b"{\"rustpdf ledger\":2}\nnotes",
        b"{\"rustpdf ledger\":2}\n{\"other\":1}",
        b"\n{\"rustpdf ledger\":2}",
        b"x",
        b"{\"id\":\"a\",\"state\":\"signed\"}\n",
    ] {
        let mut disk = start().with(LEDGER, content);
        let before = disk.listing();
        let ended = run(&mut disk, &Process::new(1), open());
        let text = String::from_utf8_lossy(content);
        assert_eq!(ended.code(), "ERR_LEDGER_FORMAT", "{text}");
        assert_eq!(disk.bytes(LEDGER), Some(content), "{text}");
        assert_eq!(disk.listing(), before, "{text}");
    }
    for kind in [FileKind::Folder, FileKind::Other] {
        let mut disk = start();
        disk.put(LEDGER, kind, b"", 0o644, 1000, 1000);
        let ended = run(&mut disk, &Process::new(1), open());
        assert_eq!(ended.code(), "ERR_LEDGER_FORMAT", "{kind:?}");
    }
}

#[test]
fn a_last_line_that_was_cut_short_says_nothing() {
    let mut disk = start();
    let whole = {
        run_all(&mut disk, &Process::new(1), 1, &mut |_, _, _| {}).ok().unwrap();
        disk.bytes(LEDGER).unwrap().to_vec()
    };
    let mut states = BTreeSet::new();
    for length in 0..whole.len() {
        for zeros in [false, true] {
            let mut cut = whole[..length].to_vec();
            if zeros {
                // Each line is on the disk before the next one is written, but for the last.
                let end = whole[length..].iter().position(|byte| *byte == b'\n').map_or(whole.len(), |end| length + end.max(1));
                cut.resize(end, 0);
            }
            let mut disk = start().with(LEDGER, &cut);
            let process = Process::new(1);
            let ended = hold(&mut disk, &process);
            assert_eq!(ended.code(), "", "{length} bytes, zeros {zeros}: {:?}", ended.error());
            let opened = ended.ledger();
            // Whatever is cut, the next line is read again.
            if length % 16 != 0 {
                states.insert(format!("{:?}", opened.states.keys().collect::<Vec<_>>()));
                continue;
            }
            let noted = Run::new(&mut disk, &process, job(2, "a.pdf", None, "a.pdf", opened)).complete(&mut disk);
            if noted.error().is_some() {
                // Its line says that an earlier run signed the document, which is none here.
                assert_eq!(noted.code(), "ERR_LEDGER_STATE", "{length}: {:?}", noted.error());
            }
            run(&mut disk, &process, Machine::close_ledger(opened.ledger.clone())).done();
            let again = run(&mut disk, &process, open());
            let state = again.ledger().states.get("a.pdf").cloned();
            assert!(
                noted.error().is_some() || matches!(state, Some(LedgerState::Signed { .. })),
                "{length} bytes, zeros {zeros}: {state:?}"
            );
            states.insert(format!("{:?}", opened.states.keys().collect::<Vec<_>>()));
        }
    }
    assert!(states.len() >= 4, "{states:?}");
}

/// An output that is neither what it was nor signed: a person has to look.
#[test]
fn an_output_that_fits_no_state() {
    let mut disk = start();
    let process = Process::new(1);
    let opened = hold(&mut disk, &process);
    let mut signing = Run::new(&mut disk, &process, job(1, "a.pdf", None, "a.pdf", opened.ledger()));
    while disk.bytes(LEDGER).is_none_or(|bytes| !bytes.windows(7).any(|window| window == b"signing")) {
        signing.step(&mut disk, None);
    }
    disk.end(&process);
    let changed = [&input("a.pdf")[..], b"appended"].concat();
    disk.overwrite("a.pdf", &changed, true);
    let later = Process::new(2);
    let opened = hold(&mut disk, &later);
    let ended = Run::new(&mut disk, &later, job(2, "a.pdf", None, "a.pdf", opened.ledger())).complete(&mut disk);
    assert_eq!((ended.code(), ended.signatures), ("ERR_LEDGER_STATE", 0), "{:?}", ended.error());
    assert!(ended.error().unwrap().to_string().contains("/work/a.pdf"));
    assert!(disk.bytes("a.pdf") == Some(&changed));
}
