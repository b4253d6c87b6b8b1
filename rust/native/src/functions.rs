//! Functions without state.

use modelmix_core::dialect::Dialect;
use pyo3::prelude::*;
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
