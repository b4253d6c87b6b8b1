"""Laws that hold for whatever comes over the wire: mutated streams, bodies, and bytes that mean nothing.

One input has one reading, however it is cut and coalesced; both folds agree; every reply ends once, with a value;
what passes a limit is a typed error; and time grows with the input and no faster.
"""

from collections.abc import Callable
from itertools import pairwise
from math import inf
from time import process_time
from typing import Final, get_args

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from returns.result import Failure, Success

from modelmix.accumulate import fold
from modelmix.ast.event import Event, Failed, Finished
from modelmix.ast.response import Response
from modelmix.decode import Bounds, Tags, decoder
from modelmix.errors import TooLarge, Truncated
from stream.feeding import CUTS, Reading, read
from stream.mutation import bodies, streams

LAW: Final = settings(max_examples=400, deadline=None, derandomize=True, database=None)

_NOISE: Final = st.lists(
    st.one_of(
        st.sampled_from(
            (
                b"data",
                b"data: ",
                b":",
                b"event: error",
                b"id: 1",
                b"error: {",
                b"[DONE]",
                b"\n",
                b"\r",
                b"\r\n",
                b"\n\n",
            )
        ),
        st.sampled_from((b'{"choices":[{"delta":{"content":"', b'"}}]}', b"{", b"}", b"[", b"]", b'"', b"\\", b"null")),
        st.sampled_from((b"\xef\xbb\xbf", b"\xe2\x80", b"\xff", b"<html>", b" ", b",")),
        st.binary(max_size=4),
    ),
    max_size=30,
).map(b"".join)

INPUTS: Final = st.one_of(streams(), streams(), bodies(), _NOISE)
READING: Final = tuple[tuple[Event, ...], Response]
TAGS: Final = st.sampled_from(get_args(Tags))


def pieces(body: bytes, cuts: list[int]) -> list[bytes]:
    """A body cut at some places, which may lie beyond it."""
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


def answers(reading: Reading) -> Response:
    """The answer as Python folds the events; it must be the one that Rust folded along the way."""
    match fold(reading.events), fold(reading.events[:-1]):
        case Success(response), _:
            assert isinstance(reading.end, Finished)
            return response
        case Failure(error), Failure(Truncated(partial=Response() as partial)):
            assert Failed(error) == reading.end
            return partial
        case outcome:
            raise AssertionError(outcome)


@LAW
@given(body=INPUTS, cuts=st.lists(st.integers(0, 4000), max_size=6), tags=TAGS)
def test_one_input_has_one_reading_however_it_is_cut(body: bytes, cuts: list[int], tags: Tags) -> None:
    reading = read([body], tags=tags, coalesce=False)
    for chunks in (pieces(body, cuts), CUTS["byte by byte"](body, "")):
        again = read(chunks, tags=tags, coalesce=False)
        assert again.events == reading.events
        assert again.answer == reading.answer


@LAW
@given(body=INPUTS, cuts=st.lists(st.integers(0, 4000), max_size=6), tags=TAGS)
def test_both_folds_agree_coalesced_or_not(body: bytes, cuts: list[int], tags: Tags) -> None:
    plain = read([body], tags=tags, coalesce=False)
    assert answers(plain) == plain.answer
    for chunks in ([body], pieces(body, cuts)):
        coalesced = read(chunks, tags=tags)
        assert coalesced.answer == plain.answer
        assert coalesced.end == plain.end
        assert answers(coalesced) == plain.answer


@LAW
@given(body=INPUTS, tags=TAGS)
def test_all_that_is_read_can_be_written_as_json_and_read_back(body: bytes, tags: Tags) -> None:
    reading = read([body], tags=tags)
    # Writing refuses text that is not UTF-8, such as half a surrogate pair.
    written = msgspec.json.encode((reading.events, reading.answer))
    assert msgspec.json.decode(written, type=READING) == (reading.events, reading.answer)


@LAW
@given(body=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=4))
def test_arbitrary_bytes_are_never_a_finished_reply(body: bytes, cuts: list[int]) -> None:
    assert isinstance(read(pieces(body, cuts)).end, Failed)


def event(delta: str, finish: str = "null") -> bytes:
    """One event of a stream."""
    return b'data: {"choices":[{"index":0,"delta":{%s},"finish_reason":%s}]}\n\n' % (delta.encode(), finish.encode())


@LAW
@given(body=streams(), cuts=st.lists(st.integers(0, 4000), max_size=6), limit=st.integers(0, 400))
def test_the_limit_of_an_event_is_one_however_it_is_cut(body: bytes, cuts: list[int], limit: int) -> None:
    bounds = Bounds(event=limit)
    reading = read([body], coalesce=False, bounds=bounds)
    for chunks in (pieces(body, cuts), CUTS["byte by byte"](body, "")):
        assert read(chunks, coalesce=False, bounds=bounds).events == reading.events


LIMITS: Final = {
    "one event": (event('"content":"' + "a" * 200 + '"'), Bounds(event=100), TooLarge(bound="event", limit=100)),
    "an event of many lines": (b"data: 1\n" * 60 + b"\n", Bounds(event=100), TooLarge(bound="event", limit=100)),
    "an event without an end": (b"data: " + b"a" * 200, Bounds(event=100), TooLarge(bound="event", limit=100)),
    "a comment": (b": " + b"a" * 200 + b"\n\n", Bounds(event=100), TooLarge(bound="event", limit=100)),
    "a stream": (event('"content":"a"') * 9, Bounds(total=500), TooLarge(bound="reply", limit=500)),
    "a body": (b'{"choices":' + b" " * 600, Bounds(total=500), TooLarge(bound="reply", limit=500)),
    "a page": (b"<html>" + b" " * 600, Bounds(total=500), TooLarge(bound="reply", limit=500)),
    "events": (
        (event('"content":"a"') + event('"reasoning":"b"')) * 9, Bounds(events=5), TooLarge(bound="events", limit=5)
    ),
}  # fmt: skip


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(("body", "bounds", "error"), LIMITS.values(), ids=LIMITS)
def test_what_passes_a_limit_is_a_typed_error(body: bytes, bounds: Bounds, error: TooLarge, cut: str) -> None:
    assert read(CUTS[cut](body, "limits"), bounds=bounds).end == Failed(error)


WITHIN: Final = {
    "one event": (event('"content":"aaa"', '"stop"'), Bounds(event=80)),
    "a stream": (event('"content":"a"') + event("", '"stop"'), Bounds(total=160)),
    "events": (event('"content":"a"') * 3 + event("", '"stop"'), Bounds(events=4)),
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(("body", "bounds"), WITHIN.values(), ids=WITHIN)
def test_what_stays_within_a_limit_is_read(body: bytes, bounds: Bounds, cut: str) -> None:
    assert isinstance(read(CUTS[cut](body, "limits"), bounds=bounds).end, Finished)


def repeated(delta: str, first: str = '"role":"assistant"') -> Callable[[int], bytes]:
    """A stream of like events, of about so many bytes."""
    piece = event(delta)
    return lambda size: event(first) + piece * (size // len(piece))


MIB: Final = 1 << 20
KIB: Final = 1 << 10
SCALES: Final[dict[str, tuple[Callable[[int], bytes], int, int, Tags]]] = {
    "a text in one event": (lambda size: event('"content":"' + "a" * size + '"', '"stop"'), 16 * MIB, KIB, "none"),
    "a text in one event, byte by byte": (lambda size: event('"content":"' + "a" * size + '"'), MIB, 1, "none"),
    "a text full of escapes": (lambda size: event('"content":"' + "\\n" * (size // 2) + '"'), 4 * MIB, KIB, "none"),
    "a whole body": (lambda size: b'{"choices":[{"message":{"content":"' + b"a" * size, 16 * MIB, KIB, "none"),
    "a comment": (lambda size: b": " + b"a" * size, 16 * MIB, KIB, "none"),
    "lines that mean nothing": (lambda size: b"abc\n" * (size // 4), 4 * MIB, KIB, "none"),
    "an event of many lines": (lambda size: b"data: 1\n" * (size // 8) + b"\n", 4 * MIB, KIB, "none"),
    "blank lines": (lambda size: b"\n" * size, 4 * MIB, KIB, "none"),
    "nested arrays": (lambda size: event('"content":' + "[" * size), 4 * MIB, KIB, "none"),
    "a stream": (repeated('"content":"a"'), 4 * MIB, 64 * KIB, "none"),
    "a stream, byte by byte": (repeated('"content":"a"'), MIB, 1, "none"),
    "a stream of two voices": (
        lambda size: (event('"content":"a"') + event('"reasoning":"b"')) * (size // 160), 4 * MIB, 64 * KIB, "none"
    ),
    "the arguments of a call": (
        repeated('"tool_calls":[{"index":0,"function":{"arguments":"1,"}}]'), 4 * MIB, KIB, "none"
    ),
    "reasoning details without an index": (repeated('"reasoning_details":[{"text":"a"}]'), 2 * MIB, 64 * KIB, "none"),
    "white space before an answer": (repeated('"content":" "'), 4 * MIB, 64 * KIB, "think"),
    "white space after reasoning": (
        repeated('"content":" "', '"content":"<think>x</think>"'), 4 * MIB, 64 * KIB, "think"
    ),
    "reasoning without an end": (repeated('"content":"a<"', '"content":"<think>"'), 4 * MIB, 64 * KIB, "think"),
    "a channel without a message": (
        repeated('"content":"ab"', '"content":"<|channel|>"'), 4 * MIB, 64 * KIB, "harmony"
    ),
}  # fmt: skip
"""What grows, up to what size in bytes, in chunks of how many bytes, with which tags."""

NOISE: Final = 0.04
"""Seconds. What takes less is page faults and caches, not reading."""


def seconds(body: bytes, step: int, tags: Tags) -> float:
    """How long it takes to read a body."""
    chunks = [body[at : at + step] for at in range(0, len(body), step)]
    reader = decoder("openai-chat", tags=tags, bounds=Bounds(event=2 * len(body)))
    start = process_time()
    for chunk in chunks:
        reader.absorb(chunk)
    reader.finish()
    return process_time() - start


@pytest.mark.parametrize(("grow", "size", "step", "tags"), SCALES.values(), ids=SCALES)
def test_twice_the_input_takes_twice_the_time(grow: Callable[[int], bytes], size: int, step: int, tags: Tags) -> None:
    half, full = grow(size // 2), grow(size)
    short, long = inf, inf
    for rounds in range(20):
        # Turn by turn, so that other work on the machine meets both alike; the fastest runs are the undisturbed ones.
        short, long = min(short, seconds(half, step, tags)), min(long, seconds(full, step, tags))
        if rounds >= 2 and long <= 2.5 * max(short, NOISE):
            break
    assert long <= 2.5 * max(short, NOISE)
