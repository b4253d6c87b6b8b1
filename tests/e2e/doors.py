"""The two ways in, made alike, so that one table of cases holds for the blocking and the asynchronous client."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Generic, Protocol, Self, TypeAlias, TypedDict, TypeVar, Unpack, cast

import httpx
import msgspec
from returns.result import Failure

from modelmix import (
    AsyncClient,
    Bounds,
    Client,
    Config,
    Connections,
    Deadlines,
    Embeddings,
    Event,
    Outcome,
    Policy,
    Response,
    Step,
    ToolRun,
)
from modelmix.ask import Ask, Reach, Talk
from modelmix.ast.embedding import Task
from modelmix.ast.message import Prompt
from modelmix.ast.options import Extra, Output, Shaped
from modelmix.tools.function import AnyTool

T = TypeVar("T")


class Setup(TypedDict, total=False):
    """What both clients are made with."""

    env: dict[str, str]
    config: Config
    deadlines: Deadlines
    policy: Policy
    bounds: Bounds
    connections: Connections
    max_cost: Decimal


class Running(Talk, total=False):
    """What may be said with tools."""

    output: Output
    max_rounds: int
    parallel: int
    on_event: Callable[[Event], object]
    on_step: Callable[[Step], object]


class Embedding(Reach, total=False):
    """What may be said with texts."""

    dimensions: int
    task: Task
    extra: Extra


@dataclass(frozen=True)
class Streamed:
    """All of a stream: its events, and what they make. No events where there was no stream to begin with."""

    events: tuple[Event, ...]
    outcome: Outcome[Response]


@dataclass(frozen=True)
class Grown(Generic[T]):
    """All of an object that was streamed: what it looked like on the way, as JSON, and what came of it."""

    partials: tuple[str, ...]
    outcome: Outcome[T]
    response: Outcome[Response]


class Door(Protocol):
    """A client, asked for one thing after another."""

    def text(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> Outcome[Response]:
        """A whole answer."""
        ...

    def stream(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> Streamed:
        """A streamed answer, read to its end."""
        ...

    def leave(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> tuple[Event, ...]:
        """A streamed answer, left after its first event of output."""
        ...

    def make(self, model: str, prompt: Prompt, shape: type[T], **ask: Unpack[Ask]) -> Outcome[T]:
        """An object."""
        ...

    def tools(self, model: str, prompt: Prompt, tools: Sequence[AnyTool], **more: Unpack[Running]) -> Outcome[ToolRun]:
        """An answer for which tools were run."""
        ...

    def embed(self, model: str, texts: str | Sequence[str], **more: Unpack[Embedding]) -> Outcome[Embeddings]:
        """Vectors."""
        ...

    def grow(self, model: str, prompt: Prompt, shape: type[T] | Shaped, **ask: Unpack[Ask]) -> Grown[T]:
        """An object, looked at while it grows."""
        ...

    def pick(self, model: str, prompt: Prompt, shape: type[list[T]], **ask: Unpack[Ask]) -> tuple[T, ...]:
        """The elements of a list, as they come."""
        ...

    def shown(self) -> str:
        """The client, printed."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class BlockingDoor:
    """`Client` as it is."""

    def __init__(self, http: httpx.Client | None = None, **setup: Unpack[Setup]) -> None:
        self._client = Client(http=http, **_alone(setup))

    def text(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> Outcome[Response]:
        return self._client.generate_text(model, prompt, **ask)

    def stream(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> Streamed:
        opened = self._client.stream_text(model, prompt, **ask)
        if isinstance(opened, Failure):
            return Streamed((), opened)
        with opened.unwrap() as stream:
            events = tuple(stream)
            return Streamed(events, stream.result())

    def leave(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> tuple[Event, ...]:
        with self._client.stream_text(model, prompt, **ask).unwrap() as stream:
            return tuple(next(stream.batches()))

    def make(self, model: str, prompt: Prompt, shape: type[T], **ask: Unpack[Ask]) -> Outcome[T]:
        return self._client.generate_object(model, prompt, shape, **ask)

    def tools(self, model: str, prompt: Prompt, tools: Sequence[AnyTool], **more: Unpack[Running]) -> Outcome[ToolRun]:
        return self._client.run_tools(model, prompt, tools, **more)

    def embed(self, model: str, texts: str | Sequence[str], **more: Unpack[Embedding]) -> Outcome[Embeddings]:
        return self._client.embed(model, texts, **more)

    def grow(self, model: str, prompt: Prompt, shape: type[T] | Shaped, **ask: Unpack[Ask]) -> Grown[T]:
        opened = self._client.stream_object(model, prompt, cast("type[T]", shape), **ask)
        if isinstance(opened, Failure):
            return Grown((), opened, opened)
        with opened.unwrap() as stream:
            partials = tuple(msgspec.json.encode(value).decode() for value in stream)
            return Grown(partials, stream.result(), stream.response())

    def pick(self, model: str, prompt: Prompt, shape: type[list[T]], **ask: Unpack[Ask]) -> tuple[T, ...]:
        with self._client.stream_object(model, prompt, shape, **ask).unwrap() as stream:
            return tuple(stream.elements())

    def shown(self) -> str:
        return repr(self._client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()


class AsyncDoor:
    """`AsyncClient` in a loop of its own."""

    def __init__(self, http: httpx.AsyncClient | None = None, **setup: Unpack[Setup]) -> None:
        self._runner = asyncio.Runner(debug=True)
        self._client = AsyncClient(http=http, **_alone(setup))

    def text(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> Outcome[Response]:
        return self._run(lambda: self._client.generate_text(model, prompt, **ask))

    def stream(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> Streamed:
        async def read() -> Streamed:
            opened = await self._client.stream_text(model, prompt, **ask)
            if isinstance(opened, Failure):
                return Streamed((), opened)
            async with opened.unwrap() as stream:
                events = tuple([event async for event in stream])
                return Streamed(events, await stream.result())

        return self._run(read)

    def leave(self, model: str, prompt: Prompt, **ask: Unpack[Ask]) -> tuple[Event, ...]:
        async def read() -> tuple[Event, ...]:
            async with (await self._client.stream_text(model, prompt, **ask)).unwrap() as stream:
                return tuple(await anext(aiter(stream.batches())))

        return self._run(read)

    def make(self, model: str, prompt: Prompt, shape: type[T], **ask: Unpack[Ask]) -> Outcome[T]:
        return self._run(lambda: self._client.generate_object(model, prompt, shape, **ask))

    def tools(self, model: str, prompt: Prompt, tools: Sequence[AnyTool], **more: Unpack[Running]) -> Outcome[ToolRun]:
        return self._run(lambda: self._client.run_tools(model, prompt, tools, **more))

    def embed(self, model: str, texts: str | Sequence[str], **more: Unpack[Embedding]) -> Outcome[Embeddings]:
        return self._run(lambda: self._client.embed(model, texts, **more))

    def grow(self, model: str, prompt: Prompt, shape: type[T] | Shaped, **ask: Unpack[Ask]) -> Grown[T]:
        async def read() -> Grown[T]:
            opened = await self._client.stream_object(model, prompt, cast("type[T]", shape), **ask)
            if isinstance(opened, Failure):
                return Grown((), opened, opened)
            async with opened.unwrap() as stream:
                partials = [msgspec.json.encode(value).decode() async for value in stream]
                return Grown(tuple(partials), await stream.result(), await stream.response())

        return self._run(read)

    def pick(self, model: str, prompt: Prompt, shape: type[list[T]], **ask: Unpack[Ask]) -> tuple[T, ...]:
        async def read() -> tuple[T, ...]:
            async with (await self._client.stream_object(model, prompt, shape, **ask)).unwrap() as stream:
                return tuple([element async for element in stream.elements()])

        return self._run(read)

    def shown(self) -> str:
        return repr(self._client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._run(self._client.aclose)
        self._runner.close()

    def _run(self, work: Callable[[], Awaitable[T]]) -> T:
        async def awaited() -> T:
            return await work()

        return self._runner.run(awaited())


def _alone(setup: Setup) -> Setup:
    """The setup, with settings and environment of its own where it names none."""
    return {"env": {}, "config": Config(), **setup}


Entrance: TypeAlias = type[BlockingDoor | AsyncDoor]

DOORS: dict[str, Entrance] = {"Client": BlockingDoor, "AsyncClient": AsyncDoor}
