//! The face of the core for Python: frames in, frames out, no logic of its own.
//!
//! What the frames hold is told in `rustpdf_core::wire`. The interpreter goes on while the core works.

use std::sync::{Mutex, TryLockError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rustpdf_core::wire;

/// One signing, preparation, resumption or recovery. Freed with its last reference, at whatever step it is.
#[pyclass(frozen, module = "rustpdf._core")]
struct Machine(Mutex<wire::Machine>);

#[pymethods]
impl Machine {
    /// Starts with a start frame. One that cannot be read is reported by the first step.
    #[new]
    fn new(py: Python<'_>, frame: &[u8]) -> Machine {
        Machine(Mutex::new(py.detach(|| wire::Machine::start(frame))))
    }

    /// Takes the answer to the open question (first of all the empty answer) and gives the next step.
    ///
    /// Raises RuntimeError where another thread is at it.
    fn next<'py>(&self, py: Python<'py>, frame: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let step = py.detach(|| match self.0.try_lock() {
            Ok(mut machine) => Some(machine.next(frame)),
            Err(TryLockError::Poisoned(machine)) => Some(machine.into_inner().next(frame)),
            Err(TryLockError::WouldBlock) => None,
        });
        match step {
            Some(step) => Ok(PyBytes::new(py, &step)),
            None => Err(PyRuntimeError::new_err("the machine is in use by another thread")),
        }
    }
}

/// Completes a saved session with a raw signature or a container, and gives the update that is to be appended.
#[pyfunction]
fn complete<'py>(py: Python<'py>, frame: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &py.detach(|| wire::complete(frame)))
}

/// Makes the journal of a signing in place.
#[pyfunction]
fn journal<'py>(py: Python<'py>, frame: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &py.detach(|| wire::journal(frame)))
}

/// The module `rustpdf._core`.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::{Machine, complete, journal};

    /// The version of the core and of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
