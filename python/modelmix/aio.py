"""The functions of the package for asynchronous programs: one client for each event loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, Unpack, overload
from weakref import WeakKeyDictionary

from modelmix.aclient import AsyncClient
from modelmix.aobjectstream import AsyncObjectStream
from modelmix.ask import Ask, Reach, Talk
from modelmix.ast.embedding import Embeddings, Task
from modelmix.ast.event import Event
from modelmix.ast.message import Prompt
from modelmix.ast.options import Extra, Output, Shaped
from modelmix.ast.response import Response
from modelmix.ast.toolrun import ToolRun
from modelmix.astream import AsyncStream
from modelmix.jsonvalue import JsonValue
from modelmix.outcome import Outcome
from modelmix.tools.function import AnyTool
from modelmix.tools.loop import MAX_ROUNDS, PARALLEL, Watch

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

Opened: TypeAlias = tuple[AsyncClient, AsyncGenerator[AsyncClient, None]]

# Connections belong to the loop that opened them.
_clients: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Opened]] = WeakKeyDictionary()


async def _client() -> AsyncClient:
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        opening = _open()
        _clients[loop] = (await anext(opening), opening)
    return _clients[loop][0]


async def _open() -> AsyncGenerator[AsyncClient, None]:
    """One client, closed when its loop ends: then the loop closes all generators that were begun in it."""
    async with AsyncClient() as client:
        yield client


async def generate_text(
    model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]
) -> Outcome[Response]:
    """The whole answer of a model, named as `provider:model`. See `AsyncClient.generate_text`."""
    return await (await _client()).generate_text(model, prompt, output=output, **ask)


async def stream_text(
    model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]
) -> Outcome[AsyncStream]:
    """An answer as it comes in; use it as a context manager. See `AsyncClient.stream_text`."""
    return await (await _client()).stream_text(model, prompt, output=output, **ask)


@overload
async def generate_object(model: str, prompt: Prompt, shape: Shaped, **ask: Unpack[Ask]) -> Outcome[JsonValue]: ...


@overload
async def generate_object(model: str, prompt: Prompt, shape: "TypeForm[T]", **ask: Unpack[Ask]) -> Outcome[T]: ...


async def generate_object(
    model: str, prompt: Prompt, shape: "TypeForm[T] | Shaped", **ask: Unpack[Ask]
) -> Outcome[T] | Outcome[JsonValue]:
    """An answer that is a `shape`. See `AsyncClient.generate_object`."""
    return await (await _client()).generate_object(model, prompt, shape, **ask)


async def run_tools(
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
    """Answers of a model that has its tools run, up to the last one. See `AsyncClient.run_tools`."""
    return await (await _client()).run_tools(
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


async def embed(
    model: str,
    texts: str | Sequence[str],
    *,
    dimensions: int | None = None,
    task: Task | None = None,
    extra: Extra = (),
    **reach: Unpack[Reach],
) -> Outcome[Embeddings]:
    """One vector a text. See `AsyncClient.embed`."""
    return await (await _client()).embed(model, texts, dimensions=dimensions, task=task, extra=extra, **reach)


@overload
async def stream_object(
    model: str, prompt: Prompt, shape: Shaped, **ask: Unpack[Ask]
) -> Outcome[AsyncObjectStream[JsonValue]]: ...


@overload
async def stream_object(
    model: str, prompt: Prompt, shape: "TypeForm[T]", **ask: Unpack[Ask]
) -> Outcome[AsyncObjectStream[T]]: ...


async def stream_object(
    model: str, prompt: Prompt, shape: "TypeForm[T] | Shaped", **ask: Unpack[Ask]
) -> Outcome[AsyncObjectStream[T]] | Outcome[AsyncObjectStream[JsonValue]]:
    """An answer that is a `shape`, as it comes in; use it as a context manager. See `AsyncClient.stream_object`."""
    return await (await _client()).stream_object(model, prompt, shape, **ask)
