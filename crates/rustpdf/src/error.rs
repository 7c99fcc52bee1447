//! The error of every call.

use std::{fmt, io};

use rustpdf_core::Session;

use crate::file::FileSession;

/// Error of a signer, a client for HTTP or another callback.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Failure of the core, of a file or of the signer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The core refused the document, an option, a certificate or an answer; see its [`code`](rustpdf_core::Error::code).
    Core(rustpdf_core::Error),
    /// A file cannot be read or written.
    Io(io::Error),
    /// The signer failed, or the function that receives warnings did. This is its own error, unchanged.
    Signer(Cause),
    /// The caller's client for HTTP failed, by [`HttpError::Other`](crate::HttpError::Other). This is its own error, unchanged.
    Http(Cause),
    /// The caller cancelled the call.
    Cancelled,
    /// The call failed after the signature. Its session goes on without the key.
    Unfinished(Box<Unfinished>),
}

/// Failure after the signature, and the session that completes without the key.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// Cause of the failure.
    pub cause: Error,
    /// Signed session.
    pub session: UnfinishedSession,
}

/// Session with the signatures that were made before a failure.
#[derive(Debug)]
pub enum UnfinishedSession {
    /// Of a document in memory: [`Session::finished`] returns its signatures.
    Memory(Session),
    /// Of a file: [`FileSession::complete_signed`] writes them.
    File(FileSession),
}

impl Error {
    /// Cause of the failure: of an [`Error::Unfinished`] the inner error, else the error itself.
    pub fn cause(&self) -> &Error {
        match self {
            Error::Unfinished(unfinished) => unfinished.cause.cause(),
            cause => cause,
        }
    }

    /// Stable code, where the core refused something.
    pub fn code(&self) -> Option<rustpdf_core::Code> {
        if let Error::Core(error) = self.cause() { Some(error.code()) } else { None }
    }

    /// Session of a file whose signing failed after the signature. [`FileSession::complete_signed`] completes it without the key.
    pub fn unfinished(&self) -> Option<&FileSession> {
        match self {
            Error::Unfinished(unfinished) => match &unfinished.session {
                UnfinishedSession::File(session) => Some(session),
                UnfinishedSession::Memory(_) => None,
            },
            _ => None,
        }
    }

    /// Session of a document in memory that a later signer did not sign. [`Session::finished`] returns the earlier signatures.
    pub fn unfinished_in_memory(&self) -> Option<&Session> {
        match self {
            Error::Unfinished(unfinished) => match &unfinished.session {
                UnfinishedSession::Memory(session) => Some(session),
                UnfinishedSession::File(_) => None,
            },
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Core(error) => error.fmt(f),
            Error::Io(error) => write!(f, "a file cannot be read or written: {error}"),
            Error::Signer(error) => write!(f, "the signer failed: {error}"),
            Error::Http(error) => write!(f, "the client for HTTP failed: {error}"),
            Error::Cancelled => f.write_str("the signing was cancelled"),
            Error::Unfinished(unfinished) => {
                write!(f, "{}; the signature was made: complete it from the session of this error", unfinished.cause)
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Core(error) => Some(error),
            Error::Io(error) => Some(error),
            Error::Signer(error) | Error::Http(error) => Some(error.as_ref()),
            Error::Cancelled => None,
            Error::Unfinished(unfinished) => Some(&unfinished.cause),
        }
    }
}

impl From<rustpdf_core::Error> for Error {
    fn from(error: rustpdf_core::Error) -> Self {
        Error::Core(error)
    }
}

impl From<rustpdf_core::Code> for Error {
    fn from(code: rustpdf_core::Code) -> Self {
        Error::Core(code.into())
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}
