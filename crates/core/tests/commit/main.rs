//! Crash safety of everything that is written to files, on a disk in memory.
//!
//! The machines are those of the core, the documents are real, and each operation of a `store` step is performed alone, so that the
//! process may be killed, the power may fail and other processes may run between any two of them.

#[path = "../common/mod.rs"]
mod common;

mod crash;
mod disk;
mod host;
mod scene;
