"""`mm compat URL` against the real llama.cpp server: it is found out about as if nobody knew it.

Skipped as `test_local.py` is. What the shipped row `local-responses` says by hand of the same server is
what has to be seen.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from e2e.shell import Shell
from modelmix import Config
from modelmix.aim import Aim, World, aim
from modelmix.call import Target
from modelmix.local.server import Servers

NARROW: Final = ("--scenario", "streaming", "--scenario", "object_basic", "--format", "json")
Document = dict[str, Any]  # the report for programs, as they read it


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Target]:
    """A running server that wants a key."""
    servers = Servers(data)
    target = aim("local:smollm2", World(Config(), {"MM_HOME": str(data)}), Aim())
    yield servers.reach(target.unwrap()).unwrap()
    servers.close()


def key_of(server: Target) -> dict[str, str]:
    assert server.key is not None
    return {"SERVER_KEY": server.key.reveal()}


def document(shell: Shell, server: Target, *arguments: str) -> Document:
    told = shell.inside("compat", server.base_url, "--api-key-env", "SERVER_KEY", *arguments, env=key_of(server))
    assert told.code == 0, told.err
    found: Document = json.loads(told.out)
    return found


def test_the_three_dialects_of_llama_cpp_are_found(shell: Shell, server: Target) -> None:
    found = document(shell, server, *NARROW)
    spoken = {row["dialect"] for row in found["speaks"]}
    assert spoken == {"openai-chat", "anthropic-messages", "openai-responses"}
    assert found["model"] == "smollm2"
    seen = {quirk["name"]: quirk["seen"] for quirk in found["dialects"][0]["quirks"]}
    assert seen["framing"] == "text/event-stream, `data:` lines only, LF, ends with [DONE]"
    assert seen["JSON schema"] == "`json_schema`: enforced"


def test_the_entry_that_comes_of_it_works(tmp_path: Path, server: Target) -> None:
    shell = Shell(tmp_path)
    found = document(shell, server, "--scenario", "basic", "--format", "json")
    (tmp_path / "modelmix.toml").write_text(found["dialects"][0]["entry"])
    spec = f"{found['dialects'][0]['provider']}:smollm2"
    told = shell.inside("gen", "hi", "-m", spec, "--max-tokens", "4", "-l", "warning", env=key_of(server))
    assert told.code == 0, told.err
    assert told.out.strip()


def test_the_shape_that_is_known_of_it_is_seen(shell: Shell, server: Target) -> None:
    found = document(shell, server, "--dialect", "openai-responses", "--scenario", "object_basic", "--format", "json")
    assert 'shape = { form_field = "response_format" }' in found["dialects"][0]["entry"].splitlines()


def test_without_its_key_nothing_is_told_but_how_to_give_it(shell: Shell, server: Target) -> None:
    told = shell.inside("compat", server.base_url)
    assert (told.out, told.code) == ("", 3)
    assert "--api-key-env" in told.err
