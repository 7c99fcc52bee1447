//! Crash safety of everything that is written to files, proven on a disk in memory.
//!
//! The machines are those of the core, the documents are real, and each operation of a `store` step is performed alone, so that the
//! process may be killed, the power may fail and other processes may run between any two of them. The extent of each proof is printed,
//! and must not become smaller.

#[path = "../common/mod.rs"]
mod common;

mod cancellation;
mod crash;
mod disk;
mod drift;
mod failures;
mod files;
mod host;
mod interleavings;
mod ledger;
mod modes;
mod scene;
