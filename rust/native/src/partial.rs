//! JSON that is still being written, token by token.

use modelmix_core::partial::{Partial, Token};
use pyo3::prelude::*;

/// Reads one JSON document piece by piece.
#[pyclass(module = "modelmix._native")]
pub(crate) struct PartialJson {
    partial: Partial,
}

/// A token as its kind and its text.
fn plain(token: Token<'_>) -> (&'static str, String) {
    match token {
        Token::OpenObject => ("{", String::new()),
        Token::OpenArray => ("[", String::new()),
        Token::Close => ("end", String::new()),
        Token::Key(key) => ("key", key.to_owned()),
        Token::OpenString => ("string", String::new()),
        Token::Piece(piece) => ("piece", piece.to_owned()),
        Token::CloseString => ("whole", String::new()),
        Token::Scalar(scalar) => ("scalar", scalar.to_owned()),
    }
}

#[pymethods]
impl PartialJson {
    #[new]
    fn new() -> Self {
        Self { partial: Partial::default() }
    }

    #[pyo3(signature = (text, /))]
    fn feed(&mut self, text: &str) -> Vec<(&'static str, String)> {
        self.partial.feed(text);
        self.partial.tokens().map(plain).collect()
    }

    fn finish(&mut self) -> Vec<(&'static str, String)> {
        self.partial.finish();
        self.partial.tokens().map(plain).collect()
    }

    #[getter]
    fn progress(&self) -> &'static str {
        self.partial.progress().name()
    }
}
