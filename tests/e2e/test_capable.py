"""What a model cannot do is told before anything is sent, with models that can, and a way past it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from returns.result import Failure

from e2e.shell import Shell
from fakes.replies import streamed_answer
from fakes.server import FaultServer
from modelmix import AsyncClient, Client, Config, Incapable, TooLong, ToolSpec
from modelmix.ast.content import Image, Url
from modelmix.ast.message import user
from modelmix.catalog.catalog import Catalog

KEYS: Final = {"OPENAI_API_KEY": "sk-canary-1", "GROQ_API_KEY": "gsk-canary-2", "OPENROUTER_API_KEY": "or-canary-3"}
PNG: Final = b"\x89PNG\r\n\x1a\n"
READER: Final = "groq:llama-3.3-70b-versatile"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(streamed_answer("4")) as running:
        yield running


def test_a_picture_for_a_reader_is_refused_with_models_that_see(shell: Shell) -> None:
    (shell.folder / "cat.png").write_bytes(PNG)
    told = shell.inside("gen", "What is this?", "-a", "cat.png", "-m", READER, env=KEYS)
    lines = told.err.splitlines()
    assert (told.out, told.code) == ("", 1)
    assert lines[0] == "Error: groq:llama-3.3-70b-versatile takes no images"
    assert lines[2] == "Models that can:"
    near = [line.removeprefix("  • groq:") for line in lines if line.startswith("  • ")]
    sees = {model.id for model in Catalog().models("groq").unwrap() if "image" in model.capabilities.input}
    assert near
    assert set(near) <= sees
    assert "--unlisted" in lines[-1]


def test_a_picture_by_url_is_not_fetched_for_a_reader(shell: Shell) -> None:
    asked = ("gen", "What is this?", "-a", "https://nowhere.invalid/cat.png", "-m", READER)
    told = shell.inside(*asked, env=KEYS)
    assert told.err.startswith("Error: groq:llama-3.3-70b-versatile takes no images\n")


def test_tools_are_not_offered_to_a_model_without_them(shell: Shell) -> None:
    (shell.folder / "own.py").write_text(
        "def clock() -> str:\n    '''The time.'''\n    return 'nine'\n", encoding="utf-8"
    )
    told = shell.inside("gen", "hi", "--tool", "own:clock", "-m", "openai:gpt-5-chat-latest", env=KEYS)
    assert (told.out, told.code) == ("", 1)
    assert told.err.startswith("Error: openai:gpt-5-chat-latest calls no tools\n")


def test_who_knows_better_goes_unchecked(shell: Shell, server: FaultServer) -> None:
    (shell.folder / "cat.png").write_bytes(PNG)
    (shell.folder / "modelmix.toml").write_text(f'[providers.groq]\nbase_url = "{server.url}"\n', encoding="utf-8")
    asked = ("gen", "What is this?", "-a", "cat.png", "-m", READER, "-l", "warning")
    assert shell.mm(*asked, env=KEYS).code == 1
    assert server.requests == []
    told = shell.mm(*asked, "--unlisted", "-t", "0.5", env=KEYS)
    assert (told.out, told.code) == ("4\n", 0)
    assert len(server.requests) == 1


def test_a_server_of_the_callers_own_goes_unchecked(shell: Shell, server: FaultServer) -> None:
    (shell.folder / "cat.png").write_bytes(PNG)
    asked = (
        "gen",
        "hi",
        "-a",
        "cat.png",
        "-m",
        "groq:llama-3.3-70b-versatile",
        "--base-url",
        server.url,
        "-l",
        "warning",
    )
    assert shell.mm(*asked, env=KEYS).out == "4\n"


def test_a_prompt_that_cannot_fit_is_not_sent(shell: Shell) -> None:
    told = shell.inside("gen", "-m", "openai:gpt-4", env=KEYS, stdin=b"word " * 10_000)
    assert (told.out, told.code) == ("", 1)
    what = "The prompt is too long for openai:gpt-4: at least 10,008 tokens, and its context window takes 8,192"
    assert told.err.splitlines()[0] == f"Error: {what}"


def test_a_prompt_that_may_not_fit_is_noted(shell: Shell) -> None:
    told = shell.inside("gen", "--dry-run", "-m", "openai:gpt-4", env=KEYS, stdin=b"word " * 7_500)
    note = "prompt: noted (it may be too long: about 7,508 tokens, and this model takes 8,192)"
    assert told.code == 0
    assert note in told.err


CHANGES: dict[str, tuple[tuple[str, ...], str]] = {
    "a temperature": (("-m", "openrouter:openai/o4-mini", "-t", "1"), "temperature: dropped (this model takes none)"),
    "an effort": (
        ("-m", READER, "--reasoning-effort", "low"),
        "reasoning_effort: dropped (this model does not reason)",
    ),
    "a limit": (
        ("-m", "openai:gpt-4o", "--max-tokens", "20000"),
        "max_tokens: clamped to 16384 (this model's output has no more tokens)",
    ),
    "a schema, by a tool": (
        ("-m", "openai:gpt-4-turbo", "--json"),
        "schema: changed to the tool Person, which must be called (this model takes no schema)",
    ),
    "a model on its way out": (
        ("-m", "groq:gemma2-9b-it"),
        "model: noted (it is deprecated, and may no longer be served)",
    ),
}


@pytest.mark.parametrize(("arguments", "line"), CHANGES.values(), ids=CHANGES)
def test_what_is_left_out_for_a_model_is_told_once(shell: Shell, arguments: tuple[str, ...], line: str) -> None:
    told = shell.inside("gen", "hi", "--dry-run", *arguments, env=KEYS)
    assert told.code == 0
    assert told.err.count(f"  {line}\n") == 1
    assert told.err.count(f"  {line.partition(':')[0]}:") == 1


def test_a_deprecated_model_is_noted_before_its_answer(shell: Shell, server: FaultServer) -> None:
    (shell.folder / "modelmix.toml").write_text(f'[providers.groq]\nbase_url = "{server.url}"\n', encoding="utf-8")
    told = shell.mm("gen", "hi", "-m", "groq:gemma2-9b-it", env=KEYS)
    note = "Note: model: it is deprecated, and may no longer be served\n"
    assert (told.out, told.err.startswith(f'{note}groq:gemma2-9b-it → "hi"\n')) == ("4\n", True)
    assert shell.mm("gen", "hi", "-m", "groq:gemma2-9b-it", "-l", "warning", env=KEYS).err == ""


PICTURE: Final = user("What is this?", Image(Url("https://example.com/a.png")))


def test_the_library_returns_typed_errors(tmp_path: Path) -> None:
    with Client(env={**KEYS, "HOME": str(tmp_path)}, config=Config()) as client:
        refused = client.plan(READER, PICTURE).failure()
        assert isinstance(refused, Incapable)
        scout = "groq:meta-llama/llama-4-scout-17b-16e-instruct"
        assert refused == Incapable(spec=READER, needs="image", near=(scout,))
        assert client.plan("openai:gpt-4", "word " * 9000).failure() == TooLong(
            spec="openai:gpt-4", tokens=9008, window=8192
        )
        assert not isinstance(client.plan(READER, PICTURE, unlisted=True), Failure)
        tools = [ToolSpec(name="clock")]
        assert isinstance(client.generate_text("perplexity:sonar", "hi", tools=tools, api_key="k").failure(), Incapable)


def test_the_asynchronous_client_refuses_alike(tmp_path: Path) -> None:
    client = AsyncClient(env={**KEYS, "HOME": str(tmp_path)}, config=Config())
    assert isinstance(client.plan(READER, PICTURE).failure(), Incapable)
