"""An open answer for asynchronous programs that is an object: look at it while it grows, then ask for the whole."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from returns.result import Success

from modelmix.ast.response import Response
from modelmix.astream import AsyncStream
from modelmix.growing import Showing
from modelmix.objects import Reading
from modelmix.outcome import Outcome, and_then
from modelmix.progress import Elements, Partials, Piece, pieces

T = TypeVar("T")
E = TypeVar("E")


class AsyncObjectStream(Generic[T]):
    """One object as it comes in.

    Use it as a context manager: leaving it closes the connection at once, however far the answer has come. `partials`
    and `elements` show what there is, each from the beginning whenever it is asked; `result` gives the whole object,
    validated in full, or the error that ended it.
    """

    __slots__ = ("_batches", "_pieces", "_reading", "_stream", "_wrapped")

    def __init__(self, stream: AsyncStream, reading: Reading[T], *, wrapped: bool) -> None:
        self._stream = stream
        self._reading = reading
        self._wrapped = wrapped
        self._batches = stream.batches()
        self._pieces: list[Piece] = []

    async def partials(self, showing: Showing = "live") -> AsyncIterator[Any]:  # its type is made at run time from T
        """The value so far, each time that more of it has arrived.

        It is one value that grows in place: a Struct with all the fields of a Struct or dataclass, UNSET where they
        have not come yet, and plain dicts, lists and scalars for the rest. Copy it to keep it. Constraints are not
        checked, and a value of another type than its field's is left out; an answer that is no JSON ends the iteration.
        With `stable`, a text is shown when it is whole, not while it grows.
        """
        partials = Partials(self._reading.sketch, wrapped=self._wrapped, showing=showing)
        read = 0
        while read < len(self._pieces) or await self._read():
            fresh, read = self._pieces[read:], len(self._pieces)
            if partials.feed(fresh):
                yield partials.value
        if isinstance(await self._stream.result(), Success) and partials.finish():
            yield partials.value

    def __aiter__(self) -> AsyncIterator[Any]:  # as above
        return self.partials()

    async def elements(self: "AsyncObjectStream[list[E]]") -> AsyncIterator[E]:
        """The elements of a list, each when it is whole, validated in full.

        An element that does not fit ends the iteration; `result` tells why.
        """
        elements = Elements(self._reading, wrapped=self._wrapped)
        read = 0
        while read < len(self._pieces) or await self._read():
            fresh, read = self._pieces[read:], len(self._pieces)
            for element in cast("list[E]", elements.feed(fresh)):
                yield element

    async def result(self) -> Outcome[T]:
        """The whole object, reading what is left; the error that ended it, with what had come by then."""
        return and_then(await self.response(), self._reading.read)

    async def response(self) -> Outcome[Response]:
        """The whole response, reading what is left, whether or not the object in it fits."""
        while await self._read():
            pass
        return await self._stream.result()

    async def aclose(self) -> None:
        """Ends the answer. A finished one gives its connection back, an unfinished one is cut off.

        It is not stopped by a cancellation, and takes a second at most.
        """
        await self._stream.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _read(self) -> bool:
        """Reads on; whether there was anything."""
        batch = await anext(self._batches, None)
        self._pieces += pieces(batch or ())
        return batch is not None
