//! What stands between the machine and its host: questions, answers and the cache of what was read.

mod blocks;
mod mailbox;
mod step;

pub(crate) use mailbox::{Driver, Io};
pub use step::{Answer, Step};
