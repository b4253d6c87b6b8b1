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

type Made<'py> = PyResult<Bound<'py, PyTuple>>;

/// A token as its kind, which is one object for all tokens of that kind, and its text.
fn plain<'py>(py: Python<'py>, token: Token<'_>) -> Made<'py> {
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

/// The tokens of one piece; a text that begins and ends in it is one token.
fn joined<'py>(py: Python<'py>, tokens: &[Token<'_>]) -> PyResult<Vec<Bound<'py, PyTuple>>> {
    let mut made = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        let (text, after) = match rest {
            [Token::OpenString, Token::CloseString, after @ ..] => (Some(""), after),
            [Token::OpenString, Token::Piece(text), Token::CloseString, after @ ..] => (Some(*text), after),
            _ => (None, after),
        };
        made.push(match text {
            Some(text) => PyTuple::new(py, [intern!(py, "text").clone(), PyString::new(py, text)])?,
            None => plain(py, *first)?,
        });
        rest = after;
    }
    Ok(made)
}

impl PartialJson {
    fn tokens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut tokens = self.partial.tokens();
        let Some(first) = tokens.next() else { return Ok(PyList::empty(py)) };
        // The usual case: a few letters make one token.
        let Some(second) = tokens.next() else { return PyList::new(py, [plain(py, first)?]) };
        let all: Vec<_> = [first, second].into_iter().chain(tokens).collect();
        PyList::new(py, joined(py, &all)?)
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
