"""An open answer for asynchronous programs: iterate its events, then ask for its result."""

import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from returns.result import Success

from modelmix.ast.event import Event, TextDelta
from modelmix.ast.response import Response
from modelmix.errors import MixError
from modelmix.outcome import Outcome
from modelmix.reception import Reception
from modelmix.transport.nonblocking import AsyncReply


class AsyncStream:
    """One answer as it comes in.

    Use it as a context manager: leaving it closes the connection at once, however far the answer has come. Iterating
    gives events, the last of them `Finished` or `Failed`; `result()` gives the folded response at any time.
    """

    __slots__ = ("_buffer", "_closed", "_reception", "_reply")

    def __init__(self, reply: AsyncReply, reception: Reception) -> None:
        self._reply = reply
        self._reception = reception
        self._buffer: list[Event] = []
        self._closed = False

    async def prime(self) -> MixError | None:
        """Reads until there is output; the error, if it ends in one before: so long it may still be tried again."""
        while not (self._reception.spoken or self._reception.ended):
            self._buffer += await self._advance()
        if self._reception.spoken:
            return None
        outcome = self._reception.outcome()
        return None if isinstance(outcome, Success) else outcome.failure()

    async def batches(self) -> AsyncIterator[list[Event]]:
        """The events, as many at a time as have arrived: the fast way through a long answer."""
        while self._buffer or not self._reception.ended:
            batch = self._buffer or await self._advance()
            self._buffer = []
            if batch:
                yield batch
        await self.aclose()

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for batch in self.batches():
            for event in batch:
                yield event

    async def text(self) -> AsyncIterator[str]:
        """The pieces of the answer's text; how it ended is in `result()`."""
        async for batch in self.batches():
            for event in batch:
                if isinstance(event, TextDelta):
                    yield event.text

    async def result(self) -> Outcome[Response]:
        """The whole response, reading what is left; the error that ended it, with what had come by then."""
        async for _ in self.batches():
            pass
        return self._reception.outcome()

    async def aclose(self) -> None:
        """Ends the answer. A finished one gives its connection back, an unfinished one is cut off.

        It is not stopped by a cancellation, and takes a second at most.
        """
        if self._closed:
            return
        self._closed = True
        if self._reception.finished:
            await self._reply.drain()
        else:
            self._reception.cancel()
        await self._reply.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _advance(self) -> list[Event]:
        """Reads one piece and gives the events in it."""
        piece = await self._reply.read(self._reception.patience(time.monotonic()))
        return self._reception.take(piece, time.monotonic())


async def read_whole(reply: AsyncReply, reception: Reception) -> Outcome[Response]:
    """A reply that is not streamed, read to its end."""
    try:
        while not reception.ended:
            piece = await reply.read(reception.patience(time.monotonic()))
            reception.absorb(piece, time.monotonic())
    finally:
        await reply.aclose()
    return reception.outcome()
