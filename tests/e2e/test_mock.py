"""modelmix against its own mock, in all five dialects, by both clients: every answer, and every fault as its error."""

import asyncio
import gc
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import pytest

from e2e.cases import Seen
from e2e.doors import BlockingDoor, Entrance
from e2e.sight import is_whole, seen
from modelmix import AsyncClient, Config, Deadlines, Finished, Options, Policy, Success, TextDelta
from modelmix.decode import DIALECTS, DialectName
from modelmix.testing.mock import MockProvider, Rule

SPECS: Final[dict[DialectName, str]] = {
    "openai-chat": "openai:gpt-4o",
    "openai-responses": "openai:gpt-4o",
    "anthropic-messages": "anthropic:claude-sonnet-4-5",
    "google-generate": "google:gemini-2.5-flash",
    "ollama-chat": "ollama:llama3.2",
}
FIRST: Final[dict[DialectName, int]] = {
    "openai-chat": 1,
    "openai-responses": 4,
    "anthropic-messages": 3,
    "google-generate": 0,
    "ollama-chat": 0,
}
"""Events before the first words."""

WORDS: Final = "one two three four five"
ONCE: Final = Policy(retries=0)


@dataclass
class City:
    name: str
    people: int
    tags: list[str]


def weather(city: str, days: int) -> str:
    """The weather."""
    return f"rain in {city} for {days}"


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> DialectName:
    chosen: DialectName = request.param
    return chosen


@pytest.fixture
def mock(mm_mock: MockProvider) -> MockProvider:
    return mm_mock


def test_words_come_whole_and_streamed(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    with entrance() as client:
        whole = client.text(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
        streamed = client.stream(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    expected = Seen(text=WORDS, spent=5, made=5, finish="stop")
    assert seen(whole, 1) == seen(streamed.outcome, 1) == expected
    assert is_whole(streamed)
    assert [event.text for event in streamed.events if isinstance(event, TextDelta)] == [
        "one",
        " two",
        " three",
        " four",
        " five",
    ]
    assert [request.stream for request in mock.requests] == [False, True]


@pytest.mark.parametrize("rule", [Rule(), Rule(reply="object")], ids=["asked for", "by a rule"])
def test_objects_fit_what_was_asked(mock: MockProvider, entrance: Entrance, dialect: DialectName, rule: Rule) -> None:
    mock.play(rule)
    with entrance() as client:
        made = client.make(SPECS[dialect], "Paris", City, base_url=mock.url(dialect), dialect=dialect)
        grown = client.grow(SPECS[dialect], "Paris", City, base_url=mock.url(dialect), dialect=dialect)
    assert made == grown.outcome == Success(City("text", 1, ["text"]))
    assert len(grown.partials) > 1


@pytest.mark.parametrize("streamed", [False, True])
def test_tools_are_called_and_their_results_answer(
    mock: MockProvider, entrance: Entrance, dialect: DialectName, *, streamed: bool
) -> None:
    mock.play(Rule(reply="tool_call"))
    heard: list[object] = []
    with entrance() as client:
        if streamed:
            run = client.tools(
                SPECS[dialect],
                "Oslo?",
                [weather],
                base_url=mock.url(dialect),
                dialect=dialect,
                on_event=heard.append,
            )
        else:
            run = client.tools(SPECS[dialect], "Oslo?", [weather], base_url=mock.url(dialect), dialect=dialect)
    assert isinstance(run, Success)
    assert run.unwrap().response.text == "rain in text for 1"
    assert len(mock.requests) == 2
    assert any(isinstance(event, Finished) for event in heard) is streamed


def test_reasoning_comes_before_the_answer(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(think="two and two", text="four"))
    with entrance() as client:
        whole = client.text(SPECS[dialect], "?", base_url=mock.url(dialect), dialect=dialect)
        streamed = client.stream(SPECS[dialect], "?", base_url=mock.url(dialect), dialect=dialect)
    expected = Seen(text="four", reasoning="two and two", spent=1, made=4, finish="stop")
    assert seen(whole, 1) == seen(streamed.outcome, 1) == expected


def test_an_answer_ends_at_its_limit(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(reply="length"))
    with entrance() as client:
        streamed = client.stream(
            SPECS[dialect], "a b", base_url=mock.url(dialect), dialect=dialect, options=Options(max_tokens=20)
        )
    assert seen(streamed.outcome, 1) == Seen(text=("a b " * 10).rstrip(), spent=2, made=20, finish="length")


REFUSED: Final[dict[DialectName, Seen]] = {
    "openai-chat": Seen(refusal="I'm sorry, I cannot help with that.", finish="stop"),
    "openai-responses": Seen(refusal="I'm sorry, I cannot help with that.", finish="stop"),
    "anthropic-messages": Seen(refusal="I'm sorry, I cannot help with that.", finish="content_filter"),
    "google-generate": Seen(finish="content_filter"),
    "ollama-chat": Seen(text="I'm sorry, I cannot help with that.", finish="stop"),
}


def test_a_refusal_is_what_the_dialect_has_for_it(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(reply="refuse"))
    with entrance() as client:
        whole = seen(client.text(SPECS[dialect], "?", base_url=mock.url(dialect), dialect=dialect), 1)
        streamed = seen(client.stream(SPECS[dialect], "?", base_url=mock.url(dialect), dialect=dialect).outcome, 1)
    expected = REFUSED[dialect]
    for one in (whole, streamed):
        assert (one.text, one.refusal, one.finish) == (expected.text, expected.refusal, expected.finish)


FILTERED: Final[dict[DialectName, str]] = {**dict.fromkeys(DIALECTS, "content_filter"), "ollama-chat": "stop"}


def test_a_filter_ends_an_answer(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(reply="filter"))
    with entrance() as client:
        whole = client.text(SPECS[dialect], "?", base_url=mock.url(dialect), dialect=dialect)
    assert seen(whole, 1) == Seen(spent=1, made=0, finish=FILTERED[dialect])


KINDS: Final = {401: "auth", 403: "permission", 404: "not_found", 429: "rate_limit", 500: "server"}


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_an_error_is_of_its_kind(
    mock: MockProvider, entrance: Entrance, dialect: DialectName, status: int, kind: str
) -> None:
    mock.play(Rule(fail=status, message="no"))
    with entrance(policy=ONCE) as client:
        told = client.text(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    assert seen(told, 1) == Seen(error=f"rejected/{kind}/{status}")


def test_a_limit_on_the_rate_is_waited_for(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(fail=429, times=2, retry_after=0.15))
    begun = time.monotonic()
    with entrance(policy=Policy(retries=2, first=0.001)) as client:
        streamed = client.stream(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    assert seen(streamed.outcome, 3) == Seen(text=WORDS, spent=5, made=5, finish="stop", requests=len(mock.requests))
    assert time.monotonic() - begun >= 0.3


CUTS: Final = {"drop": "dropped", "clean": "truncated/connection"}


@pytest.mark.parametrize(("end", "error"), CUTS.items())
def test_a_stream_that_is_cut_keeps_what_came(
    mock: MockProvider, entrance: Entrance, dialect: DialectName, end: str, error: str
) -> None:
    mock.play(Rule(cut=FIRST[dialect] + 2, end="clean" if end == "clean" else "drop"))
    with entrance() as client:
        streamed = client.stream(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    told = seen(streamed.outcome, len(mock.requests))
    assert (told.text, told.error, told.requests) == ("one two", error, 1)


def test_a_body_that_is_cut_is_no_answer(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(cut_bytes=20))
    with entrance(policy=ONCE) as client:
        told = client.text(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    assert seen(told, 1).error == "dropped"


def test_silence_in_a_stream_runs_into_its_deadline(
    mock: MockProvider, entrance: Entrance, dialect: DialectName
) -> None:
    mock.play(Rule(stall=10, after=FIRST[dialect] + 2))
    with entrance(deadlines=Deadlines(idle=0.3)) as client:
        streamed = client.stream(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    told = seen(streamed.outcome, len(mock.requests))
    assert (told.text, told.error, told.requests) == ("one two", "timed_out/idle/0.3", 1)


def test_silence_before_everything_runs_into_its_deadline(
    mock: MockProvider, entrance: Entrance, dialect: DialectName
) -> None:
    mock.play(Rule(stall=10))
    with entrance(deadlines=Deadlines(first_token=0.3), policy=ONCE) as client:
        streamed = client.stream(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    assert seen(streamed.outcome, 1) == Seen(error="timed_out/first_token/0.3")


def test_a_slow_stream_arrives_whole(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    mock.play(Rule(delay=0.03))
    begun = time.monotonic()
    with entrance() as client:
        streamed = client.stream(SPECS[dialect], WORDS, base_url=mock.url(dialect), dialect=dialect)
    assert seen(streamed.outcome, 1).text == WORDS
    assert time.monotonic() - begun >= 5 * 0.03


EMBEDDERS: Final = {"openai": "text-embedding-3-small", "google": "gemini-embedding-001", "ollama": "all-minilm"}


@pytest.mark.parametrize(("provider", "model"), EMBEDDERS.items())
def test_vectors_have_the_length_asked_for_and_are_those_of_their_texts(
    mock: MockProvider, entrance: Entrance, provider: str, model: str
) -> None:
    with entrance() as client:
        outcome = client.embed(
            f"{provider}:{model}", ["Oslo", "Rome", "Oslo"], base_url=mock.url(provider), dimensions=10
        )
    assert isinstance(outcome, Success)
    first, second, third = outcome.unwrap().vectors
    assert len(first) == len(second) == 10
    assert first == third != second
    assert sum(number * number for number in first) == pytest.approx(1.0)
    assert outcome.unwrap().usage.input == 3


def test_hundreds_of_streams_run_side_by_side() -> None:
    async def one(client: AsyncClient, mock: MockProvider, number: int) -> str:
        opened = await client.stream_text(f"openai:model-{number}", f"{WORDS} {number}", base_url=mock.url("openai"))
        async with opened.unwrap() as stream:
            return (await stream.result()).unwrap().text

    async def many() -> tuple[list[str], float, int]:
        async with (
            MockProvider([Rule(delay=0.1)]) as mock,
            AsyncClient(env={}, config=Config(), policy=ONCE) as client,
        ):
            begun = time.monotonic()
            texts = await asyncio.gather(*(one(client, mock, number) for number in range(300)))
            return texts, time.monotonic() - begun, len(mock.requests)

    texts, seconds, requests = asyncio.run(many())
    assert texts == [f"{WORDS} {number}" for number in range(300)]
    assert requests == 300
    # One after another, their delays alone would take more than four minutes.
    assert seconds < 60


def test_threads_share_a_mock(mock: MockProvider) -> None:
    mock.play(Rule(fail=400, times=10, message="no"))

    def ask(_: int) -> str:
        with BlockingDoor(policy=ONCE) as client:
            return seen(client.text("openai:gpt-4o", WORDS, base_url=mock.url("openai")), 1).error or "none"

    with ThreadPoolExecutor(16) as pool:
        errors = list(pool.map(ask, range(64)))
    assert errors.count("rejected/invalid/400") == 10
    assert errors.count("none") == 54
    assert len(mock.requests) == 64


def test_a_mock_ends_at_once_and_leaves_nothing_behind() -> None:
    with MockProvider([Rule(stall=60)]) as mock:
        address = ("127.0.0.1", int(mock.root.rpartition(":")[2]))
        waiting = socket.create_connection(address, timeout=5)
        waiting.sendall(b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n")
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    waiting.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "modelmix-mock"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_connections_that_are_just_taken_are_closed_as_well(recwarn: pytest.WarningsRecorder) -> None:
    for times in range(60):
        with MockProvider([Rule(stall=60)]) as mock:
            port = int(mock.root.rpartition(":")[2])
            taken = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(times % 4)]
        for connection in taken:
            # Nothing was lost: the other side is closed, and does not wait for the collector to do it.
            assert _ends(connection)
            connection.close()
    gc.collect()
    assert [str(each.message) for each in recwarn if each.category is ResourceWarning] == []


def _ends(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_port_that_is_taken_is_an_error_at_once(mock: MockProvider) -> None:
    port = int(mock.root.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), MockProvider(port=port):
        pass


def test_keys_are_kept_apart_from_what_is_shown(mock: MockProvider, entrance: Entrance, dialect: DialectName) -> None:
    with entrance() as client:
        client.text(SPECS[dialect], "hi", base_url=mock.url(dialect), dialect=dialect, api_key="sk-very-secret-key")
    request = mock.requests[0]
    assert request.key is not None
    assert request.key.reveal() == "sk-very-secret-key"
    assert "very-secret" not in repr(request)
