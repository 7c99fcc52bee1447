//! The story of a signature: prepared, then completed; and what a document says of the ones it has.

mod complete;
mod info;
mod prepare;
mod saved;
mod session;
mod signer;

pub(crate) use info::inspect;
pub use info::{FieldInfo, Information, LockInfo, SignatureInfo};
pub use prepare::Moment;
pub(crate) use prepare::prepare;
pub use session::{Session, Signed};
pub use signer::Credentials;
