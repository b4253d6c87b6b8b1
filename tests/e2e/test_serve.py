"""`mm serve --mock` as a process."""

import json
import re
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import httpx
import pytest

from e2e.shell import LONGEST, Shell
from e2e.test_cli_process import read_until
from modelmix import Client, Config

CHAT: Final = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


@contextmanager
def _served(shell: Shell, *arguments: str) -> Generator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """A mock that runs, and the variables that it prints."""
    with shell.start("serve", "--mock", *arguments) as process:
        try:
            lines = read_until(process.stdout, b"OLLAMA_HOST=http://127.0.0.1:").decode()
            lines += read_until(process.stdout, b"\n").decode() if not lines.endswith("\n") else ""
            yield process, dict(re.findall(r"^export (\w+)=(.+)$", lines, re.MULTILINE))
        finally:
            process.kill()


def test_it_prints_where_it_is_logs_each_request_and_ends_by_ctrl_c(shell: Shell) -> None:
    with _served(shell, "--rule", 'text = "hello"') as (process, variables):
        headers = {"authorization": "Bearer sk-very-secret-key"}
        with httpx.Client(base_url=variables["OPENAI_BASE_URL"], trust_env=False, headers=headers) as client:
            answer = client.post("/chat/completions", json=CHAT).json()
            client.post("/chat/completions?key=sk-very-secret-key", json={**CHAT, "stream": True})
            client.post("/chat/completions", json={**CHAT, "model": "\x1b[31mred"})
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=LONGEST)
    assert answer["choices"][0]["message"]["content"] == "hello"
    root = variables["OLLAMA_HOST"]
    assert log.decode().splitlines() == [
        f"Mock at {root}",
        "200 POST /v1/chat/completions gpt-4o",
        "200 POST /v1/chat/completions gpt-4o streamed",
        "200 POST /v1/chat/completions \N{SYMBOL FOR ESCAPE}[31mred",
        "Stopped",
    ]
    assert process.returncode == 130


def test_variables_are_those_of_the_sdks(shell: Shell) -> None:
    with _served(shell) as (_, variables):
        root = variables["OLLAMA_HOST"]
        assert variables == {
            "OPENAI_BASE_URL": f"{root}/v1",
            "OPENAI_API_KEY": "mock",
            "ANTHROPIC_BASE_URL": root,
            "ANTHROPIC_API_KEY": "mock",
            "GOOGLE_GEMINI_BASE_URL": root,
            "GEMINI_API_KEY": "mock",
            "OLLAMA_HOST": root,
        }
        with Client(env=variables, config=Config()) as client:
            # Ollama's variable is one of ours as well.
            assert client.generate_text("ollama:llama", "hi there").unwrap().text == "hi there"


def test_a_folder_of_rules_is_served(shell: Shell) -> None:
    (shell.folder / "mocks").mkdir()
    (shell.folder / "mocks" / "rules.json").write_text(json.dumps({"rules": [{"text": "from the folder"}]}))
    with _served(shell, "mocks", "--model", "gpt-4o") as (_, variables):
        with httpx.Client(base_url=variables["OPENAI_BASE_URL"], trust_env=False) as client:
            answer = client.post("/chat/completions", json=CHAT)
            unknown = client.post("/chat/completions", json={**CHAT, "model": "gpt-x"})
        assert "from the folder" in answer.text
        assert unknown.status_code == 404


WRONG: Final = {
    "nothing to serve": ((), 2, "serve cannot be nothing: expected --mock: nothing else is served"),
    "another machine": (("--mock", "--host", "0.0.0.0"), 2, "host cannot be 0.0.0.0: expected localhost"),
    "no port": (("--mock", "--port", "70000"), 2, "port cannot be 70000: expected a number from 0 to 65535"),
    "a rule that is none": (("--mock", "--rule", "sing"), 2, "Bad settings in --rule: `sing`: Invalid enum value"),
    "a file of no rules": (("--mock", "--rules", "bad.toml"), 2, "Bad settings in bad.toml: $.rules[1].fail: 99 is no"),
    "a file that is not there": (("--mock", "--rules", "none.toml"), 2, "Bad settings in none.toml: [Errno 2]"),
    "an empty folder": (("--mock", "empty"), 2, "Bad settings in empty: it holds no recordings"),
    "no folder": (("--mock", "nowhere"), 2, "Bad settings in nowhere: it is no folder"),
}


@pytest.mark.parametrize(("arguments", "code", "why"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_served_is_told(shell: Shell, arguments: tuple[str, ...], code: int, why: str) -> None:
    (shell.folder / "bad.toml").write_text("[[rules]]\n[[rules]]\nfail = 99\n")
    (shell.folder / "empty").mkdir()
    told = shell.inside("serve", *arguments)
    assert told.code == code
    assert told.err.startswith(f"Error: {why}")


def test_a_port_that_is_taken_is_told(shell: Shell) -> None:
    with _served(shell) as (_, variables):
        port = variables["OLLAMA_HOST"].rpartition(":")[2]
        told = shell.inside("serve", "--mock", "--port", port)
    assert told.code == 2
    assert told.err.startswith(f"Error: port cannot be {port}: expected a port that is free (")
