//! Several processes on one disk, in every interleaving of all their operations, from the first to the last.
//!
//! A machine is a function of the answers that it got: the steps that it asks are kept in a tree of answers, so that a machine is run again
//! only for a history that is new. Two interleavings that lead to the same disk and the same places of all processes are one state, which is
//! explored once; the number of interleavings is counted over the graph of states. An operation that concerns its own process only (on a file with
//! a temporary name, a sync, a signature) is performed at once: in every other order all processes see the same. Nothing is sampled.
//!
//! A process that waits goes on when another one has changed the disk, or when all others have ended or wait. Its patience is over, too, in
//! every state in which it waits: then it runs to its end while the others stand still.

use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustpdf_core::{Answer, Machine, Operation, OutputLocation, RecoveryOutcome};

use crate::crash::leftovers;
use crate::disk::{Disk, Key};
use crate::host::{AnyMachine, Ask, End, Ends, Position, Process, Reply, any};
use crate::scene::*;

/// Machines that are kept at their places: going on with one is cheaper than running it again.
const KEPT: usize = 64;

/// A process and all the steps that its machine can ask.
pub struct Program {
    pub process: Process,
    make: Box<dyn Fn() -> AnyMachine>,
    nodes: Vec<Node>,
    kept: Vec<(usize, AnyMachine)>,
    /// Machines that were run from the start.
    runs: usize,
    /// Whether the process lives on when its machine has ended.
    stays: bool,
}

struct Node {
    before: Option<(usize, Reply)>,
    ask: Rc<Ask>,
    next: HashMap<u64, usize>,
}

impl Program {
    pub fn new<T: Ends>(process: Process, make: impl Fn() -> Machine<T> + 'static) -> Self {
        let make: Box<dyn Fn() -> AnyMachine> = Box::new(move || any(make()));
        let mut machine = make();
        let ask = machine(Answer::Start);
        Program {
            process,
            make,
            nodes: vec![Node { before: None, ask, next: HashMap::new() }],
            kept: vec![(0, machine)],
            runs: 1,
            stays: false,
        }
    }

    /// The same, of a process that lives on.
    pub fn staying(self) -> Self {
        Program { stays: true, ..self }
    }

    /// Node that follows a node after a reply.
    fn after(&mut self, node: usize, reply: Reply) -> usize {
        let key = reply.key();
        if let Some(next) = self.nodes[node].next.get(&key) {
            return *next;
        }
        let mut machine = match self.kept.iter().position(|(at, _)| *at == node) {
            Some(place) => self.kept.remove(place).1,
            None => self.run_to(node),
        };
        let ask = machine(reply.answer());
        self.nodes.push(Node { before: Some((node, reply)), ask, next: HashMap::new() });
        let next = self.nodes.len() - 1;
        self.nodes[node].next.insert(key, next);
        if self.kept.len() == KEPT {
            drop(self.kept.remove(0));
        }
        self.kept.push((next, machine));
        next
    }

    fn run_to(&mut self, node: usize) -> AnyMachine {
        self.runs += 1;
        let mut replies = Vec::new();
        let mut at = node;
        while let Some((before, reply)) = &self.nodes[at].before {
            replies.push(reply.answer());
            at = *before;
        }
        let mut machine = (self.make)();
        machine(Answer::Start);
        replies.into_iter().rev().for_each(|answer| {
            machine(answer);
        });
        machine
    }
}

/// Place of a process in its program.
#[derive(Clone)]
struct Place {
    node: usize,
    position: Position,
    /// Whether another process changed the disk while this one waited.
    woken: bool,
    ended: bool,
}

#[derive(Clone)]
struct State {
    disk: Disk,
    places: Vec<Place>,
    /// Process that lost its patience: the others stand still until it has ended.
    alone: Option<usize>,
}

/// End of a process in one interleaving.
pub struct Outcome {
    pub ask: Rc<Ask>,
}

impl Outcome {
    /// The code of its error, `signed`, or what a recovery did.
    pub fn text(&self) -> &'static str {
        match &*self.ask {
            Ask::Failed { error, .. } => error.code().as_str(),
            Ask::Done(End::Recovered(recovered)) => match recovered.outcome {
                RecoveryOutcome::Nothing => "nothing",
                RecoveryOutcome::Signed => "signed",
                RecoveryOutcome::Original => "original",
                _ => unreachable!(),
            },
            Ask::Done(_) => "done",
            _ => unreachable!(),
        }
    }
}

pub struct Exploration<'a> {
    programs: Vec<Program>,
    /// Called for each state in which all have ended.
    check: &'a mut dyn FnMut(&Disk, &[Outcome]),
    /// Called for each state on the way.
    visit: &'a mut dyn FnMut(&Disk),
    /// Interleavings that lead from a state to an end.
    paths: HashMap<u64, u128>,
    pub ends: usize,
}

pub struct Extent {
    pub states: usize,
    pub interleavings: u128,
    pub ends: usize,
    pub runs: usize,
}

pub fn explore(disk: &Disk, programs: Vec<Program>, visit: &mut dyn FnMut(&Disk), check: &mut dyn FnMut(&Disk, &[Outcome])) -> Extent {
    let mut disk = disk.clone();
    disk.powered = true;
    programs.iter().for_each(|program| disk.start(&program.process));
    let place = |program: &Program| Place { node: 0, position: Position::new(program.nodes[0].ask.clone()), woken: false, ended: false };
    let state = State { disk, places: programs.iter().map(place).collect(), alone: None };
    let mut exploration = Exploration { programs, check, visit, paths: HashMap::new(), ends: 0 };
    let interleavings = exploration.from(state);
    Extent {
        states: exploration.paths.len(),
        interleavings,
        ends: exploration.ends,
        runs: exploration.programs.iter().map(|program| program.runs).sum(),
    }
}

impl Exploration<'_> {
    fn from(&mut self, state: State) -> u128 {
        let key = state.key();
        if let Some(paths) = self.paths.get(&key) {
            return *paths;
        }
        (self.visit)(&state.disk);
        let mut paths = 0;
        let running: Vec<usize> = (0..state.places.len()).filter(|index| !state.places[*index].ended).collect();
        if running.is_empty() {
            self.ends += 1;
            let outcome = |place: &Place| Outcome { ask: place.position.ask.clone() };
            let outcomes: Vec<Outcome> = state.places.iter().map(outcome).collect();
            (self.check)(&state.disk, &outcomes);
            paths = 1;
        }
        // Where an operation of one process concerns nobody else, all interleavings that perform it later see the same.
        let private = running.iter().copied().find(|index| {
            state.alone.is_none_or(|alone| alone == *index) && state.places[*index].is_private(&state.disk, &self.programs[*index].process)
        });
        let all_wait = running.iter().all(|index| state.places[*index].waits() && !state.places[*index].woken);
        let enabled: Vec<usize> = running
            .into_iter()
            .filter(|index| state.alone.is_none_or(|alone| alone == *index) && private.is_none_or(|private| private == *index))
            .collect();
        let mut state = Some(state);
        for (at, index) in enabled.iter().enumerate() {
            let last = at + 1 == enabled.len();
            let Some(mut next) = (if last { state.take() } else { state.clone() }) else { unreachable!() };
            let place = &next.places[*index];
            if place.waits() && !place.woken && !all_wait {
                next.alone = Some(*index);
            }
            self.step(&mut next, *index);
            paths += self.from(next);
        }
        self.paths.insert(key, paths);
        paths
    }

    fn step(&mut self, state: &mut State, index: usize) {
        let program = &mut self.programs[index];
        let changes = state.disk.changes;
        let place = &mut state.places[index];
        place.woken = false;
        if let Some(reply) = place.position.perform(&mut state.disk, &program.process, None, None) {
            place.node = program.after(place.node, reply);
            place.position = place.position.next(program.nodes[place.node].ask.clone());
        }
        if place.position.is_over() {
            place.ended = true;
            match program.stays {
                true => state.disk.close_all(&program.process),
                false => state.disk.end(&program.process),
            }
            if state.alone == Some(index) {
                state.alone = None;
            }
        }
        if state.disk.changes != changes || state.places[index].ended {
            let others = state.places.iter_mut().enumerate().filter(|(other, _)| *other != index);
            others.for_each(|(_, place)| place.woken = place.waits());
        }
    }
}

impl Place {
    fn is_private(&self, disk: &Disk, process: &Process) -> bool {
        match self.position.operation() {
            Some(operation) => disk.is_private(process, operation),
            None => matches!(&*self.position.ask, Ask::Sign { .. }),
        }
    }

    fn waits(&self) -> bool {
        matches!(self.position.operation(), Some(Operation::Wait { .. }))
    }
}

impl State {
    fn key(&self) -> u64 {
        let mut hasher = Key::default();
        self.disk.key().hash(&mut hasher);
        self.alone.hash(&mut hasher);
        for place in &self.places {
            (place.node, place.position.key(), place.woken, place.ended).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Prints the extent of an exploration, which has at least so many states.
#[track_caller]
pub fn say_extent(name: &str, extent: &Extent, outcomes: &BTreeSet<String>, least: usize) {
    let Extent { states, interleavings, ends, runs } = extent;
    say(&format!("{name}: {interleavings} interleavings, {states} states, {ends} ends, {runs} machines; {outcomes:?}"));
    assert!(*states >= least, "{name}: the proof shrank: {states} states of {least}");
}

fn process(pid: u64) -> Process {
    Process::new(pid)
}

pub fn texts(outcomes: &[Outcome]) -> String {
    outcomes.iter().map(Outcome::text).collect::<Vec<_>>().join(" / ")
}

/// Signer in place, recoverer or undoer, by a letter; the number tells signers apart.
fn program(kind: char, number: u8) -> Program {
    match kind {
        's' => Program::new(process(u64::from(number)), move || sign(number, OutputLocation::InPlace)),
        'r' => Program::new(process(u64::from(number)), || recover(DOCUMENT, false)),
        'u' => Program::new(process(u64::from(number)), || recover(DOCUMENT, true)),
        _ => unreachable!(),
    }
}

/// Runs processes of some kinds on a document in every interleaving, and judges each end.
///
/// The document must be one that came about by the signings that succeeded, each once, in some order, over each other; a signing that is refused
/// is refused because the other one is at it or was faster.
fn race(name: &str, kinds: &str, disk: &Disk, starts: &[Vec<u8>], least: usize) -> BTreeSet<String> {
    let programs: Vec<Program> = kinds.chars().zip(1..).map(|(kind, number)| program(kind, number)).collect();
    let signers: Vec<u8> = kinds.chars().zip(1..).filter(|(kind, _)| *kind == 's').map(|(_, number)| number).collect();
    // Documents by the signings that are in them.
    let mut documents: Vec<(Vec<u8>, Vec<u8>)> = starts.iter().map(|start| (vec![], start.clone())).collect();
    for _ in &signers {
        for (done, document) in documents.clone() {
            for number in signers.iter().filter(|number| !done.contains(number)) {
                let entry = ([&done[..], &[*number]].concat(), signed(&document, *number));
                if !documents.contains(&entry) {
                    documents.push(entry);
                }
            }
        }
    }
    let mut seen = BTreeSet::new();
    let letters: Vec<char> = kinds.chars().collect();
    let extent = explore(disk, programs, &mut |_| {}, &mut |disk, outcomes| {
        let text = texts(outcomes);
        let found = disk.bytes(DOCUMENT).unwrap();
        let (done, _) =
            documents.iter().find(|(_, document)| document == found).unwrap_or_else(|| panic!("{name}: {text}: another document"));
        for ((outcome, letter), number) in outcomes.iter().zip(&letters).zip(1..) {
            match (letter, outcome.text()) {
                ('s', "done") => assert!(done.contains(&number), "{name}: {text}: signing {number} is lost"),
                ('s', "ERR_FILE_BUSY" | "ERR_FILE_CHANGED") => {
                    assert!(!done.contains(&number), "{name}: {text}: signing {number} is refused and done")
                }
                ('r', "nothing" | "signed") | ('u', "nothing" | "original" | "ERR_FILE_BUSY") => {}
                (letter, _) => panic!("{name}: {text} ({letter} {number}: {:?})", outcome_error(outcome)),
            }
        }
        assert_eq!(leftovers(disk, &[DOCUMENT]), [] as [&str; 0], "{name}: {text}");
        assert_eq!(disk.open_files(), 0);
        seen.insert(text);
    });
    say_extent(name, &extent, &seen, least);
    seen
}

fn outcome_error(outcome: &Outcome) -> String {
    if let Ask::Failed { error, .. } = &*outcome.ask { error.to_string() } else { String::new() }
}

/// The same disk with a clock that stands still.
fn frozen(mut disk: Disk) -> Disk {
    disk.frozen = true;
    disk
}

#[test]
fn two_signers_in_place() {
    // Two signers whose clock tells nothing see less than any others: what they do right, those do, too.
    let seen = race("two signers in place, frozen clock", "ss", &frozen(disk()), &[document()], 78_000);
    assert!(seen.contains("done / done"), "{seen:?}");
    assert!(!seen.iter().any(|text| !text.contains("done")), "none of them signs: {seen:?}");
}

#[test]
fn a_signer_and_a_recoverer() {
    race("signer and recoverer", "sr", &disk(), &[document()], 3_300);
    race("signer and recoverer, frozen clock", "sr", &frozen(disk()), &[document()], 3_300);
}

#[test]
fn a_signer_and_an_undoer() {
    race("signer and undoer", "su", &disk(), &[document()], 650);
    race("signer and undoer, frozen clock", "su", &frozen(disk()), &[document()], 650);
}

/// A document with the journal of a signing that was killed in the middle of its update.
pub fn interrupted() -> (Disk, Vec<u8>, Vec<u8>) {
    let document = document();
    let first = signed(&document, 100);
    let torn = &first[..document.len() + 100];
    let mut disk = Disk::new().with(DOCUMENT, torn).with(JOURNAL, &journal(&document, 100));
    disk.own(JOURNAL, 0o600, 1000, 1000);
    (disk, document, first)
}

#[test]
fn two_recoverers() {
    let (disk, document, first) = interrupted();
    let starts = [document, first];
    race("two recoverers", "rr", &disk, &starts, 890);
    race("recoverer and undoer", "ru", &disk, &starts, 240);
    race("two undoers", "uu", &disk, &starts, 240);
    race("signer and recoverer of another signing", "sr", &disk, &starts, 23_000);
    race("signer and undoer of another signing", "su", &disk, &starts, 2_600);
}

/// Two outputs of one name: one of them is there, whole.
#[test]
fn two_signers_into_one_new_file() {
    let document = document();
    for replace in [false, true] {
        let outputs: Vec<Vec<u8>> = (1..=2).map(|number| signed(&document, number)).collect();
        let program = |number: u8| Program::new(process(u64::from(number)), move || sign(number, output(OUTPUT, replace)));
        let mut seen = BTreeSet::new();
        let extent = explore(
            &disk(),
            vec![program(1), program(2)],
            &mut |disk| {
                let output = disk.bytes(OUTPUT);
                assert!(output.is_none_or(|output| outputs.iter().any(|whole| whole == output)), "the output is not whole");
            },
            &mut |disk, outcomes| {
                let text = texts(outcomes);
                let found = disk.bytes(OUTPUT).unwrap();
                let winner = outputs.iter().position(|output| output == found).expect("the output is one of the two");
                assert_eq!(outcomes[winner].text(), "done", "{text}");
                assert!(replace || outcomes[1 - winner].text() != "done", "{text}: both made one file");
                assert_eq!(leftovers(disk, &[DOCUMENT, OUTPUT]), [] as [&str; 0], "{text}");
                seen.insert(text);
            },
        );
        say_extent(&format!("two signers into one new file, replace {replace}"), &extent, &seen, 540);
    }
}

#[test]
fn a_recovery_removes_nothing_of_a_running_process() {
    let document = document();
    let expected = signed(&document, 1);
    let signer = Program::new(process(1), || sign(1, output(OUTPUT, false)));
    let recoverer = Program::new(process(2), || recover(OUTPUT, false));
    let mut seen = BTreeSet::new();
    let extent = explore(&disk(), vec![signer, recoverer], &mut |_| {}, &mut |disk, outcomes| {
        assert_eq!(outcomes[0].text(), "done");
        // Before the output has its name, there is nothing to recover.
        assert!(["nothing", "ERR_ANSWER_FAILED"].contains(&outcomes[1].text()), "{}", outcomes[1].text());
        if let Ask::Done(End::Recovered(recovered)) = &*outcomes[1].ask {
            assert_eq!((recovered.outcome, recovered.removed), (RecoveryOutcome::Nothing, 0));
        }
        assert!(disk.bytes(OUTPUT) == Some(&expected));
        assert_eq!(leftovers(disk, &[DOCUMENT, OUTPUT]), [] as [&str; 0]);
        seen.insert(texts(outcomes));
    });
    say_extent("signer of a new file and recoverer", &extent, &seen, 280);
}
