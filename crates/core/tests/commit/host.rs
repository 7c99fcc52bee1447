//! A process on the disk: runs a machine, one operation at a time.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustpdf_core::{
    Answer, Copied, DigestAnswer, DigestRequest, Error, FailureKind, Machine, Matches, OpenedLedger, Operation, Recovered, Result, Session,
    SignedDocument, SigningRequest, Step, StoreRequest, StoreResult,
};

use crate::disk::{Data, Disk, Key, Partly};

/// A process, and the system that it sees itself in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    pub pid: u64,
    pub user: u32,
    pub group: u32,
    pub groups: Vec<u32>,
    pub umask: u32,
    pub host: &'static str,
    pub boot: &'static str,
    pub namespace: &'static str,
    pub start: &'static str,
}

impl Process {
    /// A process of user 1000.
    pub fn new(pid: u64) -> Self {
        Process {
            pid,
            user: 1000,
            group: 1000,
            groups: vec![],
            umask: 0o022,
            host: "host",
            boot: "boot",
            namespace: "namespace",
            start: "start",
        }
    }

    /// A process of the same user after the machine was started again, with the number that the first process had.
    pub fn rebooted() -> Self {
        Process { boot: "second boot", start: "second start", ..Process::new(1) }
    }
}

/// Step of a machine of any kind, or its end.
pub enum Ask {
    Read { document: Option<u32>, ranges: Vec<std::ops::Range<u64>> },
    Digest(DigestRequest),
    Sign { request: SigningRequest },
    Store(StoreRequest),
    Done(End),
    Failed { error: Error, session: Option<Box<Session>> },
}

/// Result of a machine.
pub enum End {
    Signed(SignedDocument),
    Recovered(Recovered),
    Session(Box<Session>),
    Ledger(OpenedLedger),
    Closed,
}

/// Machine of any kind.
pub type AnyMachine = Box<dyn FnMut(Answer) -> Rc<Ask>>;

/// Result that ends in one of the kinds of [`End`].
pub trait Ends: Sized + 'static {
    fn end(self) -> End;
}

impl Ends for SignedDocument {
    fn end(self) -> End {
        End::Signed(self)
    }
}

impl Ends for Recovered {
    fn end(self) -> End {
        End::Recovered(self)
    }
}

impl Ends for Session {
    fn end(self) -> End {
        End::Session(Box::new(self))
    }
}

impl Ends for OpenedLedger {
    fn end(self) -> End {
        End::Ledger(self)
    }
}

impl Ends for () {
    fn end(self) -> End {
        End::Closed
    }
}

pub fn any<T: Ends>(mut machine: Machine<T>) -> AnyMachine {
    Box::new(move |answer| {
        Rc::new(match machine.next(answer) {
            Ok(Step::Read { document, ranges }) => Ask::Read { document, ranges },
            Ok(Step::Digest(request)) => Ask::Digest(request),
            Ok(Step::Sign { request, .. }) => Ask::Sign { request },
            Ok(Step::Store(request)) => Ask::Store(request),
            Ok(Step::Done(result)) => Ask::Done(result.end()),
            Ok(step) => panic!("{step:?}", step = std::any::type_name_of_val(&step)),
            Err(error) => Ask::Failed { error, session: machine.unfinished().map(Box::new) },
        })
    })
}

/// Answer that can be given again.
#[derive(Clone)]
pub enum Reply {
    Read(Vec<(u64, Vec<u8>)>),
    Digest(DigestAnswer),
    Sign(Vec<u8>),
    Store(Vec<StoreResult>),
    Failed(FailureKind),
}

impl Reply {
    pub fn answer(&self) -> Answer {
        match self.clone() {
            Reply::Read(pieces) => Answer::Read(pieces),
            Reply::Digest(answer) => Answer::Digest(answer),
            Reply::Sign(signature) => Answer::Sign(signature),
            Reply::Store(results) => Answer::Store(results),
            Reply::Failed(kind) => Answer::Failed(kind),
        }
    }

    pub fn key(&self) -> u64 {
        let mut hasher = Key::default();
        match self {
            Reply::Read(pieces) => pieces.hash(&mut hasher),
            Reply::Digest(answer) => answer.digests.hash(&mut hasher),
            Reply::Sign(signature) => signature.hash(&mut hasher),
            Reply::Store(results) => results.iter().for_each(|result| hash_result(result, &mut hasher)),
            Reply::Failed(kind) => kind.hash(&mut hasher),
        }
        hasher.finish()
    }
}

fn hash_result(result: &StoreResult, hasher: &mut Key) {
    match result {
        StoreResult::Bytes(bytes) => bytes.hash(hasher),
        StoreResult::Stat(stat) => {
            (stat.kind, &stat.identity, stat.size, stat.mode, stat.owner, stat.group, stat.links).hash(hasher);
            (&stat.modified, &stat.changed).hash(hasher);
        }
        result => format!("{result:?}").hash(hasher),
    }
}

/// Place of a process in its machine: the step that is open, and how far it is performed.
#[derive(Clone)]
pub struct Position {
    pub ask: Rc<Ask>,
    results: Vec<StoreResult>,
    /// Hash of the results.
    key: u64,
    /// Document of the first pass, of which the host keeps the state of each hash.
    kept: Option<Data>,
}

/// Something that happens in place of the next operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The operation, or the step, fails, and has done something all the same.
    Fails(FailureKind, Partly),
    /// The open step is answered by a cancellation.
    Cancelled,
}

impl Position {
    pub fn new(ask: Rc<Ask>) -> Self {
        Position { ask, results: vec![], key: 0, kept: None }
    }

    /// Place after the answer to a step.
    pub fn next(&self, ask: Rc<Ask>) -> Self {
        Position { ask, results: vec![], key: 0, kept: self.kept.clone() }
    }

    pub fn is_over(&self) -> bool {
        matches!(*self.ask, Ask::Done(_) | Ask::Failed { .. })
    }

    /// The operation that is performed next, where the step is one of `store`.
    pub fn operation(&self) -> Option<&Operation> {
        if let Ask::Store(request) = &*self.ask { request.operations.get(self.results.len()) } else { None }
    }

    /// Whether the next operation is the first one of a step.
    pub fn begins_step(&self) -> bool {
        self.results.is_empty()
    }

    /// Whether the open step must not be cancelled.
    pub fn is_final(&self) -> bool {
        matches!(&*self.ask, Ask::Store(request) if request.is_final)
    }

    /// Name of the next operation.
    pub fn name(&self) -> &'static str {
        match (&*self.ask, self.operation()) {
            (Ask::Read { .. }, _) => "Read",
            (Ask::Digest(_), _) => "Digest",
            (Ask::Sign { .. }, _) => "Sign",
            (Ask::Done(_) | Ask::Failed { .. }, _) | (Ask::Store(_), None) => "end",
            (Ask::Store(_), Some(operation)) => name(operation),
        }
    }

    pub fn key(&self) -> u64 {
        self.key
    }

    /// Performs the next operation. Returns the answer when the step is complete.
    pub fn perform(&mut self, disk: &mut Disk, process: &Process, memory: Option<&[u8]>, fault: Option<Fault>) -> Option<Reply> {
        let ask = self.ask.clone();
        if fault == Some(Fault::Cancelled) {
            return Some(Reply::Failed(FailureKind::Cancelled));
        }
        let Ask::Store(request) = &*ask else {
            return Some(match fault {
                Some(Fault::Fails(kind, partly)) => {
                    if let (Ask::Digest(DigestRequest { copy: Some(handle), document, .. }), false) = (&*ask, partly == Partly::Nothing) {
                        let bytes = self.document(disk, process, memory, *document);
                        disk.fail(process, &Operation::Write { handle: *handle, offset: 0, bytes }, partly);
                    }
                    Reply::Failed(kind)
                }
                _ => self.answer(disk, process, memory),
            });
        };
        let operation = &request.operations[self.results.len()];
        let result = match fault {
            Some(Fault::Fails(kind, partly)) => {
                disk.fail(process, operation, partly);
                StoreResult::Failed(kind)
            }
            _ => disk.perform(process, operation),
        };
        let failed = matches!(result, StoreResult::Failed(_));
        let mut hasher = Key::default();
        self.key.hash(&mut hasher);
        hash_result(&result, &mut hasher);
        self.key = hasher.finish();
        self.results.push(result);
        (failed || self.results.len() == request.operations.len()).then(|| Reply::Store(std::mem::take(&mut self.results)))
    }

    fn document(&self, disk: &Disk, process: &Process, memory: Option<&[u8]>, handle: Option<u32>) -> Vec<u8> {
        match handle {
            Some(handle) => disk.open_bytes(process, handle).expect("the document's file is open").bytes().to_vec(),
            None => memory.expect("the document is in memory").to_vec(),
        }
    }

    fn answer(&mut self, disk: &mut Disk, process: &Process, memory: Option<&[u8]>) -> Reply {
        match &*self.ask.clone() {
            Ask::Read { document: handle, ranges } => {
                let document = self.document(disk, process, memory, *handle);
                let piece =
                    |range: &std::ops::Range<u64>| Some((range.start, document.get(range.start as usize..range.end as usize)?.to_vec()));
                match ranges.iter().map(piece).collect() {
                    Some(pieces) => Reply::Read(pieces),
                    None => Reply::Failed(FailureKind::Other),
                }
            }
            Ask::Digest(request) => {
                let bytes = self.document(disk, process, memory, request.document);
                let whole = |part: &rustpdf_core::DigestPart| part.ranges == request.parts[0].ranges;
                let mut source = bytes.as_slice();
                if let Some(kept) = &self.kept
                    && request.copy.is_none()
                    && request.find.is_empty()
                    && request.parts.iter().all(whole)
                {
                    source = kept.bytes();
                }
                let digest = |part: &rustpdf_core::DigestPart| {
                    let mut pieces = Vec::new();
                    for range in &part.ranges {
                        pieces.push(source.get(range.start as usize..range.end as usize)?);
                    }
                    pieces.push(&part.suffix);
                    Some(part.algorithm.digest(&pieces))
                };
                let Some(digests) = request.parts.iter().map(digest).collect() else { return Reply::Failed(FailureKind::Other) };
                let found = request.find.iter().map(|pattern| occurrences(&bytes, pattern)).collect();
                if !request.parts.is_empty() && self.kept.is_none() {
                    self.kept = Some(Data::new(bytes.clone()));
                }
                let mut copied = Copied::None;
                if let Some(handle) = request.copy {
                    copied = Copied::Read;
                    if let StoreResult::Failed(kind) = disk.perform(process, &Operation::Write { handle, offset: 0, bytes }) {
                        return Reply::Failed(kind);
                    }
                }
                Reply::Digest(DigestAnswer { digests, found, copied })
            }
            // A raw signature of the right form, the same each time: nobody verifies it.
            Ask::Sign { request } => Reply::Sign(vec![1; if request.curve.is_some() { 64 } else { 256 }]),
            Ask::Store(_) | Ask::Done(_) | Ask::Failed { .. } => unreachable!(),
        }
    }
}

/// Name of an operation on files.
fn name(operation: &Operation) -> &'static str {
    match operation {
        Operation::Resolve { .. } => "Resolve",
        Operation::Open { .. } => "Open",
        Operation::Create { .. } => "Create",
        Operation::StatPath { .. } | Operation::StatHandle { .. } => "Stat",
        Operation::Absent { .. } => "Absent",
        Operation::Read { .. } => "ReadFile",
        Operation::Write { .. } => "Write",
        Operation::Append { .. } => "Append",
        Operation::Truncate { .. } => "Truncate",
        Operation::Sync { .. } => "Sync",
        Operation::Permit { .. } => "Permit",
        Operation::Close { .. } => "Close",
        Operation::Link { .. } => "Link",
        Operation::Rename { .. } => "Rename",
        Operation::Remove { .. } => "Remove",
        Operation::List { .. } => "List",
        Operation::SyncFolder { .. } => "SyncFolder",
        Operation::Process { .. } => "Process",
        Operation::Wait { .. } => "Wait",
        operation => panic!("{operation:?}"),
    }
}

fn occurrences(document: &[u8], pattern: &[u8]) -> Matches {
    let offsets = document.windows(pattern.len()).enumerate().filter(|(_, window)| *window == pattern).map(|(at, _)| at as u64);
    let mut offsets: Vec<u64> = offsets.take(1001).collect();
    let more = offsets.len() > 1000;
    offsets.truncate(1000);
    Matches { offsets, more }
}

/// A process that runs one machine.
pub struct Run {
    machine: AnyMachine,
    pub process: Process,
    memory: Option<Vec<u8>>,
    pub position: Position,
    /// Number of `sign` steps that were answered.
    pub signatures: usize,
    /// Operations performed.
    pub performed: usize,
}

/// End of a run.
pub struct Ended {
    pub ask: Rc<Ask>,
    pub signatures: usize,
}

impl Run {
    pub fn new<T: Ends>(disk: &mut Disk, process: &Process, machine: Machine<T>) -> Self {
        disk.start(process);
        let mut machine = any(machine);
        let position = Position::new(machine(Answer::Start));
        Run { machine, process: process.clone(), memory: None, position, signatures: 0, performed: 0 }
    }

    /// The same with a document that the host holds.
    pub fn over(mut self, document: &[u8]) -> Self {
        self.memory = Some(document.to_vec());
        self
    }

    /// Performs the next operation.
    pub fn step(&mut self, disk: &mut Disk, fault: Option<Fault>) {
        self.performed += 1;
        let signs = matches!(*self.position.ask, Ask::Sign { .. });
        if let Some(reply) = self.position.perform(disk, &self.process, self.memory.as_deref(), fault) {
            self.signatures += usize::from(signs && matches!(reply, Reply::Sign(_)));
            self.position = self.position.next((self.machine)(reply.answer()));
        }
    }

    /// Runs to the end. The process lives on.
    pub fn complete(mut self, disk: &mut Disk) -> Ended {
        while !self.position.is_over() {
            assert!(self.performed < 10_000, "the machine does not end");
            self.step(disk, None);
        }
        disk.close_all(&self.process);
        Ended { ask: self.position.ask, signatures: self.signatures }
    }

    /// Runs to the end, and ends the process.
    pub fn finish(self, disk: &mut Disk) -> Ended {
        let process = self.process.clone();
        let ended = self.complete(disk);
        disk.end(&process);
        ended
    }
}

impl Ended {
    #[track_caller]
    pub fn ledger(&self) -> &OpenedLedger {
        if let End::Ledger(ledger) = self.done() { ledger } else { unreachable!() }
    }

    pub fn error(&self) -> Option<&Error> {
        if let Ask::Failed { error, .. } = &*self.ask { Some(error) } else { None }
    }

    pub fn code(&self) -> &'static str {
        self.error().map_or("", |error| error.code().as_str())
    }

    pub fn session(&self) -> Option<Session> {
        if let Ask::Failed { session, .. } = &*self.ask { session.as_deref().cloned() } else { None }
    }

    #[track_caller]
    pub fn done(&self) -> &End {
        match &*self.ask {
            Ask::Done(end) => end,
            Ask::Failed { error, .. } => panic!("{error}"),
            _ => unreachable!(),
        }
    }

    #[track_caller]
    pub fn signed(&self) -> &SignedDocument {
        if let End::Signed(signed) = self.done() { signed } else { unreachable!() }
    }

    #[track_caller]
    pub fn recovered(&self) -> &Recovered {
        if let End::Recovered(recovered) = self.done() { recovered } else { unreachable!() }
    }
}

/// Runs a machine to its end in a process of its own.
pub fn run<T: Ends>(disk: &mut Disk, process: &Process, machine: Machine<T>) -> Ended {
    Run::new(disk, process, machine).finish(disk)
}

/// Result of a machine that needs neither a disk nor a key.
pub fn in_memory<T: Ends>(document: &[u8], machine: Machine<T>) -> Result<Ended> {
    let mut disk = Disk::new();
    let ended = Run::new(&mut disk, &Process::new(1), machine).over(document).finish(&mut disk);
    match ended.error() {
        Some(error) => Err(error.clone()),
        None => Ok(ended),
    }
}
