"""Which failures are tried again, after how long, and how many tries there are."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from modelmix.ast.usage import Usage
from modelmix.caller import Caller
from modelmix.decode import Bounds
from modelmix.errors import (
    BadConfig,
    BadRequest,
    BadToolArguments,
    Cancelled,
    Dropped,
    MissingKey,
    MixError,
    ObjectMismatch,
    Rejected,
    RejectionKind,
    TimedOut,
    TooLarge,
    ToolsStopped,
    Truncated,
    Undecodable,
    UnknownModel,
    Unreachable,
)
from modelmix.reception import Deadlines, Reception
from modelmix.rejection import read_rejection
from modelmix.retry import Bucket, Policy, delay, is_passing
from modelmix.trial import Trial, lower
from unit.making import call


def rejected(
    kind: RejectionKind = "rate_limit",
    status: int | None = 429,
    *,
    wait: float | None = None,
    should: bool | None = None,
) -> Rejected:
    return Rejected(kind=kind, message="no", status=status, retry_after=wait, should_retry=should)


PASSING: dict[str, tuple[MixError, bool]] = {
    "nothing listens": (Unreachable(host="h", kind="refused"), True),
    "no such host": (Unreachable(host="h", kind="dns"), True),
    "cut before the reply": (Unreachable(host="h", kind="reset"), True),
    "a proxy": (Unreachable(host="h", kind="proxy"), True),
    "a bad certificate": (Unreachable(host="h", kind="tls"), False),
    "no connection in time": (TimedOut(deadline="connect", seconds=10), True),
    "no answer in time": (TimedOut(deadline="first_token", seconds=300), True),
    "silence": (TimedOut(deadline="idle", seconds=120), False),
    "keep-alives": (TimedOut(deadline="progress", seconds=600), False),
    "all the time gone": (TimedOut(deadline="total", seconds=600), False),
    "nothing sent": (Undecodable(kind="empty_stream"), True),
    "a web page": (Undecodable(kind="html"), False),
    "a broken event": (Undecodable(kind="malformed_event"), False),
    "too much": (TooLarge(bound="event", limit=1), False),
    "cut in the middle": (Dropped(), False),
    "ended in the middle": (Truncated(), False),
    "cancelled": (Cancelled(), False),
    "a mismatch": (ObjectMismatch(why="x"), False),
    "bad arguments": (BadToolArguments(tool="t", arguments="", why="x"), False),
    "too many rounds of tools": (ToolsStopped(rounds=8, messages=(), usage=Usage()), False),
    "no key": (MissingKey(provider="p", env=()), False),
    "bad settings": (BadConfig(where="w", detail="d"), False),
    "a bad request": (BadRequest(field="f", value="v", expected="e"), False),
    "an unknown model": (UnknownModel(spec="s", provider="p"), False),
    "429": (rejected(), True),
    "a quota": (rejected("quota"), False),
    "too long under 500": (rejected("too_long", 500), False),
    "a bad key under 500": (rejected("auth", 500), False),
    "409": (rejected("invalid", 409), True),
    "400": (rejected("invalid", 400), False),
    "501": (rejected("server", 501), False),
    "529": (rejected("overloaded", 529), True),
    "a redirect": (rejected("redirect", 307), False),
    "overloaded in the stream": (rejected("overloaded", None), True),
    "a rate in the stream": (rejected("rate_limit", None), True),
    "invalid in the stream": (rejected("invalid", None), False),
    "the provider says yes": (rejected("invalid", 400, should=True), True),
    "the provider says yes to a quota": (rejected("quota", 429, should=True), True),
    "the provider says no": (rejected("rate_limit", 429, should=False), False),
}


@pytest.mark.parametrize(("error", "expected"), PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(error: MixError, *, expected: bool) -> None:
    assert is_passing(error) is expected


def low() -> float:
    return 0.0


def high() -> float:
    return 1.0


POLICY: Final = Policy()
REFUSED: Final = Unreachable(host="h", kind="refused")
DELAYS: dict[str, tuple[MixError, int, float, Policy, Callable[[], float], float | None]] = {
    # error, failed tries, waited so far, policy, luck: seconds
    "at once, by luck": (REFUSED, 1, 0.0, POLICY, low, 0.0),
    "half a second at most at first": (REFUSED, 1, 0.0, POLICY, high, 0.5),
    "twice that the second time": (REFUSED, 2, 0.0, POLICY, high, 1.0),
    "no third time": (REFUSED, 3, 0.0, POLICY, high, None),
    "doubled each time": (REFUSED, 5, 0.0, Policy(retries=9), high, 8.0),
    "up to a ceiling": (REFUSED, 9, 0.0, Policy(retries=9), high, 20.0),
    "no retries": (REFUSED, 1, 0.0, Policy(retries=0), low, None),
    "not what does not pass": (Dropped(), 1, 0.0, POLICY, low, None),
    "never less than asked": (rejected(wait=7.0), 1, 0.0, POLICY, low, 7.0),
    "a tenth more at most": (rejected(wait=7.0), 1, 0.0, POLICY, high, 7.7),
    "as long as the cap": (rejected(wait=120.0), 1, 0.0, Policy(budget=999.0), low, 120.0),
    "not longer than the cap": (rejected(wait=120.5), 1, 0.0, Policy(budget=999.0), low, None),
    "what is added stays within the budget": (rejected(wait=120.0), 1, 0.0, POLICY, high, 120.0),
    "within the budget": (rejected(wait=60.0), 2, 60.0, POLICY, low, 60.0),
    "not above the budget": (rejected(wait=60.5), 2, 60.0, POLICY, low, None),
}


@pytest.mark.parametrize(("error", "tries", "waited", "policy", "luck", "expected"), DELAYS.values(), ids=DELAYS)
def test_the_wait_before_the_next_try(
    error: MixError, tries: int, waited: float, policy: Policy, luck: Callable[[], float], expected: float | None
) -> None:
    assert delay(error, tries, waited, policy, luck) == (None if expected is None else pytest.approx(expected))


@given(tries=st.integers(1, 60), luck=st.floats(0, 1))
def test_jitter_stays_below_twice_the_last_bound_and_the_ceiling(tries: int, luck: float) -> None:
    wait = delay(REFUSED, tries, 0.0, Policy(retries=60, budget=1e9), lambda: luck)
    assert wait is not None
    assert 0 <= wait <= min(20.0, 0.5 * 2 ** (tries - 1))


@given(wait=st.floats(0.001, 120), luck=st.floats(0, 1))
def test_what_is_asked_for_is_waited_and_a_tenth_more_at_most(wait: float, luck: float) -> None:
    found = delay(rejected(wait=wait), 1, 0.0, Policy(budget=1e9), lambda: luck)
    assert found is not None
    assert wait <= found <= wait * 1.1 + 1e-9


NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
FAILURES: dict[str, MixError] = {
    "connect_error": Unreachable(host="h", kind="refused"),
    "connect_timeout": TimedOut(deadline="connect", seconds=10),
    "dns": Unreachable(host="h", kind="dns"),
    "tls_reset": Unreachable(host="h", kind="reset"),
    "goaway_unprocessed": Unreachable(host="h", kind="reset"),
    "read_timeout_before_headers": TimedOut(deadline="first_token", seconds=300),
    "empty_stream": Undecodable(kind="empty_stream"),
    "tls_verify": Unreachable(host="h", kind="tls"),
    "unsupported_protocol": BadConfig(where="base URL", detail="is no http or https URL"),
    "invalid_url": BadConfig(where="base URL", detail="is no URL"),
    "event_too_large": TooLarge(bound="event", limit=16 << 20),
    "unexpected_content_type": Undecodable(kind="html"),
}
"""The failures that the vectors name without a status, in our words."""


def vector_error(case: dict[str, Any]) -> MixError:
    if "failure" in case:
        return FAILURES[case["failure"]]
    headers: dict[str, str] = {}
    for name, value in case.get("headers", ()):
        for known, joined in lower({name: value}).items():
            headers[known] = ", ".join(filter(None, (headers.get(known), joined)))
    raw = case.get("body", "")
    # Under 200 the error stands inside the reply.
    status = None if case["status"] == 200 else case["status"]
    return read_rejection(raw.encode() if isinstance(raw, str) else json.dumps(raw).encode(), status, headers, NOW)


def reception(*chunks: bytes) -> Reception:
    """A reply as far as it has come."""
    taken = Reception(call(), deadlines=Deadlines(), bounds=Bounds(), begun=0.0, now=0.0, tries=1)
    taken.opened({}, 0.0)
    for chunk in chunks:
        taken.feed(chunk, 0.0)
    return taken


SPOKEN: Final = b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\n'


def test_every_vector_is_decided_as_it_says(shared: Path) -> None:
    cases = json.loads((shared / "vectors" / "retry-vectors.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) == 105
    for case in cases:
        error, expected = vector_error(case), case["expected"]
        reply = reception(SPOKEN) if case.get("phase") == "after_first_event" else reception()
        wait = Caller.wait(Trial(call(), Policy(), Bucket(), 0.0), reply, error)
        hint = error.retry_after if isinstance(error, Rejected) else None
        asked = expected["delay_s"]
        assert (wait is not None) == expected["retry"], case["id"]
        assert hint == (None if asked is None else pytest.approx(asked)), case["id"]
        assert wait is None or (asked or 0.0) <= wait <= (0.5 if asked is None else asked * 1.1), case["id"]


def test_a_dead_provider_is_not_stormed() -> None:
    bucket = Bucket()
    taken = [bucket.take(REFUSED) for _ in range(40)]
    # 500 tokens at 14 a try.
    assert taken == [True] * 35 + [False] * 5


def test_a_rate_limit_costs_less() -> None:
    bucket = Bucket()
    taken = [bucket.take(rejected()) for _ in range(101)]
    # 500 tokens at 5 a try.
    assert taken == [True] * 100 + [False]


def test_success_gives_a_try_back_and_no_more_than_there_was() -> None:
    bucket = Bucket()
    for _ in range(35):
        assert bucket.take(REFUSED)
    assert not bucket.take(REFUSED)
    bucket.refund()
    assert bucket.take(REFUSED)
    for _ in range(1000):
        bucket.refund()
    assert [bucket.take(REFUSED) for _ in range(36)] == [True] * 35 + [False]
