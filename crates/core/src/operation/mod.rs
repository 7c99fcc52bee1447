//! The story of a signature: prepared, then completed; and what a document says of the ones it has.

mod complete;
mod in_turn;
mod info;
mod journal;
mod prepare;
mod saved;
mod session;
mod signer;

pub(crate) use in_turn::in_turn;
pub(crate) use info::inspect;
pub use info::{FieldInfo, Information, LockInfo, SignatureInfo};
pub(crate) use journal::recover;
pub use journal::{Outcome, Recovery, journal};
pub use prepare::Moment;
pub(crate) use prepare::{Task, prepare};
pub use session::{Session, Signed};
pub use signer::{Credentials, Signatory};
