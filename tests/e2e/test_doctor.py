"""`mm doctor`: what it finds, what it would send, what it never shows, and how it ends."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from e2e.shell import Shell, Told

KEY: Final = "sk-canary-4f6c1d0b9a7e"
SECRET: Final = "hush-77c1d0b9a7e4"
MODEL: Final = "openai:gpt-4o-mini"


def found(told: Told) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = json.loads(told.out)
    return sections


def test_all_is_well_without_a_model(shell: Shell) -> None:
    told = shell.inside("doctor")
    assert (told.code, told.err) == (0, "")
    titles = [line for line in told.out.splitlines() if line and not line.startswith(" ")]
    assert titles == ["modelmix 0.1.0", "Settings", "Network", "Catalogue", "Keys", "Data", "No problems found"]


def test_each_setting_says_where_it_comes_from(shell: Shell) -> None:
    shell.config.parent.mkdir(parents=True)
    shell.config.write_text("retries = 5\n", encoding="utf-8")
    (shell.folder / "modelmix.toml").write_text("timeout = 9\n[providers.openai]\nbase_url = 'https://p.example/v1'\n")
    settings = found(shell.inside("doctor", "--format", "json", env={"MM_MODEL": "openai:o3"}))["settings"]
    own = shell.folder / "modelmix.toml"
    assert settings == {
        "user file": str(shell.config),
        "project file": str(own),
        "model": "openai:o3 (the environment)",
        "log_level": "info (default)",
        "stream": "True (default)",
        "timeout": f"9.0 ({own})",
        "retries": f"5 ({shell.config})",
        "provider openai": f"set in {own}",
    }


def test_a_request_is_shown_with_what_was_changed_and_what_it_may_cost(shell: Shell) -> None:
    told = shell.inside(
        "doctor", "anthropic:claude-3-5-haiku-latest", "--prompt", "Hello.", "-t", "1.5", env={"ANTHROPIC_API_KEY": KEY}
    )
    assert (told.code, told.err) == (0, "")
    for words in (
        "  POST https://api.anthropic.com/v1/messages\n",
        "  x-api-key: ***\n",
        '        "content": "Hello."\n',
        "  dialect    anthropic-messages\n",
        "  temperature: clamped to 1.0 (Anthropic takes 0 to 1)\n",
        "Worst case: $",
        "No problems found\n",
    ):
        assert words in told.out
    assert KEY not in told.out


def test_the_request_is_the_one_of_gen(shell: Shell) -> None:
    env = {"OPENAI_API_KEY": KEY}
    mine = json.loads(
        shell.inside("doctor", MODEL, "--prompt", "Hi", "--max-tokens", "9", "--format", "json", env=env).out
    )
    dry = shell.inside("gen", "Hi", "-m", MODEL, "--max-tokens", "9", "--dry-run", env=env)
    assert mine["request"]["body"] == json.loads(dry.out.split("\n\n", 1)[1])
    assert dry.out.startswith(f"{mine['request']['method']} {mine['request']['url']}\n")
    assert mine["problems"] == []


ENDS: dict[str, tuple[tuple[str, ...], Mapping[str, str], str, int, str]] = {
    "no key": ((MODEL,), {}, "", 3, "API key not found for openai"),
    "a key that cannot be one": ((MODEL,), {"OPENAI_API_KEY": f"{KEY} x"}, "", 3, "cannot be one"),
    "an unknown provider": (("opnai:x",), {}, "", 4, "Unknown provider 'opnai'"),
    "an unknown model": (("openai:gpt-4oo",), {}, "", 4, "  • openai:gpt-4o"),
    "no specification": (("gpt",), {}, "", 4, "Invalid model specification 'gpt'"),
    "an option out of range": ((MODEL, "-t", "3"), {"OPENAI_API_KEY": KEY}, "", 2, "temperature cannot be 3.0"),
    "a local model that is not here": (("local:smollm2",), {}, "", 2, "is not here yet"),
    "a proxy that is none": ((), {"HTTPS_PROXY": "ftp://p.example"}, "", 2, "Bad settings in HTTPS_PROXY"),
    "certificates that are not there": ((), {"SSL_CERT_FILE": "/nowhere/ca.pem"}, "", 2, "no file `/nowhere/ca.pem`"),
    "settings that cannot be read": ((), {}, "colour = 1", 2, "unknown field `colour`"),
    "the first of two": ((MODEL,), {"SSL_CERT_DIR": "/nowhere"}, "", 2, "API key not found for openai"),
}


@pytest.mark.parametrize(("arguments", "env", "project", "code", "words"), ENDS.values(), ids=ENDS)
def test_a_problem_is_marked_and_ends_with_its_code(
    shell: Shell, arguments: tuple[str, ...], env: Mapping[str, str], project: str, code: int, words: str
) -> None:
    (shell.folder / "modelmix.toml").write_text(project, encoding="utf-8")
    told = shell.inside("doctor", *arguments, env=env)
    assert (told.code, told.err) == (code, "")
    assert words in told.out
    assert "✗ " in told.out
    assert "No problems found" not in told.out
    problems = json.loads(shell.inside("doctor", *arguments, "--format", "json", env=env).out)["problems"]
    assert problems[0]["exit"] == code
    assert KEY not in told.out


PROXIES: dict[str, tuple[str, str]] = {
    "in a URL": (f"http://me:{SECRET}@proxy.example:8080", "http://***@proxy.example:8080"),
    "without a scheme": (f"me:{SECRET}@proxy.example:8080", "***@proxy.example:8080"),
    "with a sign in it": (f"http://me:{SECRET}@x@proxy.example", "http://***@proxy.example"),
    "a name alone": (f"http://{SECRET}@proxy.example", "http://***@proxy.example"),
    "none": ("http://proxy.example:8080", "http://proxy.example:8080"),
    "in what is no URL": (f"ftp://me:{SECRET}@proxy.example", "ftp://***@proxy.example"),
}


@pytest.mark.parametrize(("value", "shown"), PROXIES.values(), ids=PROXIES)
def test_a_proxy_is_shown_without_its_credentials(shell: Shell, value: str, shown: str) -> None:
    told = shell.inside("doctor", MODEL, env={"https_proxy": value, "OPENAI_API_KEY": KEY})
    assert re.search(rf"^  (✗ )?https_proxy +{re.escape(shown)}$", told.out, re.MULTILINE)
    assert SECRET not in told.out + told.err


def test_the_way_to_the_host_is_told(shell: Shell) -> None:
    env = {"HTTPS_PROXY": "http://proxy.example:8080", "OPENAI_API_KEY": KEY}
    through = found(shell.inside("doctor", MODEL, "--format", "json", env=env))
    assert through["model"]["proxy"] == "http://proxy.example:8080"
    past = found(shell.inside("doctor", MODEL, "--format", "json", env={**env, "NO_PROXY": "openai.com"}))
    assert (past["model"]["proxy"], past["network"]["NO_PROXY"]) == ("api.openai.com directly", "openai.com")


def test_keys_are_told_by_their_place_and_never_shown(shell: Shell) -> None:
    shell.config.parent.mkdir(parents=True)
    shell.config.write_text(f'[keys]\nanthropic = "{SECRET}"\n', encoding="utf-8")
    shell.config.chmod(0o600)
    for arguments in ((), (MODEL,), ("anthropic:claude-3-5-haiku-latest",), (MODEL, "--format", "json")):
        told = shell.inside("doctor", *arguments, env={"OPENAI_API_KEY": KEY})
        assert told.code == 0
        assert KEY not in told.out + told.err
        assert SECRET not in told.out + told.err
    keys = found(shell.inside("doctor", "--format", "json", env={"OPENAI_API_KEY": KEY}))["keys"]
    assert keys == {"anthropic": "in the config file", "openai": "set in OPENAI_API_KEY"}


def test_headers_of_the_users_own_are_hidden(shell: Shell) -> None:
    table = f'[providers.acme]\nbase_url = "https://acme.example/v1"\nheaders = {{ x-team = "{SECRET}" }}\n'
    (shell.folder / "modelmix.toml").write_text(f"{table}auth = {{ required = false }}\n", encoding="utf-8")
    told = shell.inside("doctor", "acme:m")
    assert (told.code, SECRET in told.out) == (0, False)
    assert "  x-team: ***\n" in told.out


def test_nothing_is_written(shell: Shell) -> None:
    before = sorted(Path(shell.folder).rglob("*"))
    assert shell.mm("doctor", MODEL, env={"OPENAI_API_KEY": KEY}).code == 0
    assert sorted(Path(shell.folder).rglob("*")) == before


def test_local_models_and_the_folder_are_measured(shell: Shell) -> None:
    folder = shell.folder / "home" / "models"
    folder.mkdir(parents=True)
    (folder / "smollm2.gguf").write_bytes(b"x" * 1_500_000)
    data = found(shell.inside("doctor", "--format", "json"))["data"]
    assert data == {"folder": f"{shell.folder / 'home'} (1.5 MB)", "local:smollm2": "1.5 MB"}
