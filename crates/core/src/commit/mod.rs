//! Commit of a signed document: appended in place, published as a new file, or written into an open file; recovery; ledgers.
//!
//! The only place that knows how a result becomes durable. A host performs single operations on files ([`crate::io::Operation`]) and decides nothing.

mod append;
mod context;
mod document;
mod journal;
mod ledger;
mod location;
mod names;
mod output;
mod publish;
mod recover;
mod temporary;
mod users;

pub(crate) use context::Context;
pub(crate) use document::{Document, FileIdentity};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use journal::Journal;
pub(crate) use ledger::{JobLedger, close_ledger, open_ledger};
pub use ledger::{Ledger, LedgerEntry, LedgerState, OpenedLedger};
pub use location::{DocumentLocation, OutputLocation};
pub(crate) use output::Output;
pub use recover::{Recovered, RecoveryOutcome};
pub(crate) use recover::{Recovery, recover};

use crate::error::{Code, Error};
use crate::io::StorePath;

/// Error of a document that has a journal of another signing.
fn refuse_busy(journal: &StorePath) -> Error {
    Code::FileBusy.because(format!("another process signs the file in place, or was interrupted: there is the journal {journal}"))
}
