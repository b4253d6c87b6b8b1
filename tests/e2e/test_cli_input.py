"""What `mm gen` takes in: standard input, files, attachments, schemas, options: seen in the request it sends."""

import base64
import json
import os
import re
import time
from collections.abc import Mapping
from typing import Final

import msgspec
import pytest
from msgspec import Struct

from e2e.shell import Shell, Told
from fakes.replies import answer, streamed_answer
from fakes.server import FaultServer

MODEL: Final = ("-m", "openai:gpt-4o")
FOUR: Final = streamed_answer("4")
PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def sent(server: FaultServer) -> dict[str, object]:
    """The one request that came, as JSON."""
    (request,) = server.requests
    found: dict[str, object] = json.loads(request.body)
    return found


def asked(shell: Shell, *arguments: str, stdin: bytes | None = None) -> tuple[Told, dict[str, object]]:
    """What a command says, and what it sends."""
    with FaultServer(FOUR) as server:
        told = shell.inside("gen", *arguments, *MODEL, "--base-url", server.url, stdin=stdin)
        return told, sent(server)


STDIN: Final = {
    "it is appended to the prompt": (("Sum up:",), b"one\ntwo\n", "Sum up:\n\none\ntwo"),
    "it is the prompt where there is none": ((), b"What is 2+2?\n", "What is 2+2?"),
    "an empty one adds nothing": (("hi",), b"", "hi"),
    "its letters are UTF-8": (("hi",), "Grüße\n".encode(), "hi\n\nGrüße"),
}


@pytest.mark.parametrize(("arguments", "stdin", "expected"), STDIN.values(), ids=STDIN)
def test_standard_input(shell: Shell, arguments: tuple[str, ...], stdin: bytes, expected: str) -> None:
    told, body = asked(shell, *arguments, stdin=stdin)
    assert (told.out, told.code) == ("4\n", 0)
    assert body["messages"] == [{"role": "user", "content": expected}]


def test_a_file_may_be_standard_input(shell: Shell) -> None:
    (shell.folder / "notes.txt").write_text("one\n")
    with FaultServer(FOUR) as server, (shell.folder / "notes.txt").open("rb") as file:
        told = shell.mm("gen", "Sum up:", *MODEL, "--base-url", server.url, stdin=file)
        assert sent(server)["messages"] == [{"role": "user", "content": "Sum up:\n\none"}]
    assert told.code == 0


REFUSED: Final = {
    "more than 16 MiB": b"x" * ((16 << 20) + 1),
    "bytes that are no text": b"\xff\xfe\x00\x01",
}


@pytest.mark.parametrize("stdin", REFUSED.values(), ids=REFUSED)
def test_standard_input_that_cannot_be_a_prompt_exits_2(shell: Shell, stdin: bytes) -> None:
    with FaultServer(FOUR) as server:
        told = shell.inside("gen", "hi", *MODEL, "--base-url", server.url, stdin=stdin)
        assert server.requests == []
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: ")


def test_sixteen_mebibytes_are_taken(shell: Shell) -> None:
    told, body = asked(shell, stdin=b"x" * (16 << 20))
    assert told.code == 0
    assert body["messages"] == [{"role": "user", "content": "x" * (16 << 20)}]


def test_silence_on_standard_input_is_noted_after_two_seconds(shell: Shell) -> None:
    reader, writer = os.pipe()
    begun = time.monotonic()
    with FaultServer(FOUR) as server, shell.start("gen", *MODEL, "--base-url", server.url, stdin=reader) as process:
        os.close(reader)
        assert process.stderr is not None
        assert b"standard input" in process.stderr.readline()
        assert time.monotonic() - begun >= 2
        os.write(writer, b"hi\n")
        os.close(writer)
        out, err = process.communicate(timeout=20)
    assert (out, process.returncode) == (b"4\n", 0)
    assert err.startswith('openai:gpt-4o → "hi"'.encode())


SYSTEMS: Final = {"text": "Be brief", "a file": "@brief.txt"}


@pytest.mark.parametrize("value", SYSTEMS.values(), ids=SYSTEMS)
def test_a_system_prompt(shell: Shell, value: str) -> None:
    (shell.folder / "brief.txt").write_text("Be brief")
    _, body = asked(shell, "hi", "--system", value)
    assert body["messages"] == [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "hi"}]


DATA_URL: Final = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
ATTACHED: Final[dict[str, tuple[tuple[str, ...], bytes | None, list[object]]]] = {
    "an image file": (("-a", "pixel.png"), None, [{"type": "image_url", "image_url": {"url": DATA_URL}}]),
    "an image whose name lies": (("-a", "pixel.txt"), None, [{"type": "image_url", "image_url": {"url": DATA_URL}}]),
    "an image URL": (
        ("--attach", "https://example.com/cat.png"),
        None,
        [{"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}],
    ),
    "an image on standard input": (
        ("-a", "-"),
        PIXEL,
        [{"type": "image_url", "image_url": {"url": DATA_URL}}],
    ),
    "two at once": (
        ("-a", "pixel.png", "-a", "https://example.com/cat.png"),
        None,
        [
            {"type": "image_url", "image_url": {"url": DATA_URL}},
            {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}},
        ],
    ),
}


@pytest.mark.parametrize(("arguments", "stdin", "expected"), ATTACHED.values(), ids=ATTACHED)
def test_an_attachment(shell: Shell, arguments: tuple[str, ...], stdin: bytes | None, expected: list[object]) -> None:
    for name in ("pixel.png", "pixel.txt"):
        (shell.folder / name).write_bytes(PIXEL)
    told, body = asked(shell, "What is this?", *arguments, stdin=stdin)
    assert told.code == 0
    parts = [{"type": "text", "text": "What is this?"}, *expected]
    assert body["messages"] == [{"role": "user", "content": parts}]


OPTIONS: Final[dict[str, tuple[tuple[str, ...], Mapping[str, object]]]] = {
    "sampling": (
        ("-t", "1", "--top-p", "0.5", "--max-tokens", "9", "--seed", "7", "--stop", "a", "--stop", "b"),
        {"temperature": 1, "top_p": 0.5, "max_tokens": 9, "seed": 7, "stop": ["a", "b"]},
    ),
    "options of the provider": (
        (
            "-o",
            "service_tier=flex",
            "-o",
            "n=1",
            "--option",
            "store=false",
            "-o",
            'metadata={"a":"b"}',
            "-o",
            "user=007x",
        ),
        {"service_tier": "flex", "n": 1, "store": False, "metadata": {"a": "b"}, "user": "007x"},
    ),
    "no stream": (("--no-stream",), {"stream": False}),
}


@pytest.mark.parametrize(("arguments", "expected"), OPTIONS.values(), ids=OPTIONS)
def test_options_go_into_the_request(shell: Shell, arguments: tuple[str, ...], expected: Mapping[str, object]) -> None:
    _, body = asked(shell, "hi", *arguments)
    assert {name: body.get(name, False) for name in expected} == dict(expected)


def test_what_is_not_said_is_not_sent(shell: Shell) -> None:
    _, body = asked(shell, "hi")
    assert body == {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


# Schemas

PERSON: Final = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name"],
    "additionalProperties": False,
}
MODULE: Final = "import dataclasses\n\n@dataclasses.dataclass\nclass Person:\n    name: str\n    age: int = 0\n"
SCHEMAS: Final = {
    "a file": "person.json",
    "inline JSON": json.dumps(PERSON),
    "the concise form": "name str, age int?: years",
    "a type in a module": "people:Person",
}


class Shape(Struct):
    """What stands in a request for an object."""

    strict: bool
    schema: dict[str, object]


class Form(Struct):
    """How the object is asked for."""

    json_schema: Shape


class Asking(Struct):
    """The part of a request that says so."""

    response_format: Form


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_each_form_of_a_schema_is_sent_and_held_to(shell: Shell, schema: str) -> None:
    (shell.folder / "person.json").write_text(json.dumps(PERSON))
    (shell.folder / "people.py").write_text(MODULE)
    script = (answer('{"name":"Jane","age":30}'), answer('{"name":"Jane","age":"thirty"}'), answer('{"age":30}'))
    with FaultServer(script) as server:
        line = ("gen", "hi", *MODEL, "--no-stream", "--schema", schema, "--base-url", server.url)
        good, wrong, missing = shell.inside(*line), shell.inside(*line), shell.inside(*line)
        bodies = [msgspec.json.decode(request.body, type=Asking) for request in server.requests]
    assert (json.loads(good.out), good.code) == ({"name": "Jane", "age": 30}, 0)
    assert (wrong.out, wrong.code) == ("", 8)
    assert '{"name":"Jane","age":"thirty"}\n\nError: The answer does not match the schema' in wrong.err
    assert (missing.out, missing.code) == ("", 8)
    shape = bodies[0].response_format.json_schema
    assert shape.strict
    # Strict mode wants every property required and every object closed.
    assert set(msgspec.convert(shape.schema["properties"], dict[str, object])) == {"name", "age"}
    assert sorted(msgspec.convert(shape.schema["required"], list[str])) == ["age", "name"]
    assert shape.schema["additionalProperties"] is False


def test_the_default_schema_is_the_documented_one(shell: Shell) -> None:
    told = shell.inside("gen", "hi", "-m", "lmstudio:any", "--json", "--dry-run")
    body = json.loads(told.out.split("\n\n", 1)[1])
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["type"] == "object"
    assert schema["required"] == ["name"]
    assert {name: (field["type"], field["description"]) for name, field in schema["properties"].items()} == {
        "name": ("string", "Full name of the person"),
        "age": ("integer", "Age in years"),
        "occupation": ("string", "Job or profession"),
        "location": ("string", "City or region where they live"),
    }


# Dry runs


def test_a_dry_run_shows_what_is_then_sent(shell: Shell) -> None:
    arguments = ("What is 2+2?", *MODEL, "-t", "0.5", "--system", "Be brief", "--api-key-env", "MINE")
    key = {"MINE": "sk-canary-4f6c1d0b9a7e"}
    with FaultServer(FOUR) as server:
        dry = shell.mm("gen", *arguments, "--base-url", server.url, "--dry-run", env=key)
        assert server.connections == 0
        shell.inside("gen", *arguments, "--base-url", server.url, env=key)
        (request,) = server.requests
    assert dry.code == 0
    head, _, body = dry.out.partition("\n\n")
    first, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == f"POST {server.url}/chat/completions"
    assert json.loads(body) == json.loads(request.body)
    assert headers["authorization"] == "Bearer ***"
    assert request.headers["authorization"] == "Bearer sk-canary-4f6c1d0b9a7e"
    assert {name: request.headers[name] for name in headers if name != "authorization"} == {
        name: value for name, value in headers.items() if name != "authorization"
    }
    assert "canary" not in dry.out + dry.err
    assert re.search(r"^Worst case: \$\d+\.\d{6} \(at most \d+→16384 tokens\)$", dry.err, re.MULTILINE)


def test_a_dry_run_needs_no_key(shell: Shell) -> None:
    without = shell.inside("gen", "hi", "-m", "anthropic-like:x", "--dry-run")
    assert without.code == 4
    told = shell.inside("gen", "hi", *MODEL, "--dry-run")
    with_key = shell.inside("gen", "hi", *MODEL, "--dry-run", env={"OPENAI_API_KEY": "sk-canary-4f6c1d0b9a7e"})
    assert (told.out, told.code) == (with_key.out, 0)
    assert told.out.startswith("POST https://api.openai.com/v1/chat/completions\n")
    assert "\nauthorization: Bearer ***\n" in told.out
    assert "API key not found for openai" in told.err
    assert "canary" not in with_key.out + with_key.err


def test_a_dry_run_tells_what_is_adapted(shell: Shell) -> None:
    told = shell.inside("gen", "hi", "-m", "openai:o3", "--max-tokens", "9", "-t", "1", "--dry-run")
    body = json.loads(told.out.split("\n\n", 1)[1])
    assert body["max_completion_tokens"] == 9
    assert "temperature" not in body
    assert re.search(r"^  max_tokens: renamed to max_completion_tokens \(.+\)$", told.err, re.MULTILINE)
    assert re.search(r"^  temperature: dropped \(.+\)$", told.err, re.MULTILINE)
