//! Operations of the machine: signing, in one call or in two phases, and inspection.

mod announced;
mod batch;
mod complete;
mod envelope;
mod extend;
mod finish;
mod inspect;
mod integrity;
mod issuance;
mod levels;
mod prepare;
mod resumption;
mod saved;
mod session;
mod sign;
mod signer;
mod unfinished;

pub use batch::{open_batch, serialize_batch};
pub use extend::ExtendedDocument;
pub(crate) use extend::{ExtensionTask, extend};
pub use finish::SessionAnswer;
pub(crate) use finish::finish;
pub(crate) use inspect::inspect;
pub use inspect::{DocumentInfo, FieldInfo, LockInfo, SignatureInfo};
pub use issuance::{Issuance, KeyAndName};
pub use prepare::Ambient;
pub(crate) use prepare::{PreparedUpdate, SignatureRequest};
pub use resumption::Resumption;
pub use session::{Session, SessionState, SignedUpdate};
pub use sign::SignedDocument;
pub(crate) use sign::{context, sign};
pub use signer::{Credentials, Signatory};
pub(crate) use unfinished::Unfinished;
