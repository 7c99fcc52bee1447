//! Signs PDF files with a key that it never sees.
mod cms;
pub mod error;
pub mod report;
