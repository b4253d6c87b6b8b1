"""The functions of the package: a client that is made when it is first needed, and shared."""

import atexit
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar, Unpack, overload

from modelmix.ask import Ask, Reach, Talk
from modelmix.ast.embedding import Embeddings, Task
from modelmix.ast.event import Event
from modelmix.ast.message import Prompt
from modelmix.ast.options import Extra, Output, Shaped
from modelmix.ast.response import Response
from modelmix.ast.toolrun import ToolRun
from modelmix.call import Call
from modelmix.client import Client
from modelmix.jsonvalue import JsonValue
from modelmix.objectstream import ObjectStream
from modelmix.outcome import Outcome
from modelmix.stream import Stream
from modelmix.tools.function import AnyTool
from modelmix.tools.loop import MAX_ROUNDS, PARALLEL, Watch

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")


@cache
def _client() -> Client:
    client = Client()
    atexit.register(client.close)
    return client


def generate_text(model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]) -> Outcome[Response]:
    """The whole answer of a model, named as `provider:model`. See `Client.generate_text`."""
    return _client().generate_text(model, prompt, output=output, **ask)


def stream_text(model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]) -> Outcome[Stream]:
    """An answer as it comes in; use it as a context manager. See `Client.stream_text`."""
    return _client().stream_text(model, prompt, output=output, **ask)


@overload
def generate_object(model: str, prompt: Prompt, shape: Shaped, **ask: Unpack[Ask]) -> Outcome[JsonValue]: ...


@overload
def generate_object(model: str, prompt: Prompt, shape: "TypeForm[T]", **ask: Unpack[Ask]) -> Outcome[T]: ...


def generate_object(
    model: str, prompt: Prompt, shape: "TypeForm[T] | Shaped", **ask: Unpack[Ask]
) -> Outcome[T] | Outcome[JsonValue]:
    """An answer that is a `shape`. See `Client.generate_object`."""
    return _client().generate_object(model, prompt, shape, **ask)


def run_tools(
    model: str,
    prompt: Prompt,
    tools: Sequence[AnyTool],
    *,
    output: Output | None = None,
    max_rounds: int = MAX_ROUNDS,
    parallel: int = PARALLEL,
    on_event: Callable[[Event], object] | None = None,
    on_step: Watch | None = None,
    **talk: Unpack[Talk],
) -> Outcome[ToolRun]:
    """Answers of a model that has its tools run, up to the last one. See `Client.run_tools`."""
    return _client().run_tools(
        model,
        prompt,
        tools,
        output=output,
        max_rounds=max_rounds,
        parallel=parallel,
        on_event=on_event,
        on_step=on_step,
        **talk,
    )


def embed(
    model: str,
    texts: str | Sequence[str],
    *,
    dimensions: int | None = None,
    task: Task | None = None,
    extra: Extra = (),
    **reach: Unpack[Reach],
) -> Outcome[Embeddings]:
    """One vector a text. See `Client.embed`."""
    return _client().embed(model, texts, dimensions=dimensions, task=task, extra=extra, **reach)


@overload
def stream_object(
    model: str, prompt: Prompt, shape: Shaped, **ask: Unpack[Ask]
) -> Outcome[ObjectStream[JsonValue]]: ...


@overload
def stream_object(model: str, prompt: Prompt, shape: "TypeForm[T]", **ask: Unpack[Ask]) -> Outcome[ObjectStream[T]]: ...


def stream_object(
    model: str, prompt: Prompt, shape: "TypeForm[T] | Shaped", **ask: Unpack[Ask]
) -> Outcome[ObjectStream[T]] | Outcome[ObjectStream[JsonValue]]:
    """An answer that is a `shape`, as it comes in; use it as a context manager. See `Client.stream_object`."""
    return _client().stream_object(model, prompt, shape, **ask)


def plan(
    model: str, prompt: Prompt, *, output: Output | None = None, stream: bool = False, **ask: Unpack[Ask]
) -> Outcome[Call]:
    """What would be sent, without sending it. See `Client.plan`."""
    return _client().plan(model, prompt, output=output, stream=stream, **ask)
