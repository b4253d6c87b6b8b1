"""The blocking client: threads, closing from outside, an HTTP client of the caller's own, and what it leaves behind."""

import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx
import pytest
from returns.result import Failure, Success

from e2e.scripts import run_script
from e2e.sight import named
from fakes.replies import Reply, Step, answer, body, broken, delta, event, stream, streamed_answer, words
from fakes.server import FaultServer, Request, free_port
from modelmix import (
    Cancelled,
    Client,
    Config,
    Connections,
    Deadlines,
    Event,
    Failed,
    Finished,
    Policy,
    Response,
    Stream,
    TextDelta,
    decode,
)

MODEL: Final = "openai:gpt-4o"
HANGING: Final = broken(*words("Hel"), action="stall")
ONCE: Final = Policy(retries=0)


@pytest.fixture
def client() -> Client:
    return Client(env={}, config=Config(), policy=ONCE)


def _events(stream: Stream) -> list[Event]:
    return list(stream)


def _texts(stream: Stream) -> list[str]:
    return list(stream.text())


def _outcome(stream: Stream) -> list[object]:
    return [stream.result()]


READERS: Final[dict[str, Callable[[Stream], object]]] = {"events": _events, "text": _texts, "result": _outcome}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_closing_from_another_thread_wakes_a_blocked_read(client: Client, read: Callable[[Stream], object]) -> None:
    with (
        client,
        FaultServer(HANGING) as server,
        client.stream_text(MODEL, "hi", base_url=server.url).unwrap() as opened,
    ):
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read, opened)
            time.sleep(0.1)
            begun = time.monotonic()
            opened.close()
            reading.result(timeout=5)
            assert time.monotonic() - begun < 0.5
        assert server.was_left(within=1)
        problem = opened.result().failure()
    assert isinstance(problem, Cancelled)
    assert problem.partial is not None
    assert problem.partial.text == "Hel"


def test_a_stream_that_is_closed_from_another_thread_ends_with_a_failure(client: Client) -> None:
    with (
        client,
        FaultServer(HANGING) as server,
        client.stream_text(MODEL, "hi", base_url=server.url).unwrap() as opened,
        ThreadPoolExecutor(1) as pool,
    ):
        reading = pool.submit(_events, opened)
        time.sleep(0.1)
        opened.close()
        *_, last = reading.result(timeout=5)
    assert isinstance(last, Failed)
    assert isinstance(last.error, Cancelled)


def test_closing_again_and_again_does_no_harm(client: Client) -> None:
    with client, FaultServer(HANGING) as server:
        opened = client.stream_text(MODEL, "hi", base_url=server.url).unwrap()
        with ThreadPoolExecutor(8) as pool:
            for closing in [pool.submit(opened.close) for _ in range(32)]:
                closing.result(timeout=5)
        opened.close()
        assert named(opened.result().failure()) == "cancelled"
    client.close()


def test_a_finished_stream_stays_what_it_is_after_closing(client: Client) -> None:
    with client, FaultServer(streamed_answer("Hel", "lo")) as server:
        opened = client.stream_text(MODEL, "hi", base_url=server.url).unwrap()
        assert "".join(opened.text()) == "Hello"
        opened.close()
        assert opened.result().unwrap().text == "Hello"
        assert list(opened) == []


def test_events_come_as_they_arrive(client: Client) -> None:
    slow = stream(*words("Hel"), Step(words("lo")[0], 0.3), delta("stop"))
    with (
        client,
        FaultServer(slow) as server,
        client.stream_text(MODEL, "hi", base_url=server.url).unwrap() as opened,
    ):
        told = [(event, time.monotonic()) for event in opened if isinstance(event, TextDelta | Finished)]
    (first, early), (second, late), (last, _) = told
    assert isinstance(first, TextDelta)
    assert isinstance(second, TextDelta)
    assert isinstance(last, Finished)
    assert (first.text, second.text) == ("Hel", "lo")
    assert late - early > 0.2


def test_an_interrupted_program_closes_its_connection(client: Client) -> None:
    def interrupted(url: str) -> None:
        with client.stream_text(MODEL, "hi", base_url=url).unwrap() as opened:
            for _ in opened:
                raise KeyboardInterrupt

    with client, FaultServer(HANGING) as server:
        with pytest.raises(KeyboardInterrupt):
            interrupted(server.url)
        assert server.was_left(within=1)


def test_many_threads_share_one_client(client: Client) -> None:
    def echo(request: Request) -> Reply:
        number = request.body.split(b"number ")[1].split(b'"')[0].decode()
        if b'"stream":true' in request.body:
            return streamed_answer("number ", number)
        return answer(f"number {number}")

    def asked(number: int) -> str:
        prompt = f"number {number}"
        if number % 2:
            return client.generate_text(MODEL, prompt, base_url=server.url).unwrap().text
        with client.stream_text(MODEL, prompt, base_url=server.url).unwrap() as opened:
            return "".join(opened.text())

    with client, FaultServer(echo) as server:
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(asked, range(160)))
        assert answers == [f"number {number}" for number in range(160)]
        assert len(server.requests) == 160
        assert server.connections <= 16


def test_the_pool_deadline_names_itself() -> None:
    with (
        Client(
            env={}, config=Config(), policy=ONCE, connections=Connections(most=1), deadlines=Deadlines(pool=0.2)
        ) as client,
        FaultServer(HANGING) as server,
        client.stream_text(MODEL, "hi", base_url=server.url).unwrap(),
    ):
        assert named(client.generate_text(MODEL, "hi", base_url=server.url).failure()) == "timed_out/pool/0.2"


def test_no_failure_is_raised_whatever_the_server_sends(client: Client) -> None:
    oddities = (b"\x00", b"\xff\xfe", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" * 9)
    script = [Reply(0, {}, (Step(oddity, 0, "close"),), "raw") for oddity in oddities]
    script += [body(oddity, "application/json") for oddity in (b"", b"null", b"[]", b"{}", b"\xff")]
    script += [stream(event(text)) for text in ("null", "[]", "{}", '{"choices":{}}')]
    with client, FaultServer(script) as server:
        for _ in script:
            assert isinstance(client.generate_text(MODEL, "hi", base_url=server.url), Failure)
        assert len(server.requests) == len(script)


# An HTTP client of the caller's own


def test_an_http_client_of_the_callers_own_is_used_and_left_open() -> None:
    seen: list[str] = []

    def note(request: httpx.Request) -> None:
        seen.append(request.method)

    with (
        httpx.Client(event_hooks={"request": [note]}) as own,
        FaultServer(streamed_answer("Hel", "lo")) as server,
    ):
        with Client(env={}, config=Config(), http=own) as client:
            for _ in range(3):
                with client.stream_text(MODEL, "hi", base_url=server.url).unwrap() as opened:
                    assert opened.result().unwrap().text == "Hello"
        assert not own.is_closed
        assert seen == ["POST"] * 3
        assert server.connections == 1


def test_an_http_client_of_the_callers_own_follows_no_redirect() -> None:
    with (
        FaultServer(answer("4")) as second,
        FaultServer(Reply(307, {"Location": f"{second.url}/chat/completions"})) as first,
        httpx.Client(follow_redirects=True) as own,
        Client(env={}, config=Config(), http=own) as client,
    ):
        outcome = client.generate_text(MODEL, "hi", base_url=first.url, api_key="sk-canary-0123456789")
        assert named(outcome.failure()) == "rejected/redirect/307"
        assert second.connections == 0


def test_a_stream_through_a_client_of_the_callers_own_can_be_closed_from_another_thread() -> None:
    with (
        httpx.Client(timeout=None) as own,
        Client(env={}, config=Config(), http=own) as client,
        FaultServer(HANGING) as server,
        client.stream_text(MODEL, "hi", base_url=server.url).unwrap() as opened,
    ):
        threading.Timer(0.1, opened.close).start()
        assert named(opened.result().failure()) == "cancelled"
        assert server.was_left(within=1)


# Bytes from elsewhere


def test_events_come_from_bytes_of_any_origin() -> None:
    with FaultServer(streamed_answer("Hel", "lo")) as server:
        asked = urllib.request.Request(f"{server.url}/chat/completions", b"{}")
        with urllib.request.urlopen(asked, timeout=5) as reply:
            pieces = iter(lambda: bytes(reply.read(7)), b"")
            events = list(decode.events(pieces, dialect="openai-chat"))
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Hello"
    assert events[-1] == Finished("stop", "stop")


# What is left behind, seen by a process of its own in which every warning is an error

QUIET: Final = """
import sys
from returns.result import Success
from modelmix import Client, Config, Policy

url = sys.argv[1]
with Client(env={}, config=Config(), policy=Policy(first=0.01)) as client:
    for _ in range(3):
        with client.stream_text("openai:gpt-4o", "hi", base_url=url).unwrap() as stream:
            print("".join(stream.text()))
        with client.stream_text("openai:gpt-4o", "hi", base_url=url).unwrap() as stream:
            next(iter(stream))
    stream = client.stream_text("openai:gpt-4o", "hi", base_url=url).unwrap()
    iterator = iter(stream)
    next(iterator)
    stream.close()
    print(type(stream.result()).__name__)
"""

FUNCTIONS: Final = """
import sys
import modelmix

url = sys.argv[1]
print(modelmix.generate_text("openai:gpt-4o", "hi", base_url=url).unwrap().text)
with modelmix.stream_text("openai:gpt-4o", "hi", base_url=url).unwrap() as stream:
    print("".join(stream.text()))
print(modelmix.generate_object("openai:gpt-4o", "hi", str, base_url=url).failure().why[:0] == "")
print(modelmix.plan("openai:gpt-4o", "hi", base_url=url).unwrap().url == url + "/chat/completions")
"""


def test_clients_and_streams_leave_nothing_open_behind() -> None:
    with FaultServer(streamed_answer("Hel", "lo")) as server:
        assert run_script(QUIET, server.url) == ("Hello\nHello\nHello\nFailure\n", "", 0)


def test_the_functions_of_the_package_work_without_a_client_at_hand() -> None:
    def either(request: Request) -> Reply:
        return streamed_answer("Hel", "lo") if b'"stream":true' in request.body else answer("Hello")

    with FaultServer(either) as server:
        assert run_script(FUNCTIONS, server.url) == ("Hello\nHello\nTrue\nTrue\n", "", 0)
        assert server.connections == 1


CONTEXTS: Final = """
import gc, ssl, sys
from modelmix import AsyncClient, Client, Config, Policy
import asyncio

def contexts():
    return sum(isinstance(thing, ssl.SSLContext) for thing in gc.get_objects())

async def both(url):
    async with AsyncClient(env={}, config=Config(), policy=Policy(retries=0)) as client:
        return await client.generate_text("openai:gpt-4o", "hi", base_url=url)

def ask(url):
    with Client(env={}, config=Config(), policy=Policy(retries=0)) as client:
        asyncio.run(both(url))
        return client.generate_text("openai:gpt-4o", "hi", base_url=url)

plain, secure = sys.argv[1:]
print(type(ask(plain)).__name__, contexts())
for _ in range(3):
    print(type(ask(secure)).__name__, contexts())
"""


def test_one_tls_context_serves_all_and_none_is_made_for_plain_http() -> None:
    with FaultServer(answer("4")) as server:
        told = run_script(CONTEXTS, server.url, f"https://127.0.0.1:{free_port()}/v1")
    assert told == ("Success 0\n" + "Failure 1\n" * 3, "", 0)


def test_a_response_is_worth_what_its_stream_was(client: Client) -> None:
    def either(request: Request) -> Reply:
        return streamed_answer("Hel", "lo") if b'"stream":true' in request.body else answer("Hello")

    def bare(response: Response) -> tuple[object, ...]:
        return (response.parts, response.finish, response.usage, response.cost, response.id, response.model)

    with client, FaultServer(either) as server:
        whole = client.generate_text(MODEL, "hi", base_url=server.url)
        with client.stream_text(MODEL, "hi", base_url=server.url).unwrap() as opened:
            streamed = opened.result()
    assert isinstance(whole, Success)
    assert bare(whole.unwrap()) == bare(streamed.unwrap())
