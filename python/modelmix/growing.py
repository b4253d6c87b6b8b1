"""A value that grows while its JSON is written, at a cost linear in what is new."""

from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeAlias, cast

from msgspec import UNSET, Struct

from modelmix.sketch import ANYTHING, NOTHING, WORD, Sketch

Showing: TypeAlias = Literal["live", "stable"]
"""Whether a text is shown while it grows (`live`) or once it is whole (`stable`). All else is shown once certain."""

Token: TypeAlias = tuple[str, str]
"""A token's kind and text, as `_native.PartialJson` gives them."""

Put: TypeAlias = Callable[[object], None]

_WORDS: Final = {"true": True, "false": False, "null": None}


def scalar(text: str) -> object:
    """A number or a word of JSON; UNSET for a number that Python cannot hold."""
    if text in _WORDS:
        return _WORDS[text]
    try:
        return int(text)
    except ValueError:
        # A fraction, an exponent, or more digits than Python reads.
        number = float(text)
        return UNSET if number in {float("inf"), float("-inf")} else number


class Root:
    """Where a document stands."""

    __slots__ = ("name", "sketch", "value")

    def __init__(self, sketch: Sketch) -> None:
        self.value: object = UNSET
        self.sketch = sketch
        self.name = ""

    def place(self) -> Sketch:
        """What the next value may be."""
        return self.sketch

    def put(self, value: object) -> None:
        """Puts a value, or more of it, to its place."""
        self.value = value


class Items:
    """An array that is open."""

    __slots__ = ("_at", "_sketch", "_value", "name")

    def __init__(self, value: list[object], sketch: Sketch) -> None:
        self._value = value
        self._sketch = sketch
        self._at = 0
        self.name = ""

    def place(self) -> Sketch:
        """What the next value may be."""
        self._at = len(self._value)
        return ANYTHING if self._sketch is ANYTHING else self._sketch.item(self._at)

    def put(self, value: object) -> None:
        """Puts a value, or more of it, to its place."""
        if self._at < len(self._value):
            self._value[self._at] = value
        else:
            self._value.append(value)


class Entries:
    """An object that is open, and shown as a dict."""

    __slots__ = ("_own", "_sketch", "_value", "name")

    def __init__(self, value: dict[str, object], sketch: Sketch) -> None:
        self._value = value
        self._sketch = sketch
        self._own = ""
        self.name = ""
        """The key that was read last."""

    def place(self) -> Sketch:
        """What the next value may be."""
        if self._sketch is ANYTHING:
            self._own = self.name
            return ANYTHING
        self._own, sketch = self._sketch.field(self.name)
        return sketch

    def put(self, value: object) -> None:
        """Puts a value, or more of it, to its place."""
        self._value[self._own] = value


class Fields:
    """An object that is open, and shown as a Struct."""

    __slots__ = ("_own", "_sketch", "_value", "name")

    def __init__(self, value: Struct, sketch: Sketch) -> None:
        self._value = value
        self._sketch = sketch
        self._own = ""
        self.name = ""
        """The key that was read last."""

    def place(self) -> Sketch:
        """What the next value may be."""
        self._own, sketch = self._sketch.field(self.name)
        return sketch

    def put(self, value: object) -> None:
        """Puts a value, or more of it, to its place."""
        setattr(self._value, self._own, value)


class Variants:
    """An object that is open, and may be one of several: kept as plain JSON until its tag has come."""

    __slots__ = ("_attach", "_kept", "_known", "_sketch", "name")

    def __init__(self, sketch: Sketch, attach: Put) -> None:
        self._kept: dict[str, object] = {}
        self._known: Frame | None = None
        self._sketch = sketch
        self._attach = attach
        self.name = ""
        """The key that was read last."""

    def place(self) -> Sketch:
        """What the next value may be."""
        if self._known is not None:
            self._known.name = self.name
            return self._known.place()
        return WORD if self.name == self._sketch.tag_field else ANYTHING

    def put(self, value: object) -> None:
        """Puts a value, or more of it, to its place."""
        if self._known is not None:
            self._known.put(value)
            return
        self._kept[self.name] = value
        if self.name == self._sketch.tag_field and isinstance(value, str | int):
            known = self._sketch.variants.get(value)
            if known is not None:
                shown = grown(self._kept, known)
                self._known = _frame(shown, known)
                self._attach(shown)


Frame: TypeAlias = Root | Items | Entries | Fields | Variants
"""What is open, and takes the next value: first asked for its `place`, then given it by `put`."""


def _frame(value: object, sketch: Sketch) -> Frame:
    """The frame that an object's further fields go to."""
    return Fields(value, sketch) if isinstance(value, Struct) else Entries(cast("dict[str, object]", value), sketch)


class Tree:
    """Makes a value of tokens, and keeps making it: what has been shown is only ever added to.

    The value is alive. It grows in place, so looking at it costs nothing, whatever its size; to keep it as it is, copy
    it. A text that grows is lengthened where it stands as long as nobody else holds it, and copied otherwise.
    """

    __slots__ = ("_above", "_flawed", "_growing", "_grown", "_live", "_pieces", "_root", "_text", "_top")

    def __init__(self, sketch: Sketch = ANYTHING, showing: Showing = "live") -> None:
        self._root = Root(sketch)
        self._live = showing == "live"
        self._top: Frame = self._root
        self._above: list[Frame] = []
        """What is open around what is open."""
        self._text: Sketch = NOTHING
        self._growing = False
        """Whether a text is open that is shown while it grows."""
        self._grown = ""
        self._pieces: list[str] = []
        self._flawed = False

    @property
    def value(self) -> object:
        """What there is so far; UNSET before there is anything."""
        if self._growing and (self._pieces or not self._grown):
            self._grow()
        return self._root.value

    @property
    def flawed(self) -> bool:
        """Whether there was a number that Python cannot hold."""
        return self._flawed

    @property
    def depth(self) -> int:
        """How many objects and arrays are open."""
        return len(self._above)

    def take(self, tokens: Iterable[Token]) -> None:
        """Adds what has become certain."""
        for kind, text in tokens:
            if kind == "piece":
                self._pieces.append(text)
            elif kind == "key":
                self._top.name = text
            elif kind == "scalar":
                self._take_scalar(text)
            elif kind == "text":
                self._take_text(text)
            elif kind == "string":
                self._open_text()
            elif kind == "whole":
                self._close_text()
            elif kind == "end":
                self._top = self._above.pop()
            else:
                self._open(kind)

    def _take_scalar(self, text: str) -> None:
        sketch, value = self._top.place(), scalar(text)
        if value is UNSET:
            self._flawed = True
        elif sketch is not ANYTHING:
            value = sketch.read(value)
        if value is not UNSET:
            self._top.put(value)

    def _take_text(self, text: str) -> None:
        sketch = self._top.place()
        if sketch is ANYTHING:
            self._top.put(text)
        else:
            self._put_text(text, sketch)

    def _open_text(self) -> None:
        self._text = self._top.place()
        self._growing = self._live and self._text.grows

    def _grow(self) -> None:
        """Lengthens the text that is open. Nobody but this function holds it then, so that CPython does not copy it."""
        text, more = self._grown, "".join(self._pieces)
        self._pieces.clear()
        self._grown = ""
        self._top.put("")
        text += more
        self._grown = text
        self._top.put(text)

    def _close_text(self) -> None:
        self._growing = False
        if self._grown:
            # It has been shown, and is lengthened once more.
            self._grow()
            self._grown = ""
            return
        whole = "".join(self._pieces)
        self._pieces.clear()
        self._put_text(whole, self._text)

    def _put_text(self, text: str, sketch: Sketch) -> None:
        value = text if sketch.grows else sketch.read(text)
        if value is not UNSET:
            self._top.put(value)

    def _open(self, kind: str) -> None:
        sketch, outer = self._top.place(), self._top
        self._above.append(outer)
        if kind == "[":
            items: list[object] = []
            self._top = Items(items, sketch if sketch.takes_array else NOTHING)
            if sketch.takes_array:
                outer.put(items)
        elif sketch is ANYTHING:
            entries: dict[str, object] = {}
            self._top = Entries(entries, sketch)
            outer.put(entries)
        elif sketch.variants:
            self._top = Variants(sketch, outer.put)
        elif sketch.takes_object:
            value: object = dict[str, object]() if sketch.made is None else sketch.made()
            self._top = _frame(value, sketch)
            outer.put(value)
        else:
            self._top = Entries({}, NOTHING)


def grown(value: object, sketch: Sketch) -> object:
    """Plain JSON as its place shows it; UNSET where the place does not take it."""
    if isinstance(value, list):
        items = [grown(item, sketch.item(at)) for at, item in enumerate(cast("list[object]", value))]
        return [item for item in items if item is not UNSET] if sketch.takes_array else UNSET
    if not isinstance(value, dict):
        return sketch.read(value)
    entries = cast("dict[str, object]", value)
    if sketch.variants:
        tag = entries.get(sketch.tag_field)
        known = sketch.variants.get(tag) if isinstance(tag, str | int) else None
        return UNSET if known is None else grown(entries, known)
    if not sketch.takes_object:
        return UNSET
    made: object = dict[str, object]() if sketch.made is None else sketch.made()
    frame = _frame(made, sketch)
    for frame.name, entry in entries.items():
        shown = grown(entry, frame.place())
        if shown is not UNSET:
            frame.put(shown)
    return made
