"""The asynchronous client: closing from other tasks, an HTTP client of the caller's own, and what it leaves behind."""

import asyncio
import time
from typing import Final

import httpx
from returns.result import Success

from e2e.scripts import run_script
from e2e.sight import named
from e2e.tasks import HANGING, MODEL, ONCE, client, left, open_stream, run
from fakes.replies import Reply, Step, answer, delta, stream, streamed_answer, words
from fakes.server import FaultServer, Request
from modelmix import (
    AsyncClient,
    AsyncStream,
    Cancelled,
    Config,
    Connections,
    Deadlines,
    Event,
    Failed,
    Finished,
    TextDelta,
)

# Closing


async def _events(opened: AsyncStream) -> list[Event]:
    return [event async for event in opened]


def test_closing_from_another_task_ends_a_blocked_read_with_a_failure() -> None:
    async def scene() -> None:
        with FaultServer(HANGING) as server:
            async with client() as asked, await open_stream(asked, server) as opened:
                reading = asyncio.create_task(_events(opened))
                await asyncio.sleep(0.1)
                await opened.aclose()
                async with asyncio.timeout(1):
                    *_, last = await reading
                assert isinstance(last, Failed)
                assert isinstance(last.error, Cancelled)
                assert await left(server)

    run(scene)


def test_closing_again_and_again_does_no_harm() -> None:
    async def scene() -> None:
        with FaultServer(HANGING) as server:
            async with client() as asked:
                opened = await open_stream(asked, server)
                await asyncio.gather(*(opened.aclose() for _ in range(8)))
                await opened.aclose()
                assert named((await opened.result()).failure()) == "cancelled"
            await asked.aclose()

    run(scene)


def test_events_come_as_they_arrive() -> None:
    async def scene() -> None:
        slow = stream(*words("Hel"), Step(words("lo")[0], 0.3), delta("stop"))
        with FaultServer(slow) as server:
            async with client() as asked, await open_stream(asked, server) as opened:
                told = [(event, time.monotonic()) async for event in opened if isinstance(event, TextDelta | Finished)]
        (_, early), (_, late), (last, _) = told
        assert isinstance(last, Finished)
        assert late - early > 0.2

    run(scene)


def test_many_streams_at_once_share_one_client() -> None:
    def echo(request: Request) -> Reply:
        number = request.body.split(b"number ")[1].split(b'"')[0].decode()
        return streamed_answer("number ", number)

    async def asked_for(asked: AsyncClient, server: FaultServer, number: int) -> str:
        opened = (await asked.stream_text(MODEL, f"number {number}", base_url=server.url)).unwrap()
        async with opened:
            return "".join([piece async for piece in opened.text()])

    async def scene() -> None:
        with FaultServer(echo) as server:
            async with client() as asked:
                answers = await asyncio.gather(*(asked_for(asked, server, number) for number in range(100)))
            assert answers == [f"number {number}" for number in range(100)]
            assert len(server.requests) == 100

    run(scene)


def test_the_pool_deadline_names_itself() -> None:
    async def scene() -> None:
        asked = AsyncClient(
            env={}, config=Config(), policy=ONCE, connections=Connections(most=1), deadlines=Deadlines(pool=0.2)
        )
        with FaultServer(HANGING) as server:
            async with asked, await open_stream(asked, server):
                outcome = await asked.generate_text(MODEL, "hi", base_url=server.url)
        assert named(outcome.failure()) == "timed_out/pool/0.2"

    run(scene)


def test_a_loop_that_waits_for_an_answer_goes_on_with_other_work() -> None:
    async def scene() -> None:
        with FaultServer(Reply(200, {}, answer("4").steps, before=0.3)) as server:
            async with client() as asked:
                task = asyncio.create_task(asked.generate_text(MODEL, "hi", base_url=server.url))
                beats = 0
                while not task.done():
                    await asyncio.sleep(0.01)
                    beats += 1
        assert isinstance(task.result(), Success)
        assert beats > 10

    run(scene)


# An HTTP client of the caller's own


def test_an_http_client_of_the_callers_own_is_used_and_left_open() -> None:
    async def scene() -> None:
        with FaultServer(streamed_answer("Hel", "lo")) as server:
            async with httpx.AsyncClient() as own:
                async with AsyncClient(env={}, config=Config(), http=own) as asked:
                    for _ in range(3):
                        async with await open_stream(asked, server) as opened:
                            assert (await opened.result()).unwrap().text == "Hello"
                assert not own.is_closed
            assert server.connections == 1

    run(scene)


def test_an_http_client_of_the_callers_own_follows_no_redirect() -> None:
    async def scene() -> None:
        with (
            FaultServer(answer("4")) as second,
            FaultServer(Reply(307, {"Location": f"{second.url}/chat/completions"})) as first,
        ):
            async with (
                httpx.AsyncClient(follow_redirects=True) as own,
                AsyncClient(env={}, config=Config(), http=own) as asked,
            ):
                outcome = await asked.generate_text(MODEL, "hi", base_url=first.url, api_key="sk-canary-0123456789")
            assert named(outcome.failure()) == "rejected/redirect/307"
            assert second.connections == 0

    run(scene)


# What is left behind, seen by a process of its own in which every warning is an error

QUIET: Final = """
import asyncio, sys
from modelmix import AsyncClient, Config, Policy

url = sys.argv[1]

async def main():
    async with AsyncClient(env={}, config=Config(), policy=Policy(first=0.01)) as client:
        for _ in range(3):
            async with (await client.stream_text("openai:gpt-4o", "hi", base_url=url)).unwrap() as stream:
                print("".join([piece async for piece in stream.text()]))
            async with (await client.stream_text("openai:gpt-4o", "hi", base_url=url)).unwrap() as stream:
                async for event in stream:
                    break
        kept = (await client.stream_text("openai:gpt-4o", "hi", base_url=url)).unwrap()
        iterator = aiter(kept)
        await anext(iterator)
        task = asyncio.create_task(anext(iterator))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await kept.aclose()
        print(type(await kept.result()).__name__)

asyncio.run(main())
"""

FUNCTIONS: Final = """
import asyncio, sys
from modelmix import aio

url = sys.argv[1]

async def main():
    print((await aio.generate_text("openai:gpt-4o", "hi", base_url=url)).unwrap().text)
    async with (await aio.stream_text("openai:gpt-4o", "hi", base_url=url)).unwrap() as stream:
        print("".join([piece async for piece in stream.text()]))

for _ in range(2):
    asyncio.run(main())
"""


def test_clients_and_streams_leave_nothing_open_behind() -> None:
    with FaultServer(stream(*words("Hel", "lo"), Step(delta("stop"), 0.01))) as server:
        assert run_script(QUIET, server.url) == ("Hello\nHello\nHello\nFailure\n", "", 0)


def test_the_functions_of_the_package_work_in_one_loop_after_another() -> None:
    def either(request: Request) -> Reply:
        return streamed_answer("Hel", "lo") if b'"stream":true' in request.body else answer("Hello")

    with FaultServer(either) as server:
        assert run_script(FUNCTIONS, server.url) == ("Hello\n" * 4, "", 0)
