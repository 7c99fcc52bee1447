//! Questions of the core to its host, their answers, and the cache of bytes that were read.

mod blocks;
mod draw;
mod mailbox;
mod step;
mod store;

pub use draw::{DrawCertificate, DrawError, DrawRequest, DrawValues};
pub(crate) use mailbox::{Driver, Failed, Io, Results};
#[cfg(feature = "test-panic")]
pub(crate) use step::Question;
pub use step::{
    Answer, Copied, DigestAnswer, DigestPart, DigestPhase, DigestProgress, DigestRequest, FailureKind, Handle, HttpAnswer, HttpBody,
    HttpFailure, HttpPurpose, HttpRequest, HttpResponse, Matches, Step, StoreProgress, StoreRequest, VerifyRequest,
};
pub(crate) use step::{Find, pairs};
pub use store::{Access, FileKind, Operation, Process, Stat, StorePath, StoreResult};
