"""Words for every error: what happened, what to do next, never a key."""

from decimal import Decimal
from typing import Final, get_args, get_type_hints

import pytest

from modelmix.ast.response import Unpriced
from modelmix.ast.usage import Usage
from modelmix.cli import render
from modelmix.errors import (
    BadConfig,
    BadFixture,
    BadKey,
    BadRequest,
    BadSpec,
    BadToolArguments,
    Cancelled,
    Deadline,
    Dropped,
    FetchFailed,
    FixtureDrift,
    Incapable,
    LocalFailed,
    MissingKey,
    MixError,
    NoEndpoint,
    NotAccepted,
    NotInstalled,
    NotPulled,
    ObjectMismatch,
    Rejected,
    RejectionKind,
    SecretFound,
    TimedOut,
    TooCostly,
    TooLarge,
    TooLong,
    ToolsStopped,
    Truncated,
    Undecodable,
    UnknownModel,
    UnknownProvider,
    Unreachable,
    Unsupported,
    WriteFailed,
)
from modelmix.explanation import explain, explain_unpriced
from modelmix.keys import find_key
from modelmix.outcome import either
from modelmix.providers.load import built_in
from unit.making import KEY
from unit.samples import ERRORS

MISSING_KEY: Final = """\
API key not found for anthropic

Please set your API key using one of these methods:
  1. Environment variable: export ANTHROPIC_API_KEY=your-api-key
  2. Config file: mm keys set anthropic
  3. Pass directly: generate_text(model, prompt, api_key="your-api-key")

No key at hand? A local model needs none: mm gen "..." -m local:smollm2
"""


def test_a_missing_key_is_told_as_documented() -> None:
    error = find_key(built_in("anthropic"), env={}, stored={}).failure()
    assert render.error(error) == MISSING_KEY


def test_a_provider_without_a_variable_is_told_with_a_likely_one() -> None:
    told = render.error(MissingKey(provider="my-own", env=()))
    assert "export MY_OWN_API_KEY=your-api-key" in told


def test_an_unknown_model_is_told_as_documented() -> None:
    error = UnknownModel(spec="openai:gpt-invalid", provider="openai", near=("gpt-4o", "gpt-4"), total=2)
    lines = render.error(error).splitlines()
    assert lines[:5] == [
        "Invalid model specification 'openai:gpt-invalid'",
        "",
        "Available openai models:",
        "  • openai:gpt-4o",
        "  • openai:gpt-4",
    ]
    rest = "\n".join(lines[5:])
    assert "--unlisted" in rest
    assert "mm sync" in rest


def test_a_long_list_of_models_is_cut_with_the_count() -> None:
    near = tuple(f"m{number}" for number in range(20))
    told = explain(UnknownModel(spec="openai:x", provider="openai", near=near, total=45))
    assert sum(step.startswith("  • ") for step in told.steps) == 20
    assert any("20 of 45" in step for step in told.steps)


def test_a_provider_without_models_is_told_as_one() -> None:
    told = explain(UnknownModel(spec="own:x", provider="own"))
    assert told.steps[0] == "No own models are known"


def test_an_unknown_provider_is_told_as_documented() -> None:
    told = explain(UnknownProvider(name="invalid", near=("openai", "xai")))
    assert told.summary == "Unknown provider 'invalid'"
    assert told.steps == ("Did you mean openai or xai?", "Check: mm models")
    assert explain(UnknownProvider(name="invalid")).steps == ("Check: mm models",)


def test_a_model_that_is_not_up_to_it_is_told_with_others_and_the_way_out() -> None:
    told = explain(Incapable(spec="openai:gpt-4", needs="tools", near=("openai:gpt-4o", "openai:o3")))
    others = ("Models that can:", "  • openai:gpt-4o", "  • openai:o3", "")
    assert told.steps == (*others, "If you know better than the catalogue: --unlisted")
    assert explain(TooLong(spec="a:b", tokens=9000, window=8192)).steps[0].endswith("mm models --min-context 9000")


TOLD: dict[str, tuple[MixError, str]] = {
    "a spec": (BadSpec(text="gpt-4o"), "Invalid model specification 'gpt-4o'"),
    "a key": (
        BadKey(provider="openai", source="OPENAI_API_KEY", why="it is empty"),
        "The API key for openai from OPENAI_API_KEY cannot be one: it is empty",
    ),
    "a dialect": (
        Unsupported(what="the dialect ollama-chat", by="this version of modelmix"),
        "This version of modelmix does not support the dialect ollama-chat",
    ),
    "an ability": (Incapable(spec="openai:gpt-4", needs="image"), "openai:gpt-4 takes no images"),
    "a length": (
        TooLong(spec="openai:gpt-4", tokens=9000, window=8192),
        "The prompt is too long for openai:gpt-4: at least 9,000 tokens, and its context window takes 8,192",
    ),
    "settings": (BadConfig(where="config.toml", detail="line 3"), "Bad settings in config.toml: line 3"),
    "an option": (
        BadRequest(field="temperature", value="9", expected="a number from 0 to 2"),
        "temperature cannot be 9: expected a number from 0 to 2",
    ),
    "an extra": (
        NotInstalled(extra="local", purpose="a local model"),
        "A local model needs an extra that is not installed",
    ),
    "a pull": (NotPulled(name="smollm2", size=92_871_040), "The local model 'smollm2' is not here yet (93 MB)"),
    "a failed check": (
        LocalFailed(step="verify", name="smollm2", detail="wrong sha256"),
        "Failed to verify the local model 'smollm2': wrong sha256",
    ),
    "a host": (
        Unreachable(host="api.example", kind="dns", detail="no such host"),
        "Cannot reach api.example: no such host",
    ),
    "a host without detail": (Unreachable(host="api.example", kind="refused"), "Cannot reach api.example"),
    "a call that may cost too much": (
        TooCostly(spec="openai:gpt-4o", limit=Decimal("0.05"), worst=Decimal("0.1638400")),
        "Nothing was sent to openai:gpt-4o: it may cost up to $0.16384, and $0.05 is the limit",
    ),
    "the same late in a run": (
        TooCostly(spec="a:b", limit=Decimal(1), worst=Decimal("0.50"), spent=Decimal("0.6")),
        "Nothing was sent to a:b: it may cost up to $0.5 after $0.6 spent, and $1 is the limit",
    ),
    "a call of unknown cost": (
        TooCostly(spec="a:b", limit=Decimal(1), why=Unpriced(why="tool", what="web_search")),
        (
            "Nothing was sent to a:b, as the most it may cost is unknown: "
            "the provider runs the tool `web_search` itself, and may bill its use"
        ),
    ),
    "a deadline": (TimedOut(deadline="first_token", seconds=300), "No answer began within 300 s"),
    "a part of a second": (TimedOut(deadline="connect", seconds=0.5), "No connection within 0.5 s"),
    "a refusal with a status": (
        Rejected(kind="rate_limit", message="slow down", status=429, provider="openai"),
        "Openai limits the rate (429): slow down",
    ),
    "a refusal in a stream": (
        Rejected(kind="overloaded", message="later", provider="openai"),
        "Openai is overloaded: later",
    ),
    "a refusal of nobody": (Rejected(kind="auth", message="no"), "The provider refused the API key: no"),
    "a refusal with braces": (
        Rejected(kind="invalid", message="{who} {0} {", status=400, provider="xai"),
        "Xai refused the request (400): {who} {0} {",
    ),
    "a page": (
        Undecodable(kind="html", preview="<html>"),
        "The server answered with a web page instead of a reply: <html>",
    ),
    "a broken event": (
        Undecodable(kind="malformed_event", preview='{"a":'),
        'The server sent a broken event: {"a":',
    ),
    "no reply": (Undecodable(kind="not_a_reply", preview="[1]"), "The server sent something that is no reply: [1]"),
    "no JSON": (Undecodable(kind="not_json"), "The server sent something that is no reply"),
    "nothing": (Undecodable(kind="empty_stream"), "The server sent an empty reply"),
    "too much": (TooLarge(bound="event", limit=16777216), "The event passed the limit of 16777216 bytes"),
    "too many": (TooLarge(bound="events", limit=10), "The events passed the limit of 10 events"),
    "a drop": (Dropped(detail="reset"), "The connection broke in the middle of the answer: reset"),
    "a cut": (Truncated(), "The answer was cut off before its end"),
    "a cut with words": (Truncated(stray="upstream reset"), "The answer was cut off before its end: upstream reset"),
    "a limit": (Truncated(by="output_limit"), "The answer was cut off by the limit on output"),
    "cancelled": (Cancelled(), "Cancelled"),
    "a mismatch": (ObjectMismatch(why="x is missing"), "The answer does not match the schema: x is missing"),
    "a damaged fixture": (
        BadFixture(where="a.json", detail="it is no JSON"),
        "The recording a.json is of no use: it is no JSON",
    ),
    "a secret": (
        SecretFound(where="the body of the reply", kind="an AWS access key"),
        "A secret would have been recorded: an AWS access key in the body of the reply",
    ),
    "a drift": (
        FixtureDrift(where="basic", path="$.model", recorded='"a"', built='"b"'),
        "The request is not the one recorded in basic: $.model differs",
    ),
    "arguments": (
        BadToolArguments(tool="clock", arguments="{", why="cut"),
        "The model called clock with arguments that do not fit: cut",
    ),
    "a new provider that is nowhere": (
        NoEndpoint(provider="newprovider", path="models_local/new.json"),
        "Provider 'newprovider' has no endpoint; add \"api\" to models_local/new.json",
    ),
    "a provider that waits": (
        NotAccepted(provider="acme", api="https://acme.example", env=()),
        "Provider 'acme' came by mm sync and has not been accepted",
    ),
    "no catalogue": (
        FetchFailed(source="https://models.dev/api.json", why="no answer", hint="Check it", kind="network"),
        "Failed to fetch models.dev data",
    ),
    "a file that cannot be written": (
        WriteFailed(path="/p/openai.json", why="no space left on device", hint="Check it"),
        "Failed to write /p/openai.json",
    ),
    "too many rounds of tools": (
        ToolsStopped(rounds=8, messages=(), usage=Usage()),
        "The model still called tools after 8 answers",
    ),
    "a run of tools that a cut ended": (
        ToolsStopped(rounds=1, messages=(), usage=Usage(), cause=Cancelled()),
        "Cancelled",
    ),
}


@pytest.mark.parametrize(("error", "summary"), TOLD.values(), ids=TOLD)
def test_a_summary_says_what_happened(error: MixError, summary: str) -> None:
    assert explain(error).summary == summary


def test_every_kind_of_error_is_told() -> None:
    assert {type(error) for error, _ in TOLD.values()} | {UnknownModel, UnknownProvider, MissingKey} == set(
        get_args(MixError)
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_summary_is_one_sentence_without_a_full_stop(error: MixError) -> None:
    told = explain(error)
    assert told.summary
    assert "\n" not in told.summary
    assert not told.summary.endswith(".")
    assert not any("\n" in step for step in told.steps)


@pytest.mark.parametrize("kind", get_args(RejectionKind))
def test_every_refusal_says_what_to_do(kind: RejectionKind) -> None:
    told = explain(Rejected(kind=kind, message="no", status=400, provider="openai", retry_after=2.5))
    assert "(400): no" in told.summary
    assert len(told.steps) == 1


def test_a_wait_that_is_asked_for_is_told() -> None:
    error = Rejected(kind="rate_limit", message="no", retry_after=2.5)
    assert explain(error).steps == ("Wait 2.5 s and try again",)
    assert explain(Rejected(kind="rate_limit", message="no")).steps == ("Wait a moment and try again",)


@pytest.mark.parametrize("deadline", get_args(Deadline))
def test_every_deadline_names_its_flag(deadline: Deadline) -> None:
    told = explain(TimedOut(deadline=deadline, seconds=5))
    assert told.summary.endswith("within 5 s")
    assert "--timeout" in told.steps[0]


UNREACHABLE = (
    Unreachable(host="h", kind="dns"),
    Unreachable(host="h", kind="refused"),
    Unreachable(host="h", kind="tls"),
    Unreachable(host="h", kind="reset"),
    Unreachable(host="h", kind="proxy"),
    Unreachable(host="h", kind="other"),
)


@pytest.mark.parametrize("error", UNREACHABLE, ids=lambda error: error.kind)
def test_every_way_not_to_be_reached_says_what_to_check(error: Unreachable) -> None:
    assert explain(error).steps[0].startswith("Check")


HOSTILE = "evil\x1b[2J\u202e\r\nError: all is well\x07"


@pytest.mark.parametrize(
    "error",
    [
        BadSpec(text=HOSTILE),
        UnknownProvider(name=HOSTILE, near=(HOSTILE,)),
        UnknownModel(spec=HOSTILE, provider=HOSTILE, near=(HOSTILE,), total=1),
        Rejected(kind="auth", message=HOSTILE, provider=HOSTILE),
        Undecodable(kind="html", preview=HOSTILE),
        ObjectMismatch(why=HOSTILE),
        Truncated(stray=HOSTILE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_others_say_is_shown_and_does_nothing(error: MixError) -> None:
    told = render.error(error)
    assert told.replace("\n", "").isprintable()
    steps = explain(error).steps
    assert len(told.splitlines()) == 1 + bool(steps) + len(steps)


WITH_KEYS = {
    "a key that cannot be one": find_key(built_in("openai"), given=f"{KEY}\n{KEY}", env={}, stored={}),
    "a variable that cannot be one": find_key(built_in("openai"), env={"OPENAI_API_KEY": f"{KEY} {KEY}"}, stored={}),
}


@pytest.mark.parametrize("name", WITH_KEYS)
def test_no_words_hold_a_key(name: str) -> None:
    assert KEY not in either(WITH_KEYS[name], repr, render.error)


def test_every_reason_for_an_unknown_amount_has_words_of_its_own() -> None:
    reasons = get_args(get_type_hints(Unpriced)["why"])
    told = {explain_unpriced(Unpriced(why=why, what="thing")) for why in reasons}
    assert len(told) == len(reasons)
