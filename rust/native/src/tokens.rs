//! Counting tokens.

use std::sync::atomic::{AtomicBool, Ordering};

use modelmix_core::tokens::{Encoding, count, encode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::decoder::RELEASE;

/// Whether a text has been counted, so that the tables are there.
static COUNTED: AtomicBool = AtomicBool::new(false);

fn named(name: &str) -> PyResult<Encoding> {
    Encoding::named(name).ok_or_else(|| PyValueError::new_err(format!("unknown encoding `{name}`")))
}

/// Runs `work`, and lets other threads run meanwhile where it takes long: for a large text, and for the first.
fn beside<T: Send>(py: Python<'_>, text: &str, work: impl FnOnce() -> T + Send) -> T {
    if text.len() < RELEASE && COUNTED.load(Ordering::Relaxed) {
        return work();
    }
    let done = py.detach(work);
    COUNTED.store(true, Ordering::Relaxed);
    done
}

/// How many tokens a text is.
#[pyfunction]
#[pyo3(signature = (text, encoding, /))]
pub(crate) fn count_tokens(py: Python<'_>, text: &str, encoding: &str) -> PyResult<usize> {
    let encoding = named(encoding)?;
    Ok(beside(py, text, || count(text, encoding)))
}

/// The numbers of the tokens of a text.
#[pyfunction]
#[pyo3(signature = (text, encoding, /))]
pub(crate) fn encode_tokens(py: Python<'_>, text: &str, encoding: &str) -> PyResult<Vec<u32>> {
    let encoding = named(encoding)?;
    Ok(beside(py, text, || encode(text, encoding)))
}
