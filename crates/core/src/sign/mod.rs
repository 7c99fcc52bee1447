//! The story of a signature: prepared, then completed; and what a document says of the ones it has.

mod complete;
mod info;
mod prepare;
mod session;

pub(crate) use info::inspect;
pub use info::{FieldInfo, Information, LockInfo, SignatureInfo};
pub(crate) use prepare::prepare;
pub use prepare::{Credentials, Moment};
pub use session::{Session, Signed};
