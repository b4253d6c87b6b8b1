"""Cancelling a call of the asynchronous client, wherever it is: its connection is closed, and the caller is told."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final

import pytest

from e2e.sight import named
from e2e.tasks import HANGING, MODEL, cancelled, client, left, open_stream, run
from fakes.replies import Reply, Step, broken, delta, refusal, silence, stream, words
from fakes.server import FaultServer, Request
from modelmix import (
    AsyncClient,
    Config,
)

# Where a call may be when it is cancelled

Waiting = Callable[[AsyncClient, FaultServer], Coroutine[object, object, object]]


async def _read(asked: AsyncClient, server: FaultServer) -> object:
    async with await open_stream(asked, server) as opened:
        return [event async for event in opened]


async def _result(asked: AsyncClient, server: FaultServer) -> object:
    async with await open_stream(asked, server) as opened:
        return await opened.result()


async def _kept(asked: AsyncClient, server: FaultServer) -> object:
    """The iterator outlives the loop over it, as one does that somebody holds on to."""
    async with await open_stream(asked, server) as opened:
        kept = aiter(opened)
        found = [await anext(kept)]
        while True:
            found.append(await anext(kept))


async def _whole(asked: AsyncClient, server: FaultServer) -> object:
    return await asked.generate_text(MODEL, "hi", base_url=server.url)


async def _streamed(asked: AsyncClient, server: FaultServer) -> object:
    return await asked.stream_text(MODEL, "hi", base_url=server.url)


PLACES: Final[dict[str, tuple[Reply, Waiting]]] = {
    "in the midst of the events": (HANGING, _read),
    "in the midst of the result": (HANGING, _result),
    "in the midst of an iterator that is kept": (HANGING, _kept),
    "before the headers of a stream": (silence("stall"), _streamed),
    "before the first output of a stream": (broken(b": hi\n\n", action="stall"), _streamed),
    "before the headers of a whole answer": (silence("stall"), _whole),
    "in the midst of a whole answer": (Reply(200, {}, (Step(b'{"id":'), Step(action="stall")), "chunked"), _whole),
    "in the midst of a refusal": (Reply(500, {}, (Step(b'{"error":'), Step(action="stall")), "chunked"), _whole),
}


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize(("reply", "wait"), PLACES.values(), ids=PLACES)
def test_cancelling_closes_the_connection_at_once_and_is_told(reply: Reply, wait: Waiting, times: int) -> None:
    async def scene() -> None:
        with FaultServer(reply) as server:
            async with client() as asked:
                task = asyncio.create_task(wait(asked, server))
                assert await asyncio.to_thread(server.is_silent, 5.0)
                await asyncio.sleep(0.02)
                assert await cancelled(task, times)
                assert await left(server)

    run(scene)


def test_cancelling_while_a_try_is_waited_for_ends_the_wait() -> None:
    async def scene() -> None:
        with FaultServer(refusal(429, "rate_limit_exceeded", "slow", {"Retry-After": "60"})) as server:
            async with AsyncClient(env={}, config=Config()) as asked:
                task = asyncio.create_task(_whole(asked, server))
                await asyncio.sleep(0.1)
                assert await cancelled(task)
                assert len(server.requests) == 1

    run(scene)


def test_cancelling_after_any_number_of_steps_leaves_nothing_open() -> None:
    slow = [Step(word, 0.002) for word in words(*"Hello, world")]
    endless, whole = stream(*slow, Step(action="stall")), stream(*slow, delta("stop"))

    def either(request: Request) -> Reply:
        return whole if b"To the end" in request.body else endless

    async def scene() -> None:
        with FaultServer(either) as server:
            async with client() as asked:
                for steps in range(60):
                    task = asyncio.create_task(_read(asked, server))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    assert await cancelled(task)
                opened = (await asked.stream_text(MODEL, "To the end", base_url=server.url)).unwrap()
                async with opened:
                    assert (await opened.result()).unwrap().text == "Hello, world"
            assert await asyncio.to_thread(server.falls_quiet, 2.0)

    run(scene)


def test_a_timeout_of_the_callers_own_ends_a_stream() -> None:
    async def scene() -> None:
        with FaultServer(HANGING) as server:
            async with client() as asked, await open_stream(asked, server) as opened:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await opened.result()
                await opened.aclose()
                assert await left(server)
                assert named((await opened.result()).failure()) == "cancelled"

    run(scene)


def test_one_task_that_fails_ends_the_streams_of_its_group() -> None:
    async def fail() -> None:
        await asyncio.sleep(0.1)
        raise ZeroDivisionError

    async def together(asked: AsyncClient, server: FaultServer) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_read(asked, server))
            group.create_task(_read(asked, server))
            group.create_task(fail())

    async def scene() -> None:
        with FaultServer(HANGING) as server:
            async with client() as asked:
                with pytest.raises(ExceptionGroup) as caught:
                    await together(asked, server)
                assert caught.group_contains(ZeroDivisionError)
                assert await left(server)
                assert await left(server)

    run(scene)
