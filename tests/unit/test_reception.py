"""One reply with the clock in our hand: which deadline comes first, what an end means, what is kept and told."""

import gzip
import zlib
from decimal import Decimal
from typing import Final

import pytest
from msgspec.structs import replace

from modelmix.ast.content import Text
from modelmix.ast.event import Event, Failed, Finished, Started, TextDelta, UsageSeen
from modelmix.ast.model import Model, Pricing
from modelmix.ast.response import Timing
from modelmix.ast.usage import Usage
from modelmix.decode import Bounds
from modelmix.errors import (
    Cancelled,
    Deadline,
    Dropped,
    MixError,
    Phase,
    Rejected,
    SentError,
    TimedOut,
    TooLarge,
    Truncated,
    Undecodable,
)
from modelmix.reception import Deadlines, Reception
from unit.making import KEY, call, target

HEAD: Final = b'data: {"id":"r1","model":"m","choices":[{"delta":{"role":"assistant"}}]}\n\n'
HI: Final = b'data: {"id":"r1","model":"m","choices":[{"delta":{"content":"hi"}}]}\n\n'
END: Final = b'data: {"id":"r1","model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
USAGE: Final = b'data: {"choices":[],"usage":{"prompt_tokens":15,"completion_tokens":3,"total_tokens":18}}\n\n'
DONE: Final = b"data: [DONE]\n\n"
PING: Final = b": ping\n\n"
WHOLE: Final = (
    b'{"id":"r1","model":"m","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":15,"completion_tokens":3,"total_tokens":18}}'
)
REQUEST_ID: Final = {"x-request-id": "req_1"}
PRICED: Final = Model(provider="openai", id="gpt-4o", pricing=Pricing(input=Decimal("2.5"), output=Decimal(10)))
LIMITS: Final = Deadlines(first_token=10.0, idle=5.0, progress=20.0)


def reception(
    *,
    stream: bool = True,
    deadlines: Deadlines = LIMITS,
    bounds: Bounds | None = None,
    now: float = 0.0,
    begun: float = 0.0,
    entry: Model | None = None,
) -> Reception:
    made = call(target(entry=entry), stream=stream)
    return Reception(made, deadlines=deadlines, bounds=bounds or Bounds(), begun=begun, now=now, tries=2)


def heard(*chunks: tuple[float, bytes], deadlines: Deadlines = LIMITS, bounds: Bounds | None = None) -> Reception:
    """A reply that has brought these chunks at these times; its head came at 1 second."""
    reply = reception(deadlines=deadlines, bounds=bounds)
    reply.opened(REQUEST_ID, 1.0)
    for at, chunk in chunks:
        reply.feed(chunk, at)
    return reply


WAITING: dict[str, tuple[Reception, float, Deadline, float, float]] = {
    # reply, now: what is waited for, for how long in all, for how long yet
    "for the head": (reception(), 4.0, "first_token", 10.0, 6.0),
    "for the first token, from the request on": (heard(), 4.0, "first_token", 10.0, 6.0),
    "the head of the answer is no token": (heard((3.0, HEAD)), 4.0, "first_token", 10.0, 6.0),
    "a keep-alive is no token": (heard((3.0, PING), (6.0, PING)), 7.0, "first_token", 10.0, 3.0),
    "for any byte, once there was a token": (heard((3.0, HI)), 4.0, "idle", 5.0, 4.0),
    "a keep-alive is a byte": (heard((3.0, HI), (7.0, PING)), 8.0, "idle", 5.0, 4.0),
    "a keep-alive is no progress": (
        heard((3.0, HI), *[(float(at), PING) for at in range(4, 21)]),
        21.0,
        "progress",
        20.0,
        2.0,
    ),
    "for all of it": (heard((3.0, HI), deadlines=replace(LIMITS, total=6.0)), 4.0, "total", 6.0, 2.0),
    "all of it may come before the first token": (
        heard(deadlines=replace(LIMITS, total=6.0)),
        4.0,
        "total",
        6.0,
        2.0,
    ),
    "a whole reply waits for all of it only": (reception(stream=False), 4.0, "total", 600.0, 596.0),
    "a whole reply within a limit": (
        reception(stream=False, deadlines=replace(LIMITS, total=9.0)),
        4.0,
        "total",
        9.0,
        5.0,
    ),
    "a second try has its own first token": (reception(begun=0.0, now=30.0), 31.0, "first_token", 10.0, 9.0),
    "a second try has the first one's total": (
        reception(begun=0.0, now=30.0, deadlines=replace(LIMITS, total=35.0)),
        31.0,
        "total",
        35.0,
        4.0,
    ),
    "longer than that is over": (heard(), 12.0, "first_token", 10.0, -2.0),
}


@pytest.mark.parametrize(("reply", "now", "deadline", "length", "left"), WAITING.values(), ids=WAITING)
def test_the_deadline_that_comes_first(
    reply: Reception, now: float, deadline: Deadline, length: float, left: float
) -> None:
    name, whole, rest = reply.waiting(now)
    assert (name, whole, round(rest, 6)) == (deadline, length, left)
    assert reply.patience(now) == pytest.approx(max(left, 0.001))


PHASES: dict[str, tuple[Reception, Phase]] = {
    "nothing yet": (reception(), "headers"),
    "the head": (heard(), "first_token"),
    "keep-alives": (heard((2.0, PING)), "first_token"),
    "the head of the answer": (heard((2.0, HEAD)), "first_token"),
    "the answer": (heard((2.0, HI)), "mid_stream"),
}


@pytest.mark.parametrize(("reply", "phase"), PHASES.values(), ids=PHASES)
def test_how_far_a_reply_has_come(reply: Reception, phase: Phase) -> None:
    assert reply.phase == phase
    assert reply.spoken == (phase == "mid_stream")
    assert not reply.ended


TIMED: dict[str, tuple[tuple[tuple[float, bytes], ...], float, Deadline, float, Phase]] = {
    "no token": (((3.0, PING),), 10.0, "first_token", 10.0, "first_token"),
    "no progress": (((3.0, HI), (22.0, PING)), 23.0, "progress", 20.0, "mid_stream"),
}


@pytest.mark.parametrize(("chunks", "now", "deadline", "seconds", "phase"), TIMED.values(), ids=TIMED)
def test_keep_alives_do_not_keep_a_reply_alive_for_ever(
    chunks: tuple[tuple[float, bytes], ...], now: float, deadline: Deadline, seconds: float, phase: Phase
) -> None:
    reply = heard(*chunks)
    (event,) = reply.take(PING, now)
    assert isinstance(event, Failed)
    assert isinstance(event.error, TimedOut)
    assert (event.error.deadline, event.error.seconds, event.error.phase) == (deadline, seconds, phase)
    assert reply.ended


def test_a_reply_in_time_is_not_overdue() -> None:
    assert heard((3.0, HI)).overdue(7.9) == []


BROKEN: Final = Dropped(detail="reset by peer")
ENDS: dict[str, tuple[tuple[bytes, ...], bytes | SentError | None, type[MixError] | None]] = {
    # chunks, then an end: the error, or None for an answer
    "finished, then all bytes came": ((HI, END, DONE), None, None),
    "finished without [DONE]": ((HI, END), None, None),
    "finished, then the connection broke": ((HI, END), BROKEN, None),
    "finished, then usage, then the connection broke": ((HI, END, USAGE), BROKEN, None),
    "done, then the connection broke": ((HI, END, DONE), BROKEN, None),
    "no end, and all bytes came": ((HI,), None, Truncated),
    "no end, and the connection broke": ((HI,), BROKEN, Dropped),
    "nothing said, and the connection broke": ((PING,), BROKEN, Dropped),
    "nothing said, and all bytes came": ((PING,), None, Undecodable),
    "an event cut, and all bytes came": ((HI, END[:40]), None, Truncated),
    "an event cut, and the connection broke": ((HI, END[:40]), BROKEN, Dropped),
    "usage is no end": ((HI, USAGE), None, Truncated),
}


@pytest.mark.parametrize(("chunks", "end", "kind"), ENDS.values(), ids=ENDS)
def test_a_drop_a_cut_and_an_end_are_told_apart(
    chunks: tuple[bytes, ...], end: bytes | SentError | None, kind: type[MixError] | None
) -> None:
    reply = heard(*[(2.0, chunk) for chunk in chunks])
    reply.take(end, 3.0)
    outcome = reply.outcome()
    assert reply.ended
    assert (None if kind is None else kind) == (None if kind is None else type(outcome.failure()))
    assert (outcome.value_or(None) is not None) == (kind is None)


def test_a_timeout_after_the_terminal_marker_does_no_harm() -> None:
    reply = heard((2.0, HI), (2.0, END))
    assert reply.take(PING, 900.0) == [Finished("stop", "stop")]
    assert reply.outcome().unwrap().text == "hi"


def test_there_is_one_terminal_event_and_nothing_after_it() -> None:
    reply = heard()
    events: list[Event] = []
    for chunk in (HI, END, USAGE, DONE, HI, DONE):
        events += reply.feed(chunk, 2.0)
    events += reply.broke(BROKEN, 2.0)
    events += reply.finish(2.0)
    events += reply.overdue(900.0)
    events += reply.feed(HI, 900.0)
    assert [type(event) for event in events] == [Started, TextDelta, UsageSeen, Finished]
    assert reply.outcome().unwrap().text == "hi"


def test_a_failure_keeps_what_came_and_tells_about_the_call() -> None:
    reply = heard((2.0, HI), (2.0, USAGE))
    counts, event = reply.take(BROKEN, 3.0)
    assert counts == UsageSeen(Usage(input=15, output=3, total=18))
    assert isinstance(event, Failed)
    error = reply.outcome().failure()
    assert error == event.error
    assert isinstance(error, Dropped)
    assert (error.provider, error.request_id, error.phase) == ("openai", "req_1", "mid_stream")
    assert error.detail == "reset by peer"
    assert error.partial is not None
    assert error.partial.parts == (Text("hi"),)
    assert error.partial.usage == Usage(input=15, output=3, total=18)
    assert (error.partial.spec, error.partial.attempts) == ("openai:gpt-4o", 2)


def test_what_was_held_back_is_not_lost_when_the_connection_breaks() -> None:
    made = call(target("minimax", "MiniMax-M2"))
    reply = Reception(made, deadlines=LIMITS, bounds=Bounds(), begun=0.0, now=0.0, tries=1)
    reply.opened({}, 1.0)
    reply.feed(b'data: {"choices":[{"delta":{"content":"a <thi"}}]}\n\n', 2.0)
    held, event = reply.take(BROKEN, 3.0)
    assert held == TextDelta(0, "<thi")
    assert isinstance(event, Failed)
    error = reply.outcome().failure()
    assert isinstance(error, Dropped)
    assert error.partial is not None
    assert error.partial.text == "a <thi"


def test_nothing_came_so_nothing_is_kept() -> None:
    reply = heard()
    reply.take(BROKEN, 3.0)
    error = reply.outcome().failure()
    assert isinstance(error, Dropped)
    assert error.partial is None


REFUSED: Final = b'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'
INSIDE: dict[str, tuple[tuple[bytes, ...], Phase, str]] = {
    "before any output": ((REFUSED,), "first_token", ""),
    "after some": ((HI, REFUSED), "mid_stream", "hi"),
}


@pytest.mark.parametrize(("chunks", "phase", "text"), INSIDE.values(), ids=INSIDE)
def test_an_error_inside_a_stream_knows_when_it_came(chunks: tuple[bytes, ...], phase: Phase, text: str) -> None:
    reply = heard(*[(2.0, chunk) for chunk in chunks])
    error = reply.outcome().failure()
    assert isinstance(error, Rejected)
    assert (error.kind, error.status, error.phase, error.request_id) == ("overloaded", None, phase, "req_1")
    assert (error.partial.text if error.partial else "") == text


def test_a_stream_left_early_is_cancelled_with_what_came() -> None:
    reply = heard((2.0, HI))
    reply.cancel()
    error = reply.outcome().failure()
    assert isinstance(error, Cancelled)
    assert error.partial is not None
    assert error.partial.text == "hi"


def test_a_stream_that_was_left_gives_its_end_to_who_still_reads() -> None:
    reply = heard((2.0, HI))
    reply.cancel()
    (event,) = reply.take(END, 3.0)
    assert isinstance(event, Failed)
    assert isinstance(event.error, Cancelled)


def test_cancelling_what_is_finished_changes_nothing() -> None:
    reply = heard((2.0, HI), (2.0, END), (2.0, DONE))
    reply.cancel()
    assert reply.outcome().unwrap().finish == "stop"


def test_a_reply_asked_too_early_is_cancelled() -> None:
    assert isinstance(heard().outcome().failure(), Cancelled)


def test_a_response_knows_its_times_its_price_and_its_call() -> None:
    reply = reception(now=100.0, begun=99.0, entry=PRICED)
    reply.opened(REQUEST_ID, 100.5)
    for at, chunk in ((101.0, HEAD), (102.0, HI), (103.0, END), (104.0, USAGE), (105.0, DONE)):
        reply.feed(chunk, at)
    response = reply.outcome().unwrap()
    assert response.timing == Timing(headers=1.5, first_token=3.0, total=6.0)
    assert response.cost is not None
    assert response.cost.total == Decimal("0.0000675")
    assert (response.id, response.model, response.spec) == ("r1", "m", "openai:gpt-4o")
    assert (response.request_id, response.attempts) == ("req_1", 2)


WHOLES = {"in one piece": 1000, "in many": 7}


@pytest.mark.parametrize("size", WHOLES.values(), ids=WHOLES)
def test_a_whole_body_is_absorbed(size: int) -> None:
    reply = reception(stream=False, entry=PRICED)
    reply.opened(REQUEST_ID, 1.0)
    for at in range(0, len(WHOLE), size):
        reply.absorb(WHOLE[at : at + size], 2.0)
    reply.absorb(None, 3.0)
    response = reply.outcome().unwrap()
    assert (response.text, response.finish) == ("hi", "stop")
    assert response.usage == Usage(input=15, output=3, total=18)
    assert response.timing.total == 2.0
    assert response.cost is not None


def test_a_stream_is_read_where_a_whole_body_was_asked_for() -> None:
    reply = reception(stream=False)
    reply.opened({}, 1.0)
    reply.absorb(HI + END + USAGE + DONE, 2.0)
    assert reply.finished
    assert reply.outcome().unwrap().usage == Usage(input=15, output=3, total=18)


BODIES: dict[str, tuple[bytes, type[MixError]]] = {
    "cut": (WHOLE[:40], Truncated),
    "cut at its end": (WHOLE[:-1], Truncated),
    "HTML": (b"<!DOCTYPE html><title>Login</title>", Undecodable),
    "nothing": (b"", Undecodable),
    "an error": (b'{"error":{"message":"no","code":502}}', Rejected),
}


@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES)
def test_a_whole_body_that_is_no_answer_is_told(body: bytes, kind: type[MixError]) -> None:
    reply = reception(stream=False)
    reply.opened({}, 1.0)
    reply.absorb(body, 2.0)
    reply.absorb(None, 2.0)
    assert isinstance(reply.outcome().failure(), kind)


def test_a_whole_body_that_trickles_in_is_overdue() -> None:
    reply = reception(stream=False, deadlines=replace(LIMITS, total=9.0))
    reply.opened({}, 1.0)
    reply.absorb(WHOLE[:10], 9.5)
    error = reply.outcome().failure()
    assert isinstance(error, TimedOut)
    assert (error.deadline, error.seconds) == ("total", 9.0)


STREAM: Final = HI + END + USAGE + DONE
PACKED = {"gzip": gzip.compress(STREAM), "deflate": zlib.compress(STREAM), "x-gzip": gzip.compress(STREAM)}


@pytest.mark.parametrize(("encoding", "body"), PACKED.items(), ids=PACKED)
def test_a_compressed_reply_is_opened(encoding: str, body: bytes) -> None:
    reply = reception()
    reply.opened({"content-encoding": encoding}, 1.0)
    for at in range(0, len(body), 3):
        reply.take(body[at : at + 3], 2.0)
    reply.take(None, 2.0)
    assert reply.outcome().unwrap().text == "hi"


def test_a_reply_that_is_not_compressed_as_it_says_is_told() -> None:
    reply = reception()
    reply.opened({"content-encoding": "gzip"}, 1.0)
    reply.take(HI, 2.0)
    error = reply.outcome().failure()
    assert isinstance(error, Undecodable)
    assert error.kind == "not_json"


def test_a_compressed_reply_broken_after_its_end_is_still_an_answer() -> None:
    # More than one piece, so that the end is read before the checksum that is wrong.
    body = bytearray(gzip.compress(STREAM + b": x" * (1 << 20)))
    body[-5] ^= 0xFF
    reply = reception()
    reply.opened({"content-encoding": "gzip"}, 1.0)
    events = reply.take(bytes(body), 2.0)
    assert [type(event) for event in events if isinstance(event, Finished | Failed)] == [Finished]
    assert reply.outcome().unwrap().text == "hi"


BOUNDS: dict[str, tuple[Bounds, str, int]] = {
    "an event": (Bounds(event=100), "event", 100),
    "the reply": (Bounds(total=1000), "reply", 1000),
    "events": (Bounds(events=3), "events", 3),
}


@pytest.mark.parametrize(("bounds", "bound", "limit"), BOUNDS.values(), ids=BOUNDS)
def test_a_reply_that_passes_a_bound_is_told(bounds: Bounds, bound: str, limit: int) -> None:
    long = b'data: {"choices":[{"delta":{"content":"' + b"x" * 200 + b'"}}]}\n\n'
    reply = heard(*[(2.0, long)] * 20, bounds=bounds)
    error = reply.outcome().failure()
    assert isinstance(error, TooLarge)
    assert (error.bound, error.limit) == (bound, limit)


def test_a_bomb_of_a_reply_is_stopped_by_its_bound() -> None:
    reply = reception(bounds=Bounds(event=1 << 16, total=1 << 20))
    reply.opened({"content-encoding": "gzip"}, 1.0)
    reply.take(gzip.compress(b"data: " + b"x" * (64 << 20)), 2.0)
    assert isinstance(reply.outcome().failure(), TooLarge)


ECHOES: dict[str, tuple[SentError, str]] = {
    "in a refusal": (
        Rejected(kind="auth", message=f"Incorrect API key: {KEY}.", status=401),
        "Incorrect API key: ***.",
    ),
    "in a page": (Undecodable(kind="html", preview=f"<p>{KEY}</p>"), "<p>***</p>"),
    "in a stray line": (Truncated(stray=f"{KEY} {KEY}"), "*** ***"),
    "in a fault": (Dropped(detail=f"Illegal header value b'Bearer {KEY}'"), "Illegal header value b'Bearer ***'"),
}


@pytest.mark.parametrize(("error", "words"), ECHOES.values(), ids=ECHOES)
def test_a_key_that_is_repeated_is_not_told(error: SentError, words: str) -> None:
    told = reception().told(error)
    assert KEY not in repr(told)
    assert words in repr(told)


def test_a_refusal_that_repeats_the_key_is_told_without_it() -> None:
    error = reception().rejected(401, {}, f'{{"error":{{"message":"bad key {KEY}","code":"{KEY}"}}}}'.encode())
    assert isinstance(error, Rejected)
    assert (error.message, error.code) == ("bad key ***", "***")


def test_a_key_too_short_to_be_one_leaves_words_alone() -> None:
    made = call(target("lmstudio", "m", key="lm"))
    reply = Reception(made, deadlines=LIMITS, bounds=Bounds(), begun=0.0, now=0.0, tries=1)
    error = reply.told(Dropped(detail="lm studio hung up"))
    assert isinstance(error, Dropped)
    assert error.detail == "lm studio hung up"


STATUSES: dict[str, tuple[int, dict[str, str], bytes, str, str]] = {
    "a wrong key": (401, {}, b'{"error":{"message":"Incorrect API key"}}', "auth", "Incorrect API key"),
    "too often": (429, {"retry-after": "2"}, b"slow down", "rate_limit", "slow down"),
    "a redirect tells the host alone": (
        307,
        {"location": "https://user:secret@other.example/path?key=secret"},
        b"secret",
        "redirect",
        "to other.example",
    ),
    "a redirect to nowhere": (308, {}, b"", "redirect", "to somewhere else"),
    "a redirect on the same host": (302, {"location": "/login?key=secret"}, b"", "redirect", "to somewhere else"),
}


@pytest.mark.parametrize(("status", "headers", "body", "kind", "message"), STATUSES.values(), ids=STATUSES)
def test_a_bad_status_is_a_refusal(status: int, headers: dict[str, str], body: bytes, kind: str, message: str) -> None:
    error = reception().rejected(status, {**headers, **REQUEST_ID}, body)
    assert isinstance(error, Rejected)
    assert (error.kind, error.message, error.status) == (kind, message, status)
    assert (error.provider, error.request_id, error.phase) == ("openai", "req_1", "headers")
    assert "secret" not in repr(error)
