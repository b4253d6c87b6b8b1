"""The object in an answer's text, token by token while it is written.

A code fence around it is taken off, and so is the object that was put around a schema whose root is none.
"""

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias, cast

from modelmix import _native
from modelmix.growing import Token
from modelmix.wrapping import KEY

Progress: TypeAlias = Literal["empty", "partial", "complete", "invalid"]
"""How far a document has come: nothing but white space, begun, whole, or beyond saving."""

_FENCE: Final = "```"


class Written:
    """Reads one document piece by piece, each byte once."""

    __slots__ = ("_fenced", "_held", "_invalid", "_json", "_plainly", "_tail", "_wrapper")

    def __init__(self, *, wrapped: bool = False) -> None:
        self._json = _native.PartialJson()
        self._held: str | None = ""
        """White space, or a part of a fence, that came before anything else; None once that is over."""
        self._fenced = False
        self._tail = ""
        """What has come after a document in a fence."""
        self._invalid = False
        self._wrapper = _Wrapper() if wrapped else None
        self._plainly = False
        """Whether there is nothing around the document, which is nearly always so."""

    @property
    def progress(self) -> Progress:
        """How far the document has come."""
        # Rust writes only the words of Progress; tests/unit/test_written.py holds the two lists together.
        return "invalid" if self._invalid else cast("Progress", self._json.progress)

    def feed(self, text: str) -> list[Token]:
        """The tokens that a further piece makes certain."""
        if self._plainly:
            return self._json.feed(text)
        if self._held is not None:
            text = self._opened(self._held + text)
        if self._fenced and self._json.progress == "complete":
            self._end(text)
            return []
        if self._fenced and _FENCE[0] in text:
            return self._split(text)
        self._plainly = self._held is None and not self._fenced and self._wrapper is None
        return self._tokens(text)

    def finish(self) -> list[Token]:
        """The text has ended: a number that nothing else would have ended."""
        held, self._held = self._held, None
        tokens = self._tokens(held) if held else []
        return tokens + self._plain(self._json.finish())

    def _opened(self, text: str) -> str:
        """What stands after the opening of a fence, if there is one; nothing while that cannot be said."""
        begun = text.lstrip()
        if begun and not begun.startswith(_FENCE[: len(begun)]):
            self._held = None
            return text
        label, line_end, rest = begun[len(_FENCE) :].partition("\n")
        if line_end and label.strip() in {"", "json"}:
            self._held, self._fenced = None, True
            return rest
        if line_end or not "json".startswith(label.strip()):
            self._held = None
            return text
        self._held = text
        return ""

    def _split(self, text: str) -> list[Token]:
        """The tokens of a piece in which the document, and with it the fence, may end: a mark in a string is no end."""
        tokens: list[Token] = []
        for at, letter in enumerate(text):
            if self._json.progress == "complete":
                self._end(text[at:])
                break
            tokens += self._tokens(letter)
        return tokens

    def _end(self, text: str) -> None:
        self._tail += text
        if not _FENCE.startswith(self._tail.strip()):
            self._invalid = True

    def _tokens(self, text: str) -> list[Token]:
        return self._plain(self._json.feed(text)) if text else []

    def _plain(self, tokens: list[Token]) -> list[Token]:
        return tokens if self._wrapper is None else [*self._wrapper.without(tokens)]


class _Wrapper:
    """Takes `{"value": …}` off; what comes without it stays as it is."""

    __slots__ = ("_depth", "_state")

    def __init__(self) -> None:
        self._state: Literal["before", "opened", "inside", "after", "none"] = "before"
        self._depth = 0

    def without(self, tokens: list[Token]) -> Iterator[Token]:
        for token in tokens:
            match self._state:
                case "before":
                    self._state = "opened" if token[0] == "{" else "none"
                    if self._state == "none":
                        yield token
                case "opened":
                    self._state = "inside" if token == ("key", KEY) else "none"
                    if self._state == "none":
                        yield "{", ""
                        yield token
                case "inside":
                    yield from self._inner(token)
                case "none":
                    yield token
                case "after":
                    # A second key, or what it holds: the whole answer tells that it does not fit.
                    pass

    def _inner(self, token: Token) -> Iterator[Token]:
        if self._depth == 0 and token[0] in {"key", "end"}:
            self._state = "after"
            return
        self._depth += {"{": 1, "[": 1, "end": -1}.get(token[0], 0)
        yield token
