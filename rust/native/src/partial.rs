//! JSON that is still being written, token by token.

use modelmix_core::partial::{Partial, Token};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

/// Reads one JSON document piece by piece.
#[pyclass(module = "modelmix._native")]
pub(crate) struct PartialJson {
    partial: Partial,
}

/// A token as its kind, which is one object for all tokens of that kind, and its text.
fn plain<'py>(py: Python<'py>, token: Token<'_>) -> PyResult<Bound<'py, PyTuple>> {
    let (kind, text) = match token {
        Token::OpenObject => (intern!(py, "{"), ""),
        Token::OpenArray => (intern!(py, "["), ""),
        Token::Close => (intern!(py, "end"), ""),
        Token::Key(key) => (intern!(py, "key"), key),
        Token::OpenString => (intern!(py, "string"), ""),
        Token::Piece(piece) => (intern!(py, "piece"), piece),
        Token::CloseString => (intern!(py, "whole"), ""),
        Token::Scalar(scalar) => (intern!(py, "scalar"), scalar),
    };
    PyTuple::new(py, [kind.clone(), PyString::new(py, text)])
}

impl PartialJson {
    fn tokens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut tokens = self.partial.tokens().map(|token| plain(py, token));
        match (tokens.next(), tokens.size_hint().0) {
            (None, _) => Ok(PyList::empty(py)),
            // The usual case: a few letters make one token.
            (Some(only), 0) => PyList::new(py, [only?]),
            (Some(first), _) => PyList::new(py, std::iter::once(first).chain(tokens).collect::<PyResult<Vec<_>>>()?),
        }
    }
}

#[pymethods]
impl PartialJson {
    #[new]
    fn new() -> Self {
        Self { partial: Partial::default() }
    }

    #[pyo3(signature = (text, /))]
    fn feed<'py>(&mut self, py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyList>> {
        self.partial.feed(text);
        self.tokens(py)
    }

    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.partial.finish();
        self.tokens(py)
    }

    #[getter]
    fn progress<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::intern(py, self.partial.progress().name())
    }
}
