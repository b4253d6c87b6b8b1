//! The vectors of one embedding reply.

use modelmix_core::embedding::{Asked, Packing, Reader, Wire, to_json};
use modelmix_core::limits::Limits;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::types::{facts, some};

/// Reads one embedding reply.
#[pyclass(module = "modelmix._native")]
pub(crate) struct VectorReader {
    reader: Reader,
}

#[pymethods]
impl VectorReader {
    #[new]
    #[pyo3(signature = (wire, *, packing="float32", count=None, dimensions=None, max_total=None))]
    fn new(
        wire: &str,
        packing: &str,
        count: Option<usize>,
        dimensions: Option<usize>,
        max_total: Option<u64>,
    ) -> PyResult<Self> {
        let unknown = |what: &str, name: &str| PyValueError::new_err(format!("unknown {what} `{name}`"));
        let wire = Wire::named(wire).ok_or_else(|| unknown("wire", wire))?;
        let packing = Packing::named(packing).ok_or_else(|| unknown("packing", packing))?;
        let total = max_total.unwrap_or(Limits::default().total);
        Ok(Self { reader: Reader::new(Asked { wire, packing, count, dimensions, total }) })
    }

    #[pyo3(signature = (chunk, /))]
    fn feed(&mut self, chunk: &Bound<'_, PyBytes>) -> bool {
        self.reader.feed(chunk.as_bytes())
    }

    fn finish(&mut self, py: Python<'_>) {
        let reader = &mut self.reader;
        py.detach(|| {
            reader.finish();
        });
    }

    #[getter]
    fn fault(&self) -> Option<(&str, &str, u64)> {
        self.reader.end()?.as_ref().err().map(facts)
    }

    #[getter]
    fn vectors<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let Some(Ok(embedded)) = self.reader.end() else { return Ok(Vec::new()) };
        embedded.vectors.iter().map(|vector| packed(py, vector)).collect()
    }

    #[getter]
    fn model(&self) -> Option<&str> {
        some(&self.reader.end()?.as_ref().ok()?.model)
    }

    #[getter]
    fn tokens(&self) -> (Option<i64>, Option<i64>) {
        match self.reader.end() {
            Some(Ok(embedded)) => (embedded.usage.input, embedded.usage.total),
            _ => (None, None),
        }
    }
}

/// Numbers as `array.array('f')` takes them: four bytes each, in the order of this machine.
fn packed<'py>(py: Python<'py>, vector: &[f32]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, vector.len() * 4, |bytes| {
        for (place, number) in bytes.chunks_exact_mut(4).zip(vector) {
            place.copy_from_slice(&number.to_ne_bytes());
        }
        Ok(())
    })
}

/// The names of all wires that vectors can be read from.
#[pyfunction]
pub(crate) fn embedding_wires() -> Vec<&'static str> {
    Wire::ALL.iter().map(|(name, _)| *name).collect()
}

/// The numbers in the bytes of an `array.array('f')`, as a JSON array.
#[pyfunction]
#[pyo3(signature = (vector, /))]
pub(crate) fn vector_json(vector: &[u8]) -> String {
    let (words, _) = vector.as_chunks();
    let numbers: Vec<f32> = words.iter().map(|word| f32::from_ne_bytes(*word)).collect();
    to_json(&numbers)
}
