//! Every operation fails, in every way: the machine names the failure, and leaves the files as they were or recoverable.

use std::collections::BTreeMap;

use rustpdf_core::{FailureKind, Machine, OutputLocation, RecoveryOutcome, SignedDocument};

use crate::crash::leftovers;
use crate::disk::{Disk, Partly};
use crate::host::{Ended, Ends, Fault, Process, Run};
use crate::scene::*;

pub const KINDS: [FailureKind; 8] = [
    FailureKind::Exists,
    FailureKind::Missing,
    FailureKind::Denied,
    FailureKind::Unsupported,
    FailureKind::NoSpace,
    FailureKind::Busy,
    FailureKind::Cancelled,
    FailureKind::Other,
];

/// A run in which one operation went wrong.
pub struct Faulty {
    pub disk: Disk,
    pub ended: Ended,
    /// Operation that failed.
    pub name: &'static str,
}

/// Runs a machine of which operation number `at` fails, and with `for_ever` all later ones too. None where it ends before.
pub fn with_fault<T: Ends>(disk: &Disk, machine: Machine<T>, at: usize, fault: Fault, for_ever: bool) -> Option<Faulty> {
    let mut disk = disk.clone();
    let mut run = Run::new(&mut disk, &Process::new(1), machine);
    let mut failed = None;
    while !run.position.is_over() {
        assert!(run.performed < 10_000, "the machine does not end");
        let fails = run.performed == at || (for_ever && run.performed > at);
        if run.performed == at {
            failed = Some(run.position.name());
        }
        run.step(&mut disk, fails.then_some(fault));
    }
    let name = failed?;
    let ended = run.finish(&mut disk);
    Some(Faulty { disk, ended, name })
}

/// The ways in which an operation can fail, by its name.
fn partly(name: &str) -> &'static [Partly] {
    match name {
        "Write" | "Append" | "Digest" => &[Partly::Nothing, Partly::Half, Partly::All],
        "Sync" => &[Partly::Nothing, Partly::All],
        _ => &[Partly::Nothing],
    }
}

/// Document before and after, and the files that are there.
struct Files<'a> {
    name: &'a str,
    disk: Disk,
    /// File that changes, before and after.
    changes: &'a str,
    before: Option<Vec<u8>>,
    after: Vec<u8>,
    output: OutputLocation,
    /// Keys that are asked.
    signers: usize,
}

impl Files<'_> {
    fn meant(&self) -> [&str; 2] {
        [DOCUMENT, self.changes]
    }

    fn is_before(&self, disk: &Disk) -> bool {
        disk.bytes(self.changes) == self.before.as_deref()
    }

    fn is_after(&self, disk: &Disk) -> bool {
        disk.bytes(self.changes) == Some(&self.after)
    }

    /// The file is what it was, or signed, or recovery makes it so.
    fn check_recoverable(&self, disk: &Disk, when: &str) {
        assert!(self.changes == DOCUMENT || disk.bytes(DOCUMENT) == Some(&document()), "{when}: the input changed");
        for undo in [false, true] {
            let mut disk = disk.clone();
            let ended = then(&mut disk, recover(self.changes, undo));
            if disk.bytes(self.changes).is_some() {
                assert_eq!(ended.code(), "", "{when}: {:?}", ended.error());
            }
            assert!(self.is_before(&disk) || self.is_after(&disk), "{when}: not recovered, undo: {undo}");
            assert_eq!(leftovers(&disk, &self.meant()), [] as [&str; 0], "{when}: after recovery");
        }
    }
}

/// Fails every operation of a signing in every way. Returns the codes of errors that do not name the failure, and the number of failures.
fn fail_everything(files: &Files, machine: &dyn Fn() -> Machine<SignedDocument>, ways: impl Fn(FailureKind) -> bool) -> (Tally, usize) {
    let mut tally = Tally::default();
    let mut failures = 0;
    for at in 0.. {
        let mut ended = true;
        for kind in KINDS.into_iter().filter(|kind| ways(*kind)) {
            for partly in [Partly::Nothing, Partly::Half, Partly::All] {
                let Some(faulty) = with_fault(&files.disk, machine(), at, Fault::Fails(kind, partly), false) else { continue };
                ended = false;
                if !self::partly(faulty.name).contains(&partly) {
                    continue;
                }
                failures += 1;
                check_failure(files, &faulty, at, kind, partly, &mut tally);
            }
        }
        if ended {
            return (tally, failures);
        }
    }
    unreachable!()
}

/// How a signing ended, by the operation that failed: its code where the error does not name the failure.
type Tally = BTreeMap<(String, String), usize>;

fn check_failure(files: &Files, faulty: &Faulty, at: usize, kind: FailureKind, partly: Partly, tally: &mut Tally) {
    let Faulty { disk, ended, name } = faulty;
    let when = format!("{}: {name} ({at}) fails: {kind:?}, {partly:?}", files.name);
    files.check_recoverable(disk, &when);
    if !name.starts_with("Remove") {
        assert_eq!(leftovers(disk, &files.meant()), [] as [&str; 0], "{when}: {:?}", ended.error());
    }
    let Some(error) = ended.error() else {
        assert!(files.is_after(disk), "{when}: it succeeds without its output");
        *tally.entry((name.to_string(), "succeeds".into())).or_default() += 1;
        return;
    };
    match error.failure() {
        Some(number) => assert_eq!(number, 0, "{when}: another failure is named"),
        None => *tally.entry((name.to_string(), error.code().as_str().into())).or_default() += 1,
    }
    // Undone, as far as a caller sees it, except where the output has its name already.
    assert!(files.is_before(disk) || name.starts_with("Remove"), "{when}: {error}");
    if files.signers > 0 {
        assert_eq!(ended.session().is_some(), ended.signatures > 0, "{when}: a session of what is signed");
    }
    if let Some(session) = ended.session() {
        let mut disk = disk.clone();
        let completed = then(&mut disk, complete_signed(session, files.output.clone()));
        assert_eq!(completed.code(), "", "{when}: completing: {:?}", completed.error());
        assert_eq!(completed.signatures, 0);
        // A session has the signatures that were made before the failure.
        let expected = if ended.signatures < files.signers { &signed_by(&document(), 1, ended.signatures) } else { &files.after };
        assert!(disk.bytes(files.changes) == Some(expected), "{when}: completing without the key");
    }
}

/// Files, and the machine that signs them.
type Scenario = (Files<'static>, Box<dyn Fn() -> Machine<SignedDocument>>);

fn scenarios() -> Vec<Scenario> {
    let document = document();
    let signed = signed(&document, 1);
    let session = session(&document, 1);
    let files = |name: &'static str, changes, before: Option<Vec<u8>>, after: &[u8], output: OutputLocation| {
        let mut disk = disk();
        if let (Some(before), true) = (&before, changes != DOCUMENT) {
            disk = disk.with(changes, before);
        }
        let signers = match name {
            name if name.starts_with("completing") => 0,
            name if name.starts_with("two") => 2,
            _ => 1,
        };
        Files { name, disk, changes, before, after: after.to_vec(), output, signers }
    };
    let in_place = |name, after: &[u8]| files(name, DOCUMENT, Some(document.clone()), after, OutputLocation::InPlace);
    let in_turn = signed_by(&document, 1, 2);
    let (first, second) = (session.clone(), session);
    vec![
        (in_place("in place", &signed), Box::new(|| sign(1, OutputLocation::InPlace))),
        (
            in_place("two signers in place", &in_turn),
            Box::new(|| Machine::sign(file(DOCUMENT), moment(1), signatories(2), OutputLocation::InPlace, None)),
        ),
        (in_place("completing in place", &signed), Box::new(move || complete(first.clone(), OutputLocation::InPlace))),
        (files("new file", OUTPUT, None, &signed, output(OUTPUT, false)), Box::new(|| sign(1, output(OUTPUT, false)))),
        (
            files("file that is replaced", OUTPUT, Some(b"an older output".to_vec()), &signed, output(OUTPUT, true)),
            Box::new(|| sign(1, output(OUTPUT, true))),
        ),
        (
            files("completing into a new file", OUTPUT, None, &signed, output(OUTPUT, false)),
            Box::new(move || complete(second.clone(), output(OUTPUT, false))),
        ),
    ]
}

#[test]
fn any_operation_fails() {
    let (mut all, mut failures) = (Tally::new(), 0);
    for (files, machine) in scenarios() {
        let (tally, count) = fail_everything(&files, &*machine, |kind| kind != FailureKind::Cancelled);
        failures += count;
        tally.into_iter().for_each(|(key, count)| *all.entry(key).or_default() += count);
    }
    say(&format!("{failures} failures of single operations"));
    for ((name, end), count) in &all {
        say(&format!("    {name}: {end} {count} times"));
    }
    assert!(failures >= 1200, "the proof shrank");
}

/// The disk fails once and for ever after: what is left is recoverable when it works again.
#[test]
fn everything_fails_from_an_operation_on() {
    let mut failures = 0;
    for (files, machine) in scenarios() {
        for kind in [FailureKind::NoSpace, FailureKind::Denied, FailureKind::Other] {
            for partly in [Partly::Nothing, Partly::Half] {
                for at in 0.. {
                    let Some(faulty) = with_fault(&files.disk, machine(), at, Fault::Fails(kind, partly), true) else { break };
                    failures += 1;
                    let when = format!("{}: all fails from {} ({at}) on: {kind:?}, {partly:?}", files.name, faulty.name);
                    files.check_recoverable(&faulty.disk, &when);
                    faulty.disk.power_losses(|disk| {
                        let bytes = disk.bytes(files.changes);
                        let torn = bytes != files.before.as_deref() && bytes != Some(&files.after);
                        assert!(!torn || disk.bytes(JOURNAL).is_some(), "{when}: power lost");
                    });
                    match faulty.ended.error() {
                        // The first failure may be one that is ignored.
                        Some(error) => assert!(error.failure().is_some(), "{when}: {error}"),
                        None => assert!(files.is_after(&faulty.disk), "{when}"),
                    }
                }
            }
        }
    }
    say(&format!("{failures} disks that fail for ever"));
    assert!(failures >= 800, "the proof shrank");
}

/// An operation that reports a failure and is done all the same, as on a network file system whose answer was lost.
#[test]
fn an_operation_fails_and_is_done_all_the_same() {
    let mut failures = 0;
    for (files, machine) in scenarios() {
        for kind in [FailureKind::Other, FailureKind::Exists, FailureKind::Missing] {
            for at in 0.. {
                let Some(faulty) = with_fault(&files.disk, machine(), at, Fault::Fails(kind, Partly::All), false) else { break };
                failures += 1;
                let when = format!("{}: {} ({at}) fails and is done: {kind:?}", files.name, faulty.name);
                files.check_recoverable(&faulty.disk, &when);
            }
        }
    }
    say(&format!("{failures} operations that were done though they failed"));
    assert!(failures >= 400, "the proof shrank");
}

#[test]
fn recoveries_fail_at_any_operation() {
    let document = document();
    let signed = signed(&document, 1);
    let torn = [&document[..], &signed[document.len()..document.len() + 100]].concat();
    let mut disk = Disk::new().with(DOCUMENT, &torn).with(JOURNAL, &journal(&document, 1));
    disk.own(JOURNAL, 0o600, 1000, 1000);
    let mut failures = 0;
    for undo in [false, true] {
        for kind in KINDS {
            for partly in [Partly::Nothing, Partly::Half, Partly::All] {
                for at in 0.. {
                    let Some(faulty) = with_fault(&disk, recover(DOCUMENT, undo), at, Fault::Fails(kind, partly), false) else { break };
                    failures += 1;
                    let when = format!("recovery, undo {undo}: {} ({at}) fails: {kind:?}, {partly:?}", faulty.name);
                    if let Some(error) = faulty.ended.error() {
                        assert!(error.failure().is_none_or(|number| number == 0), "{when}: {error}");
                    }
                    for (undo, expected, outcome) in
                        [(false, &signed, RecoveryOutcome::Signed), (true, &document, RecoveryOutcome::Original)]
                    {
                        let mut disk = faulty.disk.clone();
                        let had_journal = disk.bytes(JOURNAL).is_some();
                        let ended = then(&mut disk, recover(DOCUMENT, undo));
                        assert_eq!(ended.code(), "", "{when}: {:?}", ended.error());
                        if had_journal {
                            assert_eq!(ended.recovered().outcome, outcome, "{when}");
                            assert!(disk.bytes(DOCUMENT) == Some(expected), "{when}, then undo {undo}");
                        } else {
                            assert!([&document[..], &signed].contains(&disk.bytes(DOCUMENT).unwrap()), "{when}");
                        }
                        assert_eq!(leftovers(&disk, &[DOCUMENT]), [] as [&str; 0], "{when}");
                    }
                }
            }
        }
    }
    say(&format!("{failures} failures of single operations of recoveries"));
    assert!(failures >= 900, "the proof shrank");
}
