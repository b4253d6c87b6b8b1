"""An open answer: iterate its events, then ask for its result."""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from returns.result import Success

from modelmix.ast.event import Event, TextDelta
from modelmix.ast.response import Response
from modelmix.errors import MixError
from modelmix.outcome import Outcome
from modelmix.reception import Reception
from modelmix.transport.blocking import Reply


class Stream:
    """One answer as it comes in.

    Use it as a context manager: leaving it closes the connection at once, however far the answer has come. Iterating
    gives events, the last of them `Finished` or `Failed`; `result()` gives the folded response at any time.
    """

    __slots__ = ("_buffer", "_closed", "_reception", "_reply")

    def __init__(self, reply: Reply, reception: Reception) -> None:
        self._reply = reply
        self._reception = reception
        self._buffer: list[Event] = []
        self._closed = False

    def prime(self) -> MixError | None:
        """Reads until there is output; the error, if it ends in one before: so long it may still be tried again."""
        while not (self._reception.spoken or self._reception.ended):
            self._buffer += self._advance()
        if self._reception.spoken:
            return None
        outcome = self._reception.outcome()
        return None if isinstance(outcome, Success) else outcome.failure()

    def batches(self) -> Iterator[list[Event]]:
        """The events, as many at a time as have arrived: the fast way through a long answer."""
        while self._buffer or not self._reception.ended:
            batch = self._buffer or self._advance()
            self._buffer = []
            if batch:
                yield batch
        self.close()

    def __iter__(self) -> Iterator[Event]:
        for batch in self.batches():
            yield from batch

    def text(self) -> Iterator[str]:
        """The pieces of the answer's text; how it ended is in `result()`."""
        for batch in self.batches():
            for event in batch:
                if isinstance(event, TextDelta):
                    yield event.text

    def result(self) -> Outcome[Response]:
        """The whole response, reading what is left; the error that ended it, with what had come by then."""
        for _ in self.batches():
            pass
        return self._reception.outcome()

    def close(self) -> None:
        """Ends the answer. A finished one gives its connection back, an unfinished one is cut off.

        May be called from another thread, where it wakes a blocked read.
        """
        if self._closed:
            return
        self._closed = True
        if self._reception.finished:
            self._reply.drain()
        else:
            self._reception.cancel()
            self._reply.interrupt()
        self._reply.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _advance(self) -> list[Event]:
        """Reads one piece and gives the events in it."""
        piece = self._reply.read(self._reception.patience(time.monotonic()))
        return self._reception.take(piece, time.monotonic())


def read_whole(reply: Reply, reception: Reception) -> Outcome[Response]:
    """A reply that is not streamed, read to its end."""
    try:
        while not reception.ended:
            piece = reply.read(reception.patience(time.monotonic()))
            reception.absorb(piece, time.monotonic())
    finally:
        reply.close()
    return reception.outcome()
