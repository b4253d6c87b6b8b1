"""`mm` with providers that only the catalogue knows, with a server on this machine in their place."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import pytest

from e2e.shell import Shell
from e2e.test_gen_dialects import VOICES, WAYS, played
from fakes.server import FaultServer
from moves.echoes import Said

KEY: Final = "sk-listed-0123456789-abcdefgh"


class Place(NamedTuple):
    """A model of a provider that no file knows, and what its requests look like."""

    voice: str
    spec: str
    path: str
    header: str


PLACES: Final[Mapping[str, Place]] = {
    "chat": Place("openai-chat", "zai:glm-4.6", "/chat/completions", "authorization"),
    "responses": Place("openai-responses", "opencode:gpt-5", "/responses", "authorization"),
    "messages": Place("anthropic-messages", "opencode:claude-sonnet-4-5", "/messages", "x-api-key"),
    "generate": Place("google-generate", "opencode:gemini-3-flash", "/models/gemini-3-flash:", "x-goog-api-key"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_an_answer_comes_in_every_dialect(shell: Shell, place: Place, way: str) -> None:
    reply = played(VOICES[place.voice], way, Said("text", "a dot"))
    with FaultServer(reply) as server:
        there = ("-m", place.spec, "--base-url", server.url, "--api-key-env", "MINE")
        told = shell.inside("gen", "What is it?", *there, *WAYS[way], env={"MINE": KEY})
        (request,) = server.requests
    assert (told.out, told.code) == ("a dot\n", 0), told.err
    assert request.path.removeprefix("/v1").startswith(place.path)
    assert KEY in request.headers[place.header]
    assert {"authorization", "x-api-key", "x-goog-api-key"} & {*request.headers} == {place.header}
    assert b"What is it?" in request.body


def test_settings_move_a_provider_of_the_catalogue_and_its_kept_key_goes_along(shell: Shell) -> None:
    reply = played(VOICES["anthropic-messages"], "streamed", Said("text", "a dot"))
    with FaultServer(reply) as server:
        shell.config.parent.mkdir()
        shell.config.write_text(f'[providers.kimi-for-coding]\nbase_url = "{server.url}"\n', encoding="utf-8")
        asked = ("gen", "hi", "-m", "kimi-for-coding:k2p5", "--unlisted")
        missing = shell.inside(*asked)
        kept = shell.inside("keys", "set", "kimi-for-coding", stdin=f"{KEY}\n".encode())
        listed = shell.inside("keys", "list", env={"DEEPINFRA_API_KEY": "x", "ZHIPU_API_KEY": "x"})
        told = shell.inside(*asked)
        (request,) = server.requests
    assert (missing.code, kept.code, told.code, told.out) == (3, 0, 0, "a dot\n"), told.err
    assert "export KIMI_API_KEY=your-api-key" in missing.err
    assert "mm keys set kimi-for-coding" in missing.err
    assert request.headers["x-api-key"] == KEY
    assert listed.out.splitlines() == [
        "deepinfra\tvariable DEEPINFRA_API_KEY",
        "kimi-for-coding\tconfig file",
        "zai\tvariable ZHIPU_API_KEY",
        "zai-coding-plan\tvariable ZHIPU_API_KEY",
        "zhipuai\tvariable ZHIPU_API_KEY",
        "zhipuai-coding-plan\tvariable ZHIPU_API_KEY",
    ]


TOLD: Final[dict[str, tuple[tuple[str, ...], dict[str, str], int, str]]] = {
    # arguments, environment: exit code, words
    "no key": (("-m", "deepinfra:openai/gpt-oss-120b"), {}, 3, "export DEEPINFRA_API_KEY=your-api-key"),
    "a provider that is signed in to": (
        ("-m", "amazon-bedrock:openai.gpt-oss-120b-1:0"),
        {"AWS_ACCESS_KEY_ID": KEY},
        1,
        "Modelmix does not support amazon-bedrock: its requests are signed with AWS credentials",
    ),
    "an address that waits for a variable": (
        ("-m", "databricks:databricks-gpt-5"),
        {"DATABRICKS_TOKEN": KEY},
        2,
        "DATABRICKS_HOST is not set; it is the host in the address of databricks",
    ),
    "a slip of the finger": (("-m", "deepinfr:x"), {}, 4, "Did you mean deepinfra"),
}


@pytest.mark.parametrize(("arguments", "env", "code", "words"), TOLD.values(), ids=TOLD)
def test_what_goes_wrong_is_told(
    shell: Shell, arguments: tuple[str, ...], env: dict[str, str], code: int, words: str
) -> None:
    told = shell.inside("gen", "hi", *arguments, env=env)
    assert (told.out, told.code) == ("", code)
    assert words in told.err
    assert KEY not in told.err
