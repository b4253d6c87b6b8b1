"""P1, P1a and P2: bytes to events, to an answer, and in bulk."""

import gc
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeAlias

import simdjson

from benches.made import long_stream, one_event
from benches.measure import Series, gather, interleave
from benches.ours import to_answer, to_events
from benches.peers import peers, text_of
from benches.report import Row, at_least, at_most, shown
from benches.setup import Setup
from benches.splits import Chunks, Read
from benches.streams import Sample
from modelmix import Bounds, TextDelta, decoder

_OPENAI: Final = "openai SDK, sync"
_MSGSPEC: Final = "bytes.split + msgspec Struct"
_BULK: Final = 64 << 10
_LARGE: Final = 32 << 20

Streams: TypeAlias = tuple[Sample, ...]


def decoding(setup: Setup) -> list[Row]:
    """P1 and P1a: all contenders on the same chunks, in one interleaved run."""
    streams, events = setup.samples.streams, setup.samples.events
    _agree(streams)
    reads = {"events": to_events, "answer": to_answer, **peers()}
    runs = {name: partial(_every, read) for name, read in reads.items()}
    measured = interleave(runs, setup.samples.groups(), setup.effort)
    taken = {name: series.scaled(1e6 / events) for name, series in measured.items()}
    ours, answer = taken.pop("events"), taken.pop("answer")
    ratios = {name: series.over(ours) for name, series in taken.items()}
    reading, allocated = _allocated(streams, events)
    return [
        shown("P1", "decode, chunks as they came, one typed event each", ours, "us/event"),
        *[shown("P1", f"  {name}", series, "us/event") for name, series in taken.items()],
        at_least("P1", f"times faster than {_OPENAI}", ratios[_OPENAI], "x", 250),
        at_least("P1", f"times faster than {_MSGSPEC}", ratios[_MSGSPEC], "x", 3.5),
        shown("P1", "times faster than bytes.split + orjson", ratios["bytes.split + orjson"], "x"),
        shown("P1", "times faster than httpx-sse + json", ratios["httpx-sse + json"], "x"),
        shown("P1a", "the same to the final answer", answer, "us/event"),
        at_least("P1a", f"times faster than {_OPENAI}", taken[_OPENAI].over(answer), "x", 400),
        at_most("P1a", "Python allocations, to the answer", allocated, "/event", 0.1),
        shown("P1a", "  of these, while reading", reading, "/event"),
    ]


def _every(read: Read, streams: Streams) -> None:
    for stream in streams:
        deque(read(stream.chunks), maxlen=0)


def _agree(streams: Streams) -> None:
    """A contender that reads something else is not compared."""
    for stream in streams:
        ours = "".join([event.text for event in to_events(stream.chunks) if isinstance(event, TextDelta)])
        for name, read in peers().items():
            theirs = "".join(map(text_of, read(stream.chunks)))
            assert theirs == ours, f"{name} reads another text"


def _allocated(streams: Streams, events: int) -> tuple[Series, Series]:
    """Blocks that Python's allocator hands out for an event, while reading, and with the answer, all being kept."""
    for stream in streams:
        deque(to_answer(stream.chunks), maxlen=0)
    readers = [decoder("openai-chat") for _ in streams]
    told: list[list[object]] = [[None] * len(stream.chunks) for stream in streams]
    ends: list[object] = [None] * len(streams)
    answers: list[object] = [None] * len(streams)
    gc.collect()
    gc.disable()
    before = sys.getallocatedblocks()
    for reader, kept, stream in zip(readers, told, streams, strict=True):
        for at, chunk in enumerate(stream.chunks):
            kept[at] = reader.absorb(chunk)
    between = sys.getallocatedblocks()
    for at, reader in enumerate(readers):
        ends[at] = reader.finish()
        answers[at] = reader.answer()
    after = sys.getallocatedblocks()
    gc.enable()
    return Series(((between - before) / events,)), Series(((after - before) / events,))


def bulk(setup: Setup) -> list[Row]:
    """P2: large chunks, events put together, beside a parse of every document in full."""
    size = setup.samples.size
    parser = simdjson.Parser()
    groups = [_Bulk(group) for group in setup.samples.groups()]
    taken = interleave(
        {
            "ours": lambda group: deque(map(_coalesced, group.blocks), maxlen=0),
            "each": lambda group: _parsed(parser, group.documents),
            "joined": lambda group: _parsed(parser, group.arrays),
        },
        groups,
        setup.effort,
    )
    speed = {name: Series(tuple(size / value / 1e9 for value in series.values)) for name, series in taken.items()}
    return [
        shown("P2", "decode, 64 KiB chunks, coalesced", speed["ours"], "GB/s"),
        shown("P2", "  simdjson DOM, event by event", speed["each"], "GB/s"),
        shown("P2", "  simdjson DOM, all payloads of a stream as one array", speed["joined"], "GB/s"),
        at_least("P2", "times faster than simdjson DOM, event by event", taken["each"].over(taken["ours"]), "x", 1.5),
        shown("P2", "times faster than simdjson DOM, one array", taken["joined"].over(taken["ours"]), "x"),
        *_linear(setup),
    ]


class _Bulk:
    """The same bytes for everyone: as large chunks, as documents, and as one array of them for each stream."""

    def __init__(self, streams: Streams) -> None:
        self.blocks = [tuple(_blocks(stream.body)) for stream in streams]
        self.documents = [payload for stream in streams for payload in stream.payloads]
        self.arrays = [b"[" + b",".join(stream.payloads) + b"]" for stream in streams]


def _blocks(body: bytes) -> Iterable[bytes]:
    return (body[at : at + _BULK] for at in range(0, len(body), _BULK))


def _coalesced(blocks: Chunks) -> None:
    reader = decoder("openai-chat", fold=False)
    for block in blocks:
        reader.feed(block)
    reader.finish()


def _parsed(parser: simdjson.Parser, documents: list[bytes]) -> None:
    for document in documents:
        parser.parse(document)


def _linear(setup: Setup) -> list[Row]:
    """Twice the input, about twice the time: for many events, and for one event that comes byte by byte."""
    events = setup.pick(quick=20_000, full=100_000)
    short, long = (tuple(_blocks(long_stream(count))) for count in (events, 2 * events))
    pair = [(short, long)]
    taken = interleave({"n": lambda two: _coalesced(two[0]), "2n": lambda two: _coalesced(two[1])}, pair, setup.effort)
    size = setup.pick(quick=1 << 20, full=16 << 20)
    half, whole = (_bytewise(one_event(length)) for length in (size // 2, size))
    drip = gather({"n": half, "2n": whole}, setup.pick(quick=1, full=3))
    per_byte = drip["2n"].scaled(1e9 / size)
    return [
        at_most("P2", f"t(2n)/t(n), n = {events:,} events", taken["2n"].over(taken["n"]), "", 2.1),
        at_most(
            "P2", f"t(2n)/t(n), one event, 2n = {size >> 20} MiB byte by byte", drip["2n"].over(drip["n"]), "", 2.1
        ),
        shown("P2", "  one byte of it", per_byte, "ns"),
    ]


def _bytewise(event: bytes) -> Callable[[], float]:
    letters = [bytes([letter]) for letter in range(256)]

    def run() -> float:
        reader = decoder("openai-chat", fold=False, bounds=Bounds(event=_LARGE))
        feed, start = reader.feed, time.process_time()
        for letter in event:
            feed(letters[letter])
        taken = time.process_time() - start
        assert reader.tally[1] == 1, "the event has been read"
        return taken

    return run
