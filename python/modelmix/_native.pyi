"""The contract of the Rust extension; `nox -s types` holds it against the built module."""

from collections.abc import Callable
from typing import Generic, TypeVar, final

__all__ = [
    "Decoder",
    "PartialJson",
    "SseReader",
    "Types",
    "VectorReader",
    "base64_json",
    "count_tokens",
    "detect",
    "dialects",
    "embedding_wires",
    "encode_tokens",
    "shorten",
    "vector_json",
]

_E = TypeVar("_E")
_A = TypeVar("_A")
_P = TypeVar("_P")
_U = TypeVar("_U")

@final
class Types(Generic[_E, _A]):
    """The callables that events, parts and answers are made with.

    Rust calls `text`, `reasoning`, `refusal` and `tool_arguments` once per event, as `(index, text)`; classes are the
    fastest callables there are. `failed` gets a fault as `(kind, text, number)`.
    """

    def __new__(
        cls,
        *,
        started: Callable[[str | None, str | None], _E],
        text: Callable[[int, str], _E],
        reasoning: Callable[[int, str], _E],
        sealed: Callable[[int, str], _E],
        refusal: Callable[[int, str], _E],
        tool_started: Callable[[int, str, str, bool], _E],
        tool_arguments: Callable[[int, str], _E],
        cited: Callable[[int, str, str | None], _E],
        opaque: Callable[[int, str, str], _E],
        used: Callable[[_U], _E],
        finished: Callable[[str, str | None], _E],
        failed: Callable[[str, str, int], _E],
        usage: Callable[
            [int | None, int | None, int | None, int | None, int | None, int | None, int | None, int | None], _U
        ],
        part: Callable[[str, str, str, str, bool, str | None], _P],
        answer: Callable[[str | None, str | None, tuple[_P, ...], _U, str | None, str | None], _A],
    ) -> Types[_E, _A]: ...

@final
class Decoder(Generic[_E, _A]):
    """Decodes one reply. Sans-IO: feed it chunks cut anywhere, then finish it.

    Data never raises: what is wrong with a reply is its last event. `ValueError` means an unknown dialect or tags.
    One decoder serves one consumer at a time; a second concurrent call raises `RuntimeError`.
    """

    def __new__(
        cls,
        dialect: str,
        types: Types[_E, _A],
        *,
        tags: str = "none",
        coalesce: bool = True,
        fold: bool = True,
        max_event: int | None = None,
        max_total: int | None = None,
        max_events: int | None = None,
    ) -> Decoder[_E, _A]: ...
    def feed(self, chunk: bytes, /) -> list[_E]:
        """The events in a chunk; nothing after the terminal event. Other threads may run from 16 KiB on."""

    def absorb(self, chunk: bytes, /) -> bool:
        """Reads a chunk without making events; whether the terminal event has been reached."""

    def finish(self) -> list[_E]:
        """The input has ended: what was held back, and the terminal event if there has been none."""

    def answer(self) -> _A | None:
        """Everything said so far, folded; None with `fold=False`."""

    def terminal(self) -> _E | None:
        """The terminal event, once it has been reached; always None with `fold=False`."""

    @property
    def ended(self) -> bool:
        """Whether the terminal event has been given."""

    @property
    def complete(self) -> bool:
        """Whether the terminal marker has been heard: from here on a broken connection does no harm."""

    @property
    def spoken(self) -> bool:
        """Whether there has been output, after which a call must not be repeated."""

    @property
    def tally(self) -> tuple[int, int, int]:
        """Bytes fed, payloads read, events made."""

@final
class PartialJson:
    """Reads one JSON document that is still being written, each byte once.

    Tokens are `(kind, text)`: `{` and `[` open, `end` closes either, `key` names the next value, `string` opens a text
    that comes as `piece`s and ends with `whole`, `text` is one that came at once, and `scalar` is a number, `true`,
    `false` or `null`, as written.
    """

    def __new__(cls) -> PartialJson: ...
    def feed(self, text: str, /) -> list[tuple[str, str]]:
        """The tokens that are certain after a further piece."""

    def finish(self) -> list[tuple[str, str]]:
        """The document has ended: a number that nothing else would have ended."""

    @property
    def progress(self) -> str:
        """How far the document has come: `empty`, `partial`, `complete` or `invalid`."""

@final
class SseReader:
    """Server-sent events to the letter of WHATWG, without a dialect."""

    def __new__(cls, *, max_event: int | None = None) -> SseReader: ...
    def feed(self, chunk: bytes, /) -> list[tuple[str, str, str]]:
        """The events in a chunk as `(event, data, last_event_id)`; `OverflowError` for one that is too large."""

    def finish(self) -> bytes | None:
        """The payload of an event that lacks its blank line; the standard drops it."""

    @property
    def last_event_id(self) -> str:
        """As of the last blank line."""

    @property
    def retry(self) -> int | None:
        """The reconnection time that was asked for, in milliseconds."""

    @property
    def stray(self) -> bytes:
        """Lines that are no SSE, at most 64 KiB of them."""

@final
class VectorReader:
    """Reads the vectors of one embedding reply. Sans-IO: feed it chunks cut anywhere, then finish it.

    `packing` is what base64 holds: `float32` (little-endian) or `int8`. A reply with another number of vectors than
    `count`, or of another length than `dimensions`, has a fault. `ValueError` means an unknown wire or packing.
    """

    def __new__(
        cls,
        wire: str,
        *,
        packing: str = "float32",
        count: int | None = None,
        dimensions: int | None = None,
        max_total: int | None = None,
    ) -> VectorReader: ...
    def feed(self, chunk: bytes, /) -> bool:
        """Takes a chunk; whether the reply has ended because it passed its limit."""

    def finish(self) -> None:
        """The input has ended: reads it all. Other threads may run meanwhile."""

    @property
    def fault(self) -> tuple[str, str, int] | None:
        """What is wrong with the reply, as `(kind, text, number)`; None before its end and for a good one."""

    @property
    def vectors(self) -> list[bytes]:
        """The vectors in the order of the texts, each as the bytes of an `array.array('f')`."""

    @property
    def model(self) -> str | None:
        """The model that answered, where the reply says it."""

    @property
    def tokens(self) -> tuple[int | None, int | None]:
        """Tokens of the input, and in total."""

def base64_json(head: str, data: bytes, /) -> bytes:
    """A JSON string: `head`, escaped already, and the base64 of `data`, written once."""

def count_tokens(text: str, encoding: str, /) -> int:
    """How many tokens a text is in `o200k_base` or `cl100k_base`; `ValueError` for any other encoding.

    The first call of an encoding unpacks its tables. Other threads may run meanwhile, and from 16 KiB on.
    """

def encode_tokens(text: str, encoding: str, /) -> list[int]:
    """The numbers of the tokens; otherwise as `count_tokens`."""

def detect(head: bytes, /) -> str | None:
    """The dialect of a reply that begins with these bytes, of all five; None when they do not tell, or not yet."""

def dialects() -> list[str]:
    """The names of all dialects that can be decoded."""

def embedding_wires() -> list[str]:
    """The names of all wires that vectors can be read from."""

def vector_json(vector: bytes, /) -> str:
    """The numbers in the bytes of an `array.array('f')`, as a JSON array, each as short as it can be said."""

def shorten(text: str, limit: int, /) -> tuple[str, bool]:
    """The first `limit` graphemes of a text, and whether that is all of it."""
