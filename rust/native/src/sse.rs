//! Server-sent events without a dialect.

use modelmix_core::framing::{Frame, Sse};
use modelmix_core::limits::Limits;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Cuts bytes into server-sent events.
#[pyclass(module = "modelmix._native")]
pub(crate) struct SseReader {
    sse: Sse,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[pymethods]
impl SseReader {
    #[new]
    #[pyo3(signature = (*, max_event=None))]
    fn new(max_event: Option<usize>) -> Self {
        Self { sse: Sse::new(max_event.unwrap_or(Limits::default().event)) }
    }

    #[pyo3(signature = (chunk, /))]
    fn feed(&mut self, chunk: &Bound<'_, PyBytes>) -> PyResult<Vec<(String, String, String)>> {
        let (mut at, mut events) = (0, Vec::new());
        loop {
            match self.sse.next(chunk.as_bytes(), &mut at) {
                Ok(Some(Frame { standard: false, .. })) => {}
                Ok(Some(frame)) => {
                    let (event, data) = (text(frame.event), text(frame.data));
                    events.push((event, data, text(self.sse.last_id())));
                }
                Ok(None) => return Ok(events),
                Err(_) => return Err(PyOverflowError::new_err("an event passes the limit")),
            }
        }
    }

    fn finish<'py>(&mut self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.sse.pending().map(|data| PyBytes::new(py, data))
    }

    #[getter]
    fn last_event_id(&self) -> String {
        text(self.sse.last_id())
    }

    #[getter]
    fn retry(&self) -> Option<u64> {
        self.sse.retry()
    }

    #[getter]
    fn stray<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.sse.stray())
    }
}
