"""What the tests of the asynchronous client share: a loop, a client of few words, and tasks that are cancelled."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Final, TypeVar

from fakes.replies import broken, words
from fakes.server import FaultServer
from modelmix import AsyncClient, AsyncStream, Config, Policy

T = TypeVar("T")

MODEL: Final = "openai:gpt-4o"
HANGING: Final = broken(*words("Hel"), action="stall")
ONCE: Final = Policy(retries=0)


def run(work: Callable[[], Coroutine[object, object, T]]) -> T:
    """Runs a test in a loop that reports whatever is left undone."""
    with asyncio.Runner(debug=True) as runner:
        return runner.run(work())


def client() -> AsyncClient:
    """A client that asks once and knows nothing of its surroundings."""
    return AsyncClient(env={}, config=Config(), policy=ONCE)


async def left(server: FaultServer) -> bool:
    """Whether the server sees its connection closed within a second."""
    return await asyncio.to_thread(server.was_left, 1.0)


async def open_stream(asked: AsyncClient, server: FaultServer) -> AsyncStream:
    """A stream whose first output has come."""
    return (await asked.stream_text(MODEL, "hi", base_url=server.url)).unwrap()


async def cancelled(task: asyncio.Task[object], times: int = 1) -> bool:
    """Whether a task that is cancelled ends so, and soon."""
    begun = time.monotonic()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await task
    return task.cancelled() and time.monotonic() - begun < 0.5
