"""The reply of an embedding endpoint, read by Rust; it is held like a reply of a model, but it ends in vectors."""

from array import array
from typing import Final, Literal, TypeAlias, get_args

from modelmix import _native
from modelmix.ast.embedding import Vector
from modelmix.ast.event import Event, Failed, Finished
from modelmix.ast.response import Response
from modelmix.ast.usage import Usage
from modelmix.decode import Bounds, fault

WireName: TypeAlias = Literal["openai-embeddings", "google-embed", "ollama-embed"]
"""The wire formats that vectors can be read from."""

WIRES: Final[tuple[WireName, ...]] = get_args(WireName)

Packing: TypeAlias = Literal["float32", "int8"]
"""What a vector is that comes as base64, which nothing in the reply says."""


class VectorReader:
    """Reads one reply: `feed` it chunks, `finish` it, then ask for `vectors`."""

    __slots__ = ("_end", "_reader")

    def __init__(
        self,
        wire: WireName,
        *,
        packing: Packing = "float32",
        count: int | None = None,
        dimensions: int | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        total = (bounds or Bounds()).total
        self._reader = _native.VectorReader(wire, packing=packing, count=count, dimensions=dimensions, max_total=total)
        self._end: Finished | Failed | None = None

    def feed(self, chunk: bytes, /) -> list[Event]:
        """Takes a chunk. A reply has no event before its end, unless it passes its limit."""
        return self.finish() if self._reader.feed(chunk) else []

    def absorb(self, chunk: bytes, /) -> bool:
        """Takes a chunk; whether that is the end."""
        return bool(self.feed(chunk)) or self.ended

    def finish(self) -> list[Event]:
        """The input has ended: how that went, once."""
        if self._end is not None:
            return []
        return [self._settle()]

    def answer(self) -> Response | None:
        """What is known besides the vectors."""
        spent, total = self._reader.tokens
        return Response(model=self._reader.model, usage=Usage(input=spent, total=total))

    def terminal(self) -> Event | None:
        """The end, once it has come."""
        return self._end

    @property
    def vectors(self) -> tuple[Vector, ...]:
        """The vectors in the order of the texts; none before the end."""
        return tuple([array("f", vector) for vector in self._reader.vectors])

    @property
    def ended(self) -> bool:
        """Whether the end has come."""
        return self._end is not None

    @property
    def complete(self) -> bool:
        """Whether the reply is whole."""
        return isinstance(self._end, Finished)

    @property
    def spoken(self) -> bool:
        """Never: a reply in one piece may be asked for again until it is whole."""
        return False

    def _settle(self) -> Finished | Failed:
        self._reader.finish()
        wrong = self._reader.fault
        self._end = Finished("stop") if wrong is None else Failed(fault(*wrong))
        return self._end


def to_json(vector: Vector) -> str:
    """A vector as a JSON array, each number as short as it can be said."""
    return _native.vector_json(vector.tobytes())
