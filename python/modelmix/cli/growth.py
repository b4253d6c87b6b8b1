"""An object on a terminal while it is being written: indented as the whole one, and only ever added to."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

from msgspec.json import encode

from modelmix.ast.options import Shaped
from modelmix.growing import Token
from modelmix.jsonvalue import parse
from modelmix.progress import Piece
from modelmix.strictness import Places
from modelmix.written import Written

_INDENT: Final = "  "


class Growth:
    """Writes an object as it comes in. What it writes is, in the end, the whole object as it is printed in a pipe.

    Text that is no JSON is not shown; nor are the nulls that stand for properties left out.
    """

    def __init__(self, form: Shaped, write: Callable[[str], None], *, wrapped: bool) -> None:
        self._form = form
        self._write = write
        self._wrapped = wrapped
        self._part: int | None = None
        self._begin()
        self.shown = False
        """Whether anything has been written."""

    def _begin(self) -> None:
        self._written = Written(wrapped=self._wrapped)
        self._levels: list[tuple[Literal["{", "["], bool]] = []
        """What is open, and whether there is something in it."""
        self._places = Places(parse(self._form.schema))
        self._key: str | None = None

    def feed(self, fresh: Sequence[Piece]) -> None:
        """Writes what has become certain."""
        for part, text in fresh:
            if part != self._part and self._written.progress == "invalid" and not self.shown:
                # What was said before is no part of the object.
                self._begin()
            self._part = part
            self._tell(self._written.feed(text))

    def finish(self) -> None:
        """The text has ended."""
        self._tell(self._written.finish())

    def _tell(self, tokens: list[Token]) -> None:
        shown = "".join(piece for token in tokens for piece in self._pieces(*token))
        if shown:
            self.shown = True
            self._write(shown)

    def _pieces(self, kind: str, text: str) -> Iterator[str]:
        match kind:
            case "key":
                # Held back until it is known that its value is one.
                self._key = text
            case "scalar" if text == "null" and self._key is not None and self._places.is_left_out(self._key):
                self._key = None
            case "scalar":
                yield from (self._before(), text)
            case "text":
                yield from (self._before(), encode(text).decode())
            case "string":
                yield from (self._before(), '"')
            case "piece":
                yield encode(text).decode()[1:-1]
            case "whole":
                yield '"'
            case "{" | "[":
                self._places.enter(self._key)
                yield from (self._before(), kind)
                self._levels.append((kind, False))
            case _:
                yield self._after()

    def _before(self) -> str:
        """What stands before a value: its comma, its line and its key."""
        if not self._levels:
            return ""
        kind, filled = self._levels[-1]
        self._levels[-1] = (kind, True)
        key, self._key = self._key, None
        return "," * filled + self._line + ("" if key is None else encode(key).decode() + ": ")

    def _after(self) -> str:
        """What ends an object or an array."""
        kind, filled = self._levels.pop()
        self._places.leave()
        return (self._line if filled else "") + ("}" if kind == "{" else "]")

    @property
    def _line(self) -> str:
        return "\n" + _INDENT * len(self._levels)
