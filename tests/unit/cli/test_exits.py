"""Exit codes: one for each class of error, as documented."""

from decimal import Decimal
from typing import get_args

import pytest
from msgspec.structs import replace

from modelmix.ast.usage import Usage
from modelmix.cli.exits import BROKEN_PIPE, DONE, INTERRUPTED, exit_code
from modelmix.errors import (
    BadConfig,
    BadFixture,
    BadKey,
    BadRequest,
    BadSpec,
    BadToolArguments,
    Cancelled,
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
    Sent,
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

CODES: dict[str, tuple[MixError, int]] = {
    "a bad option": (BadRequest(field="f", value="v", expected="e"), 2),
    "bad settings": (BadConfig(where="w", detail="d"), 2),
    "a provider that is nowhere": (NoEndpoint(provider="p", path="f"), 2),
    "a provider that nobody accepted": (NotAccepted(provider="p", api=None, env=()), 3),
    "no network to a catalogue": (FetchFailed(source="s", why="w", hint="h", kind="network"), 6),
    "a bad catalogue": (FetchFailed(source="s", why="w", hint="h", kind="data"), 1),
    "a file that cannot be written": (WriteFailed(path="p", why="w", hint="h"), 1),
    "an extra that is missing": (NotInstalled(extra="local", purpose="p"), 2),
    "a model that is not here": (NotPulled(name="smollm2", size=1), 2),
    "no key": (MissingKey(provider="openai", env=()), 3),
    "a bad key": (BadKey(provider="openai", source="s", why="w"), 3),
    "no specification": (BadSpec(text="x"), 4),
    "an unknown provider": (UnknownProvider(name="x"), 4),
    "an unknown model": (UnknownModel(spec="a:b", provider="a"), 4),
    "a call that may cost too much": (TooCostly(spec="a:b", limit=Decimal(0), worst=Decimal(1)), 2),
    "a run of tools that has spent its money": (
        ToolsStopped(
            rounds=1, messages=(), usage=Usage(), cause=TooCostly(spec="a:b", limit=Decimal(1), worst=Decimal(2))
        ),
        2,
    ),
    "no connection": (Unreachable(host="h", kind="refused"), 6),
    "a bad certificate": (Unreachable(host="h", kind="tls"), 6),
    "no time": (TimedOut(deadline="first_token", seconds=1), 6),
    "no time, in the midst of it": (TimedOut(deadline="idle", seconds=1, phase="mid_stream"), 7),
    "a web page": (Undecodable(kind="html"), 1),
    "a broken event, in the midst of it": (Undecodable(kind="malformed_event", phase="mid_stream"), 7),
    "a drop": (Dropped(phase="mid_stream"), 7),
    "a cut": (Truncated(), 7),
    "an object cut by its limit": (Truncated(by="output_limit"), 7),
    "too much": (TooLarge(bound="event", limit=1), 7),
    "a mismatch": (ObjectMismatch(why="w"), 8),
    "cancelled": (Cancelled(), 130),
    "not supported": (Unsupported(what="w", by="b"), 1),
    "not up to it": (Incapable(spec="s", needs="tools"), 1),
    "too long": (TooLong(spec="s", tokens=2, window=1), 1),
    "a local model that fails": (LocalFailed(step="start", name="n", detail="d"), 1),
    "a damaged fixture": (BadFixture(where="a.json", detail="d"), 1),
    "a secret in a recording": (SecretFound(where="w", kind="k"), 1),
    "another request than the recorded one": (FixtureDrift(where="a", path="$", recorded="1", built="2"), 1),
    "bad arguments": (BadToolArguments(tool="t", arguments="", why="w"), 1),
    "too many rounds of tools": (ToolsStopped(rounds=8, messages=(), usage=Usage()), 1),
    "a run of tools that a cut ended": (ToolsStopped(rounds=1, messages=(), usage=Usage(), cause=Truncated()), 7),
    "refused": (Rejected(kind="invalid", message="m", status=400), 1),
}


@pytest.mark.parametrize(("error", "code"), CODES.values(), ids=CODES)
def test_an_error_has_the_code_of_its_class(error: MixError, code: int) -> None:
    assert exit_code(error) == code


def test_every_error_has_a_code() -> None:
    assert {type(error) for error, _ in CODES.values()} == set(get_args(MixError))


REFUSALS: dict[RejectionKind, int] = {
    "auth": 3,
    "permission": 3,
    "not_found": 4,
    "rate_limit": 5,
    "quota": 5,
    "too_long": 1,
    "invalid": 1,
    "overloaded": 1,
    "server": 1,
    "redirect": 1,
}


@pytest.mark.parametrize(("kind", "code"), REFUSALS.items(), ids=REFUSALS)
def test_a_refusal_has_the_code_of_its_kind(kind: RejectionKind, code: int) -> None:
    assert exit_code(Rejected(kind=kind, message="m", status=400)) == code
    assert exit_code(Rejected(kind=kind, message="m", phase="first_token")) == code


def test_every_kind_of_refusal_has_a_code() -> None:
    assert set(REFUSALS) == set(get_args(RejectionKind))


BROKEN = tuple(
    error
    for error, _ in CODES.values()
    if isinstance(error, Sent) and not isinstance(error, ObjectMismatch | Cancelled | BadToolArguments | FixtureDrift)
)


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: f"{type(error).__name__}-{error.phase}")
def test_what_breaks_an_answer_that_has_begun_is_a_cut(error: Sent) -> None:
    begun = replace(error, phase="mid_stream")
    assert isinstance(begun, MixError)
    assert exit_code(begun) == 7


def test_the_codes_that_are_no_errors() -> None:
    assert (DONE, BROKEN_PIPE, INTERRUPTED) == (0, 0, 130)
