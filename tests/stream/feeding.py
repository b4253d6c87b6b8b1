"""Feeds a decoder as every test of it does: whole, byte by byte, and cut at random. Each reply ends exactly once."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from modelmix.ast.event import Event, Failed, Finished
from modelmix.ast.response import Response
from modelmix.decode import Bounds, DialectName, Tags, decoder

_SIZES: Final = (1, 2, 3, 7, 30, 300, 3000)


@dataclass(frozen=True)
class Reading:
    """What a decoder made of a reply: its events, the terminal one apart as well, and the folded answer."""

    events: tuple[Event, ...]
    end: Finished | Failed
    answer: Response


def read(
    chunks: Iterable[bytes],
    *,
    dialect: DialectName = "openai-chat",
    tags: Tags = "none",
    coalesce: bool = True,
    bounds: Bounds | None = None,
) -> Reading:
    """Feeds the chunks to a new decoder and ends the input."""
    reader = decoder(dialect, tags=tags, coalesce=coalesce, bounds=bounds)
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    events += reader.finish()
    ends = [event for event in events if isinstance(event, Finished | Failed)]
    assert len(ends) == 1
    assert ends[0] is events[-1]
    assert reader.terminal() == ends[0]
    answer = reader.answer()
    assert answer is not None
    return Reading(tuple(events), ends[0], answer)


def whole(body: bytes, seed: str) -> Iterator[bytes]:
    """One chunk."""
    yield body


def singly(body: bytes, seed: str) -> Iterator[bytes]:
    """One chunk a byte."""
    yield from (body[at : at + 1] for at in range(len(body)))


def randomly(body: bytes, seed: str) -> Iterator[bytes]:
    """Chunks of mixed sizes, the same for the same seed."""
    dice, at = random.Random(seed), 0
    while at < len(body):
        size = dice.choice(_SIZES)
        yield body[at : at + size]
        at += size


CUTS: Final = MappingProxyType[str, Callable[[bytes, str], Iterator[bytes]]](
    {"whole": whole, "byte by byte": singly, "at random": randomly}
)
