//! The process is killed, or the power fails, before every operation: the document is the original, or signed, or recoverable to either.

use std::collections::{HashSet, VecDeque};

use rustpdf_core::{FailureKind, Machine, OutputLocation, RecoveryOutcome};

use crate::disk::{Disk, Partly};
use crate::host::{Ended, Ends, Fault, Process, Run, run};
use crate::scene::*;

/// Extent of a proof.
#[derive(Default)]
pub struct Counts {
    /// Operations before which the process was ended.
    pub operations: usize,
    /// States after a kill and after a loss of power, and how many of them differ.
    pub kills: usize,
    pub losses: usize,
    pub states: usize,
    /// Recoveries, undoings and further signings that were run.
    pub runs: usize,
}

/// A disk on which no process runs any more.
pub struct Left {
    pub disk: Disk,
    pub when: String,
    /// How often the machine was started again.
    boots: usize,
    /// Kills since then.
    kills: usize,
}

pub struct Proof {
    /// Kills in a row that are followed before the power fails; after a loss of power any number of further crashes is.
    kills: usize,
    seen: HashSet<u64>,
    queue: VecDeque<Left>,
    /// Documents and journals over which the next signing was run.
    signed: HashSet<(Vec<u8>, Option<Vec<u8>>)>,
    pub counts: Counts,
}

impl Proof {
    fn new(kills: usize) -> Self {
        Proof { kills, seen: HashSet::new(), queue: VecDeque::new(), signed: HashSet::new(), counts: Counts::default() }
    }

    /// Runs a machine to its end, and notes each state that a crash before any of its operations leaves.
    pub fn crash_everywhere<T: Ends>(&mut self, from: &Left, disk: &mut Disk, process: &Process, machine: Machine<T>) -> Ended {
        self.counts.runs += 1;
        if from.kills == self.kills {
            return run(disk, process, machine);
        }
        let mut run = Run::new(disk, process, machine);
        let mut events = None;
        loop {
            self.counts.operations += 1;
            let tears = matches!(run.position.name(), "Write" | "Append" | "Digest");
            // Before an operation that follows one that changed nothing a crash leaves the same.
            if tears || events != Some(disk.events) {
                self.crash(from, disk, &run);
            }
            events = Some(disk.events);
            if run.position.is_over() {
                break;
            }
            run.step(disk, None);
        }
        disk.end(process);
        let ended = run.finish(disk);
        self.note_end(from, disk);
        ended
    }

    /// States that a crash before the next operation, or within it, leaves.
    pub fn crash(&mut self, from: &Left, disk: &Disk, run: &Run) {
        let name = run.position.name();
        let when = format!("{}; before {name} ({})", from.when, run.performed);
        let mut dead = disk.clone();
        dead.end(&run.process);
        self.left(from, dead, &when);
        if matches!(name, "Write" | "Append" | "Digest") {
            let (mut torn, mut position) = (disk.clone(), run.position.clone());
            position.perform(&mut torn, &run.process, None, Some(Fault::Fails(FailureKind::Other, Partly::Half)));
            torn.end(&run.process);
            self.left(from, torn, &format!("{when}, within it"));
        }
    }

    fn left(&mut self, from: &Left, disk: Disk, when: &str) {
        self.counts.kills += 1;
        if !self.seen.insert(disk.key()) {
            return;
        }
        disk.power_losses(|disk| self.lost(from, disk, when));
        if from.kills < self.kills {
            self.queue.push_back(Left { disk, when: when.into(), boots: from.boots, kills: from.kills + 1 });
        }
    }

    fn lost(&mut self, from: &Left, disk: Disk, when: &str) {
        self.counts.losses += 1;
        if self.seen.insert(disk.key()) {
            self.queue.push_back(Left { disk, when: format!("{when}, power lost"), boots: from.boots + 1, kills: 0 });
        }
    }

    /// The power may also fail after the end, while something is unsynced.
    fn note_end(&mut self, from: &Left, disk: &Disk) {
        let when = format!("{}; after the end", from.when);
        disk.power_losses(|disk| self.lost(from, disk, &when));
    }

    /// Checks each state, and those that arise from crashes of what `check` runs.
    pub fn check_all(&mut self, mut check: impl FnMut(&mut Proof, &Left)) {
        while let Some(left) = self.queue.pop_front() {
            self.counts.states += 1;
            check(self, &left);
        }
    }

    #[track_caller]
    pub fn report(&self, name: &str, least: [usize; 3]) {
        let Counts { operations, kills, losses, states, runs } = self.counts;
        say(&format!("{name}: {operations} operations, {kills} kills, {losses} losses of power, {states} states, {runs} runs"));
        let found = [operations, losses, states];
        assert!(found.iter().zip(least).all(|(found, least)| *found >= least), "{name}: the proof shrank: {found:?} of {least:?}");
    }
}

impl Left {
    pub fn new() -> Self {
        Left { disk: Disk::new(), when: "run".into(), boots: 0, kills: 0 }
    }

    /// Nothing temporary is left, but for what may belong to the process that looks: it got the number of the one that was killed.
    fn check_leftovers(&self, disk: &Disk, meant: &[&str], reused: bool) {
        let mut names = leftovers(disk, meant);
        names.retain(|name| self.boots > 0 || !reused || !name.contains(".rustpdf-1-"));
        assert_eq!(names, [] as [&str; 0], "{}", self.when);
    }

    /// A process that comes later: with the number of the first one, or another.
    pub fn later(&self, reused: bool) -> Process {
        match (self.boots, reused) {
            (0, true) => Process { start: "later", ..Process::new(1) },
            (0, false) => Process::new(2 + self.kills as u64),
            // Another boot than that of a process that was interrupted by a loss of power.
            (boots, _) => {
                let boot = ["1", "2", "3", "4", "5", "6", "7", "8"][boots.min(7)];
                Process { pid: 1 + self.kills as u64, boot, ..Process::rebooted() }
            }
        }
    }
}

/// Names in the folder beside those that are meant to be there.
pub fn leftovers(disk: &Disk, meant: &[&str]) -> Vec<String> {
    disk.listing().into_iter().filter(|name| !meant.contains(&name.as_str())).collect()
}

/// Checks a state of a document that was signed in place: `chain` is the document after none, one, two… signings.
fn check_in_place(proof: &mut Proof, left: &Left, chain: &[Vec<u8>], next: &[Vec<u8>]) {
    let when = &left.when;
    let before = left.disk.bytes(DOCUMENT).unwrap_or_else(|| panic!("{when}: the document is gone")).to_vec();
    let place = |bytes: &[u8]| chain.iter().position(|known| known == bytes);
    let mut finished = None;
    for undo in [false, true] {
        let mut disk = left.disk.clone();
        let ended = proof.crash_everywhere(left, &mut disk, &left.later(undo), recover_later(DOCUMENT, undo));
        assert_eq!(ended.code(), "", "{when}: {:?}", ended.error());
        let after = disk.bytes(DOCUMENT).unwrap();
        let at = place(after).unwrap_or_else(|| panic!("{when}: after recovery (undo: {undo}) the document is something else"));
        match ended.recovered().outcome {
            RecoveryOutcome::Nothing => assert!(after == before, "{when}: recovery says nothing and changed something"),
            RecoveryOutcome::Signed => assert!(!undo && at > 0, "{when}: undo {undo}, revision {at}"),
            RecoveryOutcome::Original => assert!(undo && at + 1 < chain.len(), "{when}: undo {undo}, revision {at}"),
            outcome => panic!("{outcome:?}"),
        }
        left.check_leftovers(&disk, &[DOCUMENT], undo);
        assert_eq!(disk.permissions(DOCUMENT), left.disk.permissions(DOCUMENT), "{when}");
        if !undo {
            let again = run(&mut disk, &left.later(undo), recover(DOCUMENT, true));
            assert_eq!(again.recovered().outcome, RecoveryOutcome::Nothing, "{when}: it is recovered already");
            finished = Some(at);
        }
    }
    // The next signing recovers by itself, the same for the same document and journal.
    let fresh = proof.signed.insert((before, left.disk.bytes(JOURNAL).map(<[u8]>::to_vec)));
    if let Some(expected) = finished.filter(|_| fresh).and_then(|at| next.get(at)) {
        let mut disk = left.disk.clone();
        let ended = run(&mut disk, &left.later(false), sign(9, OutputLocation::InPlace));
        assert_eq!(ended.code(), "", "{when}: {:?}", ended.error());
        assert!(disk.bytes(DOCUMENT).unwrap() == expected, "{when}: the next signature");
        assert!(disk.is_durable(DOCUMENT), "{when}: the next signature is not on the disk");
    }
}

fn prove_in_place<T: Ends>(name: &str, kills: usize, chain: &[Vec<u8>], machine: impl Fn() -> Machine<T>, least: [usize; 3]) {
    let next: Vec<Vec<u8>> = chain.iter().map(|document| signed(document, 9)).collect();
    let mut proof = Proof::new(kills);
    let mut disk = Disk::new().with(DOCUMENT, &chain[0]);
    let ended = proof.crash_everywhere(&Left::new(), &mut disk, &Process::new(1), machine());
    ended.done();
    assert!(disk.bytes(DOCUMENT).unwrap() == chain[1] && disk.is_durable(DOCUMENT), "{name}");
    assert_eq!(leftovers(&disk, &[DOCUMENT]), [] as [&str; 0]);
    proof.check_all(|proof, left| check_in_place(proof, left, chain, &next));
    proof.report(name, least);
}

#[test]
fn signing_in_place() {
    let document = document();
    let chain = [document.clone(), signed(&document, 1)];
    prove_in_place("in place", 2, &chain, || sign(1, OutputLocation::InPlace), [40_000, 26_000, 2_400]);
}

#[test]
fn several_signers_in_place() {
    let document = document();
    let chain = [document.clone(), signed_by(&document, 1, 3)];
    let machine = || Machine::sign(file(DOCUMENT), moment(1), signatories(3), OutputLocation::InPlace, None);
    prove_in_place("three signers in place", 1, &chain, machine, [10_000, 4_200, 1_000]);
}

#[test]
fn completing_in_place() {
    let document = document();
    let chain = [document.clone(), signed(&document, 1)];
    let session = session(&document, 1);
    prove_in_place("completing in place", 1, &chain, || complete(session.clone(), OutputLocation::InPlace), [10_000, 4_200, 1_000]);
}

/// A signing begins over one that was interrupted, and is interrupted itself.
#[test]
fn signing_over_an_interrupted_signing() {
    let document = document();
    let first = signed(&document, 1);
    let chain = [document.clone(), first.clone(), signed(&first, 2)];
    let next: Vec<Vec<u8>> = chain.iter().map(|document| signed(document, 9)).collect();
    let kills = 1;
    let mut interrupted = Proof::new(kills);
    let mut disk = disk();
    interrupted.crash_everywhere(&Left::new(), &mut disk, &Process::new(1), sign(1, OutputLocation::InPlace));
    let mut proof = Proof::new(kills);
    for left in interrupted.queue {
        if left.boots > 0 && left.disk.bytes(JOURNAL).is_some() {
            let mut disk = left.disk.clone();
            proof.crash_everywhere(&left, &mut disk, &left.later(false), sign(2, OutputLocation::InPlace));
            assert!(disk.bytes(DOCUMENT).unwrap() == chain[2], "{}", left.when);
        }
    }
    proof.check_all(|proof, left| check_in_place(proof, left, &chain, &next));
    proof.report("in place over an interrupted signing", [22_000, 8_600, 2_000]);
}

/// Checks a state of an output: it is whole, absent, or the old one.
fn prove_new_file<T: Ends>(name: &str, old: Option<&[u8]>, machine: impl Fn() -> Machine<T>, least: [usize; 3]) {
    let document = document();
    let (expected, next) = (signed(&document, 1), signed(&document, 9));
    let mut proof = Proof::new(2);
    let mut disk = disk();
    if let Some(old) = old {
        disk = disk.with(OUTPUT, old);
    }
    let ended = proof.crash_everywhere(&Left::new(), &mut disk, &Process::new(1), machine());
    ended.done();
    assert!(disk.bytes(OUTPUT).unwrap() == expected && disk.is_durable(OUTPUT), "{name}");
    assert_eq!(leftovers(&disk, &[DOCUMENT, OUTPUT]), [] as [&str; 0]);
    proof.check_all(|proof, left| {
        let when = &left.when;
        let check = |disk: &Disk| {
            assert!(disk.bytes(DOCUMENT) == Some(&document), "{when}: the input changed");
            let output = disk.bytes(OUTPUT);
            assert!(output == Some(&expected) || output == old, "{when}: the output is neither whole nor what was there");
        };
        check(&left.disk);
        for undo in [false, true] {
            let mut disk = left.disk.clone();
            let ended = proof.crash_everywhere(left, &mut disk, &left.later(undo), recover_later(OUTPUT, undo));
            assert_eq!(ended.code(), if left.disk.bytes(OUTPUT).is_some() { "" } else { ended.code() }, "{when}: {:?}", ended.error());
            if ended.error().is_none() {
                assert_eq!(ended.recovered().outcome, RecoveryOutcome::Nothing, "{when}");
            }
            assert!(disk.bytes(OUTPUT) == left.disk.bytes(OUTPUT), "{when}");
            check(&disk);
            left.check_leftovers(&disk, &[DOCUMENT, OUTPUT], undo);
        }
        let mut disk = left.disk.clone();
        let ended = run(&mut disk, &left.later(false), sign(9, output(OUTPUT, true)));
        assert_eq!(ended.code(), "", "{when}: {:?}", ended.error());
        assert!(disk.bytes(OUTPUT) == Some(&next), "{when}: the next signature");
    });
    proof.report(name, least);
}

#[test]
fn signing_into_a_new_file() {
    prove_new_file("new file", None, || sign(1, output(OUTPUT, false)), [380, 190, 30]);
    prove_new_file("new file that replaces nothing", None, || sign(1, output(OUTPUT, true)), [370, 180, 29]);
    prove_new_file("new file that replaces one", Some(b"an older output"), || sign(1, output(OUTPUT, true)), [410, 200, 33]);
}

#[test]
fn completing_into_a_new_file() {
    let session = session(&document(), 1);
    prove_new_file("completing into a new file", None, || complete(session.clone(), output(OUTPUT, false)), [380, 190, 30]);
    let machine = || complete(session.clone(), output(OUTPUT, true));
    prove_new_file("completing into a file that is replaced", Some(b"an older output"), machine, [410, 200, 33]);
}

#[test]
fn an_update_alone_changes_no_file() {
    let mut disk = disk();
    let mut run = Run::new(&mut disk, &Process::new(1), sign(1, OutputLocation::Update));
    let changes = disk.changes;
    while !run.position.is_over() {
        run.step(&mut disk, None);
        assert_eq!(disk.changes, changes);
    }
    let ended = run.finish(&mut disk);
    assert!([document(), ended.signed().signed[0].update.clone()].concat() == signed(&document(), 1));
}
