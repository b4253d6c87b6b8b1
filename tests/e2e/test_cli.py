"""`mm gen` as a process against a fake server: what goes to stdout, what to stderr, and the exit code.

The banner and the stats line are those of the documentation, byte for byte but for the milliseconds.
"""

import json
import re
from dataclasses import dataclass
from typing import Final

import pytest

from e2e.shell import Shell, Told
from fakes.replies import DONE, Reply, answer, delta, stream, streamed_answer, usage_chunk, words
from fakes.server import FaultServer

ASK: Final = ("gen", "What is 2+2?", "-m", "openai:gpt-4o")
BANNER: Final = 'openai:gpt-4o → "What is 2+2?"\n\n'
STATS: Final = "\nNms • 15→3 tokens • ~$0.000068\n"
OBJECT_BANNER: Final = "Generating object from openai:gpt-4o\nPrompt: What is 2+2?\n\n"
FOUR: Final = streamed_answer("4")
JANE: Final = '{"name":"Jane Doe","age":30,"occupation":"engineer","location":null}'
PRETTY: Final = '{\n  "name": "Jane Doe",\n  "age": 30,\n  "occupation": "engineer"\n}\n'


@dataclass(frozen=True)
class Line:
    """A command line, and what it says."""

    reply: Reply
    arguments: tuple[str, ...]
    out: str
    err: str
    code: int = 0


def _thinking(text: str) -> Reply:
    details = {"reasoning_tokens": 120}
    usage = {"prompt_tokens": 15, "completion_tokens": 123, "completion_tokens_details": details}
    return stream(
        delta(reasoning_content="2 and "), delta(reasoning_content="2"), *words(text), delta("stop", usage), DONE
    )


LINES: Final = {
    "the answer stands alone on stdout": Line(FOUR, ASK, "4\n", BANNER + STATS),
    "an answer that is not streamed looks the same": Line(answer("4"), (*ASK, "--no-stream"), "4\n", BANNER + STATS),
    "an answer that ends its line gets no other end": Line(streamed_answer("4\n"), ASK, "4\n", BANNER + STATS),
    "warning prints the answer only": Line(FOUR, (*ASK, "--log-level", "warning"), "4\n", ""),
    "warning prints no reasoning": Line(_thinking("4"), (*ASK, "-l", "warning"), "4\n", ""),
    "reasoning goes to stderr and is counted": Line(
        _thinking("4"),
        ASK,
        "4\n",
        BANNER + "2 and 2\n\n" + "\nNms • 15→123 tokens (120 reasoning) • ~$0.001268\n",
    ),
    "a prompt is cut at 50 graphemes": Line(
        FOUR,
        ("gen", "e\u0301" * 51, "-m", "openai:gpt-4o"),
        "4\n",
        'openai:gpt-4o → "' + "e\u0301" * 50 + '..."\n\n' + STATS,
    ),
    "a prompt of 50 graphemes is not cut": Line(
        FOUR, ("gen", "x" * 50, "-m", "openai:gpt-4o"), "4\n", 'openai:gpt-4o → "' + "x" * 50 + '"\n\n' + STATS
    ),
    "a prompt stands on one line and cannot act": Line(
        FOUR,
        ("gen", "a\nb\x1b[2J", "-m", "openai:gpt-4o"),
        "4\n",
        'openai:gpt-4o → "a b\u241b[2J"\n\n' + STATS,
    ),
    "an unknown price is left out": Line(
        FOUR,
        ("gen", "hi", "-m", "openai:brand-new", "--unlisted"),
        "4\n",
        'openai:brand-new → "hi"\n\n\nNms • 15→3 tokens\n',
    ),
    "an alias is shown as it was given": Line(
        FOUR,
        ("gen", "hi", "-m", "grok:brand-new", "--unlisted"),
        "4\n",
        'grok:brand-new → "hi"\n\n\nNms • 15→3 tokens\n',
    ),
    "an answer cut by the limit on output is noted": Line(
        streamed_answer("4", finish="length"),
        ASK,
        "4\n",
        BANNER + "\nNote: the answer was cut off by the limit on output\n" + STATS,
    ),
    "an answer stopped by a filter is noted": Line(
        streamed_answer("4", finish="content_filter"),
        ASK,
        "4\n",
        BANNER + "\nNote: a content filter stopped the answer\n" + STATS,
    ),
    "a default schema makes an object": Line(
        streamed_answer(JANE[:20], JANE[20:]), (*ASK, "--json"), PRETTY, OBJECT_BANNER
    ),
    "an object need not be streamed": Line(answer(JANE), (*ASK, "-j", "--no-stream"), PRETTY, OBJECT_BANNER),
    "warning prints the object only": Line(streamed_answer(JANE), (*ASK, "-j", "-l", "warning"), PRETTY, ""),
    "an object that does not fit exits 8 and keeps its text": Line(
        streamed_answer('{"age":30}'),
        (*ASK, "--json"),
        "",
        OBJECT_BANNER
        + '{"age":30}\n\nError: The answer does not match the schema: Object missing required field `name`\n',
        8,
    ),
    "an object cut by the limit on output exits 7": Line(
        streamed_answer('{"name":"Ja', finish="length"),
        (*ASK, "--json"),
        "",
        OBJECT_BANNER
        + '{"name":"Ja\n\nError: The answer was cut off by the limit on output\n\nAllow more with --max-tokens\n',
        7,
    ),
    "a stream that breaks keeps its text and exits 7": Line(
        stream(*words("Hel")),
        (*ASK, "--retries", "0"),
        "Hel\n",
        BANNER + "\nError: The answer was cut off before its end\n\nTry again\n",
        7,
    ),
    "the think block of minimax goes to stderr": Line(
        stream(*words("<thi", "nk>2 and 2</th", "ink>\n\n", "4"), delta("stop"), usage_chunk(15, 3), DONE),
        ("gen", "hi", "-m", "minimax:MiniMax-M2.7"),
        "4\n",
        'minimax:MiniMax-M2.7 → "hi"\n\n2 and 2\n\n\nNms • 15→3 tokens • ~$0.000008\n',
    ),
    "color can be forced": Line(
        FOUR,
        (*ASK, "--color", "always"),
        "4\n",
        f"\x1b[2m{BANNER}\x1b[0m\n\x1b[2m{STATS.strip()}\x1b[0m\n",
    ),
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_command_line_says(shell: Shell, line: Line) -> None:
    with FaultServer(line.reply) as server:
        told = shell.inside(*line.arguments, "--base-url", server.url)
    assert Told(told.out, told.timeless, told.code) == Told(line.out, line.err, line.code)


PROCESSES: Final = (
    "the answer stands alone on stdout",
    "an answer that is not streamed looks the same",
    "warning prints the answer only",
    "a default schema makes an object",
    "an object that does not fit exits 8 and keeps its text",
    "an object cut by the limit on output exits 7",
    "a stream that breaks keeps its text and exits 7",
)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_says_the_same(shell: Shell, name: str) -> None:
    line = LINES[name]
    with FaultServer(line.reply) as server:
        told = shell.mm(*line.arguments, "--base-url", server.url)
    assert Told(told.out, told.timeless, told.code) == Told(line.out, line.err, line.code)


def test_debug_adds_timing_rates_cost_lines_and_ids(shell: Shell) -> None:
    reply = stream(*words("4"), delta("stop"), usage_chunk(15, 3), DONE, headers={"x-request-id": "req-7"})
    with FaultServer(reply) as server:
        told = shell.inside(*ASK, "--log-level", "debug", "--base-url", server.url)
    assert (told.out, told.code) == ("4\n", 0)
    assert told.timeless.startswith(BANNER + STATS)
    rest = told.timeless.removeprefix(BANNER + STATS)
    for expected in (
        r"first token: Nms",
        r"total: Nms",
        r"tokens/s: \d+\.\d",
        r"input: 15 × \$2\.5/M = \$0\.000038",
        r"output: 3 × \$10/M = \$0\.000030",
        r"model: gpt-4o-2024-08-06",
        r"request id: req-7",
    ):
        assert re.search(rf"^  {expected}$", rest, re.MULTILINE), expected


def test_debug_shows_the_adaptations_and_the_stats_of_an_object(shell: Shell) -> None:
    with FaultServer(streamed_answer(JANE)) as server:
        told = shell.inside(
            *("gen", "hi", "-m", "openai:gpt-5-mini", "--dialect", "openai-chat"),
            *("-j", "-t", "1", "-l", "debug", "--base-url", server.url),
        )
    assert (told.out, told.code) == (PRETTY, 0)
    assert re.search(r"^\d+ms • 15→3 tokens • ~\$0\.000010$", told.err, re.MULTILINE)
    assert re.search(r"^  temperature: dropped \(.+\)$", told.err, re.MULTILINE)


def test_tokens_that_nobody_reported_are_estimated_and_marked(shell: Shell) -> None:
    with FaultServer(stream(*words("4"), delta("stop"), DONE)) as server:
        told = shell.inside(*ASK, "--base-url", server.url)
    assert re.search(r"^\d+ms • ~\d+→~\d+ tokens • ~\$0\.\d{6}$", told.err, re.MULTILINE)


# Formats for programs


def test_json_is_one_envelope(shell: Shell) -> None:
    with FaultServer(_thinking("4")) as server:
        told = shell.inside(*ASK, "--format", "json", "--max-tokens", "9", "--base-url", server.url)
    assert told.code == 0
    (line,) = told.out.splitlines()
    found = json.loads(line, parse_float=str)
    assert found["text"] == "4"
    assert found["finish"] == "stop"
    assert found["model"] == "openai:gpt-4o"
    assert {name: found["usage"][name] for name in ("input", "output", "reasoning")} == {
        "input": 15,
        "output": 123,
        "reasoning": 120,
    }
    assert found["cost"] == "0.001268"
    assert found["adaptations"] == []


def test_json_of_an_object_holds_the_object_and_what_was_adapted(shell: Shell) -> None:
    with FaultServer(streamed_answer(JANE)) as server:
        told = shell.inside(*ASK, "-j", "--format", "json", "--reasoning-effort", "low", "--base-url", server.url)
    assert told.code == 0
    found = json.loads(told.out)
    assert found["object"] == {"name": "Jane Doe", "age": 30, "occupation": "engineer"}
    assert "text" not in found
    assert [change["field"] for change in found["adaptations"]] == ["reasoning_effort"]


def test_an_unknown_cost_is_null_and_not_zero(shell: Shell) -> None:
    with FaultServer(FOUR) as server:
        told = shell.inside("gen", "hi", "-m", "openai:new", "--unlisted", "--format", "json", "--base-url", server.url)
    assert json.loads(told.out)["cost"] is None


def test_ndjson_is_one_event_a_line(shell: Shell) -> None:
    with FaultServer(streamed_answer("Hel", "lo")) as server:
        told = shell.inside(*ASK, "--format", "ndjson", "--base-url", server.url)
    assert told.code == 0
    events = [json.loads(line) for line in told.out.splitlines()]
    assert events[0]["type"] == "started"
    assert "".join(event["text"] for event in events if event["type"] == "text") == "Hello"
    assert [event["usage"]["input"] for event in events if event["type"] == "usage"] == [15]
    assert (events[-1]["type"], events[-1]["reason"]) == ("finished", "stop")


def test_ndjson_ends_with_what_broke_the_stream(shell: Shell) -> None:
    with FaultServer(stream(*words("Hel"))) as server:
        told = shell.inside(*ASK, "--format", "ndjson", "--base-url", server.url)
    assert told.code == 7
    last = json.loads(told.out.splitlines()[-1])
    assert (last["type"], last["error"]["type"]) == ("failed", "truncated")


# What is not about models


def test_version_and_help_go_to_stdout(shell: Shell) -> None:
    assert re.fullmatch(r"mm \d+\.\d+\.\d+\S*\n", shell.mm("--version").out)
    told = shell.mm("--help")
    assert (told.err, told.code) == ("", 0)
    assert all(word in told.out for word in ("gen", "keys", "local"))
    told = shell.inside("gen", "--help")
    assert (told.err, told.code) == ("", 0)
    named = (
        "--model",
        "-m",
        "--json",
        "--schema",
        "--attach",
        "--dry-run",
        "--api-key-env",
        "--no-stream",
        "--sanitize",
    )
    assert all(word in told.out for word in named)


MISTAKES: Final = {
    "a command that does not exist": ("genn", "hi"),
    "an option that does not exist": ("gen", "hi", "--modle", "openai:gpt-4o"),
    "a key as an argument": ("gen", "hi", "--api-key", "sk-1"),
    "a word that no option takes": ("gen", "hi", "--log-level", "loud"),
    "a number that is none": ("gen", "hi", "-t", "warm"),
    "a number out of its range": ("gen", "hi", "-t", "3", "-m", "local:x.gguf", "--base-url", "http://127.0.0.1:9/v1"),
    "no prompt at all": ("gen",),
    "an option of the provider without a value": ("gen", "hi", "-o", "top_k"),
    "a schema that is none": ("gen", "hi", "--schema", "name strr"),
    "a system prompt from a file that is not there": ("gen", "hi", "--system", "@nowhere.txt"),
    "an attachment that is not there": ("gen", "hi", "-a", "nowhere.png"),
    "a variable for the key that is not set": ("gen", "hi", "--api-key-env", "NOWHERE"),
}


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_command_line_exits_2(shell: Shell, arguments: tuple[str, ...]) -> None:
    told = shell.inside(*arguments)
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: ")
    assert "Traceback" not in told.err
