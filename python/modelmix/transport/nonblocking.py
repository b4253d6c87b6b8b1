"""Send and receive for asynchronous programs: everything that httpx may raise ends here."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import anyio
import httpx
from returns.result import Failure, Success

from modelmix.errors import SentError
from modelmix.inflate import Excerpt
from modelmix.outcome import Outcome
from modelmix.reception import DRAIN_BYTES, DRAIN_SECONDS, Deadlines, Reception
from modelmix.transport.engine import AsyncEngine, Connections
from modelmix.transport.exchange import FAULTS, meaning, request_of, set_patience
from modelmix.transport.shelter import Sheltered
from modelmix.trial import Trial, lower

_CLOSING: Final = 1.0
"""Seconds that closing may take."""


class AsyncReply:
    """The open reply to one try: its head has come, its body is read piece by piece."""

    __slots__ = ("_chunks", "_meaning", "_response", "headers", "status")

    def __init__(self, response: httpx.Response, trial: Trial, deadlines: Deadlines, reception: Reception) -> None:
        self._response = response
        self._chunks = response.aiter_raw()
        self._meaning = meaning(trial, deadlines, reception)
        self.status = response.status_code
        self.headers = lower(response.headers)

    async def read(self, patience: float) -> bytes | SentError | None:
        """The next piece, waiting for it `patience` seconds at most; None at the end."""
        set_patience(self._response, patience)
        try:
            return await Sheltered(self._next(), cancels=1)
        except FAULTS as exception:
            return self._meaning(exception)

    async def _next(self) -> bytes | None:
        return await anext(self._chunks, None)

    async def excerpt(self, limit: int, seconds: float) -> bytes:
        """The first bytes of the body, as many as come in time, and the end of the reply."""
        excerpt, until = Excerpt(self.headers, limit), time.monotonic() + seconds
        try:
            while (patience := until - time.monotonic()) > 0:
                piece = await self.read(patience)
                if not isinstance(piece, bytes) or excerpt.add(piece):
                    break
        finally:
            await self.aclose()
        return excerpt.found

    async def drain(self) -> None:
        """Reads on for a moment: a body that is read to its end leaves its connection fit for use."""
        until, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
        while left > 0 and (patience := until - time.monotonic()) > 0:
            piece = await self.read(patience)
            if not isinstance(piece, bytes):
                break
            left -= len(piece)

    async def aclose(self) -> None:
        """Ends the reply: its connection is kept if it has been read to its end, else closed.

        Not stopped by a cancellation.
        """
        set_patience(self._response, None)
        # A cancellation must not leave the connection half closed.
        with anyio.move_on_after(_CLOSING, shield=True), suppress(*FAULTS):
            await Sheltered(self._response.aclose(), cancels=0)


class AsyncSender:
    """Sends calls, through a client of httpx that is made when it is first needed."""

    def __init__(self, env: Mapping[str, str], connections: Connections, http: httpx.AsyncClient | None) -> None:
        self._env = env
        self._connections = connections
        self._given = http
        self._made: httpx.AsyncClient | None = None

    async def send(self, trial: Trial, deadlines: Deadlines, reception: Reception) -> Outcome[AsyncReply]:
        """The head of the reply, whatever its status, or why there is none."""
        request = request_of(trial, deadlines, reception)
        try:
            # No redirects, whatever the client does else: a key must not follow one to another host.
            sending = self._client().send(request, stream=True, follow_redirects=False)
            response = await Sheltered(sending, cancels=1)
        except FAULTS as exception:
            return Failure(meaning(trial, deadlines, reception)(exception))
        return Success(AsyncReply(response, trial, deadlines, reception))

    def _client(self) -> httpx.AsyncClient:
        if self._given is not None:
            return self._given
        if self._made is None:
            engine = AsyncEngine(self._env, self._connections)
            self._made = httpx.AsyncClient(transport=engine, trust_env=False)
        return self._made

    async def aclose(self) -> None:
        """Closes the connections that are ours."""
        if self._made is not None:
            await Sheltered(self._made.aclose(), cancels=0)
            self._made = None
