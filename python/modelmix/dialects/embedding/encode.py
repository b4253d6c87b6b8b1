"""Texts as the body of an embedding request."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import quote

from msgspec import UNSET, Raw

from modelmix.ast.embedding import EmbedRequest, Task
from modelmix.dialects.draft import Draft, Notes
from modelmix.dialects.embedding import wire
from modelmix.node import Node
from modelmix.providers.provider import Embedder, Embedding
from modelmix.quirks import Body
from modelmix.vectors import WireName

Encode: TypeAlias = Callable[[EmbedRequest, str, Embedding], Draft]
"""Says a request for a model, in a provider's way."""


class EmbedDialect(Node, frozen=True, kw_only=True):
    """One wire format: where a request goes, what it looks like, how its reply is read, and whose fields it fixes."""

    wire: WireName
    path: Callable[[str], str]
    encode: Encode
    fixed: frozenset[str]


def _openai(request: EmbedRequest, model: str, shape: Embedding) -> Draft:
    notes = Notes()
    body: Body = {"model": model, "input": list(request.texts)}
    if shape.encoding is not None:
        body["encoding_format"] = shape.encoding
    _write_dimensions(request, shape, body, notes)
    _drop_task(request, notes)
    return _finished(request, body, notes)


def _ollama(request: EmbedRequest, model: str, shape: Embedding) -> Draft:
    notes = Notes()
    body: Body = {"model": model, "input": list(request.texts)}
    _write_dimensions(request, shape, body, notes)
    _drop_task(request, notes)
    return _finished(request, body, notes)


def _google(request: EmbedRequest, model: str, shape: Embedding) -> Draft:
    notes = Notes()
    prefix, task_type = "", None if request.task is None else _TASK_TYPES[request.task]
    if request.task is not None and any(fnmatchcase(model, glob) for glob in shape.task_in_text):
        prefix, task_type = _TASK_PREFIXES[request.task], None
        notes.changed("task", "this model reads the task in the text itself", prefix)
    # `model` is required in each, though the path names it.
    requests = [
        wire.EmbedContent(
            model=f"models/{_bare(model)}",
            content=wire.Content([wire.Part(prefix + text)]),
            task_type=UNSET if task_type is None else task_type,
            output_dimensionality=UNSET if request.dimensions is None else request.dimensions,
        )
        for text in request.texts
    ]
    return _finished(request, {"requests": requests}, notes)


def _write_dimensions(request: EmbedRequest, shape: Embedding, body: Body, notes: Notes) -> None:
    if request.dimensions is None:
        return
    if not shape.dimensions:
        notes.dropped("dimensions", "the length of the vectors cannot be chosen here")
        return
    body[shape.dimensions] = request.dimensions
    if shape.dimensions != "dimensions":
        notes.changed("dimensions", f"it is called {shape.dimensions} here", shape.dimensions)


def _drop_task(request: EmbedRequest, notes: Notes) -> None:
    if request.task is not None:
        notes.dropped("task", "this endpoint makes the same vectors for every task")


def _finished(request: EmbedRequest, body: Body, notes: Notes) -> Draft:
    for name, value in request.extra:
        body[name] = Raw(value.encode())
    return Draft(body, tuple(notes))


def _bare(model: str) -> str:
    return model.removeprefix("models/")


# https://ai.google.dev/api/embeddings#v1beta.TaskType
_TASK_TYPES: Final[Mapping[Task, str]] = MappingProxyType(
    {
        "query": "RETRIEVAL_QUERY",
        "document": "RETRIEVAL_DOCUMENT",
        "similarity": "SEMANTIC_SIMILARITY",
        "classification": "CLASSIFICATION",
        "clustering": "CLUSTERING",
        "question": "QUESTION_ANSWERING",
        "fact": "FACT_VERIFICATION",
        "code": "CODE_RETRIEVAL_QUERY",
    }
)

# https://ai.google.dev/gemini-api/docs/embeddings#task-types-embeddings-2
_TASK_PREFIXES: Final[Mapping[Task, str]] = MappingProxyType(
    {
        "query": "task: search result | query: ",
        "document": "title: none | text: ",
        "similarity": "task: sentence similarity | query: ",
        "classification": "task: classification | query: ",
        "clustering": "task: clustering | query: ",
        "question": "task: question answering | query: ",
        "fact": "task: fact checking | query: ",
        "code": "task: code retrieval | query: ",
    }
)


TABLE: Final[Mapping[Embedder, EmbedDialect]] = MappingProxyType(
    {
        "openai": EmbedDialect(
            wire="openai-embeddings",
            path=lambda _: "/embeddings",
            encode=_openai,
            fixed=frozenset({"model", "input", "encoding_format"}),
        ),
        "google": EmbedDialect(
            wire="google-embed",
            path=lambda model: f"/models/{quote(_bare(model), safe='')}:batchEmbedContents",
            encode=_google,
            fixed=frozenset({"requests"}),
        ),
        "ollama": EmbedDialect(
            wire="ollama-embed", path=lambda _: "/api/embed", encode=_ollama, fixed=frozenset({"model", "input"})
        ),
    }
)
"""The embedding endpoints we speak to, by whose words they understand."""
