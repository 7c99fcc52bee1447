//! Nothing unchecked is embedded: raw signatures and foreign containers are verified, and what is wrong is told apart.

mod container;
mod ecdsa;
mod rsa;
mod signature;

pub(crate) use container::{Expected, container};
pub(super) use signature::check_point;
pub(crate) use signature::{signature, unverified};

use crate::error::{Code, Error};

/// Why a signature was refused: the code that it has as a raw signature, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    code: Code,
    found: String,
}

impl Refusal {
    fn new(code: Code, found: impl Into<String>) -> Self {
        Refusal { code, found: found.into() }
    }

    /// The plain sentence of the code says it all.
    fn plain(code: Code) -> Self {
        Refusal::new(code, code.sentence())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        refusal.code.because(refusal.found)
    }
}
