"""Every error that a user is likely to meet: what `mm gen` says, and its exit code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pytest

from e2e.shell import Shell
from fakes.replies import Reply, Step, answer, body, broken, refusal, silence, stream, words
from fakes.server import FaultServer, free_port

PAGE: Final = b"<!doctype html><html><head><title>Sign in</title></head></html>"

NO_KEY: Final = """\
Error: API key not found for openai

Please set your API key using one of these methods:
  1. Environment variable: export OPENAI_API_KEY=your-api-key
  2. Config file: mm keys set openai
  3. Pass directly: generate_text(model, prompt, api_key="your-api-key")

No key at hand? A local model needs none: mm gen "..." -m local:smollm2
"""

UNKNOWN_MODEL: Final = r"""Error: Invalid model specification 'openai:gpt-4x'

Available openai models:
(  • openai:\S+
){20}  … 20 of \d+

Use it all the same: mm gen … -m openai:gpt-4x --unlisted
Update the list: mm sync
"""

UNKNOWN_PROVIDER: Final = r"""Error: Unknown provider 'opnai'

Did you mean openai( or \S+)*\?
Check: mm models
"""


def test_a_missing_key_names_the_ways_to_give_one(shell: Shell) -> None:
    told = shell.mm("gen", "hi")
    assert (told.out, told.err, told.code) == ("", NO_KEY, 3)


def test_an_unknown_model_names_those_nearest(shell: Shell) -> None:
    told = shell.mm("gen", "hi", "-m", "openai:gpt-4x")
    assert (told.out, told.code) == ("", 4)
    assert re.fullmatch(UNKNOWN_MODEL, told.err)
    first = told.err.split("  • ")[1]
    assert first.startswith("openai:gpt-4")


def test_an_unknown_provider_names_those_nearest(shell: Shell) -> None:
    told = shell.mm("gen", "hi", "-m", "opnai:gpt-4o")
    assert (told.out, told.code) == ("", 4)
    assert re.fullmatch(UNKNOWN_PROVIDER, told.err)


@dataclass(frozen=True)
class Trouble:
    """What a server does, what is said about it, and the exit code."""

    reply: Reply
    code: int
    says: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    out: str = ""
    env: Mapping[str, str] = field(default_factory=dict[str, str])


ONCE: Final = ("--retries", "0")

TROUBLES: Final = {
    "a wrong key": Trouble(
        refusal(401, "invalid_api_key", "Incorrect API key provided"),
        3,
        (r"Error: .*\(401\): Incorrect API key provided", "mm keys set openai"),
    ),
    "a key that may not": Trouble(refusal(403, "permission_denied", "Not for you"), 3, (r"\(403\): Not for you",)),
    "a model that the provider does not know": Trouble(
        refusal(404, "model_not_found", "The model `gpt-4o` does not exist"),
        4,
        (r"\(404\): .*does not exist", "mm models"),
    ),
    "a limit on the rate": Trouble(
        refusal(429, "rate_limit_exceeded", "Slow down", {"Retry-After": "0.2"}),
        5,
        (r"\(429\): Slow down", r"Wait 0\.2 s"),
    ),
    "a limit on the rate with a long wait": Trouble(
        refusal(429, "rate_limit_exceeded", "Slow down", {"Retry-After": "600"}),
        5,
        (r"\(429\): Slow down", r"Wait 600 s"),
        ("--retries", "2"),
    ),
    "a quota that is used up": Trouble(refusal(429, "insufficient_quota", "Pay"), 5, (r"\(429\): Pay", "billing")),
    "a request that is refused": Trouble(refusal(400, "invalid_request_error", "No"), 1, (r"\(400\): No", "--dry-run")),
    "a request that is too long": Trouble(
        refusal(400, "context_length_exceeded", "Too long"), 1, (r"\(400\): Too long", "Shorten")
    ),
    "a server in trouble": Trouble(refusal(500, "server_error", "Oops"), 1, (r"\(500\): Oops", "later")),
    "a web page under 200": Trouble(body(PAGE, "text/html"), 1, ("Error: .*web page", "base URL")),
    "a web page under 502": Trouble(body(PAGE, "text/html", 502), 1, (r"Error: .*\(502\)",)),
    "an empty stream": Trouble(stream(), 7, ("Error: .*empty",)),
    "a redirect": Trouble(
        Reply(302, {"Location": "https://sso.example/login?t=1"}), 1, (r"\(302\).*sso\.example", "base URL")
    ),
    "a server that stalls": Trouble(
        silence("stall"), 6, (r"Error: .* within 0\.3 s", "--timeout"), ("--timeout", "0.3")
    ),
    "a server that stalls in the midst": Trouble(
        broken(*words("Hel"), action="stall"),
        7,
        (r"Error: .* within 0\.4 s", "--timeout"),
        ("--timeout", "0.4"),
        "Hel\n",
    ),
    "a server that resets": Trouble(silence("reset"), 6, ("Error: Cannot reach 127.0.0.1",)),
    "a connection that breaks in the midst": Trouble(
        broken(*words("Hel"), Step(delay=0.05), action="reset"), 7, ("Error: .*broke.*",), (), "Hel\n"
    ),
    "an error in the midst": Trouble(
        stream(*words("Hel"), b'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'),
        7,
        ("Error: .*: Overloaded",),
        (),
        "Hel\n",
    ),
    "an error that would act on a terminal": Trouble(
        refusal(400, "invalid_request_error", "\x1b]0;owned\x07\x1b[2J\u202ex\nError: fake"),
        1,
        ("\u241b]0;owned\u2407\u241b\\[2J\ufffdx Error: fake",),
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_trouble(shell: Shell, trouble: Trouble) -> None:
    line = ("gen", "hi", "-m", "openai:gpt-4o", "-l", "warning", *(trouble.arguments or ONCE))
    with FaultServer(trouble.reply) as server:
        told = shell.inside(*line, "--base-url", server.url)
    assert (told.out, told.code) == (trouble.out, trouble.code)
    assert told.err.lstrip().startswith("Error: ")
    for words_ in trouble.says:
        assert re.search(words_, told.err), told.err


def test_a_refused_connection_is_told_as_one(shell: Shell) -> None:
    line = ("gen", "hi", "-m", "openai:gpt-4o", "--base-url", f"http://127.0.0.1:{free_port()}/v1")
    told = shell.mm(*line, "--retries", "0")
    assert (told.out, told.code) == ("", 6)
    assert re.search(r"\nError: Cannot reach 127\.0\.0\.1: .+\n\nCheck that the server runs", told.err)


PROCESSES: Final = ("a wrong key", "a limit on the rate", "a web page under 200", "a server that stalls")


@pytest.mark.parametrize("name", PROCESSES)
def test_trouble_in_a_process(shell: Shell, name: str) -> None:
    trouble = TROUBLES[name]
    line = ("gen", "hi", "-m", "openai:gpt-4o", *(trouble.arguments or ONCE))
    with FaultServer(trouble.reply) as server:
        told = shell.mm(*line, "--base-url", server.url)
    assert (told.out, told.code) == (trouble.out, trouble.code)
    assert told.err.startswith('openai:gpt-4o → "hi"\n\nError: ')
    assert "Traceback" not in told.err


def test_a_wait_that_is_asked_for_is_waited_and_the_answer_comes(shell: Shell) -> None:
    slow = refusal(429, "rate_limit_exceeded", "Slow down", {"Retry-After": "0.3"})
    with FaultServer((slow, answer("4"))) as server:
        told = shell.inside("gen", "hi", "-m", "openai:gpt-4o", "--base-url", server.url)
        first, second = server.requests
    assert (told.out, told.code) == ("4\n", 0)
    assert second.at - first.at >= 0.3


PLACES: Final = {
    "plain http to another host": ("http://api.example.com/v1", "unencrypted"),
    "a password in the URL": ("https://user:sk-canary@api.example.com/v1", "user name or password"),
    "no URL": ("ftp://x/v1", "no http or https URL"),
}


@pytest.mark.parametrize(("url", "why"), PLACES.values(), ids=PLACES)
def test_a_base_url_that_is_unfit_exits_2(shell: Shell, url: str, why: str) -> None:
    told = shell.inside("gen", "hi", "-m", "openai:gpt-4o", "--base-url", url)
    assert (told.out, told.code) == ("", 2)
    assert why in told.err
    assert "sk-canary" not in told.err


USAGE: Final = {
    ("--nope",): "mm",
    ("gen", "--nope"): "mm gen",
    ("keys", "set"): "mm keys set",
}


@pytest.mark.parametrize(("arguments", "command"), USAGE.items())
def test_a_slip_names_the_help_of_its_own_command(shell: Shell, arguments: tuple[str, ...], command: str) -> None:
    told = shell.inside(*arguments)
    assert told.code == 2
    assert told.err.endswith(f"\nSee: {command} --help\n")
