//! Steps and answers as they cross a language boundary: a small JSON header and one byte payload (docs/protocol.md).
//!
//! Nothing here decides anything: every frame is a call of [`crate::Machine`] or [`crate::Session`]. This is the one entry of every
//! other language, so panics end here: where they unwind they become `ERR_INTERNAL`.

mod answer;
mod call;
mod frame;
pub(crate) mod frames;
#[cfg(feature = "test-panic")]
mod probe;
mod start;
mod step;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use call::call;

use crate::commit::{OpenedLedger, Recovered};
use crate::error::{Code, Error, Result};
use crate::operation::{DocumentInfo, ExtendedDocument, Session, SignedDocument};

/// A machine that speaks frames.
pub struct Machine {
    running: Running,
}

enum Running {
    Sign(crate::Machine<SignedDocument>),
    Extend(crate::Machine<ExtendedDocument>),
    Session(crate::Machine<Session>),
    Inspect(crate::Machine<DocumentInfo>),
    Recover(crate::Machine<Recovered>),
    OpenLedger(crate::Machine<OpenedLedger>),
    CloseLedger(crate::Machine<()>),
    /// Asks one step of a host's test.
    #[cfg(feature = "test-panic")]
    Probe(crate::Machine<crate::io::Answer>),
    /// Meets a bug, so that a host's tests can see how it ends.
    #[cfg(feature = "test-panic")]
    Panic,
    /// The start frame was wrong: the first step, and every one after it, is this error.
    Failed(Error),
}

impl Machine {
    /// Starts by a frame whose header names the `operation`, the document, and the fields of that operation.
    pub fn start(frame: &[u8]) -> Machine {
        Machine { running: contained(|| start::start(frame)).unwrap_or_else(Running::Failed) }
    }

    /// Takes an answer frame and returns a step frame; an error is a step, too.
    pub fn next(&mut self, frame: &[u8]) -> Vec<u8> {
        if let Some(error) = self.error() {
            return step::failed(error, None);
        }
        let step = contained(|| Ok(self.step(frame))).unwrap_or_else(|panicked| {
            self.running = Running::Failed(panicked.clone());
            Err(panicked)
        });
        step.unwrap_or_else(|error| step::failed(&error, self.unfinished().as_ref()))
    }

    /// The same for a host that carries the module that draws: `draw` takes the frame of a `draw` step and returns that of its answer, and the
    /// host never sees the step.
    pub fn next_drawn(&mut self, frame: &[u8], draw: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let mut step = self.next(frame);
        while step.get(4..).is_some_and(|header| header.starts_with(br#"{"step":"draw""#)) {
            step = self.next(&contained(|| Ok(draw(&step))).unwrap_or_else(|_| answer::broken_drawing()));
        }
        step
    }

    fn error(&self) -> Option<&Error> {
        match &self.running {
            Running::Failed(error) => Some(error),
            Running::Sign(machine) => machine.error(),
            Running::Extend(machine) => machine.error(),
            Running::Session(machine) => machine.error(),
            Running::Inspect(machine) => machine.error(),
            Running::Recover(machine) => machine.error(),
            Running::OpenLedger(machine) => machine.error(),
            Running::CloseLedger(machine) => machine.error(),
            #[cfg(feature = "test-panic")]
            Running::Probe(machine) => machine.error(),
            #[cfg(feature = "test-panic")]
            Running::Panic => None,
        }
    }

    /// The session from which to go on after a signature.
    fn unfinished(&mut self) -> Option<Session> {
        if let Running::Sign(machine) = &mut self.running { machine.unfinished() } else { None }
    }

    fn step(&mut self, frame: &[u8]) -> Result<Vec<u8>> {
        let answer = answer::parse(frame)?;
        match &mut self.running {
            Running::Failed(error) => Err(error.clone()),
            Running::Sign(machine) => step::write(machine.next(answer)?, step::signed),
            Running::Extend(machine) => step::write(machine.next(answer)?, step::extended),
            Running::Session(machine) => step::write(machine.next(answer)?, step::session),
            Running::Inspect(machine) => step::write(machine.next(answer)?, step::document_info),
            Running::Recover(machine) => step::write(machine.next(answer)?, step::recovered),
            Running::OpenLedger(machine) => step::write(machine.next(answer)?, step::ledger),
            Running::CloseLedger(machine) => step::write(machine.next(answer)?, step::nothing),
            #[cfg(feature = "test-panic")]
            Running::Probe(machine) => step::write(machine.next(answer)?, probe::answered),
            #[cfg(feature = "test-panic")]
            Running::Panic => panic!("a test asked for a panic"),
        }
    }
}

/// The answer to [`crate::Step::Draw`], by a `draw` that takes the frame of the step and returns that of its answer.
///
/// Errors: `ERR_FRAME` for an answer that cannot be read.
pub fn drawn(request: crate::DrawRequest, draw: impl Fn(&[u8]) -> Vec<u8>) -> Result<crate::Answer> {
    let step: crate::Step<()> = crate::Step::Draw(Box::new(request));
    let frame = step::write(step, step::nothing)?;
    answer::parse(&contained(|| Ok(draw(&frame))).unwrap_or_else(|_| answer::broken_drawing()))
}

/// The result of the work, or `ERR_INTERNAL` where it panics: its data is not used again.
fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Code::Internal.into()))
}

#[cfg(all(test, feature = "test-panic"))]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_panic_is_an_error_that_is_repeated() {
        let start = frame::write(&json!({ "operation": "panic", "length": 0 }), &[]).unwrap();
        let mut machine = Machine::start(&start);
        for _ in 0..2 {
            let step = machine.next(&frame::write(&json!({}), &[]).unwrap());
            let (header, _) = frame::parse(&step).unwrap();
            assert_eq!(header["error"]["code"], "ERR_INTERNAL");
        }
    }
}
