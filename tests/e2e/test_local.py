"""The real llama.cpp server with a real model: the whole path, from the command line to tokens and back.

Skipped where the extra `local` is not installed, or the model cannot be fetched. `MM_TEST_HOME` may name a folder that
has the model already.
"""

import asyncio
import json
import math
import re
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
import pytest
from returns.result import Success

from e2e.shell import Shell
from modelmix import (
    AsyncClient,
    Client,
    Config,
    Embeddings,
    Finished,
    Options,
    Policy,
    Rejected,
    Response,
    TextDelta,
    UsageSeen,
)
from modelmix.aim import Aim, World, aim
from modelmix.ast.content import JsonText, Text, ToolCall, ToolResult
from modelmix.ast.message import Tool, assistant, system, user
from modelmix.ast.tool import ToolSpec
from modelmix.local.server import Servers

MODEL: Final = "local:smollm2"
BRIEF: Final = Options(max_tokens=8, temperature=0.0)
QUESTION: Final = "What is the capital of France?"


@pytest.fixture
def shell(tmp_path: Path, data: Path) -> Shell:
    return Shell(tmp_path, {"MM_HOME": str(data)})


def fresh(data: Path) -> Client:
    """A client that sees nothing but the model."""
    return Client(env={"MM_HOME": str(data)}, config=Config(), policy=Policy(retries=0))


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[Client]:
    with fresh(data) as client:
        yield client


# The command line


def test_an_answer_is_streamed_with_the_counts_of_the_server(shell: Shell) -> None:
    told = shell.mm("gen", "Why is the sky blue?", "-m", MODEL, "--max-tokens", "12", "--seed", "7")
    assert told.code == 0, told.err
    assert len(told.out.split()) > 3
    assert told.timeless.startswith(f'{MODEL} → "Why is the sky blue?"\n\n')
    taken, given = told.counts
    # The template of the model adds tokens to those of the question; the answer is cut at the limit.
    assert taken > 5
    assert given == 12
    assert "Note: the answer was cut off by the limit on output\n" in told.err


def test_json_is_one_valid_object(shell: Shell) -> None:
    told = shell.mm("gen", "Create a profile for Jane Doe, 30, engineer", "--json", "-m", MODEL)
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert isinstance(found["name"], str)
    assert set(found) <= {"name", "age", "occupation", "location"}
    assert isinstance(found.get("age", 0), int)


def test_an_object_that_is_cut_exits_7_and_prints_nothing(shell: Shell) -> None:
    told = shell.mm("gen", "Create a profile for Jane Doe", "--json", "-m", MODEL, "--max-tokens", "5")
    assert (told.out, told.code) == ("", 7)
    assert "\nError: The answer was cut off by the limit on output\n" in told.err


def test_any_file_of_a_model_works(shell: Shell, data: Path) -> None:
    path = shell.folder / "my model.gguf"
    path.symlink_to(data / "models" / "smollm2.gguf")
    told = shell.mm("gen", "hi", "-m", f"local:{path}", "--max-tokens", "4", "-l", "warning")
    assert (told.err, told.code) == ("", 0)
    assert told.out.strip()


def test_what_is_here_is_not_fetched_again(shell: Shell, data: Path) -> None:
    before = (data / "models" / "smollm2.gguf").stat().st_mtime_ns
    told = shell.mm("local", "pull", "smollm2", env={"PIP_INDEX_URL": "http://127.0.0.1:9/simple"})
    assert (told.out, told.code) == ("", 0)
    assert (data / "models" / "smollm2.gguf").stat().st_mtime_ns == before
    assert f"{MODEL}\t{data / 'models' / 'smollm2.gguf'}\n" in shell.mm("local", "list").out


# The library


def test_a_client_does_the_same(client: Client) -> None:
    whole = client.generate_text(MODEL, QUESTION, options=BRIEF)
    with client.stream_text(MODEL, QUESTION, options=BRIEF).unwrap() as stream:
        events = list(stream)
        streamed = stream.result()
    assert isinstance(whole, Success)
    assert whole.unwrap().text.strip()
    assert whole.unwrap().usage.output == 8
    assert streamed.unwrap().text == whole.unwrap().text
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == whole.unwrap().text
    assert sum(isinstance(event, TextDelta) for event in events) > 3
    assert events[-1] == Finished("length", "length")
    assert [event.usage for event in events if isinstance(event, UsageSeen)][-1] == streamed.unwrap().usage


def test_an_asynchronous_client_does_the_same(data: Path) -> None:
    async def ask() -> Response:
        client = AsyncClient(env={"MM_HOME": str(data)}, config=Config())
        async with client, (await client.stream_text(MODEL, QUESTION, options=BRIEF)).unwrap() as stream:
            return (await stream.result()).unwrap()

    response = asyncio.run(ask())
    assert response.text.strip()
    assert (response.usage.output, response.finish) == (8, "length")


def test_four_threads_are_answered_at_once(client: Client) -> None:
    def ask(number: int) -> bool:
        outcome = client.generate_text(MODEL, f"What is {number} plus {number}?", options=BRIEF)
        return isinstance(outcome, Success) and bool(outcome.unwrap().text)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [True] * 4


def test_streams_that_are_left_do_not_hinder_the_next(client: Client) -> None:
    long = Options(max_tokens=2000, temperature=0.0)
    # More than the server answers at a time.
    for _ in range(5):
        with client.stream_text(MODEL, "Tell me a long story", options=long).unwrap() as stream:
            assert next(stream.batches())
    assert isinstance(client.generate_text(MODEL, "hi", options=BRIEF), Success)


def test_a_prompt_that_is_too_long_is_told(client: Client) -> None:
    problem = client.generate_text(MODEL, "word " * 10_000, options=BRIEF).failure()
    assert isinstance(problem, Rejected)
    assert (problem.kind, problem.status) == ("too_long", 400)


# The same server, by responses


RESPONSES: Final = "local-responses:smollm2"


def test_an_answer_by_responses_is_streamed_with_the_counts_of_the_server(shell: Shell) -> None:
    told = shell.mm("gen", "Why is the sky blue?", "-m", RESPONSES, "--max-tokens", "12")
    assert told.code == 0, told.err
    assert len(told.out.split()) > 3
    assert told.timeless.startswith(f'{RESPONSES} → "Why is the sky blue?"\n\n')
    taken, given = told.counts
    assert taken > 5
    assert given == 12


def test_json_by_responses_is_one_valid_object(shell: Shell) -> None:
    told = shell.mm("gen", "Create a profile for Jane Doe, 30, engineer", "--json", "-m", RESPONSES)
    assert told.code == 0, told.err
    assert isinstance(json.loads(told.out)["name"], str)


def test_both_dialects_say_the_same(client: Client) -> None:
    chat = client.generate_text(MODEL, QUESTION, options=BRIEF).unwrap()
    whole = client.generate_text(RESPONSES, QUESTION, options=BRIEF).unwrap()
    with client.stream_text(RESPONSES, QUESTION, options=BRIEF).unwrap() as stream:
        events = list(stream)
    assert whole.text == chat.text == "".join(event.text for event in events if isinstance(event, TextDelta))
    assert (whole.usage.input, whole.usage.output) == (chat.usage.input, 8)
    # llama.cpp calls a response completed also where the limit on output ended it.
    assert (whole.finish, whole.raw_finish) == ("stop", "completed")
    assert events[-1] == Finished("stop", "completed")


def test_a_conversation_goes_on_by_responses(client: Client) -> None:
    call = ToolCall(id="call_1", name="weather", arguments=JsonText('{"city": "Oslo"}'))
    result = ToolResult(call_id="call_1", name="weather", content=(Text("rain"),))
    weather = ToolSpec(name="weather", description="The weather of a city")
    turns = (
        system("Be brief."),
        user("Hello."),
        assistant("Hi."),
        user("How is the weather?"),
        assistant(call),
        Tool((result,)),
    )
    told = client.generate_text(RESPONSES, turns, tools=[weather], options=BRIEF).unwrap()
    assert told.usage.output is not None


def test_a_prompt_that_is_too_long_for_responses_is_told(client: Client) -> None:
    problem = client.generate_text(RESPONSES, "word " * 10_000, options=BRIEF).failure()
    assert isinstance(problem, Rejected)
    assert (problem.kind, problem.status) == ("too_long", 400)


# Vectors, for which a server of its own runs


def test_texts_become_vectors(client: Client) -> None:
    texts = ["Oslo is in Norway", "Rome is in Italy", "Oslo is in Norway"]
    result = client.embed(MODEL, texts, dimensions=8).unwrap()
    first, second, third = result.vectors
    assert {len(vector) for vector in result.vectors} == {576}
    assert all(math.isclose(math.hypot(*vector), 1, abs_tol=1e-3) for vector in result.vectors)
    assert math.dist(first, third) < 1e-3 < math.dist(first, second)
    assert (result.usage.input or 0) > len(texts)
    assert result.cost is None
    # llama.cpp would ignore the wish in silence.
    assert [(note.field, note.action) for note in result.adaptations] == [("dimensions", "dropped")]
    # The server that talks is another one.
    assert client.generate_text(MODEL, "hi", options=BRIEF).unwrap().usage.output == 8


def test_many_texts_are_sent_in_several_requests(client: Client) -> None:
    result = client.embed(MODEL, [f"number {number}" for number in range(40)]).unwrap()
    assert (len(result.vectors), result.requests) == (40, 2)


def test_an_asynchronous_client_gives_the_same_vectors(client: Client, data: Path) -> None:
    async def ask() -> Embeddings:
        async with AsyncClient(env={"MM_HOME": str(data)}, config=Config()) as asked:
            return (await asked.embed(MODEL, ["Oslo"])).unwrap()

    (one,), (other,) = asyncio.run(ask()).vectors, client.embed(MODEL, "Oslo").unwrap().vectors
    assert math.dist(one, other) < 1e-3


def test_the_command_prints_vectors(shell: Shell) -> None:
    told = shell.mm("embed", "Oslo", "Rome", "-m", MODEL)
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert [len(vector) for vector in found["vectors"]] == [576, 576]
    assert re.fullmatch(r"Nms • 2 × 576 • \d+ tokens\n", told.timeless)


def test_a_text_that_is_too_long_is_told(client: Client) -> None:
    problem = client.embed(MODEL, "word " * 4000).failure()
    assert isinstance(problem, Rejected)


# Tools, which so small a model is not shown by its template: it is asked with them, and simply answers


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


def test_a_model_may_answer_without_its_tools(client: Client) -> None:
    run = client.run_tools(MODEL, QUESTION, [weather], options=BRIEF).unwrap()
    assert run.response.text.strip()
    assert (len(run.rounds), len(run.messages), run.usage.output) == (1, 2, 8)
    assert run.usage == run.response.usage


# The end of a server


def listening() -> frozenset[int]:
    """The ports that this process listens on."""
    inodes = {str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}
    lines = Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return frozenset(
        int(field[1].rpartition(":")[2], 16)
        for field in fields
        if field[3] == "0A" and f"socket:[{field[9]}]" in inodes
    )


def refuses(port: int) -> bool:
    """Whether nobody answers at a port."""
    with socket.socket() as knock:
        knock.settimeout(2)
        return knock.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.skipif(sys.platform != "linux", reason="the ports of a process are read from /proc")
def test_a_server_is_gone_when_its_client_is_closed(data: Path) -> None:
    before = listening()
    with fresh(data) as client:
        assert isinstance(client.generate_text(MODEL, "hi", options=BRIEF), Success)
        (port,) = listening() - before
        assert not refuses(port)
        # One server serves all calls.
        assert isinstance(client.generate_text(MODEL, "hi", options=BRIEF), Success)
        assert listening() - before == {port}
    assert listening() == before
    assert refuses(port)


def test_a_server_wants_its_key(data: Path) -> None:
    servers = Servers(data)
    target = aim(MODEL, World(env={}), Aim()).unwrap()
    reached = servers.reach(target).unwrap()
    try:
        assert reached.base_url.startswith("http://127.0.0.1:")
        asked = httpx.post(f"{reached.base_url}/chat/completions", json={"messages": []}, timeout=10)
        assert asked.status_code == 401
    finally:
        servers.close()
