"""An open answer for asynchronous programs: iterate its events, then ask for its result."""

import time
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import anyio
import httpx
from returns.result import Failure, Success

from modelmix.ast.event import Event, TextDelta
from modelmix.ast.response import Response
from modelmix.errors import BadConfig, MixError
from modelmix.outcome import Outcome
from modelmix.reception import DRAIN_BYTES, DRAIN_SECONDS, Deadlines, Reception
from modelmix.transport.link import FAULTS, meaning, set_patience
from modelmix.trial import Trial

_CLOSING: Final = 1.0
"""Seconds that closing may take."""


class AsyncStream:
    """One answer as it comes in.

    Use it as a context manager: leaving it closes the connection at once, however far the answer has come. Iterating
    gives events, the last of them `Finished` or `Failed`; `result()` gives the folded response at any time.
    """

    __slots__ = ("_buffer", "_chunks", "_closed", "_deadlines", "_reception", "_response", "_trial")

    def __init__(self, response: httpx.Response, reception: Reception, trial: Trial, deadlines: Deadlines) -> None:
        self._response = response
        self._chunks = response.aiter_raw()
        self._reception = reception
        self._trial = trial
        self._deadlines = deadlines
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
        with anyio.move_on_after(_CLOSING, shield=True), suppress(*FAULTS):
            if self._reception.ended:
                await self._drain()
            else:
                self._reception.cancel()
            await self._response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _advance(self) -> list[Event]:
        """Reads one chunk and gives the events in it."""
        now = time.monotonic()
        set_patience(self._response, max(self._reception.waiting(now)[2], 0.001))
        try:
            chunk = await anext(self._chunks, None)
        except FAULTS as exception:
            return self._broke(exception)
        now = time.monotonic()
        if chunk is None:
            return self._reception.finish(now)
        return self._reception.feed(chunk, now) or self._reception.overdue(now)

    def _broke(self, exception: Exception) -> list[Event]:
        now = time.monotonic()
        if self._closed:
            return []
        error = meaning(exception, self._trial, self._deadlines, self._reception, now)
        return [] if isinstance(error, BadConfig) else self._reception.broke(error, now)

    async def _drain(self) -> None:
        """Reads on for a moment: a body that is read to its end leaves its connection fit for use."""
        until, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
        with suppress(*FAULTS):
            while left > 0 and (patience := until - time.monotonic()) > 0:
                set_patience(self._response, patience)
                chunk = await anext(self._chunks, None)
                if chunk is None:
                    break
                left -= len(chunk)
        set_patience(self._response, None)


async def read_whole(
    response: httpx.Response, reception: Reception, trial: Trial, deadlines: Deadlines
) -> Outcome[Response]:
    """A reply that is not streamed, read to its end."""
    try:
        chunks = response.aiter_raw()
        while not reception.ended:
            now = time.monotonic()
            set_patience(response, max(reception.waiting(now)[2], 0.001))
            chunk = await anext(chunks, None)
            now = time.monotonic()
            if chunk is None:
                reception.finish(now)
            else:
                reception.absorb(chunk, now)
                reception.overdue(now)
    except FAULTS as exception:
        now = time.monotonic()
        error = meaning(exception, trial, deadlines, reception, now)
        if isinstance(error, BadConfig):
            return Failure(error)
        reception.broke(error, now)
    finally:
        set_patience(response, None)
        await close(response)
    return reception.outcome()


async def close(response: httpx.Response) -> None:
    """Closes a response, whatever else is being cancelled, within a second."""
    with anyio.move_on_after(_CLOSING, shield=True), suppress(*FAULTS):
        await response.aclose()
