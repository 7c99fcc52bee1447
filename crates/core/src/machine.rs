//! The machine of steps: the public face of the story.

use crate::error::{Error, Result};
use crate::io::{Answer, Driver, Io, Step};
use crate::limits;
use crate::operation::{self, Credentials, Information, Moment, Recovery, Session, Signatory, Signed};
use crate::options::{Password, SigningOptions};

/// Asks its host, step by step, for what it needs, and ends in a `T`.
///
/// Call [`Machine::next`] with [`Answer::Start`], do what the step says, and call it again with the answer, until
/// [`Step::Done`]. One question is open at a time. An answer of another kind or length is misuse (`ERR_ANSWER_KIND`,
/// `ERR_ANSWER_LENGTH`) and changes nothing: the same question may be answered again. Any other error ends the machine, which
/// then repeats it. After `Done` the machine is used up (`ERR_MACHINE_DONE`). It may be dropped at any time.
pub struct Machine<T> {
    driver: Driver<T>,
}

impl<T> Machine<T> {
    /// The error that ended the machine, where one did.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.driver.failure()
    }

    /// Takes the answer to the open question and gives the next step.
    pub fn next(&mut self, answer: Answer) -> Result<Step<T>> {
        self.driver.next(answer)
    }
}

impl Machine<Vec<Signed>> {
    /// Signs a document of `length` bytes by each of `signatories` in turn, and asks for their raw signatures on the way.
    ///
    /// What is to be appended are the updates, one behind the other: the same as if each had signed what the one before left. The
    /// document is digested once by each algorithm, and before anybody is asked to sign, every certificate and option is checked.
    pub fn sign(length: u64, moment: Moment, signatories: Vec<Signatory>) -> Self {
        let io = Io::new(length, limits::BLOCK);
        let work = {
            let io = io.clone();
            async move {
                io.check_length()?;
                operation::in_turn(io, &moment, signatories).await
            }
        };
        Machine { driver: Driver::new(io, work) }
    }
}

impl Machine<Session> {
    /// Prepares a signature of a document of `length` bytes. Without credentials the session takes a container only.
    pub fn prepare(length: u64, moment: Moment, credentials: Option<Credentials>, options: SigningOptions) -> Self {
        let io = Io::new(length, limits::BLOCK);
        let work = {
            let io = io.clone();
            async move {
                io.check_length()?;
                let task = operation::Task::make(&moment, credentials.as_ref(), options)?;
                operation::prepare(&io, &moment, task, &[]).await
            }
        };
        Machine { driver: Driver::new(io, work) }
    }

    /// Reads a saved session and digests the document of `length` bytes anew, so that it is the one that was prepared.
    ///
    /// With `vouched` the caller answers for the document and it is not read: then a document that changed is not noticed, and
    /// what comes out is a document with an invalid signature.
    pub fn resume(length: u64, saved: Vec<u8>, vouched: bool) -> Self {
        let io = Io::new(length, limits::BLOCK);
        let work = {
            let io = io.clone();
            async move {
                let session = Session::parse(&saved)?;
                match vouched {
                    true => session.verify_length(&io)?,
                    false => session.verify_document(&io).await?,
                }
                Ok(session)
            }
        };
        Machine { driver: Driver::new(io, work) }
    }
}

impl Machine<Information> {
    /// Reads what a document of `length` bytes says of itself and its signatures; `password` opens an encrypted one.
    pub fn info(length: u64, password: Option<Password>) -> Self {
        let io = Io::new(length, limits::BLOCK);
        let work = {
            let io = io.clone();
            async move {
                io.check_length()?;
                password.as_ref().map_or(Ok(()), Password::check)?;
                operation::inspect(&io, password.as_ref()).await
            }
        };
        Machine { driver: Driver::new(io, work) }
    }
}

impl Machine<Recovery> {
    /// Finds out from the journal of an interrupted signing in place what has to be done to a file of `length` bytes: the signature
    /// is finished, or with `undo` taken back.
    pub fn recover(length: u64, journal: Vec<u8>, undo: bool) -> Self {
        let io = Io::new(length, limits::BLOCK);
        let work = {
            let io = io.clone();
            async move {
                io.check_length()?;
                operation::recover(&io, &journal, undo).await
            }
        };
        Machine { driver: Driver::new(io, work) }
    }
}

impl<T> Machine<T> {
    /// The same machine with blocks of another size: the output must not depend on it.
    #[doc(hidden)]
    pub fn with_block(self, block: u64) -> Self {
        self.driver.set_block(block);
        self
    }
}
