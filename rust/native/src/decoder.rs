//! One reply: bytes in, a list of events out.

use modelmix_core::decoder::{Decoder as Core, Settings};
use modelmix_core::dialect::Dialect;
use modelmix_core::fold::Answer;
use modelmix_core::limits::Limits;
use modelmix_core::tags::Tags;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::types::Types;

/// From this size on, other threads may run while bytes are read; below, letting them costs more than it gives
/// (0.16 us a call).
pub(crate) const RELEASE: usize = 16 << 10;

/// Decodes one reply.
#[pyclass(module = "modelmix._native")]
pub(crate) struct Decoder {
    core: Core,
    types: Py<Types>,
}

impl Decoder {
    fn feed_core(&mut self, py: Python<'_>, chunk: &Bound<'_, PyBytes>) {
        let bytes = chunk.as_bytes();
        if bytes.len() < RELEASE {
            self.core.feed(bytes);
        } else {
            let core = &mut self.core;
            py.detach(|| {
                core.feed(bytes);
            });
        }
    }
}

#[pymethods]
impl Decoder {
    #[new]
    #[pyo3(signature = (dialect, types, *, tags="none", coalesce=true, fold=true, max_event=None, max_total=None, max_events=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of one constructor")]
    fn new(
        dialect: &str,
        types: Py<Types>,
        tags: &str,
        coalesce: bool,
        fold: bool,
        max_event: Option<usize>,
        max_total: Option<u64>,
        max_events: Option<u64>,
    ) -> PyResult<Self> {
        let unknown = |what: &str, name: &str| PyValueError::new_err(format!("unknown {what} `{name}`"));
        let dialect = Dialect::named(dialect).ok_or_else(|| unknown("dialect", dialect))?;
        let tags = Tags::named(tags).ok_or_else(|| unknown("tags", tags))?;
        let defaults = Limits::default();
        let limits = Limits {
            event: max_event.unwrap_or(defaults.event),
            total: max_total.unwrap_or(defaults.total),
            events: max_events.unwrap_or(defaults.events),
        };
        let core = Core::new(Settings { dialect, tags, coalesce, fold, limits });
        Ok(Self { core, types })
    }

    #[pyo3(signature = (chunk, /))]
    fn feed<'py>(&mut self, py: Python<'py>, chunk: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyList>> {
        self.feed_core(py, chunk);
        self.types.get().events(py, self.core.batch())
    }

    #[pyo3(signature = (chunk, /))]
    fn absorb(&mut self, py: Python<'_>, chunk: &Bound<'_, PyBytes>) -> bool {
        self.feed_core(py, chunk);
        self.core.has_ended()
    }

    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.core.finish();
        self.types.get().events(py, self.core.batch())
    }

    fn answer<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.core.answer().map(|answer| self.types.get().answer(py, answer)).transpose()
    }

    fn terminal<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let terminal = self.core.answer().and_then(Answer::terminal);
        terminal.map(|event| self.types.get().event(py, event)).transpose()
    }

    #[getter]
    fn ended(&self) -> bool {
        self.core.has_ended()
    }

    #[getter]
    fn complete(&self) -> bool {
        self.core.is_complete()
    }

    #[getter]
    fn spoken(&self) -> bool {
        self.core.has_spoken()
    }

    #[getter]
    fn tally(&self) -> (u64, u64, u64) {
        let tally = self.core.tally();
        (tally.bytes, tally.frames, tally.events)
    }
}
