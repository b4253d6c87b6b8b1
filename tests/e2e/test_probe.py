"""`mm compat URL` against servers on the loopback: what they speak, what holds, each quirk, and the entry to paste."""

import json
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from e2e import odd
from e2e.shell import Shell, Told
from fakes.replies import Reply, Step, body, refusal, whole
from fakes.server import DeafListener, FaultServer, Request, Script, free_port
from modelmix import Client
from modelmix.testing import MockProvider, Rule

KEY: Final = "sk-canary-0123456789abcdefghijklmnop"
Document = dict[str, Any]  # the report for programs, as they read it


def compat(shell: Shell, url: str, *arguments: str, **env: str) -> Told:
    """One call, in this process."""
    return shell.inside("compat", url, *arguments, env=env)


def told(shell: Shell, script: Script, *arguments: str, **env: str) -> tuple[Document, FaultServer, int]:
    """What is found out about a server, for programs."""
    with FaultServer(script) as server:
        said = compat(shell, server.url, "--format", "json", *arguments, **env)
    assert said.out, said.err
    document: Document = json.loads(said.out)
    return document, server, said.code


def quirks(document: Document) -> dict[str, list[tuple[str, str]]]:
    """What was seen of the first dialect and what becomes of it, by name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for quirk in document["dialects"][0]["quirks"]:
        found.setdefault(quirk["name"], []).append((quirk["seen"], quirk["cover"]))
    return found


# What a server speaks


DIALECTS: Final = {
    "openai-chat": ("/v1", "/v1"),
    "openai-responses": ("/v1", "/v1"),
    "anthropic-messages": ("/v1", "/v1"),
    "google-generate": ("/v1beta", "/v1beta"),
    "ollama-chat": ("", ""),
}


@pytest.fixture(scope="module")
def mock() -> Iterator[MockProvider]:
    rules = [Rule(contains="Oslo and in Rome", tool="get_weather"), Rule(contains="17 times 23", text="391", think="3")]
    with MockProvider(rules, models=("text-embedding-x", "m-1")) as provider:
        yield provider


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_is_found_and_its_entry_works(tmp_path: Path, mock: MockProvider, dialect: str) -> None:
    given, base = DIALECTS[dialect]
    shell = Shell(tmp_path)
    said = compat(shell, mock.root + given, "--dialect", dialect, "--format", "json")
    assert (said.err, said.code) == ("", 0)
    document: Document = json.loads(said.out)
    assert document["speaks"] == [{"dialect": dialect, "base_url": mock.root + base}]
    # The first that is listed makes vectors.
    assert (document["model"], document["embedding_model"]) == ("m-1", "text-embedding-x")
    found = document["dialects"][0]
    held = {name for name, state in found["capabilities"].items() if state == "holds"}
    common = {"plain answers", "streaming", "token limit", "usage", "reasoning"}
    # Anthropic has no embeddings.
    assert held == (common if dialect == "anthropic-messages" else {*common, "embeddings"})
    (tmp_path / "modelmix.toml").write_text(found["entry"])
    spec = f"{found['provider']}:m-1"
    assert shell.inside("gen", "What is 2+2?", "-m", spec, "-l", "warning").out == "What is 2+2?\n"
    assert shell.inside("compat", spec, "--scenario", "basic", "--record").code == 0


def test_all_dialects_of_a_server_are_told_and_the_likeliest_is_asked(shell: Shell, mock: MockProvider) -> None:
    document: Document = json.loads(compat(shell, f"{mock.root}/v1", "--format", "json").out)
    assert {row["dialect"] for row in document["speaks"]} == set(DIALECTS)
    assert [one["dialect"] for one in document["dialects"]] == ["openai-chat"]


def test_all_dialects_are_asked_when_all_are_wanted(tmp_path: Path, mock: MockProvider) -> None:
    shell = Shell(tmp_path)
    said = compat(shell, mock.root, "--dialect", "all", "--format", "json", "--max-concurrency", "2")
    document: Document = json.loads(said.out)
    # A bare host with Ollama's own API is Ollama.
    assert document["dialects"][0]["dialect"] == "ollama-chat"
    assert {one["dialect"] for one in document["dialects"]} == set(DIALECTS)
    entries = tomllib.loads("\n".join([one["entry"] for one in document["dialects"]]))
    assert len(entries["providers"]) == len(DIALECTS)


def test_a_report_for_a_person_has_the_entry_at_its_end(shell: Shell) -> None:
    with FaultServer(odd.plain) as server:
        said = compat(shell, server.url)
    name = f"127-0-0-1-{server.port}"
    assert (said.err, said.code) == ("", 0)
    assert f"  speaks openai-chat at {server.url}\n  not anthropic-messages: nothing there (404)\n" in said.out
    assert "  models: 2 listed at" in said.out
    assert f"  asked: {odd.MODEL}, the first that is listed for words; --model takes another\n" in said.out
    assert "\n  ✓ tools: holds\n  ✓ structured output: holds\n  ✓ reasoning: holds\n  ✓ embeddings: holds\n" in said.out
    assert said.out.endswith(
        f'base_url = "{server.url}"\n'
        "auth = { required = false }\n"
        'embeddings = "openai"\n\n'
        f'With it:  mm gen "Hello" -m {name}:{odd.MODEL}\n'
        f"Record:   mm compat {name}:{odd.MODEL} --record\n"
    )


def test_nothing_is_kept(tmp_path: Path) -> None:
    told(Shell(tmp_path), odd.plain)
    assert list(tmp_path.rglob("*.json")) == []


# Quirks

SEEN: Final = {
    "a server without any": (
        odd.plain,
        {
            "framing": "text/event-stream, `data:` lines only, LF, ends with [DONE]",
            "usage tail": "`usage` in a chunk of its own, with no choices, only with `stream_options`",
            "tool deltas": "indexed, 2 calls in 4 pieces",
            "JSON schema": "`json_schema`: enforced",
        },
    ),
    "lines end in CRLF": (
        odd.streaming(odd.crlf),
        {"framing": "text/event-stream, `data:` lines only, CRLF, ends with [DONE]; other streams differ"},
    ),
    "no [DONE]": (
        odd.streaming(odd.said(*odd.NO_DONE)),
        {"framing": "text/event-stream, `data:` lines only, LF, no [DONE]; other streams differ"},
    ),
    "events are named": (
        odd.streaming(odd.said(*odd.NAMED)),
        {"framing": "text/event-stream, `event:` and `data:` lines, LF, no [DONE]; other streams differ"},
    ),
    "no space": (
        odd.streaming(odd.said(*odd.TIGHT)),
        {
            "framing": "text/event-stream, `data:` lines only, no space after `data:`, LF, no [DONE]; "
            "other streams differ"
        },
    ),
    "keep-alives": (
        odd.streaming(odd.said(*odd.KEPT_ALIVE, headers={"Content-Type": "text/plain"})),
        {
            "framing": "text/plain, `data:` lines only, LF, ends with [DONE], comments to keep it alive; "
            "other streams differ"
        },
    ),
    "indexes are all 0": (
        odd.calling(*odd.pieces(0, 0)),
        {"tool deltas": "one index for 2 calls, 2 calls in 4 pieces"},
    ),
    "indexes are missing": (odd.calling(*odd.pieces(None, None)), {"tool deltas": "no index, 2 calls in 4 pieces"}),
    "ids are repeated": (
        odd.calling(*odd.pieces(0, 1, repeated=True)),
        {"tool deltas": "indexed, ids repeated, 2 calls in 4 pieces"},
    ),
    "calls are whole": (odd.calling(*odd.WHOLE_CALLS), {"tool deltas": "indexed, each call whole in one chunk"}),
    "calls end with stop": (
        odd.calling(*odd.CALLS, finish="stop"),
        {"finish reason": "`stop` although tools are called"},
    ),
}


@pytest.mark.parametrize(("script", "expected"), SEEN.values(), ids=SEEN)
def test_what_is_seen_on_the_wire_is_told(shell: Shell, script: odd.Serve, expected: dict[str, str]) -> None:
    document, _, code = told(shell, script)
    found = quirks(document)
    assert {name: found[name] for name in expected} == {
        name: [(seen, "modelmix copes by itself")] for name, seen in expected.items()
    }
    assert code == 0


USAGES: Final = {
    "in every chunk": (odd.USAGE_EVERYWHERE, "`usage` in every chunk, also without `stream_options`"),
    "in the last chunk": (odd.USAGE_AT_THE_END, "`usage` in the last chunk, also without `stream_options`"),
    "missing": (odd.NO_USAGE, "no usage in a stream"),
}


@pytest.mark.parametrize(("chunks", "expected"), USAGES.values(), ids=USAGES)
def test_the_place_of_usage_is_told(shell: Shell, chunks: tuple[bytes, ...], expected: str) -> None:
    document, _, _ = told(shell, odd.streaming(odd.said(*chunks)), "--scenario", "streaming")
    assert quirks(document)["usage tail"][0][0] == expected


ERRORS: Final = {
    "OpenAI's": (refusal(404, "x", "no"), "404, OpenAI's error object"),
    "Anthropic's": (
        whole({"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}, 400),
        "400, Anthropic's error object",
    ),
    "Google's": (
        whole({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "no"}}, 400),
        "400, Google's error object",
    ),
    "Ollama's": (whole({"error": "no"}, 400), "400, Ollama's error, a text"),
    "FastAPI's": (whole({"detail": "no"}, 422), "422, a `detail`, as FastAPI has it"),
    "plain": (body(b"no\x1b[2J", "text/plain", 500), "500, plain text"),
    "a page": (body(b"<html>no</html>", "text/html", 502), "502, a web page"),
}


@pytest.mark.parametrize(("reply", "expected"), ERRORS.values(), ids=ERRORS)
def test_the_shape_of_errors_is_told(shell: Shell, reply: Reply, expected: str) -> None:
    document, _, _ = told(shell, odd.failing(reply), "--scenario", "basic")
    assert [seen for seen, _ in quirks(document)["error shape"]] == [
        f"a model that is none: {expected}",
        f"a number in place of messages: {expected}",
    ]


def test_a_server_that_takes_any_name_of_a_model_is_told(shell: Shell) -> None:
    def serve(request: Request) -> Reply:
        return odd.plain(replace(request, body=request.body.replace(b"no-such-model", b"gpt-4o")))

    document, _, _ = told(shell, serve, "--scenario", "basic")
    seen = ("a model that is none: answered 200 all the same", "a misspelt model name is not found out")
    assert seen in quirks(document)["error shape"]


# What the entry must say

BENT: Final = {
    "max_tokens has another name": (
        odd.refusing("max_tokens", "Unsupported parameter: use max_completion_tokens instead"),
        "max_tokens",
        {
            "rules": [
                {
                    "why": "this server calls it max_completion_tokens",
                    "rename": {"max_tokens": "max_completion_tokens"},
                }
            ]
        },
    ),
    "an option is refused": (
        odd.refusing("seed", "seed is not supported"),
        "seed",
        {"rules": [{"why": "this server refuses it", "drop": ["seed"]}]},
    ),
    "stream_options are refused": (
        odd.refusing("stream_options", "unknown field stream_options"),
        "stream_options",
        {"shape": {"stream_usage": False}},
    ),
    "no json_schema": (
        odd.refusing("json_schema", "response_format type is unavailable now"),
        "JSON schema",
        {"shape": {"json_mode": "object"}},
    ),
    "no response_format": (
        odd.refusing("response_format", "what is that"),
        "JSON schema",
        {"shape": {"json_mode": "none"}},
    ),
    "schemas are passed over": (odd.deaf_to_schemas, "JSON schema", {"shape": {"json_mode": "none"}}),
    "reasoning in the text": (odd.thinking_aloud, "reasoning", {"tags": "think"}),
}


@pytest.mark.parametrize(("script", "name", "fields"), BENT.values(), ids=BENT)
def test_the_entry_says_what_the_server_needs(
    shell: Shell, script: odd.Serve, name: str, fields: dict[str, object]
) -> None:
    document, server, code = told(shell, script)
    found = document["dialects"][0]
    entry = tomllib.loads(found["entry"])["providers"][found["provider"]]
    common = {"base_url": server.url, "auth": {"required": False}, "embeddings": "openai"}
    assert entry == {**common, **fields}
    assert name in quirks(document)
    # With the entry, all holds that did not without it.
    assert set(found["capabilities"].values()) == {"holds"}
    assert code == 0


# Keys


def locked(request: Request) -> Reply:
    """A server that wants a key, and says it back."""
    given = request.headers.get("authorization", "")
    if given != f"Bearer {KEY}":
        return refusal(401, "invalid_api_key", f"Incorrect API key provided: {given}")
    return odd.failing(refusal(400, "x", f"not for {KEY}"))(request)


def test_a_key_that_is_wanted_is_told_as_its_flag(shell: Shell) -> None:
    with FaultServer(locked) as server:
        without = compat(shell, server.url, OPENAI_API_KEY=KEY)
        wrong = compat(shell, server.url, "--api-key-env", "OTHER", OTHER="sk-other-0123456789")
    assert (without.out, without.code) == ("", 3)
    assert without.err.endswith("\n\nName the variable that holds its key: --api-key-env VAR\n")
    assert (wrong.out, wrong.code) == ("", 3)
    assert wrong.err.endswith("\n\nCheck the key in OTHER\n")
    assert "sk-other" not in wrong.err
    # No key but the one that is named is sent anywhere.
    assert not any(KEY in str(request.headers) for request in server.requests)


def test_the_named_key_goes_to_the_server_and_nowhere_else(shell: Shell) -> None:
    document, server, code = told(shell, locked, "--api-key-env", "SERVER_KEY", SERVER_KEY=KEY)
    assert code == 0
    assert 'auth = { env = ["SERVER_KEY"] }' in document["dialects"][0]["entry"]
    assert KEY not in json.dumps(document)
    assert len(server.requests) == document["requests"]


def test_an_entry_with_the_key_of_another_provider_is_for_the_users_own_settings(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    with FaultServer(odd.plain) as server:
        said = compat(shell, server.url, "--api-key-env", "OPENAI_API_KEY", "--scenario", "basic", OPENAI_API_KEY=KEY)
        assert "since OPENAI_API_KEY holds another provider's key:\n" in said.out
        entry = said.out.partition("key:\n\n")[2].partition("With it:")[0]
        spec = f"127-0-0-1-{server.port}:{odd.MODEL}"
        (tmp_path / "modelmix.toml").write_text(entry)
        assert shell.inside("gen", "hi", "-m", spec, env={"OPENAI_API_KEY": KEY}).code == 2
        (tmp_path / "modelmix.toml").unlink()
        shell.config.parent.mkdir(parents=True)
        shell.config.write_text(entry)
        assert shell.inside("gen", "hi", "-m", spec, env={"OPENAI_API_KEY": KEY}).code == 0


def test_a_redirect_takes_no_key_along(shell: Shell) -> None:
    with FaultServer(odd.plain) as other:

        def away(request: Request) -> Reply:
            return Reply(307, {"Location": other.url + request.path.removeprefix("/v1")})

        with FaultServer(away) as server:
            said = compat(shell, server.url, "--api-key-env", "SERVER_KEY", "--model", "m", SERVER_KEY=KEY)
    assert said.code == 1
    assert "redirects (307)" in said.err
    assert other.requests == []


# What is no server of models

PAGE: Final = body(b"<!doctype html><title>\x1b[31mhello</title>", "text/html")
UNFIT: Final = {
    "a page": (PAGE, ("--model", "m"), 1, "answered with a web page"),
    "no list of models": (refusal(404, "not_found", "nothing"), (), 2, "expected --model ID"),
    "nothing that is known": (refusal(404, "not_found", "x"), ("--model", "m"), 2, "speaks OpenAI, Anthropic, Gemini"),
    "no HTTP": (Reply(0, {}, (Step(b"220 mail.example.org\r\n"),), "raw"), (), 6, "does not speak HTTP"),
    "a server that fails": (refusal(500, "server_error", "out of order"), ("--model", "m"), 1, "out of order"),
}


@pytest.mark.parametrize(("script", "arguments", "code", "words"), UNFIT.values(), ids=UNFIT)
def test_what_is_no_server_of_models_is_told(
    shell: Shell, script: Script, arguments: tuple[str, ...], code: int, words: str
) -> None:
    with FaultServer(script) as server:
        said = compat(shell, server.url, *arguments)
    assert (said.out, said.code) == ("", code)
    assert words in said.err
    assert "\x1b" not in said.err


def test_nobody_at_home_is_told(shell: Shell) -> None:
    said = compat(shell, f"http://127.0.0.1:{free_port()}")
    assert (said.out, said.code) == ("", 6)
    assert said.err.startswith("Error: Cannot reach 127.0.0.1")


def test_a_server_that_does_not_answer_is_given_up(shell: Shell) -> None:
    with DeafListener(room=True) as deaf:
        said = compat(shell, deaf.url, "--timeout", "0.3")
    assert (said.out, said.code) == ("", 6)
    assert "within 0.3 s" in said.err


WRONG: Final = {
    "two URLs": (("http://127.0.0.1:9", "http://127.0.0.1:8"), "one URL by itself"),
    "a model without a URL": (("openai", "--model", "m"), "a URL beside it"),
    "recording": (("http://127.0.0.1:9", "--record"), "paste the entry"),
    "a price": (("http://127.0.0.1:9", "--max-cost", "1"), "paste the entry"),
    "a variable that is not set": (("http://127.0.0.1:9", "--api-key-env", "NONE"), "a variable that is set"),
    "no request at all": (("http://127.0.0.1:9", "--max-requests", "0"), "at least 1"),
    "a name in the URL": (("http://me:secret@127.0.0.1:9",), "user name or password"),
    "a key over plain http": (("http://192.0.2.1/v1", "--api-key-env", "HOME"), "unencrypted"),
    "no time": (("http://127.0.0.1:9", "--timeout", "0"), "up to a day"),
    "no scenario": (("http://127.0.0.1:9", "--scenario", "none"), "one of basic"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    shell: Shell, arguments: tuple[str, ...], words: str
) -> None:
    said = shell.inside("compat", *arguments)
    assert (said.out, said.code) == ("", 2)
    assert words in said.err
    assert "secret" not in said.err


def test_requests_are_bounded(shell: Shell) -> None:
    document, server, code = told(shell, odd.plain, "--max-requests", "7")
    assert len(server.requests) == document["requests"] == 7
    states = document["dialects"][0]["capabilities"]
    assert states["embeddings"] == "unclear"
    assert code == 1


def test_a_page_shows_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    told(Shell(tmp_path), odd.plain, "--html", str(path), "--scenario", "basic")
    assert "asked live, nothing kept" in path.read_text()


def test_only_basic_and_streaming_decide(shell: Shell) -> None:
    def mute(request: Request) -> Reply:
        return odd.plain(request) if b'"stream":true' not in request.body else refusal(500, "server_error", "no")

    document, _, code = told(shell, mute, "--scenario", "basic", "--scenario", "streaming")
    assert document["dialects"][0]["capabilities"] == {"plain answers": "holds", "streaming": "does not hold"}
    assert code == 1


def test_names_from_the_server_are_safe_in_the_report_and_in_the_entry(shell: Shell) -> None:
    name = "gpt-4o\"' \\ ]\u2028"
    printable = name.removesuffix("\u2028")

    def evil(request: Request) -> Reply:
        if request.method == "GET":
            return odd.listed("bad\x1b[2J", name, "bad\u202e", printable)
        escaped = json.dumps(printable)[1:-1].encode()
        return odd.plain(replace(request, body=request.body.replace(escaped, b"gpt-4o")))

    with FaultServer(evil) as server:
        said = compat(shell, server.url, "--scenario", "basic")
    assert (said.err, said.code) == ("", 0)
    assert f"  asked: {printable}, the first" in said.out
    assert not {"\x1b", "\u2028", "\u202e"} & set(said.out)
    entry = said.out.partition("settings:\n\n")[2].partition("With it:")[0]
    assert list(tomllib.loads(entry)["providers"]) == [f"127-0-0-1-{server.port}"]
    command = said.out.partition("With it:  ")[2].splitlines()[0]
    assert shlex.split(command)[-1] == f"127-0-0-1-{server.port}:{printable}"


def test_the_entry_of_a_server_can_be_planned_with(tmp_path: Path) -> None:
    document, server, _ = told(Shell(tmp_path), odd.refusing("seed", "seed is not supported"), "--scenario", "basic")
    (tmp_path / "modelmix.toml").write_text(document["dialects"][0]["entry"])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with Client(env={"MM_CONFIG": str(tmp_path / "none.toml"), "MM_HOME": str(tmp_path)}) as client:
            call = client.plan(f"{document['dialects'][0]['provider']}:gpt-4o", "hi").unwrap()
    assert call.url == f"{server.url}/chat/completions"
