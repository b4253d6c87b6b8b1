//! Functions without state.

use modelmix_core::base64;
use modelmix_core::dialect::Dialect;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use unicode_segmentation::UnicodeSegmentation;

/// The names of all dialects that can be decoded.
#[pyfunction]
pub(crate) fn dialects() -> Vec<&'static str> {
    Dialect::ALL.iter().map(|(name, _)| *name).collect()
}

/// The dialect of a reply that begins with these bytes; `None` when they do not tell, or not yet.
#[pyfunction]
#[pyo3(signature = (head, /))]
pub(crate) fn detect(head: &[u8]) -> Option<&'static str> {
    modelmix_core::detect::detect(head)
}

/// The first `limit` graphemes of a text, and whether that is all of it.
#[pyfunction]
#[pyo3(signature = (text, limit, /))]
pub(crate) fn shorten(text: &str, limit: usize) -> (&str, bool) {
    match text.grapheme_indices(true).nth(limit) {
        Some((end, _)) => (text.get(..end).unwrap_or(text), false),
        None => (text, true),
    }
}

/// A JSON string: `head`, escaped already, and the base64 of `data`, written once.
#[pyfunction]
#[pyo3(signature = (head, data, /))]
pub(crate) fn base64_json<'py>(py: Python<'py>, head: &str, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let too_large = || PyOverflowError::new_err("too large for one text");
    let length =
        base64::length(data.len()).and_then(|letters| letters.checked_add(head.len() + 2)).ok_or_else(too_large)?;
    PyBytes::new_with(py, length, |out| {
        let (start, rest) = out.split_at_mut_checked(head.len() + 1).ok_or_else(too_large)?;
        let (letters, end) = rest.split_at_mut_checked(rest.len() - 1).ok_or_else(too_large)?;
        if let Some((quote, place)) = start.split_first_mut() {
            *quote = b'"';
            place.copy_from_slice(head.as_bytes());
        }
        end.fill(b'"');
        base64::encode(data, letters).map_err(|_| too_large())?;
        Ok(())
    })
}
