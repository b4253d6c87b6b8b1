"""`mm gen --tool module:function`: what goes to stdout and stderr while functions are called for a model."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from e2e.cases import tool as called
from e2e.shell import Shell
from fakes.replies import DONE, Reply, answer, delta, refusal, stream, usage_chunk, words
from fakes.server import FaultServer

TOOLS: Final = '''
def weather(city: str, days: int = 1) -> str:
    """The weather of a city."""
    return f"rain in {city}"

def broken() -> str:
    raise LookupError("no \\x1b[31mluck")

def untyped(city):
    return city

place = "Oslo"
'''
ASK: Final = ("gen", "What is the weather?", "-m", "openai:gpt-4o")
BANNER: Final = 'openai:gpt-4o → "What is the weather?"\n\n'
WEATHER: Final = ("--tool", "mine:weather")
STATS: Final = "\nNms • 30→6 tokens • ~$0.000135\n"


def asking(*asked: tuple[str, str], text: str = "") -> Reply:
    calls = [called(name, arguments, f"c{index}", index) for index, (name, arguments) in enumerate(asked)]
    pieces = words(text) if text else ()
    return stream(*pieces, delta(tool_calls=calls), delta("tool_calls"), usage_chunk(15, 3), DONE)


def saying(*pieces: str) -> Reply:
    return stream(*words(*pieces), delta("stop"), usage_chunk(15, 3), DONE)


OSLO: Final = asking(("weather", '{"city":"Oslo"}'))
FINAL: Final = saying("It ", "rains.")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "mine.py").write_text(TOOLS, encoding="utf-8")
    return Shell(tmp_path, {"OPENAI_API_KEY": "sk-test-0123456789"})


def bodies(server: FaultServer) -> list[Any]:
    return [json.loads(request.body) for request in server.requests]


def test_the_answer_stands_on_stdout_and_each_call_on_stderr(shell: Shell) -> None:
    with FaultServer([OSLO, FINAL]) as server:
        told = shell.mm(*ASK, *WEATHER, "--base-url", server.url, "--api-key-env", "OPENAI_API_KEY")
        first, second = bodies(server)
    assert (told.out, told.code) == ("It rains.\n", 0)
    assert told.timeless == BANNER + '→ weather(city="Oslo")\n' + STATS
    assert first["tools"][0]["function"]["description"] == "The weather of a city."
    assert second["messages"][-1]["content"] == "rain in Oslo"


LINES: Final[dict[str, tuple[tuple[Reply, ...], tuple[str, ...], str, str, int]]] = {
    "words before a call end their line": (
        (asking(("weather", '{"city":"Oslo","days":2}'), text="Let me see"), FINAL),
        (),
        "Let me see\nIt rains.\n",
        BANNER + '→ weather(city="Oslo", days=2)\n' + STATS,
        0,
    ),
    "several calls": (
        (asking(("weather", '{"city":"Oslo"}'), ("weather", '{"city":"Rome"}')), FINAL),
        (),
        "It rains.\n",
        BANNER + '→ weather(city="Oslo")\n→ weather(city="Rome")\n' + STATS,
        0,
    ),
    "a call that cannot be made": (
        (asking(("exec", '{"code":"1"}'), ("weather", '{"city":')), FINAL),
        (),
        "It rains.\n",
        BANNER
        + '✗ exec(code="1"): there is no tool `exec`, only: weather\n'
        + '✗ weather({"city":): Input data was truncated\n'
        + STATS,
        0,
    ),
    "what a function raises is made safe": (
        (asking(("broken", "{}")), FINAL),
        ("--tool", "mine:broken"),
        "It rains.\n",
        BANNER + "→ broken()\n✗ broken: LookupError: no ␛[31mluck\n" + STATS,
        0,
    ),
    "a call is safe and short": (
        (asking(("weather", json.dumps({"city": "\x1b[2J" + "x" * 500}))), FINAL),
        (),
        "It rains.\n",
        BANNER + '→ weather(city="\\u001b[2J' + "x" * 176 + "…\n" + STATS,
        0,
    ),
    "warning shows no calls": ((OSLO, FINAL), ("-l", "warning"), "It rains.\n", "", 0),
    "answers that are not streamed": (
        (
            answer("Let me see", finish="tool_calls", tool_calls=[called("weather", '{"city":"Oslo"}', "c1")]),
            answer("It rains."),
        ),
        ("--no-stream",),
        "Let me see\nIt rains.\n",
        BANNER + '→ weather(city="Oslo")\n' + STATS,
        0,
    ),
    "rounds that are used up": (
        (OSLO,),
        ("--tool-rounds", "2"),
        "",
        BANNER
        + '→ weather(city="Oslo")\nError: The model still called tools after 2 answers\n\n'
        + "Allow more with --tool-rounds, or go on with the conversation in `messages`\n",
        1,
    ),
    "an object at the end": (
        (OSLO, saying('{"name":"Oslo"}')),
        ("--schema", "name str"),
        '{\n  "name": "Oslo"\n}\n',
        'Generating object from openai:gpt-4o\nPrompt: What is the weather?\n\n→ weather(city="Oslo")\n',
        0,
    ),
    "a later answer that fails": (
        (OSLO, refusal(429, "insufficient_quota", "pay")),
        (),
        "",
        BANNER + '→ weather(city="Oslo")\nError: The quota at openai is used up (429): pay\n\nCheck plan and billing\n',
        5,
    ),
}


@pytest.mark.parametrize(("replies", "more", "out", "err", "code"), LINES.values(), ids=LINES)
def test_a_run_of_tools_says(
    shell: Shell, replies: tuple[Reply, ...], more: tuple[str, ...], out: str, err: str, code: int
) -> None:
    with FaultServer(replies) as server:
        told = shell.inside(*ASK, *WEATHER, *more, "--base-url", server.url, "--retries", "0")
    assert (told.out, told.timeless, told.code) == (out, err, code)


def test_an_envelope_tells_all_that_the_answers_took(shell: Shell) -> None:
    with FaultServer([OSLO, FINAL]) as server:
        told = shell.inside(*ASK, *WEATHER, "--base-url", server.url, "--format", "json")
    envelope = json.loads(told.out)
    assert (envelope["text"], envelope["usage"]) == ("It rains.", {"input": 30, "output": 6, "total": 36})


def test_ndjson_is_the_events_of_all_answers(shell: Shell) -> None:
    with FaultServer([OSLO, FINAL]) as server:
        told = shell.inside(*ASK, *WEATHER, "--base-url", server.url, "--format", "ndjson")
    kinds = [json.loads(line)["type"] for line in told.out.splitlines()]
    assert kinds.count("finished") == 2
    assert kinds.index("tool_started") < kinds.index("text")


def test_a_dry_run_shows_the_tools_and_calls_nothing(shell: Shell) -> None:
    told = shell.inside(*ASK, *WEATHER, "--dry-run")
    assert told.code == 0
    assert '"name": "weather"' in told.out


BAD: Final = {
    "no module": ("nowhere:f", "module:function that can be imported"),
    "no function": ("mine:nothing", "module:function that can be imported"),
    "no place": ("weather", "module:function that can be imported"),
    "no callable": ("mine:place", "a function"),
    "a class": ("decimal:Decimal", "a function"),
    "no types": ("mine:untyped", "a function with types"),
    "a function that JSON cannot call": ("os:makedirs", "a function with types"),
}


@pytest.mark.parametrize(("place", "expected"), BAD.values(), ids=BAD)
def test_what_is_no_tool_is_a_usage_error(shell: Shell, place: str, expected: str) -> None:
    told = shell.inside(*ASK, "--tool", place)
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith(f"Error: tool cannot be {place}: expected {expected}")


def test_rounds_below_one_are_a_usage_error(shell: Shell) -> None:
    told = shell.inside(*ASK, *WEATHER, "--tool-rounds", "0")
    assert (told.out, told.code) == ("", 2)
    assert "max_rounds cannot be 0" in told.err
