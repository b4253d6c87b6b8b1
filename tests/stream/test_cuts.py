"""No cut of a recorded stream is taken for its end, and none after its end harms it.

Where the terminal marker (for openai-chat the event with `finish_reason`, or `[DONE]`) is complete is read off the
uncut decode, fed byte by byte. It is complete with the last byte of its payload: an event that lacks only its blank
line lacks nothing.

A decoder cannot be copied, so each cut decodes its prefix anew, which is quadratic. Of the 469 recorded streams of
openai-chat, the
289 of at most 8 KiB are cut at every byte: 1.12 million cuts. The 180 longer ones (up to 387 KB, 7.7 MB in all) are cut
at every byte within 64 bytes of their marker and at every 97th elsewhere: 0.10 million cuts. 97 is prime, so the cuts
of a stream whose events are all of one length still fall on every part of them. With `MM_TEST_EVERY_CUT` set all 469
are cut at every byte: 8.81 million cuts, in five to seven minutes.
"""

import sys
from collections.abc import Iterable
from math import inf
from os import environ
from pathlib import Path
from sys import maxsize
from typing import Final, NamedTuple

import pytest

from modelmix.ast.event import Event, Failed, Finished, ReasoningDelta, RefusalDelta, TextDelta, ToolDelta
from modelmix.decode import DIALECTS, DialectName, decoder
from modelmix.errors import Truncated, Undecodable
from stream.feeding import read
from stream.recordings import records

SHORT: Final = maxsize if "MM_TEST_EVERY_CUT" in environ else 8 << 10
NEAR: Final = 64
STRIDE: Final = 97


class Marks(NamedTuple):
    """After how many bytes the payload of the marker is complete, and that of an error, if there is one."""

    marker: float
    error: float


def said(events: Iterable[Event]) -> tuple[str, str, str, str]:
    """The text, the reasoning, the refusal and the arguments in some events."""
    answer = reasoning = refusal = arguments = ""
    for event in events:
        match event:
            case TextDelta(_, text):
                answer += text
            case ReasoningDelta(_, text):
                reasoning += text
            case RefusalDelta(_, text):
                refusal += text
            case ToolDelta(_, text):
                arguments += text
            case _:
                pass
    return answer, reasoning, refusal, arguments


def end_of_payload(body: bytes) -> int:
    """How many bytes there are up to the end of the last payload. Some servers name an event after its data."""
    body = body.rstrip()
    while body.rpartition(b"\n")[2].startswith((b"event:", b"id:", b"retry:")):
        body = body.rpartition(b"\n")[0].rstrip()
    return len(body)


def marks(body: bytes, dialect: DialectName) -> Marks:
    """What the uncut decode tells."""
    reader, at = decoder(dialect), 0
    while not reader.complete and at < len(body):
        reader.absorb(body[at : at + 1])
        at += 1
    complete = end_of_payload(body[:at]) if reader.complete else inf
    while not reader.ended and at < len(body):
        reader.absorb(body[at : at + 1])
        at += 1
    failed = reader.ended and isinstance(reader.terminal(), Failed)
    error = end_of_payload(body[:at]) if failed else inf
    if not reader.complete:
        # The last event may lack its blank line, so that only the end of the input completes it.
        reader.finish()
        complete = end_of_payload(body) if isinstance(reader.terminal(), Finished) else inf
    return Marks(inf if complete == error else complete, error)


def ending(event: Event) -> str:
    """What a terminal event amounts to. Before its first payload a reply has not said anything."""
    match event:
        case Finished():
            return "finished"
        case Failed(Truncated(by="connection", stray="") | Undecodable(kind="empty_stream")):
            return "cut"
        case _:
            return "error"


def positions(length: int, marker: float) -> Iterable[int]:
    """Where a stream is cut."""
    if length <= SHORT:
        return range(length + 1)
    return [at for at in range(length + 1) if at % STRIDE == 0 or abs(at - marker) < NEAR]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stream_is_finished_from_its_marker_on_and_not_before(
    dialect: DialectName, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = cuts = finished = 0
    for recording, body in records(shared, dialect):
        if recording.response.status != 200 or recording.wire not in {"sse", "ndjson"}:
            continue
        streams += 1
        marker, error = marks(body, dialect)
        full = said(read([body], dialect=dialect).events)
        for cut in positions(len(body), marker):
            reader = decoder(dialect, fold=False)
            events = reader.feed(body[:cut])
            events += reader.finish()
            ends = [event for event in events if isinstance(event, Finished | Failed)]
            assert ends == [events[-1]], (recording.id, cut)
            wanted = "error" if cut >= error else "finished" if cut >= marker else "cut"
            assert ending(ends[0]) == wanted, (recording.id, cut)
            so_far = said(events)
            assert all(map(str.startswith, full, so_far)), (recording.id, cut)
            cuts += 1
            finished += wanted == "finished"
    with capsys.disabled():
        sys.stdout.write(f" {dialect}: {streams:,} streams, {cuts:,} cuts, {finished:,} of them finished ")
    assert streams > 0
    assert 0 < finished < cuts
