//! The Python classes that events and parts are made of, handed in so that Rust knows no module path.

use modelmix_core::event::{Batch, Event};
use modelmix_core::fault::Fault;
use modelmix_core::fold::{Answer, Body, Part};
use modelmix_core::usage::Usage;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

/// Callables that make one kind of value each.
#[pyclass(frozen, module = "modelmix._native")]
pub(crate) struct Types {
    started: Py<PyAny>,
    text: Py<PyAny>,
    reasoning: Py<PyAny>,
    sealed: Py<PyAny>,
    refusal: Py<PyAny>,
    tool_started: Py<PyAny>,
    tool_arguments: Py<PyAny>,
    cited: Py<PyAny>,
    opaque: Py<PyAny>,
    used: Py<PyAny>,
    finished: Py<PyAny>,
    failed: Py<PyAny>,
    usage: Py<PyAny>,
    part: Py<PyAny>,
    answer: Py<PyAny>,
}

#[pymethods]
impl Types {
    #[new]
    #[pyo3(signature = (*, started, text, reasoning, sealed, refusal, tool_started, tool_arguments, cited, opaque, used, finished, failed, usage, part, answer))]
    #[expect(clippy::too_many_arguments, reason = "one for each kind of value")]
    fn new(
        started: Py<PyAny>,
        text: Py<PyAny>,
        reasoning: Py<PyAny>,
        sealed: Py<PyAny>,
        refusal: Py<PyAny>,
        tool_started: Py<PyAny>,
        tool_arguments: Py<PyAny>,
        cited: Py<PyAny>,
        opaque: Py<PyAny>,
        used: Py<PyAny>,
        finished: Py<PyAny>,
        failed: Py<PyAny>,
        usage: Py<PyAny>,
        part: Py<PyAny>,
        answer: Py<PyAny>,
    ) -> Self {
        Self {
            started,
            text,
            reasoning,
            sealed,
            refusal,
            tool_started,
            tool_arguments,
            cited,
            opaque,
            used,
            finished,
            failed,
            usage,
            part,
            answer,
        }
    }
}

impl Types {
    pub(crate) fn events<'py>(&self, py: Python<'py>, batch: &Batch) -> PyResult<Bound<'py, PyList>> {
        let events: Vec<_> = batch.iter().map(|event| self.event(py, event)).collect::<PyResult<_>>()?;
        PyList::new(py, events)
    }

    pub(crate) fn event<'py>(&self, py: Python<'py>, event: Event<'_>) -> PyResult<Bound<'py, PyAny>> {
        match event {
            Event::Text { block, text } => self.text.bind(py).call1((block, text)),
            Event::Reasoning { block, text } => self.reasoning.bind(py).call1((block, text)),
            Event::Refusal { block, text } => self.refusal.bind(py).call1((block, text)),
            Event::ToolArguments { block, text } => self.tool_arguments.bind(py).call1((block, text)),
            Event::ToolStarted { block, id, name, minted } => {
                self.tool_started.bind(py).call1((block, id, name, minted))
            }
            Event::Started { id, model } => self.started.bind(py).call1((some(id), some(model))),
            Event::Sealed { block, seal } => self.sealed.bind(py).call1((block, seal)),
            Event::Cited { block, url, title } => self.cited.bind(py).call1((block, url, some(title))),
            Event::Opaque { block, kind, json } => self.opaque.bind(py).call1((block, kind, json)),
            Event::Used(usage) => self.used.bind(py).call1((self.usage(py, &usage)?,)),
            Event::Finished { reason, raw } => self.finished.bind(py).call1((reason.name(), some(raw))),
            Event::Failed(fault) => self.failed.bind(py).call1(facts(fault)),
        }
    }

    fn usage<'py>(&self, py: Python<'py>, usage: &Usage) -> PyResult<Bound<'py, PyAny>> {
        self.usage.bind(py).call1((
            usage.input,
            usage.output,
            usage.cache_read,
            usage.cache_write,
            usage.reasoning,
            usage.audio_input,
            usage.audio_output,
            usage.total,
        ))
    }

    pub(crate) fn answer<'py>(&self, py: Python<'py>, answer: &Answer) -> PyResult<Bound<'py, PyAny>> {
        let parts: Vec<_> = answer.filled().map(|part| self.part(py, part)).collect::<PyResult<_>>()?;
        let (finish, raw) = match &answer.finish {
            Some((reason, raw)) => (Some(reason.name()), some(raw)),
            None => (None, None),
        };
        let usage = self.usage(py, &answer.usage)?;
        let parts = PyTuple::new(py, parts)?;
        self.answer.bind(py).call1((some(&answer.id), some(&answer.model), parts, usage, finish, raw))
    }

    fn part<'py>(&self, py: Python<'py>, part: &Part) -> PyResult<Bound<'py, PyAny>> {
        let seal = part.seal.as_deref();
        let make = self.part.bind(py);
        match &part.body {
            Body::Text(text) => make.call1(("text", text, "", "", false, seal)),
            Body::Reasoning(text) => make.call1(("reasoning", text, "", "", false, seal)),
            Body::Refusal(text) => make.call1(("refusal", text, "", "", false, seal)),
            Body::Tool { id, name, arguments, minted } => make.call1(("tool", arguments, id, name, *minted, seal)),
            Body::Citation { url, title } => make.call1(("citation", url, title, "", false, seal)),
            Body::Opaque { kind, json } => make.call1(("opaque", json, kind, "", false, seal)),
        }
    }
}

/// Empty means that the provider gave none.
pub(crate) fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A fault as its name, its text and its number.
pub(crate) fn facts(fault: &Fault) -> (&str, &str, u64) {
    match fault {
        Fault::Provider { payload } => ("provider", payload, 0),
        Fault::Malformed { frame, preview } => ("malformed_event", preview, *frame),
        Fault::Foreign { kind, preview } => (kind.name(), preview, 0),
        Fault::Empty => ("empty_stream", "", 0),
        Fault::Truncated { stray } => ("truncated", stray, 0),
        Fault::TooLarge { bound, limit } => ("too_large", bound.name(), *limit),
    }
}
