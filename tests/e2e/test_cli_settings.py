"""Where `mm` takes its settings and keys from, and where it keeps keys."""

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pytest

from e2e.shell import Shell
from fakes.replies import streamed_answer
from fakes.server import FaultServer

KEY: Final = "sk-canary-4f6c1d0b9a7e"
OTHER: Final = "sk-other-8d2e5a7c1b3f"
FOUR: Final = streamed_answer("4")
PROJECT: Final = '[tool.modelmix]\nmodel = "openai:gpt-4.1"\n'


@dataclass(frozen=True)
class World:
    """What is set where."""

    user: str = ""
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    arguments: tuple[str, ...] = ()


USER: Final = 'model = "openai:o3"\n'
OWN: Final = 'model = "openai:gpt-4-turbo"\n'
MODELS: Final = {
    "nothing said": (World(), "gpt-4o-mini"),
    "the user's settings": (World(user=USER), "o3"),
    "the project over the user": (World(user=USER, files={"pyproject.toml": PROJECT}), "gpt-4.1"),
    "a file of its own over pyproject": (
        World(user=USER, files={"pyproject.toml": PROJECT, "modelmix.toml": OWN}),
        "gpt-4-turbo",
    ),
    "MM_MODEL over the project": (
        World(user=USER, files={"pyproject.toml": PROJECT}, env={"MM_MODEL": "openai:gpt-4"}),
        "gpt-4",
    ),
    "the flag over all": (
        World(USER, {"pyproject.toml": PROJECT}, {"MM_MODEL": "openai:gpt-4"}, ("-m", "openai:gpt-4o")),
        "gpt-4o",
    ),
    "a planted .env counts for nothing": (World(files={".env": "MM_MODEL=openai:gpt-4\n"}), "gpt-4o-mini"),
    "a named .env counts": (
        World(files={"my.env": "MM_MODEL=openai:gpt-4\n"}, arguments=("--env-file", "my.env")),
        "gpt-4",
    ),
    "a named .env never overrides the environment": (
        World(
            files={"my.env": "MM_MODEL=openai:gpt-4\n"},
            env={"MM_MODEL": "openai:o3"},
            arguments=("--env-file", "my.env"),
        ),
        "o3",
    ),
    "the user's settings may name a .env": (
        World(user='env_file = "my.env"\n', files={"my.env": "MM_MODEL=openai:gpt-4\n"}),
        "gpt-4",
    ),
}


def prepared(shell: Shell, world: World) -> Shell:
    """The folder with its files."""
    shell.config.parent.mkdir()
    if world.user:
        shell.config.write_text(world.user)
    for name, text in world.files.items():
        (shell.folder / name).write_text(text)
    return Shell(shell.folder, world.env)


@pytest.mark.parametrize(("world", "expected"), MODELS.values(), ids=MODELS)
def test_the_model_is_the_one_that_the_strongest_source_says(shell: Shell, world: World, expected: str) -> None:
    told = prepared(shell, world).inside("gen", "hi", "--dry-run", *world.arguments)
    assert told.code == 0
    assert json.loads(told.out.split("\n\n", 1)[1])["model"] == expected


BAD: Final = {
    "a word that is no setting": World(user='modle = "openai:o3"\n'),
    "a file that is no TOML": World(user="model = \n"),
    "a number for a word": World(env={"MM_LOG_LEVEL": "7"}),
    "keys that others may read": World(user=f'[keys]\nopenai = "{KEY}"\n'),
    "a project that says where keys go": World(
        files={
            "modelmix.toml": (
                '[providers.evil]\nname = "Evil"\ndialect = "openai-chat"\nbase_url = "https://evil.example/v1"\n'
                '[providers.evil.auth]\nenv = ["OPENAI_API_KEY"]\n'
            )
        },
        env={"OPENAI_API_KEY": KEY},
    ),
    "keys in a project": World(files={"modelmix.toml": f'[keys]\nopenai = "{KEY}"\n'}),
    "a .env in a project": World(files={"modelmix.toml": 'env_file = "my.env"\n'}),
}


@pytest.mark.parametrize("world", BAD.values(), ids=BAD)
def test_settings_that_cannot_be_used_exit_2(shell: Shell, world: World) -> None:
    made = prepared(shell, world)
    if world.user:
        made.config.chmod(0o644)
    told = made.inside("gen", "hi", "--dry-run")
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: Bad settings in ")
    assert KEY not in told.err


def test_a_user_s_own_provider_needs_no_code(shell: Shell) -> None:
    with FaultServer(FOUR) as server:
        table = (
            f'[providers.mine]\nname = "Mine"\ndialect = "openai-chat"\nbase_url = "{server.url}"\nany_model = true\n'
        )
        made = prepared(shell, World(user=table + '[providers.mine.auth]\nenv = ["MINE_KEY"]\n'))
        told = made.inside("gen", "hi", "-m", "mine:any/model:7b", env={"MINE_KEY": KEY})
        (request,) = server.requests
    assert (told.out, told.code) == ("4\n", 0)
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.body)["model"] == "any/model:7b"


# Keys

GIVEN: Final = {
    "from a variable": (("--api-key-env", "MINE"), None, f"Bearer {KEY}"),
    "from a file": (("--api-key-file", "key.txt"), None, f"Bearer {KEY}"),
    "from standard input": (("--api-key-file", "-"), f"{KEY}\n".encode(), f"Bearer {KEY}"),
    "none, though one is in the environment": ((), None, None),
}


@pytest.mark.parametrize(("arguments", "stdin", "expected"), GIVEN.values(), ids=GIVEN)
def test_a_key_goes_to_a_base_url_only_where_the_user_says_so(
    shell: Shell, arguments: tuple[str, ...], stdin: bytes | None, expected: str | None
) -> None:
    made = prepared(shell, World(files={"key.txt": f"{KEY}\r\n", ".env": f"OPENAI_API_KEY={OTHER}\n"}))
    with FaultServer(FOUR) as server:
        line = ("gen", "hi", "-m", "openai:gpt-4o", "--base-url", server.url, "-l", "debug", *arguments)
        told = made.inside(*line, stdin=stdin, env={"MINE": KEY, "OPENAI_API_KEY": OTHER})
        (request,) = server.requests
    assert (told.out, told.code) == ("4\n", 0)
    assert request.headers.get("authorization") == expected
    assert KEY not in told.err
    assert OTHER not in told.err + str(request)


def test_a_planted_env_file_sends_nothing_elsewhere(shell: Shell) -> None:
    with FaultServer(FOUR) as server:
        planted = (
            f"OPENAI_BASE_URL={server.url}\nOPENAI_API_KEY={OTHER}\nHTTPS_PROXY={server.url}\nMM_CONFIG=evil.toml\n"
        )
        told = prepared(shell, World(files={".env": planted})).inside("gen", "hi", "-m", "openai:gpt-4o")
        assert server.connections == 0
    # No key: the one that was planted is not read either.
    assert told.code == 3


def test_keys_are_kept_and_listed_and_forgotten_and_never_shown(shell: Shell) -> None:
    text = '# mine\nmodel = "openai:o3"\n'
    made = prepared(shell, World(user=text))
    said = [
        made.mm("keys", "set", "anthropic", stdin=f"{KEY}\n".encode()),
        made.inside("keys", "set", "grok", stdin=f"{OTHER}\n".encode()),
        made.mm("keys", "list", env={"GROQ_API_KEY": OTHER}),
    ]
    assert [told.code for told in said] == [0, 0, 0]
    assert stat.S_IMODE(made.config.stat().st_mode) == 0o600
    assert KEY in made.config.read_text()
    assert made.config.read_text().startswith(text)
    # An alias is kept under the name of its provider.
    assert said[2].out == "anthropic\tconfig file\ngroq\tvariable GROQ_API_KEY\nxai\tconfig file\n"
    said += [made.mm("keys", "rm", "grok"), made.inside("keys", "list"), made.inside("keys", "rm", "xai")]
    assert [told.code for told in said[3:]] == [0, 0, 2]
    assert said[4].out == "anthropic\tconfig file\n"
    for told in said:
        assert KEY not in told.out + told.err
        assert OTHER not in told.out + told.err


def test_a_kept_key_is_used_after_the_environment(shell: Shell) -> None:
    with FaultServer(FOUR) as server:
        table = (
            f'[providers.mine]\nname = "Mine"\ndialect = "openai-chat"\nbase_url = "{server.url}"\nany_model = true\n'
        )
        made = prepared(shell, World(user=table + '[providers.mine.auth]\nenv = ["MINE_KEY"]\n'))
        missing = made.inside("gen", "hi", "-m", "mine:x")
        assert made.inside("keys", "set", "mine", stdin=f"{KEY}\n".encode()).code == 0
        kept = made.inside("gen", "hi", "-m", "mine:x")
        over = made.inside("gen", "hi", "-m", "mine:x", env={"MINE_KEY": OTHER})
        sent = [request.headers["authorization"] for request in server.requests]
    assert [told.code for told in (missing, kept, over)] == [3, 0, 0]
    assert sent == [f"Bearer {KEY}", f"Bearer {OTHER}"]


DIALECTS: Final = {
    "the model's own": (World(), "/v1/responses"),
    "the user's settings": (World(user='[providers.openai]\ndialect = "openai-chat"\n'), "/v1/chat/completions"),
    "the project's": (
        World(files={"modelmix.toml": '[providers.openai]\ndialect = "openai-chat"\n'}),
        "/v1/chat/completions",
    ),
    "the flag": (World(arguments=("--dialect", "openai-chat")), "/v1/chat/completions"),
    "the flag over all": (
        World(user='[providers.openai]\ndialect = "openai-chat"\n', arguments=("--dialect", "openai-responses")),
        "/v1/responses",
    ),
}


@pytest.mark.parametrize(("world", "path"), DIALECTS.values(), ids=DIALECTS)
def test_the_dialect_is_the_models_unless_somebody_names_another(shell: Shell, world: World, path: str) -> None:
    made = prepared(shell, world)
    told = made.inside(
        "gen", "hi", "-m", "openai:gpt-5", "--dry-run", *world.arguments, env={"OPENAI_API_KEY": KEY, **world.env}
    )
    assert told.code == 0, told.err
    assert told.out.splitlines()[0] == f"POST https://api.openai.com{path}"


BAD_KEYS: Final = {"nothing": b"\n", "two words": b"sk-1 sk-2\n", "letters that no header takes": "sk-é\n".encode()}


@pytest.mark.parametrize("typed", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_key_that_cannot_be_one_is_refused_and_not_shown(shell: Shell, typed: bytes) -> None:
    told = prepared(shell, World()).inside("keys", "set", "openai", stdin=typed)
    assert told.code == 3
    assert told.err.startswith("Error: The API key for openai from standard input cannot be one")
    assert "sk-" not in told.err
    assert not shell.config.exists()
