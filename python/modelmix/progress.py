"""What can be said of an object while its text comes in: without network or clock, for both kinds of stream."""

from collections.abc import Sequence
from typing import Generic, TypeAlias, TypeVar, cast

from msgspec import UNSET
from returns.result import Success

from modelmix.ast.event import Event, TextDelta
from modelmix.growing import Showing, Token, Tree
from modelmix.jsonvalue import JsonValue
from modelmix.objects import Reading
from modelmix.sketch import ANYTHING, Sketch
from modelmix.written import Written

T = TypeVar("T")

Piece: TypeAlias = tuple[int, str]
"""A piece of an answer's text, and the number of its part."""


def pieces(events: Sequence[Event]) -> list[Piece]:
    """The answer's text in some events."""
    return [(event.index, event.text) for event in events if isinstance(event, TextDelta)]


class Partials:
    """The value of an answer as it grows."""

    __slots__ = ("_part", "_showing", "_sketch", "_tree", "_wrapped", "_written")

    def __init__(self, sketch: Sketch, *, wrapped: bool, showing: Showing) -> None:
        self._sketch = sketch
        self._wrapped = wrapped
        self._showing: Showing = showing
        self._part: int | None = None
        self._tree = Tree(sketch, showing)
        self._written = Written(wrapped=wrapped)

    @property
    def value(self) -> object:
        """What there is so far; UNSET before there is anything."""
        return UNSET if self._written.progress == "invalid" else self._tree.value

    @property
    def depth(self) -> int:
        """How many objects and arrays are open."""
        return self._tree.depth

    def feed(self, fresh: Sequence[Piece]) -> bool:
        """Adds to it; whether that made a difference which can be seen."""
        seen = False
        for part, text in fresh:
            if part != self._part and self._written.progress == "invalid":
                # What was said before is no part of the object.
                self._tree, self._written = Tree(self._sketch, self._showing), Written(wrapped=self._wrapped)
            self._part = part
            seen = self._take(self._written.feed(text)) or seen
        return seen and self.value is not UNSET

    def finish(self) -> bool:
        """The text has ended; whether that made a difference: a number may only now be whole."""
        return self._take(self._written.finish()) and self.value is not UNSET

    def _take(self, tokens: list[Token]) -> bool:
        self._tree.take(tokens)
        # Neither a key alone nor a closing bracket shows.
        return any(kind not in {"key", "end"} for kind, _ in tokens)


class Elements(Generic[T]):
    """The elements of an answer that is a list, each once it is whole."""

    __slots__ = ("_ended", "_given", "_partials", "_reading")

    def __init__(self, reading: Reading[T], *, wrapped: bool) -> None:
        self._reading = reading
        self._partials = Partials(ANYTHING, wrapped=wrapped, showing="stable")
        self._given = 0
        self._ended = False

    def feed(self, fresh: Sequence[Piece]) -> list[object]:
        """The elements that have become whole, validated; none after one that does not fit."""
        self._partials.feed(fresh)
        found = self._partials.value
        if not isinstance(found, list) or self._ended:
            return []
        items = cast("list[JsonValue]", found)
        # The last one may be an object or an array that is still open.
        whole = len(items) - (self._partials.depth > 1)
        fresh_ones, self._given = items[self._given : whole], whole
        return [*self._read(fresh_ones)]

    def _read(self, items: list[JsonValue]) -> list[object]:
        read: list[object] = []
        for item in items:
            outcome = self._reading.item(item)
            if not isinstance(outcome, Success):
                self._ended = True
                break
            read.append(outcome.unwrap())
        return read
