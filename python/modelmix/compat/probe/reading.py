"""All quirks of one dialect of a server, from everything that went over the wire."""

from collections.abc import Iterator, Sequence

from modelmix.compat.probe.calling import tool_deltas
from modelmix.compat.probe.counting import usage_tail
from modelmix.compat.probe.framing import framing
from modelmix.compat.probe.questions import CALLS
from modelmix.compat.probe.quirk import Overheard, Quirk
from modelmix.compat.probe.refusals import Bad, errors, refused_options
from modelmix.compat.probe.row import Change
from modelmix.compat.probe.schemas import Held, Way, json_schema
from modelmix.compat.probe.thinking import reasoning_place
from modelmix.decode import DialectName
from modelmix.node import Node


class Wire(Node, frozen=True, kw_only=True):
    """What went over the wire in one dialect.

    `ways` are the ways in which objects were asked for, `bad` the answers to wrong requests, `unasked` a stream for
    which usage was not asked.
    """

    dialect: DialectName
    heard: tuple[Overheard, ...]
    ways: tuple[tuple[Way, Held], ...] = ()
    bad: tuple[Bad, ...] = ()
    unasked: bytes | None = None


def quirks_of(wire: Wire) -> tuple[Quirk, ...]:
    """Everything that was seen."""
    return tuple(_quirks(wire))


def _quirks(wire: Wire) -> Iterator[Quirk]:
    yield from framing(wire.heard, wire.dialect)
    yield from usage_tail(wire.heard, wire.dialect, wire.unasked)
    calls = [one for one in wire.heard if one.scenario == CALLS]
    if calls:
        yield from tool_deltas(calls, wire.dialect)
    if wire.ways:
        yield json_schema(wire.ways)
    yield from errors(wire.bad)
    yield from refused_options(wire.heard)
    yield from reasoning_place(wire.heard, wire.dialect)


def wanted_changes(heard: Sequence[Overheard], dialect: DialectName) -> tuple[Change, ...]:
    """What the row must say for what was seen; how objects are asked for is found out step by step."""
    seen = (*refused_options(heard), *reasoning_place(heard, dialect))
    return tuple([quirk.change for quirk in seen if quirk.change is not None])
