//! Why a signing did not come about, by whose doing.

use std::error::Error;
use std::{fmt, io};

/// A failure of the core, of a file, or of the signer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The document, an option, a certificate or an answer was refused; see its [`code`](rustpdf_core::Error::code).
    Refused(rustpdf_core::Error),
    /// A file could not be read or written.
    Io(io::Error),
    /// The signer failed. This is its own error, unchanged.
    Signer(Box<dyn Error + Send + Sync>),
    /// The caller ended it.
    Cancelled,
}

impl Failure {
    /// The stable code, where the core refused something.
    pub fn code(&self) -> Option<rustpdf_core::Code> {
        if let Failure::Refused(error) = self { Some(error.code()) } else { None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(error) => error.fmt(f),
            Failure::Io(error) => write!(f, "a file cannot be read or written: {error}"),
            Failure::Signer(error) => write!(f, "the signer failed: {error}"),
            Failure::Cancelled => f.write_str("the signing was cancelled"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Failure::Refused(error) => Some(error),
            Failure::Io(error) => Some(error),
            Failure::Signer(error) => Some(error.as_ref()),
            Failure::Cancelled => None,
        }
    }
}

impl From<rustpdf_core::Error> for Failure {
    fn from(error: rustpdf_core::Error) -> Self {
        Failure::Refused(error)
    }
}

impl From<rustpdf_core::Code> for Failure {
    fn from(code: rustpdf_core::Code) -> Self {
        Failure::Refused(code.into())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}
