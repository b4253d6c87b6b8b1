"""Send and receive for blocking programs: everything that httpx may raise ends here."""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress

import httpx
from returns.result import Failure, Success

from modelmix.errors import SentError
from modelmix.inflate import Excerpt
from modelmix.outcome import Outcome
from modelmix.reception import DRAIN_BYTES, DRAIN_SECONDS, Deadlines, Reception
from modelmix.transport.engine import Connections, Engine
from modelmix.transport.exchange import FAULTS, meaning, request_of, set_patience
from modelmix.trial import Trial, lower


class Reply:
    """The open reply to one try: its head has come, its body is read piece by piece."""

    __slots__ = ("_chunks", "_meaning", "_response", "headers", "status")

    def __init__(self, response: httpx.Response, trial: Trial, deadlines: Deadlines, reception: Reception) -> None:
        self._response = response
        self._chunks = response.iter_raw()
        self._meaning = meaning(trial, deadlines, reception)
        self.status = response.status_code
        self.headers = lower(response.headers)

    def read(self, patience: float) -> bytes | SentError | None:
        """The next piece, waiting for it `patience` seconds at most; None at the end."""
        set_patience(self._response, patience)
        try:
            return next(self._chunks, None)
        except FAULTS as exception:
            return self._meaning(exception)

    def excerpt(self, limit: int, seconds: float) -> bytes:
        """The first bytes of the body, as many as come in time, and the end of the reply."""
        excerpt, until = Excerpt(self.headers, limit), time.monotonic() + seconds
        try:
            while (patience := until - time.monotonic()) > 0:
                piece = self.read(patience)
                if not isinstance(piece, bytes) or excerpt.add(piece):
                    break
        finally:
            self.close()
        return excerpt.found

    def drain(self) -> None:
        """Reads on for a moment: a body that is read to its end leaves its connection fit for use."""
        until, left = time.monotonic() + DRAIN_SECONDS, DRAIN_BYTES
        while left > 0 and (patience := until - time.monotonic()) > 0:
            piece = self.read(patience)
            if not isinstance(piece, bytes):
                break
            left -= len(piece)

    def interrupt(self) -> None:
        """Wakes a read that is blocked in another thread."""
        stream = self._response.extensions.get("network_stream")
        with suppress(OSError):
            raw: object = None if stream is None else stream.get_extra_info("socket")
            if isinstance(raw, socket.socket):
                raw.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the reply: its connection is kept if it has been read to its end, else closed."""
        set_patience(self._response, None)
        with suppress(*FAULTS):
            self._response.close()


class Sender:
    """Sends calls, through a client of httpx that is made when it is first needed."""

    def __init__(self, env: Mapping[str, str], connections: Connections, http: httpx.Client | None) -> None:
        self._env = env
        self._connections = connections
        self._given = http
        self._made: httpx.Client | None = None

    def send(self, trial: Trial, deadlines: Deadlines, reception: Reception) -> Outcome[Reply]:
        """The head of the reply, whatever its status, or why there is none."""
        request = request_of(trial, deadlines, reception)
        try:
            # No redirects, whatever the client does else: a key must not follow one to another host.
            response = self._client().send(request, stream=True, follow_redirects=False)
        except FAULTS as exception:
            return Failure(meaning(trial, deadlines, reception)(exception))
        return Success(Reply(response, trial, deadlines, reception))

    def _client(self) -> httpx.Client:
        if self._given is not None:
            return self._given
        if self._made is None:
            engine = Engine(self._env, self._connections)
            self._made = httpx.Client(transport=engine, trust_env=False)
        return self._made

    def close(self) -> None:
        """Closes the connections that are ours."""
        if self._made is not None:
            self._made.close()
            self._made = None
