//! The core for Python: frames in, frames out, no logic of its own; and a search, which Python does too slowly.
//!
//! The interpreter goes on while the core works. docs/protocol.md describes the frames.

use std::sync::{Mutex, PoisonError, TryLockError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rustpdf_core::wire;

mod search;

/// One signing, preparation, resumption or recovery. Freed with its last reference, at whatever step it is.
#[pyclass(frozen, module = "rustpdf._core")]
struct Machine(Mutex<wire::Machine>);

#[pymethods]
impl Machine {
    /// Starts with a start frame. The first step reports one that cannot be read.
    #[new]
    fn new(py: Python<'_>, frame: &[u8]) -> Machine {
        Machine(Mutex::new(py.detach(|| wire::Machine::start(frame))))
    }

    /// Takes the answer to the open question (first of all the empty answer) and returns the next step.
    ///
    /// Raises RuntimeError while another thread is in this call.
    fn next<'py>(&self, py: Python<'py>, frame: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let step = py.detach(|| match self.0.try_lock() {
            Ok(mut machine) => Some(machine.next_drawn(frame, rustpdf_appearance::answer)),
            Err(TryLockError::Poisoned(machine)) => Some(machine.into_inner().next_drawn(frame, rustpdf_appearance::answer)),
            Err(TryLockError::WouldBlock) => None,
        });
        match step {
            Some(step) => Ok(PyBytes::new(py, &step)),
            None => Err(PyRuntimeError::new_err("the machine is in use by another thread")),
        }
    }
}

/// Performs an operation that asks for nothing, and returns its end.
#[pyfunction]
fn call<'py>(py: Python<'py>, frame: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &py.detach(|| wire::call(frame)))
}

/// Search for byte patterns in a document that arrives in pieces.
#[pyclass(frozen, module = "rustpdf._core")]
struct Search(Mutex<search::Search>);

#[pymethods]
impl Search {
    /// Begins a search for patterns of one byte or more.
    #[new]
    fn new(patterns: Vec<Vec<u8>>) -> Search {
        Search(Mutex::new(search::Search::new(patterns)))
    }

    /// Searches the next piece.
    fn feed(&self, piece: &[u8], at: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).feed(piece, at);
    }

    /// The first 1,000 offsets of each pattern, and whether there are more.
    fn found(&self) -> Vec<(Vec<u64>, bool)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).found().to_vec()
    }
}

/// The module `rustpdf._core`.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::{Machine, Search, call};

    /// The version of the core and of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
