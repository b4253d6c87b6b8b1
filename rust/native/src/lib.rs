//! The Python face of `modelmix-core`: conversions and nothing else.
#![deny(unsafe_code)]

mod decoder;
mod embedding;
mod functions;
mod partial;
mod sse;
mod tokens;
mod types;

use pyo3::pymodule;

/// Decodes what LLM providers stream.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::decoder::Decoder;
    #[pymodule_export]
    use crate::embedding::{VectorReader, embedding_wires, vector_json};
    #[pymodule_export]
    use crate::functions::{base64_json, detect, dialects, shorten};
    #[pymodule_export]
    use crate::partial::PartialJson;
    #[pymodule_export]
    use crate::sse::SseReader;
    #[pymodule_export]
    use crate::tokens::{count_tokens, encode_tokens};
    #[pymodule_export]
    use crate::types::Types;
}
