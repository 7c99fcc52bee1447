//! ISO 32000-2, 7.5.6: the incremental update.

mod trailer;
mod update;
mod xref;

pub(crate) use update::{Revision, Update};
