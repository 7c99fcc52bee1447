//! ISO 32000-2, 7.5.6: the incremental update. Knows nothing of signatures.

mod builder;
mod trailer;
mod update;
mod xref;

pub(crate) use builder::{NewObjects, UpdateBuilder};
pub(crate) use update::Update;
