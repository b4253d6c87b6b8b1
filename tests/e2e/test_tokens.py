"""Tokens that nobody reported, from the library and on the command line, and `mm tokens`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from e2e.doors import DOORS, AsyncDoor, BlockingDoor
from e2e.shell import Shell
from fakes.replies import DONE, Reply, answer, delta, event, stream, usage_chunk, whole, words
from fakes.server import FaultServer
from modelmix import Policy, Truncated, Usage, system, user

ASK: Final = ("gen", "What is 2+2?", "-m", "openai:gpt-4o")
UNCOUNTED: Final = stream(*words("It is four."), delta("stop"), DONE)


@pytest.fixture(params=DOORS.values(), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Iterator[BlockingDoor | AsyncDoor]:
    with request.param(policy=Policy(retries=0)) as made:
        yield made


def _plain(text: str) -> Reply:
    message = {"role": "assistant", "content": text}
    return whole({"id": "c1", "model": "gpt-4o", "choices": [{"message": message, "finish_reason": "stop"}]})


# "What is 2+2?" is 7 tokens and "It is four." 4 (tiktoken 0.14.0); a message and its frame add 7, the answer's end 1.
def test_a_stream_that_counts_nothing_is_estimated_apart(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(UNCOUNTED) as server:
        response = door.stream("openai:gpt-4o", "What is 2+2?", base_url=server.url).outcome.unwrap()
    assert (response.usage, response.cost) == (Usage(), None)
    assert response.estimate is not None
    assert response.estimate.usage == Usage(input=14, output=5)
    # 2.50 and 10 dollars a million.
    assert response.estimate.cost is not None
    assert f"{response.estimate.cost.total:.6f}" == "0.000085"


def test_an_answer_in_one_piece_that_counts_nothing_is_estimated_too(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(_plain("It is four.")) as server:
        response = door.text("openai:gpt-4o", "What is 2+2?", base_url=server.url).unwrap()
    assert response.estimate is not None
    assert response.estimate.usage == Usage(input=14, output=5)


def test_an_answer_that_is_counted_has_no_estimate(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(answer("It is four.")) as server:
        response = door.text("openai:gpt-4o", "What is 2+2?", base_url=server.url).unwrap()
    assert response.estimate is None
    assert response.usage.input == 15


def test_a_stream_that_breaks_is_estimated_as_far_as_it_came(door: BlockingDoor | AsyncDoor) -> None:
    with FaultServer(stream(*words("It is four."))) as server:
        error = door.stream("openai:gpt-4o", "What is 2+2?", base_url=server.url).outcome.failure()
    assert isinstance(error, Truncated)
    assert error.partial is not None
    assert error.partial.estimate is not None
    assert error.partial.estimate.usage == Usage(input=14, output=5)


def test_everything_that_was_asked_is_in_the_estimate(door: BlockingDoor | AsyncDoor) -> None:
    asked = (system("What is 2+2?"), user("What is 2+2?"))
    with FaultServer(_plain("4")) as server:
        response = door.text("openai:gpt-4o", asked, base_url=server.url).unwrap()
    assert response.estimate is not None
    assert response.estimate.usage.input == 25


HALVES: Final = {
    "both": (None, None, r"~14→~5 tokens • ~\$0\.000085"),
    "the output": (15, None, r"15→~5 tokens • ~\$0\.000088"),
    "the input": (None, 3, r"~14→3 tokens • ~\$0\.000065"),
}


@pytest.mark.parametrize(("asked", "made", "line"), HALVES.values(), ids=HALVES)
def test_only_what_is_estimated_is_marked(shell: Shell, asked: int | None, made: int | None, line: str) -> None:
    counts = {"prompt_tokens": asked, "completion_tokens": made}
    usage = {name: count for name, count in counts.items() if count is not None}
    tail = event({"choices": [], "usage": usage})
    with FaultServer(stream(*words("It is four."), delta("stop"), *([tail] if usage else ()), DONE)) as server:
        told = shell.inside(*ASK, "--base-url", server.url)
    assert re.search(rf"^\d+ms • {line}$", told.err, re.MULTILINE), told.err


def test_the_envelope_keeps_an_estimate_apart(shell: Shell) -> None:
    with FaultServer(UNCOUNTED) as server:
        told = shell.inside(*ASK, "--format", "json", "--base-url", server.url)
    found = json.loads(told.out, parse_float=str)
    assert (found["usage"], found["cost"]) == ({}, None)
    assert found["estimate"] == {"input": 14, "output": 5, "cost": "0.000085"}


def test_the_envelope_of_a_counted_answer_has_no_estimate(shell: Shell) -> None:
    with FaultServer(stream(*words("4"), delta("stop"), usage_chunk(15, 3), DONE)) as server:
        told = shell.inside(*ASK, "--format", "json", "--base-url", server.url)
    assert "estimate" not in json.loads(told.out)


def test_debug_marks_the_lines_of_an_estimated_bill(shell: Shell) -> None:
    with FaultServer(UNCOUNTED) as server:
        told = shell.inside(*ASK, "-l", "debug", "--base-url", server.url)
    assert re.search(r"^  estimated output: 5 × \$10/M = \$0\.000050$", told.err, re.MULTILINE)
    assert re.search(r"^  tokens/s: ~\d", told.err, re.MULTILINE)


# `mm tokens`


def test_a_text_is_counted_with_its_share_and_its_price(shell: Shell) -> None:
    told = shell.inside("tokens", "hello world" * 100, "-m", "openai:gpt-4o")
    # tiktoken 0.14.0; 2.50 dollars a million, 128,000 tokens at most.
    assert (told.out, told.err, told.code) == ("200 tokens • 0.16% of 128000 • $0.000500\n", "", 0)


def test_a_file_and_standard_input_are_counted_alike(shell: Shell) -> None:
    (shell.folder / "words.txt").write_text("hello world", encoding="utf-8")
    told = [
        shell.inside("tokens", "words.txt", "-m", "openai:gpt-4o"),
        shell.mm("tokens", "-", "-m", "openai:gpt-4o", stdin=b"hello world"),
        shell.mm("tokens", "-m", "openai:gpt-4o", stdin=b"hello world"),
    ]
    assert {(each.out, each.code) for each in told} == {("2 tokens • <0.01% of 128000 • $0.000005\n", 0)}


def test_text_takes_the_name_of_a_file_for_a_text(shell: Shell) -> None:
    (shell.folder / "hello").write_text("many more words than one", encoding="utf-8")
    assert shell.inside("tokens", "hello", "--text", "-m", "openai:gpt-4o").out.startswith("1 tokens")


def test_an_estimate_is_marked(shell: Shell) -> None:
    told = shell.inside("tokens", "hello world " * 100, "-m", "anthropic:claude-sonnet-4-5")
    assert re.fullmatch(r"~\d+ tokens • ~0\.\d\d% of \d+ • ~\$0\.\d{6}\n", told.out)


def test_json_tells_all_of_it(shell: Shell) -> None:
    told = shell.inside("tokens", "hello world", "-m", "openai:gpt-4o", "--format", "json")
    found = json.loads(told.out, parse_float=str)
    assert found == {
        "model": "openai:gpt-4o",
        "tokens": 2,
        "exact": True,
        "by": "o200k_base",
        "context": 128000,
        "share": "0.000015625",
        "cost": "0.000005",
        "notes": [],
    }


def test_a_system_prompt_makes_it_a_request(shell: Shell) -> None:
    told = shell.inside("tokens", "hello world", "--system", "hello world", "-m", "openai:gpt-4o")
    assert told.out.startswith("15 tokens")


def test_what_is_assumed_about_an_attachment_is_told(shell: Shell) -> None:
    (shell.folder / "a.pdf").write_bytes(b"%PDF-1.7")
    told = shell.inside("tokens", "hello", "-a", "a.pdf", "-m", "openai:gpt-4o")
    assert (told.out.startswith("~8 tokens"), told.code) == (True, 0)
    assert told.err == "Note: documents are not counted: the number of their pages is not known\n"


def test_a_model_that_takes_less_is_told(shell: Shell) -> None:
    (shell.folder / "long.txt").write_text("hello " * 200_000, encoding="utf-8")
    told = shell.inside("tokens", "long.txt", "-m", "openai:gpt-4o")
    assert told.code == 0
    assert told.err == "Note: openai:gpt-4o takes 128000 tokens at most\n"


def test_a_model_without_a_price_and_a_size_is_counted_all_the_same(shell: Shell) -> None:
    assert shell.inside("tokens", "hello", "-m", "local:x.gguf").out == "~1 tokens\n"


def test_an_empty_file_is_no_tokens(shell: Shell) -> None:
    Path(shell.folder / "empty").touch()
    assert shell.inside("tokens", "empty", "-m", "openai:gpt-4o").out.startswith("0 tokens")
    assert shell.mm("tokens", "-", "-m", "openai:gpt-4o", stdin=b"").out.startswith("0 tokens")


MISTAKES: Final = {
    "nothing to count": (("tokens",), 2),
    "an option that does not exist": (("tokens", "--modle"), 2),
    "a model that does not exist": (("tokens", "hi", "-m", "openai:gpt-invalid"), 4),
    "a provider that does not exist": (("tokens", "hi", "-m", "invalid:x"), 4),
    "no specification": (("tokens", "hi", "-m", "gpt-4o"), 4),
    "an attachment that is not there": (("tokens", "hi", "-a", "nowhere.png"), 2),
    "a system prompt from a file that is not there": (("tokens", "hi", "--system", "@nowhere.txt"), 2),
}


@pytest.mark.parametrize(("arguments", "code"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_code(shell: Shell, arguments: tuple[str, ...], code: int) -> None:
    told = shell.inside(*arguments)
    assert (told.out, told.code) == ("", code)
    assert told.err.startswith("Error: ")
    assert "Traceback" not in told.err


def test_a_patched_price_and_size_count(shell: Shell) -> None:
    folder = shell.folder / "models_local"
    folder.mkdir()
    dear = {"id": "gpt-4o", "cost": {"input": 1000, "output": 0}, "limit": {"context": 400, "output": 100}}
    (folder / "mine.json").write_text(json.dumps({"provider": {"id": "openai"}, "models": [dear]}), encoding="utf-8")
    told = shell.inside("tokens", "hello world" * 100, "-m", "openai:gpt-4o")
    assert told.out == "200 tokens • 50.00% of 400 • $0.200000\n"
