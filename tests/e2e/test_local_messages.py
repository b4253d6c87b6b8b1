"""The real llama.cpp server once more, spoken to by its `/v1/messages`: the path of anthropic-messages, with tokens.

Skipped as `test_local.py` is.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from returns.result import Success

from e2e.shell import Shell
from modelmix import (
    AsyncClient,
    Client,
    Config,
    Finished,
    Options,
    Rejected,
    Response,
    Started,
    TextDelta,
    UsageSeen,
    assistant,
    user,
)

MODEL: Final = "local-messages:smollm2"
BRIEF: Final = Options(max_tokens=8, temperature=0.0)
QUESTION: Final = "What is the capital of France?"


@pytest.fixture
def shell(tmp_path: Path, data: Path) -> Shell:
    return Shell(tmp_path, {"MM_HOME": str(data)})


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[Client]:
    with Client(env={"MM_HOME": str(data)}, config=Config()) as client:
        yield client


def test_an_answer_is_streamed_with_the_counts_of_the_server(shell: Shell) -> None:
    told = shell.mm("gen", "Why is the sky blue?", "-m", MODEL, "--max-tokens", "12")
    assert told.code == 0, told.err
    assert len(told.out.split()) > 3
    taken, given = told.counts
    assert taken > 5
    assert given == 12
    assert "Note: the answer was cut off by the limit on output\n" in told.err


def test_what_is_sent_is_a_message(shell: Shell) -> None:
    told = shell.mm("gen", "hi", "-m", MODEL, "--dry-run")
    assert told.code == 0, told.err
    head, _, body = told.out.partition("\n\n")
    assert head.startswith("POST http://127.0.0.1/v1/messages\n")
    assert json.loads(body[: body.rindex("}") + 1]) == {
        "model": "smollm2",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 4096,
        "stream": True,
    }


def test_streamed_and_whole_are_the_same(client: Client) -> None:
    whole = client.generate_text(MODEL, QUESTION, options=BRIEF)
    with client.stream_text(MODEL, QUESTION, options=BRIEF).unwrap() as stream:
        events = list(stream)
        streamed = stream.result()
    assert isinstance(whole, Success)
    answer = whole.unwrap()
    assert answer.text.strip()
    assert (answer.usage.output, answer.finish, answer.raw_finish) == (8, "length", "max_tokens")
    assert streamed.unwrap().text == answer.text
    # The server keeps prompts: what it read from its cache and what it read anew are the same prompt.
    assert streamed.unwrap().usage.input == answer.usage.input
    assert isinstance(events[0], Started)
    assert sum(isinstance(event, TextDelta) for event in events) > 3
    assert events[-1] == Finished("length", "max_tokens")
    assert [event.usage for event in events if isinstance(event, UsageSeen)] == [streamed.unwrap().usage]


def test_both_ways_to_the_server_give_the_same_words(client: Client) -> None:
    prompt = (user("My name is Ada."), assistant("Hello, Ada."), user("What is my name?"))
    by_chat = client.generate_text("local:smollm2", prompt, system="Be brief.", options=BRIEF).unwrap()
    by_messages = client.generate_text(MODEL, prompt, system="Be brief.", options=BRIEF).unwrap()
    assert by_messages.text == by_chat.text
    assert by_messages.usage.input == by_chat.usage.input


def test_a_word_that_stops_stops(client: Client) -> None:
    said = client.generate_text(MODEL, QUESTION, options=BRIEF).unwrap().text
    word = said.split()[2]
    options = Options(max_tokens=8, temperature=0.0, stop=(word,))
    answer = client.generate_text(MODEL, QUESTION, options=options).unwrap()
    assert answer.text == said[: said.index(word)]
    assert answer.finish == "stop"


def test_an_asynchronous_client_does_the_same(data: Path) -> None:
    async def ask() -> Response:
        client = AsyncClient(env={"MM_HOME": str(data)}, config=Config())
        async with client, (await client.stream_text(MODEL, QUESTION, options=BRIEF)).unwrap() as stream:
            return (await stream.result()).unwrap()

    response = asyncio.run(ask())
    assert response.text.strip()
    assert (response.usage.output, response.finish) == (8, "length")


def test_a_prompt_that_is_too_long_is_told(client: Client) -> None:
    problem = client.generate_text(MODEL, "word " * 10_000, options=BRIEF).failure()
    assert isinstance(problem, Rejected)
    assert (problem.kind, problem.status) == ("too_long", 400)
